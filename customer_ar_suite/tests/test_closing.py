"""Closing, deleting and reopening customers: from the checklist to the tombstone."""

import hashlib
import json
from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common_closing import ClosingCase
from .common_customers import PREFIX

LOUD = ("odoo.sql_db", "odoo.orm.models", "odoo.addons.base.models.ir_rule")


@tagged("post_install", "-at_install")
class TestClosing(ClosingCase):
    """The flow."""

    def test_close(self):
        # given a settled customer with a contact
        request = self.draft()
        self.assertEqual((request.state, request.stop_count), ("draft", 0))
        self.assertEqual(request.customer_name, "Ada Ltd")
        # when it is requested
        request.with_user(self.maker).action_request()
        self.assertEqual(request.state, "requested")
        self.assertEqual(request.approver_ids, self.checker | self.second)
        self.assertEqual(request.activity_ids.user_id, self.checker | self.second)
        self.assertTrue(self.customer.active)
        self.assertEqual(self.customer.ar_closing_count, 1)
        # and approved
        self.assertTrue(request.with_user(self.checker).can_decide)
        self.approve(request)
        # then the customer and its contact are archived and no invoice is posted
        self.assertRecordValues(
            request, [{"state": "done", "checker_id": self.checker.id}]
        )
        self.assertFalse(self.customer.active or self.contact.active)
        self.assertTrue(self.customer.ar_is_closed)
        self.assertFalse(request.activity_ids)
        self.assertEqual(
            self.events(request),
            ["closing.request", "closing.approve", "closing.close"],
        )
        with self.assertRaisesRegex(UserError, "closed"):
            self.invoice()
        # credit notes and money still are
        self.credit(5)

    def test_delete_leaves_a_tombstone(self):
        self.env["res.partner.bank"].create(
            {"partner_id": self.customer.id, "acc_number": "DE 123 456"}
        )
        former, names = self.customer.id, (self.customer | self.contact).ids
        self.env["ir.attachment"].create(
            {"name": "contract.pdf", "raw": b"x", "res_model": "res.partner"}
            | {"res_id": former}
        )
        request = self.ask("delete")
        self.assertFalse(self.stops(request))
        # when
        self.approve(request)
        # then nothing of the customer is left but what the tombstone says
        self.assertFalse(self.env["res.partner"].browse(names).exists())
        self.assertEqual((request.state, request.partner_id.id), ("done", False))
        self.assertEqual(request.customer_name, "Ada Ltd")
        stone = self.stones(request).with_user(self.auditor)
        self.assertRecordValues(
            stone,
            [
                {
                    "kind": "delete",
                    "former_id": former,
                    "customer_name": "Ada Ltd",
                    "customer_vat": "OLD1",
                    "maker_id": self.maker.id,
                    "approver_id": self.checker.id,
                    "reason": "Out of business",
                    "is_intact": True,
                }
            ],
        )
        data = json.loads(stone.content)
        self.assertEqual(data["customer"][0]["ref"], "C1")
        self.assertEqual(data["contacts"][0]["email"], "a@ada.example")
        self.assertEqual(data["bank_accounts"][0]["acc_number"], "DE 123 456")
        self.assertEqual(data["attachments"][0]["name"], "contract.pdf")
        self.assertEqual(
            stone.digest, hashlib.sha256(stone.content.encode()).hexdigest()
        )
        # the fingerprint is in the trail too, and the data can be searched
        entry = self.env["customer.audit.entry"].search(
            [("event", "=", "closing.delete"), ("res_id", "=", request.id)]
        )
        self.assertEqual(entry.payload["digest"], stone.digest)
        found = stone.search([("content", "ilike", "a@ada.example")])
        self.assertEqual(found, stone)
        self.assertIn("a@ada.example", stone.content_html)

    def test_a_tombstone_shows_no_markup_of_the_customer(self):
        self.customer.name = "<img src=x onerror=alert(1)>"
        request = self.ask("delete")
        self.approve(request)
        html = self.stones(request).content_html
        self.assertNotIn("<img", html)
        self.assertIn("&lt;img", html)

    def test_reopen_by_request(self):
        idle = self.env["res.partner"].create(
            {"name": "Left", "parent_id": self.customer.id, "active": False}
        )
        self.closed()
        # a second closing has nothing to close
        with self.assertRaisesRegex(UserError, "closed already"):
            self.ask("close")
        request = self.ask("reopen")
        self.approve(request)
        # then everybody who was archived by the closing is back, and nobody else
        self.assertTrue(self.customer.active and self.contact.active)
        self.assertFalse(idle.active)
        self.assertFalse(self.customer.ar_is_closed)
        self.assertEqual(self.invoice().state, "posted")
        with self.assertRaisesRegex(UserError, "not closed"):
            self.ask("reopen")

    def test_closed_customers_are_found(self):
        other = self.new_customer("Other")
        self.closed()
        partners = self.env["res.partner"].with_context(active_test=False)
        both = [("id", "in", (self.customer | other | self.contact).ids)]
        closed = partners.search([*both, ("ar_is_closed", "=", True)])
        self.assertEqual(closed, self.customer | self.contact)
        self.assertEqual(partners.search([*both, ("ar_is_closed", "=", False)]), other)
        self.assertEqual(partners.search([*both, ("ar_is_closed", "!=", True)]), other)

    def test_planned_day(self):
        today = fields.Date.context_today(self.customer)
        request = self.ask("close", planned_date=today + timedelta(days=10))
        self.approve(request)
        self.assertEqual(request.state, "approved")
        self.assertTrue(self.customer.active)
        requests = self.env["customer.closing.request"]
        requests._cron_execute()
        self.assertEqual(request.state, "approved")
        with patch.object(
            fields.Date, "context_today", lambda *_args: today + timedelta(days=10)
        ):
            requests._cron_execute()
            requests._cron_execute()
        self.assertEqual(request.state, "done")
        self.assertFalse(self.customer.active)
        self.assertEqual(len(self.stones(request)), 1)

    def test_planned_day_with_a_balance_waits_and_tells_the_maker_once(self):
        today = fields.Date.context_today(self.customer)
        request = self.ask("close", planned_date=today + timedelta(days=1))
        self.approve(request)
        self.invoice()
        for _day in range(2):
            with patch.object(
                fields.Date, "context_today", lambda *_args: today + timedelta(days=1)
            ):
                self.env["customer.closing.request"]._cron_execute()
        self.assertEqual(request.state, "approved")
        self.assertTrue(self.customer.active)
        self.assertEqual(request.activity_ids.user_id, self.maker)
        self.assertEqual(len(request.activity_ids), 1)

    def test_nobody_decided(self):
        request = self.ask()
        later = request.expires_on + timedelta(days=1)
        with patch.object(fields.Date, "context_today", lambda *_args: later):
            self.env["customer.closing.request"]._cron_execute()
        self.assertEqual(request.state, "cancelled")
        self.assertEqual(self.events(request)[-1], "closing.expire")

    def test_reject_with_a_reason(self):
        request = self.ask()
        action = request.with_user(self.checker).action_open_reject()
        dialog = (
            self.env[action["res_model"]]
            .with_user(self.checker)
            .with_context(**action["context"])
        )
        with Form(dialog) as form:
            form.reason = "They still order"
        form.record.action_reject()
        self.assertRecordValues(
            request, [{"state": "rejected", "reject_reason": "They still order"}]
        )
        self.assertTrue(self.customer.active)

    def test_withdraw(self):
        request = self.ask()
        with self.assertRaises(AccessError):
            request.with_user(self.checker).action_cancel()
        request.with_user(self.maker).action_cancel()
        self.assertEqual(request.state, "cancelled")
        with self.assertRaises(UserError):
            self.approve(request)

    def test_a_draft_is_edited_and_checked_again(self):
        invoice = self.invoice()
        with Form(self.env["customer.closing.request"].with_user(self.maker)) as form:
            form.partner_id = self.contact.with_user(self.maker)
            form.kind = "delete"
            form.reason = "Typed twice"
        request = form.record.with_user(self.env.user)
        # the contact stands for its company
        self.assertEqual(request.partner_id, self.customer)
        self.assertEqual(self.stops(request), {"open_items": 1, "documents": 1})
        self.assertFalse(request.may_close)
        # paid: deletion is still refused, and closing offered
        self._register_payment(invoice)
        request.with_user(self.maker).action_check()
        self.assertEqual(set(self.stops(request)), {"documents"})
        self.assertTrue(request.may_close)
        with self.assertRaisesRegex(UserError, "can be closed"):
            request.with_user(self.maker).action_request()
        request.with_user(self.maker).action_close_instead()
        self.assertFalse(self.stops(request))
        request.with_user(self.maker).action_request()
        self.approve(request)
        self.assertFalse(self.customer.active)

    def test_dialog_for_several_customers(self):
        settled, owing = self.new_customer("Settled"), self.new_customer("Owing")
        self.invoice(owing)
        start = self.env["customer.closing.start"].with_user(self.maker)
        with Form(
            start.with_context(default_partner_ids=(settled | owing).ids)
        ) as form:
            self.assertEqual(form.kind, "close")
            form.reason = "Merged into us"
        action = form.record.action_start()
        requests = self.env["customer.closing.request"].search(action["domain"])
        states = {one.partner_id.name: one.state for one in requests}
        self.assertEqual(states, {"Settled": "requested", "Owing": "draft"})
        # several at once, with what went wrong for each
        twin = self.ask(customer=self.new_customer("Twin"))
        both = requests.filtered(lambda one: one.state == "requested") | twin
        twin.partner_id.name = "Renamed"
        told = both.with_user(self.checker).action_approve()
        self.assertIn("changed since", told["params"]["message"])
        self.assertEqual(set(both.mapped("state")), {"done", "requested"})


@tagged("post_install", "-at_install")
class TestClosingChecks(ClosingCase):
    """What stands in the way, seen from all companies."""

    def check(self, kind="delete", customer=None):
        return self.stops(self.draft(kind, customer))

    def test_items_of_both_signs(self):
        self.invoice(amount=100)
        self.credit(100)
        # the balance is zero, and yet nothing is settled
        found = self.check("close")
        self.assertEqual(found, {"open_items": 1, "unapplied": 1})

    def test_future_entries_and_drafts(self):
        day = fields.Date.context_today(self.customer) + timedelta(days=40)
        self.invoice(invoice_date=day)
        self.invoice(post=False)
        self.assertEqual(self.check("close"), {"open_items": 1, "draft_entries": 1})

    def test_items_of_a_contact_and_of_another_company(self):
        other = self.other_company()
        shared = self.new_customer("Shared", company_id=False)
        self.init_invoice(
            "out_invoice", partner=shared, amounts=[7], post=True, company=other
        )
        request = self.draft("close", shared)
        self.assertEqual(self.stops(request), {"open_items": 1})
        # the maker does not see the other company, only that something is there
        finding = request.finding_ids.filtered("count").with_user(self.maker)
        self.assertEqual(finding.mapped("code"), ["open_items", "documents"])
        self.invoice(self.contact, amount=3)
        self.assertEqual(self.check("close"), {"open_items": 1})

    def test_payments_and_bank_lines(self):
        self.env["account.payment"].create(
            {
                "partner_id": self.customer.id,
                "amount": 5,
                "payment_type": "inbound",
                "partner_type": "customer",
                "journal_id": self.company_data["default_journal_bank"].id,
            }
        )
        self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.company_data["default_journal_bank"].id,
                "partner_id": self.customer.id,
                "amount": 9,
                "payment_ref": "x",
            }
        )
        found = self.check("close")
        self.assertEqual(found["draft_payments"], 1)
        self.assertEqual(found["bank_lines"], 1)

    def test_users_subsidiaries_and_contacts(self):
        new_test_user(
            self.env, "ar_clo_portal", "base.group_portal", partner_id=self.contact.id
        )
        self.new_customer("Daughter", parent_id=self.customer.id)
        self.assertEqual(self.check(), {"users": 1, "subsidiaries": 1})
        self.assertEqual(self.check("close"), {"users": 1})

    def test_pending_changes(self):
        field = self.env["ir.model.fields"]._get("res.partner", "vat")
        self.env["customer.change.policy"].create({"field_id": field.id})
        self.customer.with_user(self.maker).write({"vat": "NEW"})
        # decided or not, the request keeps its customer
        found = self.check()
        self.assertEqual(found, {"change_requests": 1, "references": 1})

    def test_other_addons_records_count_too(self):
        fields_ = self.env["customer.closing.check"]._reference_fields()
        self.assertIn(("ar.statement", "partner_id"), fields_)
        self.assertNotIn(("account.move", "partner_id"), fields_)

    def test_every_line_has_words_and_opens(self):
        self.invoice()
        request = self.draft("delete")
        findings = request.finding_ids.with_user(self.administrator)
        self.assertEqual(len(findings), len(set(findings.mapped("label"))))
        for finding in findings.filtered("count"):
            self.assertTrue(finding.advice, finding.code)
            if finding.can_open:
                action = finding.action_open()
                count = self.env[action["res_model"]].search_count(action["domain"])
                self.assertTrue(count, finding.code)

    def test_the_number_of_questions_does_not_grow(self):
        customers = self.env["res.partner"].create(
            [{"name": f"N{n}", "is_company": True} for n in range(30)]
        )
        checks = self.env["customer.closing.check"]
        counts = []
        for some in (customers[:1], customers):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            checks._count(some)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 3)


@tagged("post_install", "-at_install")
class TestDirectWays(ClosingCase):
    """Deleting, archiving and reopening without a request."""

    def test_plain_odoo_until_it_is_switched_on(self):
        company = self.env["res.company"].create({"name": "New"})
        self.assertRecordValues(
            company, [{"ar_deletion_by_request": False, "ar_archive_rule": "warn"}]
        )
        self.new_customer("Free").with_user(self.maker).unlink()
        self.invoice()
        self.customer.with_user(self.maker).write({"active": False})
        self.assertFalse(self.customer.active)

    def test_deletion_is_refused_to_every_role(self):
        self.company.ar_deletion_by_request = True
        for role in ("customer_clerk", "ar_accountant", "administrator"):
            user = self.account(
                f"del_{role}", f"{PREFIX}{role},base.group_partner_manager"
            )
            with (
                self.subTest(role),
                self.assertRaisesRegex(RedirectWarning, "by request"),
                self.env.cr.savepoint(),
            ):
                self.customer.with_user(user).unlink()
        # who may not make requests gets the reason without the button
        plain = self.account("plain", "base.group_user,base.group_partner_manager")
        for context in (
            {},
            {"force_delete": True, "module_uninstall": True, "su": True},
        ):
            with (
                self.assertRaisesRegex(UserError, "by request"),
                self.env.cr.savepoint(),
            ):
                self.customer.with_user(plain).with_context(**context).unlink()
        # nor does the system delete one, and a stranger's shared customer is one too
        shared = self.new_customer("Shared", company_id=False)
        for partner in (self.customer, shared):
            with (
                self.assertRaises(RedirectWarning),
                self.env.cr.savepoint(),
            ):
                partner.sudo().unlink()
        # contacts and people who are no customers go as ever
        self.contact.with_user(self.maker).unlink()
        self.env["res.partner"].create({"name": "Nobody"}).with_user(
            self.maker
        ).unlink()

    def test_a_customer_does_not_stop_being_one_to_be_deleted(self):
        self.company.ar_deletion_by_request = True
        with self.assertRaisesRegex(UserError, "are customers"):
            self.customer.with_user(self.maker).write({"customer_rank": 0})
        # not by hanging it under something else either
        other = self.new_customer("Cover")
        self.customer.with_user(self.maker).write({"parent_id": other.id})
        with self.assertRaises(RedirectWarning), self.env.cr.savepoint():
            self.customer.with_user(self.maker).unlink()

    def test_a_request_is_not_cut_short(self):
        request = self.ask("delete")
        with self.assertRaisesRegex(UserError, "not finished"):
            self.customer.with_user(self.maker).unlink()
        request.with_user(self.maker).action_cancel()
        self.customer.with_user(self.maker).unlink()
        self.assertEqual(request.customer_name, "Ada Ltd")

    def test_archive_with_balance(self):
        self.invoice()
        clerk = self.customer.with_user(self.maker)
        # warned: done, told and logged
        action = clerk.action_archive()
        self.assertIn("Ada Ltd", action["params"]["message"])
        self.assertFalse(self.customer.active)
        entries = self.env["customer.audit.entry"].search(
            [("event", "=", "customer.archive_open")]
        )
        self.assertEqual(entries.res_id, self.customer.id)
        # the balance does not disappear
        today = fields.Date.context_today(self.customer)
        items = self.env["ar.ledger"]._open_items(today, partner_ids=self.customer.ids)
        self.assertEqual(sum(item.residual_company for item in items), 10000)
        clerk.action_unarchive()
        # refused
        self.company.ar_archive_rule = "refuse"
        for archive in (
            clerk.action_archive,
            lambda: clerk.write({"active": False}),
            lambda: clerk.load([".id", "active"], [[str(self.customer.id), "0"]])[
                "messages"
            ][0].get("nothing"),
        ):
            try:
                with self.env.cr.savepoint():
                    archive()
            except RedirectWarning as warning:
                self.assertIn("open items", warning.args[0])
            self.env.invalidate_all()
            self.assertTrue(self.customer.active)
        # allowed
        self.company.ar_archive_rule = "allow"
        self.assertFalse(clerk.action_archive() or False)
        self.assertFalse(self.customer.active)

    def test_archive_by_request_only(self):
        self.company.ar_archive_rule = "request"
        with self.assertRaisesRegex(RedirectWarning, "by request"):
            self.customer.with_user(self.maker).write({"active": False})
        # contacts come and go
        self.contact.with_user(self.maker).write({"active": False})
        # the system archives: whoever closes a company's books by a job is no user
        self.customer.sudo().write({"active": False})

    def test_the_button_of_the_refusal(self):
        self.company.ar_deletion_by_request = True
        try:
            self.contact.parent_id.with_user(self.maker).unlink()
        except RedirectWarning as warning:
            _message, action, _text, context = warning.args
        start = self.env[action["res_model"]].with_user(self.maker)
        with Form(start.with_context(**context)) as form:
            form.reason = "Typed twice"
            self.assertEqual(form.kind, "delete")
        request = self.env["customer.closing.request"].browse(
            form.record.action_start()["res_id"]
        )
        self.assertRecordValues(request, [{"kind": "delete", "state": "requested"}])

    def test_closed_stays_closed(self):
        self.closed()
        for user in (self.maker, self.administrator, self.root):
            with self.assertRaises(RedirectWarning), self.env.cr.savepoint():
                self.customer.with_user(user).action_unarchive()
        with self.assertRaises(RedirectWarning), self.env.cr.savepoint():
            self.customer.sudo().write({"active": True})

    def test_merge_is_no_deletion_and_voids_requests(self):
        self.company.ar_deletion_by_request = True
        target = self.new_customer("Ada Limited")
        request = self.ask("close")
        wizard = self.env["base.partner.merge.automatic.wizard"].create(
            {
                "partner_ids": [Command.set((self.customer | target).ids)],
                "dst_partner_id": target.id,
            }
        )
        wizard.action_merge()
        self.env.invalidate_all()
        self.assertFalse(self.customer.exists())
        self.assertEqual(request.state, "cancelled")
        self.assertFalse(target.ar_is_closed)

    def test_a_late_receipt_shows_up(self):
        """Money from a closed customer is booked and stays visible."""
        self.closed()
        self.credit(50)
        today = fields.Date.context_today(self.customer)
        items = self.env["ar.ledger"]._open_items(today, partner_ids=self.customer.ids)
        self.assertEqual([item.residual_company for item in items], [-5000])


@tagged("post_install", "-at_install")
class TestTombstone(ClosingCase):
    def test_append_only(self):
        request = self.closed()
        stone = self.stones(request)
        for attempt in (
            lambda: stone.sudo().write({"reason": "x"}),
            lambda: stone.sudo().unlink(),
            lambda: stone.sudo().create([{"reason": "x"}]),
            lambda: stone.sudo().copy(),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                attempt()
        for query in (
            "UPDATE customer_tombstone SET reason = 'x'",
            "DELETE FROM customer_tombstone",
            "TRUNCATE customer_tombstone CASCADE",
        ):
            with (
                self.subTest(query),
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(psycopg2.Error, "append-only"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(query)

    def test_who_reads(self):
        stone = self.stones(self.closed())
        for user in (self.auditor, self.administrator):
            self.assertEqual(stone.with_user(user).customer_name, "Ada Ltd")
        for user in (self.maker, self.checker):
            self.assertFalse(stone.with_user(user).has_access("read"))

    def test_nothing_reaches_it(self):
        """No foreign key takes tombstones or requests along when something is deleted."""
        self.env.cr.execute("""
            SELECT conrelid::regclass::text, confrelid::regclass::text, confdeltype
              FROM pg_constraint
             WHERE contype = 'f'
               AND conrelid::regclass::text IN
                   ('customer_tombstone', 'customer_closing_request')
        """)
        rules = self.env.cr.fetchall()
        self.assertTrue(rules)
        self.assertFalse([rule for rule in rules if rule[2] == "c"])
        # the tombstone points to no contact; the request loses its customer, not itself
        self.assertNotIn(
            "res_partner", [to for table, to, _how in rules if table.endswith("stone")]
        )

    def test_no_secrets_in_it(self):
        self.customer.signup_prepare()
        request = self.ask("delete")
        self.approve(request)
        data = json.loads(self.stones(request).content)["customer"][0]
        self.assertFalse([name for name in data if "token" in name or "signup" in name])
