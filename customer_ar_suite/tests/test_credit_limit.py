"""The limit: one truth in two places, guarded by one policy; take-over; temporary limits."""

from odoo import Command
from odoo.tests import Form, tagged

from .common_credit import AccessError, CreditCase, UserError, timedelta


@tagged("post_install", "-at_install")
class TestCreditLimit(CreditCase):
    def guard(self, **values):
        return self.env["customer.change.policy"].create(
            {
                "field_id": self.env.ref("account.field_res_partner__credit_limit").id,
                "approver_ids": [Command.set(self.second.ids)],
                **values,
            }
        )

    def pending(self, partner):
        return self.env["customer.change.request"].search(
            [("partner_id", "=", partner.id), ("state", "=", "pending")]
        )

    def approve(self, request):
        request.with_user(self.second)._decide(
            dict.fromkeys(request.line_ids.ids, "approved")
        )

    def test_a_profile_begins_with_the_limit_of_odoo(self):
        acme = self.customer(credit_limit=1234)
        with Form(self.env["ar.credit.profile"].with_user(self.manager)) as form:
            form.partner_id = acme
            self.assertEqual(form.limit_amount, 1234)
        self.assertEqual(form.record.limit_amount, 1234)
        self.assertEqual(acme.credit_limit, 1234)

    def test_both_follow_each_other(self):
        acme = self.customer()
        profile = self.profile(acme, 500)
        self.assertEqual(acme.with_company(self.company).credit_limit, 500)
        profile.with_user(self.manager).limit_amount = 800
        self.assertEqual(acme.credit_limit, 800)
        acme.credit_limit = 650
        self.assertEqual(profile.limit_amount, 650)
        acme.with_user(self.env.user).use_partner_credit_limit = False
        self.assertEqual(profile.limit_amount, acme.credit_limit)

    def test_who_may_not_write_profiles_changes_no_limit_in_odoo_either(self):
        acme = self.customer()
        profile = self.profile(acme, 500)
        maker = self.user_with("customer_clerk", "ar_clerk", login="maker")
        with self.assertRaises(UserError):
            acme.with_user(maker).credit_limit = 10**6
        acme.with_user(maker).write({"credit_limit": 500, "city": "Lyon"})
        self.assertEqual((profile.limit_amount, acme.city), (500, "Lyon"))
        with self.assertRaises(AccessError):
            profile.with_user(maker).limit_amount = 10**6
        for context in ({"tracking_disable": True}, {"bypass_risk": True}):
            with self.assertRaises(UserError):
                acme.with_user(maker).with_context(**context).credit_limit = 10**6

    def test_both_ways_end_in_the_same_request(self):
        acme = self.customer()
        profile = self.profile(acme, 500)
        self.guard()
        profile.with_user(self.manager).write({"limit_amount": 900, "note": "Asked"})
        self.assertEqual((profile.limit_amount, profile.note), (500, "Asked"))
        request = self.pending(acme)
        self.assertEqual(request.line_ids.field_name, "credit_limit")
        self.assertEqual(request.line_ids.sudo().new_json, 900)
        self.assertIn("900", profile.pending_limit_text)
        # asking again, now on the customer, is the same request
        maker = self.user_with("customer_clerk", "ar_accountant", login="maker")
        acme.with_user(maker).credit_limit = 900
        self.assertEqual(len(self.pending(acme)), 2)  # another maker, same question
        self.approve(request)
        self.assertEqual((profile.limit_amount, acme.credit_limit), (900, 900))

    def test_a_limit_in_another_currency_keeps_its_amount_through_approval(self):
        acme, euro = (
            self.customer(),
            self.foreign_currency("EUR", (("2020-01-01", 3.0),)),
        )
        profile = self.profile(acme, 500)
        self.guard()
        profile.with_user(self.manager).write(
            {"limit_amount": 1000, "currency_id": euro.id}
        )
        self.assertEqual((profile.limit_amount, profile.currency_id.name), (500, "USD"))
        request = self.pending(acme)
        self.assertEqual(request.line_ids.sudo().new_json, 333.33)
        self.approve(request)
        self.assertEqual((profile.limit_amount, profile.currency_id), (1000, euro))
        self.assertEqual(acme.credit_limit, 333.33)
        # the rate moves: Odoo's field follows, the limit stays
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "name": self.today, "rate": 4.0}
        )
        self.env["ar.credit.profile"]._cron_daily()
        self.assertEqual((profile.limit_amount, acme.credit_limit), (1000, 250))

    def test_a_new_profile_asks_for_its_limit_too(self):
        acme = self.customer(credit_limit=100)
        self.guard(amount_from=1000)
        profile = self.profile(acme).with_user(self.manager)
        profile.limit_amount = 999
        self.assertEqual(profile.limit_amount, 999)
        bold = self.customer("Bold")
        made = (
            self.env["ar.credit.profile"]
            .with_user(self.manager)
            .create({"partner_id": bold.id, "limit_amount": 5000})
        )
        self.assertEqual((made.limit_amount, len(self.pending(bold))), (0, 1))

    def test_other_companies_keep_their_limits(self):
        acme = self.customer()
        other = self.setup_other_company(name="Elsewhere")["company"]
        ours, theirs = self.profile(acme, 500), self.profile(acme, 70, company=other)
        ours.limit_amount = 600
        self.assertEqual(theirs.limit_amount, 70)
        self.assertEqual(acme.with_company(other).credit_limit, 70)

    def test_contacts_have_the_profile_of_their_company(self):
        acme = self.customer()
        jo = self.contact(acme)
        self.assertEqual(self.profile(jo, 10).partner_id, acme)

    def test_a_temporary_limit_is_granted_by_somebody_else(self):
        acme = self.customer()
        profile = self.profile(acme, 500)
        wizard = self.env["ar.credit.temporary.ask"].with_user(self.manager)
        wizard.create(
            {"profile_id": profile.id, "amount": 200, "reason": "Fair"}
        ).action_ask()
        asked = profile.temporary_limit_ids
        self.assertEqual((asked.state, profile.allowed_amount), ("requested", 500))
        for user in (self.manager, self.clerk):
            with self.assertRaises(AccessError):
                self.decide(asked, user)
        for write in (
            lambda: asked.write({"state": "approved"}),
            lambda: asked.sudo().write({"amount": 10**6}),
            lambda: asked.sudo().copy(),
            lambda: asked.sudo().unlink(),
        ):
            with self.assertRaises(AccessError):
                write()
        self.decide(asked, self.second, amount=150)
        profile.invalidate_recordset()
        self.assertEqual((asked.state, profile.allowed_amount), ("approved", 650))
        with self.assertRaises(UserError):
            self.decide(asked, self.second, "rejected")
        asked.sudo()._set(
            valid_to=self.today - timedelta(days=1), valid_from="2026-01-01"
        )
        profile.invalidate_recordset()
        self.assertEqual(profile.allowed_amount, 500)
        self.env["ar.credit.profile"]._cron_daily()
        self.assertEqual(asked.state, "expired")
        events = self.env["customer.audit.entry"].search(
            [("model", "=", asked._name), ("res_id", "=", asked.id)]
        )
        self.assertEqual(
            events.mapped("event"),
            [
                "credit.temporary.expire",
                "credit.temporary.approve",
                "credit.temporary.request",
            ],
        )

    def test_hold_of_a_customer_is_set_by_its_button(self):
        profile = self.profile(self.customer())
        with self.assertRaises(UserError):
            profile.with_user(self.manager).is_on_hold = True
        with self.assertRaises(AccessError):
            self.env["ar.credit.hold.set"].with_user(self.clerk).create(
                {"profile_id": profile.id, "reason": "x"}
            )
        self.env["ar.credit.hold.set"].with_user(self.manager).create(
            {"profile_id": profile.id, "reason": "Rumours"}
        ).action_hold()
        self.assertEqual((profile.is_on_hold, profile.hold_by_id), (True, self.manager))
        self.assertIn("Rumours", profile.hold_text)
        profile.with_user(self.manager).action_release_hold()
        self.assertFalse(profile.is_on_hold or profile.hold_reason)

    def test_take_over_shows_first_and_changes_nothing_in_odoo(self):
        limited = self.customer("Limited", credit_limit=700)
        bad = self.customer("Bad", trust="bad")
        plain = self.customer("Plain")
        known = self.customer("Known", credit_limit=50)
        self.profile(known)
        wizard = self.env["ar.credit.takeover"].with_user(self.manager).create({})
        wizard.action_preview()
        self.assertIn(limited, wizard.line_ids.partner_id)
        self.assertFalse((bad | plain | known) & wizard.line_ids.partner_id)
        self.assertFalse(self.find(limited))
        wizard.hold_bad = True
        wizard.action_preview()
        self.assertLessEqual(limited | bad, wizard.line_ids.partner_id)
        wizard.action_apply()
        self.assertEqual(self.find(limited).limit_amount, 700)
        self.assertTrue(self.find(bad).is_on_hold)
        self.assertFalse(self.find(plain))
        self.assertEqual((limited.credit_limit, bad.trust), (700, "bad"))
        with self.assertRaises(AccessError):
            self.env["ar.credit.takeover"].with_user(self.clerk).create({})

    def find(self, partner):
        return self.env["ar.credit.profile"].search([("partner_id", "=", partner.id)])

    def test_a_merge_keeps_one_profile_and_what_hung_on_the_other(self):
        source, target = self.customer("Acme Ltd."), self.customer("Acme Ltd")
        self.profile(target, 500)
        gone = self.profile(source, 900)
        self.env["ar.credit.cover"].create(
            {"profile_id": gone.id, "provider": "Insurer", "amount": 10}
        )
        gone._set_hold(True, "Rumours")
        self.env["base.partner.merge.automatic.wizard"].create(
            {
                "partner_ids": [Command.set((source | target).ids)],
                "dst_partner_id": target.id,
            }
        ).action_merge()
        left = self.find(target)
        self.assertEqual(
            (len(left), left.limit_amount, left.is_on_hold), (1, 500, True)
        )
        self.assertEqual(left.cover_ids.provider, "Insurer")
