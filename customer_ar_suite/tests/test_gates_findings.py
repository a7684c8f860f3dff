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

    def test_defaults_of_a_client_do_not_reach_a_run_of_these_proposals(self):
        home = self.two_companies()[0]
        proposals = self.env["ar.match.proposal"].search(
            [
                ("company_id", "=", home.id),
                ("state", "=", "proposed"),
                ("statement_line_id", "!=", False),
            ],
            limit=1,
        )
        before = self.env["ar.match.run"].search([])
        ask = ("ar.match.proposal", "action_match_again", proposals.ids)
        self.call("ar_clerk", *ask, **FORGED_CONTEXT)
        made = self.env["ar.match.run"].search([]) - before
        self.assertEqual(made.mapped("state"), ["done"])

    def test_defaults_of_a_client_do_not_reach_locked_rows(self):
        purpose = self.env["customer.privacy.purpose"].search([], limit=1)
        person = self.env["res.partner"].create({"name": "Default Ltd"})
        consents = self.env["customer.privacy.consent"].with_context(
            default_note="forged", default_evidence_name="forged.pdf"
        )
        row = consents._record(person, purpose, "given", "phone")
        self.assertFalse(row.note or row.evidence_name)
