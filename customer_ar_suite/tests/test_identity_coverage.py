"""Which actions ask who one is: all of them by name, so that none loses its check unnoticed."""

import inspect
from unittest.mock import patch

from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common_customers import CustomerCase

PREFIX = "odoo.addons.customer_ar_suite."
#: (model, button) → the rule that says whether and where it asks
CHECKED = {
    ("ar.bank.import", "action_confirm"): "bank_confirm",
    ("ar.bank.import", "action_undo"): "undo",
    ("ar.evidence.pack", "action_download"): "audit_export",
    ("ar.identity.rule", "action_confirm"): "confirm",
    ("ar.match.proposal", "action_undo"): "undo",
    ("ar.opening.import", "action_undo"): "undo",
    ("ar.rate.import", "action_apply"): "rate_apply",
    ("ar.rate.import", "action_undo"): "undo",
    ("ar.reconciliation.task", "action_sign"): "reconciliation_sign",
    ("ar.score.import", "action_undo"): "undo",
    ("ar.settlement", "action_undo"): "undo",
    ("ar.settlement.run", "action_undo"): "undo",
    ("customer.access.sign", "action_confirm"): "access_review",
    ("customer.audit.export", "action_export"): "audit_export",
    ("customer.change.request", "action_approve"): "change_approve",
    ("customer.change.review", "action_confirm"): "change_approve",
    ("customer.closing.request", "action_approve"): "closing_approve",
    ("customer.privacy.erasure", "action_erase"): "privacy",
    ("customer.privacy.export", "action_download"): "privacy",
    ("customer.unmask.ask", "action_unmask"): "unmask",
}


@tagged("post_install", "-at_install")
class TestIdentityCoverage(CustomerCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.registry.clear_cache)

    def marked(self):
        """{(model, method): code} of the suite's methods that carry the mark."""
        found = {}
        for name in self.env.registry:
            for cls in type(self.env[name]).mro():
                if not cls.__module__.startswith(PREFIX):
                    continue
                for method, function in vars(cls).items():
                    if getattr(function, "__has_check_identity", False):
                        code = inspect.getclosurevars(function).nonlocals["code"]
                        found[name, method] = code
        return found

    def test_every_button_that_asks(self):
        self.assertEqual(self.marked(), CHECKED)

    def test_every_code_has_its_rule(self):
        codes = {*self.marked().values(), "policy"} - {"confirm"}
        rules = self.env["ar.identity.rule"].search([])
        self.assertEqual(set(rules.mapped("code")), codes)

    def changes(self):
        """[(name, call)]: whatever loosens a control, as the administrator would."""
        env = self.env(user=self.administrator)
        rules = env["ar.identity.rule"]
        audit = env["customer.audit.policy"].search([], limit=1)
        sensitive = env["customer.sensitive.field"].search(
            [("treatment", "=", "mask")], limit=1
        )
        grant = env["customer.category.grant"].create(
            {
                "user_id": self.clerk.id,
                "dimension_id": env["customer.dimension"].search([], limit=1).id,
            }
        )
        company = self.env.company.with_user(self.env.ref("base.user_admin"))
        company.ar_closing_approver_count = 2
        self.role_user("customer_reviewer")
        company.ar_customers_need_approval = True
        return [
            ("identity: delete", rules.search([("code", "=", "undo")]).unlink),
            ("audit: off", lambda: audit.write({"active": False})),
            ("audit: create", lambda: audit.copy({"model_id": self.unlogged().id})),
            ("audit: delete", audit.unlink),
            ("mask: clear", lambda: sensitive.write({"treatment": "none"})),
            ("mask: delete", sensitive.unlink),
            ("mask: off", sensitive.action_turn_off),
            ("grant: wider", lambda: grant.write({"can_export": True})),
            ("grant: delete", grant.unlink),
            (
                "approval: off",
                lambda: company.write({"ar_customers_need_approval": False}),
            ),
            ("closing: one", lambda: company.write({"ar_closing_approver_count": 1})),
            ("closing: any", lambda: company.write({"ar_archive_rule": "allow"})),
        ]

    def unlogged(self):
        return self.env["ir.model"]._get("res.partner.industry")

    def test_loosening_a_control_asks(self):
        self.env["customer.audit.policy"].action_recommended()
        changes = self.changes()
        rule = self.env["ar.identity.rule"].search([("code", "=", "policy")])
        rule.scope = "everywhere"
        self.env.flush_all()
        for name, change in changes:
            with (
                self.subTest(name),
                patch.object(type(rule), "_is_confirmed", lambda self: False),
                self.assertRaises(RedirectWarning),
                self.env.cr.savepoint(),
            ):
                change()

    def test_rules_on_closing_are_logged(self):
        company = self.env.company.with_user(self.env.ref("base.user_admin"))
        reviewers = self.env.ref(
            "customer_ar_suite.customer_ar_suite_group_credit_manager"
        )
        company.write(
            {
                "ar_deletion_by_request": True,
                "ar_closing_approver_count": 2,
                "ar_closing_approver_group_id": reviewers.id,
                "ar_closing_deputy_ids": [Command.set(self.clerk.ids)],
            }
        )
        company.write({"ar_closing_approver_count": 2})  # as it is: nothing to tell
        company.write({"ar_closing_approver_count": 1})
        entries = self.env["customer.audit.entry"].search(
            [("event", "=", "closing.rules"), ("res_id", "=", company.id)], order="id"
        )
        first, last = entries[-2:]
        self.assertEqual(first.user_id, self.env.ref("base.user_admin"))
        self.assertEqual(first.payload["ar_closing_deputy_ids"], [[], self.clerk.ids])
        self.assertEqual(last.payload, {"ar_closing_approver_count": [2, 1]})

    def test_without_a_session_it_is_refused(self):
        rule = self.env["ar.identity.rule"].search([("code", "=", "policy")])
        rule.scope = "everywhere"
        with self.assertRaises(UserError), self.env.cr.savepoint():
            rule.with_user(self.administrator).write({"scope": "off"})
