from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

#: the amounts are shown in the currency of each document
DOCUMENT = "document"
#: where a transaction notes whose fields are being described
DESCRIBED = "customer_ar_suite.described"


class ArReportMixin(models.AbstractModel):
    """What the reports on receivables share: dates, currency, drill-down, tie-out, export.

    Keys of the context choose the view, so that list, pivot, graph, export and drill-down
    agree: ``ar_as_of`` (last day; default: today), ``ar_date_from`` (first day; default:
    start of the year), ``ar_amounts_in`` (``"document"`` or a currency; default: that of
    the company), ``ar_rate_date``. What may be seen is decided by the rights on journal
    items, through ``ar.ledger``.
    """

    _name = "ar.report.mixin"
    _description = "Receivables Report"
    _inherit = ["ar.partner.rule.mixin"]
    _ar_is_money = True
    #: field with what was owed on the last day
    _ar_balance = "residual_amount"
    #: whether old and missing exchange rates make a difference to the reader
    _ar_warns_of_rates = False

    shown_currency_id = fields.Many2one("res.currency", readonly=True)

    # -- description of the columns -------------------------------------------------------

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """What core says, without making the query of the report three times per field."""
        self.browse().check_access("read")
        described = self.env.cr.cache.setdefault(DESCRIBED, [])
        described.append(self._name)
        try:
            return super().fields_get(allfields, attributes)
        finally:
            described.remove(self._name)

    @property
    def _table_sql(self):
        """Whether a column can be sorted or grouped by does not depend on the rows."""
        if self._name in self.env.cr.cache.get(DESCRIBED, ()):
            return SQL.identifier(self._table)
        return super()._table_sql

    # -- parameters of the view -----------------------------------------------------------

    def _as_of(self):
        asked = self.env.context.get("ar_as_of")
        return fields.Date.to_date(asked) or fields.Date.context_today(self)

    def _known_on(self):
        """The moment (UTC) whose knowledge is asked for; None: what is known now."""
        return fields.Datetime.to_datetime(self.env.context.get("ar_known_on")) or None

    def _date_from(self):
        asked = self.env.context.get("ar_date_from")
        return fields.Date.to_date(asked) or self._as_of().replace(month=1, day=1)

    def _first_day(self):
        """The first day of the period, which must not be after the last."""
        first, last = self._date_from(), self._as_of()
        if first > last:
            raise UserError(
                self.env._(
                    "The period begins on %(first)s, after its end on %(last)s. Exchange "
                    "the two dates.",
                    first=format_date(self.env, first),
                    last=format_date(self.env, last),
                )
            )
        return first

    def _rate_date(self):
        asked = self.env.context.get("ar_rate_date")
        return fields.Date.to_date(asked) or self._as_of()

    def _in_documents(self):
        """Whether each amount is shown in the currency of its document."""
        return self.env.context.get("ar_amounts_in") == DOCUMENT

    def _reporting_currency(self):
        """The currency everything is converted into; none: that of each company."""
        asked = str(self.env.context.get("ar_amounts_in") or "")
        return self._readable(self.env["res.currency"], asked)

    @api.model
    def _readable(self, records, text):
        """The record whose id ``text`` is, if there is one the user may read."""
        if not text.isdecimal() or not records.has_access("read"):
            return records
        return records.with_context(active_test=False).search([("id", "=", int(text))])

    # -- amounts in the currency chosen ---------------------------------------------------

    def _amounts(self, alias):
        """Function of (company amount, document amount) to what is shown (SQL).

        Converted item by item and rounded, so that the items of a figure add up to it.

        :param alias: of the table that has ``company_id``
        """
        if self._in_documents():
            return lambda _company, document: document
        asked = self._reporting_currency()
        if not asked:
            return lambda company, _document: company
        whens = [
            SQL("WHEN %s THEN %s", rate.company_id, rate.factor)
            for rate in self._rates(asked)
        ]
        factor = SQL(
            "CASE %s %s END", SQL.identifier(alias, "company_id"), SQL(" ").join(whens)
        )
        digits = asked.decimal_places
        return lambda company, _document: SQL(
            "ROUND(%s * %s, %s)", company, factor, digits
        )

    def _rates(self, currency):
        return self.env["ar.ledger"]._reporting_rates(
            currency, self._rate_date(), self.env.companies
        )

    def _shown_currency_sql(self, alias):
        """Column with the currency the amounts are in."""
        if self._in_documents():
            return SQL.identifier(alias, "currency_id")
        if asked := self._reporting_currency():
            return SQL("%s::int", asked.id)
        return SQL.identifier(alias, "company_currency_id")

    # -- drill-down -----------------------------------------------------------------------

    @api.model
    def get_cell_action(self, domain, column):
        """What a figure consists of: the rows of ``domain`` that have a share in it."""
        self.check_access("read")
        field = self._fields.get(column)
        if not field or field.type != "monetary":
            raise UserError(self.env._("This column cannot be opened."))
        return self._cell_action(self._checked_domain(domain), field)

    def _cell_action(self, domain, field):
        return {
            "type": "ir.actions.act_window",
            "name": self._cell_title(field),
            "res_model": self._name,
            "view_mode": "list,kanban",
            "views": [(self._items_view(), "list"), (False, "kanban")],
            "mobile_view_mode": "kanban",
            "domain": list(domain & Domain(field.name, "!=", 0)),
            "context": self._view_context(),
        }

    def _cell_title(self, field):
        info = self.fields_get([field.name], ["string"])
        return f"{info[field.name]['string']}, {format_date(self.env, self._as_of())}"

    def _items_view(self):
        """View that shows single rows instead of groups."""
        return False

    def _view_context(self):
        """The keys that chose this view, for the next one."""
        return {
            key: value
            for key, value in self.env.context.items()
            if key.startswith("ar_") and isinstance(value, (str, int, bool))
        }

    def _checked_domain(self, domain):
        """A domain from outside, or a readable refusal."""
        try:
            checked = Domain(domain or [])
            self._search(checked, limit=0)
        except (ValueError, TypeError, KeyError) as error:
            raise UserError(
                self.env._("The filter cannot be used: %(reason)s", reason=error)
            ) from None
        return checked

    @api.model
    def action_journal_items(self, domain):
        """The journal items behind the rows of ``domain``."""
        self.check_access("read")
        return self._journal_items_action(
            self._line_ids(self._checked_domain(domain)), self.env._("Journal Items")
        )

    def _journal_items_action(self, line_ids, title):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "account.move.line",
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", line_ids)],
        }

    def _line_ids(self, domain):
        """Ids of the journal items the rows stand for; some may be gone (``known_on``)."""
        return [line.id for (line,) in self._read_group(domain, ["line_id"]) if line]

    # -- tie-out --------------------------------------------------------------------------

    @api.model
    def get_strip(self):
        """What stands above the list: what is shown, and how it ties out."""
        self.check_access("read")
        return {
            "facts": self._parameter_facts(),
            "tie_out": self._tie_out_lines(),
            "warnings": self._rate_warnings(),
            "can_export": self.env.user.has_group("base.group_allow_export"),
        }

    def _rate_warnings(self):
        """Sentences about exchange rates that are old or missing on the last day."""
        if not self._ar_warns_of_rates:
            return []
        return self.env.companies._ar_rate_warnings(self._as_of())

    def _tie_out_lines(self):
        """The report against the general ledger, per company and account."""
        books = self.with_context(ar_amounts_in=None)
        return self.env["ar.ledger"]._tie_out_accounts(
            self._as_of(), books._amounts_by_account(), self._known_on()
        )

    def _amounts_by_account(self):
        """{(company id, account id): what this report shows on the last day}."""
        return {
            (company.id, account.id): amount
            for company, account, amount in self._read_group(
                [], ["company_id", "account_id"], [f"{self._ar_balance}:sum"]
            )
        }

    # -- export ---------------------------------------------------------------------------

    @api.model
    def action_download(self, file_type, domain, group_by):
        """The rows of ``domain`` as workbook, PDF or page, grouped as on the screen."""
        self.check_access("read")
        return self.env["ar.report.download"]._start(
            self, file_type, self._checked_domain(domain), group_by
        )

    def _check_export(self, domain):
        """Refuse to take out of the system what is granted for the screen only."""
        if self.env["customer.category.grant"]._lacks("export"):
            self.search(domain)._ar_check_export()
