"""Data audits: scores, findings from open to closed, who may what, proposals."""

from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .common import ArCommon

TODAY = "2026-07-01"
DAY = date(2026, 7, 1)
#: a customer nothing is wrong with
GOOD = {
    "street": "Damrak 12",
    "zip": "1012 LG",
    "city": "Amsterdam",
    "vat": "NL004495445B01",
    "email": "office@good.example",
    "phone": "+31 20 555 1234",
}


class QualityCase(ArCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tz="UTC"))
        cls.clerk = cls.user_with("customer_clerk", login="dq_clerk")
        cls.other_clerk = cls.user_with("customer_clerk", login="dq_clerk2")
        cls.reviewer = cls.user_with("customer_reviewer", login="dq_reviewer")
        cls.boss = cls.user_with("administrator", login="dq_boss")
        cls.auditor = cls.user_with("auditor", login="dq_auditor")
        cls.nl = cls.env.ref("base.nl")
        # only the rules of these tests
        cls.env["customer.validation.rule"].search([]).active = False

    @classmethod
    def buyer(cls, name="Good BV", **values):
        values = {"country_id": cls.nl.id, "ref": "QA"} | GOOD | values
        return cls.customer(name, company_id=cls.company.id, **values)

    @classmethod
    def rule(cls, name, condition="required", severity="block", **values):
        field = cls.env["ir.model.fields"]._get(
            values.pop("model", "res.partner"), name
        )
        return cls.env["customer.validation.rule"].create(
            {
                "name": f"{name} {condition}",
                "field_id": field.id,
                "condition": condition,
                "severity": severity,
                "company_id": cls.company.id,
                **values,
            }
        )

    def audit(self, day=TODAY, user=None, **values):
        run = (
            self.env["customer.quality.run"]
            .with_user(user or self.reviewer)
            .create(
                {
                    "company_id": self.company.id,
                    "as_of_date": day,
                    "partner_domain": "[('ref', '=like', 'QA%')]",
                    "responsible_id": self.clerk.id,
                    **values,
                }
            )
        )
        run.action_start()
        self.assertEqual(run.run_state, "done")
        self.assertFalse(run.error_count, run.score_ids.mapped("run_error"))
        return run

    def score(self, run, partner):
        return run.score_ids.filtered(lambda one: one.partner_id == partner)

    def findings(self, partner, **wanted):
        found = self.env["customer.quality.finding"].search(
            [("partner_id", "=", partner.id)], order="id"
        )
        return found.filtered(
            lambda one: all(one[name] == value for name, value in wanted.items())
        )

    def as_(self, user, records):
        return records.with_user(user).with_company(self.company)


@tagged("post_install", "-at_install")
class TestDataAudit(QualityCase):
    def test_good_and_bad_customer(self):
        self.rule("website")
        good = self.buyer(website="https://good.example")
        bad = self.buyer(
            "Bad BV", vat=False, email=False, phone=False, street=False, website=False
        )
        run = self.audit()
        # then a good one has everything, a bad one what the checks cost, by hand:
        # required 10, identifier 8, no way to reach 10, address lacks street and number
        # of city, street, number, zip: half of 12
        self.assertEqual(self.score(run, good).score, 100)
        one = self.score(run, bad)
        self.assertEqual(one.score, 100 - 10 - 8 - 10 - 6)
        self.assertEqual((one.accuracy, one.completeness), (100, 66))
        self.assertEqual(run.average_score, 83.0)
        self.assertEqual(
            set(self.findings(bad).mapped("check_code")),
            {"rule_required", "identifier", "contact", "address"},
        )
        self.assertFalse(self.findings(good))
        lines = one.why.splitlines()
        self.assertEqual(len(lines), 4)
        self.assertIn("10", lines[0])
        self.assertEqual(
            set(self.findings(bad).responsible_id), {self.clerk}, "who was named"
        )
        self.assertEqual(
            self.findings(bad, check_code="identifier").due_date,
            DAY + timedelta(days=30),
        )

    def test_the_customer_is_not_touched(self):
        partner = self.buyer("Bad BV", vat=False)
        self.env.flush_all()
        before = partner.read()[0]
        self.audit()
        self.env.flush_all()
        partner.invalidate_recordset()
        after = partner.read()[0]
        changed = {name for name in before if before[name] != after[name]}
        self.assertFalse(
            {
                n
                for n in changed
                if not n.startswith("ar_quality") and n != "ar_finding_count"
            }
        )

    def test_next_look_closes_and_takes_up_again(self):
        partner = self.buyer(vat=False)
        first = self.audit()
        (finding,) = self.findings(partner)
        as_clerk = self.as_(self.clerk, finding)
        as_clerk.action_take()
        self.assertEqual(
            (finding.state, finding.responsible_id), ("in_work", self.clerk)
        )
        as_clerk.action_corrected()
        # when nobody has corrected anything, it comes back
        second = self.audit("2026-07-15")
        self.assertEqual((finding.state, finding.reopened_count), ("open", 1))
        self.assertEqual((finding.run_id, finding.last_run_id), (first, second))
        partner.vat = GOOD["vat"]
        third = self.audit("2026-08-01")
        self.assertEqual(
            (finding.state, finding.closed_on), ("closed", date(2026, 8, 1))
        )
        self.assertEqual((third.new_count, third.gone_count), (0, 1))
        self.assertEqual(third.former_average, second.average_score)
        self.assertEqual(self.score(third, partner).change, 8)
        # when the fault comes anew, it is another finding
        partner.vat = False
        self.audit("2026-09-01")
        self.assertEqual(self.findings(partner).mapped("state"), ["closed", "open"])

    def test_cause_is_demanded(self):
        rule = self.rule("zip", "format", pattern="\\d{6}")
        partner = self.buyer()
        self.audit()
        (finding,) = self.findings(partner)
        self.assertEqual(finding.check_code, "rule_broken")
        self.assertIn("1012 LG", finding.what)
        self.assertEqual(finding.value_text, "1012 LG")
        rule.active = False
        self.as_(self.clerk, finding).action_check_again()
        self.assertEqual(finding.state, "verified")
        with self.assertRaisesRegex(UserError, "came about"):
            self.as_(self.clerk, finding).action_close()
        form = Form(self.as_(self.clerk, finding))
        form.cause = "typing"
        form.corrective_action = "Paste from the register."
        form.save()
        self.as_(self.clerk, finding).action_close()
        self.assertEqual(finding.state, "closed")
        with self.assertRaises(UserError):
            self.as_(self.clerk, finding).write({"cause": "moved"})

    def test_may_stay_for_a_while(self):
        partner = self.buyer(vat=False)
        self.audit()
        finding = self.findings(partner)
        with self.assertRaises(AccessError):
            self.as_(self.clerk, finding).action_accept()
        with self.assertRaisesRegex(UserError, "why"):
            self.as_(self.reviewer, finding).action_accept()
        until = fields.Date.context_today(finding) + timedelta(days=30)
        self.as_(self.reviewer, finding).write(
            {"acceptance_reason": "Foundation", "accepted_until": until}
        )
        self.as_(self.reviewer, finding).action_accept()
        self.assertEqual(finding.state, "accepted")
        self.audit(until)
        self.assertEqual(finding.state, "accepted")
        self.audit(until + timedelta(days=1))
        self.assertEqual((finding.state, finding.reopened_count), ("open", 1))

    def test_own_value_is_accepted_by_somebody_else(self):
        both = self.user_with("customer_clerk", "customer_reviewer", login="dq_both")
        partner = (
            self.env["res.partner"]
            .with_user(both)
            .with_company(self.company)
            .create(
                {
                    "name": "Own BV",
                    "ref": "QA",
                    "is_company": True,
                    **GOOD,
                    "vat": False,
                    "country_id": self.nl.id,
                    "company_id": self.company.id,
                }
            )  # fmt: skip
        )
        self.audit()
        finding = self.findings(partner, check_code="identifier")
        self.assertEqual(finding.entered_by_id, both)
        finding.write({"acceptance_reason": "x", "accepted_until": "2999-01-01"})
        with self.assertRaisesRegex(UserError, "yourself"):
            self.as_(both, finding).action_accept()
        self.as_(self.reviewer, finding).action_accept()

    def test_contacts_and_accounts_of_the_customer(self):
        self.rule("email", "checksum", checksum="email", subject="contact")
        self.rule(
            "acc_number", "checksum", checksum="iban", subject="bank",
            model="res.partner.bank", severity="warn",
        )  # fmt: skip
        partner = self.buyer(
            bank_ids=[(0, 0, {"acc_number": "NL91ABNA0417164301"})],
            child_ids=[
                (0, 0, {"name": "Jo", "email": "nowhere"}),
                (0, 0, {"name": "Al", "email": "neither"}),
            ],
        )
        self.audit()
        found = self.findings(partner)
        self.assertEqual(
            sorted(found.mapped("check_code")),
            ["rule_broken", "rule_broken", "rule_warned"],
        )
        self.assertEqual(len(set(found.mapped("key"))), 3)
        texts = " ".join(found.mapped("what"))
        self.assertIn("nowhere", texts)
        self.assertIn("neither", texts)

    def test_corrections_and_what_somebody_wants_as_it_is(self):
        partner = self.buyer("good  trading co.,ltd", city="Amsterdam")
        self.audit()
        finding = self.findings(partner, check_code="correction")
        self.assertEqual(finding.field_name, "name")
        self.assertIn("Good Trading Co., Ltd.", finding.what)
        (line,) = [
            one
            for one in partner.with_company(self.company)._ar_propose(["name"])
            if one[0] == "name"
        ]
        from ..models.res_partner_quality import refusal_token

        partner.ar_refused_corrections = {"name": refusal_token("name", line[1])}
        self.audit("2026-08-01")
        self.assertEqual(finding.state, "closed")

    def test_papers_and_mails_that_came_back(self):
        partner = self.buyer(message_bounce=2)
        self.audit()
        finding = self.findings(partner)
        self.assertEqual(finding.check_code, "bounced")
        self.assertIn("2", finding.what)

    def test_duplicates_are_told_of_the_later_one(self):
        first = self.buyer("Rijswijk Pompen BV")
        second = self.buyer("Rijswijk Pompen B.V.", vat=GOOD["vat"])
        search = self.env["customer.duplicate.run"].create(
            {"company_id": self.company.id}
        )
        search.action_start()
        run = self.audit()
        self.assertFalse(self.findings(first, check_code="duplicate"))
        finding = self.findings(second, check_code="duplicate")
        self.assertIn(first.name, finding.what)
        self.assertEqual(self.score(run, second).uniqueness, 90)
        pair = self.env["customer.duplicate.pair"].search(
            [
                ("one_id", "in", (first | second).ids),
                ("other_id", "in", (first | second).ids),
            ]
        )
        pair._decide("different", "Two companies")
        self.as_(self.clerk, finding).action_check_again()
        self.assertEqual(finding.state, "closed")

    def test_sample_and_domain(self):
        self.env["res.partner"].create(
            [
                {
                    "name": f"Sample {n}",
                    "ref": "QA",
                    "company_id": self.company.id,
                    **GOOD,
                }
                for n in range(20)
            ]
        )
        run = self.audit(sample_size=5)
        self.assertEqual(len(run.score_ids), 5)
        with self.assertRaises(ValidationError):
            self.audit(partner_domain="__import__('os')")
        with self.assertRaises(ValidationError):
            self.audit(partner_domain="[('no_such_field', '=', 1)]")
        with self.assertRaisesRegex(UserError, "no customer"):
            self.audit(partner_domain="[('ref', '=', 'nobody')]")

    def test_escalation_is_one_activity(self):
        partner = self.buyer(vat=False, email=False, phone=False)
        run = self.audit("2026-01-01", escalation_id=self.boss.id)
        finding = self.findings(partner, check_code="identifier")
        activities = self.env["mail.activity"].search(
            [("res_model", "=", run._name), ("res_id", "=", run.id)]
        )
        self.assertEqual(activities.user_id, self.clerk)
        with freeze_time("2026-03-01"):
            run.sudo()._cron_escalate()
            run.sudo()._cron_escalate()
        told = self.env["mail.activity"].search(
            [
                ("res_model", "=", run._name),
                ("res_id", "=", run.id),
                ("user_id", "=", self.boss.id),
            ]
        )
        self.assertEqual(len(told), 1)
        self.assertEqual(finding.escalated_on, date(2026, 3, 1))

    def test_number_of_statements(self):
        """As many for 60 customers as for 10: a chunk is a chunk."""
        counts = []
        for size in (3, 10, 60):
            ref = f"QA{size}"
            self.env["res.partner"].create(
                [
                    {
                        "name": f"Volume {size} {n}", "ref": ref, "is_company": True,
                        "company_id": self.company.id, **GOOD, "vat": False,
                        "country_id": self.nl.id,
                    }
                    for n in range(size)
                ]
            )  # fmt: skip
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.audit(partner_domain=f"[('ref', '=', '{ref}')]")
            counts.append(self.env.cr.sql_log_count - before)
        # the first one also filled the caches
        self.assertLess(abs(counts[2] - counts[1]), 5, counts)


@tagged("post_install", "-at_install")
class TestTimeliness(QualityCase):
    def test_confirmed_values_are_in_time(self):
        check = self.env.ref("customer_ar_suite.customer_quality_check_not_confirmed")
        check.month_count = 12
        partner = self.buyer()
        day = fields.Date.context_today(partner)
        later = fields.Date.add(day, months=13)
        run = self.audit(later)
        found = self.findings(partner)
        self.assertEqual(
            set(found.mapped("field_name")), {"street", "phone", "email", "vat"}
        )
        self.assertEqual(self.score(run, partner).timeliness, 88)
        # when the customer is asked a month before, two of them are confirmed
        with freeze_time(fields.Date.add(later, days=-20)):
            self.as_(self.clerk, partner)._ar_confirm_fields(["email", "phone"])
        self.audit(later)
        self.assertEqual(
            set(self.findings(partner, state="open").mapped("field_name")),
            {"street", "vat"},
        )

    def test_confirming_from_finding_and_from_customer(self):
        partner = self.buyer()
        day = fields.Date.context_today(partner)
        self.audit(fields.Date.add(day, months=30))
        phone = self.findings(partner, field_name="phone")
        with self.assertRaises(AccessError):
            self.as_(self.reviewer, phone).action_confirm()
        self.as_(self.clerk, phone).action_confirm()
        self.assertEqual(phone.state, "closed")
        with self.assertRaises(AccessError):
            self.as_(self.reviewer, partner).action_ar_confirm_data()
        self.as_(self.clerk, partner).action_ar_confirm_data()
        rows = self.env["customer.quality.confirmation"].search(
            [("partner_id", "=", partner.id)]
        )
        self.assertEqual(len(rows), 5)
        self.assertEqual(rows.user_id, self.clerk)

    def test_audit_log_tells_when_and_who(self):
        self.env["customer.audit.policy"].action_recommended()
        partner = self.buyer(phone="020")
        self.as_(self.clerk, partner).phone = GOOD["phone"]
        self.env.flush_all()
        self.as_(self.other_clerk, partner).vat = False
        self.env.flush_all()
        self.audit()
        finding = self.findings(partner, check_code="identifier")
        self.assertEqual(finding.entered_by_id, self.other_clerk)
        facts = self.env["customer.quality.facts"]
        entered = facts._entered(partner, ["phone", "street"])
        self.assertEqual(entered[partner.id, "phone"][0], self.clerk.id)


@tagged("post_install", "-at_install")
class TestQualityRights(QualityCase):
    def test_who_audits(self):
        for user in (self.clerk, self.auditor):
            with self.assertRaises(AccessError):
                self.audit(user=user)
        self.buyer()
        self.audit(user=self.boss)

    def test_states_are_not_written_by_hand(self):
        partner = self.buyer(vat=False)
        self.audit()
        finding = self.findings(partner)
        for vals in ({"state": "closed"}, {"points": 0}, {"entered_by_id": False}):
            for user in (self.clerk, self.boss):
                with self.assertRaises(AccessError):
                    self.as_(user, finding).write(vals)
        with self.assertRaises(AccessError):
            self.as_(self.boss, finding).unlink()

    def test_who_entered_it_is_for_reviewers(self):
        partner = self.buyer(vat=False)
        self.audit()
        finding = self.findings(partner)
        with self.assertRaises(AccessError):
            self.as_(self.clerk, finding).read(["entered_by_id"])
        self.as_(self.reviewer, finding).read(["entered_by_id"])
        statistics = self.env["customer.quality.author.statistic"]
        self.assertFalse(statistics.with_user(self.clerk).has_access("read"))
        self.assertTrue(statistics.with_user(self.reviewer).search([]))

    def test_masked_values_stay_masked(self):
        self.rule("phone", "checksum", checksum="phone", severity="warn")
        self.env["customer.sensitive.field"].with_user(self.boss).action_turn_on()
        field = self.env["ir.model.fields"]._get("res.partner", "phone")
        row = self.env["customer.sensitive.field"].search([("field_id", "=", field.id)])
        if row:
            row.write({"treatment": "mask", "active": True, "clear_group_ids": False})
        else:
            self.env["customer.sensitive.field"].create({"field_id": field.id})
        partner = self.buyer(phone="+31 20 12")
        self.audit()
        finding = self.findings(partner, check_code="rule_warned")
        for user in (self.clerk, self.reviewer, self.auditor):
            texts = self.as_(user, finding).read(["what", "value_text"])[0]
            self.assertNotIn("+31 20 12", str(texts))
        self.assertNotIn("+31 20 12", str(finding.sudo().details))

    def test_statistics(self):
        self.buyer("One BV", vat=False)
        self.buyer("Two BV", vat=False)
        self.buyer("Three BV")
        run = self.audit()
        row = self.env["customer.quality.field.statistic"].search(
            [("run_id", "=", run.id), ("check_id.code", "=", "identifier")]
        )
        self.assertEqual(
            (row.field_id.name, row.faulty_count, row.checked_count, row.rate),
            ("vat", 2, 3, 66.7),
        )
        for method in (
            "action_view_scores",
            "action_view_findings",
            "action_view_fields",
        ):
            action = getattr(run, method)()
            self.assertTrue(self.env[action["res_model"]].search(action["domain"]))

    def test_on_the_customer(self):
        partner = self.buyer(vat=False)
        self.audit()
        partner.vat = GOOD["vat"]
        self.audit("2026-08-01")
        shown = self.as_(self.clerk, partner)
        self.assertEqual(
            (shown.ar_quality_score, shown.ar_quality_is_known), (100, True)
        )
        panel = shown.ar_quality["score"]
        self.assertEqual(panel["points"], 100)
        self.assertIn("+8", panel["text"])
        found = self.env["res.partner"].with_user(self.clerk).with_company(self.company)
        domain = [("ar_quality_score", ">=", 99), ("ref", "=", "QA")]
        self.assertIn(partner, found.search(domain))
        action = shown.action_view_ar_quality()
        scores = self.env["customer.quality.score"].search(action["domain"])
        self.assertEqual(sorted(scores.mapped("score")), [92, 100])

    def test_weights_are_logged(self):
        check = self.env.ref("customer_ar_suite.customer_quality_check_identifier")
        with self.assertRaises(AccessError):
            self.as_(self.reviewer, check).weight = 1
        self.as_(self.boss, check).write({"weight": 4, "most": 4})
        entry = self.env["customer.audit.entry"].search(
            [("event", "=", "quality_check.write")], limit=1
        )
        self.assertEqual((entry.user_id, entry.res_id), (self.boss, check.id))
        with self.assertRaises(ValidationError):
            check.most = 1


@tagged("post_install", "-at_install")
class TestAuditPlans(QualityCase):
    def plan(self, **values):
        return (
            self.env["customer.quality.plan"]
            .with_user(self.reviewer)
            .create(
                {
                    "name": "Monthly",
                    "company_id": self.company.id,
                    "partner_domain": "[('ref', '=', 'QA')]",
                    "responsible_id": self.reviewer.id,
                    "next_date": TODAY,
                    **values,
                }
            )
        )

    def test_off_until_switched_on(self):
        self.buyer()
        plan = self.plan()
        with freeze_time("2026-09-15"):
            plan.sudo()._cron_audit()
            self.assertFalse(plan.run_ids)
            plan.is_on = True
            plan.sudo()._cron_audit()
            plan.sudo()._cron_audit()
        # then one audit, however many months were missed
        self.assertEqual(len(plan.run_ids), 1)
        self.assertEqual(plan.run_ids.create_uid, self.reviewer)
        self.assertEqual(plan.next_date, date(2026, 10, 1))
        self.assertEqual(plan.last_run_id, plan.run_ids)
        with self.assertRaises(UserError):
            plan.with_user(self.boss).unlink()

    def test_responsible_must_be_allowed_to(self):
        with self.assertRaises(ValidationError):
            self.plan(is_on=True, responsible_id=self.clerk.id)

    def test_nobody_to_look_at_is_told(self):
        plan = self.plan(is_on=True, partner_domain="[('ref', '=', 'nobody')]")
        with freeze_time("2026-07-02"):
            plan.sudo()._cron_audit()
        self.assertEqual(plan.run_ids.run_state, "cancelled")
        self.assertIn("no customer", plan.run_ids.stopped_because)

    def test_by_hand(self):
        self.buyer()
        action = self.plan().action_run_now()
        run = self.env["customer.quality.run"].browse(action["res_id"])
        self.assertEqual(run.run_state, "done")


@tagged("post_install", "-at_install")
class TestProposals(QualityCase):
    def proposal(self, user=None):
        return (
            self.env["customer.quality.proposal"]
            .with_user(user or self.clerk)
            .with_company(self.company)
            .create(
                {
                    "name": "Ask for it",
                    "problem": "Missing",
                    "proposal": "A field",
                    "state": "agreed",
                    "proposer_id": self.boss.id,
                }
            )
        )

    def test_filed_answered_carried_out(self):
        one = self.proposal()
        self.assertEqual((one.state, one.proposer_id), ("draft", self.clerk))
        one.action_file()
        answering = one.with_user(self.reviewer)
        with self.assertRaisesRegex(UserError, "answer"):
            answering.action_agree()
        answering.write({"answer": "Yes, in May.", "responsible_id": self.boss.id})
        answering.action_agree()
        self.assertEqual((one.state, one.decided_by_id), ("agreed", self.reviewer))
        answering.action_done()
        self.assertEqual(one.state, "done")
        self.assertIn(self.clerk, one.sudo().activity_ids.user_id)

    def test_nobody_answers_his_own(self):
        both = self.user_with("customer_clerk", "customer_reviewer", login="dq_both2")
        one = self.proposal(both)
        one.action_file()
        with self.assertRaises(AccessError):
            one.answer = "Of course"
        one.sudo().answer = "Of course"
        with self.assertRaisesRegex(UserError, "somebody else"):
            one.action_agree()

    def test_who_writes_what(self):
        one = self.proposal()
        one.action_file()
        with self.assertRaises(AccessError):
            one.with_user(self.other_clerk).name = "Mine now"
        with self.assertRaises(AccessError):
            one.with_user(self.clerk).state = "agreed"
        with self.assertRaises(AccessError):
            one.with_user(self.clerk).action_agree()
        with self.assertRaises(AccessError):
            one.with_user(self.reviewer).problem = "Other"
        with self.assertRaises(UserError):
            one.with_user(self.clerk).unlink()


@tagged("post_install", "-at_install")
class TestDuplicateLine(QualityCase):
    def test_odoo_is_silent_where_the_suite_speaks(self):
        from lxml import etree

        arch = self.env["res.partner"].with_user(self.clerk).get_view(view_type="form")
        (line,) = etree.fromstring(arch["arch"]).xpath("//div[@name='warning_tax']")
        self.assertIn("ar_has_duplicate_warning", line.get("invisible"))
        first = self.buyer("Twin BV")
        second = self.buyer("Twin B.V.")
        self.company.ar_duplicate_banner = True
        seen = self.as_(self.clerk, second)
        self.assertTrue(seen.ar_duplicate_warning)
        self.assertTrue(seen.ar_has_duplicate_warning)
        self.assertTrue(first)
        self.company.ar_duplicate_banner = False
        seen.invalidate_recordset()
        self.assertFalse(seen.ar_has_duplicate_warning)
