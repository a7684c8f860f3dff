"""The sample story of credit: what a newcomer finds on its screens."""

from odoo.tests import TransactionCase, tagged

SAMPLE = "__ar_sample__."


@tagged("post_install", "-at_install")
class TestCreditDemo(TransactionCase):
    def sample(self, name):
        return self.env.ref(SAMPLE + name)

    def test_profiles_with_room_and_without(self):
        roomy, over = (
            self.sample(f"credit_profile_{ref}") for ref in ("C20004", "C20006")
        )
        self.assertGreater(roomy.headroom_amount, 0)
        self.assertLess(over.headroom_amount, 0)
        self.assertTrue(roomy.cover_ids and roomy.temporary_amount)
        for profile in roomy | over:
            partner = profile.partner_id.with_company(profile.company_id)
            self.assertEqual(partner.credit_limit, profile.limit_amount)

    def test_a_family_and_a_customer_on_hold(self):
        family = self.sample("credit_family")
        self.assertEqual(len(family.profile_ids), 2)
        self.assertTrue(self.sample("credit_profile_C20008").is_on_hold)

    def test_held_drafts_one_waits_one_was_let_pass(self):
        waiting, passed = (self.sample(f"credit_held_{n}") for n in range(2))
        self.assertEqual(
            (waiting.ar_credit_verdict, passed.ar_credit_verdict),
            ("approve", "released"),
        )
        states = [self.sample(f"credit_release_{n}").state for n in range(2)]
        self.assertEqual(states, ["requested", "approved"])
        for release in self.env["ar.credit.release"].search(
            [("state", "=", "approved")]
        ):
            self.assertNotEqual(release.requested_by_id, release.decided_by_id)

    def test_rules_hold_in_one_sample_company_only(self):
        active = self.env["ar.hold.rule"].search([])
        self.assertTrue(active)
        self.assertEqual(active.company_id, self.sample("company_nl"))

    def test_loading_again_changes_nothing(self):
        before = self.env["ar.credit.profile"].search_count([])
        self.env["ar.demo"]._load_credit()
        self.assertEqual(self.env["ar.credit.profile"].search_count([]), before)
