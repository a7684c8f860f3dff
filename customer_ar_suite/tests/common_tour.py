from odoo.tests import HttpCase
from odoo.tests import common as odoo_common


class TourCase(HttpCase):
    """A tour that waits for a slow machine: Odoo skips it when Chromium takes 10 seconds."""

    def setUp(self):
        super().setUp()
        self.patch(odoo_common, "CHECK_BROWSER_ITERATIONS", 900)
