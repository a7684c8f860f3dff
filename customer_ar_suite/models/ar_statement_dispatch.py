from odoo import api, fields, models
from odoo.exceptions import UserError

from .ar_statement import ArStatement as Base


class ArStatement(models.Model):
    """What became of an issued statement on its way to the customer."""

    _inherit = "ar.statement"

    _open_fields = Base._open_fields | {"portal_released_at"}

    portal_released_at = fields.Datetime(
        string="Released for Portal",
        readonly=True,
        copy=False,
        help="From then on the customer may open it in the portal.",
    )
    delivery_ids = fields.One2many(
        "ar.statement.delivery", "statement_id", string="Deliveries", readonly=True
    )
    delivery_state = fields.Selection(
        selection=lambda self: (
            self.env["ar.statement.delivery"]
            ._fields["state"]
            ._description_selection(self.env)
        ),
        string="Delivery",
        compute="_compute_delivery_state",
        help="Of the last time it was handed over.",
    )

    @api.depends("delivery_ids.state")
    def _compute_delivery_state(self):
        last = {}
        for row in self.delivery_ids.sorted("id"):
            last[row.statement_id.id] = row.state
        for statement in self:
            statement.delivery_state = last.get(statement.id, False)

    def action_send_email(self):
        """Prepare an e-mail with these statements as they were issued; sends nothing yet."""
        self._check_may_issue()
        company = self.company_id
        if len(company) != 1:
            raise UserError(self.env._("Choose statements of one company."))
        if self.filtered(lambda statement: statement.state == "cancelled"):
            raise UserError(self.env._("A cancelled statement is not sent."))
        run = self.env["ar.statement.run"]._prepare_again(self)
        return run._open()

    def _release_portal(self):
        # sudo: nobody may write statements but through the suite's steps; checked before
        self.sudo().write({"portal_released_at": fields.Datetime.now()})

    def _note_sent(self, moment):
        """First time it has left the house; who let it go is on the delivery."""
        # sudo: follows from its delivery
        for statement in self.sudo().filtered(lambda one: one.state == "issued"):
            statement.write(
                {
                    "state": "sent",
                    "sent_at": moment,
                    "sent_by_id": statement.delivery_ids.sorted("id")[-1:].user_id.id,
                }
            )
