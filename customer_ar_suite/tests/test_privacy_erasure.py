"""Erasure: what goes is gone everywhere, what the law keeps is kept and named."""

import base64
import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import date
from .common_privacy import CANARY, NAME, PrivacyCase
from .privacy_canary import Planter, files_with, tables_with

OLD = date(2026, 3, 2)
#: where the name may stay: the addressee of a kept invoice
NAMED = {"customer_privacy_legal_copy"}
#: the person himself, and what an erasure writes
NOT_PLANTED = {
    "res.partner",
    "res.users",
    "customer.privacy.legal.copy",
    "customer.privacy.erasure",
}


class ErasureCase(PrivacyCase):
    def preview(self, partner=None, **values):
        request = self.request("erasure", partner, **values)
        request.action_prepare_erasure()
        return request.erasure_ids.with_user(self.administrator)

    def erase(self, partner=None):
        erasure = self.preview(partner)
        erasure.reason = "asked for it"
        erasure.action_erase()
        self.assertFalse(erasure.line_ids.filtered("run_error").mapped("run_error"))
        self.assertTrue(erasure.erased_at)
        return erasure

    def books(self):
        """One value of all amounts, accounts, partners, dates and reconciliations."""
        self.env.flush_all()
        self.env.cr.execute("""
            SELECT account_id, currency_id, count(*), sum(debit), sum(credit),
                   sum(amount_currency), sum(amount_residual),
                   sum(hashtext(concat(id, partner_id, date, date_maturity, matching_number)))
              FROM account_move_line WHERE parent_state = 'posted'
             GROUP BY 1, 2 ORDER BY 1, 2
        """)
        lines = self.env.cr.fetchall()
        self.env.cr.execute(
            "SELECT count(*), sum(amount) FROM account_partial_reconcile"
        )
        return lines, self.env.cr.fetchall()

    def open_items(self):
        items = (
            self.env["ar.ledger"]
            .sudo()
            ._open_items(self.AS_OF, company_ids=self.company.ids)
        )
        return sorted(
            (item.partner_id, item.line_id, item.residual_company) for item in items
        )


@tagged("post_install", "-at_install")
class TestPrivacyErasure(ErasureCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.portal_user(cls.person, f"{CANARY.lower()}.login")
        cls.invoice_of_person = cls.paid_invoice(cls.person, 120, OLD)
        cls.neighbours = cls.invoice(cls.neighbour, 80, OLD)
        cls.draft = cls.invoice(
            cls.person, 15, OLD, post=False, narration=f"for {NAME}"
        )
        cls.person.sudo().message_post(
            body=f"{NAME} complained", message_type="comment"
        )
        cls.person.sudo().with_context(tracking_disable=False).phone = "+1 212 555 9900"
        cls.invoice_of_person.sudo().message_post(
            body=f"called {NAME}", message_type="comment"
        )
        cls.letter = (
            cls.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": f"{CANARY}.txt",
                    "raw": f"letter of {CANARY}".encode(),
                    "res_model": "res.partner",
                    "res_id": cls.person.id,
                }
            )
        )
        cls.person.sudo().image_1920 = base64.b64encode(
            base64.b64decode(
                "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
            )
        )
        cls.env["res.partner.bank"].sudo().create(
            {"partner_id": cls.person.id, "acc_number": "GB33BUKB20201555555555",
             "acc_holder_name": NAME}
        )  # fmt: skip

    def test_the_canary_is_gone_from_every_table_and_file(self):
        request = self.request("erasure", description=f"please forget {NAME}")
        request.action_prepare_erasure()
        erasure = request.erasure_ids.with_user(self.administrator)
        self.assertIn("res_partner", tables_with(self.env, CANARY))
        self.assertTrue(files_with(self.env, CANARY))
        erasure.reason = f"{NAME} asked for it"
        erasure.action_erase()
        self.assertTrue(erasure.erased_at, erasure.line_ids.mapped("run_error"))
        found = tables_with(self.env, CANARY)
        self.assertFalse({t: c for t, c in found.items() if t not in NAMED})
        self.assertIn("customer_privacy_legal_copy", found)
        self.assertFalse(files_with(self.env, CANARY))
        self.assertFalse(tables_with(self.env, "GB33BUKB20201555555555"))
        self.assertFalse(set(tables_with(self.env, "555 7788")) - NAMED)
        # what this erasure logged does not name her
        entries = self.entries("privacy.erase", self.person)
        entries |= self.entries("privacy.erased", self.person)
        self.assertEqual(len(entries), 2)
        self.assertNotIn(CANARY, json.dumps(entries.mapped("payload")))
        self.assertNotIn(CANARY, erasure.reason)

    def test_in_every_model_that_points_to_a_person(self):
        """The same with a row planted in each table: nothing is missed, nothing breaks."""
        sweep = self.env["customer.privacy.sweep"]
        planter = Planter(self.env)
        for name in sweep._tables():
            links = [
                one for one in sweep._links_of(name) if one.comodel == "res.partner"
            ]
            if links and name not in NOT_PLANTED:
                planter.plant(name, links[0], self.person, f"on {NAME}", self.company)
        self.env.invalidate_all()
        self.assertFalse(planter.skipped)
        erasure = self.erase()
        found = tables_with(self.env, CANARY)
        # what is left is a document that the plan named, with its law and its last day
        kept = {
            self.env[line.res_model]._table
            for line in erasure.line_ids
            if line.keep_until and line.legal_source
        }
        self.assertFalse({t: c for t, c in found.items() if t not in NAMED | kept})
        self.assertFalse({"mail_message", "res_partner"} & set(found))

    def test_the_books_do_not_change(self):
        before, items = self.books(), self.open_items()
        self.assertTrue(items)
        self.erase()
        self.assertEqual(self.books(), before)
        self.assertEqual(self.open_items(), items)
        self.assertEqual(self.invoice_of_person.partner_id, self.person)

    def test_what_is_left_of_the_person(self):
        erasure = self.erase()
        self.env.invalidate_all()
        person = self.person.sudo()
        self.assertEqual(person.name, f"Erased person {person.id}")
        self.assertEqual(person.complete_name, person.name)
        for name in ("email", "phone", "street", "city", "zip", "comment", "ref", "image_1920",
                     "phone_sanitized", "email_normalized"):  # fmt: skip
            self.assertFalse(person[name], name)
        self.assertFalse(person.active or self.user.active)
        self.assertEqual(self.user.login, f"erased-{self.user.id}")
        self.env.cr.execute(
            "SELECT password FROM res_users WHERE id = %s", [self.user.id]
        )
        self.assertEqual(self.env.cr.fetchone(), (None,))
        self.assertEqual(person.ar_erased_on, fields.Date.context_today(person))
        bank = person.with_context(active_test=False).bank_ids
        self.assertFalse(bank.active)
        # lists of invoices show the pseudonym, the legal copy the addressee
        move = self.invoice_of_person
        self.assertEqual(move.invoice_partner_display_name, erasure.pseudonym)
        copy = self.env["customer.privacy.legal.copy"].search(
            [("move_id", "=", move.id)]
        )
        self.assertEqual((copy.name, copy.keep_until), (NAME, date(2036, 12, 31)))
        self.assertIn("Street 5", copy.address)
        self.assertEqual(erasure.kept_until, date(2036, 12, 31))
        self.assertFalse(self.draft.narration)
        # the neighbour is who he was
        self.assertEqual(self.neighbour.name, "Max Nachbar")
        self.assertIn("evening", self.neighbour.comment)

    def test_preview_writes_nothing_and_says_what_will_happen(self):
        tables = (
            "res_partner",
            "res_users",
            "account_move",
            "mail_message",
            "ir_attachment",
        )
        sums = {}
        for table in tables:
            self.env.flush_all()
            self.env.cr.execute(
                SQL("SELECT sum(hashtext(t::text)) FROM %s t WHERE id IN (SELECT id FROM %s)",
                    SQL.identifier(table), SQL.identifier(table))
            )  # fmt: skip
            sums[table] = self.env.cr.fetchone()
        plan = self.env["customer.privacy.plan"]._plan(self.person, self.AS_OF)
        erasure = self.preview()
        self.assertEqual(self.person.name, NAME)
        for table in ("res_partner", "res_users", "account_move"):
            self.env.cr.execute(
                SQL("SELECT sum(hashtext(t::text)) FROM %s t", SQL.identifier(table))
            )
            self.assertEqual(self.env.cr.fetchone(), sums[table], table)
        self.assertTrue(plan)
        # every line names records, reason and, if kept, the day and the law
        by_model = {}
        for line in erasure.line_ids:
            by_model.setdefault(line.res_model, []).append(line)
            self.assertTrue(line.res_ids)
            if line.treatment == "keep" and line.why != "audit":
                self.assertTrue(line.keep_until and line.legal_source, line.res_model)
        kept = {line.res_model for line in erasure.line_ids if line.treatment == "keep"}
        self.assertTrue(
            {"account.move", "account.move.line", "account.payment"} <= kept
        )
        self.assertEqual(
            [line.treatment for line in by_model["res.partner"]], ["pseudonymise"]
        )

    def test_dry_run_is_what_apply_does(self):
        """Whatever changes a text was named in the preview, and nothing else changes."""
        erasure = self.preview()
        named = {
            (self.env[line.res_model]._table, id_)
            for line in erasure.line_ids
            for id_ in line.res_ids
        }
        before = self.rows()
        erasure.reason = "asked for it"
        erasure.action_erase()
        self.assertTrue(erasure.erased_at)
        changed = self.differences(before)
        own = {"customer_privacy_erasure", "customer_privacy_erasure_line",
               "customer_privacy_request", "ir_attachment"}  # fmt: skip
        self.assertFalse({key for key in changed if key[0] not in own} - named)
        # and what was to be erased has changed, what was to be kept has not
        for line in erasure.line_ids.filtered(lambda one: one.treatment == "keep"):
            if line.res_model != "account.move":  # shows the pseudonym
                table = self.env[line.res_model]._table
                self.assertFalse({(table, id_) for id_ in line.res_ids} & changed)

    def rows(self):
        self.env.flush_all()
        found = {}
        for name in self.env["customer.privacy.sweep"]._tables():
            table = self.env[name]._table
            self.env.cr.execute(
                SQL("SELECT id, md5(t::text) FROM %s t", SQL.identifier(table))
            )
            found |= {(table, id_): value for id_, value in self.env.cr.fetchall()}
        return found

    def differences(self, before):
        now = self.rows()
        return {key for key, value in before.items() if now.get(key) != value}

    def test_obstacles(self):
        self.invoice(self.person, 10, OLD)
        with self.assertRaisesRegex(UserError, "open items"):
            self.preview()
        company = self.customer("Big Ltd")
        with self.assertRaisesRegex(UserError, "no person"):
            self.preview(company)
        with self.assertRaisesRegex(UserError, "end the employment"):
            self.preview(self.clerk.partner_id)
        self.env["customer.privacy.purpose"].sudo().search(
            [("kept_kind", "=", "bank")]
        ).active = False
        with self.assertRaisesRegex(UserError, "register does not say"):
            self.preview(self.neighbour)

    def test_records_of_other_companies_stand_against_it(self):
        elsewhere = self.setup_other_company(name="Elsewhere")["company"]
        self.env["account.move"].sudo().with_company(elsewhere).create(
            {"move_type": "entry", "partner_id": self.person.id}
        )
        with self.assertRaisesRegex(UserError, "Elsewhere"):
            self.preview()

    def test_needs_reason_and_an_unchanged_preview(self):
        erasure = self.preview()
        with self.assertRaisesRegex(UserError, "reason"):
            erasure.action_erase()
        erasure.reason = "asked for it"
        self.person.sudo().message_post(body="one more")
        with self.assertRaisesRegex(UserError, "changed since"):
            erasure.action_erase()
        erasure.action_refresh()
        erasure.action_erase()
        self.assertTrue(erasure.erased_at)
        with self.assertRaises(UserError):
            erasure.action_erase()
        with self.assertRaises(UserError):
            erasure.write({"reason": "another"})

    def test_who_may(self):
        erasure = self.preview()
        for user in (self.clerk, self.auditor, self.user_with()):
            for action in ("action_erase", "action_refresh", "action_cancel_run"):
                with (
                    self.subTest(user=user.login, action=action),
                    self.assertRaises(AccessError),
                ):
                    getattr(erasure.with_user(user), action)()
        with self.assertRaises(AccessError):
            erasure.write({"run_state": "done"})
        with self.assertRaises(AccessError):
            erasure.line_ids.with_user(self.administrator).write({"treatment": "keep"})

    def test_killed_in_the_middle_and_resumed(self):
        erasure = self.preview()
        erasure.reason = "asked for it"
        model = type(erasure)
        with (
            patch.object(model, "_run_interactive_limit", 0),
            patch.object(model, "_run_chunk_size", 3),
        ):
            erasure.action_erase()
            self.assertEqual(erasure.run_state, "running")
            self.assertTrue(erasure._work_off_chunk())
            self.env.invalidate_all()
            self.assertEqual(self.person.name, NAME, "still needed to find the rest")
            while erasure._work_off_chunk() is not None:
                pass
        self.assertTrue(erasure.erased_at)
        found = tables_with(self.env, CANARY)
        self.assertFalse({t: c for t, c in found.items() if t not in NAMED})

    def test_a_part_that_fails_keeps_the_name_until_it_is_resumed(self):
        erasure = self.preview()
        erasure.reason = "asked for it"
        work = type(self.env["customer.privacy.apply"])
        with patch.object(work, "_do_delete", side_effect=UserError("locked")):
            erasure.action_erase()
        self.assertFalse(erasure.erased_at)
        self.assertEqual(self.person.name, NAME)
        erasure.action_resume_run()
        self.assertTrue(erasure.erased_at)
        self.assertNotEqual(self.person.name, NAME)

    def test_kept_until_the_period_is_over(self):
        self.erase()
        copies = self.env["customer.privacy.legal.copy"]
        mine = copies.search([("partner_id", "=", self.person.id)])
        self.assertEqual(mine.move_id, self.invoice_of_person)
        with self.assertRaises(AccessError):
            mine.sudo().unlink()
        mine.sudo()._set(keep_until=fields.Date.context_today(mine) - timedelta(days=1))
        copies.sudo()._gc_over()
        self.assertFalse(mine.exists())
        self.assertEqual(len(self.entries("privacy.retention_over", self.person)), 1)
        self.assertTrue(self.invoice_of_person.exists())

    def test_addresses_are_the_person_contacts_are_people(self):
        address = self.contact(self.person, f"{NAME} Holiday", type="delivery",
                               street="Beach 1")  # fmt: skip
        child = self.contact(
            self.person, "Tom Other", type="contact", phone="+1 212 555 3311"
        )
        self.erase()
        self.env.invalidate_all()
        self.assertFalse(address.sudo().street)
        self.assertEqual((child.name, child.phone), ("Tom Other", "+1 212 555 3311"))
        self.assertNotIn(CANARY, child.complete_name)

    def test_a_contact_of_a_company_takes_nothing_of_it_along(self):
        company = self.customer(
            "Acme Ltd", vat="US123456789", street="Main 1", email="a@acme.example"
        )
        contact = self.contact(company, f"Ida {CANARY}", email="ida@acme.example")
        company.sudo().message_post(body=f"Ida {CANARY} is on leave; Acme Ltd, Main 1")
        invoice = self.invoice(company, 70, OLD)
        self.erase(contact)
        self.env.invalidate_all()
        self.assertEqual((company.street, company.vat), ("Main 1", "US123456789"))
        body = company.sudo().message_ids[0].body
        self.assertNotIn(CANARY, body)
        self.assertIn("is on leave; Acme Ltd, Main 1", body)
        self.assertEqual(invoice.invoice_partner_display_name, "Acme Ltd")

    def test_consents_stay_as_evidence_without_their_papers(self):
        row = self.consent(self.person, "given", evidence=self.b64(CANARY),
                           evidence_name=f"{CANARY}.pdf", note=f"by {NAME}")  # fmt: skip
        self.erase()
        self.env.invalidate_all()
        self.assertEqual(
            (row.kind, row.evidence_name, row.note), ("given", False, False)
        )
        self.assertFalse(row.evidence)
        self.assertTrue(row.text_hash and row.evidence_hash)
        self.assertFalse(self.person._ar_has_consent(self.purpose()))
