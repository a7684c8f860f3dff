"""Branches share their company's books, and what is risked with a customer."""

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common_credit import CreditCase, UserError, timedelta


@tagged("post_install", "-at_install")
class TestCreditBranches(CreditCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch, cls.other = cls.env["res.company"].create(
            [
                {"name": name, "parent_id": cls.company.id}
                for name in ("Branch", "Other Branch")
            ]
        )
        tree = cls.company | cls.branch | cls.other
        for user in (cls.env.user, cls.clerk, cls.manager, cls.second):
            user.company_ids |= tree
        cls.env = cls.env(context=dict(cls.env.context, allowed_company_ids=tree.ids))
        cls.acme = cls.customer().with_env(cls.env)
        for company in tree:
            cls.acme.with_company(
                company
            ).property_account_receivable_id = cls.receivable_account
        cls.acme_profile = cls.profile(cls.acme, 1000)

    def in_branch(self, amount, branch=None, user=None):
        move = self.draft(self.acme, amount, company=branch or self.branch)
        moves = self.env["account.move"].with_user(user or self.clerk)
        return moves.with_company(branch or self.branch).browse(move.id)

    def test_the_exposure_of_all_branches_is_the_companys(self):
        day = self.today
        self.invoice(self.acme, 100, day)
        self.invoice(self.acme, 30, day, company=self.branch)
        self.draft(self.acme, 7, company=self.other)
        self.assertEqual(self.acme_profile.exposure_amount, 137)
        # the same whatever is asked for, and from wherever the customer is looked at
        for companies in (self.company, self.branch, self.branch | self.company):
            rows = self.env["ar.ledger"]._exposures(day, self.acme.ids, companies.ids)
            self.assertEqual(
                {key: row.parts.total for key, row in rows.items()},
                {(self.acme.id, self.company.id): 137_00},
            )
        card = self.acme.with_company(self.branch)
        self.assertEqual(card.ar_exposure_amount, 137)
        self.assertEqual(card.ar_credit_profile_id, self.acme_profile)
        report = self.env["ar.credit.exposure.report"].search(
            [("partner_id", "=", self.acme.id)]
        )
        self.assertEqual(report.company_id, self.company)
        self.assertEqual(report.exposure_amount, 137)
        opened = self.acme_profile.action_view_drafts()
        self.assertEqual(
            self.env["account.move"].search(opened["domain"]).mapped("amount_total"),
            [7],
        )

    def test_a_branch_cannot_invoice_past_the_limit(self):
        self.rule(counts_drafts=False)
        self.invoice(self.acme, 600, self.today)
        held = self.in_branch(500)
        self.assertEqual(held.ar_credit_verdict, "approve")
        self.assertHeld(held.action_post, held)
        # two branches in one go share the room, too
        first, second = self.in_branch(300), self.in_branch(300, self.other)
        held.unlink()
        self.assertHeld((first | second)._post, second)
        # when somebody else lets it pass, it passes, and the look is kept
        first.action_post()
        self.decide(self.ask(second))
        second.action_post()
        self.assertEqual((first.state, second.state), ("posted", "posted"))
        kept = self.env["ar.credit.judgement"].search(
            [("move_id", "in", (first | second).ids), ("event", "=", "passed")]
        )
        self.assertEqual(kept.company_id, self.company)
        self.assertTrue(all(kept.mapped("is_exact")))

    def test_a_customer_on_hold_is_on_hold_in_branches(self):
        self.acme_profile._set_hold(True, "Rumours")
        move = self.in_branch(1)
        self.assertHeld(move.action_post, move)
        self.assertTrue(self.acme.with_company(self.branch).ar_is_on_hold)

    def test_profiles_and_rules_are_the_companys(self):
        bolt = self.customer("Bolt")
        profiles = self.env["ar.credit.profile"].with_company(self.branch)
        self.assertEqual(
            profiles.create({"partner_id": bolt.id}).company_id, self.company
        )
        with self.assertRaises(ValidationError):
            self.profile(self.customer("Cord"), company=self.branch)
        with self.assertRaises(ValidationError):
            self.rule(company_id=self.branch.id)

    def test_who_works_in_a_branch_alone_is_held_the_same(self):
        """He neither reads the profile nor gets past it."""
        self.rule()
        own = self.user_with("ar_clerk", login="branch-clerk")
        own.write(
            {"company_id": self.branch.id, "company_ids": [(6, 0, self.branch.ids)]}
        )
        move = self.in_branch(1200)
        mine = self.env(user=own, context={"allowed_company_ids": self.branch.ids})
        with self.assertRaises(UserError), self.env.cr.savepoint():
            mine["account.move"].browse(move.id).action_post()
        self.assertFalse(mine["ar.credit.profile"].search([]))

    def test_ratings_count_what_branches_invoiced(self):
        day = self.today - timedelta(days=60)
        self.invoice(self.acme, 100, day, day)
        self.invoice(self.acme, 50, day, day, company=self.branch)
        window = (
            self.env["ar.scorecard"]
            .new({"month_count": 12, "recent_month_count": 3, "grace_days": 0})
            ._window(self.today)
        )
        found = self.env["ar.rating.inputs"]._load(
            self.company, window, self.acme.ids, None
        )[self.acme.id]
        self.assertEqual((found.due_count, found.due_amount), (2, 150_00))
        self.assertEqual(found.company_invoiced_amount, 150_00)
        self.assertEqual(found.open_amount, 150_00)
