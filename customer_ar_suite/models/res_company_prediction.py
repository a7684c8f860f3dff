from odoo import fields, models


class ResCompany(models.Model):
    """Whether payments are foretold every night."""

    _inherit = "res.company"

    ar_predict_payments = fields.Boolean(
        string="Predict Payments",
        help="Every night, foretell when open invoices are paid and which are likely late. "
        "Learned from the company's own paid invoices; silent while it is not better than "
        "guessing.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ar_predict_payments = fields.Boolean(
        related="company_id.ar_predict_payments", readonly=False
    )
