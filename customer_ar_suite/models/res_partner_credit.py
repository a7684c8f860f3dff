from odoo import api, fields, models

from ..engine.exposure import Parts
from ..engine.money import from_minor
from .res_partner import MONEY_GROUPS


def _amount(string, **values):
    return fields.Monetary(
        string=string, compute="_compute_ar_credit", groups=MONEY_GROUPS, **values
    )


class ResPartner(models.Model):
    """Limit, exposure and headroom on the customer's card, in the current company."""

    _inherit = "res.partner"

    ar_credit_profile_id = fields.Many2one(
        "ar.credit.profile",
        string="Credit Profile",
        compute="_compute_ar_credit",
        groups=MONEY_GROUPS,
    )
    ar_allowed_amount = _amount("Allowed Exposure")
    ar_exposure_amount = _amount(
        "Exposure",
        help="What may be lost with the customer today, all contacts together.",
    )
    ar_headroom_amount = _amount("Headroom")
    ar_exposure_open_items_amount = _amount("Invoices and Entries")
    ar_exposure_unapplied_amount = _amount("Unapplied Cash and Credits")
    ar_exposure_bills_amount = _amount("Bills and Cheques")
    ar_exposure_draft_invoices_amount = _amount("Draft Invoices")
    ar_exposure_orders_amount = _amount("Orders not Invoiced")
    ar_credit_used_percent = fields.Integer(
        string="Limit Used (%)", compute="_compute_ar_credit", groups=MONEY_GROUPS
    )
    ar_is_on_hold = fields.Boolean(
        string="On Hold",
        compute="_compute_ar_credit",
        search="_search_ar_is_on_hold",
        groups=MONEY_GROUPS,
    )
    ar_hold_text = fields.Char(compute="_compute_ar_credit", groups=MONEY_GROUPS)

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "lang")
    def _compute_ar_credit(self):
        """Figures of the commercial partner; two questions for all."""
        company, today = self.env.company.root_id, fields.Date.context_today(self)
        customers = self.commercial_partner_id
        # sudo: the figures of customers the reader may see
        profiles = {
            profile.partner_id: profile
            for profile in self.env["ar.credit.profile"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", customers.ids),
                    ("company_id", "=", company.id),
                ]
            )
        }
        known = self.env["ar.credit.profile"].union(*profiles.values())
        positions = known._positions(today)
        others = [one.id for one in customers._origin if one not in profiles]
        rows = (
            self.env["ar.ledger"]._exposures(today, others, company.ids)
            if others
            else {}
        )
        digits = company.currency_id.decimal_places
        for partner in self:
            customer = partner.commercial_partner_id._origin
            profile = profiles.get(customer, self.env["ar.credit.profile"])
            parts, where, _row = positions.get(profile, (None, None, None))
            if parts is None:
                row = rows.get((customer.id, company.id))
                parts = row.parts if row else Parts()
            partner.ar_credit_profile_id = profile
            partner.ar_exposure_amount = from_minor(parts.total, digits)
            partner.ar_allowed_amount = from_minor(
                (where and where.allowed) or 0, digits
            )
            partner.ar_headroom_amount = from_minor(
                (where and where.headroom) or 0, digits
            )
            partner.ar_credit_used_percent = where.used_percent if where else 0
            partner.ar_is_on_hold = profile.is_on_hold
            partner.ar_hold_text = profile.hold_text
            for name, amount in zip(Parts._fields, parts, strict=True):
                partner[f"ar_exposure_{name}_amount"] = from_minor(amount, digits)

    def _search_ar_is_on_hold(self, operator, value):
        if operator != "in":
            return NotImplemented
        # sudo: ids of customers; those the reader may not see stay hidden
        held = (
            self.env["ar.credit.profile"]
            .sudo()
            .search(
                [
                    ("is_on_hold", "=", True),
                    ("company_id", "=", self.env.company.root_id.id),
                ]
            )
        )
        return [("commercial_partner_id", "in", held.partner_id.ids)]

    def _ar_money_fields(self):
        own = {"ar_credit_used_percent", "ar_is_on_hold", "ar_hold_text"}
        return super()._ar_money_fields() | {*own, "ar_credit_profile_id"}

    def action_view_ar_credit_profile(self):
        """The customer's credit profile in this company, or a new one."""
        self.check_access("read")
        profiles = self.env["ar.credit.profile"]
        profiles.check_access("read")
        self.ensure_one()
        customer = self.commercial_partner_id
        profile = profiles.search(
            [
                ("partner_id", "=", customer.id),
                ("company_id", "=", self.env.company.root_id.id),
            ]
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Credit Profile"),
            "res_model": profiles._name,
            "res_id": profile.id,
            "view_mode": "form",
            "context": {"default_partner_id": customer.id},
        }
