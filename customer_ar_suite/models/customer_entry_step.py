from odoo import api, fields, models

from .customer_entry_checklist import STEPS


class CustomerEntryStep(models.Model):
    """How long a step took, who ended it and how: for the worklist and the statistics."""

    _name = "customer.entry.step"
    _description = "Step of a New Customer"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _ar_partner_path = "entry_id.partner_id"
    _order = "entry_id desc, id"

    entry_id = fields.Many2one(
        "customer.entry",
        string="New Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="entry_id.company_id", store=True)
    partner_id = fields.Many2one(
        related="entry_id.partner_id", string="Customer", store=False
    )
    step = fields.Selection(STEPS, string="Entry Step", required=True, readonly=True)
    started_at = fields.Datetime(string="Begun on", required=True, readonly=True)
    ended_at = fields.Datetime(string="Finished on", readonly=True)
    hours = fields.Float(
        string="Hours in the Step", readonly=True, aggregator="avg", digits=(16, 1)
    )
    user_id = fields.Many2one(
        "res.users", string="Finished by", readonly=True, ondelete="restrict"
    )
    outcome = fields.Selection(
        [
            ("done", "Completed"),
            ("skipped", "Skipped"),
            ("returned", "Sent Back"),
            ("cancelled", "Given Up"),
        ],
        string="How It Ended",
        readonly=True,
    )
    reason = fields.Char(string="Why", readonly=True)

    @api.model
    def _start(self, entries):
        now = fields.Datetime.now()
        self._insert(
            [
                {"entry_id": entry.id, "step": entry.state, "started_at": now}
                for entry in entries
                if entry.state in dict(STEPS)
            ]
        )

    @api.model
    def _end(self, entries, user, outcome, reason=False):
        now = fields.Datetime.now()
        for step in self.search(
            [("entry_id", "in", entries.ids), ("ended_at", "=", False)]
        ):
            step._set(
                ended_at=now,
                hours=round((now - step.started_at).total_seconds() / 3600, 2),
                user_id=user.id,
                outcome=outcome,
                reason=reason,
            )
