"""Measured automation, remittance advices, oldest first on request."""

import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_adjustments import AdjustmentCommon


@tagged("post_install", "-at_install")
class TestMatchQuality(AdjustmentCommon):
    def labelled(self, right, wrong):
        """Proposals of one class that people have decided on."""
        amounts = range(10, 10 + right + wrong)
        invoices = self.settled(
            [(self.acme, amount, "2026-05-01", None, ()) for amount in amounts]
        )
        self.env["account.bank.statement.line"].create(
            [
                {
                    "journal_id": self.bank_journal.id,
                    "date": "2026-06-01",
                    "payment_ref": invoice.name,
                    "amount": amount,
                }
                for amount, invoice in zip(amounts, invoices, strict=True)
            ]
        )
        proposals = self.match()
        proposals[:right].with_user(self.clerk).action_accept()
        if wrong:
            proposals[right:].with_user(self.clerk).action_reject()
        return proposals

    def test_decisions_are_counted_by_class(self):
        proposals = self.labelled(4, 1)
        self.assertEqual(
            set(proposals.mapped("evidence_class")), {"exact_amount invoice_number"}
        )
        found = self.env["ar.match.class"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual((found.right_count, found.wrong_count), (4, 1))
        self.assertEqual(found.precision, 80)
        self.assertAlmostEqual(found.lower_percent, 34.26, 2)  # of the F distribution
        self.assertEqual(found.meaning, "exact amount + invoice number")
        # what a human puts together himself is no label
        invoice = self.invoice(self.acme, 77, "2026-05-01")
        line = self.bank_line(77, "2026-06-01", "silence")
        self.choose(line, [(invoice, 77)])
        self.assertEqual(found.right_count, 4)

    def test_the_machine_accepts_what_is_proven_and_switched_on(self):
        self.labelled(30, 0)  # at least 90.5 %
        found = self.env["ar.match.class"].search(
            [("company_id", "=", self.company.id)]
        )
        admin = self.user_with("administrator", login="adm")
        with self.assertRaises(AccessError):
            found.with_user(self.accountant).action_switch_on()
        with self.assertRaisesRegex(UserError, "threshold"):
            found.with_user(admin).action_switch_on()
        self.company.ar_match_threshold = 90
        found.with_user(admin).action_switch_on()
        # the company's own switch is still off
        invoice = self.invoice(self.acme, 500, "2026-05-01")
        self.bank_line(500, "2026-06-01", invoice.name)
        self.assertEqual(self.match().state, "proposed")
        # when it is on, then the proposal is accepted, and nothing is booked
        self.company.ar_match_is_automatic = True
        proposal = self.match()
        self.assertEqual((proposal.state, proposal.is_automatic), ("accepted", True))
        self.assertEqual(invoice.amount_residual, 500)
        self.assertFalse(proposal.decided_by_id)
        found.invalidate_recordset()
        self.assertEqual((found.right_count, found.machine_count), (30, 1))
        # and what somebody undoes of it counts against the class
        self.apply(proposal)
        self.undo(proposal)
        found.invalidate_recordset()
        self.assertEqual(found.wrong_count, 1)
        self.assertFalse(found.is_in_force)

    def test_what_is_not_certain_is_never_automatic(self):
        for text in ("one", "two"):
            self.invoice(self.acme, 100, "2026-05-01")
            self.bank_line(60, "2026-06-01", text, partner=self.acme)
        invoice = self.invoice(self.bravo, 100, "2026-05-01")
        self.bank_line(60, "2026-06-01", invoice.name)
        proposal = self.match().filtered(lambda one: one.partner_id == self.bravo)
        self.assertIn("short", proposal.evidence_class)
        found = self.env["ar.match.class"].search(
            [("code", "=", proposal.evidence_class)]
        )
        self.assertFalse(found.may_be_automatic)
        admin = self.user_with("administrator", login="adm")
        with self.assertRaisesRegex(UserError, "never accepted by machine"):
            found.with_user(admin).action_switch_on()

    # -- remittance advices -------------------------------------------------------------------

    def advice(self, text="", **values):
        return (
            self.env["ar.remittance.enter"]
            .with_user(self.clerk)
            .create({"partner_id": self.acme.id, "text": text, **values})
        )

    def test_an_advice_says_what_a_receipt_pays(self):
        # given four invoices, a credit note, and a mail that names some of them
        one, two, three, _four = (
            self.invoice(self.acme, amount, "2026-05-01")
            for amount in (100, 200, 200, 100)
        )
        credit = self.credit_note(self.acme, 50, "2026-05-02")
        wizard = self.advice(
            f"Dear Sirs, we have paid:\nInvoice   Amount\n{one.name}   100.00\n"
            f"{three.name}   150.00\n{credit.name}   -50.00\nTotal   200.00",
            number="AV-77001",
        )
        action = wizard.action_read()
        advice = self.env["ar.remittance"].browse(action["res_id"])
        self.assertEqual((advice.total_amount, len(advice.line_ids)), (200, 3))
        line = self.bank_line(200, "2026-06-01", "as per advice AV-77001")
        # when matched
        proposal = self.match()
        # then it pays exactly that, though an invoice of 200 would fit, too
        paid = {a.move_id: a.amount for a in proposal.allocation_ids}
        self.assertEqual(paid, {one: 100, three: 150, credit: -50})
        self.assertEqual(proposal.remittance_id, advice)
        self.assertIn("remittance advice", proposal.evidence_text)
        self.accept_and_apply(proposal)
        self.assertEqual([m.amount_residual for m in (one, two, three)], [0, 200, 50])
        self.assertEqual(advice.statement_line_id, line)
        # and it is used once
        self.assertFalse(self.env["ar.remittance"]._load_advices(self.company))

    def test_an_advice_comes_as_a_file(self):
        invoice = self.invoice(self.acme, 1234.5, "2026-05-01")
        data = f"Beleg;Betrag\n{invoice.name};1.234,50\n".encode()
        wizard = self.advice(
            file_data=base64.b64encode(data),
            filename="avis.csv",
            number_format="german",
        )
        advice = self.env["ar.remittance"].browse(wizard.action_read()["res_id"])
        self.assertEqual((advice.total_amount, advice.source), (1234.5, "file"))
        with self.assertRaises(UserError):
            self.advice("nothing in here").action_read()
        with self.assertRaises(UserError):
            self.advice().action_read()

    # -- oldest first -------------------------------------------------------------------------

    def test_oldest_first_only_on_request(self):
        old = self.invoice(self.acme, 300, "2026-03-01")
        self.invoice(self.acme, 310, "2026-05-01")
        line = self.bank_line(400, "2026-06-01", "on account", partner=self.acme)
        self.assertFalse(self.match())
        rows = self.env["ar.match.review"].with_user(self.clerk).get_oldest(line.id)
        self.assertEqual([row["amount"] for row in rows], [300, 100])
        run = (
            self.env["ar.match.run"]
            .with_user(self.clerk)
            .create({"as_of_date": self.AS_OF, "is_oldest_first": True})
        )
        run.action_match()
        proposal = run.proposal_ids
        self.assertEqual(proposal.allocation_ids[0].move_id, old)
        self.assertEqual(proposal.confidence_class, "low")
        self.assertIn("nothing else says so", proposal.evidence_text)

    def test_order_number(self):
        invoice = self.invoice(self.acme, 300, "2026-05-01", ref="PO-448821")
        self.invoice(self.acme, 300, "2026-05-01", ref="PO-448822")
        self.bank_line(300, "2026-06-01", "your order PO 448821")
        proposal = self.match()
        self.assertEqual(proposal.allocation_ids.move_id, invoice)
        self.assertTrue(proposal.is_unique)
        self.assertIn("PO-448821", proposal.evidence_text)
