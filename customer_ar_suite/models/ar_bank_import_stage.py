import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError

from ..engine.bank_formats import ReadContext, check_balance
from ..engine.errors import BalanceError, EngineError
from ..engine.money import from_minor
from ..engine.text import clean, compact
from .engine_messages import engine_message
from .safe_io import run_parser


class ArBankImport(models.Model):
    """How a file becomes staged statements and lines: read apart, kept as it was."""

    _inherit = "ar.bank.import"

    @api.model
    def _stage(self, filename, data, profiles, journal, date_order=False):
        """A file becomes staged lines, or a clear message and nothing.

        :param profiles: ``ar.bank.csv.profile`` to choose from
        :param journal: for files that do not name their account
        :param date_order: for files whose dates can be read in two ways
        """
        filename = _shown_name(filename)
        sha256 = hashlib.sha256(data).hexdigest()
        self._refuse_known_file(filename, sha256)
        statements = self._load_file(filename, data, profiles, journal, date_order)
        # sudo: only here may staged lines be written; the wizard checked the role
        staged = self.sudo().create(
            {
                "name": filename,
                "file": base64.b64encode(data),
                "sha256": sha256,
                "format_code": statements[0].format,
                "company_id": self.env.company.id,
            }
        )
        staged._create_lines(statements, journal)
        record = self.browse(staged.id)
        record._log("stage")
        record._check()
        return record

    @api.model
    def _refuse_known_file(self, filename, sha256):
        earlier = self.search(
            [
                ("company_id", "=", self.env.company.id),
                ("sha256", "=", sha256),
                ("state", "!=", "cancelled"),
            ],
            limit=1,
        )
        if earlier:
            raise RedirectWarning(
                self.env._(
                    "%(file)s: this file was imported already on %(day)s by %(user)s, "
                    "as “%(name)s”.",
                    file=filename,
                    day=fields.Date.to_string(earlier.create_date),
                    user=earlier.create_uid.name,
                    name=earlier.name,
                ),
                self.env.ref("customer_ar_suite.ar_bank_import_action_open").id,
                self.env._("Open that import"),
                {"active_id": earlier.id, "active_ids": earlier.ids},
            )

    @api.model
    def _load_file(self, filename, data, profiles, journal, date_order=False):
        """Statements of a file, read in the child process."""
        currencies = self.env["res.currency"].with_context(active_test=False).search([])
        digits = {currency.name: currency.decimal_places for currency in currencies}
        own = journal.currency_id or journal.company_id.currency_id
        # sudo: the number of the company's own account, which may be masked; it goes into
        # the staged file of the same company, which masks it itself
        number = journal.sudo().bank_account_id.acc_number or ""
        context = ReadContext(
            filename,
            digits,
            profiles._layouts(journal),
            currency=own.name or "",
            account=compact(number),
            date_order=date_order or "",
        )
        try:
            return run_parser("bank_formats:read_bank_file", data, context=context)
        except EngineError as error:
            message = engine_message(self.env, error)
            if not message.startswith(filename):  # as errors in a table's rows do
                message = self.env._(
                    "%(file)s: %(message)s", file=filename, message=message
                )
            raise UserError(message) from error

    def _create_lines(self, statements, journal):
        """Staged statements and lines as the file has them, before any decision."""
        self.ensure_one()
        currencies = self.env["res.currency"].with_context(active_test=False).search([])
        by_code = {currency.name: currency for currency in currencies}
        records = self.env["ar.bank.import.statement"].create(
            [
                self._statement_values(position, statement, by_code, journal)
                for position, statement in enumerate(statements, 1)
            ]
        )
        self.env["ar.bank.import.line"].create(
            [
                record._line_values(position, line, by_code)
                for record, statement in zip(records, statements, strict=True)
                for position, line in enumerate(statement.lines, 1)
            ]
        )

    def _statement_values(self, position, statement, by_code, journal):
        def amount(minor):
            return float(from_minor(minor or 0, statement.digits))

        try:
            check_balance(statement)
            problem = False
        except BalanceError as error:
            problem = [error.code, error.params]
        return {
            "import_id": self.id,
            "sequence": position,
            "name": statement.number or self.name,
            "number": statement.sequence,
            "account_number": statement.account,
            "currency_id": by_code[statement.currency].id,
            "journal_id": journal.id if journal and not statement.account else False,
            "has_opening": statement.opening is not None,
            "has_closing": statement.closing is not None,
            "is_whole": statement.is_whole,
            "opening_amount": amount(statement.opening),
            "closing_amount": amount(statement.closing),
            "booked_amount": amount(statement.booked_sum),
            "booked_count": len(statement.booked),
            "date_from": min(
                (line.booking_date for line in statement.booked), default=False
            )
            or statement.opening_date,
            "date_to": max(
                (line.booking_date for line in statement.booked), default=False
            )
            or statement.closing_date,
            "file_problem": problem,
        }


def _shown_name(filename):
    """A file's name without folders, invisible characters and excess length."""
    return clean(filename.replace("\\", "/").rpartition("/")[2])[-120:] or "bank file"
