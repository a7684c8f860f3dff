"""The proof that limits were exceeded only by somebody else's leave."""

from odoo.tests import tagged
from odoo.tools import SQL

from .common_credit import CreditCase, timedelta


@tagged("post_install", "-at_install")
class TestArCheckOverrides(CreditCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls.customer("Acme Ltd")
        cls.profile(cls.acme, 1000)
        cls.rule()

    def setUp(self):
        super().setUp()
        self.move = self.draft(self.acme, 1200)
        self.release = self.ask(self.move)
        self.decide(self.release)
        self.move.with_user(self.user_with("ar_accountant")).action_post()
        self.assertEqual(self.release.state, "used")

    def prove(self, since=None):
        """{problem: record} of the proof of overrides."""
        self.env.flush_all()
        self.env.invalidate_all()
        check = self.env["customer.ar.check"]._prove(self.company, self.today, since)
        result = check.result_ids.filtered(lambda one: one.code == "inv13")
        self.assertFalse(result.error)
        self.looked_at = result.checked_count
        return {
            one.problem: (one.model, one.res_id)
            for one in check.finding_ids
            if one.code == "inv13"
        }

    def plant(self, **values):
        """Change the release past Odoo."""
        self.env.flush_all()
        for name, value in values.items():
            self.env.cr.execute(
                SQL(
                    "UPDATE ar_credit_release SET %s = %s WHERE id = %s",
                    SQL.identifier(name),
                    value,
                    self.release.id,
                )
            )

    def test_a_release_by_somebody_else_is_green(self):
        self.assertEqual(self.prove(), {})
        self.assertGreaterEqual(self.looked_at, 1)

    def test_granted_by_who_asked(self):
        self.plant(decided_by_id=self.clerk.id)
        self.assertEqual(self.prove(), {"own": ("ar.credit.release", self.release.id)})

    def test_granted_by_nobody(self):
        self.plant(decided_by_id=None)
        self.assertEqual(set(self.prove()), {"undecided"})

    def test_used_after_its_last_day(self):
        self.plant(valid_to=self.today - timedelta(days=3))
        self.assertEqual(set(self.prove()), {"late"})
        self.plant(valid_to=self.today)
        self.assertEqual(self.prove(), {})

    def test_temporary_limits_too(self):
        limits = self.env["ar.credit.temporary.limit"]
        limit = limits.sudo()._insert(
            [
                {
                    "profile_id": self.acme.with_company(self.company)
                    .env["ar.credit.profile"]
                    .search([("partner_id", "=", self.acme.id)])
                    .id,
                    "amount": 500,
                    "reason": "Trade fair",
                    "valid_from": self.today,
                    "valid_to": self.today,
                    "state": "approved",
                    "requested_by_id": self.manager.id,
                    "decided_by_id": self.manager.id,
                }
            ]
        )
        self.assertEqual(self.prove(), {"own": ("ar.credit.temporary.limit", limit.id)})
