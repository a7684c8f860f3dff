from odoo.tests import HttpCase, new_test_user
from odoo.tests import common as odoo_common

from .common_customers import PREFIX


class TourCase(HttpCase):
    """A tour that waits for a slow machine: Odoo skips it when Chromium takes 10 seconds."""

    def setUp(self):
        super().setUp()
        self.patch(odoo_common, "CHECK_BROWSER_ITERATIONS", 900)

    def speak(self, lang):
        """Have that language installed until the test ends."""
        self.env["res.lang"]._activate_lang(lang)
        self.addCleanup(self.registry.clear_cache)

    def person(self, role, lang):
        """Somebody in one of the suite's roles, who reads that language."""
        login = f"tour_{role}_{lang}"
        return new_test_user(
            self.env,
            login,
            f"{PREFIX}{role}",
            lang=lang,
            email=f"{login}@example.org",
        )
