"""What is wrong with a statement of a bank file, told in the language of the reader.

Staging keeps codes and values (money in minor units, days in ISO form): who staged the file
and who confirms it may read different languages.
"""

from datetime import date

from odoo import api, models

from ..engine.errors import BalanceError
from .engine_messages import engine_message

#: values that are money of the statement's currency
_MONEY = {"booked", "difference", "last", "opening"}

TEXTS = {
    # problems
    "journal_missing": lambda env, p: env._(
        "No bank journal of this company has the account %(account)s in %(currency)s. "
        "Enter it as Account Number of the bank journal (Invoicing ▸ Configuration ▸ "
        "Journals) and press Check Again, choose the journal here, or leave this "
        "statement out.",
        **p,
    ),
    "journal_currency": lambda env, p: env._(
        "The statement is in %(currency)s, the journal %(journal)s is not. "
        "Choose the journal of this currency.",
        **p,
    ),
    "journal_account": lambda env, p: env._(
        "The journal %(journal)s belongs to another bank account than %(account)s.",
        **p,
    ),
    "journal_suspense": lambda env, p: env._(
        "The journal %(journal)s has no suspense account; set it in its configuration.",
        **p,
    ),
    "locked": lambda env, p: env._(
        "The statement begins on %(day)s, in a locked period (%(locks)s).", **p
    ),
    "not_proven_first": lambda env, p: env._(
        "%(account)s: the file does not prove that it is complete, and the journal has "
        "no earlier statement to continue from. Enter the number and sum of lines that "
        "the bank shows (the file has %(count)s lines, together %(total)s).",
        **p,
    ),
    "not_proven": lambda env, p: env._(
        "%(account)s: the file does not prove that it is complete. Enter the closing "
        "balance or the number and sum of lines that the bank shows "
        "(the file has %(count)s lines, together %(total)s).",
        **p,
    ),
    "chain_broken": lambda env, p: env._(
        "%(account)s: the last closing balance in the books and the new lines do not "
        "make the closing balance %(closing)s of the file; the difference is "
        "%(difference)s. A file in between may be missing: import it first. Or "
        "confirm what the bank shows (the file has %(count)s lines, together "
        "%(total)s).",
        **p,
    ),
    "not_adding_up": lambda env, p: env._(
        "%(account)s does not add up: the difference is %(difference)s"
        " (%(count)s lines). Check the file and the totals entered.",
        **p,
    ),
    # remarks
    "known_lines": lambda env, p: env._(
        "%(count)s lines are in the books already and will not be posted again.", **p
    ),
    "ids_reused": lambda env, p: env._(
        "The bank has given ids to lines of this file that the books know with "
        "another amount or day: %(ids)s. Ask the bank before posting; the lines "
        "count as new.",
        **p,
    ),
    "statement_missing": lambda env, p: env._(
        "The last closing balance of %(journal)s is %(last)s; this statement "
        "continues from %(opening)s. A statement in between may be missing.",
        **p,
    ),
    "opening_differs": lambda env, p: env._(
        "The first statement of %(journal)s begins with %(opening)s, but its "
        "account has a balance of %(booked)s. Post an opening entry.",
        **p,
    ),
}


class ArBankImportStatement(models.Model):
    _inherit = "ar.bank.import.statement"

    @api.depends("problems", "warnings", "file_problem", "state")
    @api.depends_context("lang")
    def _compute_texts(self):
        for statement in self:
            problems = [statement._told(*one) for one in statement.problems or ()]
            if statement.file_problem and statement.state == "held":
                code, params = statement.file_problem
                error = BalanceError(code, **params)
                problems.append(engine_message(statement.env, error))
            remarks = [statement._told(*one) for one in statement.warnings or ()]
            statement.problem = "\n".join(problems) or False
            statement.warning = "\n".join(remarks) or False

    def _told(self, code, values):
        """The sentence of a code, with the statement's own figures beside its values."""
        self.ensure_one()
        told = {
            "account": self.account_number or self.name,
            "currency": self.currency_id.name,
            "journal": self.journal_id.display_name,
            "day": self.date_from,
            "count": self.booked_count,
            "total": self.currency_id.format(self.booked_amount),
            "closing": self.currency_id.format(self.closing_amount),
            **values,
        }
        told.update({key: self._shown(values[key]) for key in _MONEY & values.keys()})
        if "ids" in told:
            told["ids"] = ", ".join(told["ids"])
        if "locks" in told:
            told["locks"] = self.env["res.company"]._format_lock_dates(
                [(date.fromisoformat(day), field) for day, field in told["locks"]]
            )
        return TEXTS[code](self.env, told)

    def _shown(self, minor):
        return self.currency_id.format(self._from_minor(minor))
