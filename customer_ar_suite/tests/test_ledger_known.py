from datetime import datetime, timedelta
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from ..models.ar_ledger import recorder
from .common import ArCommon, date, examples
from .common_histories import DAY_0, LedgerHistories, histories

LONG_AGO = datetime(2000, 1, 1)


class KnownCase(ArCommon):
    """Moments are those of the database's clock: all of a test is one transaction."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ledger = cls.env["ar.ledger"]
        cls.acme = cls.customer("Acme Ltd")

    def moment(self):
        """Now, by the clock the recorder reads."""
        self.env.flush_all()
        ((now,),) = self.env.execute_query(
            SQL("SELECT clock_timestamp() AT TIME ZONE 'UTC'")
        )
        return now

    def open(self, known_on=None, as_of=None, **scope):
        """{number: residual in major units} as known at a moment."""
        scope = {"partner_ids": self.acme.ids} | scope
        items = self.ledger._open_items(as_of or self.AS_OF, known_on=known_on, **scope)
        return {item.number: item.residual / 10**item.digits for item in items}


@tagged("post_install", "-at_install")
class TestLedgerKnown(KnownCase):
    """What was known when, by hand."""

    def test_reconciliation_undone_later(self):
        # given an invoice of 100 paid by 60 in March
        invoice = self.invoice(self.acme, 100, date(2026, 3, 1))
        payment = self.payment(self.acme, 60, date(2026, 3, 20))
        before = self.moment()
        self.match(invoice, payment)
        matched = self.moment()
        # when the reconciliation is undone
        self.unmatch(invoice)
        # then the books show two open items, and at the time one of 40
        both = {invoice.name: 100, payment.name: -60}
        self.assertEqual(self.open(), both)
        self.assertEqual(self.open(before), both)
        self.assertEqual(self.open(matched), {invoice.name: 40})
        # and before the payment's date nothing was reconciled, whatever was known
        self.assertEqual(self.open(matched, date(2026, 3, 19)), {invoice.name: 100})

    def test_back_dated_entry_was_not_known(self):
        # given the report of February as it was printed
        self.invoice(self.acme, 100, date(2026, 2, 1))
        printed = self.moment()
        as_printed = self.open(as_of=date(2026, 2, 28))
        # when somebody posts into February
        late = self.entry(self.acme, 55, date(2026, 2, 10))
        # then the same report now holds it, and as known then it does not
        self.assertIn(late.name, self.open(as_of=date(2026, 2, 28)))
        self.assertEqual(self.open(printed, date(2026, 2, 28)), as_printed)

    def test_entry_reset_changed_and_posted_again(self):
        invoice = self.invoice(self.acme, 100, date(2026, 3, 1))
        number, first = invoice.name, self.moment()
        invoice.button_draft()
        as_draft = self.moment()
        invoice.invoice_line_ids.price_unit = 70
        invoice.action_post()
        again = self.moment()
        self.assertEqual(self.open(), {number: 70})
        self.assertEqual(self.open(again), {number: 70})
        self.assertEqual(self.open(as_draft), {})
        self.assertEqual(self.open(first), {number: 100})

    def test_deleted_entry_is_still_known(self):
        # given a posted entry, part of which is paid
        entry = self.entry(self.acme, 50, date(2026, 3, 1))
        payment = self.payment(self.acme, 20, date(2026, 3, 2))
        self.match(entry, payment)
        matched, number = self.moment(), entry.name
        # when it is undone, reset and deleted
        entry.button_draft()
        self.unmatch(entry)
        entry.unlink()
        self.assertEqual(self.open(), {payment.name: -20})
        # then it was open with 30, and no link leads into nothing
        (item,) = self.ledger._open_items(
            self.AS_OF, known_on=matched, partner_ids=self.acme.ids
        )
        self.assertEqual((item.number, item.residual), (number, 3000))
        self.assertLess(item.move_id, 0)
        self.assertEqual(item.kind, "entry")

    def test_due_date_changed_later(self):
        invoice = self.invoice(self.acme, 100, date(2026, 3, 1), due=date(2026, 3, 31))
        promised = self.moment()
        self.receivable_lines(invoice).date_maturity = date(2026, 5, 31)

        def due(known_on):
            (item,) = self.ledger._open_items(
                self.AS_OF, known_on=known_on, partner_ids=self.acme.ids
            )
            return item.due_date

        self.assertEqual(due(None), date(2026, 5, 31))
        self.assertEqual(due(promised), date(2026, 3, 31))

    def test_payment_moved_to_another_day_keeps_its_reconciliation(self):
        # given a payment of 10 March, reset to draft, dated 20 April, posted again
        invoice = self.invoice(self.acme, 100, date(2026, 3, 1))
        payment = self.payment(self.acme, 100, date(2026, 3, 10))
        self.match(invoice, payment)
        first = self.moment()
        self.assertEqual(self.open(as_of=date(2026, 3, 31)), {})
        payment.move_id.button_draft()
        payment.move_id.date = date(2026, 4, 20)
        payment.move_id.action_post()
        # then the end of March shows the invoice now, and did not then
        self.assertEqual(self.open(as_of=date(2026, 3, 31)), {invoice.name: 100})
        self.assertEqual(self.open(first, date(2026, 3, 31)), {})

    def test_balances_movements_and_tie_out_follow(self):
        self.invoice(self.acme, 100, date(2026, 3, 1))
        known = self.moment()
        scope = {"partner_ids": self.acme.ids, "known_on": known}
        self.entry(self.acme, 11, date(2026, 3, 2))
        (balance,) = self.ledger._balances(self.AS_OF, **scope)
        self.assertEqual(balance.amount, 10000)
        (movement,) = self.ledger._movements(DAY_0, self.AS_OF, **scope)
        self.assertEqual(movement.amount, 10000)
        (total,), different = self.ledger._tie_out(self.AS_OF, **scope)
        self.assertEqual((total.open_amount, total.ledger_amount), (10000, 10000))
        self.assertEqual(different, [])

    def test_transfers_as_known(self):
        # given a customer whose invoice another one paid, and the match undone
        bolt = self.customer("Bolt Ltd")
        invoice = self.invoice(self.acme, 100, date(2026, 3, 1))
        payment = self.payment(bolt, 100, date(2026, 3, 2))
        self.match(invoice, payment)
        matched = self.moment()
        self.unmatch(invoice)
        scope = {"partner_ids": self.acme.ids}
        self.assertEqual(self.ledger._transfers(self.AS_OF, **scope), [])
        (transfer,) = self.ledger._transfers(self.AS_OF, known_on=matched, **scope)
        self.assertEqual(transfer.amount, -10000)

    def test_merged_customer_owes_what_was_known(self):
        # given an invoice of a customer who is merged into another one later
        twin = self.customer("Acme Limited")
        invoice = self.invoice(twin, 100, date(2026, 3, 1))
        known = self.moment()
        invoice.button_draft()
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (twin | self.acme).ids, self.acme
        )
        self.env.invalidate_all()
        # then he is the one who owed it
        self.assertEqual(self.open(known), {invoice.name: 100})

    # -- before the recording -------------------------------------------------------------

    def test_times_before_the_recording_are_approximate(self):
        since = self.ledger._known_since()
        self.assertTrue(self.ledger._known_is_exact(since))
        self.assertFalse(self.ledger._known_is_exact(since - timedelta(seconds=1)))
        self.assertTrue(self.ledger._known_is_exact(None))

    def test_items_of_before_the_recording(self):
        # given an invoice paid before there was a recorder
        invoice = self.invoice(self.acme, 100, date(2026, 3, 1))
        payment = self.payment(self.acme, 60, date(2026, 3, 20))
        self.match(invoice, payment)
        self.env.flush_all()
        for model in ("ar_item_history", "ar_reconciliation_history"):
            self.env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(model)))
        known = self.moment()
        # then it counts as known, also after it was undone and reset
        self.assertEqual(self.open(known), {invoice.name: 40})
        self.unmatch(invoice)
        invoice.button_draft()
        self.assertEqual(self.open(), {payment.name: -60})
        self.assertEqual(self.open(known), {invoice.name: 40})
        # and nothing was known before anything was entered
        self.assertEqual(self.open(LONG_AGO), {})

    def test_a_recorder_switched_off_is_noticed(self):
        self.env.cr.execute(
            SQL("ALTER TABLE account_partial_reconcile DISABLE TRIGGER USER")
        )
        self.env.cr.cache.clear()
        self.assertIsNone(self.ledger._known_since())
        self.assertFalse(self.ledger._known_is_exact(self.moment()))
        # when the suite is updated, recording starts again, from then on
        gap_ends = self.moment()
        recorder.install(self.env, "account_partial_reconcile")
        self.env.cr.cache.clear()
        self.assertGreater(self.ledger._known_since(), gap_ends)

    def test_account_that_becomes_reconcilable(self):
        account = self.company_data["default_account_revenue"]
        self.entry(self.acme, 10, date(2026, 3, 1))
        known = self.moment()
        history = self.env["ar.item.history"].sudo()
        self.assertFalse(history.search([("account_id", "=", account.id)]))
        account.reconcile = True
        self.env.flush_all()
        self.assertTrue(
            history.search(
                [("account_id", "=", account.id), ("known_from", "<=", known)]
            )
        )

    # -- who may see it -------------------------------------------------------------------

    def test_rules_of_the_reader_apply_to_versions(self):
        # given a customer hidden by a rule on journal items, one entry reset later
        hidden = self.customer("Hidden Ltd")
        entry = self.entry(hidden, 20, date(2026, 5, 1))
        known = self.moment()
        entry.button_draft()
        self.env["ir.rule"].create(
            {
                "name": "Hide",
                "model_id": self.env["ir.model"]._get("account.move.line").id,
                "domain_force": f"[('partner_id', '!=', {hidden.id})]",
            }
        )
        clerk = self.ledger.with_user(self.user_with("ar_clerk"))
        scope = {"partner_ids": hidden.ids, "known_on": known}
        unruled = self.ledger.sudo()._open_items(self.AS_OF, **scope)
        self.assertEqual(len(unruled), 1)
        self.assertEqual(clerk._open_items(self.AS_OF, **scope), [])

    def test_other_companies_and_employees(self):
        other = self.setup_other_company(name="Other Ltd")["company"]
        entry = self.invoice(self.acme, 20, date(2026, 5, 1), company=other)
        known = self.moment()
        entry.button_draft()
        scope = {"partner_ids": self.acme.ids, "known_on": known}
        clerk = self.ledger.with_user(self.user_with("ar_clerk"))
        self.assertEqual(
            clerk._open_items(self.AS_OF, company_ids=other.ids, **scope), []
        )
        employee = self.ledger.with_user(self.user_with())
        with self.assertRaises(AccessError):
            employee._open_items(self.AS_OF, **scope)

    def test_questions_do_not_grow_with_customers(self):
        for number in range(4):
            partner = self.customer(f"Customer {number}")
            self.entry(partner, 10, date(2026, 3, 1))
        known = self.moment()
        self.entry(self.acme, 10, date(2026, 3, 1)).button_draft()
        self.env.flush_all()
        self.open(known, partner_ids=None)
        with self.assertQueryCount(6):
            self.open(known, partner_ids=None)


@tagged("post_install", "-at_install")
class TestLedgerKnownProperties(LedgerHistories, KnownCase):
    """``known_on`` gives what was live at that moment, whatever happened since."""

    def snapshot(self, step):
        """This moment and what is live at one of three days, each in its turn."""
        self.env.flush_all()
        day = DAY_0 + timedelta(days=(30, 75, 121)[step % 3])
        return self.moment(), day, self.live(day)

    def live(self, day, known_on=None):
        scope = {
            "partner_ids": [partner.id for partner in self.customers],
            "known_on": known_on,
        }
        items = self.env["ar.ledger"]._open_items(day, **scope)
        return (
            [
                (i.line_id, i.partner_id, i.due_date, i.residual, i.residual_company)
                for i in items
            ],
            self.env["ar.ledger"]._balances(day, **scope),
            sorted(
                (t.line_id, t.amount, t.amount_company)
                for t in self.env["ar.ledger"]._transfers(day, **scope)
            ),
        )

    @examples(12)
    @given(histories(deep=True), st.booleans())
    def test_known_on_is_the_live_result_of_that_moment(self, history, mixed):
        recorded = []
        with self.rolled_back():
            with patch.object(
                type(self),
                "after_step",
                lambda _self: recorded.append(self.snapshot(len(recorded))),
            ):
                self.play(history, mixed, together=False)
            for moment, day, expected in recorded:
                self.assertEqual(self.live(day, moment), expected, (moment, day))
