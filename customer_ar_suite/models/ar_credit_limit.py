from odoo import api, fields, models
from odoo.exceptions import UserError

from .ar_credit_profile import OWNER_FIELDS

LIMIT_FIELDS = frozenset({"limit_amount", "currency_id"})


class ArCreditProfile(models.Model):
    """The limit and Odoo's own field are one: whoever writes either asks for the same.

    A change of the limit is a change of the customer's *Credit Limit*. Where a policy
    guards that field, both ways end in the same request, and the limit takes effect when
    it is approved.
    """

    _inherit = "ar.credit.profile"

    @api.model_create_multi
    def create(self, vals_list):
        """A new profile begins with the limit Odoo has; another one is asked for."""
        self.check_access("create")
        prepared = [self._prepare(vals) for vals in vals_list]
        profiles = super().create([vals for vals, _wanted in prepared])
        for profile, (_vals, wanted) in zip(profiles, prepared, strict=True):
            if wanted:
                profile._ask_limit(wanted)
        return profiles

    @api.model
    def _prepare(self, vals):
        """(what it is created with, the limit to be asked for)."""
        self._check_writable(vals)
        partner = self.env["res.partner"].browse(vals.get("partner_id"))
        company = self.env["res.company"].browse(
            vals.get("company_id") or self.env.company.root_id.id
        )
        # sudo: Odoo's limit of a customer somebody enters a profile for
        owner = partner.sudo().with_company(company).commercial_partner_id
        currency = company.sudo().currency_id  # sudo: of a company asked for
        started = {
            **vals,
            "partner_id": owner.id,
            "company_id": company.id,
            "currency_id": currency.id,
            "limit_amount": max(owner.credit_limit, 0) if partner else 0,
        }
        wanted = {name: vals[name] for name in LIMIT_FIELDS & vals.keys()}
        wanted.setdefault("currency_id", currency.id)
        same = wanted["currency_id"] == currency.id and not currency.compare_amounts(
            wanted.get("limit_amount", started["limit_amount"]),
            started["limit_amount"],
        )
        return started, {} if same else wanted

    @api.onchange("partner_id", "company_id")
    def _onchange_partner_id(self):
        """Show the limit the customer has in Odoo."""
        if self.partner_id and self.company_id and not self._origin:
            partner = self.partner_id.with_company(self.company_id)
            self.limit_amount = partner.commercial_partner_id.credit_limit

    def write(self, vals):
        self._check_writable(vals)
        if vals.keys() & OWNER_FIELDS and any(
            self[name].ids != [vals[name]] for name in OWNER_FIELDS & vals.keys()
        ):
            raise UserError(
                self.env._(
                    "A credit profile stays with its customer and company. Make another "
                    "one."
                )
            )
        wanted = {name: vals[name] for name in LIMIT_FIELDS & vals.keys()}
        if not wanted:
            return super().write(vals)
        self.check_access("write")
        free = {name: value for name, value in vals.items() if name not in wanted}
        if free:
            super().write(free)
        for profile in self:
            profile._ask_limit(wanted)
        return True

    # -- one limit, two places ------------------------------------------------------------

    def _ask_limit(self, wanted):
        """Set the limit, or ask for it where Odoo's field is guarded."""
        wanted = {
            "limit_amount": wanted.get("limit_amount", self.limit_amount),
            "currency_id": wanted.get("currency_id", self.currency_id.id),
        }
        mirror = self._mirror_of(**wanted)
        partner = self.partner_id.with_company(self.company_id)
        if partner._ar_is_guarded_user():
            if held := partner._ar_held_changes({"credit_limit": mirror}):
                # sudo: what the request stands for, in the currency of the limit
                self.sudo()._keep({"asked_json": {**wanted, "mirror": mirror}})
                partner._ar_request(held)
                return
        self._set_limit(wanted)

    def _mirror_of(self, limit_amount, currency_id):
        """The limit as Odoo keeps it: in company currency."""
        currency = self.env["res.currency"].browse(currency_id)
        target = self.company_id.currency_id
        # sudo: rates are no secret
        amount = currency.sudo()._convert(
            limit_amount, target, self.company_id, fields.Date.context_today(self)
        )
        return target.round(amount)

    def _mirror(self):
        return self._mirror_of(self.limit_amount, self.currency_id.id)

    def _set_limit(self, vals):
        """Write the limit and have Odoo's field follow."""
        old = [self.limit_amount, self.currency_id.name]
        self._keep(vals)
        # sudo: what was asked for is settled
        self.sudo()._keep({"asked_json": False})
        new = [self.limit_amount, self.currency_id.name]
        if old != new:
            self.env["customer.audit.entry"]._ar_log(
                "credit.limit", self, {"limit": [old, new]}
            )
        self._write_mirror()

    def _keep(self, vals):
        """Past the checks of ``write``."""
        return super().write(vals)  # pylint: disable=super-method-mismatch

    def _write_mirror(self):
        """Odoo's field, where it says something else."""
        for profile in self:
            # sudo: the profile was changed by somebody entitled; Odoo's field follows
            partner = profile.partner_id.sudo().with_company(profile.company_id)
            mirror = profile._mirror()
            if profile._differs(partner.credit_limit, mirror):
                partner.credit_limit = mirror

    def _differs(self, one, other):
        return self.company_id.currency_id.compare_amounts(one, other) != 0

    def _follow(self):
        """Odoo's field was written: the limit follows."""
        for profile in self:
            value = profile.partner_id.with_company(profile.company_id).credit_limit
            if not profile._differs(value, profile._mirror()):
                continue
            asked = profile.asked_json
            if asked and not profile._differs(value, asked["mirror"]):
                vals = {name: asked[name] for name in LIMIT_FIELDS}
            else:
                currency = profile.company_id.currency_id
                vals = {"limit_amount": max(value, 0), "currency_id": currency.id}
            profile._set_limit(vals)

    def _check_may_follow(self, value):
        """Who may write Odoo's field changes a limit only if he may write profiles."""
        # sudo: compares, shows nothing
        differing = self.sudo().filtered(
            lambda one: one._differs(value or 0, one._mirror())
        )
        if differing and not differing.with_env(self.env).has_access("write"):
            raise UserError(
                self.env._(
                    "%(names)s: the credit limit is kept in the credit profile. Ask a "
                    "credit manager to change it.",
                    names=", ".join(differing.partner_id.mapped("display_name")),
                )
            )

    @api.depends("limit_amount")
    def _compute_pending_limit_text(self):
        """A limit that awaits approval, whichever way it was asked for."""
        # sudo: that a request is pending is told to readers of the profile
        lines = (
            self.env["customer.change.line"]
            .sudo()
            .search(
                [
                    ("field_name", "=", "credit_limit"),
                    ("state", "=", "pending"),
                    ("request_id.state", "=", "pending"),
                    ("request_id.partner_id", "in", self.partner_id.ids),
                    ("company_id", "in", self.company_id.ids),
                ]
            )
        )
        asked = {
            (line.request_id.partner_id, line.company_id): line.new_text
            for line in lines
        }
        for profile in self:
            amount = asked.get((profile.partner_id, profile.company_id))
            profile.pending_limit_text = amount and self.env._(
                "A limit of %(amount)s %(currency)s awaits approval.",
                amount=amount,
                currency=profile.company_id.currency_id.name,
            )

    # -- daily ----------------------------------------------------------------------------

    @api.model
    def _cron_daily(self):
        """Rates move: Odoo's field follows limits in other currencies. Grants end."""
        profiles = self.search([("limit_amount", ">", 0)])
        profiles.filtered(
            lambda one: one.currency_id != one.company_id.currency_id
        )._write_mirror()
        self.env["ar.credit.release"]._expire()
        self.env["ar.credit.temporary.limit"]._expire()
        self.env["ar.adjustment.release"]._expire()
        self.env["ar.refund"]._expire()


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        if "credit_limit" not in vals:
            return super().write(vals)
        # sudo: whether a profile keeps the limit; nothing is shown
        profiles = (
            self.env["ar.credit.profile"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", self.ids),
                    ("company_id", "=", self.env.company.id),
                ]
            )
        )
        if not self.env.su:
            profiles.with_env(self.env)._check_may_follow(vals["credit_limit"])
        result = super().write(vals)
        profiles._follow()
        return result
