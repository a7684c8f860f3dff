from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.alerts import bursts, continues
from .customer_alert_rule import ADMINISTRATOR, AUDITOR

TODO = "mail.mail_activity_data_todo"
#: of more people than these nobody is told one by one
MOST_TOLD = 10
SWITCHED_OFF = "switched_off"


class CustomerAlert(models.Model):
    """Somebody did what a rule watches for: who, when, how much, by which entries.

    Written by the look at the log alone. It is not shown to who caused it, he is not told
    of it, and he does not close it.
    """

    _name = "customer.alert"
    _description = "Alert"
    _inherit = ["ar.locked.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"

    rule_id = fields.Many2one(
        "customer.alert.rule",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    signal = fields.Char(string="Signal as Data", required=True, readonly=True)
    kind = fields.Char(string="Kind as Data", required=True, readonly=True)
    severity = fields.Selection(
        [("1_high", "High"), ("2_medium", "Medium")], required=True, readonly=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Caused by",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    first_at = fields.Datetime(string="Began at", required=True, readonly=True)
    last_at = fields.Datetime(string="Last at", required=True, readonly=True)
    record_count = fields.Integer(string="How Many", readonly=True)
    threshold = fields.Integer(
        string="Told from", readonly=True, help="The number that held for this user."
    )
    first_entry = fields.Integer(readonly=True, aggregator=None)
    last_entry = fields.Integer(readonly=True, aggregator=None)
    payment_id = fields.Many2one("account.payment", readonly=True, ondelete="set null")
    what = fields.Char(string="What Happened", compute="_compute_what")
    state = fields.Selection(
        [("open", "To Look At"), ("in_work", "Being Looked At"), ("closed", "Settled")],
        required=True,
        readonly=True,
        default="open",
        index=True,
    )
    responsible_id = fields.Many2one(
        "res.users", string="Taken by", readonly=True, ondelete="set null"
    )
    outcome = fields.Selection(
        [
            ("explained", "Explained by the work"),
            ("mistake", "A mistake, put right"),
            ("incident", "An incident"),
        ],
        readonly=True,
    )
    note = fields.Text(string="What Came of It", readonly=True)
    closed_by_id = fields.Many2one(
        "res.users", string="Settled by", readonly=True, ondelete="restrict"
    )
    closed_at = fields.Datetime(string="Settled at", readonly=True)
    mailed_at = fields.Datetime(readonly=True, groups=fields.NO_ACCESS)

    _rule_user_idx = models.Index("(rule_id, user_id, last_entry)")

    @api.depends("rule_id", "user_id", "first_at")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for alert in self:
            # sudo: names of rule and user, for who may read the alert
            stored = alert.sudo()
            alert.display_name = f"{stored.rule_id.name}: {stored.user_id.name}"

    @api.depends("signal", "kind", "record_count", "threshold", "user_id", "payment_id")
    @api.depends_context("lang")
    def _compute_what(self):
        for alert in self:
            alert.what = alert._sentence()

    def _sentence(self):
        """What happened, in a sentence; no value of any customer is in it."""
        # sudo: names of user and rule, as above
        user = self.sudo().user_id.name
        if self.signal == SWITCHED_OFF:
            return self.env._(
                "%(user)s has switched off the rule “%(rule)s”.",
                user=user,
                rule=self.sudo().rule_id.name,  # sudo: as above
            )
        if self.kind == "payment":
            return self.env._(
                "%(user)s changed a bank account, and a payment to its owner followed.",
                user=user,
            )
        signals = self.env["customer.alert.signal"]._signals()
        label = signals[self.signal].label if self.signal in signals else self.signal
        if self.kind == "hours":
            return self.env._(
                "%(what)s by %(user)s outside working hours: %(count)s.",
                what=label,
                user=user,
                count=self.record_count,
            )
        return self.env._(
            "%(what)s by %(user)s: %(count)s, where %(limit)s is much for this user.",
            what=label,
            user=user,
            count=self.record_count,
            limit=self.threshold,
        )

    # -- raising --------------------------------------------------------------------------

    @api.model
    def _raise_bursts(self, rule, ticks, usual):
        """Alerts of the bursts; what goes on from one that is open is added to it."""
        own = rule._own_thresholds(usual)
        found = bursts(ticks, rule.threshold, rule.window_minutes, own)
        raised = self
        for burst in found:
            running = self._running(rule, burst)
            if running:
                running._set(
                    last_at=burst.last_at,
                    last_entry=max(running.last_entry, burst.last_entry),
                    record_count=running.record_count + burst.records,
                )
            else:
                raised |= self._raise(rule, self._prepare_burst(rule, burst))
        return raised

    def _running(self, rule, burst):
        # sudo: alerts of the rule, whoever may see them
        last = self.sudo().search(
            [
                ("rule_id", "=", rule.id),
                ("user_id", "=", burst.user),
                ("state", "!=", "closed"),
                ("signal", "=", rule.signal),
            ],
            limit=1,
        )
        goes_on = last and continues(burst, last.last_at, rule.window_minutes)
        return last if goes_on else None

    def _prepare_burst(self, rule, burst):
        return {
            "user_id": burst.user,
            "company_id": burst.company or False,
            "first_at": burst.first_at,
            "last_at": burst.last_at,
            "record_count": burst.records,
            "threshold": burst.threshold,
            "first_entry": burst.first_entry,
            "last_entry": burst.last_entry,
        }

    @api.model
    def _raise_payments(self, rule, pairs):
        raised = self
        for change, payment in pairs:
            raised |= self._raise(
                rule,
                {
                    "user_id": change.user,
                    "company_id": change.company or False,
                    "first_at": change.at,
                    "last_at": payment.at,
                    "record_count": 1,
                    "threshold": 1,
                    "first_entry": change.entry,
                    "last_entry": change.entry,
                    "payment_id": payment.id,
                },
            )
        return raised

    @api.model
    def _raise_switched_off(self, rules):
        for rule in rules:
            now = fields.Datetime.now()
            self._raise(
                rule,
                {
                    "signal": SWITCHED_OFF,
                    "user_id": self.env.uid,
                    "company_id": rule.company_id.id,
                    "severity": "1_high",
                    "first_at": now,
                    "last_at": now,
                    "record_count": 1,
                    "threshold": 1,
                },
            )

    @api.model
    def _raise(self, rule, values):
        # sudo: alerts are written by the look at the log alone
        alert = self.sudo()._insert(
            [
                {
                    "rule_id": rule.id,
                    "signal": rule.signal,
                    "kind": rule.kind,
                    "severity": rule.severity,
                    **values,
                }
            ]
        )
        alert._tell()
        return alert

    def _told(self):
        """Who is told: never the one who caused it."""
        # sudo: who holds which role
        rule = self.sudo().rule_id
        chosen = rule.responsible_ids
        for users in (
            chosen,
            self.env.ref(ADMINISTRATOR).sudo().all_user_ids,  # sudo: as above
            self.env.ref(AUDITOR).sudo().all_user_ids,  # sudo: as above
        ):
            found = users.filtered(
                lambda user: user.active
                and not user.share
                and user != self.user_id
                and (not self.company_id or self.company_id in user.company_ids)
            )
            if found:
                return found[:MOST_TOLD]
        return self.env["res.users"]

    def _tell(self):
        """An activity for each, in his language; no e-mail of core's."""
        quiet = self.with_context(mail_activity_quick_update=True)
        for user in self._told():
            quiet.activity_schedule(
                TODO,
                date_deadline=fields.Date.context_today(self),
                summary=self.with_context(lang=user.lang)._sentence(),
                user_id=user.id,
            )

    # -- what people do with it -----------------------------------------------------------

    def _check_actor(self):
        if not self.env.user.has_group(ADMINISTRATOR):
            raise AccessError(self.env._("Only administrators look into alerts."))
        self.check_access("read")
        # sudo: who caused it, only compared
        if any(alert.user_id == self.env.user for alert in self.sudo()):
            raise AccessError(
                self.env._(
                    "You have caused this yourself. Somebody else looks into it."
                )
            )

    def action_take(self):
        """I look into it."""
        self._check_actor()
        if any(alert.state != "open" for alert in self):
            raise UserError(self.env._("Somebody looks into it already."))
        # sudo: moved by the steps alone; who may take it was checked
        self.sudo()._set(state="in_work", responsible_id=self.env.uid)
        self.env["customer.audit.entry"]._ar_log("alert.take", self)

    def action_close(self):
        """Say what came of it."""
        self._check_actor()
        return self.env["customer.alert.close"]._open(self)

    def _close(self, outcome, note):
        self._check_actor()
        if any(alert.state == "closed" for alert in self):
            raise UserError(self.env._("This alert is settled."))
        if not (note or "").strip():
            raise UserError(self.env._("Say what came of it."))
        # sudo: as above
        self.sudo()._set(
            state="closed",
            outcome=outcome,
            note=note.strip(),
            closed_by_id=self.env.uid,
            closed_at=fields.Datetime.now(),
        )
        # sudo: the to-dos of all who were told
        self.sudo().activity_unlink([TODO])
        self.env["customer.audit.entry"]._ar_log(
            "alert.close", self, {"outcome": outcome}
        )

    def action_view_entries(self):
        """The entries of the audit log that show it."""
        self.check_access("read")
        self.ensure_one()
        self.env["customer.audit.entry"].check_access("read")
        domain = self.env["customer.alert.signal"]._evidence(self)
        if self.signal == SWITCHED_OFF:
            domain = fields.Domain(
                [
                    ("model", "=", "customer.alert.rule"),
                    ("res_id", "=", self.rule_id.id),
                ]
            )
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.customer_audit_entry_action"
            ),
            "domain": list(domain),
            "context": {},
        }

    def action_open_payment(self):
        """The payment that followed."""
        self.check_access("read")
        self.ensure_one()
        self.payment_id.check_access("read")
        return self.payment_id._get_records_action(context={})
