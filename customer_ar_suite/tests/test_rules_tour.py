from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_people import PREFIX, person
from .common_tour import TourCase


@tagged("post_install", "-at_install")
class TestRulesTour(TourCase):
    """A rule that blocks and corrections on the form, in Chromium and both languages."""

    def enter(self, lang, suffix, expected):
        # given: a strict company, one blocking rule, corrections proposed
        self.env["res.lang"]._activate_lang(lang)
        self.addCleanup(self.registry.clear_cache)
        rules = self.env["customer.validation.rule"]
        rules.search([]).active = False
        field = self.env["ir.model.fields"]._get("res.partner", "email")
        rules.create(
            {
                "name": "E-mail",
                "field_id": field.id,
                "condition": "checksum",
                "checksum": "email",
                "severity": "block",
            }
        )
        company = self.env.company
        company.write(
            {
                "ar_validation_level": "strict",
                "ar_propose_corrections": True,
                "country_id": self.env.ref("base.cn").id,
            }
        )
        clerk = person(
            self.env,
            f"tour_rules_{lang}",
            f"{PREFIX}customer_clerk",
            lang=lang,
            email=f"tour_rules_{lang}@example.org",
            company_id=company.id,
        )
        # when
        tour = f"customer_ar_suite_quality_rules{suffix}"
        # the refusal is what is looked for; the server logs it as a warning
        with mute_logger("odoo.http"):
            self.start_tour("/odoo", tour, login=clerk.login, timeout=120)
        # then
        partner = self.env["res.partner"].search([("name", "=", expected)])
        self.assertEqual(len(partner), 1)
        self.assertEqual(partner.email, "ap@example.com")
        self.assertEqual(partner.city, "shanghai")
        self.assertTrue(partner.ar_refused_corrections)

    def test_english(self):
        self.enter("en_US", "", "Tidewater Mills GmbH")

    def test_chinese(self):
        self.enter("zh_CN", "_zh", "淀山湖造纸（集团）有限公司")
