"""Factories every Odoo test of the suite uses: customers, documents, payments, users."""

from collections import defaultdict
from contextlib import contextmanager
from datetime import date

from odoo import Command

from ..engine.money import to_minor
from .common_books import Books
from .common_people import employee
from .engine.case import examples

__all__ = ["ArCommon", "date", "examples"]


class _Rollback(Exception):
    """Ends :meth:`ArCommon.rolled_back`; never leaves it."""


class ArCommon(Books):
    """A company in USD with a chart of accounts, and short ways to fill its ledger.

    Amounts are given as people write them (``1234.56``); documents are posted and carry
    no tax. Nothing here looks at the clock.
    """

    #: the day most tests look at
    AS_OF = date(2026, 6, 30)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.receivable_account = cls.company_data["default_account_receivable"]
        cls.bank_journal = cls.company_data["default_journal_bank"]
        cls.misc_journal = cls.company_data["default_journal_misc"]

    # -- master data ----------------------------------------------------------------------

    @classmethod
    def customer(cls, name="Acme Ltd", **values):
        """A company that buys from us, shared by all companies."""
        values = {"is_company": True, "customer_rank": 1, "company_id": False} | values
        return cls.env["res.partner"].create({"name": name, **values})

    @classmethod
    def customers_named(cls, name, count):
        """That many customers, "``name`` 0" and so on."""
        values = {"is_company": True, "customer_rank": 1, "company_id": False}
        return cls.env["res.partner"].create(
            [{"name": f"{name} {n}", **values} for n in range(count)]
        )

    @classmethod
    def contact(cls, parent, name="Jo Clerk", **values):
        """A person at ``parent``."""
        return cls.env["res.partner"].create(
            {"name": name, "parent_id": parent.id, **values}
        )

    @classmethod
    def foreign_currency(cls, code, rates=(("2020-01-01", 2.0),), **values):
        """The currency ``code``, active, with ``rates`` units per company unit."""
        return cls.setup_other_currency(code, rates=list(rates), **values)

    @classmethod
    def terms(cls, *instalments):
        """Payment terms of pairs (percent, days after the invoice date)."""
        return cls.env["account.payment.term"].create(
            {
                "name": " + ".join(f"{p}% {d}d" for p, d in instalments),
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": percent, "nb_days": days}
                    )
                    for percent, days in instalments
                ],
            }
        )

    @classmethod
    def user_with(cls, *roles, company=None, companies=None, login=None, **values):
        """An employee who holds ``roles`` (``"ar_clerk"``, ``"auditor"`` …) and no more.

        Without a role: a plain employee.
        """
        company = company or cls.company
        login = login or f"{'-'.join(roles) or 'employee'}-{company.id}"
        if companies:
            values["company_ids"] = [Command.set(companies.ids)]
        return employee(cls.env, roles, login, company, **values)

    # -- documents ------------------------------------------------------------------------

    @classmethod
    def invoice(cls, partner, amount, on, due=None, *, company=None, post=True, **more):
        """An invoice over ``amount`` of the day ``on``, due that day unless told.

        ``more``: currency, terms, move_type, and values of the document.
        """
        company = company or cls.company
        move = cls._documents(
            company, [cls._invoice_values(partner, amount, on, due, company, **more)]
        )
        if post:
            move.action_post()
        return move

    @classmethod
    def invoices(cls, partners, amount, on, due=None, **more):
        """Posted invoices, one of each partner, made and posted together: in less time."""
        moves = cls._documents(
            cls.company,
            [
                cls._invoice_values(partner, amount, on, due, cls.company, **more)
                for partner in partners
            ],
        )
        moves.action_post()
        return moves

    @classmethod
    def settled(cls, rows):
        """Posted invoices and what was paid for them, all of a kind at once.

        :param rows: (partner, amount, on, due, ((day paid, amount), …)) of each invoice
        """
        invoices = cls._documents(
            cls.company,
            [cls._invoice_values(*row[:4], cls.company) for row in rows],
        )
        invoices.action_post()
        paid = [
            (invoice, row[0], day, amount)
            for invoice, row in zip(invoices, rows, strict=True)
            for day, amount in row[4]
        ]
        payments = cls.env["account.payment"].create(
            [
                {
                    "partner_type": "customer",
                    "payment_type": "inbound",
                    "partner_id": partner.id,
                    "amount": amount,
                    "date": day,
                    "journal_id": cls.bank_journal.id,
                }
                for _invoice, partner, day, amount in paid
            ]
        )
        if payments:
            payments.action_post()
        settling = defaultdict(list)
        for (invoice, *_rest), payment in zip(paid, payments, strict=True):
            settling[invoice].append(payment)
        cls.env["account.move.line"]._reconcile_plan(
            [cls.receivable_lines(one, *parts) for one, parts in settling.items()]
        )
        return invoices

    @classmethod
    def _documents(cls, company, values):
        return cls.env["account.move"].with_company(company).create(values)

    @classmethod
    def _invoice_values(
        cls,
        partner,
        amount,
        on,
        due,
        company,
        *,
        currency=None,
        terms=None,
        move_type="out_invoice",
        **values,
    ):
        return {
            "move_type": move_type,
            "partner_id": partner.id,
            "invoice_date": on,
            "date": on,
            "currency_id": (currency or company.currency_id).id,
            "invoice_payment_term_id": terms.id if terms else False,
            "invoice_date_due": False if terms else due or on,
            "invoice_line_ids": [
                Command.create(
                    {
                        "name": "Goods",
                        "price_unit": amount,
                        "tax_ids": [Command.clear()],
                    }
                )
            ],
            **values,
        }

    @classmethod
    def credit_note(cls, partner, amount, on, due=None, **values):
        """A credit note over ``amount``, not yet used."""
        return cls.invoice(partner, amount, on, due, move_type="out_refund", **values)

    @classmethod
    def payment(
        cls, partner, amount, on, *, currency=None, journal=None, post=True, **values
    ):
        """Money from ``partner`` (to it, if negative) that is not applied to anything."""
        journal = journal or cls.bank_journal
        payment = cls.env["account.payment"].create(
            {
                "partner_type": "customer",
                "payment_type": "inbound" if amount > 0 else "outbound",
                "partner_id": partner.id,
                "amount": abs(amount),
                "date": on,
                "journal_id": journal.id,
                "currency_id": (currency or journal.company_id.currency_id).id,
                **values,
            }
        )
        if post:
            payment.action_post()
        return payment

    @classmethod
    def bank_line(cls, amount, on, text="", *, partner=None, journal=None, **values):
        """A bank line: ``amount`` in (out, if negative), its counterpart on suspense."""
        return cls.env["account.bank.statement.line"].create(
            {
                "journal_id": (journal or cls.bank_journal).id,
                "date": on,
                "payment_ref": text or "Transfer",
                "amount": amount,
                "partner_id": partner.id if partner else False,
                **values,
            }
        )

    @classmethod
    def entry(
        cls, partner, amount, on, *, account=None, company=None, post=True, due=None
    ):
        """A general entry that debits (credits, if negative) the receivable account."""
        company = company or cls.company
        account = account or cls.receivable_account
        other = cls.company_data["default_account_revenue"]
        move = (
            cls.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": "entry",
                    "journal_id": cls.misc_journal.id,
                    "date": on,
                    "line_ids": [
                        Command.create(
                            {
                                "name": "Entry",
                                "account_id": line_account.id,
                                "partner_id": partner.id if partner else False,
                                "balance": balance,
                                "date_maturity": due,
                            }
                        )
                        for line_account, balance in (
                            (account, amount),
                            (other, -amount),
                        )
                    ],
                }
            )
        )
        if post:
            move.action_post()
        return move

    # -- reconciliation -------------------------------------------------------------------

    @staticmethod
    def receivable_lines(*records):
        """The receivable journal items of invoices, entries, payments, bank lines."""
        moves = [
            record if record._name == "account.move" else record.move_id
            for record in records
        ]
        lines = [line for move in moves for line in move.line_ids.sorted("id")]
        return moves[0].line_ids.browse(
            line.id for line in lines if line.account_type == "asset_receivable"
        )

    @classmethod
    def match(cls, *records):
        """Reconcile the open receivable items of ``records``, as core's users do."""
        lines = cls.receivable_lines(*records)
        lines.filtered(lambda line: not line.reconciled).reconcile()

    @classmethod
    def unmatch(cls, *records):
        """Undo the reconciliations of ``records``."""
        cls.receivable_lines(*records).remove_move_reconcile()

    # -- helpers of assertions ------------------------------------------------------------

    @staticmethod
    def minor(amount, currency):
        """``amount`` as an integer in minor units."""
        return to_minor(amount, currency.decimal_places)

    @contextmanager
    def rolled_back(self):
        """Run a block and take back what it wrote: one example of a property test."""
        try:
            with self.env.cr.savepoint():
                yield
                raise _Rollback
        except _Rollback:
            self.env.invalidate_all()
