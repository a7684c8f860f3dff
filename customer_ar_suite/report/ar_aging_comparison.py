from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from .ar_aging_report import UNAPPLIED

#: what of an item of the period explains the difference: column → kinds of item
BOOKED = {
    "invoiced_amount": ("invoice",),
    "credited_amount": ("credit_note",),
    "paid_amount": ("payment",),
    "other_amount": ("entry",),
}


def _amount(string, **values):
    return fields.Monetary(
        string=string, currency_field="shown_currency_id", readonly=True, **values
    )


class ArAgingComparison(models.Model):
    """Aged receivables of two dates side by side, and what lies between them.

    One row per item that was open on either date or was booked in between. For each
    customer: difference = invoices + credit notes + payments + other entries + settlements
    with other customers, to the cent; and an item that stayed open may have moved to
    another bucket. ``ar_compare_to`` is the earlier date (default: a month before).
    """

    _name = "ar.aging.comparison"
    _description = "Aged Receivables, Two Dates"
    _auto = False
    _rec_name = "line_id"
    _order = "due_date, id"
    _inherit = ["ar.report.mixin", "ar.dimension.mixin"]
    _ar_warns_of_rates = True
    _ar_balance = "after_amount"
    _ar_measures = (
        "before_amount",
        *BOOKED,
        "settled_amount",
        "after_amount",
        "difference_amount",
        "overdue_before_amount",
        "overdue_after_amount",
        "moved_amount",
    )
    _ar_item_fields = (
        "partner_id",
        "move_id",
        "date",
        "due_date",
        "bucket_before",
        "bucket_after",
    )

    line_id = fields.Many2one("account.move.line", string="Journal Item", readonly=True)
    move_id = fields.Many2one("account.move", string="Document", readonly=True)
    account_id = fields.Many2one("account.account", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    date = fields.Date(string="Accounting Date", readonly=True)
    due_date = fields.Date(readonly=True)
    bucket_before = fields.Selection(
        lambda self: self._selection_bucket(), string="Age Before", readonly=True
    )
    bucket_after = fields.Selection(
        lambda self: self._selection_bucket(), string="Age After", readonly=True
    )
    before_amount = _amount("Before")
    after_amount = _amount("After")
    difference_amount = _amount("Difference")
    invoiced_amount = _amount("Invoices", help="Invoices booked between the two dates.")
    credited_amount = _amount("Credit Notes")
    paid_amount = _amount("Payments", help="Payments booked between the two dates.")
    other_amount = _amount("Other Entries", help="Write-offs, exchange differences …")
    settled_amount = _amount(
        "Settlements",
        help="By reconciliation: makes no difference in total, unless items of different "
        "customers or currencies settle each other.",
    )
    overdue_before_amount = _amount("Overdue Before")
    overdue_after_amount = _amount("Overdue After")
    moved_amount = _amount(
        "Moved to an Older Bucket", help="Open on both dates, and older than before."
    )

    # -- parameters of the view -----------------------------------------------------------

    def _compare_to(self):
        asked = fields.Date.to_date(self.env.context.get("ar_compare_to"))
        as_of = self._as_of()
        found = asked or fields.Date.subtract(as_of, months=1)
        if found >= as_of:
            raise UserError(
                self.env._(
                    "The date compared with (%(before)s) must be before %(after)s.",
                    before=format_date(self.env, found),
                    after=format_date(self.env, as_of),
                )
            )
        return found

    def _bucket_set(self):
        return self.env["ar.aging.report"]._bucket_set()

    @api.model
    def _selection_bucket(self):
        return self.env["ar.aging.report"]._selection_bucket()

    # -- rows -----------------------------------------------------------------------------

    @property
    def _table_query(self):
        before, after = self._compare_to(), self._as_of()
        shown = self._amounts("item")
        return SQL(
            """
            SELECT item.line_id AS id,
                   item.present_line_id AS line_id,
                   item.move_id,
                   item.account_id,
                   item.company_id,
                   contact.commercial_partner_id AS partner_id,
                   customer.country_id,
                   COALESCE(move.invoice_user_id, customer.user_id) AS user_id,
                   item.currency_id,
                   %(shown_currency)s AS shown_currency_id,
                   item.date,
                   item.due_date,
                   %(bucket_before)s AS bucket_before,
                   %(bucket_after)s AS bucket_after,
                   item.before_amount,
                   item.after_amount,
                   item.after_amount - item.before_amount AS difference_amount,
                   %(booked)s,
                   item.after_amount - item.before_amount - item.booked_amount
                       AS settled_amount,
                   %(overdue_before)s AS overdue_before_amount,
                   %(overdue_after)s AS overdue_after_amount,
                   CASE WHEN item.before_amount > 0 AND item.after_amount > 0
                             AND %(number_after)s > %(number_before)s
                        THEN LEAST(item.before_amount, item.after_amount) ELSE 0
                   END AS moved_amount
              FROM (%(items)s) item
              LEFT JOIN res_partner contact ON contact.id = item.contact_id
              LEFT JOIN res_partner customer
                     ON customer.id = contact.commercial_partner_id
              LEFT JOIN account_move move ON move.id = item.move_id
              LEFT JOIN account_journal journal ON journal.id = item.journal_id
            """,
            shown_currency=self._shown_currency_sql("item"),
            bucket_before=self._bucket_sql("before", before),
            bucket_after=self._bucket_sql("after", after),
            booked=self._booked_sql(),
            overdue_before=self._overdue_sql("before", before),
            overdue_after=self._overdue_sql("after", after),
            number_before=self._bucket_number(before),
            number_after=self._bucket_number(after),
            items=self.env["ar.ledger"]._two_dates_query(
                before, after, shown, known_on=self._known_on()
            ),
            to_flush=[
                self.env["account.move"]._fields["invoice_user_id"],
                self.env["account.move"]._fields["move_type"],
                self.env["account.move"]._fields["ar_opening_kind"],
                self.env["account.journal"]._fields["type"],
                self.env["res.partner"]._fields["commercial_partner_id"],
                self.env["res.partner"]._fields["country_id"],
                self.env["res.partner"]._fields["user_id"],
            ],
        )

    def _booked_sql(self):
        """What was booked in between, in the column of its kind."""
        kind = self.env["ar.ledger"]._kind_sql()
        return SQL(", ").join(
            SQL(
                "CASE WHEN %s = %s THEN item.booked_amount ELSE 0 END AS %s",
                kind,
                kinds[0],
                SQL.identifier(name),
            )
            for name, kinds in BOOKED.items()
        )

    def _bucket_number(self, day):
        since = SQL("item.due_date")
        if self._bucket_set().basis == "invoice_date":
            since = SQL("COALESCE(item.invoice_date, item.date)")
        return self._bucket_set()._bucket_case(SQL("(%s - %s)", day, since))

    def _bucket_sql(self, side, day):
        """The bucket on that day; nothing where nothing was open."""
        amount = SQL.identifier("item", f"{side}_amount")
        return SQL(
            "CASE WHEN %s < 0 THEN %s WHEN %s > 0 THEN (%s)::text END",
            amount,
            UNAPPLIED,
            amount,
            self._bucket_number(day),
        )

    def _overdue_sql(self, side, day):
        return SQL(
            "CASE WHEN item.due_date < %s THEN GREATEST(%s, 0) ELSE 0 END",
            day,
            SQL.identifier("item", f"{side}_amount"),
        )

    # -- export and drill-down ------------------------------------------------------------

    def _table_title(self):
        return self.env._("Aged Receivables, Two Dates")

    def _date_facts(self):
        return [
            (self.env._("Before"), format_date(self.env, self._compare_to())),
            (self.env._("After"), format_date(self.env, self._as_of())),
        ]

    def _items_view(self):
        return self.env.ref("customer_ar_suite.ar_aging_comparison_view_list_items").id

    def action_open_document(self):
        """The invoice, credit note, payment or entry behind a row."""
        self.check_access("read")
        self.ensure_one()
        return self.move_id.get_formview_action()
