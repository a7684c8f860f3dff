from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from ..models.customer_file_purge import DAYS
from .common_vault import IDENTITY, NOTE, NUMBER, PHONE, VaultCase

MASKED = "****1122"
DIGITS = "5566778899001122"


@tagged("post_install", "-at_install")
class TestMasking(VaultCase):
    """Masked on every route; the system, the house's own records and accounting go on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls.customer("Acme Masked", phone=PHONE)
        cls.bank = cls.env["res.partner.bank"].create(
            {"acc_number": NUMBER, "partner_id": cls.acme.id}
        )
        cls.env.flush_all()

    def as_collector(self, record):
        self.env.invalidate_all()
        return record.with_user(self.collector)

    # -- off at installation --------------------------------------------------------------

    def test_nothing_is_masked_until_it_is_turned_on(self):
        self.assertFalse(self.rows._masking_is_on())
        self.assertEqual(self.as_collector(self.bank).acc_number, NUMBER)
        self.assertEqual(self.as_collector(self.acme).phone, self.acme.phone)
        self.assertFalse(self.entries.search([("model", "=", "res.partner.bank")]))

    def test_switch_is_for_administrators_and_is_logged(self):
        for user in (self.reviewer, self.user_with("auditor")):
            with self.assertRaises(AccessError):
                self.rows.with_user(user).action_turn_on()
        self.rows.with_user(self.admin).action_turn_on()
        self.assertTrue(self.rows._masking_is_on())
        logged = self.env["customer.audit.entry"].search(
            [("event", "=", "masking.switch")]
        )
        self.assertTrue(logged)
        self.rows.with_user(self.admin).action_turn_off()
        self.assertEqual(self.as_collector(self.bank).acc_number, NUMBER)

    def test_settings_turn_masks_on(self):
        system = new_test_user(
            self.env,
            "vault_system",
            "base.group_system,customer_ar_suite.customer_ar_suite_group_administrator",
        )
        settings = self.env["res.config.settings"].with_user(system).create({})
        self.assertFalse(settings.ar_masking)
        settings.write({"ar_masking": True, "ar_unmask_minutes": 5})
        settings.execute()
        self.assertTrue(self.rows._masking_is_on())
        self.assertEqual(self.env["customer.unmask"]._minutes(), 5)

    # -- every channel --------------------------------------------------------------------

    def test_reads(self):
        self.masks()
        bank = self.as_collector(self.bank)
        self.assertEqual(bank.acc_number, MASKED)
        self.assertEqual(bank.sanitized_acc_number, MASKED)
        self.assertEqual(bank.read(["acc_number"])[0]["acc_number"], MASKED)
        spec = {"acc_number": {}, "display_name": {}}
        self.assertEqual(bank.web_read(spec)[0]["acc_number"], MASKED)
        domain = [("id", "=", bank.id)]
        found = bank.web_search_read(domain, spec)["records"][0]
        self.assertEqual(found["acc_number"], MASKED)
        self.assertEqual(found["display_name"], MASKED)
        self.assertEqual(
            bank.search_read(domain, ["acc_number"])[0]["acc_number"], MASKED
        )
        self.assertEqual(bank.search_fetch(domain, ["acc_number"]).acc_number, MASKED)
        self.assertEqual(bank.mapped("acc_number"), [MASKED])
        self.assertEqual(bank.name_search("", domain)[0][1], MASKED)
        self.assertFalse(bank.copy_data()[0]["acc_number"] == NUMBER)

    def test_export(self):
        self.masks()
        self.collector.group_ids |= self.env.ref("base.group_allow_export")
        acme = self.as_collector(self.acme)
        rows = acme.export_data(
            ["phone", "bank_ids/acc_number", "bank_ids/display_name"]
        )
        self.assertNotIn(DIGITS, str(rows))
        self.assertEqual(rows["datas"][0][1], MASKED)

    def test_names_through_other_records(self):
        self.masks()
        move = self.invoice(self.acme, 10, "2026-06-01", post=False)
        move.partner_bank_id = self.bank
        accountant = self.user_with("auditor")
        seen = move.with_user(accountant).web_read(
            {"partner_bank_id": {"fields": {"display_name": {}, "acc_number": {}}}}
        )[0]["partner_bank_id"]
        self.assertEqual(seen["display_name"], MASKED)
        self.assertEqual(seen["acc_number"], MASKED)
        read = move.with_user(accountant).read(["partner_bank_id"])[0][
            "partner_bank_id"
        ]
        self.assertEqual(read[1], MASKED)

    def test_name_stays_masked_after_the_system_has_used_it(self):
        self.masks()
        bank = self.as_collector(self.bank)
        self.assertEqual(bank.sudo().display_name, MASKED)
        self.assertEqual(bank.sudo().acc_number, NUMBER)
        self.assertEqual(bank.display_name, MASKED)
        self.assertEqual(bank.acc_number, MASKED)
        root = self.bank.with_user(self.env.ref("base.user_root"))
        self.assertEqual(root.display_name, NUMBER)

    def test_grouping_sorting_and_conditions_tell_nothing(self):
        """64 guesses: binary search, prefix, order, groups, paths over other models."""
        self.masks()
        Bank = self.as_collector(self.bank)
        Partner = self.as_collector(self.acme)
        oracles = [
            lambda: Bank.search([("acc_number", "=like", "5566%")]),
            lambda: Bank.search([("acc_number", "ilike", "5566")]),
            lambda: Bank.search([("sanitized_acc_number", ">", "5")]),
            lambda: Bank.search([("sanitized_acc_number", "=", NUMBER)]),
            lambda: Bank.search([("acc_number", "in", [NUMBER, "1"])]),
            lambda: Bank.search([("acc_number", "not in", ["1"])]),
            lambda: Bank.search([], order="sanitized_acc_number"),
            lambda: Bank.search([], order="acc_number desc"),
            lambda: Bank.formatted_read_group([], ["acc_number"], ["__count"]),
            lambda: Bank.formatted_read_group(
                [], [], ["sanitized_acc_number:array_agg"]
            ),
            lambda: Bank._read_group([], ["sanitized_acc_number"], ["__count"]),
            lambda: Bank._read_group([], [], ["sanitized_acc_number:max"]),
            lambda: Bank.web_read_group([], ["acc_number"], ["__count"]),
            lambda: Partner.search([("bank_ids.acc_number", "=like", "55%")]),
            lambda: Partner.search([("bank_ids", "any", [("acc_number", ">", "5")])]),
            lambda: Bank.search_count([("partner_id.phone", "ilike", "3344")]),
        ]
        for number, oracle in enumerate(oracles):
            with self.subTest(number), self.assertRaises(AccessError):
                oracle()
        phones = self.as_collector(self.acme).with_user(self.manager)
        for domain in (
            [("phone", "=like", "+31%")],
            [("phone_sanitized", ">", "+31")],
            [("phone_mobile_search", "ilike", "1122")],
        ):
            with self.subTest(domain), self.assertRaises(AccessError):
                phones.search(domain)
        # whether it is filled in is no secret
        self.assertIn(self.acme, phones.search([("phone", "!=", False)]))
        # a name that contains the digits is found by names alone
        self.assertEqual(Bank.name_search("5566"), [])
        self.assertTrue(Bank.name_search("Acme Mask"))

    def test_python_filters_see_masks_too(self):
        self.masks()
        bank = self.as_collector(self.bank)
        self.assertFalse(bank.filtered_domain([("acc_number", "=like", "5566%")]))

    def test_onchange(self):
        self.masks()
        acme = self.acme.with_user(self.clerk)
        spec = {"phone": {}, "country_id": {}, "name": {}}
        country = self.env.ref("base.nl").id
        self.env.invalidate_all()
        self.assertNotIn("1122", str(acme.phone)[:-4])
        result = acme.onchange({"country_id": country}, ["country_id"], spec)
        self.assertNotIn("3344", str(result))
        # a guess that differs in its spelling comes back as it was typed, right or wrong
        for guess in (PHONE.replace(" ", ""), PHONE.replace("1122", "9999")):
            result = acme.onchange({"phone": guess}, ["phone"], spec)
            self.assertNotIn("****", str(result.get("value", {}).get("phone", "")))
        # a mask that the form sends back is not taken for a number
        masked = acme.phone
        result = acme.onchange({"phone": masked}, ["phone"], spec)
        self.assertFalse(result["value"].get("phone"))

    def test_forms_of_masked_users_work(self):
        self.masks()
        person = self.confidential(phone=PHONE)
        with Form(person.with_user(self.clerk)) as form:
            form.name = "Ana Renamed"
        self.env.invalidate_all()
        self.assertEqual(person.name, "Ana Renamed")
        self.assertEqual(person.ar_identity_number, IDENTITY)
        self.assertIn("1122", person.phone)
        with Form(self.env["res.partner"].with_user(self.clerk)) as form:
            form.name = "New Person"
            form.phone = "+31 20 555 0199 77"
            form.ar_identity_number = "NEW-7788"
        new = form.record
        self.assertEqual(new.sudo().ar_identity_number, "NEW-7788")
        self.assertIn("0199", new.sudo().phone)
        self.assertTrue(new.ar_identity_number.startswith("****"))

    def test_a_mask_written_back_is_refused(self):
        self.masks()
        person = self.confidential(phone=PHONE)
        clerk = self.clerk
        attempts = [
            lambda: person.with_user(clerk).write({"phone": "****1122"}),
            lambda: person.with_user(clerk).write({"ar_identity_number": "****0815"}),
            lambda: person.with_user(clerk).web_save(
                {"phone": "••••1122"}, {"phone": {}}
            ),
            lambda: person.with_user(clerk).write({"ar_private_note": "****"}),
            lambda: self.bank.with_user(clerk).write({"acc_number": MASKED}),
            lambda: self.bank.with_user(clerk).write({"sanitized_acc_number": MASKED}),
            lambda: self.env["res.partner"]
            .with_user(clerk)
            .create({"name": "X", "phone": "****1122"}),
            lambda: self.acme.with_user(clerk).write(
                {"bank_ids": [Command.update(self.bank.id, {"acc_number": MASKED})]}
            ),
            lambda: self.bank.with_user(clerk).copy(),
        ]
        for number, attempt in enumerate(attempts):
            refused = self.assertRaises(UserError)
            with self.subTest(number), refused, self.env.cr.savepoint():
                attempt()
            self.env.invalidate_all()
        result = (
            self.env["res.partner"]
            .with_user(clerk)
            .load([".id", "phone"], [[str(person.id), "****1122"]])
        )
        self.assertTrue(result["messages"])
        self.env.invalidate_all()
        self.assertEqual(self.bank.acc_number, NUMBER)
        self.assertEqual(person.ar_identity_number, IDENTITY)
        self.assertEqual(person.ar_private_note, NOTE)

    def test_chatter_tells_masks_only(self):
        person = self.confidential(phone="+31 20 555 0111 22")
        self.track(person, {})
        self.masks()
        self.track(
            person, {"phone": "+31 20 555 0333 44", "ar_identity_number": "B-1234"}
        )
        stored = self.env["mail.tracking.value"].search(
            [("mail_message_id.res_id", "=", person.id)]
        )
        text = str(stored.mapped("old_value_char") + stored.mapped("new_value_char"))
        self.assertIn("****", text)
        self.assertNotIn("0333", text)

    def track(self, record, vals):
        record.with_context(tracking_disable=False, mail_notrack=False).write(vals)
        self.env.flush_all()
        self.env.cr.precommit.run()

    def test_chatter_of_the_time_before_is_masked_when_shown(self):
        person = self.person(phone="+31 20 555 0111 22")
        self.track(person, {})
        self.track(person, {"phone": "+31 20 555 0333 44"})
        tracked = self.env["mail.tracking.value"].search(
            [
                ("mail_message_id.res_id", "=", person.id),
                ("field_id.name", "=", "phone"),
            ]
        )
        self.assertTrue(tracked)
        self.masks()
        shown = tracked.with_user(self.manager).sudo()._tracking_value_format()
        self.assertIn("****", str(shown))
        self.assertNotIn("0333", str(shown))

    def test_archiving_an_account_does_not_write_its_number_into_the_chatter(self):
        self.masks()
        self.bank.with_user(self.clerk).unlink()
        self.env.flush_all()
        bodies = str(self.acme.message_ids.mapped("body"))
        self.assertNotIn(DIGITS, bodies)

    def test_context_decides_nothing(self):
        self.masks()
        for key in (
            "su",
            "uid",
            "ar_clear",
            "active_test",
            "tracking_disable",
            "bin_size",
        ):
            bank = self.as_collector(self.bank).with_context(**{key: 1})
            self.assertEqual(bank.acc_number, MASKED)

    def test_payment_code_does_not_hold_the_number(self):
        self.masks()
        bank = self.as_collector(self.bank)
        with mute_logger("odoo.addons.account"):
            url = bank.build_qr_code_url(
                10, "x", "x", self.company.currency_id, self.acme, silent_errors=True
            )
        self.assertFalse(url)

    def test_no_model_shows_the_canary_to_a_user_without_need(self):
        """GATE3 of masks: every readable model, all fields, through web_read."""
        self.masks()
        user = self.user_with("auditor", login="mask-auditor")
        line = self.bank_line(5, "2026-06-01", "Transfer", account_number=NUMBER)
        move = self.invoice(self.acme, 10, "2026-06-01", post=False)
        move.partner_bank_id = self.bank
        self.env.flush_all()
        leaks = []
        for name in sorted(self.env.registry):
            model = self.env[name].with_user(user)
            if model._abstract or model._transient or not model.has_access("read"):
                continue
            leaks += self.leaks_of(model)
        self.assertEqual(leaks, [])
        self.assertEqual(line.with_user(user).account_number, MASKED)

    def leaks_of(self, model):
        """ "model.field" of what shows the canary number."""
        names = [
            name
            for name, field in model._fields.items()
            if field.type in ("char", "text", "html", "many2one", "json", "reference")
            and model._has_field_access(field, "read")
        ]
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db", "odoo.models"):
                self.env.invalidate_all()
                records = model.search([], limit=80, order="id desc")
                values = records.read(names)
        except Exception:  # noqa: BLE001 - other addons' models may not like to be read so
            return []
        return [
            f"{model._name}.{name}"
            for name in names
            if any(DIGITS in str(value.get(name)) for value in values)
        ]

    # -- who is not masked ----------------------------------------------------------------

    def test_the_house_itself_is_not_masked(self):
        own = self.env["res.partner.bank"].create(
            {
                "acc_number": "NL00OWN0123456789",
                "partner_id": self.company.partner_id.id,
            }
        )
        self.company.partner_id.phone = "+31 20 700 8000 00"
        self.collector.partner_id.phone = "+31 6 99 88 77 66"
        self.masks()
        self.assertEqual(self.as_collector(own).acc_number, "NL00OWN0123456789")
        self.assertIn("0123456789", self.as_collector(own).display_name)
        manager = self.manager
        self.assertIn("8000", self.company.partner_id.with_user(manager).phone)
        self.assertIn("8877", self.collector.with_user(manager).phone.replace(" ", ""))

    def test_accounting_goes_on_for_masked_users(self):
        """A payer is recognised and paid by people who see only masks."""
        self.masks()
        accountant = self.user_with("ar_accountant", "customer_clerk")
        line = self.bank_line(
            25, "2026-06-01", "Transfer", partner=self.acme, account_number=NUMBER
        )
        mine = line.with_user(accountant)
        self.env.invalidate_all()
        self.assertEqual(mine.account_number, MASKED)
        self.assertEqual(mine._find_or_create_bank_account(), self.bank)
        # a new account, too
        other = self.bank_line(
            25,
            "2026-06-02",
            "Transfer",
            partner=self.acme,
            account_number="7788990011223344",
        )
        made = other.with_user(accountant)._find_or_create_bank_account()
        self.assertEqual(made.sudo().acc_number, "7788990011223344")

    def test_always_see_it_is_for_the_groups_of_the_row(self):
        self.masks()
        row = self.rows.search([("field_id.name", "=", "acc_number")])
        row.clear_group_ids = self.env.ref(
            "customer_ar_suite.customer_ar_suite_group_collector"
        )
        self.assertEqual(self.as_collector(self.bank).acc_number, NUMBER)
        self.assertEqual(self.bank.with_user(self.manager).acc_number, MASKED)

    # -- changes that need approval -------------------------------------------------------

    def test_requests_show_values_to_those_who_decide(self):
        self.masks()
        policy = self.env.ref("customer_ar_suite.customer_change_policy_bank_accounts")
        policy.active = True
        self.bank.with_user(self.clerk).write({"acc_holder_name": "New Holder"})
        line = self.env["customer.change.line"].search([("bank_id", "=", self.bank.id)])
        self.env.invalidate_all()
        mine = line.with_user(self.clerk)
        self.assertIn(MASKED, mine.old_text)
        self.assertNotIn(NUMBER, mine.old_text + mine.new_text)
        decides = line.with_user(self.reviewer)
        self.assertTrue(decides.can_decide)
        self.assertIn(NUMBER, decides.old_text)

    def test_a_masked_maker_does_not_make_a_request_stale(self):
        self.masks()
        self.env["customer.change.policy"].create(
            {"field_id": self.env["ir.model.fields"]._get("res.partner", "phone").id}
        )
        old = self.acme.phone
        self.env.invalidate_all()
        self.acme.with_user(self.clerk).write({"phone": "+31 20 555 0142 99"})
        line = self.env["customer.change.line"].search(
            [("request_id.partner_id", "=", self.acme.id)]
        )
        self.assertEqual((self.acme.phone, line.old_json), (old, old))
        self.env.invalidate_all()
        self.assertNotIn("3344", line.with_user(self.clerk).old_text)

    # -- exact search ---------------------------------------------------------------------

    def test_whole_number_finds_the_account_for_who_may_unmask(self):
        self.masks()
        Bank = self.bank.with_user(self.clerk)
        self.env.invalidate_all()
        spelled = "5566 7788 9900 1122"
        self.assertEqual(Bank.search([("acc_number", "=", spelled)]), self.bank)
        self.assertEqual(Bank.name_search(spelled, operator="=")[0][0], self.bank.id)
        self.assertFalse(Bank.search([("acc_number", "=", "5566778899001123")]))
        self.assertNotIn(self.bank, Bank.search([("acc_number", "!=", spelled)]))
        with self.assertRaises(AccessError):
            Bank.search([("acc_number", "=like", "55667788%")])

    def test_digests_follow_the_values(self):
        self.masks()
        Bank = self.env["res.partner.bank"].with_user(self.clerk)
        new = self.env["res.partner.bank"].create(
            {"acc_number": "1212 3434 5656", "partner_id": self.acme.id}
        )
        self.env.flush_all()
        self.assertEqual(Bank.search([("acc_number", "=", "121234345656")]), new)
        new.acc_number = "9999 3434 5656"
        self.env.flush_all()
        self.assertFalse(Bank.search([("acc_number", "=", "121234345656")]))
        self.assertEqual(Bank.search([("acc_number", "=", "999934345656")]), new)

    def test_erasure_takes_the_digests_along(self):
        self.masks()
        kept = [("model", "=", "res.partner.bank"), ("res_id", "=", self.bank.id)]
        self.assertTrue(self.entries.search(kept))
        self.bank.active = False
        self.acme._ar_erase()
        self.assertFalse(self.entries.search(kept))
        self.assertFalse(
            self.entries.search(
                [("model", "=", "res.partner"), ("res_id", "=", self.acme.id)]
            )
        )

    def test_digests_of_many_are_written_at_once(self):
        self.masks()
        self.env.flush_all()

        def create(count, tag):
            self.env["res.partner"].create(
                [{"name": f"{tag}{n}", "phone": f"{tag}{n:06}"} for n in range(count)]
            )
            self.env.flush_all()

        create(2, "99")
        self.env.invalidate_all()
        few, many = (self.statements(create, n, t) for n, t in ((5, "77"), (50, "88")))
        self.assertLessEqual(many - few, 8)

    def statements(self, function, *arguments):
        before = self.env.cr.sql_log_count
        function(*arguments)
        return self.env.cr.sql_log_count - before

    def test_without_key_masks_hold_and_the_exact_search_says_why(self):
        with self.keys():
            self.masks()
            self.assertEqual(self.as_collector(self.bank).acc_number, MASKED)
            with self.assertRaises(UserError) as caught:
                self.bank.with_user(self.clerk).search([("acc_number", "=", NUMBER)])
            self.assertIn("no encryption key", str(caught.exception))
            self.bank.acc_number = "1111222233334444"
            self.env.flush_all()

    # -- unmask ---------------------------------------------------------------------------

    def ask(self, user, records, reason):
        action = records.with_user(user).action_ar_unmask()
        values = {
            name.removeprefix("default_"): value
            for name, value in action["context"].items()
        }
        wizard = self.env[action["res_model"]].with_user(user).create(values)
        wizard.reason = reason
        return wizard.action_unmask()

    def test_unmask_with_reason_for_ten_minutes(self):
        self.masks()
        person = self.confidential()
        mine = person.with_user(self.reviewer)
        with freeze_time("2026-06-30 10:00:00"):
            self.env.invalidate_all()
            self.assertEqual(mine.ar_identity_number, "****0815")
            self.ask(self.reviewer, person, "contract of guarantee 77")
            self.assertEqual(mine.ar_identity_number, IDENTITY)
            self.assertEqual(mine.ar_private_note, NOTE)
            # for nobody else, and of no other record
            self.assertEqual(
                person.with_user(self.manager).ar_identity_number, "****0815"
            )
        with freeze_time("2026-06-30 10:09:59"):
            self.assertEqual(mine.ar_identity_number, IDENTITY)
        with freeze_time("2026-06-30 10:10:01"):
            self.assertEqual(mine.ar_identity_number, "****0815")
        entry = self.env["customer.audit.entry"].search(
            [("event", "=", "unmask"), ("res_id", "=", person.id)]
        )
        self.assertEqual(len(entry), 1)
        self.assertEqual(entry.user_id, self.reviewer)
        self.assertEqual(entry.payload["reason"], "contract of guarantee 77")
        self.assertIn("ar_identity_number", entry.payload["fields"])
        self.assertNotIn(IDENTITY, str(entry.payload))
        listed = (
            self.env["customer.unmask"].with_user(self.user_with("auditor")).search([])
        )
        self.assertIn("Personal Identity Number", listed.mapped("field_label"))

    def test_unmask_of_a_card_shows_its_accounts(self):
        self.masks()
        self.ask(self.clerk, self.acme, "refund of May")
        self.env.invalidate_all()
        self.assertEqual(self.bank.with_user(self.clerk).acc_number, NUMBER)
        self.assertEqual(self.bank.with_user(self.clerk).display_name, NUMBER)

    def test_unmask_needs_role_reason_and_measure(self):
        self.masks()
        person = self.confidential()
        employee = new_test_user(self.env, "mask_employee", "base.group_user")
        for user in (employee, self.user_with("auditor")):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.ask(user, person, "just looking around")
        for reason in (False, "", "   ", "x"):
            with self.subTest(reason), self.assertRaises(UserError):
                self.ask(self.reviewer, person, reason)
        many = self.env["res.partner"].create([{"name": f"M{n}"} for n in range(21)])
        with self.assertRaises(UserError):
            self.ask(self.reviewer, many, "mass unmasking")
        foreign = self.person(
            company_id=self.env["res.company"].create({"name": "Other House"}).id
        )
        wizard = self.env["customer.unmask.ask"].with_user(self.reviewer)
        with self.assertRaises(AccessError):
            wizard.create(
                {
                    "model": "res.partner",
                    "res_ids": foreign.ids,
                    "reason": "foreign one",
                }
            ).action_unmask()
        with self.assertRaises(AccessError):
            wizard.create(
                {"model": "res.users", "res_ids": [1], "reason": "another model"}
            ).action_unmask()

    def test_nobody_writes_the_list_of_unmasked_values(self):
        self.masks()
        row = {
            "user_id": self.clerk.id,
            "model": "res.partner.bank",
            "res_id": self.bank.id,
            "field": "acc_number",
            "reason": "forged row",
            "until": "2999-01-01 00:00:00",
        }
        for user in (self.clerk, self.admin):
            with self.assertRaises(AccessError):
                self.env["customer.unmask"].with_user(user).create(row)
        with self.assertRaises(AccessError):
            self.env["customer.unmask"].sudo().create(row)

    # -- rows -----------------------------------------------------------------------------

    def test_another_field_can_be_masked(self):
        self.masks()
        field = self.env["ir.model.fields"]._get("res.partner", "ref")
        self.acme.ref = "SECRETREF4455"
        self.env.flush_all()
        registry = self.env["res.partner"]._fields["ref"]
        plain = type(registry)
        self.addCleanup(setattr, registry, "__class__", plain)
        self.addCleanup(setattr, self.env.registry, "registry_invalidated", False)
        row = self.rows.with_user(self.admin).create(
            {"field_id": field.id, "treatment": "mask", "reason": "test"}
        )
        self.assertEqual(row.effect, "masked")
        self.assertEqual(self.as_collector(self.acme).ref, "****455")
        self.assertEqual(self.acme.ref, "SECRETREF4455")
        with self.assertRaises(AccessError):
            self.as_collector(self.acme).search([("ref", "=like", "S%")])

    def test_encrypted_fields_stay_encrypted(self):
        row = self.rows.search([("field_id.name", "=", "ar_identity_number")])
        for vals in ({"treatment": "none"}, {"active": False}):
            with self.subTest(vals), self.assertRaises(ValidationError):
                row.write(vals)
        with self.assertRaises(UserError):
            row.unlink()
        phone = self.rows.search([("field_id.name", "=", "phone")])
        with self.assertRaises(ValidationError):
            phone.treatment = "encrypt"
        name = self.env["ir.model.fields"]._get("res.partner", "credit_limit")
        with self.assertRaises(ValidationError):
            self.rows.create({"field_id": name.id, "treatment": "mask"})

    def test_every_shipped_row_says_why(self):
        rows = self.rows.with_context(active_test=False).search([])
        self.assertGreaterEqual(len(rows), 12)
        self.assertTrue(all(row.reason for row in rows))
        self.assertEqual(set(rows.mapped("effect")), {"encrypted", "waits", "clear"})


@tagged("post_install", "-at_install")
class TestFilePurge(VaultCase):
    """Files that came from outside do not stay for ever."""

    def batch(self):
        content = b"Name,Phone\nFile Canary Ltd,+31 20 111 2222\n"
        batch = (
            self.env["customer.import.batch"]
            .with_user(self.clerk)
            ._upload("c.csv", content)
        )
        batch.action_check()
        return batch.sudo()

    def finished(self, batch, days):
        batch.action_cancel_run()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE customer_import_batch SET write_date = %s WHERE id = %s",
            [fields.Datetime.now() - timedelta(days=days), batch.id],
        )
        self.env.invalidate_all()
        return batch

    def purge(self, days):
        self.env["ir.config_parameter"].set_param(DAYS, str(days))
        self.env["customer.file.purge"]._cron_purge_files()
        self.env.flush_all()
        self.env.invalidate_all()

    def test_kept_until_a_number_of_days_is_set(self):
        batch = self.finished(self.batch(), 400)
        self.purge(0)
        self.assertTrue(batch.file_data)

    def test_finished_files_go_with_what_was_copied_out_of_them(self):
        old = self.finished(self.batch(), 31)
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", old._name), ("res_id", "=", old.id)]
            + [("res_field", "=", "file_data")]
        )
        self.assertTrue(attachment)
        open_batch = (
            self.env["customer.import.batch"]
            .with_user(self.clerk)
            ._upload("d.csv", b"Name\nStill Open Ltd\n")
        )
        self.purge(30)
        self.assertFalse(old.file_data)
        self.assertTrue(old.purged_at)
        self.assertTrue(old.sha256)
        self.assertFalse(attachment.exists())
        self.assertFalse(any(old.row_ids.mapped("raw")))
        self.assertTrue(open_batch.sudo().file_data)
        self.assertNotIn("customer_import_row", self.tables_with("File Canary Ltd,"))
        logged = self.env["customer.audit.entry"].search(
            [("event", "=", "file.purge"), ("res_id", "=", old.id)]
        )
        self.assertEqual(len(logged), 1)
        with self.assertRaises(UserError):
            old.with_user(self.clerk).action_resume_run()
