"""What all metrics share: their registry, the scope of a question, pieces of SQL."""

from datetime import date
from typing import NamedTuple

from odoo import fields
from odoo.tools import SQL

from ...engine.registry import Registry

METRICS = Registry("customer metric")
#: kind → units per whole; money has those of its currency
SCALES = {
    "money": None,
    "percent": 100,
    "quantity": 100,
    "count": 1,
    "days": 1,
    "months": 1,
}


class Scope(NamedTuple):
    """One question: whose figures, of which companies and time, in which currency."""

    env: object
    as_of: date
    month_count: int
    company_ids: tuple[int, ...]
    currency: object
    partner_ids: list[int] | None = None
    product_category_id: int | None = None
    first_day: date | None = None  #: of the window, where it is not whole months
    usage_kind_id: int | None = None

    @property
    def after(self):
        """The day before the window."""
        if self.first_day:
            return fields.Date.subtract(self.first_day, days=1)
        return fields.Date.subtract(self.as_of, months=self.month_count)

    @property
    def before(self):
        """The day before the window before this one, of the same length."""
        return fields.Date.subtract(self.as_of, months=2 * self.month_count)

    def factors(self):
        """Rows (company, minor units of the currency asked for per unit of its own)."""
        companies = self.env["res.company"].browse(self.company_ids)
        digits = 10**self.currency.decimal_places
        rows = [
            SQL("(%s, %s::numeric * %s)", company.id, str(rate), digits)
            for company in companies
            for rate in [
                self.env["res.currency"]._get_conversion_rate(
                    company.currency_id, self.currency, company, self.as_of
                )
            ]
        ]
        return SQL("(VALUES %s) AS rate(company_id, factor)", SQL(", ").join(rows))

    def invoices(self, *types):
        """Condition on ``move``: posted invoices of these customers up to the day."""
        moves = self.env["account.move"]
        names = (
            "move_type",
            "state",
            "company_id",
            "invoice_date",
            "commercial_partner_id",
            "amount_untaxed_signed",
        )
        return SQL(
            """move.move_type = ANY(%s) AND move.state = 'posted'
               AND move.company_id = ANY(%s) AND move.invoice_date <= %s AND %s""",
            list(types or ("out_invoice", "out_refund", "out_receipt")),
            list(self.company_ids),
            self.as_of,
            self.of("move.commercial_partner_id"),
            to_flush=[moves._fields[name] for name in names],
        )

    def sold(self):
        """Condition on ``line`` of a ``move``: what was sold in the window."""
        lines = self.env["account.move.line"]
        names = ("display_type", "product_id", "balance", "quantity", "product_uom_id")
        return SQL(
            "%s AND move.invoice_date > %s AND line.display_type = 'product'",
            self.invoices(),
            self.after,
            to_flush=[lines._fields[name] for name in names],
        )

    def of(self, column):
        """Condition: the customer in ``column`` is one of those asked for."""
        if self.partner_ids is None:
            return SQL("TRUE")
        ids = f"{{{','.join(map(str, self.partner_ids))}}}"
        table, _dot, name = column.partition(".")
        return SQL("%s = ANY(%s::int[])", SQL.identifier(table, name), ids)


class Metric:
    """A figure of a customer.

    ``kind`` says what it counts, ``missing`` what customers stand at for whom nothing is on
    record (None: nothing is known of them), ``has_window`` whether only the last months
    count, ``needs_category`` whether a product category has to be named, and
    ``needs_usage_kind`` whether a kind of usage has to be.
    """

    code = label = kind = None
    missing = None
    has_window = True
    needs_category = False
    needs_usage_kind = False

    def title(self, env):
        """The name users know it by, in their language."""
        raise NotImplementedError

    def sql(self, scope):
        """Statement giving (customer, figure), the figure as an integer in its unit."""
        raise NotImplementedError

    def load(self, scope):
        """{customer: figure}"""
        return dict(scope.env.execute_query(self.sql(scope)))

    def scale(self, currency):
        """Units of the figure per whole that users type."""
        return SCALES[self.kind] or 10**currency.decimal_places


class DaysSinceInvoice(Metric):
    """Days from one invoice of a customer, which one the metric says, to the day asked for."""

    kind = "days"
    has_window = False
    #: the SQL aggregate that picks the date among those of the invoices
    pick = None

    def sql(self, scope):
        return SQL(
            """
            SELECT move.commercial_partner_id, %s - %s
              FROM account_move move
             WHERE %s
             GROUP BY 1
            """,
            scope.as_of,
            self.pick,
            scope.invoices("out_invoice", "out_receipt"),
        )
