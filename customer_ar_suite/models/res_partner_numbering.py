from odoo import api, models

#: what a customer's number hangs on
TELLING = {"ref", "company_id", "parent_id", "customer_rank"}


class ResPartner(models.Model):
    """New customers get their number, and no number exists twice, whatever the route."""

    _inherit = "res.partner"

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        if self.env["res.company"]._ar_numbering():
            partners._ar_keep_numbers()
        return partners

    def write(self, vals):
        result = super().write(vals)
        if (
            not vals.keys().isdisjoint(TELLING)
            and self.env["res.company"]._ar_numbering()
        ):
            self._ar_keep_numbers()
        return result

    def _ar_set_approval(self, state):
        result = super()._ar_set_approval(state)
        if state == "approved":
            self._ar_give_numbers(("created", "approved"))
        return result

    def _ar_keep_numbers(self):
        """Enter what was typed in, number who has none yet."""
        # sudo: whose reference this is does not depend on who writes it
        customers = self.sudo()
        self.env["customer.number"]._sync(customers, "typed")
        approved = customers.filtered(lambda one: one.ar_approval_state == "approved")
        (customers - approved)._ar_give_numbers(("created",))
        approved._ar_give_numbers(("created", "approved"))

    def _ar_give_numbers(self, moments):
        """Number the customers of companies that do it at one of these moments."""
        modes = dict(self.env["res.company"]._ar_numbering())
        # sudo: numbering is the company's doing, not the user's
        waiting = self.sudo().filtered(lambda one: one._ar_wants_number())
        by_company = waiting.grouped(lambda one: one.company_id or self.env.company)
        for company, partners in by_company.items():
            if modes.get(company.id) in moments:
                self.env["customer.numbering"]._number(partners, company)

    def _ar_wants_number(self):
        """Customers do; contact persons and vendors do not."""
        return (
            not (self.parent_id or (self.ref or "").strip()) and self.customer_rank > 0
        )

    def action_ar_number(self):
        """Preview the numbers these customers would get."""
        self.check_access("write")
        return self.env["customer.numbering.run"]._open_for(self)
