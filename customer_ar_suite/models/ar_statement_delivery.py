from odoo import fields, models
from odoo.exceptions import UserError

from ..engine.statement.dispatch import EMAIL, FILE, POST

#: state of a delivery by that of its e-mail
BY_MAIL = {
    "outgoing": "queued",
    "sent": "sent",
    "received": "sent",
    "exception": "failed",
    "cancel": "cancelled",
}
FIRST_STATE = {EMAIL: "queued", POST: "to_post", FILE: "ready"}


class ArStatementDelivery(models.Model):
    """Who was given which statement, by which way, when, by whom, and what became of it.

    A row is written in the transaction of the e-mail it tells of, once per statement, way
    and attempt: that makes a second e-mail by mistake impossible.
    """

    _name = "ar.statement.delivery"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _description = "Delivery of a Statement"
    _order = "id desc"
    _rec_name = "statement_id"

    statement_id = fields.Many2one(
        "ar.statement", required=True, readonly=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    run_id = fields.Many2one(
        "ar.statement.run", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    channel = fields.Selection(
        "_channel_selection", string="Sent by", required=True, readonly=True
    )
    attempt = fields.Integer(
        required=True, readonly=True, help="0: the first time; 1: sent again …"
    )
    email = fields.Char(string="E-Mail Address", readonly=True)
    user_id = fields.Many2one("res.users", string="By", required=True, readonly=True)
    handed_at = fields.Datetime(string="Handed Over", required=True, readonly=True)
    state = fields.Selection(
        [
            ("queued", "Waiting"),
            ("sent", "Sent"),
            ("failed", "Failed"),
            ("bounced", "Bounced"),
            ("cancelled", "Cancelled"),
            ("to_post", "To Post"),
            ("posted", "Posted"),
            ("ready", "File Made"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    state_at = fields.Datetime(string="Since", required=True, readonly=True)
    failure = fields.Char(string="What Went Wrong", readonly=True)
    mail_id = fields.Many2one("mail.mail", readonly=True, index="btree_not_null")
    message_ref = fields.Char(
        string="Message-ID", readonly=True, index="btree_not_null"
    )

    _once = models.Constraint(
        "UNIQUE(statement_id, channel, attempt)",
        "This statement has been handed over this way already.",
    )
    _partner_idx = models.Index("(partner_id, handed_at DESC)")

    def _channel_selection(self):
        return self.env["ar.statement.run"]._channel_selection()

    # -- writing down ---------------------------------------------------------------------

    def _note(self, lines, channel, user, mails=None):
        """A row for each line of a run, in the transaction of what it tells of."""
        now = fields.Datetime.now()
        attempts = self._attempts(lines.statement_id, channel)
        # sudo: written by the steps of a run alone; it was confirmed
        return self.sudo()._insert(
            [
                {
                    "statement_id": line.statement_id.id,
                    "partner_id": line.partner_id.id,
                    "company_id": line.company_id.id,
                    "run_id": line.run_id.id,
                    "channel": channel,
                    "attempt": attempts.get(line.statement_id.id, -1) + 1,
                    "email": line.email,
                    "user_id": user.id,
                    "handed_at": now,
                    "state": FIRST_STATE[channel],
                    "state_at": now,
                    "mail_id": mails[index].id if mails else False,
                    "message_ref": mails[index].message_id if mails else False,
                }
                for index, line in enumerate(lines)
            ]
        )

    def _attempts(self, statements, channel):
        """The last attempt by statement."""
        # sudo: how often, of statements the user may read
        groups = self.sudo()._read_group(
            [("statement_id", "in", statements.ids), ("channel", "=", channel)],
            ["statement_id"],
            ["attempt:max"],
        )
        return {statement.id: attempt for statement, attempt in groups}

    def _follow_mails(self, mails):
        """What became of the e-mails becomes of their deliveries and statements."""
        # sudo: the queue is worked off by whoever sends; it tells of its own letters
        rows = self.sudo().search([("mail_id", "in", mails.ids)])
        for row in rows:
            mail = row.mail_id
            # what has come back is not made good by an older note of the queue
            if row.state != "bounced" or mail.state == "outgoing":
                failed = mail.state in ("exception", "cancel")
                row._move(BY_MAIL[mail.state], failed and mail.failure_reason)

    def _move(self, state, failure=False):
        """Note a new state of the same kind of rows; statements follow."""
        now = fields.Datetime.now()
        changed = self.filtered(
            lambda row: (row.state, row.failure) != (state, failure)
        )
        changed._set(state=state, state_at=now, failure=failure and failure[:500])
        if state in ("sent", "posted"):
            changed.statement_id._note_sent(now)

    # -- buttons --------------------------------------------------------------------------

    def action_mark_posted(self):
        """The letters have gone to the post."""
        self.env["ar.statement"]._check_may_issue()
        self.check_access("read")
        waiting = self.filtered(lambda row: row.state == "to_post")
        if not waiting:
            raise UserError(self.env._("None of these is waiting to be posted."))
        # sudo: a step of its own, checked above
        waiting.sudo()._move("posted")
        waiting.statement_id._log("statement_sent", waiting.statement_id)

    def action_send_again(self):
        """New e-mails with the same statements, by way of a run of their own."""
        self.env["ar.statement"]._check_may_issue()
        self.check_access("read")
        return self.statement_id.action_send_email()
