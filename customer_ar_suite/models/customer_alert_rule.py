from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL, ormcache

from ..engine.alerts import threshold, usual_day
from .customer_audit_trigger import Table

_PREFIX = "customer_ar_suite.customer_ar_suite_group_"
ADMINISTRATOR, AUDITOR = f"{_PREFIX}administrator", f"{_PREFIX}auditor"
#: columns whose change is recorded by the database itself, whatever route it takes
_RECORDED = (
    "active", "company_id", "day_count", "factor", "hour_from", "hour_to", "is_own",
    "kind", "signal", "threshold", "window_minutes", "with_weekend",
)  # fmt: skip
#: where the look at the log has got to; written by the look alone
_OWN = {"seen_xid", "seen_entry"}


class CustomerAlertRule(models.Model):
    """What behaviour somebody is to be told of, as data; shipped switched off.

    Nobody changes or switches off a rule unseen: the ORM and the database log it, and who
    switches one off sets off an alert to the others.
    """

    _name = "customer.alert.rule"
    _description = "Alert Rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(string="Switched On", default=True)
    signal = fields.Selection(
        "_selection_signal", string="What Is Watched", required=True
    )
    kind = fields.Selection(
        [
            ("burst", "Many within a time"),
            ("hours", "At odd hours"),
            ("payment", "Shortly before a payment"),
        ],
        string="When It Is Told",
        required=True,
        default="burst",
    )
    threshold = fields.Integer(
        string="From So Many Records", required=True, default=100
    )
    window_minutes = fields.Integer(
        string="Within (Minutes)", required=True, default=60
    )
    is_own = fields.Boolean(
        string="Compare with the User's Own Days",
        help="Who does much every day is told of only when he does much more than that.",
    )
    factor = fields.Float(
        string="Times a Usual Day",
        default=3.0,
        digits=(4, 1),
        help="Of the days of the last weeks on which the user did anything, the middle "
        "one. Below five such days the number of records alone counts.",
    )
    history_days = fields.Integer(string="Days Looked Back", default=60)
    hour_from = fields.Float(string="Working Day Begins", default=7.0)
    hour_to = fields.Float(string="Working Day Ends", default=20.0)
    with_weekend = fields.Boolean(string="Weekends Are Odd", default=True)
    day_count = fields.Integer(string="Payment within (Days)", default=7)
    severity = fields.Selection(
        [("1_high", "High"), ("2_medium", "Medium")], default="1_high", required=True
    )
    company_id = fields.Many2one(
        "res.company", help="Empty: what happens in any company."
    )
    responsible_ids = fields.Many2many(
        "res.users",
        "customer_alert_rule_user_rel",
        string="Who Is Told",
        domain="[('share', '=', False)]",
        help="Never the one who caused it. Empty, or nobody left: all other administrators; "
        "failing them, the auditors.",
    )
    exempt_user_ids = fields.Many2many(
        "res.users",
        "customer_alert_rule_exempt_rel",
        string="Not Watched",
        help="Users of interfaces, whose work is to move much.",
    )
    alert_count = fields.Integer(compute="_compute_alert_count")
    seen_xid = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    seen_entry = fields.Integer(readonly=True, copy=False, groups=fields.NO_ACCESS)

    _sensible = models.Constraint(
        "CHECK (threshold >= 1 AND window_minutes BETWEEN 1 AND 10080"
        " AND history_days BETWEEN 7 AND 400 AND day_count BETWEEN 1 AND 90"
        " AND factor BETWEEN 0 AND 1000 AND hour_from BETWEEN 0 AND 24"
        " AND hour_to BETWEEN 0 AND 24)",
        "Look at the numbers: at least one record; 1 to 10,080 minutes; 7 to 400 days "
        "looked back; payments within 1 to 90 days; hours from 0 to 24.",
    )

    @api.model
    def _selection_signal(self):
        return [
            (code, signal.label)
            for code, signal in self.env["customer.alert.signal"]._signals().items()
        ]

    def _compute_alert_count(self):
        counts = dict(
            self.env["customer.alert"]._read_group(
                [("rule_id", "in", self.ids)], ["rule_id"], ["__count"]
            )
        )
        for rule in self:
            rule.alert_count = counts.get(rule, 0)

    @api.constrains("signal", "kind")
    def _check_kind(self):
        for rule in self:
            if rule.kind == "payment" and rule.signal != "bank":
                raise ValidationError(
                    self.env._(
                        "Only changes of bank accounts can be compared with payments."
                    )
                )

    @api.constrains("responsible_ids")
    def _check_responsible(self):
        for rule in self:
            # sudo: roles of those who are told, only compared
            for user in rule.sudo().responsible_ids:
                if not (user.has_group(ADMINISTRATOR) or user.has_group(AUDITOR)):
                    raise ValidationError(
                        self.env._(
                            "%(user)s is neither administrator nor auditor and could not "
                            "see the alert.",
                            user=user.name,
                        )
                    )

    # -- upkeep, never unseen -------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_own(*vals_list)
        rules = super().create(vals_list)
        rules.filtered("active")._watch_from_now()
        rules._changed("alert_rule.create")
        return rules

    def write(self, vals):
        if self.env.su and vals.keys() <= _OWN:
            return super().write(vals)
        self._refuse_own(vals)
        was_on = self.filtered("active")
        result = super().write(vals)
        (self.filtered("active") - was_on)._watch_from_now()
        self._changed("alert_rule.write", vals)
        was_on.filtered(lambda rule: not rule.active)._tell_switched_off()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_without_alerts(self):
        # sudo: whether there are any
        alerts = self.env["customer.alert"].sudo()
        if alerts.search_count([("rule_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._("Alerts were given by this rule. Switch it off instead.")
            )

    def unlink(self):
        self._changed("alert_rule.unlink")
        self.env["customer.audit.policy"]._tell_actor()
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.model
    def _refuse_own(self, *vals_list):
        if not self.env.su and any(_OWN & vals.keys() for vals in vals_list):
            raise AccessError(self.env._("This cannot be changed by hand."))

    def _changed(self, event, vals=None):
        self.env.registry.clear_cache()
        by_record = {
            rule.id: {"rule": rule.name, "signal": rule.signal, "active": rule.active}
            for rule in self
        }
        self.env["customer.audit.entry"]._ar_log(
            event, self, {"fields": sorted(vals)} if vals else None, by_record
        )

    def _tell_switched_off(self):
        """The others hear of it at once, whatever rules are left."""
        self.env["customer.alert"]._raise_switched_off(self)

    def action_view_alerts(self):
        """What this rule has told of."""
        self.check_access("read")
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.customer_alert_action"
            ),
            "domain": [("rule_id", "=", self.id)],
            "context": {},
        }

    def action_switch_on(self):
        """Begin to watch, from now on."""
        self.check_access("write")
        self.active = True

    def action_switch_off(self):
        """Stop watching; it is logged, and the others are told."""
        self.check_access("write")
        self.active = False

    # -- the look at the log --------------------------------------------------------------

    @api.model
    @ormcache()
    def _watched_signals(self):
        # sudo: asked where entries are written, by whoever writes them
        rules = self.sudo().search([("active", "=", True)])
        return frozenset(rules.mapped("signal"))

    def _watch_from_now(self):
        """What happened before a rule was switched on sets nothing off."""
        if not self:
            return
        start = str(self._horizon())
        # sudo: where the look begins
        self.sudo().write({"seen_xid": start, "seen_entry": 0})

    @api.model
    def _horizon(self):
        """The transaction before which none is under way any more.

        Entries are looked at in the order of their transactions: none can appear behind
        a look that has gone by.
        """
        (row,) = self.env.execute_query(
            SQL("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        )
        return row[0]

    @api.model
    def _beyond(self):
        """Past this transaction: its own entries are looked at as well, by who wrote them."""
        (row,) = self.env.execute_query(
            SQL("SELECT pg_current_xact_id()::text::bigint + 1")
        )
        return row[0]

    @api.model
    def _cron_watch(self):
        """Look at what was logged since the last look, rule by rule."""
        rules = self.search([("active", "=", True)])
        rules.try_lock_for_update()._watch(self._horizon())

    def _watch(self, horizon):
        """Look at the entries of finished transactions; an entry sets off one alert at most."""
        found = self.env["customer.alert"]
        for rule in self:
            signal = self.env["customer.alert.signal"].with_context(active_test=True)
            found |= rule._alerts_of(signal, horizon)
        return found

    def _alerts_of(self, signal, horizon):
        if self.kind == "payment":
            return self.env["customer.alert"]._raise_payments(
                self, signal._account_payments(self)
            )
        reached = signal._newest(self, horizon)
        if not reached:
            return self.env["customer.alert"]
        ticks = signal._ticks(self, horizon)
        usual = (
            signal._usual(self, {tick.user for tick in ticks}) if self.is_own else {}
        )
        alerts = self.env["customer.alert"]._raise_bursts(self, ticks, usual)
        xid, entry = reached
        # sudo: where the look has got to
        self.sudo().write({"seen_xid": str(xid + 1), "seen_entry": entry})
        return alerts

    def _own_thresholds(self, usual):
        """{user: records from which on it is too much for him}."""
        return {
            user: threshold(self.threshold, self.factor, usual_day(days))
            for user, days in usual.items()
        }


class CustomerAuditPolicy(models.Model):
    _inherit = "customer.audit.policy"

    @api.model
    def _own_tables(self):
        """Rules of alerts are recorded whatever the policies say, like the policies."""
        rules = self.env["customer.alert.rule"]
        return [
            *super()._own_tables(),
            Table.of(rules, list(_RECORDED), set(), ("insert", "update", "delete")),
        ]
