"""Receipts nothing was proposed for: the list, its differences, the way to the screen."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ArCommon
from .test_flow_bank_to_reconcile import MatchCommon


@tagged("post_install", "-at_install")
class TestUnmatchedReceipt(MatchCommon):
    def settle_now(self, *records):
        """As core's users reconcile."""
        ArCommon.match(*records)

    def open_list(self, user=None):
        """What the clerk sees who opens the menu."""
        self.env.flush_all()
        rows = self.env["ar.unmatched.receipt"].with_user(user or self.clerk)
        rows.action_open_list()
        self.env.flush_all()
        return rows.search([])

    def test_the_list_names_the_nearest_invoice_and_the_differences(self):
        # given an invoice, and a receipt that is short and mistypes its number
        invoice = self.invoice(self.acme, 300, "2026-05-01", name="RE/2026/00417")
        line = self.bank_line(280, "2026-06-01", "pmt RE/2026/00477")
        # when
        (row,) = self.open_list()
        # then
        self.assertEqual(row.statement_line_id, line)
        self.assertEqual(row.nearest_move_id, invoice)
        self.assertEqual(
            (row.amount, row.nearest_open_amount, row.difference_amount),
            (280, 300, -20),
        )
        self.assertEqual(
            (row.amount_state, row.reference_state, row.payer_state, row.why),
            ("less", "mistyped", "unknown", "near"),
        )
        text = row.candidate_ids[0].difference_text
        for word in ("20.00", "00477", "RE/2026/00417"):
            self.assertIn(word, text)

    def test_the_list_is_live(self):
        invoice = self.invoice(self.acme, 300, "2026-05-01")
        self.bank_line(280, "2026-06-01", "hello", partner=self.acme)
        (row,) = self.open_list()
        self.assertEqual((row.payer_state, row.reference_state), ("same", "none"))
        # given half of the invoice is paid in the meantime
        self.settle_now(invoice, self.payment(self.acme, 20, "2026-06-02"))
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((row.nearest_open_amount, row.amount_state), (280, "equal"))
        self.assertEqual(row.candidate_ids[:1].difference_amount, 0)
        # and all of it: nothing is near any more
        self.settle_now(invoice, self.payment(self.acme, 280, "2026-06-02"))
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(row.nearest_move_id)
        self.assertEqual(row.why, "nothing")

    def test_receipts_with_a_proposal_are_not_listed(self):
        invoice = self.invoice(self.acme, 300, "2026-05-01")
        self.bank_line(300, "2026-06-01", invoice.name)
        proposal = self.match()
        self.assertFalse(self.open_list())
        # when the clerk rejects it
        proposal.with_user(self.clerk).action_reject()
        (row,) = self.open_list()
        self.assertEqual(row.why, "rejected")

    def test_groups_filters_and_files(self):
        invoice = self.invoice(self.acme, 300, "2026-05-01")
        self.bank_line(290, "2026-06-01", f"less charges {invoice.name}")
        self.bank_line(7.77, "2026-06-02", "=HYPERLINK(1)")
        rows = self.open_list()
        report = rows.browse()
        groups = report._read_group([], ["why"], ["amount:sum"])
        self.assertEqual(dict(groups), {"near": 290, "nothing": 7.77})
        self.assertEqual(len(report.search([("amount_state", "=", "less")])), 1)
        table = report._as_table([], [])
        self.assertIn("=HYPERLINK(1)", [row.cells[3] for row in table.rows])
        allowed = self.env.ref("base.group_allow_export")
        self.clerk.group_ids += allowed
        for kind in ("xlsx", "html"):
            action = report.action_download(kind, [], ["why"])
            self.assertIn("/customer_ar_suite/report/", action["url"])
        self.assertEqual(report.get_strip()["tie_out"], [])

    def test_use_this_and_the_screen_on_the_row(self):
        invoice = self.invoice(self.acme, 300, "2026-05-01")
        line = self.bank_line(280, "2026-06-01", "hello", partner=self.acme)
        other = self.bank_line(5, "2026-06-01", "nobody")
        rows = self.open_list()
        row = rows.filtered(lambda one: one.statement_line_id == line)
        action = row.action_reconcile()
        self.assertEqual(action["params"], {"tab": "unmatched", "line_id": line.id})
        review = self.env["ar.match.review"].with_user(self.clerk)
        page = review.get_page(tab="unmatched", line_id=line.id)
        self.assertEqual([r["line_id"] for r in page["rows"]], [line.id])
        # when the clerk takes the nearest one
        action = row.candidate_ids[0].action_choose()
        self.assertEqual(action["params"]["tab"], "accepted")
        proposal = self.env["ar.match.proposal"].search(
            [("statement_line_id", "=", line.id)]
        )
        self.assertEqual((proposal.state, proposal.applied_amount), ("accepted", 280))
        self.assertEqual(proposal.allocation_ids.item_line_id.move_id, invoice)
        left = self.open_list().statement_line_id
        self.assertEqual(left, other)

    def test_who_may(self):
        invoice = self.invoice(self.acme, 300, "2026-05-01")
        self.bank_line(280, "2026-06-01", "hello", partner=self.acme)
        self.open_list()
        auditor = self.user_with("auditor")
        (row,) = self.open_list(auditor)
        self.assertEqual(row.nearest_move_id, invoice)
        for call in (row.action_look_again, row.action_reconcile, row.action_scan):
            with self.assertRaises(AccessError):
                call()
        with self.assertRaises(AccessError):
            row.candidate_ids[0].action_choose()
        with self.assertRaises(AccessError):
            self.open_list(self.user_with())

    def test_statements_do_not_grow_with_receipts(self):
        def count(number):
            self.settled(
                [
                    (self.acme, 100 + place, "2026-05-01", None, ())
                    for place in range(number)
                ]
            )
            lines = self.env["account.bank.statement.line"].create(
                [
                    {
                        "journal_id": self.bank_journal.id,
                        "date": "2026-06-01",
                        "payment_ref": "x",
                        "amount": 90 + place,
                        "partner_id": self.acme.id,
                    }
                    for place in range(number)
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["ar.match.nearest"].with_user(self.clerk)._look(
                self.company, lines
            )
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(1)
        few, many = count(2), count(12)
        self.assertLessEqual(many, few + 3)
