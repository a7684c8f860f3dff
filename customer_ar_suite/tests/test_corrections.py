"""Corrections on the form and over all customers; addresses in parts."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .test_validation_rules import GOOD, SLIP, RuleCase

LINE = "上海市徐汇区漕溪北路18号"


@tagged("post_install", "-at_install")
class TestQualityPanel(RuleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.ar_propose_corrections = True

    def form(self, **values):
        form = Form(self.partners(), view="base.view_partner_form")
        form.company_type = "company"
        for name, value in values.items():
            setattr(form, name, value)
        return form

    def texts(self, form):
        return [line["text"] for line in (form.ar_quality or {}).get("findings", [])]

    def corrections(self, form):
        return {
            line["field"]: line["after"]
            for line in (form.ar_quality or {}).get("corrections", [])
        }

    def test_findings_while_typing(self):
        self.rule("email", "checksum", checksum="email")
        self.rule("ref", severity="warn")
        form = self.form()
        self.assertFalse(self.texts(form))
        form.name = "Typing Ltd"
        form.email = "nobody"
        texts = self.texts(form)
        self.assertEqual(len(texts), 2)
        self.assertIn("nobody", texts[0])  # what blocks comes first
        form.email = "a@b.com"
        self.assertEqual(len(self.texts(form)), 1)
        form.ref = "C1"
        self.assertFalse(self.texts(form))

    def test_bank_accounts_on_the_form(self):
        self.rule(
            "acc_number",
            "checksum",
            "res.partner.bank",
            subject="bank",
            checksum="iban",
            severity="warn",
        )
        partner = self.new(bank_ids=[(0, 0, {"acc_number": "DE89370400440532013001"})])
        (finding,) = partner.ar_quality["findings"]
        self.assertEqual(finding["field"], "bank_ids")

    def test_corrections_while_typing(self):
        form = self.form(name="acme　trading gmbh", country_id=self.china)
        form.phone = "010-62345678"
        form.vat = SLIP
        # Odoo's form writes a number it recognises in groups by itself
        self.assertEqual(form.phone, "+86 10 6234 5678")
        self.assertEqual(
            self.corrections(form), {"name": "Acme Trading GmbH", "vat": GOOD}
        )
        form.name = "Acme Trading GmbH"
        self.assertNotIn("name", self.corrections(form))

    def test_refused_is_not_asked_again(self):
        form = self.form(name="acme gmbh")
        (line,) = form.ar_quality["corrections"]
        partner = form.save()
        partner.ar_refused_corrections = {"name": line["token"]}
        self.assertFalse(partner.ar_quality)
        partner.name = "beta gmbh"
        self.assertEqual(partner.ar_quality["corrections"][0]["after"], "Beta GmbH")

    def test_an_address_on_one_line(self):
        partner = self.new(
            country_id=self.china.id, street=f"{LINE} 200030", phone=False
        )
        line = partner.ar_quality["corrections"][-1]
        self.assertEqual(line["changes"]["street"], "徐汇区漕溪北路18号")
        self.assertEqual(line["changes"]["city"], "上海市")
        self.assertEqual(line["changes"]["zip"], "200030")
        shanghai = self.env.ref("base.state_cn_SH")
        self.assertEqual(line["changes"]["state_id"]["id"], shanghai.id)
        # another city is on the card: nothing is proposed
        partner.city = "北京市"
        self.assertFalse(partner.ar_quality)

    def test_nothing_is_shown_where_nothing_is_switched_on(self):
        self.rule()
        self.company.write(
            {"ar_validation_level": "off", "ar_propose_corrections": False}
        )
        self.assertFalse(self.form(name="acme gmbh").ar_quality)

    def test_masked_values_are_not_told(self):
        field = self.env["ir.model.fields"]._get("res.partner", "phone")
        rows = self.env["customer.sensitive.field"].with_context(active_test=False)
        row = rows.search([("field_id", "=", field.id)]) or rows.create(
            {"field_id": field.id}
        )
        row.write({"active": True, "clear_group_ids": [(5,)]})
        rows._set_masking(True)
        partner = self.env["res.partner"].create(
            {"name": "Masked Ltd", "phone": "010-62345678", "country_id": self.china.id}
        )
        self.rule("phone", "length", length_from=40, severity="warn")
        shown = str(partner.with_user(self.clerk).ar_quality)
        self.assertNotIn("62345678", shown)
        run = self.env["customer.correction.run"].with_user(self.clerk).create({})
        run.action_search()
        texts = run.item_ids.mapped("before_text") + run.item_ids.mapped("after_text")
        self.assertNotIn("62345678", str(texts))


@tagged("post_install", "-at_install")
class TestCorrectionRun(RuleCase):
    def search(self, user=None, **values):
        runs = self.env["customer.correction.run"].with_user(user or self.clerk)
        run = runs.create(values)
        run.action_search()
        return run

    def items(self, run, partner):
        return run.item_ids.filtered(lambda item: item.partner_id == partner)

    def test_search_decide_write_undo(self):
        # given
        first = self.new(
            name="alpha　gmbh", phone="010-62345678", country_id=self.china.id
        )
        second = self.new(name="beta ltd")
        third = self.new(name="gamma inc")
        # when searched: nothing is written
        run = self.search()
        self.assertEqual(first.name, "alpha　gmbh")
        mine = self.items(run, first)
        self.assertEqual(
            {(i.field_name, i.before_text, i.after_text) for i in mine},
            {
                ("name", "alpha　gmbh", "Alpha GmbH"),
                ("phone", "010-62345678", "+861062345678"),
            },
        )
        # when decided and written
        (mine + self.items(run, second)).action_accept()
        self.items(run, third).action_refuse()
        run.action_apply()
        self.assertEqual((first.name, first.phone), ("Alpha GmbH", "+861062345678"))
        self.assertEqual(second.name, "Beta Ltd")
        self.assertEqual(third.name, "gamma inc")
        self.assertEqual((run.run_state, run.written_count), ("done", 3))
        # refused stays refused, written is right
        again = self.search()
        self.assertFalse(self.items(again, first + second + third))
        self.assertFalse(self.items(again, third))
        # when undone: what somebody changed since stays
        second.name = "Beta Holding Ltd"
        run.action_undo()
        self.assertEqual((first.name, first.phone), ("alpha　gmbh", "010-62345678"))
        self.assertEqual(second.name, "Beta Holding Ltd")
        self.assertEqual(
            sorted(
                run.item_ids.filtered("former" and "decided_by_id").mapped("outcome")
            ),
            ["kept", "none", "undone", "undone"],
        )

    def test_a_value_changed_since_is_not_overwritten(self):
        partner = self.new(name="delta gmbh")
        run = self.search()
        item = self.items(run, partner)
        partner.name = "Delta Stiftung"
        item.action_accept_and_apply()
        self.assertEqual(partner.name, "Delta Stiftung")
        self.assertEqual((item.run_state, item.outcome), ("error", "none"))
        self.assertIn("changed after the search", item.run_error)

    def test_guarded_fields_are_asked_for(self):
        partner = self.new(name="epsilon gmbh")
        field = self.env["ir.model.fields"]._get("res.partner", "name")
        self.env["customer.change.policy"].create({"field_id": field.id})
        run = self.search()
        item = self.items(run, partner)
        item.action_accept_and_apply()
        self.assertEqual((partner.name, item.outcome), ("epsilon gmbh", "requested"))

    def test_addresses(self):
        partner = self.new(country_id=self.china.id, street=LINE)
        run = self.search(with_words=False, with_legal_forms=False, with_numbers=False)
        self.assertEqual(set(run.item_ids.mapped("kinds")), {"address"})
        self.items(run, partner).action_accept_and_apply()
        self.assertEqual(
            (partner.state_id.name, partner.city, partner.street, partner.ar_district),
            ("上海市", "上海市", "徐汇区漕溪北路18号", "徐汇区"),
        )
        run.action_undo()
        self.assertEqual((partner.street, partner.city or ""), (LINE, ""))

    def test_who_may(self):
        run = self.search()
        auditor = self.user_with("auditor", login="rule_auditor")
        for call in (
            "action_search",
            "action_apply",
            "action_undo",
            "action_accept_all",
        ):
            with self.assertRaises(AccessError):
                getattr(run.with_user(auditor), call)()
        self.assertTrue(run.with_user(auditor).action_view_items())
        with self.assertRaises(AccessError):
            run.with_user(self.clerk).item_ids.read(["before"])

    def test_nothing_accepted(self):
        self.new(name="zeta gmbh")
        with self.assertRaisesRegex(UserError, "Nothing has been accepted"):
            self.search().action_apply()

    def test_all_at_once(self):
        partners = [self.new(name=f"bulk {n} gmbh") for n in range(5)]
        run = self.search(with_numbers=False, with_addresses=False)
        run.action_accept_all()
        run.action_apply()
        self.assertEqual(partners[4].name, "Bulk 4 GmbH")
        self.assertFalse(run.open_count)


@tagged("post_install", "-at_install")
class TestAddressParts(RuleCase):
    def test_the_street_gives_the_parts(self):
        partner = self.new(
            street="Hauptstr. 12a", country_id=self.env.ref("base.de").id
        )
        self.assertEqual(
            (partner.ar_street_name, partner.ar_street_number), ("Hauptstr.", "12a")
        )
        partner.street = "Am Markt 3"
        self.assertEqual(
            (partner.ar_street_name, partner.ar_street_number), ("Am Markt", "3")
        )

    def test_the_parts_give_the_street(self):
        partner = self.new(street=LINE, country_id=self.china.id)
        partner.ar_street_number = "20号3楼"
        self.assertEqual(partner.street, "上海市徐汇区漕溪北路20号3楼")
        partner.write({"ar_district": "静安区", "ar_street_name": "南京西路"})
        self.assertEqual(partner.street, "上海市静安区南京西路20号3楼")
        self.assertEqual(partner.ar_street_number, "20号3楼")

    def test_both_at_once_and_many(self):
        us = self.env.ref("base.us")
        partners = self.partners().create(
            [
                {
                    "name": f"P{n}",
                    "ar_street_name": "Main Street",
                    "ar_street_number": str(n),
                    "country_id": us.id,
                }
                for n in range(1, 4)
            ]
        )
        self.assertEqual(
            partners.mapped("street"),
            ["1 Main Street", "2 Main Street", "3 Main Street"],
        )

    def test_on_the_form(self):
        with Form(self.partners(), view="base.view_partner_form") as form:
            form.name = "Form Ltd"
            form.country_id = self.china
            form.street = LINE
            self.assertEqual(form.ar_district, "徐汇区")
            form.ar_street_number = "99号"
        self.assertEqual(form.record.street, "上海市徐汇区漕溪北路99号")

    def test_contacts_follow_their_company(self):
        customer = self.new(street=LINE, country_id=self.china.id)
        contact = self.partners().create({"name": "Ann", "parent_id": customer.id})
        self.assertEqual(contact.ar_district, "徐汇区")
        customer.street = "浦东新区张江路88号"
        self.assertEqual(contact.ar_district, "浦东新区")

    def test_completeness(self):
        partner = self.new(street="漕溪北路18号", country_id=self.china.id)
        self.assertEqual(partner.ar_address_score, 40)
        self.assertEqual(
            partner.ar_address_missing, "province or state, city, district"
        )
        partner.write({"street": LINE})
        self.assertEqual(
            (partner.ar_address_score, partner.ar_address_missing), (100, "")
        )
