"""Receipts of a bank file are matched before it is posted, and posted with what they pay."""

import random

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .bank_files import camt, camt_statement, entry
from .test_flow_bank_import import IBAN, BankFileCase


class StagedCase(BankFileCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.payer = cls.customer("Harbour Foods Ltd")

    def bills(self, *amounts):
        return [
            self.invoice(self.payer, amount, f"2026-02-{day:02}")
            for day, amount in enumerate(amounts, 1)
        ]

    def file(self, *receipts):
        """A staged file: pairs (amount in cents, text)."""
        entries = [
            entry(amount, text=text, payer="Harbour Foods Ltd")
            for amount, text in receipts
        ]
        return self.stage(camt(camt_statement(IBAN, "USD", 0, entries)))

    def staged(self, record):
        """The proposals of a file that is not posted."""
        return self.env["ar.match.proposal"].search(
            [("import_line_id.import_id", "=", record.id)], order="id"
        )

    def match(self, record):
        record.with_user(self.clerk).action_match()
        return self.staged(record)

    def accept(self, proposals):
        proposals.with_user(self.clerk).action_accept()

    def post(self, record):
        self.confirm(record)
        self.env.flush_all()
        self.env.invalidate_all()

    def picture(self, record, invoices):
        """Journal items of the posted lines, and what is open of the invoices."""
        self.env.flush_all()
        self.env.invalidate_all()
        rows = []
        for line in record.line_ids.sorted("sequence"):
            items = line.statement_line_id.move_id.line_ids
            rows.append(
                sorted(
                    (
                        item.account_id.id,
                        item.partner_id.id or 0,
                        item.name or "",
                        item.currency_id.id,
                        round(item.amount_currency, 2),
                        round(item.balance, 2),
                        round(item.amount_residual, 2),
                        item.reconciled,
                    )
                    for item in items
                )
            )
            rows.append(
                (line.statement_line_id.is_reconciled, line.statement_line_id.date)
            )
        return rows, [(one.amount_residual, one.payment_state) for one in invoices]


@tagged("post_install", "-at_install")
class TestBankStagedMatching(StagedCase):
    def test_accepted_lines_are_posted_with_what_they_pay(self):
        # given a staged file: one line pays a bill, one two bills, one nothing we know
        one, two, three = self.bills(250, 100, 75)
        record = self.file(
            (25000, f"payment {one.name}"),
            (17500, f"{two.name}, {three.name}"),
            (4200, "who knows"),
            (-500, "fee"),
        )
        # when a clerk matches it before it is posted
        proposals = self.match(record)
        # then accounting has not heard of it, and the screen shows where it comes from
        self.assertEqual(len(proposals), 2)
        self.assertFalse(record.line_ids.statement_line_id)
        review = self.env["ar.match.review"].with_user(self.clerk)
        page = review.get_page(tab="proposed", import_id=record.id)
        self.assertEqual((page["file"], page["counts"]["proposed"]), ("bank.xml", 2))
        rows = page["rows"]
        self.assertEqual(
            {(row["staged"], row["line_id"]) for row in rows}, {("bank.xml", False)}
        )
        # when both are accepted
        self.accept(proposals)
        self.assertEqual(record.accepted_count, 2)
        # and the accountant tries to apply them, they wait for the file
        told = proposals.with_user(self.accountant).action_apply()
        self.assertIn("bank file is confirmed", told["params"]["message"])
        self.assertEqual(set(proposals.mapped("state")), {"accepted"})
        # when the file is confirmed, they are posted with what they pay
        self.post(record)
        self.assertEqual(set(proposals.mapped("state")), {"applied"})
        self.assertFalse(proposals.import_line_id)
        # and the screen finds them under the file, with what has no proposal; no others
        page = review.get_page(tab="unmatched", import_id=record.id)
        self.assertEqual(page["counts"]["applied"], 2)
        self.assertEqual([row["text"] for row in page["rows"]], ["who knows"])
        other = self.file((100, "another file"))
        page = review.get_page(tab="applied", import_id=other.id)
        self.assertEqual((page["total"], page["counts"]["unmatched"]), (0, 0))
        self.assertEqual(
            proposals.statement_line_id.sorted("amount").mapped("amount"), [175, 250]
        )
        self.assertEqual(
            [bill.amount_residual for bill in (one, two, three)], [0, 0, 0]
        )
        suspense = self.journal.suspense_account_id
        open_ = self.env["account.move.line"].search([("account_id", "=", suspense.id)])
        self.assertEqual(sorted(open_.mapped("balance")), [-42, 5])
        # and undone, the bills are open and the money is on suspense
        proposals.with_user(self.accountant).action_undo()
        self.env.invalidate_all()
        self.assertEqual(
            [bill.amount_residual for bill in (one, two, three)], [250, 100, 75]
        )
        open_ = self.env["account.move.line"].search([("account_id", "=", suspense.id)])
        self.assertEqual(sum(open_.mapped("balance")), 5 - 42 - 250 - 175)

    def test_the_ledger_is_that_of_the_two_steps(self):
        # given files of receipts that pay bills whole, in part, together, or too much
        for seed in range(4):
            with self.subTest(seed=seed), self.cr.savepoint() as savepoint:
                self._compare_ways(random.Random(seed))
                savepoint.rollback()
                self.env.invalidate_all()

    def _compare_ways(self, rnd):
        bills = self.bills(*(rnd.randrange(50, 900) for _ in range(6)))
        chosen = []
        left = list(bills)
        while left:
            paid, left = left[: (size := rnd.choice((1, 1, 2)))], left[size:]
            total = sum(round(100 * one.amount_total) for one in paid)
            amount = total + rnd.choice((0, 0, -1000, 700))
            chosen.append((amount, " ".join(one.name for one in paid)))
        record = self.file(*chosen)
        accepted = {position for position in range(len(chosen)) if rnd.random() < 0.7}
        pictures = []
        for way in (self._before_posting, self._after_posting):
            with self.cr.savepoint() as savepoint:
                way(record, accepted)
                pictures.append(self.picture(record, bills))
                savepoint.rollback()
                self.env.invalidate_all()
        self.assertTrue(accepted)
        self.assertEqual(pictures[0], pictures[1])

    def _before_posting(self, record, accepted):
        lines = record.line_ids.sorted("sequence")
        proposals = self.match(record)
        self.assertEqual(len(proposals), len(lines))
        self.accept(
            proposals.filtered(
                lambda one: lines.ids.index(one.import_line_id.id) in accepted
            )
        )
        self.post(record)

    def _after_posting(self, record, accepted):
        self.post(record)
        record.with_user(self.clerk).action_match()
        lines = record.line_ids.sorted("sequence").statement_line_id
        proposals = self.env["ar.match.proposal"].search(
            [("statement_line_id", "in", lines.ids)]
        )
        chosen = proposals.filtered(
            lambda one: lines.ids.index(one.statement_line_id.id) in accepted
        )
        self.accept(chosen)
        chosen.with_user(self.accountant).action_apply()

    def test_what_was_paid_otherwise_meanwhile_stays_on_suspense(self):
        # given an accepted proposal, and its bill that is paid in cash before posting
        (bill,) = self.bills(250)
        record = self.file((25000, f"payment {bill.name}"))
        proposal = self.match(record)
        self.accept(proposal)
        cash = self.bank_line(250, "2026-03-01", f"cash {bill.name}")
        model = self.env["ar.match.proposal"].with_user(self.accountant)
        item = self.receivable_lines(bill)
        model.browse(model.set_allocations(cash.id, [[item.id, 250]])).action_apply()
        # when the file is confirmed, its line is posted all the same, and says why
        self.post(record)
        self.assertEqual(proposal.state, "stale")
        self.assertTrue(proposal.stale_reason)
        line = record.line_ids.statement_line_id
        self.assertEqual((len(line), line.is_reconciled), (1, False))

    def test_rejected_once_is_not_proposed_again(self):
        (bill,) = self.bills(250)
        record = self.file((25000, f"payment {bill.name}"))
        proposal = self.match(record)
        proposal.with_user(self.clerk).action_reject()
        self.assertFalse(self.match(record) - proposal)
        # nor when it is posted
        self.post(record)
        record.with_user(self.clerk).action_match()
        self.assertEqual(
            proposal.search(
                [("statement_line_id", "=", record.line_ids.statement_line_id.id)]
            ),
            proposal,
        )

    def test_a_bill_is_not_offered_twice(self):
        # given a staged receipt that will pay a bill
        (bill,) = self.bills(250)
        record = self.file((25000, f"payment {bill.name}"))
        self.accept(self.match(record))
        # when a posted one quotes the same bill, nothing is left of it
        line = self.bank_line(250, "2026-03-02", f"payment {bill.name}")
        runs = self.env["ar.match.run"].with_user(self.clerk)
        self.assertFalse(runs._match_lines(line, line.date).proposal_ids)
        # and matching the file again keeps what was accepted
        self.assertEqual(self.match(record).mapped("state"), ["accepted"])

    def test_a_file_given_up_takes_its_proposals_along(self):
        (bill,) = self.bills(250)
        record = self.file((25000, f"payment {bill.name}"))
        proposal = self.match(record)
        self.accept(proposal)
        record.with_user(self.clerk).action_cancel()
        self.assertEqual(proposal.state, "stale")
        self.assertEqual(bill.amount_residual, 250)

    def test_what_another_file_has_posted_meanwhile(self):
        # given two staged files with the same line, of which the other one is posted first
        (bill,) = self.bills(250)
        text = f"payment {bill.name}"
        record = self.file((25000, text))
        self.accept(self.match(record))
        entries = [
            entry(25000, text=text, payer="Harbour Foods Ltd"),
            entry(100, text="more"),
        ]
        other = self.stage(camt(camt_statement(IBAN, "USD", 0, entries)), "other.xml")
        self.post(other)
        # when the first one is looked at again, its line is known: nothing is posted twice
        record.with_user(self.clerk).action_check()
        self.assertEqual(record.line_ids.status, "known")
        self.assertEqual(self.staged(record).state, "stale")
        self.assertEqual(bill.amount_residual, 250)

    def test_rights(self):
        (bill,) = self.bills(250)
        record = self.file((25000, f"payment {bill.name}"))
        collector = self.user_with("collector")
        with self.assertRaises(AccessError):
            record.with_user(collector).action_match()
        proposal = self.match(record)
        with self.assertRaises(AccessError):
            proposal.with_user(collector).action_accept()
        self.accept(proposal)
        with self.assertRaises(AccessError):
            record.with_user(self.clerk).action_confirm()
