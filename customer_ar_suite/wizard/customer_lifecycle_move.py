from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class CustomerLifecycleMove(models.TransientModel):
    """Brings customers into a stage by hand, with the reason."""

    _name = "customer.lifecycle.move"
    _description = "Move to Another Stage"

    partner_ids = fields.Many2many(
        "res.partner", string="Customers", required=True, readonly=True
    )
    stage_id = fields.Many2one(
        "customer.lifecycle.stage", string="New Stage", required=True
    )
    reason = fields.Char(help="Stands in the customer's track.")
    held_until = fields.Date(
        string="Rules Leave It Alone Until",
        help="Rules do not move these customers up to this day.",
    )

    def action_move(self):
        """Do it, or ask for approval where the stage is guarded."""
        self.ensure_one()
        self.check_access("write")
        partners = self.partner_ids.commercial_partner_id
        if not partners:
            raise UserError(self.env._("Select the customers first."))
        today = fields.Date.context_today(self)
        if self.held_until and self.held_until < today:
            raise UserError(
                self.env._(
                    "%(date)s is over. Choose a later day, or leave it empty.",
                    date=format_date(self.env, self.held_until),
                )
            )
        done = partners._ar_move_stage(
            self.stage_id, "manual", self.reason or "", held=self.held_until
        )
        # sudo: counts who is where he was to go
        waiting = partners.sudo().filtered(
            lambda one: one.customer_stage_id != self.stage_id
        )
        text = self.env._(
            "%(count)s moved to “%(stage)s”.", count=len(done), stage=self.stage_id.name
        )
        if waiting:
            text = self.env._(
                "%(count)s moved to “%(stage)s”, %(waiting)s await approval.",
                count=len(done),
                waiting=len(waiting),
                stage=self.stage_id.name,
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": text,
                "type": "warning" if waiting else "success",
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
