from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.approval import payload_hash
from ..engine.segregation import ACT, holdings

ADMINISTRATOR = "customer_ar_suite.customer_ar_suite_group_administrator"
ROLE_NAMES = "customer_ar_suite_group_%"


class CustomerAccessReview(models.Model):
    """Somebody looked at who holds which role in a company, line by line, and signed.

    A review is a snapshot; the methods below are the only ones that write it.
    """

    _name = "customer.access.review"
    _description = "Access Review"
    _inherit = ["ar.locked.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    state = fields.Selection(
        [("open", "Under Review"), ("signed", "Signed Off"), ("dropped", "Dropped")],
        default="open",
        required=True,
        readonly=True,
    )
    taken_at = fields.Datetime(string="State as of", required=True, readonly=True)
    taken_by_id = fields.Many2one(
        "res.users",
        string="Started by",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    signed_by_id = fields.Many2one(
        "res.users", string="Signed by", readonly=True, ondelete="restrict"
    )
    signed_at = fields.Datetime(string="Signed on", readonly=True)
    remark = fields.Text(readonly=True)
    next_due = fields.Date(string="Next Review Due", readonly=True)
    content_hash = fields.Char(string="Fingerprint", readonly=True)
    settings_json = fields.Json(readonly=True)
    settings_html = fields.Html(
        string="Security Settings", compute="_compute_settings_html"
    )
    line_ids = fields.One2many("customer.access.review.line", "review_id")
    line_count = fields.Integer(string="Roles Held", compute="_compute_counts")
    open_count = fields.Integer(string="Not Looked At", compute="_compute_counts")
    remove_count = fields.Integer(string="To Take Away", compute="_compute_counts")
    conflict_count = fields.Integer(string="Conflicts", compute="_compute_counts")
    act_count = fields.Integer(string="Unsafe Settings", compute="_compute_counts")
    pending_count = fields.Integer(
        string="Still Held",
        compute="_compute_counts",
        help="Roles marked to be taken away that their holders still have.",
    )
    is_intact = fields.Boolean(
        compute="_compute_is_intact",
        help="The lines are those that were signed: their fingerprint agrees.",
    )

    _signed_by_somebody = models.Constraint(
        "CHECK (state <> 'signed' OR (signed_by_id IS NOT NULL AND signed_at IS NOT NULL"
        " AND next_due IS NOT NULL AND content_hash IS NOT NULL))",
        "A review is signed by somebody, at a time, and names the day of the next one.",
    )
    _one_open = models.UniqueIndex(
        "(company_id) WHERE state = 'open'", "A review of this company is open already."
    )

    @api.depends("company_id", "taken_at")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        for review in self:
            day = fields.Datetime.context_timestamp(review, review.taken_at).date()
            review.display_name = self.env._(
                "Access review of %(company)s, %(day)s",
                company=review.company_id.name,
                day=fields.Date.to_string(day),
            )

    @api.depends("line_ids.decision", "settings_json")
    def _compute_counts(self):
        for review in self:
            lines = review.line_ids
            removed = lines.filtered(lambda line: line.decision == "remove")
            review.line_count = len(lines)
            review.open_count = len(lines.filtered(lambda one: one.decision == "open"))
            review.remove_count = len(removed)
            review.pending_count = len(removed.filtered("is_held"))
            review.conflict_count = len(lines.filtered("conflicts").user_id)
            states = [finding["state"] for finding in review.settings_json or []]
            review.act_count = states.count(ACT)

    @api.depends("settings_json")
    @api.depends_context("lang")
    def _compute_settings_html(self):
        for review in self:
            review.settings_html = self.env["ir.qweb"]._render(
                "customer_ar_suite.customer_access_settings_table",
                {"rows": review._settings()},
            )

    @api.depends("content_hash")
    def _compute_is_intact(self):
        for review in self:
            review.is_intact = (
                review.state != "signed" or review.content_hash == review._hash()
            )

    # -- who may --------------------------------------------------------------------------

    @api.model
    def _check_reviewer(self):
        """Reviews are the administrators' work; no robot's, whoever calls it."""
        user = self.env["res.users"].browse(self.env.uid)
        if not user.has_group(ADMINISTRATOR) or user == self.env.ref("base.user_root"):
            raise AccessError(
                self.env._("Only administrators of the suite review who holds a role.")
            )

    @api.model
    def _reviewers(self, company):
        """Administrators of the suite who work for ``company`` (or one of several)."""
        group = self.env.ref(ADMINISTRATOR)
        # sudo: who administers the suite is no secret among administrators and the cron
        users = group.sudo().all_user_ids.filtered(
            lambda user: user.active and not user.share and user.company_ids & company
        )
        return users - self.env.ref("base.user_root")

    # -- starting -------------------------------------------------------------------------

    def action_start(self):
        """Take a snapshot of the user's company, or show the one that is open."""
        self._check_reviewer()
        self.check_access("read")
        company = self.env.company
        review = self.search(
            [("company_id", "=", company.id), ("state", "=", "open")], limit=1
        )
        if not review:
            review = self._start(company)
        return review._open_form()

    @api.model
    def _start(self, company):
        self.env["customer.access.conflict"]._refresh()
        # sudo: reviews are made here and nowhere else; the right was checked. Nothing of
        # the context but the language reaches them
        model = self.with_env(self.env(su=True, context={"lang": self.env.lang}))
        found = self.env["customer.access.setting"]._findings()
        model.flush_model(["state"])  # one that was closed just now makes room
        review = model._insert(
            [
                {
                    "company_id": company.id,
                    "taken_at": fields.Datetime.now(),
                    "taken_by_id": self.env.uid,
                    "settings_json": [finding._asdict() for finding in found],
                }
            ]
        )
        review._add_lines(review._holdings())
        self.env["customer.audit.entry"]._ar_log(
            "access_review.start", review, {"lines": review.line_count}
        )
        return self.browse(review.id)

    def _open_form(self):
        return self._get_records_action(name=self.display_name, context={})

    @api.model
    def _roles(self):
        """Groups that the suite ships as roles."""
        data = self.env["ir.model.data"]
        # sudo: external ids say which groups are roles of the suite
        ids = data.sudo().search(
            [
                ("module", "=", "customer_ar_suite"),
                ("model", "=", "res.groups"),
                ("name", "=like", ROLE_NAMES),
            ]
        )
        # sudo: and so does their place on the user form
        groups = self.env["res.groups"].sudo().browse(ids.mapped("res_id"))
        return groups.filtered("privilege_id")

    @api.model
    def _holdings(self, company=None):
        """Who holds which role in the company of the review, as the engine tells it."""
        company = company or self.company_id
        # sudo: reviewers need not administer users to see who holds which role
        users = self.env["res.users"].sudo()
        users = users.search(
            [("company_ids", "in", company.ids), ("active", "=", True)]
        )
        groups = users.group_ids
        given = {user.id: user.group_ids.ids for user in users}
        implied = {group.id: group.all_implied_ids.ids for group in groups}
        return holdings(given, implied, self._roles().ids)

    def _add_lines(self, found):
        conflicts = self.env["customer.access.conflict"]._names_by_user(self.company_id)
        users = self.env["res.users"].browse([holding.user for holding in found])
        # sudo: the second factor and the last login are part of what is reviewed
        people = {user.id: user for user in users.sudo()}
        self.env["customer.access.review.line"]._insert(
            [
                {
                    "review_id": self.id,
                    "user_id": holding.user,
                    "role_id": holding.role,
                    "is_direct": holding.direct,
                    "through_ids": [fields.Command.set(holding.through)],
                    "login": people[holding.user].login,
                    "last_login": people[holding.user].login_date,
                    "has_second_factor": bool(people[holding.user]._mfa_type()),
                    "conflicts": conflicts.get(holding.user, False),
                }
                for holding in found
            ]
        )

    # -- deciding -------------------------------------------------------------------------

    def action_keep_all(self):
        """Confirm whatever nobody has looked at; one's own roles stay open."""
        self._check_reviewer()
        self.check_access("read")
        lines = self.line_ids.filtered(lambda line: line.decision == "open")
        mine = lines.filtered(lambda line: not line._may_decide(self.env.user))
        (lines - mine)._decide("keep")
        return True

    def action_refresh(self):
        """Bring an open snapshot up to date; what was decided stays decided."""
        self._check_reviewer()
        self.check_access("read")
        # sudo: the methods of a review are its only writers
        for review in self.sudo():
            review._lock_open()
            found = review._holdings()
            current = {(holding.user, holding.role): holding for holding in found}
            known = {(line.user_id.id, line.role_id.id) for line in review.line_ids}
            for line in review.line_ids:
                if (line.user_id.id, line.role_id.id) not in current:
                    line._set(decision="gone")
                elif line.decision == "gone":
                    line._set(decision="open")
            review._add_lines([current[key] for key in current if key not in known])
        return True

    def action_sign(self):
        """Ask for the remark and the day of the next review."""
        self._check_reviewer()
        self.check_access("read")
        self.ensure_one()
        return self.env["customer.access.sign"]._open(self)

    def _sign(self, remark, next_due):
        """Sign off for the user; every line is decided and nothing has changed since."""
        self.ensure_one()
        self._check_reviewer()
        self.check_access("read")
        user = self.env["res.users"].browse(self.env.uid)
        # sudo: the methods of a review are its only writers
        review = self.sudo()
        review._lock_open()
        if review.open_count:
            raise UserError(
                self.env._(
                    "%(count)s roles have not been looked at. Confirm them or mark them to "
                    "be taken away first; your own are another administrator's to decide.",
                    count=review.open_count,
                )
            )
        if review._drift():
            raise UserError(
                self.env._(
                    "Roles were given or taken since this snapshot. Refresh it and look at "
                    "what is new."
                )
            )
        if next_due <= fields.Date.context_today(self):
            raise UserError(self.env._("The next review lies in the future."))
        review._set(
            state="signed",
            signed_by_id=user.id,
            signed_at=fields.Datetime.now(),
            remark=remark,
            next_due=next_due,
            content_hash=review._hash(),
        )
        review._close_reminders()
        self.env["customer.audit.entry"].with_company(review.company_id)._ar_log(
            "access_review.sign",
            review,
            {
                "hash": review.content_hash,
                "lines": review.line_count,
                "take_away": review.remove_count,
                "remark": remark,
            },
        )

    def action_drop(self):
        """Give up an open review; it stays in the history."""
        self._check_reviewer()
        self.check_access("read")
        # sudo: the methods of a review are its only writers
        for review in self.sudo():
            review._lock_open()
            review._set(state="dropped")
            self.env["customer.audit.entry"].with_company(review.company_id)._ar_log(
                "access_review.drop", review
            )
        return True

    def action_take_away(self):
        """Take away what was marked; for those who may give and take roles in Odoo."""
        self._check_reviewer()
        self.check_access("read")
        self.env["res.users"].check_access("write")
        for review in self:
            if review.state != "signed":
                raise UserError(self.env._("Sign the review off first."))
            lines = review.line_ids.filtered(
                lambda line: line.decision == "remove" and line.is_direct
            )
            # with the rights of whoever clicks: Odoo decides whether he may
            for line in lines.filtered("is_held"):
                role = fields.Command.unlink(line.role_id.id)
                line.user_id.write({"group_ids": [role]})
            self.env["customer.audit.entry"].with_company(review.company_id)._ar_log(
                "access_review.take_away",
                review,
                {"roles": [[line.login, line.role_id.name] for line in lines]},
            )
        return True

    def _drift(self):
        """Is somebody's role not on the list, or on the list and gone?"""
        current = {(holding.user, holding.role) for holding in self._holdings()}
        listed = {
            (line.user_id.id, line.role_id.id)
            for line in self.line_ids
            if line.decision != "gone"
        }
        return current != listed

    def _lock_open(self):
        self.lock_for_update()
        self.invalidate_recordset()
        if self.state != "open":
            raise UserError(
                self.env._(
                    "%(review)s is closed; start a new one.", review=self.display_name
                )
            )

    def _hash(self):
        """Fingerprint of what was looked at and what was decided."""
        lines = [line._plain() for line in self.line_ids.sorted("id")]
        return payload_hash([self.company_id.id, self.settings_json, lines])

    # -- reminders ------------------------------------------------------------------------

    @api.model
    def _cron_remind(self):
        """Remind the administrators of a company when its next review is due.

        Nothing happens before a first review was signed.
        """
        today = fields.Date.context_today(self)
        for company, reviews in (
            self.search([("state", "!=", "dropped")]).grouped("company_id").items()
        ):
            last = reviews[0]  # the newest; an open one is reminder enough
            if last.state == "signed" and last.next_due <= today:
                last._remind(company)

    def _remind(self, company):
        known = self.activity_ids.user_id
        for user in self._reviewers(company) - known:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=self.next_due,
                summary=self.env._("Review who holds which role"),
                user_id=user.id,
            )

    def _close_reminders(self):
        earlier = self.search([("company_id", "=", self.company_id.id)]) - self
        earlier.activity_unlink(["mail.mail_activity_data_todo"])

    # -- printing -------------------------------------------------------------------------

    def _settings(self):
        """The settings as they were found, in words; what is still to be done comes first."""
        return self.env["customer.access.setting"]._in_words(self.settings_json or [])

    def _report_lines(self):
        """[(user, lines)] in the order of names."""
        lines = self.line_ids.filtered(lambda line: line.decision != "gone")
        groups = lines.grouped("user_id").items()
        return sorted(groups, key=lambda pair: pair[0].name.casefold())

    def _print_name(self):
        """File name of the printed review, without what file systems refuse."""
        day = self.taken_at.date() if self.taken_at else datetime.min.date()
        return f"access-review-{self.company_id.id}-{day.isoformat()}"
