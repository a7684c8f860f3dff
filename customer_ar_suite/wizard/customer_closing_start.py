from odoo import api, fields, models
from odoo.exceptions import UserError


class CustomerClosingStart(models.TransientModel):
    """Ask for closing, deletion or reopening of one or several customers."""

    _name = "customer.closing.start"
    _description = "Request Closing or Deletion"

    partner_ids = fields.Many2many(
        "res.partner", string="Customers", context={"active_test": False}
    )
    kind = fields.Selection(
        lambda self: self._kinds(),
        string="Request",
        compute="_compute_kind",
        store=True,
        readonly=False,
        required=True,
    )
    reason = fields.Text(required=True)
    planned_date = fields.Date(
        help="Empty: as soon as it is approved. The account is checked again.",
    )

    def _kinds(self):
        requests = self.env["customer.closing.request"]
        return requests._fields["kind"]._description_selection(self.env)

    @api.depends("partner_ids")
    def _compute_kind(self):
        """Who selects nothing but closed customers wants them back."""
        for wizard in self:
            customers = wizard.partner_ids.commercial_partner_id
            closed = customers and not customers.filtered(
                lambda one: not one.ar_is_closed
            )
            wizard.kind = "reopen" if closed else "close"

    def action_start(self):
        """Make the requests; those that are settled go to the approvers at once."""
        self.check_access("write")
        requests = self._make()
        requests.filtered(lambda one: not one.stop_count).action_request()
        return self._open(requests)

    def action_draft(self):
        """Make drafts, to look at the checklist first."""
        self.check_access("write")
        return self._open(self._make())

    def _make(self):
        """One request per customer; contacts stand for their company."""
        self.ensure_one()
        customers = self.partner_ids.commercial_partner_id
        if not customers:
            raise UserError(self.env._("Choose at least one customer."))
        return self.env["customer.closing.request"].create(
            [
                {
                    "partner_id": customer.id,
                    "kind": self.kind,
                    "reason": self.reason,
                    "planned_date": self.planned_date,
                }
                for customer in customers
            ]
        )

    def _open(self, requests):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_ar_suite.customer_closing_request_action"
        )
        if len(requests) == 1:
            form = [view for view in action["views"] if view[1] == "form"]
            return {**action, "views": form, "res_id": requests.id, "context": {}}
        return {**action, "domain": [("id", "in", requests.ids)], "context": {}}
