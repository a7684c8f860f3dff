from odoo.tests import tagged

from .access_oracle import Row
from .common_grants import GrantCase
from .common_tour import TourCase


@tagged("post_install", "-at_install")
class TestGrantTour(GrantCase, TourCase):
    """An administrator asks, in English and in Chinese, why somebody may not do something."""

    def test_explain_access(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        customer = self.classified("Explained Ltd", {"region": "china"})
        colleague = self.granted_user(
            "colleague", [Row("region", "asia", rights=("see", "money"))]
        )
        colleague.name = "Explained Colleague"
        for lang in ("en_US", "zh_CN"):
            administrator = self.user_with("administrator", login=f"explain_{lang}")
            administrator.lang = lang
            self.start_tour(
                f"/odoo/res.partner/{customer.id}",
                "customer_ar_suite_explain_access",
                login=administrator.login,
                timeout=180,
            )
