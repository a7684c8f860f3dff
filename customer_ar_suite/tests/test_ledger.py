import random
import string
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models.ar_ledger import open_items
from .common import ArCommon, date


def _noise(length):
    """Text that does not shrink when it is compressed."""
    return "".join(random.Random(5).choices(string.ascii_letters, k=length))


@tagged("post_install", "-at_install")
class TestLedger(ArCommon):
    """Open items at a date, by hand calculation."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls.customer("Acme Ltd")
        cls.ledger = cls.env["ar.ledger"]

    def open(self, as_of=None, **scope):
        """{number of the document: residual in major units} at ``as_of``."""
        items = self.items(as_of, **scope)
        return {item.number: item.residual / 10**item.digits for item in items}

    def items(self, as_of=None, **scope):
        scope = {"partner_ids": self.acme.ids} | scope
        return self.ledger._open_items(as_of or self.AS_OF, **scope)

    def movements(self, date_from, date_to, **scope):
        found = self.ledger._movements(date_from, date_to, **scope)
        return sorted(found, key=lambda m: (m.partner_id, m.date, m.move_id, m.line_id))

    def test_columns_of_an_invoice(self):
        # given an invoice with a customer reference
        invoice = self.invoice(
            self.acme, 1234.56, date(2026, 5, 1), due=date(2026, 5, 31), ref="PO 77"
        )
        # when it is looked at on a later day
        (item,) = self.items()
        # then every column says what stands in the document
        line = self.receivable_lines(invoice)
        self.assertEqual(item.line_id, line.id)
        self.assertEqual(item.move_id, invoice.id)
        self.assertEqual(item.company_id, self.company.id)
        self.assertEqual(item.partner_id, self.acme.id)
        self.assertEqual(item.account_id, self.receivable_account.id)
        self.assertEqual(item.currency_id, self.company.currency_id.id)
        self.assertEqual((item.digits, item.company_digits), (2, 2))
        self.assertEqual(item.date, date(2026, 5, 1))
        self.assertEqual(item.due_date, date(2026, 5, 31))
        self.assertEqual(item.invoice_date, date(2026, 5, 1))
        self.assertEqual(item.number, invoice.name)
        self.assertEqual(item.reference, "PO 77")
        self.assertEqual(item.kind, "invoice")
        self.assertEqual((item.amount, item.residual), (123456, 123456))
        self.assertEqual((item.amount_company, item.residual_company), (123456, 123456))
        self.assertEqual((item.disputed, item.promised, item.planned), (0, 0, 0))

    def test_references_of_any_length(self):
        # given references that no index entry could hold, and one as long as it may be
        long = self.invoice(self.acme, 10, date(2026, 5, 1))
        limit = self.invoice(self.acme, 20, date(2026, 5, 2))
        texts = {long: _noise(9000), limit: _noise(2000)}
        for invoice, text in texts.items():
            invoice.payment_reference = text
        # then they are told in full, and the kinds are right
        found = {item.move_id: (item.reference, item.kind) for item in self.items()}
        self.assertEqual(
            found, {move.id: (text, "invoice") for move, text in texts.items()}
        )
        # when one is shortened and the other gets longer
        long.payment_reference, limit.payment_reference = "RF18", _noise(2001)
        # then so are these
        found = {item.move_id: item.reference for item in self.items()}
        self.assertEqual(found, {long.id: "RF18", limit.id: _noise(2001)})

    def test_part_payments_before_and_after_the_date(self):
        # given 1,000 invoiced in January and paid 300 + 200 + 500 in the months after
        invoice = self.invoice(self.acme, 1000, date(2026, 1, 10))
        for amount, on in (
            (300, date(2026, 2, 10)),
            (200, date(2026, 3, 10)),
            (500, date(2026, 4, 10)),
        ):
            self.match(invoice, self.payment(self.acme, amount, on))
        # then each month's end shows what was left on that day
        for as_of, left in (
            (date(2026, 1, 9), {}),
            (date(2026, 1, 10), {invoice.name: 1000}),
            (date(2026, 2, 9), {invoice.name: 1000}),
            (date(2026, 2, 10), {invoice.name: 700}),
            (date(2026, 3, 31), {invoice.name: 500}),
            (date(2026, 4, 9), {invoice.name: 500}),
            (date(2026, 4, 10), {}),
        ):
            with self.subTest(as_of=as_of):
                self.assertEqual(self.open(as_of), left)

    def test_payment_before_the_invoice(self):
        # given money that came a month before the invoice it was applied to
        payment = self.payment(self.acme, 400, date(2026, 3, 1))
        invoice = self.invoice(self.acme, 1000, date(2026, 4, 1))
        self.match(payment, invoice)
        # then until the invoice it is unapplied, afterwards it has reduced the invoice
        self.assertEqual(self.open(date(2026, 3, 15)), {payment.name: -400})
        self.assertEqual(self.open(date(2026, 4, 1)), {invoice.name: 600})
        self.assertEqual(self.items(date(2026, 3, 15))[0].kind, "payment")

    def test_overpayment(self):
        invoice = self.invoice(self.acme, 100, date(2026, 3, 1))
        payment = self.payment(self.acme, 130, date(2026, 3, 20))
        self.match(invoice, payment)
        self.assertEqual(self.open(date(2026, 3, 19)), {invoice.name: 100})
        self.assertEqual(self.open(date(2026, 3, 20)), {payment.name: -30})

    def test_credit_note_partly_used(self):
        invoice = self.invoice(self.acme, 100, date(2026, 3, 1))
        credit_note = self.credit_note(self.acme, 250, date(2026, 3, 5))
        self.match(invoice, credit_note)
        (item,) = self.items()
        self.assertEqual((item.kind, item.amount), ("credit_note", -25000))
        self.assertEqual(item.residual, -15000)

    def test_instalments_are_items_of_their_own(self):
        invoice = self.invoice(
            self.acme, 1000, date(2026, 4, 1), terms=self.terms((30, 0), (70, 30))
        )
        self.match(invoice, self.payment(self.acme, 300, date(2026, 4, 2)))
        before, after = self.items(date(2026, 4, 1)), self.items(date(2026, 4, 2))
        self.assertEqual(
            [(item.number, item.due_date, item.residual) for item in before],
            [
                (invoice.name, date(2026, 4, 1), 30000),
                (invoice.name, date(2026, 5, 1), 70000),
            ],
        )
        self.assertEqual([item.residual for item in after], [70000])

    def test_undone_reconciliation(self):
        invoice = self.invoice(self.acme, 100, date(2026, 3, 1))
        payment = self.payment(self.acme, 100, date(2026, 3, 20))
        self.match(invoice, payment)
        self.assertEqual(self.open(), {})
        self.unmatch(invoice)
        self.assertEqual(self.open(), {invoice.name: 100, payment.name: -100})

    def test_draft_and_cancelled_entries_are_unknown(self):
        draft = self.invoice(self.acme, 10, date(2026, 3, 1), post=False)
        cancelled = self.invoice(self.acme, 20, date(2026, 3, 1), post=False)
        cancelled.button_cancel()
        self.assertEqual((draft.state, cancelled.state), ("draft", "cancel"))
        self.assertEqual(self.items(), [])

    def test_payment_reset_to_draft_gives_the_invoice_back(self):
        # given a paid invoice whose payment is reset to draft: core keeps the partial
        invoice = self.invoice(self.acme, 100, date(2026, 3, 1))
        payment = self.payment(self.acme, 100, date(2026, 3, 20))
        self.match(invoice, payment)
        payment.move_id.button_draft()
        self.assertTrue(self.receivable_lines(invoice).reconciled)
        # then the general ledger holds the invoice alone, and so do the open items
        self.assertEqual(self.open(), {invoice.name: 100})
        (balance,) = self.ledger._balances(self.AS_OF, partner_ids=self.acme.ids)
        self.assertEqual(balance.amount, 10000)
        self.assertEqual(
            self.open(line_ids=self.receivable_lines(invoice).ids), {invoice.name: 100}
        )

    def test_draft_part_payment(self):
        invoice = self.invoice(self.acme, 100, date(2026, 3, 1))
        payment = self.payment(self.acme, 60, date(2026, 3, 20))
        self.match(invoice, payment)
        self.assertEqual(self.open(), {invoice.name: 40})
        payment.move_id.button_draft()
        self.assertEqual(self.open(), {invoice.name: 100})

    def test_back_dated_entry_counts_from_its_date(self):
        invoice = self.invoice(self.acme, 100, date(2026, 5, 1))
        self.assertEqual(self.open(date(2026, 4, 30)), {})
        earlier = self.entry(self.acme, 55, date(2026, 2, 28))
        self.assertEqual(self.open(date(2026, 4, 30)), {earlier.name: 55})
        self.assertEqual(self.items(date(2026, 4, 30))[0].kind, "entry")
        self.assertEqual(self.open(), {earlier.name: 55, invoice.name: 100})

    def test_items_of_contacts_belong_to_the_customer(self):
        contact = self.contact(self.acme)
        entry = self.entry(contact, 12, date(2026, 5, 1))
        self.assertEqual(self.open(), {entry.name: 12})
        self.assertEqual(self.items()[0].partner_id, self.acme.id)

    def test_items_without_a_partner(self):
        entry = self.entry(None, 12, date(2026, 5, 1))
        self.assertEqual(self.open(partner_ids=[0]), {entry.name: 12})
        self.assertEqual(self.open(), {})
        self.assertIn(0, {item.partner_id for item in self.items(partner_ids=None)})

    def test_several_receivable_accounts(self):
        other = self.receivable_account.copy({"name": "Receivables, export"})
        self.entry(self.acme, 12, date(2026, 5, 1), account=other)
        self.entry(self.acme, 30, date(2026, 5, 1))
        other.active = False
        self.assertEqual(
            {(item.account_id, item.residual) for item in self.items()},
            {(other.id, 1200), (self.receivable_account.id, 3000)},
        )

    def test_no_maturity_means_due_on_the_date(self):
        self.entry(self.acme, 12, date(2026, 5, 1))
        line = self.receivable_lines(self.entry(self.acme, 12, date(2026, 5, 2)))
        self.env.cr.execute(
            "UPDATE account_move_line SET date_maturity = NULL WHERE id = %s", [line.id]
        )
        self.assertEqual(
            [item.due_date for item in self.items()],
            [date(2026, 5, 1), date(2026, 5, 2)],
        )

    def test_foreign_currency_with_exchange_entry(self):
        # given 1,000 EUR invoiced at 2 EUR a dollar, paid at 4: a loss of 250 dollars
        euro = self.foreign_currency("EUR", [("2026-01-01", 2.0), ("2026-03-01", 4.0)])
        invoice = self.invoice(self.acme, 1000, date(2026, 2, 1), currency=euro)
        payment = self.payment(self.acme, 1000, date(2026, 3, 10), currency=euro)
        (item,) = self.items(date(2026, 3, 9))
        self.assertEqual((item.residual, item.residual_company), (100000, 50000))
        self.match(invoice, payment)
        # then nothing is open afterwards, in neither currency
        self.assertEqual(self.items(), [])
        # and the exchange entry is a movement customers never see
        movements = self.movements(
            date(2026, 1, 1), self.AS_OF, partner_ids=self.acme.ids
        )
        self.assertEqual(
            [(m.amount, m.amount_company, m.is_exchange) for m in movements],
            [(100000, 50000, False), (-100000, -25000, False), (0, -25000, True)],
        )

    def test_exchange_entry_dated_later(self):
        # given an exchange entry that a lock date moved to a later day than the payment
        euro = self.foreign_currency("EUR", [("2026-01-01", 2.0), ("2026-03-01", 4.0)])
        invoice = self.invoice(self.acme, 1000, date(2026, 2, 1), currency=euro)
        payment = self.payment(self.acme, 1000, date(2026, 3, 10), currency=euro)
        self.company.fiscalyear_lock_date = date(2026, 4, 30)
        self.match(invoice, payment)
        exchange = self.receivable_lines(invoice).matched_credit_ids.exchange_move_id
        self.assertGreater(exchange.date, date(2026, 4, 30))
        # then between the two only the company-currency value is still open
        (item,) = self.items(date(2026, 4, 1))
        self.assertEqual((item.residual, item.residual_company), (0, 25000))
        self.assertEqual(self.items(exchange.date), [])

    def test_digits_of_the_currency(self):
        yen = self.foreign_currency("JPY", [("2020-01-01", 100.0)], rounding=1)
        dinar = self.foreign_currency("BHD", [("2020-01-01", 0.4)], rounding=0.001)
        self.invoice(self.acme, 1234, date(2026, 5, 1), currency=yen)
        self.invoice(self.acme, 1.234, date(2026, 5, 2), currency=dinar)
        self.assertEqual(
            [
                (item.digits, item.residual, item.residual_company)
                for item in self.items()
            ],
            [(0, 1234, 1234), (3, 1234, 309)],
        )
        self.assertEqual(len(self.items(currency_ids=dinar.ids)), 1)

    def test_two_companies(self):
        other = self.setup_other_company(name="Other Ltd")
        self.invoice(self.acme, 10, date(2026, 5, 1))
        self.invoice(self.acme, 20, date(2026, 5, 1), company=other["company"])

        def residuals(companies):
            ledger = self.ledger.with_context(allowed_company_ids=companies.ids)
            rows = ledger._open_items(self.AS_OF, partner_ids=self.acme.ids)
            return sorted((item.company_id, item.residual) for item in rows)

        ours, theirs = (self.company.id, 1000), (other["company"].id, 2000)
        self.assertEqual(residuals(self.company), [ours])
        self.assertEqual(residuals(other["company"]), [theirs])
        self.assertEqual(
            residuals(self.company | other["company"]), sorted([ours, theirs])
        )

    def test_other_companies_stay_hidden(self):
        # given a clerk of one company who asks for the figures of another
        other = self.setup_other_company(name="Other Ltd")["company"]
        self.invoice(self.acme, 20, date(2026, 5, 1), company=other)
        ledger = self.ledger.with_user(self.user_with("ar_clerk"))
        scope = {"partner_ids": self.acme.ids, "company_ids": other.ids}
        self.assertEqual(ledger._open_items(self.AS_OF, **scope), [])
        self.assertEqual(ledger._balances(self.AS_OF, **scope), [])
        self.assertEqual(ledger._movements(date(2026, 1, 1), self.AS_OF, **scope), [])

    def test_record_rules_of_the_reader_apply(self):
        # given a rule that hides one customer's journal items from everybody
        hidden = self.customer("Hidden Ltd")
        invoice = self.invoice(self.acme, 10, date(2026, 5, 1))
        self.match(
            self.invoice(hidden, 20, date(2026, 5, 1)),
            self.payment(hidden, 20, date(2026, 6, 1)),
        )
        self.invoice(hidden, 30, date(2026, 5, 2))
        self.env["ir.rule"].create(
            {
                "name": "Hide",
                "model_id": self.env["ir.model"]._get("account.move.line").id,
                "domain_force": f"[('partner_id', '!=', {hidden.id})]",
            }
        )
        for role in ("ar_clerk", "collector", "auditor"):
            ledger = self.ledger.with_user(self.user_with(role))
            items = ledger._open_items(
                date(2026, 5, 31), partner_ids=(self.acme | hidden).ids
            )
            self.assertEqual([item.number for item in items], [invoice.name])

    def test_employees_without_a_role_are_refused(self):
        ledger = self.ledger.with_user(self.user_with())
        with self.assertRaises(AccessError):
            ledger._open_items(self.AS_OF)
        with self.assertRaises(AccessError):
            ledger._balances(self.AS_OF)

    def test_opening_and_movements_give_the_closing_balance(self):
        self.invoice(self.acme, 100, date(2026, 3, 31))
        self.payment(self.acme, 30, date(2026, 4, 1))
        self.credit_note(self.acme, 20, date(2026, 4, 30))
        self.invoice(self.acme, 5, date(2026, 5, 1))
        scope = {"partner_ids": self.acme.ids}
        (opening,) = self.ledger._opening_balances(date(2026, 4, 1), **scope)
        movements = self.movements(date(2026, 4, 1), date(2026, 4, 30), **scope)
        (closing,) = self.ledger._balances(date(2026, 4, 30), **scope)
        self.assertEqual(opening.amount, 10000)
        self.assertEqual(
            [(m.kind, m.amount) for m in movements],
            [("payment", -3000), ("credit_note", -2000)],
        )
        self.assertEqual(closing.amount, 5000)
        self.assertEqual(opening._fields, closing._fields)

    def test_movements_are_called_the_same_however_they_are_asked_for(self):
        # given documents of the customer, with a long text, of nobody and of an opening
        invoice = self.invoice(self.acme, 10, date(2026, 5, 1), ref="PO 77")
        long = self.invoice(self.acme, 20, date(2026, 5, 2))
        long.payment_reference = _noise(9000)
        payment = self.payment(self.acme, 5, date(2026, 5, 3))
        entry = self.entry(self.acme, 7, date(2026, 5, 4))
        entry.ref = "by hand"
        opening = self.entry(self.acme, 9, date(2026, 5, 5))
        opening.sudo().write(
            {"ar_opening_number": "OLD-9", "ar_opening_kind": "invoice"}
        )
        # and one of somebody else that has an item of the customer
        other = self.entry(self.acme, 3, date(2026, 5, 6), post=False)
        other.partner_id = self.customer("Other")
        other.line_ids.partner_id = self.acme
        other.action_post()
        # then each has its number, reference and kind
        period = (date(2026, 5, 1), date(2026, 5, 31))
        own = self.movements(*period, partner_ids=self.acme.ids)
        self.assertEqual(
            [(m.move_id, m.number, m.reference, m.kind) for m in own],
            [
                (invoice.id, invoice.name, "PO 77", "invoice"),
                (long.id, long.name, _noise(9000), "invoice"),
                (payment.move_id.id, payment.name, payment.memo or "", "payment"),
                (entry.id, entry.name, "by hand", "entry"),
                (opening.id, "OLD-9", "", "invoice"),
                (other.id, other.name, "", "entry"),
            ],
        )
        # also where nobody in particular is asked for
        everybody = self.movements(*period)
        self.assertEqual([m for m in everybody if m.partner_id == self.acme.id], own)

    def test_many_later_reconciliations_and_few_give_the_same(self):
        # given an invoice paid in three parts
        invoice = self.invoice(self.acme, 100, date(2026, 5, 1))
        for day in (10, 11, 12):
            self.match(invoice, self.payment(self.acme, 20, date(2026, 5, day)))
        # then it makes no difference whether what came later is many or few
        for as_of, residual in ((9, 100), (10, 80), (11, 60), (12, 40), (31, 40)):
            for few in (0, 1, 500):
                with patch.object(open_items, "FEW_LATER", few):
                    self.assertEqual(
                        self.open(date(2026, 5, as_of)), {invoice.name: residual}
                    )

    def test_statements_do_not_grow_with_customers(self):
        partners = self.acme
        self.invoice(self.acme, 10, date(2026, 5, 1))
        for partner in self.customers_named("Customer", 6):
            self.match(
                self.invoice(partner, 10, date(2026, 5, 1)),
                self.payment(partner, 4, date(2026, 6, 10)),
            )
            partners |= partner
        self.env.flush_all()
        for asked in (self.acme, partners):
            for as_of in (date(2026, 5, 31), self.AS_OF):
                # setting, accounts, contacts, whether much was reconciled later, items;
                # once: which accounts hold advances
                with self.assertQueryCount(6):
                    items = self.ledger._open_items(as_of, partner_ids=asked.ids)
                self.assertEqual(len(items), len(asked))
