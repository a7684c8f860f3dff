from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..engine.opening_items.fields import SYNONYMS


class ArOpeningColumn(models.Model):
    """One column of a file of open items and the field it fills."""

    _name = "ar.opening.column"
    _description = "Column of Opening Items"
    _inherit = ["ar.table.column.mixin"]

    import_id = fields.Many2one(
        "ar.opening.import",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="import_id.company_id", store=True)

    _column_uniq = models.Constraint(
        "UNIQUE(import_id, position)", "A column can be mapped only once."
    )

    @api.model
    def _selection_field_code(self):
        labels = self._field_labels()
        return [(code, labels[code]) for code in SYNONYMS]

    @api.model
    def _field_labels(self):
        """What each field of a file of open items is called on the screen."""
        return {
            "customer_ref": self.env._("Customer Code"),
            "customer_name": self.env._("Customer Name"),
            "customer_vat": self.env._("Tax ID"),
            "number": self.env._("Document Number"),
            "reference": self.env._("Reference"),
            "kind": self.env._("Kind of Document"),
            "invoice_date": self.env._("Document Date"),
            "due_date": self.env._("Due Date"),
            "currency": self.env._("Currency"),
            "amount": self.env._("Open Amount"),
            "debit": self.env._("Debit"),
            "credit": self.env._("Credit"),
            "company_amount": self.env._("Open Amount in Company Currency"),
        }

    @api.constrains("field_code", "import_id")
    def _check_field_code(self):
        for one, columns in self.grouped("import_id").items():
            codes = [c.field_code for c in one.column_ids if c.field_code]
            for column in columns:
                if column.field_code and codes.count(column.field_code) > 1:
                    raise ValidationError(
                        self.env._(
                            "Two columns fill the field “%(field)s”. Choose one of them.",
                            field=self._field_labels()[column.field_code],
                        )
                    )

    def _check_mapping(self):
        for one in self.import_id:
            one._check_role(_CLERK, "mapping")


_CLERK = "customer_ar_suite.customer_ar_suite_group_ar_clerk"


class ArOpeningTotal(models.Model):
    """What a file adds up to in one currency, beside what the old ledger says."""

    _name = "ar.opening.total"
    _description = "Total of Opening Items"
    _order = "is_company_total, currency_id, id"
    _rec_name = "currency_id"

    import_id = fields.Many2one(
        "ar.opening.import",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="import_id.company_id", store=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    is_company_total = fields.Boolean(
        string="All Currencies",
        readonly=True,
        help="The total of all items in the company's currency.",
    )
    item_count = fields.Integer(string="Items", readonly=True)
    file_amount = fields.Monetary(string="To Book", readonly=True)
    waiting_amount = fields.Monetary(
        string="Not Ready",
        readonly=True,
        help="Rows without a customer, with errors, or booked already.",
    )
    ledger_amount = fields.Monetary(
        string="Old Ledger Says",
        help="The balance of customers in the system before, on the cut-over date.",
    )
    difference_amount = fields.Monetary(
        string="Difference", compute="_compute_difference_amount", store=True
    )
    booked_amount = fields.Monetary(
        string="In the Books",
        compute="_compute_booked_amount",
        help="What the posted entries of this import add up to on customers' accounts.",
    )

    _currency_uniq = models.Constraint(
        "UNIQUE(import_id, currency_id, is_company_total)",
        "There is one total per currency.",
    )

    @api.depends("file_amount", "ledger_amount")
    def _compute_difference_amount(self):
        for total in self:
            total.difference_amount = total.file_amount - total.ledger_amount

    def _compute_booked_amount(self):
        for one, totals in self.grouped("import_id").items():
            booked = one._booked_totals()
            for total in totals:
                key = "" if total.is_company_total else total.currency_id
                total.booked_amount = booked.get(key, 0.0)

    def write(self, vals):
        """Users say what the old ledger says; nothing else of it is theirs."""
        if not self.env.su:
            if set(vals) - {"ledger_amount"}:
                raise AccessError(self.env._("This cannot be changed by hand."))
            for one in self.import_id:
                one._check_role(_CLERK, "check")
                one._set(confirmed_by_id=False, confirmed_at=False)
        return super().write(vals)
