from itertools import zip_longest

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date, format_datetime

from ..engine.money import to_minor
from ..engine.report.table import Column, ReportTable, Row

KINDS = ("xlsx", "pdf", "html")
_EMPTY = ("", None, "", None)


class ArBankReconciliation(models.Model):
    """The statement as accountants write it: the bank on the left, the books on the right."""

    _inherit = "ar.bank.reconciliation"

    # -- files ----------------------------------------------------------------------------

    def action_download_pdf(self):
        """The statement on paper."""
        return self._download("pdf")

    def action_download_xlsx(self):
        """The statement as workbook."""
        return self._download("xlsx")

    def action_download_html(self):
        """The statement as page for the browser, complete in one file."""
        return self._download("html")

    def _download(self, kind):
        self.check_access("read")
        self.ensure_one()
        self._check_take_out(kind)
        return {
            "type": "ir.actions.act_url",
            "url": f"/customer_ar_suite/bank_reconciliation/{self.id}/statement.{kind}",
            "target": "new" if kind == "html" else "download",
        }

    def _check_take_out(self, kind):
        """Whether the reader may take this out of the system, and in this form."""
        if kind == "xlsx" and not self.env.user.has_group("base.group_allow_export"):
            raise AccessError(
                self.env._(
                    "You may not export data to Excel. Print the report as PDF, or ask an "
                    "administrator for “Access to export feature”."
                )
            )
        self.line_ids._ar_check_export()

    def _file(self, kind):
        """Name and bytes of the statement; taken down in the audit log."""
        self.ensure_one()
        if kind not in KINDS:
            raise UserError(
                self.env._("“%s” is no kind of file this report has.", kind)
            )
        self.check_access("read")
        self._check_take_out(kind)
        one = self.with_context(lang=self.lang or self.env.lang)
        table = one._as_table()
        self.env["customer.audit.entry"]._ar_log(
            "bank_reconciliation.export", self, {"file_type": kind}
        )
        return f"{table.title} {one.display_name}.{kind}", one._write_table(table, kind)

    def _write_table(self, table, kind):
        if kind == "xlsx":
            return self.env["ar.report.xlsx"]._write(table)
        return self.env["ar.report.document"]._write(table, kind)

    # -- the table ------------------------------------------------------------------------

    def _as_table(self):
        """The statement as :class:`ReportTable`, in the language of the environment."""
        self.ensure_one()
        return ReportTable(
            title=self.env._("Bank Reconciliation Statement"),
            facts=tuple(self._facts()),
            columns=self._columns(),
            rows=tuple(self._rows_on_paper()),
            notes=tuple(self._notes()),
        )

    def _facts(self):
        journal = self.journal_id
        # sudo: our own account, which stands on every invoice
        number = journal.sudo().bank_account_id.acc_number or ""
        return [
            (self.env._("Company"), self.company_id.display_name),
            (self.env._("Bank Account"), f"{journal.name} {number}".strip()),
            (self.env._("As of"), format_date(self.env, self.as_of_date)),
            (self.env._("Amounts in"), self.currency_id.name),
            (
                self.env._("Printed"),
                self.env._(
                    "%(user)s, %(time)s",
                    user=self.env.user.name,
                    time=format_datetime(self.env, fields.Datetime.now()),
                ),
            ),
        ]

    def _columns(self):
        date, number = self.env._("Date"), self.env._("Number")
        amount = self.env._("Amount")
        return (
            Column("bank", self.env._("Bank"), "text"),
            Column("bank_date", date, "date"),
            Column("bank_number", number, "text"),
            Column("bank_amount", amount, "amount"),
            Column("books", self.env._("Our Books"), "text"),
            Column("books_date", date, "date"),
            Column("books_number", number, "text"),
            Column("books_amount", amount, "amount"),
        )

    def _rows_on_paper(self):
        yield self._both(
            "subtotal",
            (self.env._("Balance per bank statement"), self.bank_amount),
            (self.env._("Balance per books"), self.books_amount),
        )
        yield from self._section(
            True,
            self.env._("Add: received by us, not by the bank"),
            self.env._("Add: received by the bank, not by us"),
        )
        yield from self._section(
            False,
            self.env._("Less: paid by us, not by the bank"),
            self.env._("Less: paid by the bank, not by us"),
        )
        yield self._both(
            "total",
            (self.env._("Adjusted balance"), self.bank_adjusted_amount),
            (self.env._("Adjusted balance"), self.books_adjusted_amount),
        )

    def _section(self, is_in, bank_label, books_label):
        """A heading with the sums of both sides, and their items side by side."""
        # sudo: amounts of all items; what they are is told of those the reader may see
        lines = self.sudo().line_ids.filtered(lambda line: (line.amount > 0) == is_in)
        bank = lines.filtered(lambda line: line.side == "bank")
        books = lines - bank
        yield self._both(
            "subtotal",
            (bank_label, sum(bank.mapped("amount"))),
            (books_label, sum(books.mapped("amount"))),
        )
        visible = lines.with_env(self.env)._filtered_access("read")
        for left, right in zip_longest(bank, books):
            yield Row(
                "row",
                (*self._cells(left, visible), *self._cells(right, visible)),
                self.currency_id.decimal_places,
            )

    def _cells(self, line, visible):
        if not line:
            return _EMPTY
        amount = self._to_minor(line.amount)
        if line.id not in visible.ids:
            return (self._ar_masked_name(), line.date, "", amount)
        words = (line.partner_id.name, line.text if line.text != "/" else "")
        return (" · ".join(filter(None, words)), line.date, line.number or "", amount)

    def _both(self, kind, left, right):
        cells = (
            cell
            for label, amount in (left, right)
            for cell in (label, None, "", self._to_minor(amount))
        )
        return Row(kind, tuple(cells), self.currency_id.decimal_places)

    def _to_minor(self, amount):
        return to_minor(amount, self.currency_id.decimal_places)

    def _no_statement_text(self):
        return self.env._(
            "No bank statement up to this day: the bank's balance is taken from our books "
            "until it is entered."
        )

    def _notes(self):
        """Whether it is reconciled, what it differs by, who signed it."""
        money = self.currency_id.format
        yield self.env._(
            "General ledger of the bank account: %(amount)s.",
            amount=money(self.ledger_amount),
        )
        if not self.has_statement and not self.is_entered:
            yield self._no_statement_text()
        elif self.is_equal:
            yield self.env._("The adjusted balances are equal.")
        else:
            yield self.env._(
                "Not reconciled: %(amount)s.", amount=money(self.difference_amount)
            )
        yield from self._cause_texts()
        if self.remark:
            yield self.remark
        for signoff in self.task_ids.signoff_id:
            yield self.env._(
                "Signed off by %(user)s on %(time)s, fingerprint %(fingerprint)s.",
                user=signoff.signed_by_id.name,
                time=format_datetime(self.env, signoff.signed_at),
                fingerprint=signoff.fingerprint[:16],
            )
