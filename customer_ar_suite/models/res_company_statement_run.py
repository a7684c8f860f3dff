from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    ar_statement_two_people = fields.Boolean(
        string="Who Prepares Does Not Send",
        help="A statement run is confirmed by somebody who did not prepare it; runs of a "
        "schedule always wait for a person.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ar_statement_two_people = fields.Boolean(
        related="company_id.ar_statement_two_people", readonly=False
    )
