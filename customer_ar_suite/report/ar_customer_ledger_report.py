from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..engine.money import to_minor
from ..engine.report.account import Entry, account_lines, fiscal_year
from ..engine.report.table import Column, Row

#: entries one file may hold
MOST_ENTRIES = 200_000


def _amount(string, **values):
    return fields.Monetary(
        string=string, currency_field="shown_currency_id", readonly=True, **values
    )


class ArCustomerLedgerReport(models.Model):
    """Customer ledger (往来明细账): opening, entries with running balance, closing.

    One row per journal item of the period, and one for what was there before. Shown in the
    company's currency, a customer has one account per company; in document currency one
    per currency; in a reporting currency one for all companies.
    """

    _name = "ar.customer.ledger.report"
    _description = "Customer Ledger"
    _auto = False
    _rec_name = "move_name"
    _order = "is_opening desc, date, move_name, id"
    _inherit = ["ar.report.mixin", "ar.dimension.mixin"]
    _ar_warns_of_rates = True

    line_id = fields.Many2one("account.move.line", string="Journal Item", readonly=True)
    is_opening = fields.Boolean(string="Opening Balance", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    account_id = fields.Many2one("account.account", readonly=True)
    journal_id = fields.Many2one("account.journal", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    move_id = fields.Many2one("account.move", string="Document", readonly=True)
    move_name = fields.Char(string="Number", readonly=True)
    reference = fields.Char(readonly=True)
    date = fields.Date(readonly=True)
    due_date = fields.Date(readonly=True)
    currency_amount = fields.Monetary(
        string="Amount in Currency",
        currency_field="currency_id",
        readonly=True,
        aggregator=None,
    )
    opening_amount = _amount("Opening")
    debit_amount = _amount("Debit")
    credit_amount = _amount("Credit")
    balance_amount = _amount("Running Balance", aggregator=None)
    change_amount = _amount("Closing", help="Opening + debit - credit.")

    def _known_on(self):
        """Entries are told as they are in the books now."""
        return

    # -- rows -----------------------------------------------------------------------------

    def _apart(self):
        """What makes an account of its own, besides the customer."""
        if self._in_documents():
            return ("company_id", "currency_id")
        return () if self._reporting_currency() else ("company_id",)

    @property
    def _table_query(self):
        columns = SQL(
            """
            item.line_id::bigint * 2 + item.is_opening::int AS id,
            CASE WHEN item.is_opening THEN NULL ELSE item.line_id END AS line_id,
            item.is_opening,
            item.partner_id,
            item.company_id,
            item.account_id,
            item.journal_id,
            item.currency_id,
            %(shown_currency)s AS shown_currency_id,
            item.move_id,
            item.move_name,
            move.ref AS reference,
            item.date,
            item.date_maturity AS due_date,
            item.amount_currency AS currency_amount,
            item.opening AS opening_amount,
            item.debit AS debit_amount,
            item.credit AS credit_amount,
            item.balance AS balance_amount,
            item.opening + item.debit - item.credit AS change_amount
            """,
            shown_currency=self._shown_currency_sql("item"),
            to_flush=[self.env["account.move"]._fields["ref"]],
        )
        return self.env["ar.ledger"]._entry_query(
            columns,
            SQL("LEFT JOIN account_move move ON move.id = item.move_id"),
            self._first_day(),
            self._as_of(),
            self._apart(),
            self._amounts("account_move_line"),
        )

    def _amounts_by_account(self):
        """Of the trial balance: the same figures, but opening balances by account too."""
        return self.env["ar.trial.balance.report"]._amounts_by_account()

    # -- opening --------------------------------------------------------------------------

    @api.model
    def _open(self, domain, context):
        """The ledger of the customers of ``domain``."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_ar_suite.ar_customer_ledger_report_action"
        )
        period = self.with_context(**context)._period_fact()[1]
        action["name"] = action["display_name"] = self.env._(
            "Customer Ledger, %(period)s", period=period
        )
        return {**action, "domain": list(domain), "context": context}

    def action_open_document(self):
        """The entry of a row; of an opening balance, what it is made of."""
        self.check_access("read")
        self.ensure_one()
        if self.move_id:
            return self.move_id.get_formview_action()
        return self._journal_items_action(
            self._line_ids(Domain("id", "=", self.id)), self.env._("Opening Balance")
        )

    def _cell_action(self, domain, field):
        return self._journal_items_action(
            self._line_ids(domain & Domain(field.name, "!=", 0)),
            self._cell_title(field),
        )

    def _line_ids(self, domain):
        """Journal items of the rows; of openings, all before the period."""
        rows = self.search(domain)
        openings = rows.filtered("is_opening")
        found = rows.line_id.ids
        for opening in openings:
            balances = self.env["ar.trial.balance.report"]
            found += balances._line_ids(opening._account_domain(), "opening_ids")
        return found

    def _account_domain(self):
        """The rows of the trial balance that belong to the account of this row."""
        domain = Domain("partner_id", "=", self.partner_id.id)
        for name in self._apart():
            domain &= Domain(name, "=", self[name].id)
        return domain

    # -- export ---------------------------------------------------------------------------

    def _table_title(self):
        return self.env._("Customer Ledger")

    def _date_facts(self):
        return [self._period_fact()]

    def _as_table(self, domain, group_by):
        """Always by customer: a ledger has no other groups."""
        count = self.search_count(domain)
        if count > MOST_ENTRIES:
            raise UserError(
                self.env._(
                    "The ledger has %(count)s entries, more than the %(most)s one file may "
                    "hold. Choose fewer customers or a shorter period.",
                    count=count,
                    most=MOST_ENTRIES,
                )
            )
        return super()._as_table(domain, ["partner_id"])

    def _grouped_rows(self, domain, _group_by, _measures):
        apart = self._apart()
        records = self.search_fetch(
            domain,
            [
                "is_opening", "partner_id", "company_id", "currency_id", "date",
                "move_name", "reference", "journal_id", "debit_amount", "credit_amount",
                "opening_amount", "shown_currency_id",
            ],
            order=", ".join(("partner_id", *apart, self._order)),
        )  # fmt: skip
        names = self._record_names(self._fields["partner_id"], set(records.partner_id))
        journals = self._record_names(
            self._fields["journal_id"], set(records.journal_id)
        )
        before = self._year_before(domain)
        rows = []
        for key, account in self._accounts(records, apart).items():
            rows += self._account_rows(
                account,
                self._account_title(account[:1], names),
                journals,
                before.get(key),
            )
        return self._ledger_columns(), rows

    def _accounts(self, records, apart):
        """{key: rows} of each account, in order."""
        accounts = {}
        for record in records:
            key = (record.partner_id.id, *(record[name].id for name in apart))
            accounts.setdefault(key, []).append(record.id)
        return {key: records.browse(ids) for key, ids in accounts.items()}

    def _account_title(self, record, names):
        name, ref = names[record.partner_id]
        parts = [name, ref]
        if "company_id" in self._apart() and len(self.env.companies) > 1:
            parts.append(record.company_id.display_name)
        parts.append(record.shown_currency_id.name)
        return " · ".join(part for part in parts if part)

    def _year_before(self, domain):
        """{key: (debit, credit)} of the fiscal year before the first day."""
        partners = [
            partner.id for (partner,) in self._read_group(domain, ["partner_id"])
        ]
        found = {}
        for start, companies in self._year_starts().items():
            found |= self._turnover_before(
                start,
                Domain("partner_id", "in", partners)
                & Domain("company_id", "in", companies.ids),
            )
        return found

    def _year_starts(self):
        """{first day of a fiscal year: companies}; consolidated, that of the current one."""
        first = self._first_day()
        everyone = self.env.companies
        if "company_id" not in self._apart():
            start = self.env.company.compute_fiscalyear_dates(first)["date_from"]
            return {start: everyone}
        return everyone.grouped(
            lambda company: company.compute_fiscalyear_dates(first)["date_from"]
        )

    def _turnover_before(self, start, domain):
        first = self._first_day()
        if start >= first:
            return {}
        balances = self.env["ar.trial.balance.report"].with_context(
            ar_date_from=fields.Date.to_string(start),
            ar_as_of=fields.Date.to_string(fields.Date.subtract(first, days=1)),
            ar_rate_date=fields.Date.to_string(self._rate_date()),
        )
        apart = self._apart()
        found = balances._read_group(
            domain,
            ["partner_id", *apart, "shown_currency_id"],
            ["debit_amount:sum", "credit_amount:sum"],
        )
        return {
            tuple(one.id for one in row[: 1 + len(apart)]): (
                to_minor(row[-2] or 0, row[-3].decimal_places),
                to_minor(row[-1] or 0, row[-3].decimal_places),
            )
            for row in found
        }

    def _account_rows(self, account, title, journals, year_before):
        """Heading, opening, entries, totals and closing of one account."""
        digits = account[:1].shown_currency_id.decimal_places
        openings = account.filtered("is_opening")
        opening = sum(to_minor(row.opening_amount, digits) for row in openings)
        end = self._year_end(account[:1])
        lines = account_lines(
            opening,
            (
                self._entry(row, journals, digits)
                for row in account
                if not row.is_opening
            ),
            year_before or (0, 0),
            end,
        )
        heading = Row("heading", (title, "", "", "", None, None, None))
        return [heading, *(self._ledger_row(line, digits, end) for line in lines)]

    def _year_end(self, row):
        company = row.company_id if "company_id" in self._apart() else self.env.company
        return int(company.fiscalyear_last_month), company.fiscalyear_last_day

    def _entry(self, row, journals, digits):
        return Entry(
            row.date,
            to_minor(row.debit_amount, digits),
            to_minor(row.credit_amount, digits),
            (row.move_name or "", journals[row.journal_id], row.reference or ""),
        )

    def _ledger_row(self, line, digits, year_end):
        amounts = line.debit, line.credit, line.balance
        if line.kind == "row":
            return Row("row", (line.date, *line.texts, *amounts), digits)
        label = self._line_label(line, year_end)
        return Row(line.kind, (label, "", "", "", *amounts), digits)

    def _line_label(self, line, year_end):
        if line.kind == "opening":
            return self.env._("Opening balance")
        if line.kind == "closing":
            return self.env._("Closing balance")
        if line.kind == "month":
            month = format_date(self.env, line.date, date_format="MMM yyyy")
            return self.env._("Total of %(month)s", month=month)
        return self.env._(
            "Total of fiscal year %(year)s so far",
            year=fiscal_year(line.date, *year_end),
        )

    def _ledger_columns(self):
        return [
            Column("date", self.env._("Date"), "date"),
            Column("move_name", self.env._("Number"), "text"),
            Column("journal", self.env._("Journal"), "text"),
            Column("reference", self.env._("Reference"), "text"),
            *self._measure_columns(["debit_amount", "credit_amount", "balance_amount"]),
        ]
