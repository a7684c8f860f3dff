"""Payments, credit notes and invoices of customers settle each other, without a bank file."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ArCommon
from .test_flow_bank_to_reconcile import MatchCommon


@tagged("post_install", "-at_install")
class TestCustomerMatch(MatchCommon):
    def settle_now(self, *records):
        """As core's users reconcile."""
        ArCommon.match(*records)

    def run_for(self, *partners, user=None, **values):
        """A dry run through the button of the form."""
        run = (
            self.env["ar.settlement.run"]
            .with_user(user or self.clerk)
            .create(
                {
                    "company_id": self.company.id,
                    "as_of_date": "2026-06-30",
                    "partner_ids": [Command.set([one.id for one in partners])],
                    **values,
                }
            )
        )
        run.action_propose()
        return run

    def residuals(self, *moves):
        return [
            sum(self.receivable_lines(move).mapped("amount_residual_currency"))
            for move in moves
        ]

    def test_dry_run_apply_undo(self):
        # given an invoice over 500 and a payment over 500; another payment nobody owes
        big = self.invoice(self.acme, 500, "2026-05-01")
        small = self.invoice(self.acme, 70, "2026-05-01")
        paid = self.payment(self.acme, 500, "2026-06-01")
        lost = self.payment(self.acme, 41, "2026-06-01")
        before = self.residuals(big, small, paid, lost)
        # when the clerk looks
        run = self.run_for()
        (found,) = run.settlement_ids
        self.assertEqual((found.state, found.amount), ("accepted", 500))
        self.assertEqual((found.partner_id, found.debit_text), (self.acme, big.name))
        self.assertIn("500.00", found.evidence_text)
        # then nothing is booked, and he may not book
        self.assertEqual(self.residuals(big, small, paid, lost), before)
        with self.assertRaises(AccessError):
            run.action_apply()
        # when the accountant settles
        run.with_user(self.accountant).action_apply()
        self.assertEqual(
            (found.state, run.state, run.run_state), ("applied", "applied", "done")
        )
        self.assertEqual(self.residuals(big, small, paid, lost), [0, 70, 0, -41])
        self.assertEqual(big.payment_state, "paid")
        # and takes it back: to the cent as before
        run.with_user(self.accountant).action_undo()
        self.assertEqual(self.residuals(big, small, paid, lost), before)
        self.assertEqual((found.state, run.state), ("undone", "undone"))

    def test_two_that_fit_are_left_to_a_person(self):
        first = self.invoice(self.acme, 500, "2026-05-01")
        second = self.invoice(self.acme, 500, "2026-05-02")
        paid = self.payment(self.acme, 500, "2026-06-01")
        self.invoice(self.acme, 9, "2026-05-02")
        run = self.run_for(self.acme)
        (found,) = run.settlement_ids
        self.assertEqual((found.state, found.alternative_count), ("proposed", 1))
        with self.assertRaises(UserError):
            run.with_user(self.accountant).action_apply()
        # when a person says yes
        found.action_accept()
        run.with_user(self.accountant).action_apply()
        self.assertEqual(self.residuals(paid), [0])
        self.assertEqual(sum(self.residuals(first, second)), 500)

    def test_what_was_rejected_is_not_proposed_again(self):
        self.invoice(self.acme, 500, "2026-05-01")
        self.invoice(self.acme, 20, "2026-05-01")
        self.payment(self.acme, 500, "2026-06-01")
        run = self.run_for(self.acme)
        run.settlement_ids.action_reject()
        self.assertFalse(self.run_for(self.acme).settlement_ids)

    def test_oldest_first_only_on_request(self):
        old = self.invoice(self.acme, 300, "2026-04-01")
        new = self.invoice(self.acme, 400, "2026-05-01")
        paid = self.payment(self.acme, 350, "2026-06-01")
        self.assertFalse(self.run_for(self.acme).settlement_ids)
        run = self.run_for(self.acme, oldest_first=True)
        self.assertTrue(run.settlement_ids.is_oldest_first)
        run.with_user(self.accountant).action_apply()
        self.assertEqual(self.residuals(old, new, paid), [0, 350, 0])

    def test_credit_note_of_an_invoice_and_foreign_currency(self):
        eur = self.foreign_currency("EUR")
        wrong = self.invoice(self.bravo, 800, "2026-05-01", currency=eur)
        self.invoice(self.bravo, 800, "2026-05-01", currency=eur)
        note = self.credit_note(
            self.bravo, 800, "2026-05-20", currency=eur, ref=f"for {wrong.name}"
        )
        run = self.run_for(self.bravo)
        run.with_user(self.accountant).action_apply()
        self.assertEqual(self.residuals(wrong, note), [0, 0])

    def test_what_has_changed_meanwhile_is_refused(self):
        big = self.invoice(self.acme, 500, "2026-05-01")
        self.invoice(self.acme, 20, "2026-05-01")
        paid = self.payment(self.acme, 500, "2026-06-01")
        run = self.run_for(self.acme)
        # given somebody uses the payment otherwise
        other = self.payment(self.acme, 100, "2026-06-03")
        self.settle_now(big, other)
        run.with_user(self.accountant).action_apply()
        self.assertEqual(run.settlement_ids.state, "stale")
        self.assertIn("in the meantime", run.settlement_ids.run_error)
        self.assertEqual(self.residuals(big, paid), [400, -500])

    def test_items_promised_to_a_bank_line_are_left_alone(self):
        invoice = self.invoice(self.acme, 500, "2026-05-01")
        self.invoice(self.acme, 20, "2026-05-01")
        self.payment(self.acme, 500, "2026-06-01")
        self.assertTrue(self.run_for(self.acme).settlement_ids)
        line = self.bank_line(500, "2026-06-01", invoice.name)
        item = self.receivable_lines(invoice)
        proposals = self.env["ar.match.proposal"].with_user(self.clerk)
        proposals.set_allocations(line.id, [[item.id, 500]])
        self.assertFalse(self.run_for(self.acme).settlement_ids)

    def test_from_the_customer_and_from_the_open_items(self):
        self.invoice(self.acme, 500, "2026-05-01")
        self.invoice(self.bravo, 40, "2026-05-01")
        self.payment(self.acme, 500, "2026-06-01")
        self.payment(self.bravo, 40, "2026-06-01")
        partner = self.acme.with_user(self.clerk)
        run = self.env["ar.settlement.run"].browse(partner.action_ar_settle()["res_id"])
        self.assertEqual(run.settlement_ids.partner_id, self.acme)
        self.env.flush_all()
        rows = self.env["ar.aging.report"].with_user(self.clerk).search([])
        action = rows.action_settle()
        run = self.env["ar.settlement.run"].browse(action["res_id"])
        self.assertEqual(run.settlement_ids.partner_id, self.acme | self.bravo)
        with self.assertRaises(AccessError):
            self.acme.with_user(self.user_with("collector")).action_ar_settle()

    def test_results_are_nobodys_to_write(self):
        self.invoice(self.acme, 500, "2026-05-01")
        self.payment(self.acme, 500, "2026-06-01")
        run = self.run_for(self.acme)
        for call in (
            lambda: run.write({"state": "applied"}),
            lambda: run.settlement_ids.write({"state": "applied"}),
            lambda: run.settlement_ids.part_ids.write({"amount": 1}),
            lambda: run.create({"company_id": self.company.id, "state": "applied"}),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_statements_do_not_grow_with_customers(self):
        def count(number):
            customers = [self.customer(f"Volume {number} {n}") for n in range(number)]
            for customer in customers:
                self.invoice(customer, 500, "2026-05-01")
                self.payment(customer, 500, "2026-06-01")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            run = self.run_for(*customers)
            self.env.flush_all()
            spent = self.env.cr.sql_log_count - before
            self.assertEqual(len(run.settlement_ids), number)
            return spent

        count(1)
        few, many = count(2), count(10)
        self.assertLessEqual(many, few + 6)
