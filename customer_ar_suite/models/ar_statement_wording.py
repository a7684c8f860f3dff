import re
from functools import lru_cache
from json import loads

from babel.dates import format_date

from odoo import models
from odoo.tools.misc import babel_locale_parse, posix_to_ldml

from ..engine.statement.letter import letter
from ..engine.statement.paginate import A4, LETTER, lay_out
from ..engine.statement.wording import Wording

_NOT_IN_FILE_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


class ArStatement(models.Model):
    _inherit = "ar.statement"

    def _documents(self):
        """The statements as pages of text, ready to print; in the order of ``self``.

        :rtype: list[dict]
        """
        self.check_access("read")
        wordings = {code: self._wording(code) for code in set(self.mapped("language"))}
        return [
            statement._document(wordings[statement.language], index)
            for index, statement in enumerate(self, 1)
        ]

    def _document(self, wording, index):
        matrix = self._matrix()
        paper = LETTER if self._prints_on_letter() else A4
        return {
            "index": index,
            "template": self.layout_id.qweb_template,
            "language": self.language,
            "company": self.company_id,
            "sheets": lay_out(matrix, wording, paper),
            "letter": letter(matrix, wording, self.name),
            "wording": wording,
        }

    def _prints_on_letter(self):
        """Whether the company prints on US Letter; else it is A4."""
        # sudo: the name of a paper format is no secret
        return self.company_id.sudo().paperformat_id.format == "Letter"

    def _statement_paperformat(self):
        """Page size and margins for the printer."""
        size = "letter" if self._prints_on_letter() else "a4"
        return self.env.ref(f"customer_ar_suite.ar_statement_paperformat_{size}")

    def _print_name(self):
        """File name of the printed statements, without extension."""
        if len(self) == 1:
            return _NOT_IN_FILE_NAMES.sub("-", f"{self.name} {self.partner_id.name}")
        return self.env._("Statements of Account")

    def _preview_values(self):
        """The whole statement on one endless page, for the screen."""
        matrix = self._matrix()
        wording = self._wording(self.language)
        endless = A4._replace(first=10**9)
        return {"sheets": lay_out(matrix, wording, endless), "wording": wording}

    def _wording(self, language):
        """How ``language`` writes figures, dates and the fixed words."""
        lang = self.env["res.lang"]._get_data(code=language)
        locale = babel_locale_parse(language)
        pattern = posix_to_ldml(lang.date_format or "%Y-%m-%d", locale=locale)

        @lru_cache(2000)
        def date_text(day):
            return format_date(day, format=pattern, locale=locale)

        return Wording(
            labels=self.with_context(lang=language)._labels(),
            date_text=date_text,
            decimal_point=lang.decimal_point or ".",
            thousands_sep=lang.thousands_sep or "",
            grouping=tuple(size for size in loads(lang.grouping or "[]") if size >= 0),
        )

    def _labels(self):
        """The fixed words of a statement in the language of the context."""
        return {
            "title_open_item": self.env._("Statement of Account"),
            "title_compact": self.env._("Statement of Account"),
            "title_activity": self.env._("Statement of Account"),
            "number": self.env._("Statement no."),
            "as_of": self.env._("As of"),
            "period": self.env._("Period"),
            "period_value": "%(first)s – %(last)s",
            "customer_number": self.env._("Customer no."),
            "customer_tax_id": self.env._("Your tax ID"),
            "balance_due": self.env._("Balance"),
            "thereof_overdue": self.env._("thereof overdue"),
            "column_date": self.env._("Date"),
            "column_kind": self.env._("Entry"),
            "column_number": self.env._("Number"),
            "column_reference": self.env._("Reference"),
            "column_due_date": self.env._("Due date"),
            "column_days_overdue": self.env._("Days late"),
            "column_amount": self.env._("Amount"),
            "column_paid": self.env._("Paid"),
            "column_charge": self.env._("Charges"),
            "column_credit": self.env._("Credits"),
            "column_balance": self.env._("Balance"),
            "kind_invoice": self.env._("Invoice"),
            "kind_credit_note": self.env._("Credit note"),
            "kind_payment": self.env._("Payment"),
            "kind_entry": self.env._("Adjustment"),
            "kind_transfer": self.env._("Settlement in another currency or account"),
            "bucket_not_due": self.env._("Not due"),
            "bucket_range": self.env._("%(first)s–%(last)s days"),
            "bucket_over": self.env._("Over %(days)s days"),
            "unapplied": self.env._("Unapplied"),
            "section_title": self.env._("Account in %(currency)s"),
            "section_overdue": self.env._("Overdue: %(amount)s"),
            "line_opening": self.env._(
                "Balance brought forward from the previous period"
            ),
            "line_brought": self.env._("Brought forward"),
            "line_carried": self.env._("Carried forward"),
            "line_total": self.env._("Balance in %(currency)s"),
            "in_words": self.env._("In words: %(words)s"),
            "nothing_open": self.env._("Nothing is open on your account. Thank you."),
            "banks": self.env._("Please pay to"),
            "page": self.env._("Page %(number)s of %(count)s"),
        }
