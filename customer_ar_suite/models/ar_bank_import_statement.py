from odoo import fields, models
from odoo.exceptions import AccessError

from ..engine.bank_formats import Confirmed, Figures, Proof, prove, same_account
from ..engine.bank_formats.base import BOOKED
from ..engine.bank_formats.fingerprint import fingerprint
from ..engine.money import from_minor, to_minor
from ..engine.text import compact

#: a batch that cannot be split carries the texts of all its parts
MAX_LABEL = 5_000
#: what a user decides; every other figure is the file's
_USER_FIELDS = {
    "journal_id",
    "is_left_out",
    "confirmed_closing_amount",
    "confirmed_count",
    "confirmed_total_amount",
    "confirmation",
}


class ArBankImportStatement(models.Model):
    """One account over one period in a bank file, with its proof."""

    _name = "ar.bank.import.statement"
    _description = "Statement in a Bank File"
    _order = "import_id desc, sequence"
    _check_company_auto = True

    import_id = fields.Many2one(
        "ar.bank.import", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="import_id.company_id", store=True)
    import_state = fields.Selection(related="import_id.state", string="File State")
    sequence = fields.Integer(readonly=True)
    name = fields.Char(string="Statement", readonly=True)
    number = fields.Char(readonly=True)
    account_number = fields.Char(string="Bank Account", readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    journal_id = fields.Many2one(
        "account.journal",
        domain=[("type", "in", ("bank", "cash", "credit"))],
        check_company=True,
    )
    date_from = fields.Date(string="From", readonly=True)
    date_to = fields.Date(string="To", readonly=True)
    has_opening = fields.Boolean(readonly=True)
    has_closing = fields.Boolean(readonly=True)
    is_whole = fields.Boolean(readonly=True)
    opening_amount = fields.Monetary(string="Opening", readonly=True)
    closing_amount = fields.Monetary(string="Closing", readonly=True)
    booked_amount = fields.Monetary(string="Booked", readonly=True)
    booked_count = fields.Integer(string="Booked Lines", readonly=True)
    new_amount = fields.Monetary(string="New", readonly=True)
    difference_amount = fields.Monetary(
        string="Difference",
        readonly=True,
        help="Closing balance minus opening balance minus booked lines.",
    )
    state = fields.Selection(
        [
            ("ready", "Ready"),
            ("held", "On Hold"),
            ("left_out", "Left Out"),
        ],
        default="held",
        required=True,
        readonly=True,
    )
    proof = fields.Selection(
        [
            ("balance", "Balances of the file"),
            ("chain", "Last closing and new lines"),
            ("control", "Confirmed totals"),
            ("none", "Not proven"),
        ],
        default="none",
        readonly=True,
    )
    file_problem = fields.Json(
        readonly=True, help="What the file itself contradicts: code and values."
    )
    problems = fields.Json(
        string="Reasons for Holding",
        readonly=True,
        help="Codes and values; told in the language of whoever reads them.",
    )
    warnings = fields.Json(string="Remarks", readonly=True)
    problem = fields.Text(compute="_compute_texts")
    warning = fields.Text(compute="_compute_texts")
    is_left_out = fields.Boolean(
        string="Leave Out",
        help="Do not import this statement, for example a foreign account.",
    )
    confirmation = fields.Selection(
        [("closing", "Closing balance"), ("total", "Number and sum of lines")],
        string="Confirm By",
        help="For files without balances: what the bank shows outside of this file.",
    )
    confirmed_closing_amount = fields.Monetary(string="Closing Balance at the Bank")
    confirmed_count = fields.Integer(string="Number of Lines at the Bank")
    confirmed_total_amount = fields.Monetary(string="Sum of Lines at the Bank")
    line_ids = fields.One2many("ar.bank.import.line", "statement_id", readonly=True)
    bank_statement_id = fields.Many2one(
        "account.bank.statement", readonly=True, copy=False, ondelete="set null"
    )

    def write(self, vals):
        by_user = not self.env.su
        if by_user and not set(vals) <= _USER_FIELDS:
            raise AccessError(self.env._("Figures of a bank file cannot be edited."))
        if by_user and self.filtered(
            lambda one: one.import_state not in ("staged", "held")
        ):
            raise AccessError(self.env._("The bank file is no longer staged."))
        result = super().write(vals)
        if by_user:
            self.import_id._log("decide")
            self.import_id._check()
        return result

    # -- staging --------------------------------------------------------------------------

    def _line_values(self, position, line, by_code):
        """Values of one staged line."""
        self.ensure_one()
        booked = line.status == BOOKED
        details = {
            "structured": list(line.structured),
            "end_to_end": line.end_to_end,
            "bank_reference": line.bank_reference,
            "counterparty_bic": line.counterparty_bic,
            "info": line.info,
            "value_date": line.value_date and line.value_date.isoformat(),
            "is_reversal": line.is_reversal,
            "charges": str(from_minor(line.charges, self.currency_id.decimal_places)),
        }
        original = by_code.get(line.original_currency)
        return {
            "import_id": self.import_id.id,
            "statement_id": self.id,
            "sequence": position,
            "entry_number": line.entry,
            "status": "new" if booked else "unbooked",
            "run_state": "todo" if booked else "skipped",
            "date": line.booking_date,
            "value_date": line.value_date,
            "amount": float(from_minor(line.amount, self.currency_id.decimal_places)),
            "currency_id": self.currency_id.id,
            "original_currency_id": original.id if original else False,
            "original_amount": float(
                from_minor(line.original_amount, line.original_digits)
            ),
            "label": line.label[:MAX_LABEL] or "/",
            "payer_name": line.counterparty,
            "payer_account": line.counterparty_account,
            "transaction_code": line.code,
            "details": {key: value for key, value in details.items() if value},
            "fingerprint": fingerprint(line, self.currency_id.name),
            "bank_key": _bank_key(line.bank_reference),
        }

    # -- deciding -------------------------------------------------------------------------

    def _find_journals(self):
        """The journal of each account: one query for all accounts of the file."""
        journals = self.env["account.journal"].search(
            [
                ("company_id", "=", self.import_id.company_id.id),
                ("type", "in", ("bank", "cash", "credit")),
                ("bank_account_id", "!=", False),
            ]
        )
        for statement in self.filtered("account_number"):
            fitting = journals.filtered(statement._fits)
            exact = fitting.filtered(statement._is_exactly)
            fitting = exact or fitting
            if statement.journal_id not in fitting and fitting:
                statement.journal_id = fitting if len(fitting) == 1 else False

    def _fits(self, journal):
        """Is this journal kept for exactly this account and currency?"""
        currency = journal.currency_id or journal.company_id.currency_id
        number = compact(journal.bank_account_id.acc_number or "")
        return currency == self.currency_id and same_account(
            self.account_number, number
        )

    def _is_exactly(self, journal):
        return compact(journal.bank_account_id.acc_number or "") == self.account_number

    def _judge(self):
        """Ready, on hold with a reason, or left out."""
        for statement in self:
            new = statement.line_ids.filtered(lambda line: line.status == "new")
            last_closing = statement._last_closing()
            proof = statement._prove(last_closing, new)
            problems = [] if statement.is_left_out else statement._problems(proof)
            held = problems or (statement.file_problem and not statement.is_left_out)
            statement.write(
                {
                    "new_amount": sum(new.mapped("amount")),
                    "proof": proof.kind,
                    "difference_amount": statement._from_minor(proof.difference),
                    "problems": problems or False,
                    "warnings": list(statement._warnings(new, last_closing)) or False,
                    "state": "left_out"
                    if statement.is_left_out
                    else "held"
                    if held
                    else "ready",
                }
            )

    def _prove(self, last_closing, new) -> Proof:
        self.ensure_one()
        minor = self._to_minor
        figures = Figures(
            minor(self.opening_amount) if self.has_opening else None,
            minor(self.closing_amount) if self.has_closing else None,
            minor(self.booked_amount),
            self.booked_count,
            self.is_whole,
            new_sum=minor(sum(new.mapped("amount"))),
        )
        by_total = self.confirmation == "total"
        confirmed = Confirmed(
            closing=minor(self.confirmed_closing_amount)
            if self.confirmation == "closing"
            else None,
            lines=self.confirmed_count if by_total else None,
            total=minor(self.confirmed_total_amount) if by_total else None,
        )
        return prove(figures, confirmed, last_closing)

    def _last_closing(self):
        """Closing balance of the journal before this statement, in minor units; or None."""
        self.ensure_one()
        previous = self.journal_id and self.env["account.bank.statement"].search(
            [
                ("journal_id", "=", self.journal_id.id),
                ("date", "<=", self.date_to),
                ("first_line_index", "!=", False),
            ],
            order="first_line_index desc",
            limit=1,
        )
        return self._to_minor(previous.balance_end_real) if previous else None

    def _problems(self, proof):
        """Why this statement cannot be posted: codes of :mod:`.ar_bank_import_text`."""
        self.ensure_one()
        if not self.booked_count:
            return []
        problems = [self._journal_problem(), self._lock_problem()]
        if not self.file_problem and not proof.holds:
            problems.append(self._proof_problem(proof))
        return [problem for problem in problems if problem]

    def _journal_problem(self):
        journal, account = self.journal_id, self.account_number
        if not journal:
            return "journal_missing", {}
        if (journal.currency_id or journal.company_id.currency_id) != self.currency_id:
            return "journal_currency", {}
        own = compact(journal.bank_account_id.acc_number or "")
        if account and own and not same_account(account, own):
            return "journal_account", {}
        return None if journal.suspense_account_id else ("journal_suspense", {})

    def _lock_problem(self):
        if not self.journal_id or not self.date_from:
            return None
        locks = self.company_id._get_violated_lock_dates(
            self.date_from, False, self.journal_id
        )
        return locks and (
            "locked",
            {"locks": [(day.isoformat(), field) for day, field in locks]},
        )

    def _proof_problem(self, proof):
        if proof.kind == "chain":
            return "chain_broken", {"difference": proof.difference}
        if proof.kind != "none":
            return "not_adding_up", {
                "difference": proof.difference,
                "count": proof.lines_difference,
            }
        if not self.has_opening and self._last_closing() is None:
            return "not_proven_first", {}
        return "not_proven", {}

    def _warnings(self, new, last_closing):
        """What should be looked at, but does not keep the statement from being posted."""
        self.ensure_one()
        known = self.line_ids.filtered(lambda line: line.status == "known")
        if known:
            yield "known_lines", {"count": len(known)}
        if reused := new._reused_ids():
            yield "ids_reused", {"ids": reused[:5]}
        if self.has_closing and last_closing is not None:
            opening = self._to_minor(self.closing_amount - sum(new.mapped("amount")))
            if opening != last_closing:
                yield "statement_missing", {"last": last_closing, "opening": opening}
        elif self.has_opening and self.journal_id:
            balance = self.journal_id._get_journal_bank_account_balance()[0] or 0
            booked = self._to_minor(balance)
            opening = self._to_minor(self.opening_amount)
            if booked != opening:
                yield "opening_differs", {"booked": booked, "opening": opening}

    def _to_minor(self, amount):
        return to_minor(amount, self.currency_id.decimal_places)

    def _from_minor(self, minor):
        return float(from_minor(minor, self.currency_id.decimal_places))

    # -- posting --------------------------------------------------------------------------

    def _create_bank_statement(self, new):
        """The bank statement the new lines will belong to, with the balances around them."""
        self.ensure_one()
        opening, closing = self._posted_balances(new)
        statement = self.env["account.bank.statement"].create(
            {
                "name": self._bank_statement_name(),
                "reference": self.import_id.name,
                "balance_start": opening,
                "balance_end_real": closing,
            }
        )
        # sudo: the link to the posted statement; users cannot write it
        self.sudo().bank_statement_id = statement

    def _posted_balances(self, new):
        total = self._to_minor(sum(new.mapped("amount")))
        if self.has_closing:
            closing = self._to_minor(self.closing_amount)
        elif self.confirmation == "closing":
            closing = self._to_minor(self.confirmed_closing_amount)
        else:
            closing = (self._last_closing() or 0) + total
        return self._from_minor(closing - total), self._from_minor(closing)

    def _bank_statement_name(self):
        number = " ".join(filter(None, [self.name, self.number]))
        return f"{self.journal_id.code} {number}"


def _bank_key(reference):
    """The bank's id of a line; words that stand there for want of one are none."""
    key = compact(reference or "")
    says_nothing = key in ("", "NONREF", "NOTPROVIDED") or len(key) < 5
    return False if says_nothing else key
