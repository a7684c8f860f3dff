from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.customer_ar_suite.models.ar_credit_check import VERDICTS, Paper

#: who gets the invoice decides whose exposure it is
PARTNERS = frozenset({"partner_id", "partner_invoice_id"})
SALES = "sales_team.group_sale_salesman,account.group_account_readonly"


class SaleOrder(models.Model):
    """Orders are judged before they are confirmed, and when a confirmed one grows."""

    _inherit = "sale.order"
    _ar_stage = "order"

    ar_credit_verdict = fields.Selection(
        VERDICTS,
        string="Credit Check",
        compute="_compute_ar_credit",
        search="_search_ar_credit_verdict",
        groups=SALES,
    )
    ar_credit_text = fields.Text(
        string="Why It Is Held", compute="_compute_ar_credit", groups=SALES
    )
    ar_release_requested = fields.Boolean(
        compute="_compute_ar_release_requested", groups=SALES
    )

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

    def _compute_ar_release_requested(self):
        # sudo: that it has been asked for is told on the document
        asked = self.env["ar.credit.release"].sudo()
        waiting = asked.search(
            [("order_id", "in", self._origin.ids), ("state", "=", "requested")]
        ).order_id
        for order in self:
            order.ar_release_requested = order._origin in waiting

    def _search_ar_credit_verdict(self, operator, values):
        """Quotations by what would become of them now."""
        if operator != "in":
            return NotImplemented
        # sudo: ids only; the reader's rules on orders apply to what is found
        quotations = self.sudo().search(
            [
                ("state", "in", ("draft", "sent")),
                ("company_id", "in", self.env.companies.ids),
            ]
        )
        judged = quotations._ar_judge_credit(alone=True)
        by_verdict = {order.id: found.verdict for order, found in judged.items()}
        found = [id_ for id_, one in by_verdict.items() if one in values]
        if "free" not in values:
            return [("id", "in", found)]
        return [("id", "not in", list(by_verdict.keys() - set(found)))]

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
                    company.root_id.id,
                    own if order._origin.state == "sale" else company._ar_minor(total),
                    own,
                )
            )
        return papers

    def _ar_judge_credit(self, alone=False):
        """What would become of these if they were confirmed together, in this order."""
        return self.env["ar.credit.check"]._judge(
            self._ar_papers(), "order", alone=alone
        )

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
        if not self:
            return
        # sudo: whose headroom is taken
        customers = self.sudo().partner_invoice_id.commercial_partner_id
        self.env["ar.credit.check"]._lock(
            # sudo: which books the orders belong to
            customers.ids,
            self.sudo().company_id.root_id.ids,
        )
        judgements = self.env["ar.credit.judgement"]
        papers = self.sorted("id")._ar_papers()
        looks = self.env["ar.credit.check"]._look(papers, self._ar_stage)
        try:
            self._ar_refuse_held()
        except UserError:
            judgements._keep_refused(looks)
            raise
        judgements._keep(looks, "passed")
        releases = self.env["ar.credit.release"]._covering(self)
        self.env["ar.credit.release"].union(*releases.values())._use()

    def _ar_refuse_held(self):
        check = self.env["ar.credit.check"]
        told = []
        for order, found in self.sorted("id")._ar_judge_credit().items():
            if found.verdict in ("approve", "block"):
                for sentence in check._sentences(found.hits, order.company_id):
                    told.append(f"{order.name}: {sentence}")
                if found.verdict == "approve":
                    told.append(
                        self.env._("Ask for a release with the button on the document.")
                    )
        if told:
            raise UserError("\n".join(dict.fromkeys(told)))

    # -- buttons --------------------------------------------------------------------------

    def action_ar_ask_release(self):
        """Ask somebody to let this order pass."""
        self.check_access("read")
        self.env["ar.credit.release.ask"].check_access("create")
        self.ensure_one()
        if self.ar_credit_verdict != "approve":
            raise UserError(self.env._("This document needs no release, or gets none."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Request a Release"),
            "res_model": "ar.credit.release.ask",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id},
        }
