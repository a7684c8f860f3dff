"""Consents: given, withdrawn, shown and asked; nobody rewrites what was decided."""

import hashlib
from datetime import datetime

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common_privacy import PrivacyCase

MAY = datetime(2026, 5, 1, 9)
JUNE = datetime(2026, 6, 1, 9)


@tagged("post_install", "-at_install")
class TestPrivacyConsent(PrivacyCase):
    def test_the_newest_decision_counts(self):
        mailing = self.purpose()
        self.assertFalse(self.person._ar_has_consent(mailing))
        self.consent(self.person, "given", at=MAY)
        self.assertTrue(self.person._ar_has_consent(mailing))
        self.consent(self.person, "withdrawn", at=JUNE)
        self.assertFalse(self.person._ar_has_consent(mailing))
        # what is entered late does not overtake what was decided later
        self.consent(self.person, "given", at=datetime(2026, 5, 20))
        self.assertFalse(self.person._ar_has_consent(mailing))
        self.assertFalse(self.neighbour._ar_has_consent(mailing))
        both = self.person | self.neighbour
        self.consent(self.neighbour, "given")
        self.assertEqual(both._ar_consenting(mailing), self.neighbour)

    def test_other_purposes_hold_until_an_objection(self):
        control = self.purpose("credit_control")
        self.assertTrue(self.person._ar_has_consent(control))
        self.consent(self.person, "withdrawn", control)
        self.assertFalse(self.person._ar_has_consent(control))

    def test_many_persons_cost_one_question(self):
        persons = self.env["res.partner"].create([{"name": f"P{n}"} for n in range(50)])
        for person in persons[:10]:
            self.consent(person, "given")
        mailing = self.purpose()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(8):
            self.assertEqual(persons._ar_consenting(mailing), persons[:10])

    def test_wizard_records_text_version_and_evidence(self):
        mailing = self.purpose()
        wizard = (
            self.env["customer.privacy.consent.record"]
            .with_user(self.clerk)
            .create(
                {
                    "partner_id": self.person.id,
                    "purpose_id": mailing.id,
                    "kind": "given",
                    "at": MAY,
                    "channel": "paper",
                    "evidence": self.b64("signed"),
                    "evidence_name": "form.pdf",
                }
            )
        )
        wizard.action_record()
        row = self.env["customer.privacy.consent"].search(
            [("partner_id", "=", self.person.id)]
        )
        text = mailing.with_context(lang="en_US").consent_text
        self.assertRecordValues(
            row,
            [
                {
                    "kind": "given",
                    "at": MAY,
                    "recorded_by_id": self.clerk.id,
                    "consent_text": text,
                    "text_hash": hashlib.sha256(text.encode()).hexdigest(),
                    "evidence_hash": hashlib.sha256(b"signed").hexdigest(),
                    "is_current": True,
                }
            ],
        )
        shown = self.person.with_user(self.clerk).ar_consent_ids
        self.assertEqual(shown, row)
        self.assertTrue(self.entries("privacy.consent_given", self.person))
        # a changed text does not change what was agreed to
        mailing.consent_text = "Something else"
        self.assertEqual(row.consent_text, text)

    def test_not_in_the_future(self):
        with self.assertRaises(UserError):
            self.consent(self.person, "given", at=datetime(2999, 1, 1))

    def test_nobody_rewrites_the_history(self):
        row = self.consent(self.person, "withdrawn", at=MAY)
        vals = {
            "partner_id": self.person.id,
            "purpose_id": self.purpose().id,
            "company_id": self.company.id,
            "kind": "given",
            "at": JUNE,
            "channel": "paper",
            "text_hash": "x",
            "recorded_by_id": self.administrator.id,
            "recorded_at": JUNE,
        }
        attackers = [self.administrator, self.clerk, self.env.ref("base.user_admin")]
        attempts = [
            ("write", [row.ids, {"kind": "given"}]),
            ("unlink", [row.ids]),
            ("create", [[vals]]),
            ("load", [["kind", ".id"], [["given", row.id]]]),
        ]
        for user in attackers:
            for method, arguments in attempts:
                with self.subTest(user=user.login, method=method):
                    model = self.env(user=user)["customer.privacy.consent"]
                    refused = False
                    try:
                        with mute_logger("odoo.addons.base.models.ir_model"):
                            result = call_kw(
                                model, method, arguments,
                                {"context": {"install_mode": True, "force_delete": True}},
                            )  # fmt: skip
                        refused = method == "load" and not result["ids"]
                    except AccessError:
                        refused = True
                    self.assertTrue(refused)
        for superuser in (row.sudo(), row.with_user(1)):
            with self.assertRaises(AccessError):
                superuser.write({"kind": "given"})
            with self.assertRaises(AccessError):
                superuser.unlink()

    def test_the_database_refuses_too(self):
        row = self.consent(self.person, "withdrawn", at=MAY)
        self.env.flush_all()
        for query in (
            "UPDATE customer_privacy_consent SET kind = 'given' WHERE id = %s",
            "UPDATE customer_privacy_consent SET at = now() WHERE id = %s",
            "DELETE FROM customer_privacy_consent WHERE id = %s",
            "TRUNCATE customer_privacy_consent CASCADE -- %s",
        ):
            with (
                self.subTest(query),
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(psycopg2.Error, "append-only"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(query, [row.id])

    def test_merged_contacts_keep_all_decisions(self):
        self.consent(self.neighbour, "given", at=MAY)
        self.consent(self.person, "withdrawn", at=JUNE)
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo()
        wizard._merge((self.person | self.neighbour).ids, self.person)
        rows = self.env["customer.privacy.consent"].search(
            [("partner_id", "=", self.person.id)]
        )
        self.assertEqual(rows.mapped("kind"), ["withdrawn", "given"])

    def test_only_recorders_record(self):
        for user in (self.auditor, self.user_with("ar_clerk"), self.user_with()):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.env["customer.privacy.consent"].with_user(user)._check_may_record()


@tagged("post_install", "-at_install")
class TestPrivacyPortal(PrivacyCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = cls.portal_user(cls.person, "privacy_portal")

    def decide(self, purpose, decision, version):
        page = self.url_open("/my/privacy").text
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        return self.url_open(
            "/my/privacy/decide",
            {
                "csrf_token": token,
                "purpose": purpose,
                "decision": decision,
                "version": version,
                # a person is never taken from the request
                "partner_id": self.neighbour.id,
            },
        )

    def decisions(self, partner):
        self.env.invalidate_all()
        rows = self.env["customer.privacy.consent"].sudo()
        return rows.search([("partner_id", "=", partner.id)]).mapped("kind")

    def test_own_decisions_through_the_page(self):
        self.authenticate("privacy_portal", "privacy_portal")
        mailing = self.purpose()
        page = self.url_open("/my/privacy").text
        self.assertIn(mailing.consent_text[:40], page)
        self.decide(mailing.id, "given", mailing.consent_hash)
        self.assertEqual(self.decisions(self.person), ["given"])
        self.assertTrue(self.person._ar_has_consent(mailing))
        row = self.person.sudo().ar_consent_ids
        self.assertEqual((row.channel, row.recorded_by_id), ("portal", self.portal))
        self.decide(mailing.id, "withdrawn", "")
        self.assertEqual(self.decisions(self.person), ["withdrawn", "given"])
        self.assertFalse(self.decisions(self.neighbour))

    @mute_logger("odoo.http", "odoo.addons.http_routing.models.ir_http")
    def test_only_what_is_offered_and_the_text_that_was_read(self):
        self.authenticate("privacy_portal", "privacy_portal")
        contract, mailing = self.purpose("contract"), self.purpose()
        self.decide(contract.id, "withdrawn", "")
        self.decide(mailing.id, "given", "0" * 64)
        self.decide("1 or 1=1", "given", mailing.consent_hash)
        self.decide(mailing.id, "forged", mailing.consent_hash)
        self.assertFalse(self.decisions(self.person))

    def test_not_for_another_not_by_rpc_not_without_login(self):
        as_portal = self.env(user=self.portal)
        consents = as_portal["customer.privacy.consent"]
        row = self.consent(self.neighbour, "given")
        for method, arguments in (
            ("read", [row.ids]),
            ("search_read", [[]]),
            ("create", [[{"partner_id": self.neighbour.id}]]),
            ("write", [row.ids, {"kind": "withdrawn"}]),
        ):
            with self.subTest(method), self.assertRaises(AccessError):
                call_kw(consents, method, arguments, {})
        with self.assertRaises(AccessError):
            as_portal["res.partner"].browse(self.neighbour.id)._ar_decide_in_portal(
                str(self.purpose().id), "withdrawn", ""
            )
        answer = self.url_open("/my/privacy", allow_redirects=False)
        self.assertIn("/web/login", answer.headers.get("Location", ""))
