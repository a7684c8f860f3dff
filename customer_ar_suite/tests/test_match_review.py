"""The reconciliation screen: what it loads, and the way through it in a browser."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_tour import TourCase
from .test_flow_bank_to_reconcile import MatchCommon


@tagged("post_install", "-at_install")
class TestMatchReview(MatchCommon):
    def page(self, user=None, **values):
        return (
            self.env["ar.match.review"].with_user(user or self.clerk).get_page(**values)
        )

    def test_tabs_show_each_receipt_once(self):
        # given one receipt with a proposal and one without
        invoice = self.invoice(self.acme, 300, "2026-05-01")
        self.bank_line(300, "2026-06-01", invoice.name)
        self.bank_line(5, "2026-06-01", "who knows")
        proposal = self.match()
        # when the clerk opens the screen
        page = self.page()
        (row,) = page["rows"]
        self.assertEqual(
            {
                name: page["counts"][name]
                for name in ("proposed", "unmatched", "accepted")
            },
            {"proposed": 1, "unmatched": 1, "accepted": 0},
        )
        self.assertEqual(page["counts"]["classes"], {"high": 1})
        self.assertFalse(page["can_apply"])
        # then the row says everything the right side shows
        self.assertEqual(row["proposal_id"], proposal.id)
        self.assertEqual(row["allocations"][0]["number"], invoice.name)
        self.assertEqual(row["allocations"][0]["amount"], 300)
        self.assertIn(invoice.name, row["reasons"][0])
        (other,) = self.page(tab="unmatched")["rows"]
        self.assertEqual((other["text"], other["amount"]), ("who knows", 5))
        # and moves from tab to tab
        proposal.with_user(self.clerk).action_accept()
        self.assertFalse(self.page()["rows"])
        self.assertEqual(len(self.page(tab="accepted")["rows"]), 1)
        proposal.with_user(self.accountant).action_apply()
        page = self.page(user=self.accountant, tab="applied")
        self.assertEqual((len(page["rows"]), page["can_apply"]), (1, True))
        # and two receipts applied one after the other are two rows
        item = self.receivable_lines(self.invoice(self.acme, 5, "2026-05-01"))
        model = self.env["ar.match.proposal"].with_user(self.accountant)
        chosen = model.browse(model.set_allocations(other["line_id"], [[item.id, 5]]))
        chosen.action_apply()
        rows = self.page(user=self.accountant, tab="applied")["rows"]
        self.assertEqual(
            {row["proposal_id"] for row in rows}, {proposal.id, chosen.id}, rows
        )
        self.assertEqual(len(rows), 2)

    def test_search_and_confidence(self):
        for partner, amount in ((self.acme, 300), (self.bravo, 500)):
            invoice = self.invoice(partner, amount, "2026-05-01")
            self.bank_line(amount, "2026-06-01", f"Zahlung {invoice.name}")
        self.match()
        self.assertEqual(len(self.page()["rows"]), 2)
        self.assertEqual(len(self.page(search="Bravo")["rows"]), 1)
        self.assertEqual(len(self.page(search=invoice.name)["rows"]), 1)
        self.assertEqual(len(self.page(search="zahlung")["rows"]), 2)
        self.assertEqual(len(self.page(confidence="low")["rows"]), 0)
        self.assertEqual(len(self.page(offset=1)["rows"]), 1)
        self.assertEqual(len(self.page(limit=-5)["rows"]), 1)

    def test_open_items_nearest_first(self):
        # given a receipt of a known payer
        amounts = (90, 300, 100, 500)
        invoices = [self.invoice(self.acme, a, "2026-05-01") for a in amounts]
        foreign = self.invoice(self.bravo, 100, "2026-05-01")
        line = self.bank_line(100, "2026-06-01", "hello", partner=self.acme)
        review = self.env["ar.match.review"].with_user(self.clerk)
        # then his items come, the nearest amount first
        self.assertEqual(
            [row["open"] for row in review.get_open_items(line.id)], [100, 90, 300, 500]
        )
        # and others by number or name
        (row,) = review.get_open_items(line.id, foreign.name)
        self.assertEqual(row["customer"], "Bravo GmbH")
        self.assertEqual(len(review.get_open_items(line.id, "bravo")), 1)
        # and near amounts when nobody knows the payer
        stranger = self.bank_line(100, "2026-06-01", "hello")
        numbers = {row["number"] for row in review.get_open_items(stranger.id)}
        self.assertEqual(numbers, {invoices[0].name, invoices[2].name, foreign.name})

    def test_rights(self):
        line = self.bank_line(100, "2026-06-01", "hello")
        for user in (
            self.user_with(),
            self.user_with("collector"),
            self.user_with("auditor"),
        ):
            review = self.env["ar.match.review"].with_user(user)
            with self.assertRaises(AccessError):
                review.get_page()
            with self.assertRaises(AccessError):
                review.get_open_items(line.id)
            with self.assertRaises(AccessError):
                self.env["ar.match.run"].with_user(user).match_now()

    def test_other_companies_are_not_shown(self):
        data = self.setup_other_company()
        other = data["company"]
        invoice = self.invoice(self.acme, 300, "2026-05-01", company=other)
        line = self.bank_line(
            300, "2026-06-01", invoice.name, journal=data["default_journal_bank"]
        )
        self.assertEqual(self.page(tab="unmatched")["rows"], [])
        with self.assertRaises(AccessError):
            self.env["ar.match.review"].with_user(self.clerk).get_open_items(line.id)

    def test_queries_do_not_grow_with_rows(self):
        def queries(count):
            invoices = self.settled([(self.acme, 10, "2026-05-01", None, ())] * count)
            self.env["account.bank.statement.line"].create(
                [
                    {
                        "journal_id": self.bank_journal.id,
                        "date": "2026-06-01",
                        "payment_ref": invoice.name,
                        "amount": 10,
                    }
                    for invoice in invoices
                ]
            )
            self.match()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertGreaterEqual(len(self.page()["rows"]), count)
            return self.env.cr.sql_log_count - before

        queries(1)
        small = queries(2)
        self.assertLessEqual(queries(10), small)


@tagged("post_install", "-at_install")
class TestMatchReviewTour(MatchCommon, TourCase):
    def test_tour(self):
        # given a receipt that quotes its invoice, and one nobody can explain
        invoice = self.invoice(self.acme, 300, "2026-05-01")
        self.bank_line(300, "2026-06-01", f"payment {invoice.name}")
        other = self.invoice(self.bravo, 120, "2026-05-01")
        unknown = self.bank_line(100, "2026-06-02", "thank you", partner=self.bravo)
        # when an accountant works through the screen
        self.start_tour(
            "/odoo/reconcile-receipts",
            "customer_ar_suite_match_review",
            login=self.accountant.login,
            timeout=90,
        )
        # then both are applied, the second as it was chosen by hand
        self.env.invalidate_all()
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(other.amount_residual, 80)
        self.assertEqual(unknown.amount_residual, -60)
