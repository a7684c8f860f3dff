from odoo import api, fields, models

from ..engine.approval import Person, check_decider, same_person
from ..engine.errors import ApprovalError
from ..engine.segregation import in_one_hand
from ..engine.text import fold


class ResUsers(models.Model):
    _inherit = "res.users"

    ar_conflict_text = fields.Text(
        string="Roles That Do Not Go Together",
        compute="_compute_ar_conflict_text",
        groups="base.group_erp_manager,customer_ar_suite.customer_ar_suite_group_administrator",
        help="Pairs of roles this user holds or would hold after saving, by the rules of "
        "segregation of duties.",
    )

    @api.depends("group_ids")
    @api.depends_context("lang")
    def _compute_ar_conflict_text(self):
        """Also of what is ticked and not yet saved: the form shows it while one ticks."""
        rules = self.env["customer.access.conflict.rule"]
        pairs = rules._pairs()
        for user in self:
            held = {0: set(user.all_group_ids._origin.ids)}
            ids = [rule for _user, rule in in_one_hand(held, pairs)]
            # sudo: who gives roles sees what is wrong with them
            found = rules.sudo().browse(ids)
            user.ar_conflict_text = "\n".join(f"• {rule.name}" for rule in found)

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        self.env["customer.access.conflict"]._refresh(users)
        return users

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"group_ids", "active", "role"}:
            self.env["customer.access.conflict"]._refresh(self)
        return result

    def _ar_person(self):
        # sudo: logins and addresses are compared, not shown
        user = self.sudo()
        names = (user.login, user.email, user.partner_id.email)
        return Person(
            user.id, user.partner_id.id, frozenset(fold(n) for n in names if n)
        )

    def _ar_persons(self):
        """These accounts as the engine compares them."""
        return tuple(user._ar_person() for user in self)

    def _ar_vote_refusal(self, question, today):
        """Why this account may not vote on the question; None if it may."""
        try:
            check_decider(question, self._ar_person(), today)
        except ApprovalError as error:
            return error
        return None

    def _ar_who_may_approve(self, model_name):
        """Of these accounts, people who work here, at present, and see what they decide on."""
        robot = self.env.ref("base.user_root")
        return self.filtered(
            lambda user: user.active
            and not user.share
            and user != robot
            and self.env[model_name].with_user(user).has_access("read")
        )

    def _ar_is_same_person(self, other):
        """Two accounts with one contact, login or e-mail are one person."""
        return same_person(self._ar_person(), other._ar_person())
