from odoo import api, fields, models

from ..engine.opening_items.plan import number_key
from .ar_opening_import import CLERK

KINDS = [
    ("invoice", "Invoice"),
    ("credit_note", "Credit Note"),
    ("receipt", "Receipt or Advance"),
    ("bill", "Bill Receivable"),
]


class ArOpeningItem(models.Model):
    """One open item of the system before: what was read, what was found, what it became."""

    _name = "ar.opening.item"
    _description = "Opening Item"
    _inherit = ["ar.run.item.mixin", "ar.table.row.mixin"]
    _ar_is_money = True
    _rec_name = "number"

    import_id = fields.Many2one(
        "ar.opening.import",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="import_id.company_id", store=True, index=True)
    status = fields.Selection(
        [
            ("ready", "Ready"),
            ("unknown", "Customer Not Found"),
            ("double", "Booked Already"),
            ("error", "Error"),
            ("nothing", "Nothing Open"),
        ],
        required=True,
        readonly=True,
        index=True,
        default="error",
    )
    outcome = fields.Selection(
        [
            ("booked", "Booked"),
            ("removed", "Removed Again"),
            ("reversed", "Reversed"),
        ],
        readonly=True,
    )
    kind = fields.Selection(KINDS, string="Kind of Document", readonly=True)
    number = fields.Char(string="Document Number", readonly=True)
    reference = fields.Char(readonly=True)
    invoice_date = fields.Date(string="Document Date", readonly=True)
    due_date = fields.Date(readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary(string="Open Amount", readonly=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    company_amount = fields.Monetary(
        string="Amount in Company Currency",
        currency_field="company_currency_id",
        readonly=True,
    )
    has_warning = fields.Boolean(readonly=True)
    move_id = fields.Many2one(
        "account.move",
        string="Journal Entry",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    position = fields.Integer(
        string="Place in the Journal", readonly=True, aggregator=None
    )
    bill_id = fields.Many2one(
        "ar.bill", readonly=True, index="btree_not_null", ondelete="set null"
    )

    _import_state_idx = models.Index("(import_id, run_state, id)")

    @api.depends("run_error")
    def _compute_finding_text(self):
        result = super()._compute_finding_text()
        for item in self.filtered("run_error"):
            item.finding_text = "\n".join(
                filter(None, [item.finding_text, item.run_error])
            )
        return result

    # -- choosing -------------------------------------------------------------------------

    def write(self, vals):
        result = super().write(vals)
        if not self.env.su:
            self.import_id._count_totals()
        return result

    def _check_choosing(self):
        for one in self.import_id:
            one._check_role(CLERK, "check")

    def _not_choosable(self):
        return (*super()._not_choosable(), "nothing")

    def _take_choice(self, customer):
        """One choice serves all rows of that customer."""
        for one, items in self.grouped("import_id").items():
            same = one.item_ids.search(
                [
                    ("import_id", "=", one.id),
                    ("customer_key", "in", items.mapped("customer_key")),
                    ("status", "in", ("ready", "unknown", "double")),
                ]
            )
            # sudo: the customer somebody with the right has chosen
            same.sudo()._take_customer(customer)

    def _take_customer(self, customer):
        one = self.import_id
        others = one.item_ids.filtered(
            lambda item: (
                item.partner_id == customer and item.status == "ready" and item.number
            )
        )
        taken = {number_key(item.number) for item in others - self}
        if customer:
            booked = one._booked_keys([customer.id])
            taken |= {number for _customer, number in booked}
        for item in self:
            is_double = bool(item.number) and number_key(item.number) in taken
            status = "double" if is_double else "ready"
            item.write(
                {
                    "partner_id": customer.id,
                    "is_chosen": bool(customer),
                    "status": status if customer else "unknown",
                    "findings": item._findings_for(status if customer else "unknown"),
                }
            )

    def _findings_for(self, status):
        """What was found but for the customer, and what the choice brings."""
        kept = [
            finding
            for finding in self.findings or []
            if finding["code"]
            not in (
                "opening_customer_unknown",
                "opening_customer_ambiguous",
                "opening_booked",
            )
        ]
        place = {"row": self.row, "column": "number", "value": self.number or ""}
        if status == "double":
            kept.append(
                {"severity": "error", "code": "opening_booked", "params": place}
            )
        elif status == "unknown":
            place |= {"column": "customer", "value": self.customer_text or ""}
            kept.append(
                {
                    "severity": "warning",
                    "code": "opening_customer_unknown",
                    "params": place,
                }
            )
        return kept

    def action_open_move(self):
        """The entry this item became."""
        self.ensure_one()
        self.check_access("read")
        return self.move_id._get_records_action(context={})
