"""What the maker adds to a request, who is told of it, and when."""

import base64
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_customers import PREFIX
from .test_change_request import LOUD, MONEY, ChangeCase

LETTER = b"%PDF-1.4 new bank, please"


@tagged("post_install", "-at_install")
class TestChangeEvidence(ChangeCase):
    """Reason and documents: asked for by the policy, given in the dialog, then frozen."""

    def explain(self, request, user, reason="", files=()):
        """Give them in the dialog, as the maker does."""
        action = request.with_user(user).action_explain()
        dialog = self.env[action["res_model"]].with_user(user)
        dialog = dialog.browse(action["res_id"])
        attachments = dialog.env["ir.attachment"].create(
            [
                {"name": name, "datas": base64.b64encode(content)}
                for name, content in files
            ]
        )
        dialog.write(
            {"reason": reason, "attachment_ids": [Command.set(attachments.ids)]}
        )
        dialog.action_confirm()

    def test_incomplete_requests_wait_for_their_maker(self):
        self.guard("vat", needs_reason=True, needs_document=True)
        request = self.ask({"vat": "NEW1"})
        # given: nothing but the wish; the maker has something to do, the approvers have not
        self.assertFalse(request.is_complete)
        self.assertEqual(request.activity_ids.user_id, self.maker)
        with self.assertRaisesRegex(UserError, "reason, a document"):
            request.with_user(self.checker).action_approve()
        # when the reason comes, a document is still missing
        self.explain(request, self.maker, "Register extract")
        with self.assertRaisesRegex(UserError, "add a document"):
            request.with_user(self.checker).action_approve()
        self.explain(request, self.maker, "Register extract", [("a.pdf", LETTER)])
        # then the approvers are asked, see it, and may approve
        self.assertTrue(request.is_complete)
        users = request.activity_ids.user_id
        self.assertEqual(users & (self.checker | self.maker), self.checker)
        seen = request.with_user(self.checker).evidence_ids
        self.assertEqual(base64.b64decode(seen.file), LETTER)
        request.with_user(self.checker).action_approve()
        self.assertEqual((request.state, self.partner.vat), ("approved", "NEW1"))
        self.assertEqual(self.events(request).count("change.explain"), 2)

    def test_incomplete_ones_may_be_rejected(self):
        self.guard("vat", needs_reason=True)
        request = self.ask({"vat": "NEW1"})
        self.review(request, self.checker, {"vat": "rejected"}, "No reason given")
        self.assertEqual(request.state, "rejected")
        # and the maker has it among his activities
        self.assertEqual(request.activity_ids.user_id, self.maker)

    def test_only_the_maker_gives_reasons_and_only_until_the_first_vote(self):
        self.guard("vat", approver_count=2)
        request = self.ask({"vat": "NEW1"})
        for user in (self.checker, self.clerk, self.administrator):
            with self.assertRaises(AccessError):
                request.with_user(user).action_explain()
            with self.assertRaises(AccessError):
                request.with_user(user)._explain("Because", [])
        request.with_user(self.checker).action_approve()
        self.assertFalse(request.with_user(self.maker).can_explain)
        with self.assertRaisesRegex(UserError, "frozen"):
            self.explain(request, self.maker, "Something else")
        request.with_user(self.second).action_approve()
        with self.assertRaisesRegex(UserError, "decided or withdrawn"):
            self.explain(request, self.maker, "Afterwards")

    def test_approver_decides_on_the_reason_he_has_read(self):
        self.guard("vat")
        request = self.ask({"vat": "NEW1"})
        self.explain(request, self.maker, "New register number")
        action = request.with_user(self.checker).action_review()
        dialog = self.env[action["res_model"]].with_user(self.checker)
        dialog = dialog.browse(action["res_id"])
        self.assertEqual(dialog.request_reasons, "New register number")
        self.explain(request, self.maker, "Another reason")
        with self.assertRaisesRegex(UserError, "not what was asked"):
            dialog.action_confirm()
        self.assertEqual(self.partner.vat, "OLD1")

    def test_reason_or_document_changed_under_the_approver(self):
        self.guard("vat")
        request = self.ask({"vat": "NEW1"})
        self.explain(request, self.maker, "Letter", [("a.pdf", LETTER)])
        file = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "customer.change.evidence"),
                ("res_field", "=", "file"),
                ("res_id", "in", request.evidence_ids.ids),
            ]
        )
        savepoint = self.env.cr.savepoint()
        for name, tamper in (
            ("reason", lambda: request._set(reason="Forged")),
            ("file", lambda: file.write({"raw": b"forged"})),
            ("row", lambda: request.evidence_ids._set(sha256="0" * 64)),
        ):
            with self.subTest(name):
                tamper()
                self.env.invalidate_all()
                with self.assertRaisesRegex(UserError, "not what was asked"):
                    request.with_user(self.checker).action_approve()
            savepoint.close()
            self.env.invalidate_all()

    def test_documents_are_shown_to_maker_approvers_and_auditors(self):
        self.guard("vat")
        request = self.ask({"vat": "NEW1"})
        self.explain(request, self.maker, "Letter", [("a.pdf", LETTER)])
        evidence = request.evidence_ids
        file = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", evidence._name),
                    ("res_field", "=", "file"),
                    ("res_id", "=", evidence.id),
                ]
            )
        )
        auditor = self.role_user("auditor")
        for user in (self.maker, self.checker, auditor):
            self.assertEqual(
                base64.b64decode(evidence.with_user(user).file), LETTER, user.login
            )
        stranger = self.account("stranger", f"{PREFIX}customer_clerk,{MONEY}")
        for user in (stranger, self.employee):
            with mute_logger(*LOUD), self.assertRaises(AccessError):
                evidence.with_user(user).read(["file"])
            with mute_logger(*LOUD), self.assertRaises(AccessError):
                file.with_user(user).read(["datas"])
        for user in (self.maker, self.checker, auditor, self.administrator):
            for call in (
                lambda u: file.with_user(u).unlink(),
                lambda u: file.with_user(u).write({"raw": b"x"}),
                lambda u: evidence.with_user(u).write({"name": "x"}),
                lambda u: evidence.with_user(u).unlink(),
            ):
                with mute_logger(*LOUD), self.assertRaises(AccessError):
                    call(user)

    def test_files_of_others_are_not_taken(self):
        self.guard("vat")
        request = self.ask({"vat": "NEW1"})
        foreign = self.env["ir.attachment"].create({"name": "x", "raw": b"secret"})
        action = request.with_user(self.maker).action_explain()
        dialog = self.env[action["res_model"]].browse(action["res_id"])
        dialog.attachment_ids = foreign
        with self.assertRaisesRegex(AccessError, "of your own"):
            dialog.with_user(self.maker).action_confirm()
        self.assertFalse(request.evidence_ids)

    def test_card_shows_old_and_new(self):
        self.guard("vat", "credit_limit")
        self.ask({"vat": "NEW1", "credit_limit": 500})
        for user in (self.maker, self.checker):
            text = self.partner.with_user(user).ar_pending_change_text
            self.assertIn("OLD1 → NEW1", text)
            self.assertIn("100.00 → 500.00", text)
            self.assertIn(self.maker.name, text)
        # who may not see credit limits does not learn them here; nor do others' banners lie
        for user in (self.clerk, self.employee):
            text = self.partner.with_user(user).ar_pending_change_text
            self.assertIn("OLD1 → NEW1", text)
            self.assertNotIn("500", text)

    def test_maker_is_told_at_once(self):
        self.guard("vat")
        sent = []
        self.patch(
            type(self.env["bus.bus"]),
            "_sendone",
            lambda _bus, channel, kind, message: sent.append((channel, kind, message)),
        )
        self.ask({"vat": "NEW1"})
        told = [one for one in sent if one[1] == "simple_notification"]
        self.assertEqual(len(told), 1)
        self.assertEqual(told[0][0], self.maker.partner_id)
        self.assertIn("Tax ID", told[0][2]["message"])
        self.assertNotIn("NEW1", told[0][2]["message"])


@tagged("post_install", "-at_install")
class TestChangeMails(ChangeCase):
    """Off unless the policy says so; to the frozen few; once; in their languages."""

    def mails(self):
        """[(subject, receivers)] queued about requests, oldest first."""
        mails = self.env["mail.mail"].search(
            [("model", "=", "customer.change.request")], order="id"
        )
        return [(mail.subject, mail.recipient_ids) for mail in mails]

    def new_mails(self, call):
        known = len(self.mails())
        call()
        return self.mails()[known:]

    def approvers_only(self):
        """The policy is decided by checker; deputy: second."""
        return {
            "approver_group_id": False,
            "approver_ids": [Command.set(self.checker.ids)],
            "deputy_ids": [Command.set(self.second.ids)],
            "deputy_after_days": 2,
            "expiry_days": 5,
        }

    def test_no_mail_unless_switched_on(self):
        self.guard("vat", **self.approvers_only())

        def from_request_to_approval():
            request = self.ask({"vat": "NEW1"})
            request.line_ids._set(deputies_from=fields.Date.today())
            self.env["customer.change.request"]._cron_expire()
            request.with_user(self.checker).action_approve()

        self.assertEqual(self.new_mails(from_request_to_approval), [])

    def test_who_gets_which_mail(self):
        self.guard("vat", with_email=True, **self.approvers_only())
        partner = {user: user.partner_id for user in (self.maker, self.checker)}
        asked = self.new_mails(lambda: self.ask({"vat": "NEW1"}))
        self.assertEqual([mail[1] for mail in asked], [partner[self.checker]])
        body = self.env["mail.mail"].search([], order="id desc", limit=1).body_html
        self.assertIn("Tax ID", body)
        self.assertNotIn("NEW1", body, "mails name fields, not values")
        decided = self.new_mails(
            lambda: self.requests().with_user(self.checker).action_approve()
        )
        self.assertEqual([mail[1] for mail in decided], [partner[self.maker]])
        self.assertIn("decided", decided[0][0])

    def test_escalation_and_expiry_once(self):
        self.guard("vat", with_email=True, **self.approvers_only())
        request = self.ask({"vat": "NEW1"})
        cron = self.env["customer.change.request"]._cron_expire
        self.assertEqual(self.new_mails(cron), [], "not yet")
        request.line_ids._set(deputies_from=fields.Date.today())
        escalated = self.new_mails(cron)
        self.assertEqual([mail[1] for mail in escalated], [self.second.partner_id])
        self.assertIn(self.second, request.activity_ids.user_id)
        self.assertEqual(self.new_mails(cron), [], "the second run sends nothing")
        request._set(expires_on=fields.Date.today() - timedelta(days=1))
        lapsed = self.new_mails(cron)
        self.assertEqual([mail[1] for mail in lapsed], [self.maker.partner_id])
        self.assertEqual(self.new_mails(cron), [])
        self.assertEqual(request.state, "expired")

    def test_each_in_his_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        template = self.env.ref("customer_ar_suite.customer_change_mail_asked")
        template.with_context(lang="zh_CN").subject = "请审批"
        self.second.lang = "zh_CN"
        values = {**self.approvers_only(), "deputy_ids": False}
        values["approver_ids"] = [Command.set((self.checker | self.second).ids)]
        self.guard("vat", with_email=True, **values)
        asked = self.new_mails(lambda: self.ask({"vat": "NEW1"}))
        subjects = {receivers: subject for subject, receivers in asked}
        self.assertEqual(len(subjects), 2)
        self.assertEqual(subjects[self.second.partner_id], "请审批")
        self.assertIn("Please approve", subjects[self.checker.partner_id])

    def test_one_task_for_a_large_file(self):
        self.guard("vat", with_email=True, **self.approvers_only())
        many = self.customers(*(f"Many {n}" for n in range(25)))
        asked = self.new_mails(lambda: many.with_user(self.maker).write({"vat": "X"}))
        self.assertEqual(len(self.requests(state="pending")), 25)
        self.assertEqual(len(asked), 1)
        tasks = self.env["mail.activity"].search(
            [
                ("res_model", "=", "customer.change.request"),
                ("res_id", "in", self.requests().ids),
            ]
        )
        self.assertEqual(tasks.user_id, self.checker)
        self.assertIn("25", tasks.summary)
