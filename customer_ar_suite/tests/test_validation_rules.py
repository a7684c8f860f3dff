"""Validation rules on every path: the service, create and write, banks, invoices, the test."""

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import ArCommon, date

GOOD, SLIP, BAD = "91310116052958608G", "9131O116052958608G", "91310116052958608H"
IBAN_BAD = "DE89370400440532013001"


class RuleCase(ArCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(user=cls.env.ref("base.user_root"))
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls.rules = cls.env["customer.validation.rule"]
        cls.rules.search([]).active = False
        cls.company.ar_validation_level = "strict"
        cls.clerk = cls.user_with("customer_clerk", login="rule_clerk")
        cls.administrator = cls.user_with("administrator", login="rule_admin")
        cls.china = cls.env.ref("base.cn")

    def setUp(self):
        super().setUp()
        self.registry.clear_cache()
        self.addCleanup(self.registry.clear_cache)

    @classmethod
    def rule(cls, name="email", condition="required", model="res.partner", **values):
        field = cls.env["ir.model.fields"]._get(model, name)
        return cls.rules.create(
            {
                "name": f"{name} {condition}",
                "field_id": field.id,
                "condition": condition,
                "severity": "block",
                **values,
            }
        )

    def partners(self, user=None):
        return self.env["res.partner"].with_user(user or self.clerk)

    def new(self, user=None, **values):
        return self.partners(user).create(
            {"name": "Rule Ltd", "is_company": True, "customer_rank": 1} | values
        )

    def check(self, *vals_list, **options):
        found = self.rules.with_user(self.clerk)._ar_check_values(
            list(vals_list), self.company, **options
        )
        return [[finding.code for finding in findings] for findings in found]


@tagged("post_install", "-at_install")
class TestValidationRules(RuleCase):
    # -- the service ----------------------------------------------------------------------

    def test_findings_of_many_rows_in_their_order(self):
        self.rule("email", "checksum", checksum="email")
        self.rule("ref", "format", pattern="C\\d{3}", severity="warn")
        self.assertEqual(
            self.check(
                {"name": "A", "email": "a@b.com", "ref": "C001"},
                {"name": "B", "email": "nobody", "ref": "1"},
                {"name": "C"},
            ),
            [[], ["rule_email", "rule_format"], []],
        )

    def test_scope_by_country_company_category(self):
        self.rule("vat", "checksum", checksum="vat", country_ids=self.china.ids)
        germany = self.env.ref("base.de")
        rows = [{"vat": BAD, "country_id": c.id} for c in (self.china, germany)]
        self.assertEqual(self.check(*rows)[0], ["rule_tax_id"])
        self.assertEqual(self.check(*rows)[1], [])
        other = self.env["res.company"].create({"name": "Rule Two"})
        self.rules.search([("active", "=", True)]).company_id = other
        self.assertEqual(self.check(*rows), [[], []])
        # and the other company has not switched checking on
        self.assertEqual(self.rules._ar_check_values(rows, other), [(), ()])

    def test_scope_by_category(self):
        dimension = self.env["customer.dimension"].create(
            {"name": "Tier", "code": "tier_of_rules"}
        )
        self.addCleanup(self.registry.reset_changes)
        top, below = self.env["customer.category"].create(
            [{"name": n, "dimension_id": dimension.id} for n in ("Top", "Best")]
        )
        below.parent_id = top
        column = dimension._column_name()
        self.rule("email", category_ids=top.ids)
        self.assertEqual(
            self.check({"name": "A"}, {"name": "B", column: below.id}),
            [[], ["rule_required"]],
        )

    def test_off_and_warn(self):
        self.rule()
        self.company.ar_validation_level = "warn"
        (findings,) = self.rules._ar_check_values([{"name": "A"}], self.company)
        self.assertEqual([f.severity for f in findings], ["warn"])
        self.assertTrue(self.new())
        self.company.ar_validation_level = "off"
        self.assertEqual(self.check({"name": "A"}), [[]])

    def test_an_update_takes_the_rest_from_the_record(self):
        self.rule("vat", "checksum", checksum="vat")
        partner = self.env["res.partner"].create(
            {"name": "Known", "is_company": True, "country_id": self.china.id}
        )
        row = {"vat": SLIP}
        self.assertEqual(
            self.check(row, records=partner, names={"vat"}), [["rule_tax_id_meant"]]
        )
        text = self.rules._ar_finding_texts(
            self.rules._ar_check_values([row], self.company, records=partner)[0]
        )
        self.assertIn(GOOD, text[0])

    def test_own_message_in_the_language_of_the_reader(self):
        rule = self.rule(message="We bill by e-mail only.")
        self.env["res.lang"]._activate_lang("zh_CN")
        rule.with_context(lang="zh_CN").message = "我们只通过电子邮件开票。"
        (found,) = self.rules._ar_check_values([{"name": "A"}], self.company)
        chinese = self.rules.with_context(lang="zh_CN")._ar_finding_texts(found)
        self.assertIn("We bill", self.rules._ar_finding_texts(found)[0])
        self.assertIn("我们只", chinese[0])

    def test_statements_do_not_grow_with_the_rows(self):
        self.rule("email", "checksum", checksum="email")
        self.rule("vat", "checksum", checksum="vat", country_ids=self.china.ids)
        rows = [
            {"name": f"Bulk {n}", "email": f"x{n}@y.com", "country_id": self.china.id}
            for n in range(1_000)
        ]
        rules = self.rules.with_user(self.clerk)
        rules._ar_check_values(rows[:1], self.company)
        with self.assertQueryCount(3):
            found = rules._ar_check_values(rows, self.company)
        self.assertEqual(len(found), 1_000)

    # -- create and write -----------------------------------------------------------------

    def test_create_is_refused_with_field_value_rule(self):
        self.rule("email", "checksum", checksum="email")
        self.rule("ref", "format", pattern="C\\d{3}")
        with self.assertRaises(ValidationError) as caught:
            self.new(email="nobody at all", ref="17")
        text = str(caught.exception)
        for part in ("Rule Ltd", "nobody at all", "email checksum", "“17”", "C\\d{3}"):
            self.assertIn(part, text)
        self.assertFalse(self.env["res.partner"].search([("name", "=", "Rule Ltd")]))

    def test_required_counts_at_create(self):
        self.rule()
        with self.assertRaisesRegex(ValidationError, "Enter a value"):
            self.new()
        partner = self.new(email="a@b.com")
        with self.assertRaisesRegex(ValidationError, "Enter a value"):
            partner.email = False

    def test_what_is_there_stops_nobody(self):
        partner = self.new(email="nobody")
        self.rule("email", "checksum", checksum="email")
        self.rule("ref")
        partner.write({"street": "Somewhere 1"})
        partner.write({"email": "nobody", "street": "Elsewhere 2"})
        with self.assertRaises(ValidationError):
            partner.write({"email": "nobody else"})
        partner.write({"email": "a@b.com"})

    def test_a_change_of_country_asks_again(self):
        self.rule("vat", "checksum", checksum="vat", country_ids=self.china.ids)
        partner = self.new(vat="12345", country_id=False)
        with self.assertRaises(ValidationError):
            partner.country_id = self.china

    def test_many_at_once(self):
        self.rule("email", "checksum", checksum="email")
        values = [
            {"name": f"Bulk {n}", "email": f"x{n}@y.com", "is_company": True}
            for n in range(100)
        ]
        partners = self.partners().create(values)
        with self.assertRaises(ValidationError) as caught:
            partners.write({"email": "nobody"})
        self.assertEqual(len(str(caught.exception).splitlines()), 20)

    def questions(self, level, work):
        """How many statements ``work`` needs while the company checks like this."""
        self.company.ar_validation_level = level
        self.env.flush_all()
        self.env.invalidate_all()
        work()  # caches of rules and rights
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_the_cost_of_checking_does_not_grow_with_the_records(self):
        self.rule("email", "checksum", checksum="email")
        self.rule("vat", "checksum", checksum="vat", country_ids=self.china.ids)
        self.rule("name", "length", length_from=2)
        values = [
            {
                "name": f"Bulk {n}",
                "email": f"x{n}@y.com",
                "is_company": True,
                "country_id": self.china.id,
                "vat": GOOD,
            }
            for n in range(200)
        ]
        partners = self.partners().create(values)

        def create():
            self.partners().create([dict(one) for one in values])

        def write():
            partners.write({"email": f"all{self.env.cr.sql_log_count}@y.com"})

        for work in (create, write):
            without, with_rules = (
                self.questions(level, work) for level in ("warn", "strict")
            )
            self.assertLessEqual(with_rules - without, 12, work.__name__)

    def test_what_waits_for_approval_is_judged_when_it_is_asked_for(self):
        field = self.env["ir.model.fields"]._get("res.partner", "email")
        self.env["customer.change.policy"].create({"field_id": field.id})
        partner = self.new()
        self.rule("email", "checksum", checksum="email")
        with self.assertRaises(ValidationError):
            partner.email = "nobody"
        partner.email = "a@b.com"
        requests = self.env["customer.change.request"].search(
            [("partner_id", "=", partner.id)]
        )
        self.assertEqual(len(requests), 1)

    def test_contacts_have_their_own_rules(self):
        self.rule()
        self.rule("phone", subject="contact")
        customer = self.new(email="a@b.com")
        with self.assertRaisesRegex(ValidationError, "Phone"):
            self.partners().create({"name": "Ann", "parent_id": customer.id})
        self.partners().create(
            {"name": "Ann", "parent_id": customer.id, "phone": "+31 20 1234567"}
        )

    def test_colleagues_suppliers_and_the_system_are_left_alone(self):
        self.rule()
        rules = self.rules
        self.assertTrue(rules._is_exempt(self.clerk.partner_id))
        self.assertTrue(rules._is_exempt(self.company.partner_id))
        self.new(supplier_rank=1, customer_rank=0)
        self.env["res.partner"].create({"name": "System"})

    def test_no_context_key_switches_it_off(self):
        self.rule()
        for key in (
            "tracking_disable",
            "no_vat_validation",
            "import_file",
            "install_mode",
        ):
            with self.assertRaises(ValidationError):
                self.partners().with_context(**{key: True}).create({"name": "X"})

    def test_bank_accounts(self):
        self.rule(
            "acc_number",
            "checksum",
            "res.partner.bank",
            subject="bank",
            checksum="iban",
        )
        partner = self.new()
        with self.assertRaisesRegex(ValidationError, "Rule Ltd"):
            partner.write({"bank_ids": [(0, 0, {"acc_number": IBAN_BAD})]})
        partner.write({"bank_ids": [(0, 0, {"acc_number": "6222020200012345678"})]})
        with self.assertRaises(ValidationError):
            partner.bank_ids.write({"acc_number": IBAN_BAD})

    # -- rules themselves -----------------------------------------------------------------

    @mute_logger("odoo.sql_db")
    def test_impossible_rules_are_refused(self):
        for values in (
            {"condition": "format", "pattern": "(a"},
            {"condition": "format", "pattern": "(a)\\1"},
            {"condition": "format"},
            {"condition": "length"},
            {"condition": "length", "length_from": 5, "length_to": 3},
            {"condition": "allowed", "allowed_values": " \n "},
            {"condition": "checksum"},
            {"condition": "due_date"},
            {"name": "image_1920"},
            {"name": "bank_ids"},
            {"name": "acc_number", "model": "res.partner.bank"},
        ):
            with self.subTest(values), self.assertRaises(UserError):
                self.rule(**values)

    def test_who_may_change_rules(self):
        rule = self.rule()
        self.assertTrue(rule.with_user(self.clerk).name)
        with self.assertRaises(AccessError):
            rule.with_user(self.clerk).severity = "warn"
        rule.with_user(self.administrator).severity = "warn"

    def test_shipped_rules_change_nothing_until_a_company_says_so(self):
        company = self.env["res.company"].create({"name": "Fresh"})
        self.assertEqual(company.ar_validation_level, "off")
        shipped = self.env["ir.model.data"].search(
            [("module", "=", "customer_ar_suite"), ("model", "=", self.rules._name)]
        )
        self.assertGreaterEqual(len(shipped), 12)

    # -- trying out -----------------------------------------------------------------------

    def test_who_would_fail(self):
        good = self.new(name="Good", email="a@b.com")
        bad = self.new(name="Bad", email="nobody")
        rule = self.rule("email", "checksum", checksum="email", active=False)
        action = rule.with_user(self.administrator).action_test()
        test = self.env["customer.validation.test"].browse(action["res_id"])
        self.assertIn(bad.id, test.failing_ids)
        self.assertNotIn(good.id, test.failing_ids)
        line = test.line_ids.filtered(lambda one: one.record_name == "Bad")
        self.assertIn("nobody", line.reason)
        listed = self.env["res.partner"].search(
            test.with_user(self.administrator).action_open_records()["domain"]
        )
        self.assertIn(bad, listed)
        self.assertGreaterEqual(test.checked_count, test.failing_count)

    def test_the_form_of_a_rule(self):
        form = Form(self.rules.with_user(self.administrator))
        form.name = "Codes"
        form.condition = "format"
        form.field_id = self.env["ir.model.fields"]._get("res.partner", "ref")
        form.pattern = "C\\d+"
        rule = form.save()
        self.assertEqual(rule.severity, "warn")


@tagged("post_install", "-at_install")
class TestInvoiceRules(RuleCase):
    def invoice_rule(self, condition, **values):
        return self.rules.create(
            {
                "name": condition,
                "subject": "invoice",
                "condition": condition,
                "severity": "block",
                **values,
            }
        )

    def draft(self, partner, amount=100.0, **values):
        return self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": date(2026, 5, 4),
                "invoice_line_ids": [
                    (0, 0, {"name": "x", "price_unit": amount, "tax_ids": False})
                ],
                **values,
            }
        )

    def test_due_date(self):
        self.invoice_rule("due_date")
        partner = self.customer("Terms Ltd")
        partner.property_payment_term_id = False
        move = self.draft(partner)
        self.assertIn("ar_rule_0", move.alerts)
        with self.assertRaisesRegex(UserError, "neither payment terms nor a due date"):
            move.action_post()
        move.invoice_date_due = date(2026, 6, 4)
        move.action_post()
        self.assertEqual(move.state, "posted")

    def test_reference_twice(self):
        self.invoice_rule("reference", severity="warn")
        partner = self.customer("Order Ltd")
        first = self.draft(partner, ref="PO-7")
        first.action_post()
        second = self.draft(partner, ref="PO-7")
        self.assertIn(first.name, second.alerts["ar_rule_0"]["message"])
        second.action_post()  # warned, not stopped
        self.assertNotIn("ar_rule_0", self.draft(partner, ref="PO-8").alerts or {})

    def test_unusual_amount(self):
        self.invoice_rule("amount", tolerance=5)
        partner = self.customer("Usual Ltd")
        moves = self.env["account.move"]
        for amount in (100, 110, 95, 105, 102, 98, 104, 101):
            moves += self.draft(partner, amount, invoice_date=fields.Date.today())
        moves.action_post()
        # median 101.50, deviation at least 10.15: 152.25 is the last usual amount
        usual = self.draft(partner, 152, invoice_date=fields.Date.today())
        unusual = self.draft(partner, 153, invoice_date=fields.Date.today())
        self.assertFalse(usual._ar_invoice_findings())
        self.assertIn("101", unusual.alerts["ar_rule_0"]["message"])
        with self.assertRaisesRegex(UserError, "usually invoiced"):
            (usual + unusual).action_post()
        usual.action_post()

    def test_fields_of_invoices(self):
        field = self.env["ir.model.fields"]._get("account.move", "ref")
        self.invoice_rule("required", field_id=field.id)
        move = self.draft(self.customer("Ref Ltd"))
        with self.assertRaisesRegex(UserError, "Enter a value"):
            move.action_post()
        move.ref = "PO-1"
        move.action_post()

    def test_questions_do_not_grow_with_the_batch(self):
        self.invoice_rule("amount")
        self.invoice_rule("reference")
        self.invoice_rule("due_date")
        moves = self.env["account.move"]
        for number in range(8):
            moves += self.draft(self.customer(f"Batch {number}"), ref=f"R{number}")
        moves._ar_invoice_findings()
        moves.invalidate_recordset()
        self.env.flush_all()
        with self.assertQueryCount(14):
            moves._ar_invoice_findings()
