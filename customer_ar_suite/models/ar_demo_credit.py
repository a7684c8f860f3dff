"""Sample data: credit limits, a family, cover, a hold, releases in each state."""

import math
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command

#: company → customer: what is allowed, in tenths of what is at risk
LIMITS = {
    "nl": {"C20004": 15, "C20006": 9, "C20007": 10, "C20009": 12, "C20012": 20},
    "cn": {"C10001": 20, "C10004": 13, "C10006": 8, "C10008": 15},
}
ON_HOLD = ("nl", "C20008")
FAMILY = ("nl", "Delta Group", ("C20009", "C20012"))
LEAST = 1000


class ArDemo(models.AbstractModel):
    _inherit = "ar.demo"

    @api.model
    def _load_suite(self):
        result = super()._load_suite()
        self._load_credit()
        return result

    @api.model
    def _load_credit(self):
        """Profiles of some customers; rules are active in the Dutch company alone."""
        users = [
            self.env.ref(f"customer_ar_suite.ar_demo_user_{role}", False)
            for role in ("ar_clerk", "credit_manager")
        ]
        if self._sample("credit_profile_C20004") or not all(users):
            return
        clerk, manager = users
        today = fields.Date.context_today(self)
        for code, limits in LIMITS.items():
            self._load_profiles(code, limits, today)
        self._load_family()
        self._load_cover(manager, today)
        self._load_hold(manager)
        self._load_temporary(clerk, manager, today)
        self._load_hold_rules()
        self._load_releases(clerk, manager, today)

    def _load_profiles(self, code, limits, today):
        partners = {ref: self._sample(f"customer_{ref}") for ref in limits}
        company = self._company(code)
        rows = self.env["ar.ledger"]._exposures(
            today, [one.id for one in partners.values()], company.ids
        )
        digits = company.currency_id.decimal_places
        vals_list = []
        for ref, tenths in limits.items():
            row = rows.get((partners[ref].id, company.id))
            risk = (row.parts.total if row else 0) / 10**digits
            vals_list.append(
                {
                    "partner_id": partners[ref].id,
                    "company_id": company.id,
                    "limit_amount": max(math.ceil(risk * tenths / 10000) * 1000, LEAST),
                    "valid_to": today + timedelta(days=20 * tenths - 170),
                }
            )
        profiles = self._in_company("ar.credit.profile", code).create(vals_list)
        self._keep(profiles, [f"credit_profile_{ref}" for ref in limits])

    def _load_family(self):
        code, name, refs = FAMILY
        members = self._profiles(refs)
        family = self._in_company("ar.credit.family", code).create(
            {
                "name": name,
                "company_id": self._company(code).id,
                "limit_amount": 0.8 * sum(members.mapped("limit_amount")),
                "profile_ids": [Command.set(members.ids)],
            }
        )
        self._keep(family, ["credit_family"])

    def _profiles(self, refs):
        profiles = self.env["ar.credit.profile"]
        return profiles.union(*(self._sample(f"credit_profile_{ref}") for ref in refs))

    def _load_cover(self, manager, today):
        cover = (
            self._in_company("ar.credit.cover", "nl")
            .with_user(manager)
            .create(
                {
                    "profile_id": self._profiles(["C20004"]).id,
                    "kind": "insurance",
                    "provider": "Noordzee Kredietverzekering N.V.",
                    "reference": "NK-2026-00417",
                    "amount": 10000,
                    "share": 90,
                    "valid_from": today - timedelta(days=100),
                    "valid_to": today + timedelta(days=265),
                }
            )
        )
        self._keep(cover, ["credit_cover"])

    def _load_hold(self, manager):
        code, ref = ON_HOLD
        profile = self._in_company("ar.credit.profile", code).create(
            {
                "partner_id": self._sample(f"customer_{ref}").id,
                "company_id": self._company(code).id,
            }
        )
        profile.with_user(manager)._set_hold(
            True, self.env._("Direct debit returned twice")
        )
        self._keep(profile, [f"credit_profile_{ref}"])

    def _load_temporary(self, clerk, manager, today):
        """One granted, one that waits."""
        limits = self._in_company("ar.credit.temporary.limit", "nl").with_user(clerk)
        asked = limits._ask(
            [
                {
                    "profile_id": self._profiles([ref]).id,
                    "amount": amount,
                    "valid_from": today,
                    "valid_to": today + timedelta(days=45),
                    "reason": self.env._("Advance order for the season"),
                }
                for ref, amount in (("C20004", 5000), ("C20012", 8000))
            ]
        )
        asked[0].with_user(manager)._decide("approved")
        self._keep(asked, ["credit_temporary_0", "credit_temporary_1"])

    def _load_hold_rules(self):
        rules = self.env["ar.hold.rule"].create(
            [
                {
                    "name": name,
                    "trigger": "over_limit",
                    "action": action,
                    "threshold_percent": percent,
                    "company_id": self._company("nl").id,
                }
                for name, action, percent in (
                    (self.env._("Limit nearly used up"), "warn", 90),
                    (self.env._("Limit exceeded"), "approve", 100),
                )
            ]
        )
        self._keep(rules, ["hold_rule_warn", "hold_rule_approve"])

    def _load_releases(self, clerk, manager, today):
        """Drafts over the limit: one is asked for, one is let pass."""
        moves = self._in_company("account.move", "nl").create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": self._sample(f"customer_{ref}").id,
                    "invoice_date": today,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": self.env._("Spare parts"),
                                "quantity": 1,
                                "price_unit": 1200,
                                "tax_ids": [Command.clear()],
                            }
                        )
                    ],
                }
                for ref in ("C20006", "C20007")
            ]
        )
        self._keep(moves, ["credit_held_0", "credit_held_1"])
        releases = self.env["ar.credit.release"]
        for move in moves:
            values = self.env["ar.credit.check"]._request_values(move)
            if values.pop("verdict") != "approve":
                continue
            values.pop("hits_text")
            releases |= (
                self._in_company("ar.credit.release", "nl")
                .with_user(clerk)
                ._request(
                    {
                        **values,
                        "reason": self.env._("Payment is announced for this week"),
                        "valid_to": today + timedelta(days=10),
                    }
                )
            )
        self._keep(releases, [f"credit_release_{n}" for n in range(len(releases))])
        releases[-1:].with_user(manager)._decide(
            "approved", self.env._("Pays late, but always pays")
        )
