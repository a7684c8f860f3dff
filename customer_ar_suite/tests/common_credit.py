"""What tests of credit share: profiles, rules, releases, people."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError

from .common import ArCommon

__all__ = ["AccessError", "CreditCase", "UserError", "timedelta"]


class CreditCase(ArCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.env["res.partner"])
        cls.clerk = cls.user_with("ar_clerk")
        cls.manager = cls.user_with("credit_manager")
        cls.second = cls.user_with("credit_manager", login="second-manager")
        cls.env["ar.hold.rule"].search([]).active = False

    @classmethod
    def profile(cls, partner, limit=0, company=None, **values):
        return cls.env["ar.credit.profile"].create(
            {
                "partner_id": partner.id,
                "company_id": (company or cls.company).id,
                "limit_amount": limit,
                **values,
            }
        )

    @classmethod
    def rule(cls, trigger="over_limit", action="approve", **values):
        return cls.env["ar.hold.rule"].create(
            {
                "name": f"{trigger} {action}",
                "trigger": trigger,
                "action": action,
                "company_id": cls.company.id,
                **values,
            }
        )

    def draft(self, partner, amount, **values):
        return self.invoice(partner, amount, self.today, post=False, **values)

    def ask(self, move, user=None, reason="They will pay on Friday"):
        """Through the screen's dialog; the request that comes of it."""
        user = user or self.clerk
        known = self.env["ar.credit.release"].search([])
        wizard = (
            self.env["ar.credit.release.ask"]
            .with_user(user)
            .create({"move_id": move.id, "reason": reason})
        )
        wizard.action_ask()
        return self.env["ar.credit.release"].search([]) - known

    def decide(self, release, user=None, verdict="approved", **values):
        """Through the screen's dialog."""
        field = (
            "release_id"
            if release._name == "ar.credit.release"
            else "temporary_limit_id"
        )
        self.env["ar.credit.decide"].with_user(user or self.manager).create(
            {field: release.id, "verdict": verdict, "note": "Looked at", **values}
        ).action_decide()

    def assertHeld(self, call, move, text=None):
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            call()
        if text:
            self.assertIn(text, str(caught.exception))
        self.env.invalidate_all()
        self.assertEqual(set(move.mapped("state")), {"draft"})
