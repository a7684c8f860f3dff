"""What the long gates found, call by call: it stays closed."""

from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_gates import FORGED_CONTEXT, LOUD, GateCase


@tagged("post_install", "-at_install")
class TestGateFindings(GateCase):
    def call(self, name, model, method, ids=None, **context):
        user = self.actor(name, self.two_companies()[0])
        args = [] if ids is None else [ids]
        return call_kw(self.env(user=user)[model], method, args, {"context": context})

    def test_the_list_of_open_items_is_for_colleagues(self):
        ask = ("res.partner", "action_view_ar_open_items", [])
        for name in ("portal", "employee"):
            with self.subTest(name), self.assertRaises(AccessError), mute_logger(*LOUD):
                self.call(name, *ask)
        self.assertEqual(self.call("collector", *ask)["res_model"], "account.move.line")

    def test_defaults_of_a_client_do_not_reach_a_match_run(self):
        before = self.env["ar.match.run"].search([])
        self.call("ar_accountant", "ar.match.run", "match_now", **FORGED_CONTEXT)
        made = self.env["ar.match.run"].search([]) - before
        self.assertTrue(made)
        self.assertNotIn("approved", made.mapped("state"))
