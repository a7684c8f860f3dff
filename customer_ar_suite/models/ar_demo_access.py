"""Sample data: passwords; an access review that was signed, a conflict that was accepted."""

from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.base.models.res_users import CryptContext


class ArDemo(models.AbstractModel):
    _inherit = "ar.demo"

    @api.model
    def _load_suite(self):
        result = super()._load_suite()
        self._load_access()
        return result

    @api.model
    def _give_passwords(self):
        """Login = password, for the users of demonstration databases."""
        data = self.env["ir.model.data"].search(
            [
                ("module", "=", "customer_ar_suite"),
                ("model", "=", "res.users"),
                ("name", "=like", "ar_demo_user_%"),
            ]
        )
        for user in self.env["res.users"].browse(data.mapped("res_id")):
            self._give_password(user)

    def _give_password(self, user):
        """No secret: hashed quickly here, and by Odoo as it should be at the first login."""
        quick = CryptContext(["pbkdf2_sha512"], pbkdf2_sha512__rounds=1)
        user._set_encrypted_password(user.id, quick.hash(user.login))

    @api.model
    def _load_access(self):
        """One review signed, the next one begun; needs somebody who may sign."""
        if self._sample("access_review_nl_0"):
            return
        reviewer = self.env.ref("base.user_admin")
        company = self._company("nl")
        reviews = self._in_company("customer.access.review", "nl").with_user(reviewer)
        if not reviews._reviewers(company) & reviewer:
            return
        self._accept_conflict(reviewer)
        first = reviews._start(company)
        first.action_keep_all()
        mine = first.line_ids.filtered(lambda line: line.decision == "open")
        mine.action_keep()
        idle = first.line_ids.filtered(lambda line: line.login == "wenyuan")
        idle.action_remove()
        today = fields.Date.context_today(reviews)
        remark = self.env._(
            "Zhao Min moves to purchasing at the end of the month; her role ends then."
        )
        first._sign(remark, today + timedelta(days=180))
        second = reviews._start(company)
        self._keep(first + second, ["access_review_nl_0", "access_review_nl_1"])

    def _accept_conflict(self, reviewer):
        """The administrator holds too much; somebody looks over his shoulder."""
        Conflict = self._in_company("customer.access.conflict", "nl")
        Conflict._refresh()
        found = Conflict.with_user(reviewer).search(
            [("user_id", "=", reviewer.id), ("state", "=", "open")], limit=1
        )
        if found:
            until = fields.Date.context_today(found) + timedelta(days=365)
            found._accept(
                self.env._("The owner goes through the audit log every Monday."), until
            )
