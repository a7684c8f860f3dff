from odoo.tests import tagged

from .common_tour import TourCase
from .test_alert_rules import AlertCase
from .test_data_quality import QualityCase


@tagged("post_install", "-at_install")
class TestQualityTour(QualityCase, TourCase):
    """In Chromium: an audit, its finding taken, corrected, examined again and closed."""

    def worker(self, lang):
        return self.user_with(
            "administrator",
            "customer_reviewer",
            "customer_clerk",
            login=f"tour_quality_{lang}",
            lang=lang,
        )

    def go(self, lang):
        if lang != "en_US":
            self.env["res.lang"]._activate_lang(lang)
        self.rule("website", "required")
        buyer = self.buyer("TOUR-QUALITY", website=False)
        user = self.worker(lang)
        run = self.env["customer.quality.run"].create(
            {
                "company_id": self.company.id,
                "partner_domain": "[('name', '=', 'TOUR-QUALITY')]",
                "responsible_id": user.id,
            }
        )
        self.start_tour(
            f"/odoo/data-audits/{run.id}",
            "customer_ar_suite_quality_audit",
            login=user.login,
            timeout=240,
        )
        finding = self.env["customer.quality.finding"].search(
            [("partner_id", "=", buyer.id), ("field_name", "=", "website")]
        )
        self.assertEqual((finding.state, finding.responsible_id), ("in_work", user))
        # the customer is put right; who looks again finds it so
        buyer.website = "https://quality.example"
        self.start_tour(
            f"/odoo/customer-findings/{finding.id}",
            "customer_ar_suite_quality_finding",
            login=user.login,
            timeout=240,
        )
        self.assertEqual(finding.state, "closed")
        self.assertTrue(finding.cause)

    def test_audit_english(self):
        self.go("en_US")

    def test_audit_chinese(self):
        self.go("zh_CN")


@tagged("post_install", "-at_install")
class TestAlertTour(AlertCase, TourCase):
    """In Chromium: an alert is looked into and settled by somebody else than its cause."""

    def go(self, lang):
        if lang != "en_US":
            self.env["res.lang"]._activate_lang(lang)
        user = self.user_with("administrator", login=f"tour_alert_{lang}", lang=lang)
        rule = self.rule(name="TOUR-ALERT")
        self.entries("data.export", size=4200)
        alert = self.watch(rule)
        self.start_tour(
            "/odoo/customer-alerts",
            "customer_ar_suite_alert",
            login=user.login,
            timeout=240,
        )
        self.assertEqual((alert.state, alert.closed_by_id), ("closed", user))
        self.assertEqual(alert.note, "TOUR-OUTCOME")

    def test_alert_english(self):
        self.go("en_US")

    def test_alert_chinese(self):
        self.go("zh_CN")
