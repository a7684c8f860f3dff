"""Validation rules in the dry run of an import, and behind it."""

from odoo.tests import tagged

from .common_import import HEADINGS, TAX_A, ImportCase


@tagged("post_install", "-at_install")
class TestRulesImport(ImportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["customer.validation.rule"].search([]).active = False
        cls.env.company.ar_validation_level = "strict"

    def setUp(self):
        super().setUp()
        self.registry.clear_cache()
        self.addCleanup(self.registry.clear_cache)

    def rule(self, name, condition, severity="block", **values):
        field = self.env["ir.model.fields"]._get("res.partner", name)
        return self.env["customer.validation.rule"].create(
            {
                "name": name,
                "field_id": field.id,
                "condition": condition,
                "severity": severity,
                **values,
            }
        )

    def test_dry_run_tells_and_stops_what_a_rule_says(self):
        # given
        self.rule("ref", "format", pattern="T-\\d{2}")
        warned = self.rule("email", "required", "warn", message="We bill by e-mail.")
        # when
        batch = self.dry_run(
            HEADINGS
            + f"T-01,合格公司,{TAX_A},010-62345678,a@b.com,上海\n"
            + "T-1,不合格公司,,,a@c.com,上海\n"
            + "T-02,无邮箱公司,,,,上海\n"
        )
        # then
        self.assertEqual(self.statuses(batch), ["create", "error", "create"])
        texts = [row.finding_text for row in batch.row_ids.sorted("number")]
        self.assertFalse(texts[0])
        self.assertIn("“T-1” does not have the format", texts[1])
        self.assertIn("We bill by e-mail.", texts[2])
        batch.action_apply()
        made = self.env["res.partner"].search([("ref", "=like", "T-%")])
        self.assertEqual(made.mapped("ref"), ["T-01", "T-02"])
        # a rule deleted since does not break the page
        warned.unlink()
        batch.row_ids.invalidate_recordset()
        self.assertIn("deleted since", batch.row_ids.sorted("number")[2].finding_text)

    def test_an_update_is_judged_by_what_it_changes(self):
        partner = self.env["res.partner"].create(
            {"name": "旧客户", "ref": "T-09", "email": "nobody", "is_company": True}
        )
        self.rule("email", "checksum", checksum="email")
        self.rule("phone", "required")
        batch = self.dry_run("客户编码,客户名称,城市\nT-09,旧客户,杭州\n")
        self.assertEqual(self.statuses(batch), ["update"])
        self.assertFalse(self.findings(batch))
        batch.action_apply()
        self.assertEqual(partner.city, "杭州")

    def test_off_asks_nothing(self):
        self.rule("email", "required")
        self.env.company.ar_validation_level = "off"
        batch = self.dry_run("客户编码,客户名称\nT-08,新客户\n")
        self.assertFalse(self.findings(batch))
