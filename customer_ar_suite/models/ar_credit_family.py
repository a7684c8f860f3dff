from odoo import api, fields, models

from ..engine.exposure import Ceiling, position, together
from ..engine.money import from_minor, to_minor


class ArCreditFamily(models.Model):
    """Customers that belong together and share a limit, besides each one's own.

    Members are credit profiles of one company; a customer belongs to one family there.
    """

    _name = "ar.credit.family"
    _description = "Customer Family"
    _inherit = ["mail.thread"]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    limit_amount = fields.Monetary(
        string="Group Limit",
        tracking=True,
        help="The highest exposure of all members together. Zero: none has been set.",
    )
    profile_ids = fields.One2many(
        "ar.credit.profile",
        "family_id",
        string="Members",
        domain="[('company_id', '=', company_id)]",
    )
    member_count = fields.Integer(string="Customers", compute="_compute_exposure")
    version = fields.Integer(readonly=True, default=0)
    active = fields.Boolean(default=True)
    note = fields.Text(string="Notes")
    exposure_amount = fields.Monetary(string="Exposure", compute="_compute_exposure")
    headroom_amount = fields.Monetary(
        string="Headroom",
        compute="_compute_exposure",
        help="What is left of the group limit; negative: exceeded.",
    )
    used_percent = fields.Integer(string="Used (%)", compute="_compute_exposure")

    _name_uniq = models.Constraint(
        "UNIQUE(company_id, name)", "There is a family of that name already."
    )
    _limit_positive = models.Constraint(
        "CHECK(limit_amount >= 0)", "A credit limit is not negative."
    )

    def _positions(self, today):
        """{family: (Parts, Position)}, one question for all."""
        # sudo: the members of a family are few figures of one total
        families = self.sudo()
        rows = families.env["ar.ledger"]._exposures(
            today, families.profile_ids.partner_id.ids, families.company_id.ids
        )
        found = {}
        for family, shared in zip(self, families, strict=True):
            keys = [
                (member.partner_id.id, shared.company_id.id)
                for member in shared.profile_ids
            ]
            parts = together(rows[key].parts for key in keys if key in rows)
            found[family] = parts, position(parts, shared._ceiling())
        return found

    def _ceiling(self):
        if not self.limit_amount:
            return Ceiling()
        return Ceiling(to_minor(self.limit_amount, self.currency_id.decimal_places))

    @api.depends("profile_ids", "limit_amount")
    def _compute_exposure(self):
        positions = self._positions(fields.Date.context_today(self))
        for family in self:
            _parts, where = positions[family]
            digits = family.currency_id.decimal_places
            family.member_count = len(family.sudo().profile_ids)  # sudo: a number
            family.exposure_amount = from_minor(where.exposure, digits)
            family.headroom_amount = from_minor(where.headroom or 0, digits)
            family.used_percent = where.used_percent

    def write(self, vals):
        old = {family.id: [family.name, family.limit_amount] for family in self}
        result = super().write(vals)
        if {"name", "limit_amount", "active"} & vals.keys():
            self.env["customer.audit.entry"]._ar_log(
                "credit.family",
                self,
                None,
                {
                    family.id: {
                        "limit": [old[family.id][1], family.limit_amount],
                        "name": [old[family.id][0], family.name],
                    }
                    for family in self
                },
            )
        return result
