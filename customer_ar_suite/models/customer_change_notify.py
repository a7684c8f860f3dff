from odoo import api, fields, models
from odoo.fields import Command

MANY = 20  # of more requests made at once nobody is reminded one by one
TODO = "mail.mail_activity_data_todo"


class CustomerChangeRequest(models.Model):
    """Who hears of a request, and when: approvers, deputies, its maker.

    Activities always; e-mails where the policy says so. An e-mail is queued in the
    transaction of the step it tells of, so it is neither lost nor sent twice. It names
    fields, never values: those are shown to who may see them.
    """

    _inherit = "customer.change.request"

    # -- steps ----------------------------------------------------------------------------

    def _tell_submitted(self):
        self._notify_maker()
        asked = self.filtered("is_complete")
        asked._ask(lambda request: request.line_ids.approver_ids)
        (self - asked)._remind_maker()

    def _tell_completed(self):
        """Reason and documents are there: now it is the approvers' turn."""
        complete = self.filtered("is_complete")
        complete.activity_unlink([TODO])
        complete._ask(lambda request: request.line_ids.approver_ids)

    def _tell_closed(self, state):
        self.activity_unlink([TODO])
        if len(self) > MANY:
            return
        if state in ("rejected", "partly", "stale", "expired"):
            for request in self:
                request._schedule(request.maker_id, self._outcome_text(request))
        mail = {"cancelled": None, "stale": "lapsed", "expired": "lapsed"}
        self._send(mail.get(state, "decided"), lambda request: request.maker_id)

    def _outcome_text(self, request):
        label = dict(self._fields["state"]._description_selection(self.env))
        return self.env._(
            "%(state)s: %(what)s", state=label[request.state], what=request.summary
        )

    # -- activities -----------------------------------------------------------------------

    def _ask(self, people):
        """An activity and an e-mail for ``people(request)``; of many requests, one for all."""
        count = len(self)
        for request in self if count <= MANY else self[:1]:
            users = people(request) - request.maker_id
            text = self.env._("Approve: %(what)s", what=request.summary)
            if count > MANY:
                text = self.env._("Approve %(count)s requests", count=count)
            request._schedule(users, text)
            request._send("asked", lambda _request, users=users: users)

    def _remind_maker(self):
        for request in self[:MANY]:
            request._schedule(
                request.maker_id,
                self.env._("Add %(missing)s", missing=request.missing_text),
            )

    def _schedule(self, users, text):
        """To do for those of ``users`` who can open the request; no e-mail of core's."""
        today = fields.Date.context_today(self)
        quiet = self.with_context(mail_activity_quick_update=True)
        for user in users:
            if self.with_user(user).has_access("read"):
                quiet.activity_schedule(
                    TODO,
                    date_deadline=self.expires_on if self.state == "pending" else today,
                    summary=text,
                    user_id=user.id,
                )

    def _notify_maker(self):
        """What a form cannot say: it was saved, but not all of it."""
        held = self.filtered(lambda request: request.kind == "change")
        if not held:
            return
        self.env.user._bus_send(
            "simple_notification",
            {
                "type": "warning",
                "title": self.env._("Awaiting approval"),
                "message": self.env._(
                    "%(what)s: the old value holds until somebody else has approved "
                    "the change.",
                    what=", ".join(dict.fromkeys(held.mapped("summary"))),
                ),
            },
        )

    # -- e-mails --------------------------------------------------------------------------

    def _mail_get_partners(self, introspect_fields=False):
        """Nobody: what is said about a customer here must never be sent to him."""
        return dict.fromkeys(self.ids, self.env["res.partner"])

    def _send(self, what, people):
        """Queue the e-mail ``what`` to ``people(request)``, each in his language."""
        template = what and self.env.ref(
            f"customer_ar_suite.customer_change_mail_{what}", raise_if_not_found=False
        )
        for request in self.filtered("with_email") if template else ():
            receivers = people(request).filtered(lambda u: u.active and u.email)
            for lang, users in receivers.grouped("lang").items():
                template.with_context(lang=lang).send_mail(
                    request.id,
                    email_values={"recipient_ids": [Command.set(users.partner_id.ids)]},
                )

    # -- time -----------------------------------------------------------------------------

    @api.model
    def _cron_expire(self):
        """Close what nobody decided in time, and ask deputies where it is their turn."""
        today = fields.Date.context_today(self)
        pending = [("state", "=", "pending")]
        due = self.search([*pending, ("expires_on", "<", today)])
        due.try_lock_for_update()._close("expired", "change.expire")
        late = self.search(
            [
                *pending,
                ("escalated_at", "=", False),
                ("is_complete", "=", True),
                ("line_ids.deputies_from", "<=", today),
                ("line_ids.deputy_ids", "!=", False),
            ]
        )
        late.try_lock_for_update()._escalate()

    def _escalate(self):
        """The approvers have had their time: deputies may decide from today on."""
        if not self:
            return
        self._set(escalated_at=fields.Datetime.now())
        for request in self:
            deputies = request.line_ids.deputy_ids - request.maker_id
            request._schedule(
                deputies,
                self.env._("Approve as deputy: %(what)s", what=request.summary),
            )
            request._send("escalated", lambda _request, users=deputies: users)
        self._log(
            "change.escalate",
            {r.id: {"deputies": r.line_ids.deputy_ids.ids} for r in self},
        )
