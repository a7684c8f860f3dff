"""From bank lines to paid invoices and back, as the users of the suite do it."""

import re
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..engine.matching.base import RULES
from ..engine.matching.identify import POINTS
from ..models.ar_match_evidence import RULE_NAMES, SENTENCES
from .common import ArCommon, date


class MatchCommon(ArCommon):
    """Two customers with open invoices, and short ways to match and decide."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls.customer("Acme Ltd")
        cls.bravo = cls.customer("Bravo GmbH")
        cls.clerk = cls.user_with("ar_clerk")
        cls.accountant = cls.user_with("ar_accountant")

    def match(self, lines=None, user=None, as_of=None):
        """Run the matcher and return its proposals."""
        run = (
            self.env["ar.match.run"]
            .with_user(user or self.clerk)
            .create(
                {
                    "company_id": (lines or self.bank_journal).company_id.id,
                    "as_of_date": as_of or self.AS_OF,
                    "statement_line_ids": [(6, 0, lines.ids)] if lines else False,
                }
            )
        )
        run.action_match()
        return run.proposal_ids

    def accept_and_apply(self, proposals):
        proposals.with_user(self.clerk).action_accept()
        proposals.with_user(self.accountant).action_apply()
        self.env.invalidate_all()

    def open_line(self, move):
        return self.receivable_lines(move)

    def gl_by_account(self):
        """Posted balance per account, straight from the journal items."""
        self.env.flush_all()
        return {
            account.id: round(balance, 2)
            for account, balance in self.env["account.move.line"]._read_group(
                [("company_id", "=", self.company.id), ("parent_state", "=", "posted")],
                ["account_id"],
                ["balance:sum"],
            )
            if round(balance, 2)
        }


@tagged("post_install", "-at_install")
class TestFlowBankToReconcile(MatchCommon):
    def test_receipt_pays_the_invoice_it_quotes(self):
        # given an open invoice and a receipt that quotes it
        invoice = self.invoice(self.acme, 1200, "2026-05-01", "2026-05-31")
        line = self.bank_line(1200, "2026-06-02", f"payment {invoice.name} thanks")
        before = self.gl_by_account()
        # when the clerk matches
        proposal = self.match()
        # then there is one sure proposal that says why
        self.assertEqual(proposal.statement_line_id, line)
        self.assertEqual(proposal.partner_id, self.acme)
        self.assertEqual((proposal.confidence, proposal.confidence_class), (95, "high"))
        self.assertTrue(proposal.is_unique)
        self.assertEqual(proposal.state, "proposed")
        self.assertIn(invoice.name, proposal.evidence_text)
        self.assertIn("Exactly what is open", proposal.evidence_text)
        # and nothing is booked
        self.assertEqual(self.gl_by_account(), before)
        # when it is accepted and applied
        self.accept_and_apply(proposal)
        # then the invoice is paid and only the suspense account has moved
        self.assertEqual(proposal.state, "applied")
        self.assertEqual(invoice.payment_state, "paid")
        self.assertTrue(line.is_reconciled)
        after = self.gl_by_account()
        suspense = self.bank_journal.suspense_account_id.id
        receivable = self.receivable_account.id
        self.assertEqual(after.pop(suspense, 0), 0)
        self.assertEqual(before.pop(suspense), -1200)
        self.assertEqual(after.pop(receivable, 0), before.pop(receivable) - 1200)
        self.assertEqual(after, before)

    def test_a_customer_pays_some_invoices_less_a_credit_note(self):
        # given what a customer owes, and a receipt of his that says nothing
        one = self.invoice(self.acme, 1234.56, "2026-05-01")
        left = self.invoice(self.acme, 777.10, "2026-05-02")
        two = self.invoice(self.acme, 310.05, "2026-05-03")
        credit = self.credit_note(self.acme, 111.11, "2026-05-04")
        line = self.bank_line(1433.50, "2026-06-01", "thank you", partner=self.acme)
        before = self.gl_by_account()
        # when matched
        proposal = self.match()
        # then the combination is found, with the credit note deducted, and explained
        self.assertEqual(
            [(a.move_id, a.amount) for a in proposal.allocation_ids],
            [(one, 1234.56), (two, 310.05), (credit, -111.11)],
        )
        self.assertEqual((proposal.confidence, proposal.is_unique), (90, True))
        self.assertIn("3 of 4 open items add up exactly", proposal.evidence_text)
        self.assertEqual((proposal.applied_amount, proposal.short_amount), (1433.50, 0))
        # when applied
        self.accept_and_apply(proposal)
        # then all three are settled with the bank line, the fourth is untouched
        self.assertEqual(proposal.state, "applied")
        residuals = [m.amount_residual for m in (one, two, credit, left)]
        self.assertEqual(residuals, [0, 0, 0, 777.10])
        self.assertTrue(line.is_reconciled)
        # when undone
        proposal.with_user(self.accountant).action_undo()
        self.env.invalidate_all()
        # then everything is as it was
        residuals = [m.amount_residual for m in (one, two, credit, left)]
        self.assertEqual(residuals, [1234.56, 310.05, 111.11, 777.10])
        self.assertEqual(self.gl_by_account(), before)

    def test_two_selections_that_fit_are_not_sure(self):
        # given two invoices of one amount and a third, and money for one of them and it
        for amount in (100, 100, 55.55):
            self.invoice(self.acme, amount, "2026-05-01")
        self.bank_line(155.55, "2026-06-01", "thank you", partner=self.acme)
        proposal = self.match()
        self.assertFalse(proposal.is_unique)
        self.assertEqual(proposal.confidence_class, "low")

    def test_a_credit_note_can_be_deducted_by_hand(self):
        # given an invoice, a credit note and less money than both make
        invoice = self.invoice(self.acme, 500, "2026-05-01")
        credit = self.credit_note(self.acme, 80, "2026-05-04")
        line = self.bank_line(400, "2026-06-01", "thank you", partner=self.acme)
        review = self.env["ar.match.review"].with_user(self.clerk)
        # then both are offered, the credit note with its sign
        offered = {
            row["item_id"]: row["open"] for row in review.get_open_items(line.id)
        }
        owed, deducted = self.open_line(invoice).id, self.open_line(credit).id
        self.assertEqual(offered, {owed: 500, deducted: -80})
        proposals = self.env["ar.match.proposal"].with_user(self.clerk)
        # when more of the credit note is used than there is, or it is "paid"
        for amount in (-81, 80):
            with self.assertRaisesRegex(UserError, "wrong sign"):
                proposals.set_allocations(line.id, [[owed, 400], [deducted, amount]])
        # when the invoice is paid with the money and the credit note
        parts = [[owed, 480], [deducted, -80]]
        chosen = proposals.browse(proposals.set_allocations(line.id, parts))
        chosen.with_user(self.accountant).action_apply()
        self.env.invalidate_all()
        self.assertEqual((invoice.amount_residual, credit.amount_residual), (20, 0))
        self.assertTrue(line.is_reconciled)

    def test_several_invoices_partial_and_remainder(self):
        # given three receipts: for two invoices, too little, and too much
        one = self.invoice(self.acme, 300, "2026-05-01")
        two = self.invoice(self.acme, 500, "2026-05-02")
        three = self.invoice(self.bravo, 1000, "2026-05-03")
        four = self.invoice(self.bravo, 80, "2026-05-04")
        both = self.bank_line(800, "2026-06-01", f"{one.name}, {two.name}")
        short = self.bank_line(400, "2026-06-02", three.name)
        over = self.bank_line(100, "2026-06-03", four.name)
        # when matched, accepted and applied
        proposals = self.match()
        by_line = proposals.grouped("statement_line_id")
        self.assertEqual(by_line[both].allocation_count, 2)
        self.assertEqual(by_line[short].short_amount, 600)
        self.assertEqual(by_line[over].remainder_amount, 20)
        self.accept_and_apply(proposals)
        # then the residuals are those a clerk would compute
        residuals = [move.amount_residual for move in (one, two, three, four)]
        self.assertEqual(residuals, [0, 0, 600, 0])
        self.assertEqual(three.payment_state, "partial")
        # and what was paid too much waits on suspense, ready to be matched again
        self.assertFalse(over.is_reconciled)
        receipts = self.env["ar.ledger"]._receipts(
            self.env["ar.ledger"]._receipt_domain(line_ids=over.ids)
        )
        self.assertEqual([one.amount for one in receipts], [2000])

    def test_remainder_as_advance_of_the_customer(self):
        invoice = self.invoice(self.acme, 80, "2026-05-04")
        line = self.bank_line(100, "2026-06-03", invoice.name)
        proposal = self.match()
        proposal.with_user(self.clerk).action_toggle_advance()
        self.accept_and_apply(proposal)
        # then the rest is unapplied cash: an open item of the customer, negative
        self.assertTrue(line.is_reconciled)
        items = self.env["ar.ledger"]._open_items(
            self.AS_OF, partner_ids=self.acme.ids, company_ids=self.company.ids
        )
        self.assertEqual(
            [(one.kind, one.residual) for one in items], [("payment", -2000)]
        )

    def test_undo_restores_what_was(self):
        # given a receipt applied to two invoices, one of them partly paid before
        one = self.invoice(self.acme, 300, "2026-05-01")
        two = self.invoice(self.acme, 500, "2026-05-02")
        earlier = self.bank_line(100, "2026-05-20", two.name)
        self.accept_and_apply(self.match(earlier))
        line = self.bank_line(700, "2026-06-01", f"{one.name} {two.name}")

        def dump():
            self.env.flush_all()
            self.env.invalidate_all()
            items = (one | two | earlier.move_id | line.move_id).line_ids
            partials = items.matched_debit_ids | items.matched_credit_ids
            return (
                sorted(
                    (
                        item.move_id.id,
                        item.account_id.id,
                        item.partner_id.id,
                        item.balance,
                        item.amount_currency,
                        item.amount_residual,
                        item.reconciled,
                    )
                    for item in items
                ),
                partials.ids,
                line.is_reconciled,
                (one | two).mapped("payment_state"),
            )

        before = dump()
        proposal = self.match(line)
        self.accept_and_apply(proposal)
        self.assertNotEqual(before, dump())
        # when the accountant undoes it
        proposal.with_user(self.accountant).action_undo()
        # then residuals, partials and states are exactly those of before
        self.assertEqual(before, dump())
        self.assertEqual(proposal.state, "undone")

    def test_undo_is_refused_when_the_advance_was_used(self):
        invoice = self.invoice(self.acme, 80, "2026-05-04")
        line = self.bank_line(100, "2026-06-03", invoice.name)
        proposal = self.match()
        proposal.with_user(self.clerk).action_toggle_advance()
        self.accept_and_apply(proposal)
        # given the advance has paid another invoice since
        other = self.invoice(self.acme, 20, "2026-06-10")
        rest = line.line_ids.filtered(
            lambda item: item.account_type == "asset_receivable" and not item.reconciled
        )
        (rest | self.receivable_lines(other)).reconcile()
        # when the accountant undoes the receipt
        message = proposal.with_user(self.accountant).action_undo()["params"]["message"]
        # then he is told, and nothing has changed
        self.assertIn("used elsewhere", message)
        self.assertEqual(proposal.state, "applied")
        self.assertEqual(other.payment_state, "paid")

    def test_stale_proposal_is_refused_and_the_rest_applied(self):
        # given two accepted proposals, and an invoice that gets paid in the meantime
        one = self.invoice(self.acme, 300, "2026-05-01")
        two = self.invoice(self.bravo, 500, "2026-05-02")
        first = self.bank_line(300, "2026-06-01", one.name)
        second = self.bank_line(500, "2026-06-01", two.name)
        proposals = self.match()
        proposals.with_user(self.clerk).action_accept()
        payment = self.entry(self.acme, -200, "2026-06-05")
        (self.receivable_lines(payment) | self.receivable_lines(one)).reconcile()
        # when both are applied
        proposals.with_user(self.accountant).action_apply()
        self.env.invalidate_all()
        by_line = proposals.grouped("statement_line_id")
        # then the stale one says so and has written nothing
        self.assertEqual(by_line[first].state, "stale")
        self.assertIn("100.00", by_line[first].stale_reason)
        self.assertFalse(first.is_reconciled)
        self.assertEqual(len(first.line_ids), 2)
        self.assertEqual(one.amount_residual, 100)
        # and the other one is booked
        self.assertEqual(by_line[second].state, "applied")
        self.assertEqual(two.payment_state, "paid")

    def test_closed_period_is_refused_before_anything_is_written(self):
        invoice = self.invoice(self.acme, 300, "2026-05-01")
        line = self.bank_line(300, "2026-06-01", invoice.name)
        proposal = self.match()
        proposal.with_user(self.clerk).action_accept()
        # core does not let a period be closed over open bank lines, unless by other ways
        with patch.object(
            type(self.company), "_validate_locks", lambda self, vals: None
        ):
            self.company.fiscalyear_lock_date = "2026-06-15"
        proposal.with_user(self.accountant).action_apply()
        self.assertEqual(proposal.state, "stale")
        self.assertIn("closed", proposal.stale_reason)
        self.assertFalse(line.is_reconciled)

    def test_rejected_is_not_proposed_again(self):
        invoice = self.invoice(self.acme, 300, "2026-05-01")
        line = self.bank_line(300, "2026-06-01", invoice.name)
        proposal = self.match()
        proposal.with_user(self.clerk).action_reject()
        self.assertEqual(proposal.state, "rejected")
        self.assertEqual(proposal.decided_by_id, self.clerk)
        self.assertFalse(self.match(line))
        self.assertEqual(proposal.exists(), proposal)

    def test_a_second_run_replaces_undecided_and_keeps_accepted(self):
        one = self.invoice(self.acme, 300, "2026-05-01")
        two = self.invoice(self.bravo, 300, "2026-05-01")
        self.bank_line(300, "2026-06-01", one.name)
        self.bank_line(300, "2026-06-01", two.name)
        first, second = self.match().sorted("id")
        first.with_user(self.clerk).action_accept()
        again = self.match()
        self.assertFalse(second.exists())
        self.assertEqual(len(again), 1)
        self.assertEqual(first.state, "accepted")

    def test_accepted_amounts_are_not_proposed_twice(self):
        # given an accepted proposal that takes the whole invoice
        invoice = self.invoice(self.acme, 300, "2026-05-01")
        self.bank_line(300, "2026-06-01", invoice.name)
        self.match().with_user(self.clerk).action_accept()
        # when another receipt quotes the same invoice
        later = self.bank_line(300, "2026-06-02", invoice.name)
        # then there is nothing left to propose
        self.assertFalse(self.match(later))

    def test_foreign_currency_with_exchange_difference(self):
        # given an invoice in EUR (2 per USD), and a receipt in EUR when 4 are a USD
        euro = self.foreign_currency("EUR", (("2020-01-01", 2.0), ("2026-06-01", 4.0)))
        journal = self.env["account.journal"].create(
            {
                "name": "Euro bank",
                "type": "bank",
                "code": "BEUR",
                "currency_id": euro.id,
                "company_id": self.company.id,
            }
        )
        invoice = self.invoice(self.acme, 1000, "2026-05-01", currency=euro)
        line = self.bank_line(600, "2026-06-02", invoice.name, journal=journal)
        proposal = self.match()
        self.assertEqual(proposal.currency_id, euro)
        self.assertEqual(proposal.short_amount, 400)
        self.accept_and_apply(proposal)
        # then 600 of 1000 EUR are paid; the loss of 150 USD is booked by core
        self.assertEqual(invoice.amount_residual, 400)
        item = self.receivable_lines(invoice)
        self.assertEqual(item.amount_residual, 200)
        partials = item.matched_credit_ids
        self.assertTrue(partials.exchange_move_id)
        # and undo takes the exchange difference back as well
        proposal.with_user(self.accountant).action_undo()
        self.env.invalidate_all()
        self.assertEqual(proposal.state, "undone")
        self.assertEqual(
            (item.amount_residual, item.amount_residual_currency), (500, 1000)
        )
        self.assertFalse(line.is_reconciled)

    def test_payer_is_found_by_bank_account(self):
        self.env["res.partner.bank"].create(
            {"acc_number": "DE12 5001 0517 0648 4898 90", "partner_id": self.acme.id}
        )
        invoice = self.invoice(self.acme, 77, "2026-05-01")
        self.invoice(self.bravo, 77, "2026-05-01")
        self.bank_line(
            77, "2026-06-01", "transfer", account_number="DE12500105170648489890"
        )
        proposal = self.match()
        self.assertEqual(proposal.allocation_ids.move_id, invoice)
        self.assertEqual(proposal.confidence, 60)
        self.assertIn("The payer is this customer.", proposal.evidence_text)

    # -- by hand ----------------------------------------------------------------------------

    def test_items_chosen_by_hand_replace_the_proposal(self):
        one = self.invoice(self.acme, 300, "2026-05-01")
        two = self.invoice(self.acme, 500, "2026-05-02")
        line = self.bank_line(400, "2026-06-01", one.name)
        proposal = self.match()
        model = self.env["ar.match.proposal"].with_user(self.clerk)
        chosen = model.browse(
            model.set_allocations(
                line.id,
                [
                    [self.open_line(one).id, 150.10],
                    [self.open_line(two).id, 249.90],
                ],
            )
        )
        self.assertEqual(proposal.state, "rejected")
        self.assertEqual((chosen.state, chosen.is_manual), ("accepted", True))
        self.assertIn(self.clerk.name, chosen.evidence_text)
        chosen.with_user(self.accountant).action_apply()
        self.assertEqual(one.amount_residual, 149.90)
        self.assertEqual(two.amount_residual, 250.10)

    def test_choice_by_hand_that_is_the_proposal_accepts_it(self):
        one = self.invoice(self.acme, 300, "2026-05-01")
        line = self.bank_line(300, "2026-06-01", one.name)
        proposal = self.match()
        model = self.env["ar.match.proposal"].with_user(self.clerk)
        chosen = model.set_allocations(line.id, [[self.open_line(one).id, 300]])
        self.assertEqual(chosen, proposal.id)
        self.assertEqual(proposal.state, "accepted")

    def test_bad_choices_are_refused(self):
        one = self.invoice(self.acme, 300, "2026-05-01")
        line = self.bank_line(400, "2026-06-01", "hello")
        item = self.open_line(one).id
        other = self.receivable_lines(
            self.invoice(self.acme, 50, "2026-05-01", post=True)
        )
        model = self.env["ar.match.proposal"].with_user(self.clerk)
        for parts in (
            [],
            [[item, 300.01]],
            [[item, 0]],
            [[item, -5]],
            [[item, float("nan")]],
            [[item, "12,5"]],
            [[item, None]],
            [[item, 300], [other.id, 100.01]],
            [[other.id + 100000, 5]],
            [[line.line_ids[0].id, 5]],
        ):
            with self.subTest(parts), self.assertRaises(UserError):
                model.set_allocations(line.id, parts)
        self.assertFalse(model.search([("statement_line_id", "=", line.id)]))

    # -- rights -----------------------------------------------------------------------------

    def test_who_may_do_what(self):
        invoice = self.invoice(self.acme, 300, "2026-05-01")
        line = self.bank_line(300, "2026-06-01", invoice.name)
        proposal = self.match()
        nobody = self.user_with()
        auditor = self.user_with("auditor")
        # a plain employee sees and does nothing
        with self.assertRaises(AccessError):
            proposal.with_user(nobody).read(["confidence"])
        for user in (nobody, auditor):
            asked = proposal.with_user(user)
            for name in (
                "action_accept",
                "action_reject",
                "action_reset",
                "action_toggle_advance",
                "action_apply",
                "action_undo",
                "action_match_again",
            ):
                with (
                    self.subTest(user=user.login, name=name),
                    self.assertRaises(AccessError),
                ):
                    getattr(asked, name)()
            with self.assertRaises(AccessError):
                asked.set_allocations(line.id, [[self.open_line(invoice).id, 5]])
            with self.assertRaises(AccessError):
                self.match(user=user)
        # the auditor reads
        self.assertEqual(proposal.with_user(auditor).confidence, 95)
        # the clerk reviews, but neither applies nor writes decisions past the buttons
        clerk = proposal.with_user(self.clerk)
        for values in ({"state": "applied"}, {"confidence": 100}, {"is_unique": True}):
            with self.assertRaises(AccessError):
                clerk.write(values)
        with self.assertRaises(AccessError):
            clerk.allocation_ids.write({"amount": 1})
        with self.assertRaises(AccessError):
            clerk.copy()
        with self.assertRaises(AccessError):
            clerk.unlink()
        clerk.action_accept()
        with self.assertRaises(AccessError):
            clerk.action_apply()
        run = (
            self.env["ar.allocation.run"].sudo().create({"company_id": self.company.id})
        )
        for name in ("action_resume_run", "action_cancel_run"):
            with self.assertRaises(AccessError):
                getattr(run.with_user(self.clerk), name)()
        self.assertEqual(proposal.state, "accepted")
        # the accountant applies
        proposal.with_user(self.accountant).action_apply()
        self.assertEqual(proposal.state, "applied")
        with self.assertRaises(AccessError):
            clerk.action_undo()

    def test_decided_twice_is_told(self):
        invoice = self.invoice(self.acme, 300, "2026-05-01")
        self.bank_line(300, "2026-06-01", invoice.name)
        proposal = self.match()
        proposal.with_user(self.clerk).action_reject()
        with self.assertRaisesRegex(UserError, "in the meantime"):
            proposal.with_user(self.clerk).action_accept()
        with self.assertRaisesRegex(UserError, "in the meantime"):
            proposal.with_user(self.accountant).action_apply()

    def test_two_companies_do_not_see_each_other(self):
        # given the same invoice number and amount in two companies
        other_data = self.setup_other_company()
        other = other_data["company"]
        here = self.invoice(self.acme, 300, "2026-05-01")
        there = self.invoice(
            self.acme, 300, "2026-05-01", company=other, currency=other.currency_id
        )
        there_line = self.bank_line(
            300, "2026-06-01", there.name, journal=other_data["default_journal_bank"]
        )
        here_line = self.bank_line(300, "2026-06-01", here.name)
        # when the clerk of this company matches
        proposals = self.match()
        # then only this company's receipt and invoice are used
        self.assertEqual(proposals.statement_line_id, here_line)
        self.assertEqual(proposals.allocation_ids.move_id, here)
        # and the clerk of the other company cannot see or decide it
        stranger = self.user_with("ar_accountant", company=other)
        with self.assertRaises(AccessError):
            proposals.with_user(stranger).action_accept()
        self.assertFalse(self.env["ar.match.proposal"].with_user(stranger).search([]))
        model = self.env["ar.match.proposal"].with_user(stranger)
        with self.assertRaises(UserError):
            model.set_allocations(here_line.id, [[self.open_line(here).id, 5]])
        with self.assertRaises(UserError):
            model.set_allocations(there_line.id, [[self.open_line(here).id, 5]])

    def test_many_are_applied_in_the_background_by_who_applied_them(self):
        # given more accepted proposals than one click works off
        for amount in (10, 20, 30):
            invoice = self.invoice(self.acme, amount, "2026-05-01")
            self.bank_line(amount, "2026-06-01", invoice.name)
        proposals = self.match()
        proposals.with_user(self.clerk).action_accept()
        with patch.object(
            type(self.env["ar.allocation.run"]), "_run_interactive_limit", 2
        ):
            answer = proposals.with_user(self.accountant).action_apply()
        # then the accountant is told, and nothing is booked yet
        self.assertIn("background", answer["params"]["message"])
        self.assertEqual(set(proposals.mapped("state")), {"accepted"})
        run = proposals.allocation_run_id
        self.assertEqual((run.run_state, run.create_uid), ("running", self.accountant))
        # when the clerk takes one back, and the background job comes round
        proposals[0].with_user(self.clerk).action_reset()
        with self.enter_registry_test_mode():
            self.env.ref("customer_ar_suite.ar_run_cron").with_user(
                self.env.ref("base.user_admin")
            ).method_direct_trigger()
        self.env.invalidate_all()
        # then the others are applied and the run is done
        self.assertEqual(proposals.mapped("state"), ["proposed", "applied", "applied"])
        self.assertEqual(run.run_state, "done")
        self.assertEqual((run.done_count, run.error_count), (2, 0))

    # -- texts ------------------------------------------------------------------------------

    def test_every_rule_and_evidence_has_its_text(self):
        folder = Path(__file__).parents[1] / "engine" / "matching" / "rules"
        made = {
            code
            for path in folder.glob("*.py")
            for code in re.findall(
                r'(?:Evidence|_judged)\(\s*"(\w+)"', path.read_text("utf-8")
            )
        } | POINTS.keys()
        codes = {rule.code for rule in RULES}
        self.assertEqual(set(RULE_NAMES), codes)
        self.assertEqual(set(SENTENCES), codes | made | {"manual"})
        rules = self.env["ar.match.rule"].with_context(active_test=False).search([])
        self.assertEqual(set(rules.mapped("code")), codes)

    # -- volume -----------------------------------------------------------------------------

    def test_queries_do_not_grow_with_receipts(self):
        def queries(count):
            lines = self.env["account.bank.statement.line"]
            for _ in range(count):
                invoice = self.invoice(self.acme, 10, "2026-05-01")
                lines |= self.bank_line(10, "2026-06-01", invoice.name)
            run = self.env["ar.match.run"].create(
                {"as_of_date": self.AS_OF, "statement_line_ids": [(6, 0, lines.ids)]}
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            run._match()
            self.env.flush_all()
            self.assertEqual(run.proposal_count, count)
            return self.env.cr.sql_log_count - before

        queries(1)  # fills caches
        small = queries(3)
        self.assertLessEqual(queries(12), small)


@tagged("post_install", "-at_install")
class TestAllocationLikeCore(MatchCommon):
    """The bulk path writes what core's one-by-one path writes."""

    def core_apply(self, line, parts):
        """One receipt by core's own means: exchange the lines, reconcile one by one."""
        _liquidity, suspense, _others = line._seek_for_lines()
        commands = [(2, suspense.id)]
        rest = -suspense.amount_currency
        for item, amount in parts:
            balance = line._prepare_counterpart_amounts_using_st_line_rate(
                suspense.currency_id, amount, amount
            )["balance"]
            rest = suspense.currency_id.round(rest - amount)
            commands.append(
                (0, 0, self.counterpart(line, item.account_id, item.partner_id,
                                        suspense.currency_id, amount, balance))
            )  # fmt: skip
        if rest:
            balance = line._prepare_counterpart_amounts_using_st_line_rate(
                suspense.currency_id, rest, rest
            )["balance"]
            commands.append(
                (0, 0, self.counterpart(line, suspense.account_id, line.partner_id,
                                        suspense.currency_id, rest, balance))
            )  # fmt: skip
        known = line.line_ids
        line.with_context(force_delete=True, skip_readonly_check=True).write(
            {"line_ids": commands}
        )
        created = (line.line_ids - known).sorted("id")
        for new, (item, _amount) in zip(created, parts, strict=False):
            (new | item).reconcile()

    def counterpart(self, line, account, partner, currency, amount, balance):
        return {
            "name": line.payment_ref,
            "account_id": account.id,
            "partner_id": partner.id,
            "currency_id": currency.id,
            "amount_currency": -amount,
            "balance": -balance,
        }

    def world(self, currency, journal):
        """Receipts and what they pay: exact, two in one, short, over."""
        result = []
        for amounts, received in (((120.55,), 120.55), ((10.01, 20.02), 30.03),
                                  ((99.99,), 33.33), ((50,), 61.07)):  # fmt: skip
            invoices = [
                self.invoice(self.acme, amount, "2026-05-01", currency=currency)
                for amount in amounts
            ]
            line = self.bank_line(received, "2026-06-02", "x", journal=journal)
            left, parts = received, []
            for invoice, amount in zip(invoices, amounts, strict=True):
                applied = min(left, amount)
                left = round(left - applied, 2)
                parts.append((self.receivable_lines(invoice), applied))
            result.append((line, parts))
        return result

    def picture(self, world):
        """Everything the two paths may differ in, without ids and times."""
        self.env.flush_all()
        self.env.invalidate_all()
        result = []
        for line, parts in world:
            items = line.line_ids | line.line_ids.browse(
                [item.id for item, _amount in parts]
            )
            partials = items.matched_debit_ids | items.matched_credit_ids
            moves = line.move_id
            result.append(
                (
                    sorted(
                        (
                            item.account_id.code,
                            item.partner_id.name,
                            item.name if item in line.line_ids else "",
                            item.currency_id.name,
                            item.balance,
                            item.amount_currency,
                            item.debit,
                            item.credit,
                            item.amount_residual,
                            item.amount_residual_currency,
                            item.reconciled,
                            bool(item.full_reconcile_id),
                        )
                        for item in items
                    ),
                    sorted(
                        (
                            part.amount,
                            part.debit_amount_currency,
                            part.credit_amount_currency,
                            part.max_date,
                            sorted(part.exchange_move_id.line_ids.mapped("balance")),
                        )
                        for part in partials
                    ),
                    (
                        moves.state,
                        moves.partner_id.name,
                        moves.amount_total,
                        moves.date,
                    ),
                    (line.is_reconciled, line.amount_residual, line.partner_id.name),
                    [item.move_id.payment_state for item, _amount in parts],
                )
            )
        return result

    def compare(self, currency, journal):
        ours, core = self.world(currency, journal), self.world(currency, journal)
        for line, parts in core:
            self.core_apply(line, parts)
        from ..models.ar_allocation import ReceiptAllocation

        refused = (
            self.env["ar.allocation"]
            .with_user(self.accountant)
            ._apply(
                [
                    ReceiptAllocation(
                        line.id,
                        tuple(
                            (item.id, self.minor(amount, currency))
                            for item, amount in parts
                        ),
                    )
                    for line, parts in ours
                ]
            )
        )
        self.assertFalse(refused)
        self.assertEqual(self.picture(ours), self.picture(core))

    def test_same_rows_in_company_currency(self):
        self.compare(self.company.currency_id, self.bank_journal)

    def test_same_rows_in_foreign_currency(self):
        euro = self.foreign_currency("EUR", (("2020-01-01", 1.7), ("2026-06-01", 3.1)))
        journal = self.env["account.journal"].create(
            {
                "name": "Euro bank",
                "type": "bank",
                "code": "BEUR",
                "currency_id": euro.id,
                "company_id": self.company.id,
            }
        )
        self.compare(euro, journal)

    def test_two_receipts_of_one_chunk_pay_one_invoice(self):
        invoice = self.invoice(self.acme, 100, "2026-05-01")
        lines = [
            self.bank_line(amount, date(2026, 6, 1) + timedelta(days=i), invoice.name)
            for i, amount in enumerate((60, 30, 30))
        ]
        proposals = self.match()
        # then together they are offered no more than is open
        self.assertEqual(sum(proposals.mapped("applied_amount")), 100)
        self.accept_and_apply(proposals)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(sum(line.amount_residual for line in lines), -20)
