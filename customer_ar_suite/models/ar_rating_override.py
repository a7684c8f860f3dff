from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

_PREFIX = "customer_ar_suite.customer_ar_suite_group_"
ASKERS = ("collector", "ar_accountant", "credit_manager", "administrator")


class ArRatingOverride(models.Model):
    """A grade somebody sets instead of the computed one: for a reason, until a day, approved.

    The computed rating goes on beside it and counts again when the override ends.
    """

    _name = "ar.rating.override"
    _description = "Grade Override"
    _inherit = ["ar.credit.grant.mixin"]
    _grant_event = "rating.override"
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
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    grade_id = fields.Many2one(
        "ar.credit.grade",
        string="Grade Set",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    computed_grade_id = fields.Many2one(
        "ar.credit.grade",
        readonly=True,
        ondelete="restrict",
        help="The grade the scorecard gave when the override was asked for.",
    )
    valid_from = fields.Date(required=True, readonly=True)

    @api.model
    def _check_asker(self):
        if not any(self.env.user.has_group(_PREFIX + role) for role in ASKERS):
            raise AccessError(self.env._("Your role does not ask for another grade."))

    @api.model
    def _in_force(self, partner_ids, company, today):
        """Approved overrides of that day; of several the latest."""
        # sudo: part of where customers stand; who is told the caller decides
        found = self.sudo().search_fetch(
            [
                ("partner_id", "in", list(partner_ids)),
                ("company_id", "=", company.id),
                ("state", "=", "approved"),
                ("valid_from", "<=", today),
                ("valid_to", ">=", today),
            ],
            ["partner_id", "grade_id"],
            order="id",
        )
        latest = {one.partner_id.id: one.id for one in found}
        return self.sudo().browse(latest.values())  # sudo: as above

    def _decide(self, state, note="", **vals):
        result = super()._decide(state, note, **vals)
        self._follow()
        return result

    def action_approve(self):
        """Let the grade count."""
        self._check_approver()
        self._decide("approved")
        return True

    def action_reject(self):
        """Refuse; the reason is asked for by the dialog."""
        self._check_approver()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_ar_suite.ar_rating_decide_action"
        )
        return {**action, "context": {"default_override_id": self[:1].id}}

    def action_withdraw(self):
        """The computed grade counts again."""
        was_in_force = self.filtered(lambda one: one.state == "approved")
        result = super().action_withdraw()
        was_in_force._follow()
        return result

    def _expire(self):
        today = fields.Date.context_today(self)
        # sudo: called by the daily job
        ending = self.sudo().search(
            [("state", "=", "approved"), ("valid_to", "<", today)]
        )
        result = super()._expire()
        ending._follow()
        return result

    def _follow(self):
        """What hangs on grades follows the one that counts now."""
        for company, overrides in self.grouped("company_id").items():
            self.env["ar.rating.consequence"]._after_change(
                company, overrides.partner_id.ids, None
            )

    def _log_step(self, step):
        self.env["customer.audit.entry"]._ar_log(
            f"{self._grant_event}.{step}",
            self,
            None,
            {
                one.id: {
                    "grade": [one.computed_grade_id.name or "", one.grade_id.name],
                    "until": str(one.valid_to),
                    "reason": one.decision_note or one.reason,
                }
                # sudo: what the log keeps of it
                for one in self.sudo()
            },
        )

    @api.model
    def _ask_for(self, partner, company, grade, valid_to, reason):
        """A request; the caller has checked who asks."""
        today = fields.Date.context_today(self)
        if valid_to < today:
            raise UserError(self.env._("It would have ended already. Choose a day."))
        customer = partner.commercial_partner_id
        computed, _rating, _override = (
            self.env["ar.rating"]
            ._standing(customer.ids, company, today)
            .get(customer.id, (False, None, None))
        )
        return self._ask(
            [
                {
                    "partner_id": customer.id,
                    "company_id": company.id,
                    "grade_id": grade.id,
                    "computed_grade_id": computed,
                    "valid_from": today,
                    "valid_to": valid_to,
                    "reason": reason,
                }
            ]
        )


class ArCreditProfile(models.Model):
    _inherit = "ar.credit.profile"

    @api.model
    def _cron_daily(self):
        """Grades that were set for a time end, too."""
        result = super()._cron_daily()
        self.env["ar.rating.override"]._expire()
        return result
