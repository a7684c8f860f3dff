from odoo import api, fields, models
from odoo.exceptions import AccessError

from .customer_quality_finding import CLERK


class CustomerQualityConfirmation(models.Model):
    """Somebody has asked the customer: this field was right on that day."""

    _name = "customer.quality.confirmation"
    _description = "Confirmed Value"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _order = "id desc"
    _rec_name = "field_name"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="partner_id.company_id", store=True, index="btree_not_null"
    )
    field_name = fields.Char(string="Technical Name", required=True, readonly=True)
    field_label = fields.Char(string="Field", compute="_compute_field_label")
    confirmed_on = fields.Date(string="Confirmed on", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Confirmed by",
        required=True,
        readonly=True,
        ondelete="restrict",
    )

    @api.depends("field_name")
    @api.depends_context("lang")
    def _compute_field_label(self):
        known = self.env["res.partner"]._fields
        for one in self:
            field = known.get(one.field_name)
            one.field_label = field and field._description_string(self.env)

    @api.model
    def _last(self, partners, names):
        """{(customer id, field): last day it was confirmed}."""
        # sudo: when something was confirmed says nothing of it
        groups = self.sudo()._read_group(
            [("partner_id", "in", partners.ids), ("field_name", "in", list(names))],
            ["partner_id", "field_name"],
            ["confirmed_on:max"],
        )
        return {(partner.id, name): day for partner, name, day in groups}


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_ar_confirm_data(self):
        """The customer was asked: address, numbers and mail are right as they stand."""
        if not self.env.user.has_group(CLERK):
            raise AccessError(self.env._("Only customer clerks confirm customer data."))
        self.check_access("write")
        check = (
            self.env["customer.quality.check"]
            ._asked()
            .filtered(lambda one: one.code == "not_confirmed")
        )
        self._ar_confirm_fields(check._ageing_fields())
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Confirmed as of today."),
            },
        }

    def _ar_confirm_fields(self, names):
        """Note that the values of these fields hold today; the caller checked the right."""
        self.check_access("write")
        today = fields.Date.context_today(self)
        # sudo: written by this step alone
        self.env["customer.quality.confirmation"].sudo()._insert(
            [
                {
                    "partner_id": partner.id,
                    "field_name": name,
                    "confirmed_on": today,
                    "user_id": self.env.uid,
                }
                for partner in self
                for name in names
                if partner[name]
            ]
        )
        self.env["customer.audit.entry"]._ar_log(
            "quality.confirm", self, {"fields": list(names)}
        )
