from odoo import api, fields, models
from odoo.exceptions import AccessError


class CustomerMergeMember(models.Model):
    """A customer that is merged into another one, and whether it still is."""

    _name = "customer.merge.member"
    _description = "Merged Customer"
    _inherit = ["ar.partner.rule.mixin"]
    _order = "id"
    _rec_name = "partner_id"

    merge_id = fields.Many2one(
        "customer.merge", required=True, readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="merge_id.company_id", store=True)
    survivor_id = fields.Many2one(related="merge_id.survivor_id")
    is_in_force = fields.Boolean(
        string="Merged", readonly=True, help="Merged and not taken back."
    )

    def _ar_partner_paths(self):
        return ("merge_id.survivor_id", "partner_id")

    def write(self, vals):
        raise AccessError(
            self.env._("Merged customers are written by their merge alone.")
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_before_the_merge(self):
        if self.filtered("is_in_force"):
            self.write({})

    def _set_in_force(self, is_in_force):
        # below the locked door
        return super().write({"is_in_force": is_in_force})  # pylint: disable=super-method-mismatch
