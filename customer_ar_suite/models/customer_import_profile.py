from odoo import fields, models


class CustomerImportProfile(models.Model):
    """A column mapping kept for the next file of the same layout.

    Recognised by the headings of the file (``signature``), whatever their order.
    """

    _name = "customer.import.profile"
    _description = "Customer Import Profile"
    _order = "name"

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    active = fields.Boolean(default=True)
    signature = fields.Char(readonly=True, index=True)
    encoding = fields.Char(readonly=True)
    delimiter = fields.Char(readonly=True)
    number_format = fields.Char(readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    search_duplicates = fields.Boolean(
        string="Search for Duplicates", default=True, readonly=True
    )
    mapping = fields.Json(readonly=True, help="Heading of each column and its field.")
    column_count = fields.Integer(string="Columns", compute="_compute_column_count")

    _signature_uniq = models.UniqueIndex(
        "(company_id, signature) WHERE active",
        "This company already has a profile for files with these headings.",
    )

    def _compute_column_count(self):
        for profile in self:
            profile.column_count = len(profile.mapping or {})
