from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.money import from_minor

_PREFIX = "customer_ar_suite.customer_ar_suite_group_"
DECIDERS = ("credit_manager", "administrator")
TERM = "property_payment_term_id"


class ArGradeProposal(models.Model):
    """Terms or a limit that a grade's policy proposes for a customer; somebody decides."""

    _name = "ar.grade.proposal"
    _description = "Proposal of a Grade's Policy"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _ar_is_money = True
    _order = "id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    grade_id = fields.Many2one(
        "ar.credit.grade", required=True, readonly=True, ondelete="restrict"
    )
    policy_id = fields.Many2one("ar.grade.policy", readonly=True, ondelete="set null")
    rating_id = fields.Many2one("ar.rating", readonly=True, ondelete="set null")
    kind = fields.Selection(
        [("limit", "Credit Limit"), ("term", "Payment Terms")],
        string="Proposed",
        required=True,
        readonly=True,
    )
    old_amount = fields.Monetary(string="Limit Now", readonly=True)
    new_amount = fields.Monetary(string="Proposed Limit", readonly=True)
    old_term_id = fields.Many2one(
        "account.payment.term", string="Terms Now", readonly=True, ondelete="set null"
    )
    new_term_id = fields.Many2one(
        "account.payment.term",
        string="Proposed Terms",
        readonly=True,
        ondelete="cascade",
    )
    state = fields.Selection(
        [
            ("open", "To Decide"),
            ("taken", "Taken Over"),
            ("requested", "Awaiting Approval"),
            ("refused", "Left as It Is"),
            ("outdated", "Outdated"),
        ],
        required=True,
        readonly=True,
        default="open",
        index=True,
    )
    decided_by_id = fields.Many2one(
        "res.users", string="Decided by", readonly=True, ondelete="restrict"
    )
    decided_at = fields.Datetime(string="Decided on", readonly=True)

    # -- proposing ------------------------------------------------------------------------

    @api.model
    def _propose(self, company, standing, run):
        """Compare customers with the policy of their grade; older open proposals give way.

        :param standing: {customer id: (grade id, rating id, override id)}
        """
        # sudo: proposals are made by the rating, for whoever may decide on them
        proposals = self.sudo()
        former = proposals.search(
            [
                ("partner_id", "in", list(standing)),
                ("company_id", "=", company.id),
                ("state", "=", "open"),
            ]
        )
        former._set(state="outdated")
        policies = self.env["ar.grade.policy"]._of_company(company)
        if not policies:
            return
        proposals._insert(proposals._wanted(company, standing, policies))

    def _wanted(self, company, standing, policies):
        """Values of what the policies would have otherwise; a few questions for all."""
        asked = {id_: row for id_, row in standing.items() if row[0] in policies}
        partners = self.env["res.partner"].with_company(company).browse(asked)
        partners = partners.filtered(lambda one: not one.ar_has_left)
        partners.fetch([TERM])
        ratings = self.env["ar.rating"].browse(
            row[1] for row in asked.values() if row[1]
        )
        by_rating = {one.id: one for one in ratings}
        limits = self._limits(company, partners)
        digits = company.currency_id.decimal_places
        vals_list = []
        for partner in partners:
            grade_id, rating_id, _override = asked[partner.id]
            policy = policies[grade_id]
            shared = {
                "partner_id": partner.id,
                "company_id": company.id,
                "grade_id": grade_id,
                "policy_id": policy.id,
                "rating_id": rating_id,
            }
            now = limits.get(partner.id, 0)
            wanted = self._limit(policy, by_rating.get(rating_id))
            if wanted is not None and _differs(now, wanted, policy.tolerance_percent):
                vals_list.append(
                    {
                        **shared,
                        "kind": "limit",
                        "old_amount": from_minor(now, digits),
                        "new_amount": from_minor(wanted, digits),
                    }
                )
            if policy.payment_term_id and policy.payment_term_id != partner[TERM]:
                vals_list.append(
                    {
                        **shared,
                        "kind": "term",
                        "old_term_id": partner[TERM].id,
                        "new_term_id": policy.payment_term_id.id,
                    }
                )
        return vals_list

    def _limit(self, policy, rating):
        if rating is None and policy.basis == "turnover":
            return None
        inputs = rating.inputs or {} if rating is not None else {}
        months = rating.scorecard_id.month_count if rating is not None else 0
        return policy._limit_for(inputs.get("invoiced_amount") or 0, months)

    def _limits(self, company, partners):
        """{customer id: limit in minor units of the company's currency}"""
        profiles = self.env["ar.credit.profile"].search(
            [("partner_id", "in", partners.ids), ("company_id", "=", company.id)]
        )
        return {
            profile.partner_id.id: company._ar_minor(profile._mirror())
            for profile in profiles
        }

    # -- buttons --------------------------------------------------------------------------

    def action_take_over(self):
        """Give these customers what is proposed, or ask for approval."""
        self._check_decision()
        for one in self:
            held = one._take_limit() if one.kind == "limit" else one._take_term()
            one._decide("requested" if held else "taken")
        return True

    def action_leave(self):
        """Leave these customers as they are."""
        self._check_decision()
        self._decide("refused")
        return True

    def _check_decision(self):
        if not any(self.env.user.has_group(_PREFIX + role) for role in DECIDERS):
            raise AccessError(
                self.env._("Credit managers and administrators decide on this.")
            )
        self.check_access("read")
        # sudo: nobody decides on the same row at the same time
        self.sudo().lock_for_update()
        if any(one.state != "open" for one in self):
            raise UserError(
                self.env._("Some of these are decided already. Refresh the list.")
            )

    def _take_limit(self):
        """Through the credit profile: it asks for approval where the limit is guarded."""
        profiles = self.env["ar.credit.profile"].with_company(self.company_id)
        profile = profiles.search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
            ]
        )
        if not profile:
            profile = profiles.create(
                {"partner_id": self.partner_id.id, "company_id": self.company_id.id}
            )
        currency = self.company_id.currency_id
        profile.write({"limit_amount": self.new_amount, "currency_id": currency.id})
        return currency.compare_amounts(profile.limit_amount, self.new_amount) != 0

    def _take_term(self):
        """A change of the customer's terms: a request where they are guarded."""
        partner = self.partner_id.with_company(self.company_id)
        if partner._ar_is_guarded_user():
            if held := partner._ar_held_changes({TERM: self.new_term_id.id}):
                partner._ar_request(held)
                return True
        # sudo: terms of credit are the credit manager's; guarded ones were asked for above
        partner.sudo()[TERM] = self.new_term_id
        return False

    def _decide(self, state):
        # sudo: the decision of the user, whose right was checked
        self.sudo()._set(
            state=state, decided_by_id=self.env.uid, decided_at=fields.Datetime.now()
        )
        self.env["customer.audit.entry"]._ar_log(
            f"rating.proposal_{state}",
            self,
            None,
            {
                one.id: {
                    "grade": one.grade_id.name,
                    "kind": one.kind,
                    "limit": [one.old_amount, one.new_amount],
                    "terms": [one.old_term_id.name or "", one.new_term_id.name or ""],
                }
                for one in self
            },
        )


def _differs(now, wanted, percent):
    """By more than the tolerance; from nothing to something it always does."""
    if now == wanted:
        return False
    return not now or abs(wanted - now) * 100 > now * percent
