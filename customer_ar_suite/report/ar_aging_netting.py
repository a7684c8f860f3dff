from odoo import api, fields, models
from odoo.tools import SQL

from .ar_aging_report import BUCKET_FIELDS

#: the age of what we owe: none
PAYABLE = "payable"
NETTING_FIELDS = ("payable_amount", "net_amount")
#: columns of the list of customers that make room for the net; a click brings them back
LESS_URGENT = ("overdue_days", "payable_amount")
#: what identifies a row, the same on both sides
ITEM = (
    "id", "line_id", "move_id", "journal_id", "account_id", "company_id", "partner_id",
    "country_id", "user_id", "category_id", "currency_id", "company_currency_id",
    "shown_currency_id", "date", "invoice_date", "due_date", "grade_id",
)  # fmt: skip
#: what only receivables have
OWED = (
    "overdue_days", "residual_currency_amount", "residual_amount", "overdue_amount",
    "unapplied_amount", "disputed_amount", "promised_amount", *BUCKET_FIELDS,
)  # fmt: skip


class ArAgingReport(models.Model):
    """Customers who are suppliers, too: beside what they owe, what we owe them.

    Shown where the company says so in Settings. The open items of both sides are rows, so
    that every figure opens what it consists of; no receivable changes by it.
    """

    _inherit = "ar.aging.report"

    payable_amount = fields.Monetary(
        string="Our Payables",
        currency_field="shown_currency_id",
        readonly=True,
        help="What we owe the same customer as our supplier, below zero.",
    )
    net_amount = fields.Monetary(
        string="Net Position",
        currency_field="shown_currency_id",
        readonly=True,
        help="Balance less what we owe the customer, both of the items listed: a list "
        "filtered by age or date does not show the whole net.",
    )

    @api.model
    def _shows_payables(self):
        return bool(self.env["ar.ledger"]._showing_payables())

    # -- rows -----------------------------------------------------------------------------

    @property
    def _table_query(self):
        owed = super()._table_query
        payables = self.env["ar.ledger"]._payable_item_query(
            self._select_columns(),
            self._select_joins(),
            self._as_of(),
            known_on=self._known_on(),
        )
        if payables is None:
            return owed
        item = SQL(", ").join(map(SQL.identifier, ITEM))
        names = SQL(", ").join(map(SQL.identifier, OWED))
        nothing = SQL(", ").join(SQL("0 AS %s", SQL.identifier(name)) for name in OWED)
        return SQL(
            """
            SELECT %(item)s, %(names)s, bucket, payable_amount, net_amount
              FROM (%(owed)s) owed
             UNION ALL
            SELECT %(item)s, %(nothing)s, %(payable)s, residual_amount, residual_amount
              FROM (%(payables)s) payable
            """,
            item=item,
            names=names,
            nothing=nothing,
            payable=PAYABLE,
            owed=owed,
            payables=payables,
        )

    def _select_columns(self):
        shown = self._amounts("item")(
            SQL("item.residual_company"), SQL("item.residual")
        )
        return SQL(
            "%s, 0::numeric AS payable_amount, %s AS net_amount",
            super()._select_columns(),
            shown,
        )

    @api.model
    def _selection_bucket(self):
        found = super()._selection_bucket()
        if self._shows_payables():
            found.append((PAYABLE, self.env._("Our Payables")))
        return found

    # -- views and export -----------------------------------------------------------------

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """The lists without both columns where no company shows them."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type != "list":
            return arch, view
        if not self._shows_payables():
            for node in self._columns(arch, NETTING_FIELDS):
                node.getparent().remove(node)
        elif self._columns(arch, ("bucket_0_amount",)):
            for node in self._columns(arch, LESS_URGENT):
                node.set("optional", "hide")
        return arch, view

    def _columns(self, arch, names):
        return [node for node in arch.iter("field") if node.get("name") in names]

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return *key, self._shows_payables()

    def _measures(self):
        extra = NETTING_FIELDS if self._shows_payables() else ()
        return [*super()._measures(), *extra]
