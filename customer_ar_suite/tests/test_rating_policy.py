"""What grades bring: holds, overrides, proposals, the card, the report, scores of others."""

import base64
import io

from openpyxl import Workbook

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_rating import DAY, RatingCase


@tagged("post_install", "-at_install")
class TestRatingPolicy(RatingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls.customer("Acme", vat="US12345671", ref="A-1")
        days = [cls.today - 30 * months * DAY for months in range(1, 8)]
        cls.settled([(cls.acme, 1200, day - 30 * DAY, day, ()) for day in days])
        cls.scorecard = cls.card()
        cls.rate(cls.scorecard, by_dates=False)
        cls.rating = cls.current(cls.acme)

    def ask(self, grade, user=None, days=30):
        partner = self.acme.with_user(user or self.manager)
        action = partner.action_ask_ar_grade()
        self.env["ar.rating.ask"].with_user(user or self.manager).with_context(
            **action["context"]
        ).create(
            {
                "grade_id": self.grades[grade].id,
                "valid_to": self.today + days * DAY,
                "reason": "The parent guarantees",
            }
        ).action_ask()
        return self.env["ar.rating.override"].search(
            [("partner_id", "=", self.acme.id)], limit=1
        )

    # -- override -------------------------------------------------------------------------

    def test_another_grade_is_asked_for_approved_and_ends(self):
        self.assertEqual(self.rating.grade_id.color, "danger")
        asked = self.ask("BBB")
        self.assertEqual(self.acme.ar_grade_id, self.rating.grade_id)
        with self.assertRaises(AccessError):
            asked.with_user(self.manager).action_approve()
        asked.with_user(self.second).action_approve()
        self.acme.invalidate_recordset()
        self.assertEqual(self.acme.ar_grade_id, self.grades["BBB"])
        self.assertIn("The parent guarantees", self.acme.ar_grade_text)
        self.assertEqual(self.acme.ar_rating_id, self.rating)
        # the night goes on computing beside it
        self.rate(self.scorecard, by_dates=False)
        self.acme.invalidate_recordset()
        self.assertEqual(self.acme.ar_grade_id, self.grades["BBB"])
        asked.sudo()._set(valid_from=self.today - 9 * DAY, valid_to=self.today - DAY)
        self.env["ar.credit.profile"]._cron_daily()
        self.acme.invalidate_recordset()
        self.assertEqual(asked.state, "expired")
        self.assertEqual(self.acme.ar_grade_id, self.rating.grade_id)
        events = self.env["customer.audit.entry"].search(
            [("model", "=", "ar.rating.override"), ("res_id", "=", asked.id)],
            order="id",
        )
        self.assertEqual(
            events.mapped("event"),
            [f"rating.override.{step}" for step in ("request", "approve", "expire")],
        )

    def test_refused_with_a_reason_and_by_those_who_may(self):
        asked = self.ask("A", self.user_with("collector"))
        for user in (self.clerk, self.user_with("auditor")):
            with self.assertRaises(AccessError):
                asked.with_user(user).action_approve()
            with self.assertRaises(AccessError):
                self.acme.with_user(user).action_ask_ar_grade()
        action = asked.with_user(self.second).action_reject()
        wizard = self.env["ar.rating.decide"].with_user(self.second)
        wizard.with_context(**action["context"]).create(
            {"note": "No guarantee was shown"}
        ).action_reject()
        self.assertEqual((asked.state, asked.decided_by_id), ("rejected", self.second))
        with self.assertRaises(AccessError):
            asked.sudo().write({"state": "approved"})

    # -- hold rule ------------------------------------------------------------------------

    def test_a_bad_grade_holds_documents(self):
        self.rule("grade", "approve", grade_id=self.grades["CC"].id)
        draft = self.draft(self.acme, 10)
        self.assertIn(self.rating.grade_id.name, draft.ar_credit_text or "")
        with self.assertRaises(UserError):
            draft.action_post()
        fine = self.draft(self.customer("Unrated"), 10)
        fine.action_post()
        self.ask("A").with_user(self.second).action_approve()
        draft.action_post()
        self.assertEqual(draft.state, "posted")

    # -- policy ---------------------------------------------------------------------------

    def policy(self, **values):
        return self.env["ar.grade.policy"].create(
            {
                "company_id": self.company.id,
                "grade_id": self.rating.grade_id.id,
                "month_count": 2,
                "round_to_amount": 100,
                **values,
            }
        )

    def proposals(self):
        return self.env["ar.grade.proposal"].search(
            [("partner_id", "=", self.acme.id), ("state", "=", "open")]
        )

    def again(self):
        """The grade counts as new: consequences are worked out once more."""
        self.env["ar.rating.consequence"]._after_change(
            self.company, self.acme.ids, None
        )

    def test_limit_and_terms_are_proposed_and_taken_over(self):
        terms = self.env.ref("account.account_payment_term_15days")
        self.policy(payment_term_id=terms.id)
        self.again()
        by_kind = {one.kind: one for one in self.proposals()}
        # 7 invoices of 1,200, the oldest within the year: 8,400 / 12 x 2 = 1,400
        self.assertEqual(by_kind["limit"].new_amount, 1400)
        self.assertEqual(by_kind["term"].new_term_id, terms)
        with self.assertRaises(AccessError):
            self.proposals().with_user(self.clerk).action_take_over()
        self.proposals().with_user(self.manager).action_take_over()
        profile = self.env["ar.credit.profile"].search(
            [("partner_id", "=", self.acme.id)]
        )
        acme = self.acme.with_company(self.company)
        self.assertEqual((profile.limit_amount, acme.credit_limit), (1400, 1400))
        self.assertEqual(acme.property_payment_term_id, terms)
        self.assertEqual(by_kind["limit"].state, "taken")
        self.again()
        self.assertFalse(self.proposals())

    def test_guarded_limits_are_asked_for(self):
        self.env["customer.change.policy"].create(
            {
                "field_id": self.env.ref("account.field_res_partner__credit_limit").id,
                "approver_ids": [Command.set(self.second.ids)],
            }
        )
        self.policy()
        self.again()
        proposal = self.proposals()
        proposal.with_user(self.manager).action_take_over()
        self.assertEqual(proposal.state, "requested")
        request = self.env["customer.change.request"].search(
            [("partner_id", "=", self.acme.id), ("state", "=", "pending")]
        )
        self.assertEqual(request.line_ids.field_name, "credit_limit")
        request.with_user(self.second)._decide(
            dict.fromkeys(request.line_ids.ids, "approved")
        )
        self.assertEqual(self.acme.with_company(self.company).credit_limit, 1400)

    def test_left_as_it_is_and_outdated(self):
        self.policy()
        self.again()
        old = self.proposals()
        self.again()
        self.assertEqual(old.state, "outdated")
        new = self.proposals()
        new.with_user(self.manager).action_leave()
        self.assertEqual((new.state, new.decided_by_id), ("refused", self.manager))
        with self.assertRaises(UserError):
            new.with_user(self.manager).action_take_over()

    # -- card, lists, report --------------------------------------------------------------

    def test_the_card_shows_grade_points_and_history(self):
        acme = self.acme.with_user(self.clerk)
        self.assertEqual(acme.ar_grade_id, self.rating.grade_id)
        self.assertEqual(acme.ar_score, self.rating.score)
        self.assertIn("Adds to the Score", acme.ar_rating_lines_html)
        self.assertIn("<svg", acme.ar_rating_history_html)
        contact = self.contact(self.acme)
        self.assertEqual(contact.ar_grade_id, self.rating.grade_id)
        self.assertIn(self.rating.id, self.env["ar.rating"].search(
            acme.action_view_ar_ratings()["domain"]).ids)  # fmt: skip
        found = self.env["res.partner"].search(
            [("ar_grade_id", "=", self.rating.grade_id.id)]
        )
        self.assertIn(self.acme, found)
        bad = self.env["res.partner"].search([("ar_grade_id.color", "=", "danger")])
        self.assertIn(self.acme, bad)
        none = self.env["res.partner"].search([("ar_grade_id", "=", False)])
        self.assertNotIn(self.acme, none)
        with self.assertRaises(AccessError):
            _hidden = self.acme.with_user(self.user_with()).ar_grade_id

    def test_customers_are_grouped_by_grade(self):
        # a rollback removes the column from the database, not the field from the registry
        self.addCleanup(self.registry.reset_changes)
        dimension = self.env.ref("customer_ar_suite.customer_dimension_credit_grade")
        if not dimension.active:
            dimension.active = True
            dimension = self.env["customer.dimension"].browse(dimension.id)
        self.again()
        column = dimension._column_name()
        groups = self.env["res.partner"]._read_group(
            [("id", "=", self.acme.id)], [column], ["__count"]
        )
        self.assertEqual(groups[0][0].name, self.rating.grade_id.name)

    def test_credit_report_in_two_languages(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        report = self.env.ref("customer_ar_suite.ar_credit_report")
        for lang in ("en_US", "zh_CN"):
            html, _kind = (
                self.env["ir.actions.report"]
                .with_user(self.manager)
                .with_context(lang=lang)
                ._render_qweb_html(report.report_name, self.rating.ids)
            )
            text = html.decode()
            self.assertIn("Acme", text)
            self.assertIn(f"{self.rating.score:.2f}", text)
        with self.assertRaises(AccessError):
            self.env["ir.actions.report"].with_user(self.user_with())._render_qweb_html(
                report.report_name, self.rating.ids
            )

    def test_several_credit_reports_are_one_document(self):
        # given two customers with a grade
        beta = self.customer("Beta", vat="US12345672", ref="B-1")
        self.invoice(beta, 900, self.today - 60 * DAY, self.today - 30 * DAY)
        self.rate(self.scorecard, by_dates=False)
        both = self.current(self.acme) + self.current(beta)
        # when they are printed together
        reports = self.env["ir.actions.report"].with_user(self.manager)
        html, _kind = reports._render_qweb_html(
            "customer_ar_suite.ar_credit_report_document", both.ids
        )
        bodies = reports._prepare_html(html, report_model="ar.rating")[0]
        # then printers without patches can do it: there is one document, a page each
        self.assertEqual(len(bodies), 1)
        self.assertIn("Acme", bodies[0])
        self.assertIn("Beta", bodies[0])
        self.assertEqual(str(bodies[0]).count("page-break-after: always"), 1)

    # -- scores of others -----------------------------------------------------------------

    def upload(self, name, content, user=None, **values):
        source = self.env["ar.score.source"].create({"name": f"Agency {name}"})
        wizard = (
            self.env["ar.score.upload"]
            .with_user(user or self.manager)
            .create(
                {
                    "source_id": source.id,
                    "file_data": base64.b64encode(content),
                    "filename": name,
                    **values,
                }
            )
        )
        return (
            self.env["ar.score.import"]
            .with_user(user or self.manager)
            .browse(wizard.action_read()["res_id"])
        )

    def csv(self):
        day, old = self.today - 9 * DAY, self.today - 800 * DAY
        return "\n".join(
            (
                "Tax ID,Customer,Score,Date",
                f"US 1234 5671,Acme,81,{day}",
                f",Nobody Ltd,70,{day}",
                f",Acme,81,{day}",
                f",Acme,66,{old}",
                f",Acme,141,{day}",
                "",
            )
        ).encode()

    def test_a_file_from_the_first_column_to_undo(self):
        one = self.upload("scores.csv", self.csv())
        self.assertEqual(
            one.column_ids.mapped("field_code"), ["vat", "name", "score", "scored_on"]
        )
        one.action_check()
        self.assertEqual(
            one.row_ids.mapped("status"),
            ["ready", "unknown", "double", "expired", "error"],
        )
        self.assertEqual(one.row_ids[0].matched_by, "vat")
        for row in one.row_ids[1:]:
            self.assertTrue(row.finding_text)
        self.assertEqual(
            (one.read_count, one.ready_count, one.unknown_count, one.fault_count),
            (5, 1, 1, 1),
        )
        # nobody is known by that name: somebody chooses
        bold = self.customer("Bold")
        one.row_ids[1].partner_id = bold
        self.assertEqual(
            (one.row_ids[1].status, one.row_ids[1].matched_by), ("ready", "manual")
        )
        one.action_apply()
        self.assertEqual(one.state, "done")
        scores = one.score_ids
        self.assertEqual(
            {(s.partner_id, s.score, s.matched_by) for s in scores},
            {(self.acme, 81, "vat"), (bold, 70, "manual")},
        )
        self.rate(self.scorecard, by_dates=False)
        rating = self.current(self.acme)
        self.assertEqual(rating.inputs["external_score"], 8100)
        one.action_undo()
        self.assertEqual(set(scores.mapped("state")), {"withdrawn"})
        self.rate(self.scorecard, by_dates=False)
        self.assertIsNone(self.current(self.acme).inputs["external_score"])
        self.assertTrue(rating.is_exact)

    def test_the_same_file_twice_and_who_may(self):
        one = self.upload("scores.csv", self.csv())
        with self.assertRaises(UserError):
            self.env["ar.score.import"]._upload(
                "x.csv", self.csv(), self.company, one.source_id
            )
        for user in (
            self.clerk,
            self.user_with("auditor"),
            self.user_with("collector"),
        ):
            with self.assertRaises(AccessError):
                self.upload("other.csv", self.csv() + b" ", user)
            with self.assertRaises(AccessError):
                one.with_user(user).action_check()
        with self.assertRaises(AccessError):
            one.state = "done"

    def test_workbooks_and_files_that_are_none(self):
        book = Workbook()
        book.active.append(["Company", "Credit Score", "Report Date"])
        book.active.append(["Acme", 55.5, self.today - DAY])
        stream = io.BytesIO()
        book.save(stream)
        one = self.upload("scores.xlsx", stream.getvalue())
        one.action_check()
        self.assertEqual((one.row_ids.status, one.row_ids.score), ("ready", 55.5))
        with self.assertRaises(UserError):
            self.upload("scores.xlsx", b"PK\x03\x04 not a workbook")
        with self.assertRaises(UserError):
            self.upload("empty.csv", b"")

    def test_a_score_off_the_scale_is_not_entered(self):
        source = self.env["ar.score.source"].create({"name": "Hand"})
        scores = self.env["ar.external.score"].with_user(self.manager)
        with self.assertRaises(UserError):
            scores.create(
                {
                    "partner_id": self.acme.id,
                    "source_id": source.id,
                    "score_text": "110",
                }
            )
        one = scores.create(
            {"partner_id": self.acme.id, "source_id": source.id, "score_text": "90"}
        )
        one.action_withdraw()
        with self.assertRaises(UserError):
            one.action_withdraw()

    def test_the_profile_shows_the_grade(self):
        profile = self.profile(self.acme, 500).with_user(self.clerk)
        self.assertEqual(profile.grade_id, self.rating.grade_id)
        found = self.env["ar.rating"].search(profile.action_view_ratings()["domain"])
        self.assertEqual(found, self.rating)
