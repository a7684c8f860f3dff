from odoo import Command, fields, models
from odoo.fields import Domain

from ..engine.bank_reconciliation import BankStatement, Item, compare_balances
from ..engine.money import from_minor, to_minor


class ArBankReconciliation(models.Model):
    """Loads both sides of a bank account on a day, and keeps what the engine says of them."""

    _inherit = "ar.bank.reconciliation"

    # -- load, decide, apply --------------------------------------------------------------

    def _count(self):
        """Load both sides, let the engine compare them, keep what it says."""
        for one in self:
            # sudo: a balance is that of the whole account; lines are shown by their rules
            whole = one.sudo()
            whole._apply_found(whole._reconcile())

    def _reconcile(self):
        statements, loose = self._load_statements()
        opening, direct = self._load_direct(statements)
        unlisted = [self._line_row(line) for line in loose] if statements else []
        if not statements:
            # bank lines are the bank's, whoever keyed them
            opening += self._minor(sum(loose.mapped("amount")))
        self.has_statement = bool(statements)
        return compare_balances(
            self._minor(self._ledger_balance()),
            [*self._load_payments(), *direct, *unlisted, *self._load_suspense()],
            statements,
            opening,
            self._minor(self.entered_amount) if self.is_entered else None,
        )

    def _minor(self, amount):
        return to_minor(amount, self.currency_id.decimal_places)

    def _shown(self, amount):
        return float(from_minor(amount, self.currency_id.decimal_places))

    def _ledger_balance(self):
        [[amount, company_amount]] = self.env["account.move.line"]._read_group(
            self._account_domain(),
            aggregates=["amount_currency:sum", "balance:sum"],
        )
        own = self.currency_id == self.company_id.currency_id
        return (company_amount if own else amount) or 0.0

    def _account_domain(self):
        return (
            Domain("account_id", "=", self.journal_id.default_account_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("parent_state", "=", "posted")
            & Domain("date", "<=", self.as_of_date)
        )

    def _load_statements(self):
        """Bank statements up to the day, and the bank lines behind the last of them.

        Lines are added up by the database; one by one come only those of no statement.
        """
        lines = self.env["account.bank.statement.line"]
        scope = Domain("journal_id", "=", self.journal_id.id) & Domain(
            "state", "=", "posted"
        )
        upto = scope & Domain("date", "<=", self.as_of_date)
        found = lines._read_group(
            upto & Domain("statement_id", "!=", False),
            ["statement_id"],
            ["amount:sum", "date:max", "internal_index:min"],
        )
        later = lines._read_group(
            scope
            & Domain("date", ">", self.as_of_date)
            & Domain("statement_id", "in", [row[0].id for row in found]),
            ["statement_id"],
        )
        unfinished = {row[0].id for row in later}
        loose = lines.search_fetch(
            upto & Domain("statement_id", "=", False),
            ["amount", "internal_index"],
            order="internal_index",
        )
        statements, behind = [], list(loose)
        for statement, amount, day, first in sorted(
            found, key=lambda row: (row[3] or "", row[0].id)
        ):
            before = [line for line in behind if line.internal_index < first]
            behind = behind[len(before) :]
            statements.append(
                BankStatement(
                    statement.name or "",
                    day,
                    self._minor(statement.balance_start),
                    self._minor(statement.balance_end_real),
                    self._minor(amount),
                    statement.id not in unfinished,
                    self._minor(sum(line.amount for line in before)),
                )
            )
        return statements, lines.union(*behind)

    def _line_row(self, line):
        return Item(
            line.move_id.line_ids[:1].id,
            "unlisted",
            line.date,
            line.move_id.name or "",
            line.payment_ref or "",
            line.partner_id.id,
            self._minor(line.amount),
        )

    def _load_direct(self, statements):
        """Entries on the bank's account without a bank line: those before, those since."""
        first = self._first_day() if statements else self.as_of_date
        items = self.env["account.move.line"].search(
            self._account_domain() & Domain("move_id.statement_line_id", "=", False)
        )
        before = items.filtered(lambda item: item.date <= first)
        opening = sum(
            self._amount(item, item.amount_currency, item.balance) for item in before
        )
        since = items - before
        return opening, self._rows("direct", Domain("id", "in", since.ids))

    def _first_day(self):
        """The first day of which a bank statement tells."""
        line = self.env["account.bank.statement.line"].search(
            [
                ("journal_id", "=", self.journal_id.id),
                ("state", "=", "posted"),
                ("statement_id", "!=", False),
            ],
            order="internal_index",
            limit=1,
        )
        return line.date

    def _load_payments(self):
        """Payments registered by us that no bank line has met by that day."""
        journal = self.journal_id
        payments = self.env["account.payment"]._read_group(
            [("journal_id", "=", journal.id), ("outstanding_account_id", "!=", False)],
            ["outstanding_account_id"],
        )
        accounts = self.env["account.account"].union(*(row[0] for row in payments))
        accounts |= journal._get_journal_inbound_outstanding_payment_accounts()
        accounts |= journal._get_journal_outbound_outstanding_payment_accounts()
        accounts -= journal.default_account_id | journal.suspense_account_id
        accounts = accounts.filtered("reconcile")
        return self._rows(
            "payment",
            Domain("account_id", "in", accounts.ids)
            & Domain("journal_id", "=", journal.id),
        )

    def _load_suspense(self):
        """Bank lines whose counterpart nobody has booked to its account."""
        account = self.journal_id.suspense_account_id
        scope = Domain("account_id", "=", account.id) & Domain(
            "journal_id", "=", self.journal_id.id
        )
        if account.reconcile:
            return self._rows("suspense", scope, -1)
        items = self.env["account.move.line"].search(
            scope
            & Domain("company_id", "=", self.company_id.id)
            & Domain("parent_state", "=", "posted")
            & Domain("date", "<=", self.as_of_date)
        )
        return [
            self._row(item, "suspense", -item.amount_currency, -item.balance)
            for item in items
        ]

    def _rows(self, source, scope, sign=1):
        """What of the journal items was open on the day, as rows of the engine."""
        scope &= Domain("company_id", "=", self.company_id.id)
        found = {
            row.line_id: row
            for row in self.env["ar.ledger"]._open_lines(
                self.as_of_date, scope, self.company_id.ids
            )
        }
        return [
            self._row(
                item,
                source,
                sign * found[item.id].residual,
                sign * found[item.id].residual_company,
            )
            for item in self.env["account.move.line"].browse(found)
        ]

    def _row(self, item, source, amount, company_amount):
        """A journal item as row of the engine."""
        text = item.statement_line_id.payment_ref or item.name or item.ref or ""
        return Item(
            item.id,
            source,
            item.date,
            item.move_name or "",
            text,
            item.partner_id.id,
            self._amount(item, amount, company_amount),
        )

    def _amount(self, item, amount, company_amount):
        """An amount of a journal item in the currency of the bank account, minor units."""
        if self.currency_id == self.company_id.currency_id:
            return self._minor(company_amount)
        if item.currency_id == self.currency_id:
            return self._minor(amount)
        converted = self.company_id.currency_id._convert(
            company_amount, self.currency_id, self.company_id, item.date
        )
        return self._minor(converted)

    def _apply_found(self, found):
        """Keep figures and items; as superuser, see :meth:`_count`."""
        self.line_ids.unlink()
        self.write(
            {
                "bank_amount": self._shown(found.bank),
                "ledger_amount": self._shown(found.ledger),
                "books_amount": self._shown(found.books),
                "bank_adjusted_amount": self._shown(found.bank_adjusted),
                "books_adjusted_amount": self._shown(found.books_adjusted),
                "difference_amount": self._shown(found.difference),
                "is_equal": not found.difference
                and (self.has_statement or self.is_entered),
                "causes": [
                    {**cause._asdict(), "amount": self._shown(cause.amount)}
                    for cause in found.causes
                ],
                "computed_at": fields.Datetime.now(),
                "line_count": len(found.items),
                "line_ids": [
                    Command.create(
                        {
                            "side": item.side,
                            "source": item.source,
                            "date": item.date,
                            "number": item.number,
                            "text": item.text,
                            "partner_id": item.partner_id or False,
                            "amount": self._shown(item.amount),
                            "line_id": item.line_id,
                        }
                    )
                    for item in found.items
                ],
            }
        )
