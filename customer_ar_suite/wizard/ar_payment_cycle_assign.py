from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

_CLERK = "customer_ar_suite.customer_ar_suite_group_customer_clerk"
#: customers whose old and new terms are shown
SHOWN = 80


class ArPaymentCycleAssign(models.TransientModel):
    """Gives a payment cycle to customers; shows first what changes: old terms → new terms."""

    _name = "ar.payment.cycle.assign"
    _inherit = "ar.wizard.company.mixin"
    _description = "Give a Payment Cycle"

    cycle_id = fields.Many2one(
        "ar.payment.cycle",
        string="Payment Cycle",
        required=True,
        domain="[('company_id', 'in', (False, company_id))]",
    )
    partner_ids = fields.Many2many(
        "res.partner",
        string="Customers",
        domain="[('parent_id', '=', False)]",
        help="Contacts have the terms of their company.",
    )
    reason = fields.Char(help="Kept in the history of the customer's cycles.")
    line_ids = fields.One2many(
        "ar.payment.cycle.assign.line", "wizard_id", compute="_compute_line_ids"
    )
    guarded_count = fields.Integer(compute="_compute_line_ids")

    @api.depends("cycle_id", "partner_ids")
    def _compute_line_ids(self):
        for wizard in self:
            customers = wizard.partner_ids.commercial_partner_id._origin
            customers = customers.with_company(wizard.company_id)
            rows = [wizard._line_values(one) for one in customers]
            wizard.guarded_count = sum(row["needs_approval"] for row in rows)
            wizard.line_ids = [
                Command.clear(),
                *(Command.create(row) for row in rows[:SHOWN]),
            ]

    def _line_values(self, customer):
        cycle = self.cycle_id
        today = fields.Date.context_today(self)
        term = cycle.payment_term_id
        changes = customer.property_payment_term_id != term or not term
        is_guarded = customer._ar_guard_of("property_payment_term_id") is not None
        due = cycle and cycle.with_company(self.company_id)._due_date(today)
        return {
            "partner_id": customer.id,
            "old_term_id": customer.property_payment_term_id.id,
            "new_name": cycle.name or "",
            "example": due and format_date(self.env, due) or "",
            "needs_approval": bool(cycle and changes and is_guarded),
        }

    def action_apply(self):
        """Change the payment terms, or ask for approval where they are guarded."""
        if not self.env.user.has_group(_CLERK):
            raise AccessError(
                self.env._("Only customer clerks decide which cycle a customer has.")
            )
        self.check_access("read")
        self.ensure_one()
        if not self.partner_ids:
            raise UserError(self.env._("Choose at least one customer."))
        company = self.company_id
        self._check_company_active()
        customers = self.partner_ids.commercial_partner_id.with_company(company)
        done = customers._ar_assign_cycle(
            self.cycle_id.with_company(company), "assign", self.reason or ""
        )
        waiting = len(customers - done)
        if not waiting:
            return {"type": "ir.actions.act_window_close"}
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._(
                    "%(count)s customers keep their terms until the change is approved.",
                    count=waiting,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }


class ArPaymentCycleAssignLine(models.TransientModel):
    """What changes for one customer."""

    _name = "ar.payment.cycle.assign.line"
    _description = "Change of a Payment Cycle"

    wizard_id = fields.Many2one("ar.payment.cycle.assign", ondelete="cascade")
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    old_term_id = fields.Many2one(
        "account.payment.term", string="Terms Today", readonly=True
    )
    new_name = fields.Char(string="New Terms", readonly=True)
    example = fields.Char(string="Invoice of Today Due", readonly=True)
    needs_approval = fields.Boolean(readonly=True)
