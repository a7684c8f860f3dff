"""The audit trail in use: what is recorded by which route, sealed, exported, erased."""

import gzip
import json
import os
import tempfile
from base64 import b64decode
from pathlib import Path
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, RedirectWarning, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import html2plaintext, mute_logger

from ..engine.audit import canonical, digest, read
from .common_audit import SECRET, AuditCase

#: what clients send, in the hope that nothing is written down
TRICKS = (
    {"tracking_disable": True}, {"mail_notrack": True}, {"mail_create_nolog": True},
    {"no_audit": True}, {"auditlog_disabled": True}, {"auditlog_disabled_read": True},
    {"active_test": False}, {"import_file": True}, {"su": True}, {"uid": 1},
    {"install_mode": True}, {"module_uninstall": True}, {"_force_unlink": True},
    {"allowed_company_ids": []}, {"skip_audit": True}, {"bypass_risk": True},
    {"prefetch_fields": False}, {"default_active": False}, {"recompute": False},
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestAuditRecording(AuditCase):
    """Each controlled change has exactly one entry, whatever the route."""

    def one(self, last, model="res.partner"):
        found = self.changes(last, model)
        self.assertEqual(len(found), 1, found)
        return found[0]

    def test_create_write_delete(self):
        last = self.mark()
        customer = (
            self.env["res.partner"]
            .with_user(self.clerk)
            .create({"name": "Ada", "vat": "BE0477472701", "is_company": True})
        )
        event, record, payload = self.one(last)
        self.assertEqual((event, record), ("record.create", customer.id))
        self.assertEqual((payload["name"], payload["is_company"]), ("Ada", True))
        self.assertNotIn("email", payload)
        # when two fields are changed and a third is written as it is
        last = self.mark()
        customer.write({"city": "Gent", "vat": False, "name": "Ada", "comment": "x"})
        self.assertEqual(
            self.one(last),
            (
                "record.write",
                customer.id,
                {"city": [None, "Gent"], "vat": ["BE0477472701", None]},
            ),
        )
        entry = self.since(last)[-1]
        self.assertEqual(entry.user_id, self.clerk)
        self.assertEqual((entry.origin, entry.partner_ref), ("odoo", customer.id))
        # when nothing of interest changes there is no entry
        last = self.mark()
        customer.write({"comment": "y", "city": "Gent"})
        self.assertEqual(self.changes(last), [])
        last = self.mark()
        customer.with_user(self.administrator).unlink()
        event, record, payload = self.one(last)
        self.assertEqual((event, record), ("record.delete", customer.id))
        self.assertEqual(payload["name"], "Ada")
        self.assertEqual(self.since(last)[-1].user_id, self.administrator)

    def test_context_tricks(self):
        for trick in TRICKS:
            with self.subTest(trick):
                last = self.mark()
                partners = self.env["res.partner"].with_user(self.clerk)
                partner = partners.with_context(**trick).create({"name": "Trick"})
                partner.write({"email": "trick@example.com"})
                self.env.flush_all()
                partner.with_context(**trick).unlink()
                self.assertEqual(
                    [event for event, _id, _payload in self.changes(last)],
                    ["record.create", "record.write", "record.delete"],
                )
                self.assertEqual(self.since(last, "res.partner").user_id, self.clerk)

    def test_sensitive_values_are_digests(self):
        (customer,) = self.customers("Ada")
        last = self.mark()
        bank = self.env["res.partner.bank"].create(
            {"acc_number": "NL91ABNA0417164300", "partner_id": customer.id}
        )
        customer.phone = "+31 6 12345678"
        entries = self.since(last)
        self.assertEqual(set(entries.mapped("model")), {"res.partner", bank._name})
        text = json.dumps([entry.payload for entry in entries])
        self.assertNotIn("0417164300", text)
        self.assertNotIn("12345678", text)
        self.assertNotIn("NL91", "".join(entries.mapped("payload_text")))
        created = entries.filtered(lambda e: e.event == "record.create")
        value = created.payload["acc_number"]
        self.assertRegex(value, r"^sha256:[0-9a-f-]{36}:[0-9a-f]{64}$")
        # a value one knows can be checked
        salt = value.split(":")[1]
        (found,) = self.sql(
            "SELECT customer_audit_hide(to_jsonb(%s::text), %s)", bank.acc_number, salt
        )[0]
        self.assertEqual(found, value)

    def test_bulk_is_one_statement(self):
        """The number of statements does not grow with the number of records."""
        counts = []
        for size in (2, 2, 50):  # the first warms up
            customers = self.customers(*(f"C{n}" for n in range(size)))
            last = self.mark()
            before = self.env.cr.sql_log_count
            customers.write({"city": "Gent"})
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(self.changes(last)), size)
        self.assertEqual(counts[1], counts[2])

    def test_import_and_x2many(self):
        last = self.mark()
        result = (
            self.env["res.partner"]
            .with_user(self.clerk)
            .load(
                ["name", "child_ids/name", "bank_ids/acc_number"],
                [["Ada", "Bob", "123456789"], ["", "Cleo", ""]],
            )
        )
        self.assertFalse(result["messages"])
        created = self.changes(last)
        self.assertEqual([row[0] for row in created], ["record.create"] * 3)
        events = [row[0] for row in self.changes(last, "res.partner.bank")]
        # the name of the holder is computed after the account is there
        self.assertEqual(events, ["record.create", "record.write"])

    def test_recompute_and_related_inverse(self):
        # a contact takes the tax id of its company when that is written
        (customer,) = self.customers("Ada")
        contact = self.env["res.partner"].create(
            {"name": "Bob", "parent_id": customer.id}
        )
        last = self.mark()
        customer.vat = "BE0477472701"
        self.assertEqual(
            sorted((event, record) for event, record, _p in self.changes(last)),
            sorted([("record.write", customer.id), ("record.write", contact.id)]),
        )
        # the user form writes the contact's e-mail through its relation
        last = self.mark()
        self.employee.sudo().email = "new@example.com"
        self.assertEqual(self.one(last)[1], self.employee.partner_id.id)

    def test_visitors_of_the_portal(self):
        visitor = new_test_user(self.env, "ar_visitor", "base.group_portal")
        last = self.mark()
        # as the portal does: with the visitor's name and the system's rights
        visitor.partner_id.with_user(visitor).sudo().write({"city": "Gent"})
        self.assertEqual(self.one(last)[2], {"city": [None, "Gent"]})
        self.assertEqual(self.since(last, "res.partner").user_id, visitor)

    def test_entries_read_well(self):
        (customer,) = self.customers("Ada")
        self.env.flush_all()
        last = self.mark()
        belgium = self.env.ref("base.be")
        tag = self.env["res.partner.category"].create({"name": "Gold"})
        customer.write(
            {"country_id": belgium.id, "active": False, "phone": "1", "city": "Gent"}
        )
        customer.category_id = tag
        texts = "\n".join(
            self.since(last, "res.partner")
            .with_user(self.administrator)
            .mapped("payload_text")
        )
        for expected in (
            "– → Belgium",
            "yes → no",
            "– → not shown",
            "– → Gent",
            "+Gold",
        ):
            self.assertIn(expected, texts)
        entry = self.since(last, "res.partner")[0]
        self.assertEqual(entry.event_name, "Changed")
        self.assertEqual(entry.model_name, "Contact")
        found = entry.search([("payload_text", "ilike", "gent"), ("id", ">", last)])
        self.assertEqual(found, entry)

    def test_cascade(self):
        (customer,) = self.customers("Ada")
        account = self.env["res.partner.bank"].create(
            {"acc_number": "123456789", "partner_id": customer.id}
        )
        last = self.mark()
        self.env(user=self.administrator)["res.partner"].browse(customer.id).unlink()
        ((event, record, _payload),) = self.changes(last, "res.partner.bank")
        self.assertEqual((event, record), ("record.delete", account.id))
        self.assertEqual(
            self.since(last, "res.partner.bank").user_id, self.administrator
        )

    def test_merge(self):
        source, target = self.customers("Ada Ltd.", "Ada Ltd")
        other = self.env["res.partner.bank"].create(
            {"acc_number": "987654321", "partner_id": source.id}
        )
        source_id = source.id
        last = self.mark()
        manager = new_test_user(
            self.env, "ar_merger", "base.group_user,base.group_partner_manager"
        )
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(manager)
        wizard.create(
            {
                "partner_ids": [Command.set((source | target).ids)],
                "dst_partner_id": target.id,
            }
        ).action_merge()
        entries = self.since(last)
        by_event = {
            (entry.event, entry.model): entry
            for entry in entries
            if entry.user_id == manager
        }
        self.assertEqual(by_event["partner.merge", "res.partner"].res_id, source_id)
        self.assertEqual(by_event["partner.absorb", "res.partner"].res_id, target.id)
        self.assertEqual(
            by_event["partner.absorb", "res.partner"].payload["merged"], [source_id]
        )
        deleted = by_event["record.delete", "res.partner"]
        self.assertEqual(
            (deleted.res_id, deleted.payload["name"]), (source_id, "Ada Ltd.")
        )
        moved = by_event["record.write", "res.partner.bank"]
        self.assertEqual(moved.payload["partner_id"], [source_id, target.id])
        self.assertTrue(other.exists())
        # the card of the target shows what happened to both
        auditor = self.role_user("auditor")
        action = target.with_user(auditor).action_view_audit_entries()
        found = (
            self.env["customer.audit.entry"].with_user(auditor).search(action["domain"])
        )
        self.assertLessEqual({source_id, target.id}, set(found.mapped("partner_ref")))
        with self.assertRaises(AccessError):
            target.with_user(self.clerk).action_view_audit_entries()

    def test_roles(self):
        group = self.env.ref("customer_ar_suite.customer_ar_suite_group_ar_accountant")
        last = self.mark()
        self.env(user=2)["res.users"].browse(self.employee.id).write(
            {"group_ids": [Command.link(group.id)]}
        )
        event, record, payload = self.one(last, "res.users")
        self.assertEqual((event, record), ("record.write", self.employee.id))
        self.assertEqual(payload, {"group_ids": {"added": [group.id]}})
        self.assertEqual(self.since(last, "res.users").user_id.id, 2)
        # from the side of the group it is the same table and the same entry
        last = self.mark()
        self.env(user=2)["res.groups"].browse(group.id).write(
            {"user_ids": [Command.unlink(self.employee.id)]}
        )
        event, record, payload = self.one(last, "res.users")
        self.assertEqual(
            (record, payload),
            (self.employee.id, {"group_ids": {"removed": [group.id]}}),
        )
        # a rule that is switched off
        rule = self.env.ref("customer_ar_suite.customer_audit_entry_rule_company")
        last = self.mark()
        rule.active = False
        self.assertEqual(self.one(last, "ir.rule")[2], {"active": [True, False]})

    def test_changed_past_odoo(self):
        (customer,) = self.customers("Ada")
        self.env.flush_all()
        # given a customer of an earlier transaction
        self.sql(
            "UPDATE res_partner SET write_date = '2020-01-01' WHERE id = %s",
            customer.id,
        )
        self.env.cr.execute("SELECT set_config('customer_ar.actor', '', true)")
        last = self.mark()
        self.sql("UPDATE res_partner SET vat = 'X' WHERE id = %s", customer.id)
        entry = self.since(last)
        self.assertEqual(len(entry), 1)
        self.assertEqual((entry.origin, entry.user_id.id), ("database", 1))
        self.assertEqual(entry.payload["vat"], [None, "X"])
        self.assertTrue(entry.payload["@database"])

    def test_export_of_a_list(self):
        customers = self.customers("Ada", "Bob")
        user = new_test_user(
            self.env,
            "ar_exporter",
            "base.group_allow_export,customer_ar_suite.customer_ar_suite_group_customer_clerk",
        )
        last = self.mark()
        customers.with_user(user).export_data(["name", "email"])
        entry = self.since(last)
        self.assertEqual((entry.event, entry.user_id), ("data.export", user))
        self.assertEqual(entry.payload["count"], 2)
        self.assertEqual(entry.payload["fields"], ["name", "email"])
        # and nothing for models without a policy
        last = self.mark()
        self.env["res.country"].search([], limit=1).export_data(["name"])
        self.assertFalse(self.since(last))

    def test_snapshots_agree_with_the_trail(self):
        """Replaying the entries over the state before gives the state after."""
        names = ("name", "city", "vat", "street", "active", "parent_id", "ref")
        customers = self.customers("A", "B", "C")
        state = self.snapshot(customers.ids, names)
        last = self.mark()
        customers[0].write({"city": "Gent", "ref": "1"})
        customers[:2].write({"street": "Main", "city": "Lyon"})
        self.env.flush_all()
        customers[2].action_archive()
        customers[1].write({"ref": "2", "city": False})
        customers[0].parent_id = customers[1]
        contact = self.env["res.partner"].create(
            {"name": "D", "parent_id": customers[1].id}
        )
        customers[2].unlink()
        for event, record, payload in self.changes(last):
            if event == "record.delete":
                state.pop(record, None)
                continue
            row = state.setdefault(record, dict.fromkeys(names))
            for name in set(names) & payload.keys():
                if event == "record.write":
                    self.assertEqual(row[name], payload[name][0])
                    row[name] = payload[name][1]
                else:
                    row[name] = payload[name]
        self.assertEqual(state, self.snapshot([*customers.ids, contact.id], names))

    def snapshot(self, ids, names):
        rows = self.sql(
            f"SELECT id, {', '.join(names)} FROM res_partner WHERE id = ANY(%s)", ids
        )
        return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}

    # -- policies -------------------------------------------------------------------------

    def test_policies_are_data(self):
        policies = self.env["customer.audit.policy"].with_user(self.administrator)
        policy = policies.search([("model", "=", "res.partner")])
        self.assertTrue(policy.is_recording)
        policy.active = False
        last = self.mark()
        self.customers("Silent")
        self.assertEqual(self.changes(last), [])
        # that it was switched off is on record, whatever the policies say
        self.assertFalse(policies.search([("model", "=", policies._name)]))
        policy.active = True
        last = self.mark()
        policy.write({"is_write": False})
        self.assertEqual(self.one(last, policies._name)[2], {"is_write": [True, False]})
        last = self.mark()
        (customer,) = self.customers("Loud")
        self.env.flush_all()
        customer.city = "Gent"
        self.assertEqual([row[0] for row in self.changes(last)], ["record.create"])
        for user in (self.clerk, self.role_user("auditor")):
            with self.assertRaises(AccessError):
                policy.with_user(user).active = False
            with self.assertRaises(AccessError):
                policies.with_user(user).action_recommended()

    def test_what_cannot_be_logged_is_refused(self):
        policies = self.env["customer.audit.policy"]
        entry = self.env.ref("customer_ar_suite.model_customer_audit_entry")
        with self.assertRaisesRegex(ValidationError, "does not log itself"):
            policies.create({"model_id": entry.id})
        field = self.env.ref("account.field_res_partner__credit")
        with self.assertRaisesRegex(ValidationError, "does not keep this field"):
            policies.search([("model", "=", "res.partner")]).field_ids += field

    def test_a_field_that_goes_is_not_watched_any_more(self):
        partner_model = self.env["ir.model"]._get("res.partner")
        field = self.env["ir.model.fields"].create(
            {
                "name": "x_audit_test", "model_id": partner_model.id, "ttype": "char",
                "field_description": "Test",
            }
        )  # fmt: skip
        policy = self.env["customer.audit.policy"].search(
            [("model", "=", "res.partner")]
        )
        policy.field_ids += field
        (customer,) = self.customers("Ada")
        last = self.mark()
        customer.x_audit_test = "seen"
        self.assertEqual(self.one(last)[2], {"x_audit_test": [None, "seen"]})
        field.unlink()
        customer.city = "Gent"
        self.env.flush_all()
        self.assertEqual(self.changes(last)[-1][2], {"city": [None, "Gent"]})

    def test_recording_switched_off_in_the_database(self):
        policy = self.env["customer.audit.policy"].search(
            [("model", "=", "res.partner")]
        )
        (customer,) = self.customers("Ada")
        self.env.flush_all()
        self.sql("ALTER TABLE res_partner DISABLE TRIGGER customer_audit_update")
        self.sql(
            "UPDATE res_partner SET vat = 'X', phone = '1' WHERE id = %s", customer.id
        )
        policy.invalidate_recordset()
        self.assertFalse(policy.is_recording)
        # the check names the record that was changed past the log
        self.seal()
        check = self.env["customer.audit.check"]._start_check()
        self.assertEqual(
            set(check.finding_ids.mapped("code")), {"recording_off", "record_differs"}
        )
        details = check.finding_ids.mapped("detail")
        self.assertIn("res.partner", details)
        self.assertTrue(
            any(detail.startswith(f"res.partner,{customer.id}: ") for detail in details)
        )
        # and the button puts it right
        policy.action_record_again()
        policy.invalidate_recordset()
        self.assertTrue(policy.is_recording)


@tagged("post_install", "-at_install")
class TestAuditSealing(AuditCase):
    def test_sealed_in_order_and_once(self):
        self.seal()
        last = self.mark()
        self.customers("Ada", "Bob")
        self.env.flush_all()
        entries = self.since(last)
        self.assertFalse(entries.seal_id)
        self.assertEqual(self.seal(), 2)
        self.assertEqual(self.seal(), 0)
        entries.invalidate_recordset()
        self.assertEqual(len(entries.seal_id), 1)
        first, second = entries.mapped("position")
        self.assertEqual(second, first + 1)
        self.assertEqual(entries.seal_id.key_ref, "2026")
        self.assertEqual(
            entries.search([("seal_id", "=", entries.seal_id.id)]), entries[::-1]
        )
        self.assertFalse(
            set(entries.ids) & set(entries.search([("seal_id", "=", False)]).ids)
        )
        self.assert_intact([self.head()])

    def test_without_a_key_nothing_is_lost(self):
        self.seal()
        last = self.mark()
        with patch.dict(os.environ, {"CUSTOMER_AR_AUDIT_KEY": ""}):
            self.customers("Ada")
            self.env["customer.audit.seal"]._cron_seal()
            self.assertFalse(self.since(last).seal_id)
            auditor = self.role_user("auditor")
            wizard = self.env["customer.audit.verify"].with_user(auditor).create({})
            self.assertIn("CUSTOMER_AR_AUDIT_KEY", wizard.key_problem)
            self.assertEqual(wizard.unsealed_count, len(self.since(last)))
            with self.assertRaisesRegex(UserError, "no audit key"):
                wizard.action_verify()
            with self.assertRaisesRegex(UserError, "no audit key"):
                self.env["customer.audit.seal"].with_user(
                    self.administrator
                ).action_seal_now()
        with patch.dict(os.environ, {"CUSTOMER_AR_AUDIT_KEY": "2026:short"}):
            self.assertIn("2026", self.env["customer.audit.seal"]._key_problem())
        self.env["customer.audit.seal"]._cron_seal()
        self.since(last).invalidate_recordset()
        self.assertTrue(self.since(last).seal_id)
        self.assert_intact()

    def test_rotation(self):
        self.customers("Ada")
        self.seal()
        both = f"2027:{'another secret for next year' * 2},2026:{SECRET}"
        with patch.dict(os.environ, {"CUSTOMER_AR_AUDIT_KEY": both}):
            self.customers("Bob")
            self.seal()
            keys = self.env["customer.audit.seal"].search([], limit=2).mapped("key_ref")
            self.assertEqual(keys, ["2027", "2026"])
            code, lines = self.verify(key=both)
            self.assertEqual(code, 0, lines)
        # without the new key the old part is still proven, the new one named
        code, lines = self.verify()
        self.assertEqual(code, 1)
        self.assertTrue(all("2027" in line for line in lines if "key" in line))

    def test_head_outside(self):
        with tempfile.TemporaryDirectory() as folder:
            values = {"CUSTOMER_AR_AUDIT_ANCHOR_DIR": folder}
            with patch.dict(os.environ, values):
                self.customers("Ada")
                self.seal()
                self.assertFalse(list(Path(folder).iterdir()), "not before the commit")
                self.env.cr.postcommit.run()
                heads = self.env["customer.audit.seal"]._heads_outside()
                self.assertEqual(heads[-1], self.head())
                self.assert_intact(heads)

    def test_head_by_mail(self):
        seals = self.env["customer.audit.seal"]
        self.customers("Ada")
        seals._cron_seal()
        mails = self.env["mail.mail"].search([("email_to", "=", "auditor@example.com")])
        self.assertFalse(mails, "off until somebody wants it")
        settings = self.env["res.config.settings"].create(
            {"customer_audit_anchor_emails": "auditor@example.com"}
        )
        settings.execute()
        seals._cron_seal()
        sent = self.head()
        seals._cron_seal()
        mail = self.env["mail.mail"].search([("email_to", "=", "auditor@example.com")])
        self.assertEqual(len(mail), 1)
        (head,) = seals._parse_heads(html2plaintext(mail.body_html).splitlines())
        self.assertEqual(head, sent)

    def test_sealer_and_checker_read_alike(self):
        """What the checker recomputes from the export is what the sealer has put down."""
        (customer,) = self.customers("Zoë “Ada” \\ Ltd\t")
        self.env["customer.audit.entry"]._ar_log(
            "test.event",
            customer,
            {
                "f": 1.10,
                "big": 12345678901234567890,
                "nul": "a\x00b",
                "n": None,
                "é": [1, {}],
            },
        )
        self.env.flush_all()
        self.seal()
        rows = self.sql(
            "SELECT e.payload::text, e.salt, l.digest FROM customer_audit_entry e"
            " JOIN customer_audit_link l ON l.entry_ref = e.id"
            " WHERE e.model = 'res.partner' AND e.res_id = %s",
            customer.id,
        )
        self.assertEqual(len(rows), 2)
        for payload, salt, expected in rows:
            self.assertEqual(digest(read(payload), salt), expected)
            # another program's way to write it makes no difference
            again = json.dumps(json.loads(payload), indent=3, ensure_ascii=True)
            if "1.1" not in payload:
                self.assertEqual(canonical(read(again)), canonical(read(payload)))
        self.assert_intact()

    def test_erasure_leaves_the_chain_whole(self):
        (customer,) = self.customers("Private Person")
        customer.email = "private@example.com"
        self.env.flush_all()
        self.seal()
        log = self.env["customer.audit.entry"]
        count = log._ar_erase(
            [("partner_ref", "=", customer.id)], "asked for by the person"
        )
        self.assertEqual(count, 2)
        self.seal()
        content = gzip.decompress(self.env["customer.audit.seal"]._export_file()[0])
        self.assertNotIn(b"private@example.com", content)
        self.assertNotIn(b"Private Person", content)
        self.assert_intact()

    def test_a_long_check_runs_in_parts(self):
        for name in "ABCDE":
            self.customers(name)
            self.env.flush_all()
            self.seal()
        with patch(
            "odoo.addons.customer_ar_suite.models.customer_audit_check.RANGE", 2
        ):
            check = self.env["customer.audit.check"]._start_check()
            self.assertGreater(len(check.item_ids), 2)
            if check.run_state != "done":
                with self.enter_registry_test_mode():
                    self.env["ar.run.mixin"]._cron_process_runs()
        check.invalidate_recordset()
        self.assertEqual((check.run_state, check.verdict), ("done", "good"))


@tagged("post_install", "-at_install")
class TestAuditExport(AuditCase):
    def export(self, user, **values):
        wizard = self.env["customer.audit.export"].with_user(user).create(values)
        wizard.action_export()
        return wizard, gzip.decompress(b64decode(wizard.export_data_file)).decode()

    def test_export_by_the_auditor(self):
        self.customers("Ada")
        self.env.flush_all()
        self.seal()
        auditor = self.role_user("auditor")
        last = self.mark()
        wizard, text = self.export(auditor)
        self.assertEqual(len(text.splitlines()), wizard.line_count)
        self.assertIn('"Ada"', text)
        self.assertTrue(wizard.export_filename.endswith(".jsonl.gz"))
        entry = self.since(last)
        self.assertEqual((entry.event, entry.user_id), ("audit.export", auditor))
        code, lines = self.verify(content=b64decode(wizard.export_data_file))
        self.assertEqual(code, 0, lines)
        for user in (self.clerk, self.employee):
            with self.assertRaises(AccessError):
                self.env["customer.audit.export"].with_user(user).create({})

    def test_checker_comes_along(self):
        import io
        import subprocess
        import sys
        import zipfile

        self.seal()
        wizard, _text = self.export(self.role_user("auditor"))
        with tempfile.TemporaryDirectory() as folder:
            packed = io.BytesIO(b64decode(wizard.checker_file))
            zipfile.ZipFile(packed).extractall(folder)
            Path(folder, "log.gz").write_bytes(b64decode(wizard.export_data_file))
            done = subprocess.run(
                [sys.executable, "-I", "-S", "verify_audit.py", "log.gz"],
                cwd=folder,
                env={"CUSTOMER_AR_AUDIT_KEY": f"2026:{SECRET}"},
                capture_output=True,
                text=True,
                check=False,
            )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_part_of_the_log(self):
        for name in "AB":
            self.customers(name)
            self.env.flush_all()
            self.seal()
        seals = self.env["customer.audit.seal"]
        last = self.head()["seal"]
        content, _sha, _lines = seals._export_file(last, last, with_open=False)
        code, lines = self.verify(content=content)
        self.assertEqual(code, 0, lines)
        self.assertTrue(any("part of the log" in line for line in lines))
        today = seals.search([], limit=1).at.date()
        self.assertEqual(seals._seals_between(today, today)[1], last)

    def test_uninstall_needs_an_export(self):
        self.customers("Ada")
        module = self.env.ref("base.module_customer_ar_suite").with_user(2)
        with self.assertRaisesRegex(RedirectWarning, "Export the whole log"):
            module.button_uninstall()
        self.export(self.role_user("auditor"), date_from="2026-01-01")
        with self.assertRaises(RedirectWarning):
            module.button_uninstall()
        # accounting pulls the suite with it
        with self.assertRaises(RedirectWarning):
            self.env.ref("base.module_account").with_user(2).button_uninstall()
        self.export(self.administrator)
        module.button_uninstall()
        self.assertEqual(module.state, "to remove")

    @mute_logger("odoo.sql_db")
    def test_merge_of_secured_entries_is_refused(self):
        source, target = self.customers("Ada Ltd.", "Ada Ltd")
        journal = self.env["account.journal"].search(
            [("type", "=", "general")], limit=1
        )
        self.assertTrue(journal, "the tests need a chart of accounts")
        account = self.env["account.account"].search(
            [
                ("account_type", "=", "asset_receivable"),
                ("company_ids", "in", journal.company_id.ids),
            ],
            limit=1,
        )
        move = self.env["account.move"].create(
            {
                "journal_id": journal.id,
                "company_id": journal.company_id.id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": source.id,
                            "balance": sign,
                        }
                    )
                    for sign in (1, -1)
                ],
            }
        )
        self.sql(
            "UPDATE account_move SET inalterable_hash = 'x' WHERE id = %s", move.id
        )
        wizard = self.env["base.partner.merge.automatic.wizard"].create(
            {
                "partner_ids": [Command.set((source | target).ids)],
                "dst_partner_id": target.id,
            }
        )
        with self.assertRaisesRegex(UserError, "secured with a hash"):
            wizard.action_merge()
