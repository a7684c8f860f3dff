from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

#: how long a refund waits to be decided and paid
WAIT_DAYS = 60


class ArRefund(models.Model):
    """Money a customer gets back: asked for with the credits it pays, granted by another.

    Granting it makes an outgoing payment as a draft; nothing leaves the bank from here.
    When the bank line arrives it is matched with the same credits.
    """

    _name = "ar.refund"
    _inherit = ["ar.credit.grant.mixin"]
    _description = "Refund"
    _grant_event = "refund"
    _order = "id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary(readonly=True, string="To Be Paid Back")
    credit_line_ids = fields.Many2many(
        "account.move.line",
        "ar_refund_credit_rel",
        string="Credits Paid Back",
        readonly=True,
        help="Credit notes and receipts that nothing else has used.",
    )
    payment_id = fields.Many2one(
        "account.payment",
        string="Outgoing Payment",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )

    _amount_positive = models.Constraint(
        "CHECK(amount > 0)", "A refund pays something back."
    )

    # -- asking -----------------------------------------------------------------------------

    @api.model
    def _open_credits(self, partner, company, currency=None):
        """Credits of a customer that can be paid back, as rows of the ledger."""
        items = self.env["ar.ledger"]._open_items(
            fields.Date.context_today(self),
            partner_ids=partner.commercial_partner_id.ids,
            company_ids=company.ids,
            currency_ids=currency.ids if currency else None,
        )
        busy = self._credits_asked_for(company)
        return [
            item
            for item in items
            if item.residual < 0 and not item.is_advance and item.line_id not in busy
        ]

    def _credits_asked_for(self, company):
        # sudo: a credit is paid back once, whoever has asked for it
        refunds = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("state", "in", ("requested", "approved")),
            ]
        )
        return set(refunds.credit_line_ids.ids)

    @api.model
    def _request(self, partner, lines, reason):
        """Ask for the payment of these credits; the caller has checked who asks.

        :param lines: open credit items of one customer, company and currency
        """
        company, currency = lines.company_id, lines.currency_id
        payer = lines.partner_id.commercial_partner_id
        known = {
            item.line_id for item in self._open_credits(partner, company, currency[:1])
        }
        if (
            len(company) != 1
            or len(currency) != 1
            or payer != partner.commercial_partner_id
            or set(lines.ids) - known
        ):
            raise UserError(
                self.env._(
                    "Choose open credits of one customer, company and currency that nobody "
                    "has asked to pay back already."
                )
            )
        self._lock_credits(lines)
        return self._ask(
            [
                {
                    "partner_id": payer.id,
                    "company_id": company.id,
                    "currency_id": currency.id,
                    "amount": -sum(lines.mapped("amount_residual_currency")),
                    "credit_line_ids": [Command.set(lines.ids)],
                    "reason": reason,
                    "valid_to": fields.Date.context_today(self)
                    + timedelta(days=WAIT_DAYS),
                }
            ]
        )

    def _lock_credits(self, lines):
        """Two who ask for one credit at the same moment wait for each other."""
        # sudo: a lock; nothing is read or written
        lines.sudo().lock_for_update(allow_referencing=True)

    # -- deciding, paying -------------------------------------------------------------------

    def action_approve(self):
        """Grant it, and propose the outgoing payment as a draft."""
        self.check_access("read")
        for refund in self:
            refund._decide("approved")
            refund._propose_payment()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_reject(self):
        """Refuse it; the reason is that no refund is due."""
        self.check_access("read")
        self._decide("rejected", self.env._("No refund is due."))
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _propose_payment(self):
        self.ensure_one()
        # sudo: credit managers keep no books; the payment is a draft an accountant posts
        company = self.sudo().with_company(self.company_id)
        journal = company.env["account.journal"].search(
            [
                ("type", "=", "bank"),
                ("company_id", "=", self.company_id.id),
                ("currency_id", "in", (False, self.currency_id.id)),
            ],
            limit=1,
        )
        if not journal:
            return
        names = company.credit_line_ids.mapped("move_name")
        payment = company.env["account.payment"].create(
            {
                "payment_type": "outbound",
                "partner_type": "customer",
                "partner_id": self.partner_id.id,
                "amount": self.amount,
                "currency_id": self.currency_id.id,
                "journal_id": journal.id,
                "date": fields.Date.context_today(self),
                "memo": self.env._("Refund %(numbers)s", numbers=", ".join(names)),
            }
        )
        company._set(payment_id=payment.id)

    def action_open_payment(self):
        """The outgoing payment."""
        self.check_access("read")
        self.ensure_one()
        if not self.payment_id:
            raise UserError(self.env._("There is no payment for this refund."))
        return self.payment_id.get_formview_action()

    def action_open_credits(self):
        """The credits it pays back."""
        self.check_access("read")
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Credits"),
            "res_model": "account.move.line",
            "view_mode": "list,form",
            "domain": [("id", "in", self.credit_line_ids.ids)],
        }

    @api.model
    def _settle_with(self, proposals):
        """Refunds whose credits the bank has paid are done, and open again on undo."""
        for proposal in proposals:
            paid = proposal.allocation_ids.item_line_id
            # sudo: whoever applies bank lines need not decide on refunds
            refunds = self.sudo().search(
                [
                    ("company_id", "=", proposal.company_id.id),
                    ("state", "in", ("approved", "used")),
                    ("credit_line_ids", "in", paid.ids),
                ]
            )
            done = proposal.state == "applied"
            for refund in refunds:
                if refund.credit_line_ids <= paid:
                    refund._set(state="used" if done else "approved")
                    refund._log_step("use" if done else "reopen")
