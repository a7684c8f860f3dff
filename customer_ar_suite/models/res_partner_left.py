from odoo import api, fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    """Customers one has parted with: erased persons, closed accounts.

    Their records stay for the books. Nobody rates or classifies them any more, proposes
    anything for them or looks for what could be better about their data.
    """

    _inherit = "res.partner"

    ar_has_left = fields.Boolean(
        string="Left for Good",
        compute="_compute_ar_has_left",
        search="_search_ar_has_left",
        help="Erased, or closed by an approved request: no longer rated, classified or "
        "proposed anything.",
    )

    def _compute_ar_has_left(self):
        for partner in self:
            # sudo: that somebody was erased is what his name says
            is_erased = bool(partner.sudo().commercial_partner_id.ar_erased_on)
            partner.ar_has_left = is_erased or partner.ar_is_closed

    @api.model
    def _search_ar_has_left(self, operator, value):
        if operator != "in":
            return NotImplemented
        left = Domain("commercial_partner_id", "in", self._ar_left_ids())
        return (left if True in value else Domain.FALSE) | (
            ~left if False in value else Domain.FALSE
        )

    @api.model
    def _ar_left_ids(self):
        """Ids of all customers who have left, archived ones too."""
        # sudo: as in _compute_ar_has_left
        partners = self.sudo().with_context(active_test=False)
        left = Domain("ar_erased_on", "!=", False) | Domain("ar_is_closed", "=", True)
        return partners.search(left, order="id").ids

    def _ar_withdraw_proposals(self):
        """What waits for a decision about them is settled: they have left."""
        # sudo: follows from their erasure or closing, whoever decided on that
        env = self.sudo().env
        asked = [("partner_id", "in", self.ids), ("state", "=", "open")]
        env["ar.grade.proposal"].search(asked)._set(state="outdated")
        env["customer.category.proposal"].search(asked).state = "outdated"
