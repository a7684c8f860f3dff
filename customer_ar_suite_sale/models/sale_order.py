from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.customer_ar_suite.models.ar_credit_check import Paper

#: who gets the invoice decides whose exposure it is
PARTNERS = frozenset({"partner_id", "partner_invoice_id"})
SALES = "sales_team.group_sale_salesman,account.group_account_readonly"


class SaleOrder(models.Model):
    """Orders are judged before they are confirmed, and when a confirmed one grows."""

    _name = "sale.order"
    _inherit = ["sale.order", "ar.credit.checked.mixin"]
    _ar_stage = "order"

    ar_credit_verdict = fields.Selection(groups=SALES)
    ar_credit_text = fields.Text(groups=SALES)
    ar_release_requested = fields.Boolean(groups=SALES)

    # -- what is seen on a quotation ------------------------------------------------------

    @api.depends("state", "partner_invoice_id", "company_id", "amount_total")
    @api.depends_context("lang", "uid")
    def _compute_ar_credit(self):
        quotations = self.filtered(lambda order: order.state in ("draft", "sent"))
        judged = quotations._ar_judge_credit(alone=True)
        check = self.env["ar.credit.check"]
        shown = self.partner_invoice_id.commercial_partner_id._ar_filtered_right(
            "money"
        )
        for order in self:
            found = judged.get(order)
            order.ar_credit_verdict = found.verdict if found else "free"
            order.ar_credit_text = False
            if found:
                customer = order.partner_invoice_id.commercial_partner_id
                order.ar_credit_text = (
                    "\n".join(check._sentences(found.hits, order.company_id))
                    if customer in shown
                    else self.env._(
                        "The credit department holds this customer's orders."
                    )
                )

    @api.model
    def _ar_waiting_domain(self):
        return [("state", "in", ("draft", "sent"))]

    # -- judging --------------------------------------------------------------------------

    def _ar_papers(self):
        """These orders as the credit check looks at them."""
        today = fields.Date.context_today(self)
        confirmed = self._origin.filtered(lambda order: order.state == "sale")
        counted = self.env["ar.ledger"]._order_amounts(confirmed, today)
        papers = []
        # sudo: amounts that are compared; nothing of them is shown
        for order in self.sudo():
            company = order.company_id
            own = company._ar_minor(counted.get(order._origin.id, 0))
            total = order.currency_id._convert(
                order.amount_total, company.currency_id, company, today
            )
            papers.append(
                Paper(
                    self.browse(order.id) if isinstance(order.id, int) else order,
                    order.partner_invoice_id.commercial_partner_id._origin.id,
                    company.id,
                    own if order._origin.state == "sale" else company._ar_minor(total),
                    own,
                )
            )
        return papers

    def _ar_debtors(self):
        return self.partner_invoice_id.commercial_partner_id

    # -- confirming -----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders.filtered(lambda order: order.state == "sale")._ar_check_confirmation()
        return orders

    def write(self, vals):
        """Whatever confirms an order, and by whatever route, comes through here."""
        confirming = self.browse()
        if vals.get("state") == "sale":
            confirming = self.filtered(lambda order: order.state != "sale")
            confirming._ar_check_confirmation()
        result = super().write(vals)
        if PARTNERS & vals.keys():
            others = self.filtered(lambda order: order.state == "sale") - confirming
            others._ar_check_confirmation()
        return result

    def _ar_check_confirmation(self):
        """Refuse what is held; use the releases of what passes."""
        if self:
            self._ar_pass_credit(self._ar_refuse_held)

    def _ar_refuse_held(self):
        told = [
            f"{order.name}: {sentence}"
            for order, sentences in self._ar_credit_blocks().items()
            for sentence in sentences
        ]
        if told:
            raise UserError("\n".join(dict.fromkeys(told)))
