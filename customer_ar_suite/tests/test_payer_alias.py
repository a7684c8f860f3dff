"""Payers the books did not know: recognised, learned, revoked."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_flow_bank_to_reconcile import MatchCommon


@tagged("post_install", "-at_install")
class TestPayerAlias(MatchCommon):
    def receipt_of(self, amount, on, **values):
        """A bank line whose text says nothing, and the proposal made for it."""
        line = self.bank_line(amount, on, "payment", **values)
        return line, self.match(line)

    def aliases(self):
        return self.env["ar.payer.alias"].search([], order="id")

    def test_a_payer_is_recognised_by_the_customers_name(self):
        # given two customers who owe the same, and a payer who writes one's name his way
        self.invoice(self.bravo, 250, "2026-05-01")
        invoice = self.invoice(self.acme, 250, "2026-05-02")
        _line, proposal = self.receipt_of(
            250, "2026-06-01", partner_name="ACME LIMITED"
        )
        # then his invoice is proposed, with the reason, but not as if he were known
        self.assertEqual(proposal.allocation_ids.move_id, invoice)
        self.assertIn("The payer has the customer's name.", proposal.evidence_text)
        self.assertEqual(proposal.confidence, 55)

    def test_learned_from_what_was_applied_and_revoked(self):
        account = "NL91 ABNA 0417 1643 00"
        payer = {"partner_name": "Factoring House", "account_number": account}
        # given somebody who pays Acme's invoice and quotes it
        first = self.invoice(self.acme, 100, "2026-05-01")
        line = self.bank_line(100, "2026-06-01", first.name, **payer)
        self.accept_and_apply(self.match(line))
        # then his account and name are remembered, the account without its digits
        learned = self.aliases()
        self.assertEqual(
            [(one.kind, one.value, one.partner_id) for one in learned],
            [
                ("account", "****4300", self.acme),
                ("name", "Factoring House", self.acme),
            ],
        )
        self.assertEqual(learned.proposal_id.statement_line_id, line)
        self.assertEqual(learned.learned_by_id, self.accountant)
        # when he pays again and says nothing
        second = self.invoice(self.acme, 70, "2026-05-02")
        self.invoice(self.bravo, 70, "2026-05-02")
        _line, proposal = self.receipt_of(70, "2026-06-02", **payer)
        # then Acme's invoice is proposed, and applying it counts the alias
        self.assertEqual(proposal.allocation_ids.move_id, second)
        self.assertIn("Earlier receipts of this payer", proposal.evidence_text)
        self.accept_and_apply(proposal)
        self.assertEqual(learned.mapped("use_count"), [1, 1])
        self.assertEqual(self.aliases(), learned)
        # when both are revoked, nobody is recognised any more
        learned.with_user(self.accountant).action_revoke()
        self.invoice(self.acme, 30, "2026-05-03")
        self.invoice(self.bravo, 30, "2026-05-03")
        self.assertFalse(self.receipt_of(30, "2026-06-03", **payer)[1])
        # when they are used again, he is
        learned.with_user(self.accountant).action_restore()
        _line, proposal = self.receipt_of(30, "2026-06-04", **payer)
        self.assertEqual(proposal.partner_id, self.acme)

    def test_undoing_the_receipt_forgets_what_it_taught(self):
        invoice = self.invoice(self.acme, 100, "2026-05-01")
        line = self.bank_line(100, "2026-06-01", invoice.name, partner_name="Somebody")
        proposal = self.match(line)
        self.accept_and_apply(proposal)
        self.assertTrue(self.aliases())
        proposal.with_user(self.accountant).action_undo()
        self.assertFalse(self.aliases())

    def test_an_alias_of_two_customers_identifies_neither(self):
        payer = {"partner_name": "Group Treasury"}
        for customer in (self.acme, self.bravo):
            invoice = self.invoice(customer, 100, "2026-05-01")
            line = self.bank_line(100, "2026-06-01", invoice.name, **payer)
            self.accept_and_apply(self.match(line))
        self.assertEqual(self.aliases().mapped("is_ambiguous"), [True, True])
        self.invoice(self.acme, 30, "2026-05-03")
        self.invoice(self.bravo, 30, "2026-05-03")
        self.assertFalse(self.receipt_of(30, "2026-06-03", **payer)[1])

    def test_what_the_books_know_is_not_learned(self):
        # given a bank line with its customer, and a payer who writes the customer's name
        invoice = self.invoice(self.acme, 100, "2026-05-01")
        line = self.bank_line(
            100, "2026-06-01", invoice.name, partner=self.acme, partner_name="Acme Ltd"
        )
        self.accept_and_apply(self.match(line))
        self.assertFalse(self.aliases())

    def test_rights(self):
        invoice = self.invoice(self.acme, 100, "2026-05-01")
        line = self.bank_line(100, "2026-06-01", invoice.name, partner_name="Somebody")
        self.accept_and_apply(self.match(line))
        alias = self.aliases()
        with self.assertRaises(AccessError):
            alias.with_user(self.clerk).action_revoke()
        for user in (self.accountant, self.env.user):
            with self.assertRaises(AccessError):
                alias.with_user(user).write({"partner_id": self.bravo.id})
        # then whole account numbers are shown to nobody
        with self.assertRaises(AccessError):
            alias.with_user(self.accountant).read(["key"])
