"""The sample shows whatever protects customers: bands, documents, masks, grants, the log."""

from odoo.tests import TransactionCase, tagged

from ..models.ar_demo import SAMPLE

#: what the audit log is there for → events of the sample that stand for it
EVENTS = {
    "create": {"record.create"},
    "write": {"record.write"},
    "approve": {"change.approved"},
    "reject": {"change.rejected"},
    "delete": {"closing.delete"},
    "unmask": {"unmask"},
    "export": {"data.export"},
    "import": {"import_create"},
    "undo": {"import_undo"},
    "send": {"statement_queued"},
    "confirm": {"bank_file.confirm"},
}


@tagged("post_install", "-at_install")
class TestDemoGuards(TransactionCase):
    def sample(self, name):
        return self.env.ref(f"{SAMPLE}.{name}")

    def test_a_large_limit_waits_for_the_second_of_two(self):
        low, high = (self.sample(f"change_policy_limit_{n}") for n in range(2))
        self.assertEqual(low.amount_to, high.amount_from)
        request = self.sample("change_request_limit")
        line = request.line_ids
        self.assertEqual((request.state, line.needed), ("pending", 2))
        self.assertEqual(len(request.decision_ids), 1)
        waiting = line.approver_ids - request.decision_ids.user_id
        self.assertIn(
            self.env.ref("customer_ar_suite.ar_demo_user_ar_accountant"), waiting
        )
        profile = self.sample("credit_profile_C20012")
        self.assertLess(profile.limit_amount, 100_000)
        self.assertIn("150,000", profile.pending_limit_text)

    def test_a_new_bank_account_waits_with_its_document(self):
        request = self.sample("change_request_account")
        self.assertEqual((request.state, request.is_complete), ("pending", True))
        self.assertEqual(request.evidence_ids.name, "call back.txt")
        self.assertFalse(self.sample("guarded_account").active)
        mails = self.env["mail.mail"].search(
            [("model", "=", request._name), ("res_id", "=", request.id)]
        )
        self.assertEqual(set(mails.mapped("state")), {"sent"})
        self.assertNotIn("DEMO0123456782", str(mails.mapped("body_html")))
        # its policy is off, the request is decided all the same
        self.assertFalse(self.sample("change_policy_bank_accounts").active)
        reviewer = self.env.ref("customer_ar_suite.ar_demo_user_customer_reviewer")
        request.with_user(reviewer).action_approve()
        self.assertTrue(self.sample("guarded_account").active)

    def test_a_guarded_category_waits(self):
        line = self.sample("change_request_category").line_ids
        self.assertEqual((line.state, line.new_text), ("pending", "Distributor"))
        column = self.env.ref(
            "customer_ar_suite.customer_dimension_type"
        )._column_name()
        self.assertEqual(self.sample("customer_C20006")[column].code, "end_customer")

    def test_a_grant_of_a_group_reaches_its_members(self):
        grant = self.sample("category_grant_group")
        member = self.env.ref("customer_ar_suite.ar_demo_user_sales_dewit")
        self.assertIn(member, grant.group_id.all_user_ids)
        reached = grant._load_grants(member.id)
        self.assertIn(grant.id, [one.grant_id for one in reached])
        self.assertGreater(len(reached), 1)

    def test_a_customer_signs_in_to_the_portal(self):
        user = self.sample("portal_user")
        self.assertTrue(user.share)
        customer = self.sample("customer_C20004")
        self.assertEqual(user.partner_id.commercial_partner_id, customer)
        seen = (
            self.env["res.partner"].with_user(user).search([("customer_rank", ">", 0)])
        )
        self.assertLessEqual(seen, customer)

    def test_who_looked_behind_a_mask_and_why(self):
        person = self.sample("guarantor_C20004")
        shown = self.env["customer.unmask"].search(
            [("model", "=", "res.partner"), ("res_id", "=", person.id)]
        )
        self.assertIn("ar_identity_number", shown.mapped("field"))
        reviewer = self.env.ref("customer_ar_suite.ar_demo_user_customer_reviewer")
        self.assertEqual(shown.user_id, reviewer)
        self.assertTrue(all(shown.mapped("reason")))

    def test_a_file_that_was_removed(self):
        batch = self.sample("customer_import_mistake")
        self.assertTrue(batch.purged_at)
        self.assertFalse(batch.file_data)
        self.assertFalse(any(batch.row_ids.mapped("raw")))
        self.assertEqual(batch.step, "undone")

    def test_a_consent_on_paper_comes_with_the_paper(self):
        person = self.sample("privacy_mulder")
        consents = self.env["customer.privacy.consent"].search(
            [("partner_id", "=", person.id), ("channel", "=", "paper")]
        )
        self.assertTrue(consents.evidence)
        self.assertEqual(len(consents.evidence_hash), 64)

    def test_the_log_has_seen_everything(self):
        events = self.env["customer.audit.entry"]._read_group([], ["event"])
        found = {event for (event,) in events}
        missing = [what for what, names in EVENTS.items() if not names & found]
        self.assertFalse(missing)
