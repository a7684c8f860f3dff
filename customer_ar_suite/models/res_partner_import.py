from odoo import fields, models


class ResPartner(models.Model):
    """Which rows of which files made or changed this customer."""

    _inherit = "res.partner"

    customer_import_row_ids = fields.One2many(
        "customer.import.row",
        "partner_id",
        string="Imported Rows",
        readonly=True,
        copy=False,
        groups="customer_ar_suite.customer_ar_suite_group_user",
    )
