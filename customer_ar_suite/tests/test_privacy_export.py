"""Requests and access exports: complete, about nobody else, and to be had only once checked."""

import base64
import io
import json
import os
import zipfile
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import date
from .common_privacy import CANARY, NAME, PrivacyCase
from .common_vault import VARIABLE, key
from .privacy_canary import Planter

STRANGER = "Qwolfnix"


@tagged("post_install", "-at_install")
class TestPrivacyRequest(PrivacyCase):
    def test_deadline_follows_the_law_of_the_persons_country(self):
        china, germany = self.env.ref("base.cn"), self.env.ref("base.de")
        self.person.country_id, self.neighbour.country_id = china, germany
        pipl, gdpr = self.request(), self.request(partner=self.neighbour)
        # 1 June 2026 is a Monday: 15 working days, and one month
        self.assertEqual(pipl.deadline, date(2026, 6, 22))
        self.assertEqual(gdpr.deadline, date(2026, 7, 1))
        self.assertEqual((pipl.law_id.name, gdpr.law_id.name), ("PIPL", "GDPR"))
        gdpr.extended_to = date(2026, 9, 1)
        self.assertEqual(gdpr.deadline, date(2026, 9, 1))
        activity = gdpr.activity_ids
        self.assertEqual(
            (activity.date_deadline, activity.user_id),
            (date(2026, 9, 1), self.administrator),
        )
        law = pipl.law_id.sudo()
        law.answer_number = 5
        self.assertEqual(self.request().deadline, date(2026, 6, 8))

    def test_steps_are_checked_and_logged(self):
        request = self.request()
        with self.assertRaises(UserError):
            request.action_done()  # without an answer
        request.answer = "Sent on paper"
        request.action_done()
        self.assertEqual(request.state, "done")
        self.assertFalse(request.activity_ids)
        for action in (
            "action_done",
            "action_export",
            "action_restrict",
            "action_start",
        ):
            with self.subTest(action), self.assertRaises(UserError):
                getattr(request, action)()
        with self.assertRaises(AccessError):
            request.write({"state": "new"})
        with self.assertRaises(UserError):
            request.write({"kind": "erasure"})
        with self.assertRaises(UserError):
            request.sudo().unlink()
        self.assertEqual(len(self.env["customer.audit.entry"].sudo().search(
            [("model", "=", request._name), ("res_id", "=", request.id)])), 2)  # fmt: skip

    def test_without_identity_no_data(self):
        request = self.request(identity_check=" ")
        with self.assertRaises(UserError):
            request.action_export()
        request = self.request("erasure", identity_check=False)
        with self.assertRaises(UserError):
            request.action_prepare_erasure()

    def test_restricted_data_are_only_stored(self):
        request = self.request("restriction")
        request.action_restrict()
        self.assertTrue(self.person.ar_is_restricted)
        for user in (self.administrator, self.clerk, self.env.user):
            with self.subTest(user.login), self.assertRaises(UserError):
                self.person.with_user(user).write({"email": "new@example.org"})
        with self.assertRaises(UserError):
            self.person.sudo().write({"comment": "x"})
        with self.assertRaises(UserError):
            self.person.sudo().write({"ar_is_restricted": False})
        self.assertFalse(self.person._ar_has_consent(self.purpose("credit_control")))
        # the ledger goes on
        self.paid_invoice(self.person, 100, date(2026, 6, 5))
        request.action_lift_restriction()
        self.person.email = "new@example.org"
        events = ("privacy.restrict", "privacy.lift_restriction")
        for event in events:
            self.assertEqual(len(self.entries(event, self.person)), 1)

    def test_nothing_is_sent_to_restricted_persons(self):
        self.request("restriction").action_restrict()
        mails = (
            self.env["mail.mail"]
            .sudo()
            .create(
                [
                    {"subject": "a", "recipient_ids": [(6, 0, self.person.ids)]},
                    {"subject": "b", "email_to": f"Eva <{self.person.email}>"},
                    {
                        "subject": "c",
                        "recipient_ids": [(6, 0, (self.person | self.neighbour).ids)],
                    },
                    {
                        "subject": "d",
                        "model": "customer.privacy.request",
                        "recipient_ids": [(6, 0, self.person.ids)],
                    },
                    {"subject": "e", "recipient_ids": [(6, 0, self.neighbour.ids)]},
                ]
            )
        )
        mails.send()
        states = dict(zip("abcde", mails.mapped("state"), strict=True))
        self.assertEqual((states["a"], states["b"]), ("cancel", "cancel"))
        self.assertNotIn("cancel", (states["c"], states["d"], states["e"]))
        self.assertEqual(mails[2].recipient_ids, self.neighbour)
        self.assertEqual(mails[3].recipient_ids, self.person)

    def test_who_may(self):
        request = self.request()
        for user in (self.clerk, self.auditor, self.user_with()):
            for action in (
                "action_export",
                "action_restrict",
                "action_prepare_erasure",
            ):
                with (
                    self.subTest(user=user.login, action=action),
                    self.assertRaises(AccessError),
                ):
                    getattr(request.with_user(user), action)()
        self.assertTrue(request.with_user(self.auditor).has_access("read"))


@tagged("post_install", "-at_install")
class TestPrivacyExport(PrivacyCase):
    def export(self, request=None):
        request = request or self.request()
        request.action_export()
        self.assertFalse(
            request.export_ids.item_ids.filtered("run_error").mapped("run_error")
        )
        return request.export_ids

    def unpacked(self, export):
        content = base64.b64decode(export.with_user(self.administrator).archive)
        archive = zipfile.ZipFile(io.BytesIO(content))
        self.assertIsNone(archive.testzip())
        return {name: archive.read(name) for name in archive.namelist()}

    def data(self, export):
        return json.loads(self.unpacked(export)["data.json"])

    def test_what_a_person_gets(self):
        portal = self.portal_user(self.person, "privacy_export_portal")
        invoice = self.paid_invoice(self.person, 120, date(2026, 5, 4))
        self.person.sudo().message_post(body=f"{CANARY} called about the delivery")
        self.consent(self.person, "given", note="by letter")
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": "../../evil=1+1.txt",
                    "raw": f"letter of {CANARY}".encode(),
                    "res_model": "res.partner",
                    "res_id": self.person.id,
                }
            )
        )
        self.paid_invoice(self.neighbour, 55, date(2026, 5, 5))
        export = self.export()
        files = self.unpacked(export)
        records = self.data(export)["records"]
        self.assertEqual(records["res.partner"][0]["name"], NAME)
        self.assertEqual(records["res.users"][0]["login"], portal.login)
        self.assertEqual([r["id"] for r in records["account.move"] if
                          r.get("move_type") == "out_invoice"], invoice.ids)  # fmt: skip
        self.assertIn("called about", str(records["mail.message"]))
        self.assertEqual(records["customer.privacy.consent"][0]["kind"], "given")
        self.assertIn("customer.audit.entry", records)
        # file names cannot leave the folder nor be formulas
        (path,) = [name for name in files if name.startswith(f"files/{attachment.id}_")]
        self.assertEqual(files[path], attachment.raw)
        self.assertNotIn("..", path)
        self.assertNotIn("=", path)
        self.assertTrue(files["report.pdf"].startswith(b"%PDF"))
        self.assertFalse(
            export.item_ids.sudo().filtered("result"), "data left in the items"
        )
        self.assertEqual(len(self.entries("privacy.export", self.person)), 1)

    def test_no_secrets(self):
        user = self.portal_user(self.person, "privacy_secret_portal")
        self.env.cr.execute(
            "UPDATE res_users SET password = 'geheimnis' WHERE id = %s", [user.id]
        )
        text = json.dumps(self.data(self.export()))
        self.assertNotIn("geheimnis", text)
        self.assertNotIn("token", text)

    def test_complete_and_about_nobody_else(self):
        """A canary in every model that points to contacts is in the zip; a stranger's never."""
        self.paid_invoice(self.neighbour, 55, date(2026, 5, 5))
        sweep = self.env["customer.privacy.sweep"]
        planter, other, planted = Planter(self.env), Planter(self.env), {}
        for name in sweep._tables():
            links = [
                one for one in sweep._links_of(name) if one.comodel == "res.partner"
            ]
            if not links or name in ("res.partner", "res.users"):
                continue
            text = f"{CANARY}-{name}"
            id_ = planter.plant(name, links[0], self.person, text, self.company)
            planted[name] = (id_, planter.text_field(name, links[0]))
            # where only one such row can be, the stranger has none
            other.plant(
                name, links[0], self.neighbour, f"{STRANGER}-{name}", self.company
            )
        self.assertFalse(planter.skipped, "give these rows what they need")
        self.assertGreater(len(planted), 40)
        self.env.invalidate_all()
        content = self.data(self.export())
        records, text = content["records"], json.dumps(content, ensure_ascii=False)
        for name, (id_, field) in planted.items():
            if self.env[name]._transient:
                continue
            with self.subTest(name):
                rows = {row["id"]: row for row in records.get(name, [])}
                self.assertIn(id_, rows)
                # what nobody reads are working copies of what is handed out elsewhere
                if field and field.groups != fields.NO_ACCESS:
                    self.assertIn(f"{CANARY}-{name}", str(rows[id_]))
        self.assertNotIn(STRANGER, text)
        self.assertNotIn("Nachbar", text)
        self.assertNotIn("max@example.org", text)

    def test_records_on_others_as_well_say_no_names(self):
        message = (
            self.env["mail.message"]
            .sudo()
            .create(
                {
                    "body": f"{STRANGER} and the rest",
                    "author_id": self.neighbour.id,
                    "partner_ids": [(6, 0, (self.person | self.neighbour).ids)],
                    "message_type": "comment",
                }
            )
        )
        records = self.data(self.export())["records"]
        (row,) = [one for one in records["mail.message"] if one["id"] == message.id]
        self.assertNotIn("body", row)
        self.assertEqual(row["partner_ids"], [NAME])
        self.assertNotIn("author_id", row)

    def test_other_companies_data_stay_there(self):
        elsewhere = self.setup_other_company(name="Elsewhere")["company"]
        move = (
            self.env["account.move"]
            .sudo()
            .with_company(elsewhere)
            .create(
                {"move_type": "entry", "ref": "SECRETREF", "partner_id": self.person.id}
            )
        )
        self.assertEqual(move.company_id, elsewhere)
        self.assertNotIn("SECRETREF", json.dumps(self.data(self.export())))

    def test_encrypted_values_are_handed_out_and_forgotten(self):
        with patch.dict(os.environ, {VARIABLE: key("first", 1)}):
            self.person.sudo().ar_identity_number = "ID-4711-0815"
            self.env.flush_all()
            self.assertIn("ID-4711-0815", json.dumps(self.data(self.export())))
            request = self.request("erasure")
            request.action_prepare_erasure()
            erasure = request.erasure_ids
            erasure.reason = "asked for it"
            erasure.action_erase()
            self.assertTrue(erasure.erased_at, erasure.line_ids.mapped("run_error"))
            entries = self.env["customer.vault.entry"].sudo()
            self.assertFalse(
                entries.search(
                    [("model", "=", "res.partner"), ("res_id", "=", self.person.id)]
                )
            )

    def test_chinese_report(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.person.sudo().lang = "zh_CN"
        export = self.export()
        self.assertEqual(export.language, "zh_CN")
        self.assertTrue(self.unpacked(export)["report.pdf"].startswith(b"%PDF"))

    def test_killed_in_the_middle_and_resumed(self):
        request = self.request()
        model = self.env["customer.privacy.export"]
        with patch.object(type(model), "_run_interactive_limit", 0):
            export = self.export(request)
        self.assertEqual((export.run_state, export.sha256), ("running", False))
        background = export.with_user(self.administrator)
        self.assertTrue(background._work_off_chunk())
        self.env.invalidate_all()  # a new worker takes over
        while background._work_off_chunk() is not None:
            pass
        self.assertEqual(export.run_state, "done")
        direct = self.data(self.export(self.request()))["records"]
        resumed = self.data(export)["records"]
        for name in ("res.partner", "account.move", "mail.message"):
            self.assertEqual(direct.get(name), resumed.get(name))

    def test_part_that_fails_gives_no_file(self):
        sweep = type(self.env["customer.privacy.sweep"])
        rows = sweep._rows

        def broken(self, name, *args):
            if name == "res.partner":
                raise ValueError("cannot be read")
            return rows(self, name, *args)

        request = self.request()
        with patch.object(sweep, "_rows", broken):
            request.action_export()
        export = request.export_ids
        self.assertEqual((export.run_state, export.error_count), ("done", 1))
        self.assertFalse(export.is_available)
        with self.assertRaises(UserError):
            export.action_download()
        export.action_resume_run()
        self.assertTrue(export.is_available)

    def test_download_is_logged_and_ends(self):
        export = self.export()
        action = export.action_download()
        self.assertIn(f"/{export.id}/archive", action["url"])
        self.assertEqual(len(self.entries("privacy.download", self.person)), 1)
        with self.assertRaises(AccessError):
            export.with_user(self.auditor).action_download()
        with self.assertRaises(AccessError):
            export.with_user(self.auditor).read(["archive"])
        export.sudo().expires_on = fields.Date.context_today(export) - timedelta(days=1)
        with self.assertRaises(UserError):
            export.action_download()
        export._gc_archives()
        self.assertFalse(export.with_user(self.administrator).archive)
        self.assertTrue(export.sha256)
