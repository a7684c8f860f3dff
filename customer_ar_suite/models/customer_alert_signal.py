from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.alerts import Change, Payment, Tick, before_payments, is_odd

CUSTOMERS = ("res.partner", "res.partner.bank")
ONE = SQL("1")
#: an export is one entry, of so many records
EXPORTED = SQL(
    "GREATEST(1, CASE WHEN jsonb_typeof(payload -> 'count') = 'number'"
    " THEN (payload ->> 'count')::numeric ELSE 1 END)"
)


class Signal(NamedTuple):
    """A kind of behaviour: what it is called, which entries show it, what each counts."""

    label: str
    domain: Domain
    weight: SQL = ONE


class CustomerAlertSignal(models.AbstractModel):
    """Reads the audit log for the rules: who did what, how often, minute by minute."""

    _name = "customer.alert.signal"
    _description = "Signals in the Audit Log"

    # Called by the job alone, as superuser: the log of everybody is what it is about.

    @api.model
    def _signals(self):
        """Code -> signal; other addons add theirs."""
        event, model = self._event, self._model
        return {
            "export": Signal(
                self.env._("Exports and downloads"),
                event("data.export", "report.export", "audit.export", "privacy.download"),
                EXPORTED,
            ),
            "unmask": Signal(self.env._("Values unmasked"), event("unmask")),
            "change": Signal(
                self.env._("Customers changed"), event("record.write") & model(*CUSTOMERS)
            ),
            "create": Signal(
                self.env._("Customers entered"), event("record.create") & model("res.partner")
            ),
            "delete": Signal(
                self.env._("Records deleted or archived"),
                event("record.delete", "closing.delete", "customer.archive_open"),
            ),
            "bank": Signal(
                self.env._("Bank accounts entered or changed"),
                event("record.create", "record.write") & model("res.partner.bank"),
            ),
            "limit": Signal(
                self.env._("Credit limits and holds changed"),
                Domain("event", "=like", "credit%") | Domain("event", "=like", "limit%"),
            ),
            "denied": Signal(
                self.env._("Passwords and codes refused"), event("login.denied")
            ),
            "safeguard": Signal(
                self.env._("Safeguards changed"),
                event(
                    "approval.switch", "masking.switch", "quality_check.write",
                    "policy.create", "policy.write", "policy.unlink",
                    "identity.create", "identity.write", "identity.unlink",
                    "validation.write", "validation.unlink",
                    "alert_rule.create", "alert_rule.write", "alert_rule.unlink",
                    "conflict_rule.write", "conflict_rule.unlink",
                )
                | model("customer.audit.policy"),
            ),
            "outside": Signal(
                self.env._("Changes outside Odoo"), Domain("origin", "=", "database")
            ),
        }  # fmt: skip

    @api.model
    def _event(self, *codes):
        return Domain("event", "in", codes)

    @api.model
    def _model(self, *names):
        return Domain("model", "in", names)

    # -- entries --------------------------------------------------------------------------

    @api.model
    def _domain(self, rule):
        """The entries a rule is about."""
        domain = self._signals()[rule.signal].domain
        if rule.company_id:
            # what all companies share is watched by each
            domain &= Domain("company_id", "in", (False, rule.company_id.id))
        skipped = rule.exempt_user_ids.ids
        if rule.signal != "outside":
            skipped = [*skipped, SUPERUSER_ID]  # what the system does by itself
        return domain & Domain("user_id", "not in", skipped)

    @api.model
    def _query(self, rule, *conditions):
        # sudo: whoever looks at alerts, the log of everybody is searched
        entries = self.env["customer.audit.entry"].sudo()
        query = entries._search(self._domain(rule), order="id")
        query.order = None
        for condition in conditions:
            query.add_where(condition)
        return query

    @api.model
    def _unseen(self, rule, horizon):
        """The entries of finished transactions since the last look."""
        # sudo: where the last look has got to
        rule = rule.sudo()
        seen, last = int(rule.seen_xid or 0), rule.seen_entry
        if horizon < seen:
            # the database was restored elsewhere, where transactions have other numbers
            return SQL("id > %s AND xid < %s", last, horizon)
        return SQL("xid >= %s AND xid < %s", seen, horizon)

    @api.model
    def _newest(self, rule, horizon):
        """(transaction, entry) of the newest unseen entry, or nothing."""
        self.env.flush_all()
        query = self._query(rule, self._unseen(rule, horizon))
        ((xid, entry),) = self.env.execute_query(
            query.select(SQL("MAX(xid)"), SQL("MAX(id)"))
        )
        return xid and (xid, entry)

    @api.model
    def _ticks(self, rule, horizon):
        """Unseen entries by user and minute, and those of the window before them.

        An entry that is evidence of an alert of this rule is not counted again.
        """
        unseen = self._unseen(rule, horizon)
        window = timedelta(minutes=rule.window_minutes)
        first = self._query(rule, unseen).select(SQL("MIN(at)"))
        ((since,),) = self.env.execute_query(first)
        before = SQL(
            """(at >= %s AND xid < %s AND NOT EXISTS (
                    SELECT FROM customer_alert told
                     WHERE told.rule_id = %s
                       AND told.user_id = customer_audit_entry.user_id
                       AND customer_audit_entry.id <= told.last_entry))""",
            since - window,
            horizon,
            rule.id,
        )
        query = self._query(rule, SQL("(%s OR %s)", unseen, before))
        query.groupby = SQL("1, 2")
        rows = self.env.execute_query(
            query.select(
                SQL("user_id"),
                SQL("date_trunc('minute', at)"),
                SQL("SUM(%s)::bigint", self._signals()[rule.signal].weight),
                SQL("MIN(id)"),
                SQL("MAX(id)"),
                SQL("COALESCE(MAX(company_id), 0)"),
            )
        )
        ticks = [Tick(*row) for row in rows]
        return self._odd(rule, ticks) if rule.kind == "hours" else ticks

    @api.model
    def _odd(self, rule, ticks):
        """Those outside working hours by the clock of who did it."""
        zones = self._zones({tick.user for tick in ticks})
        utc = ZoneInfo("UTC")
        return [
            tick
            for tick in ticks
            if is_odd(
                tick.at.replace(tzinfo=utc).astimezone(zones[tick.user]),
                rule.hour_from,
                rule.hour_to,
                rule.with_weekend,
            )
        ]

    @api.model
    def _zones(self, users):
        # sudo: the time zone of who did it
        found = self.env["res.users"].sudo().browse(users)
        return {user.id: ZoneInfo(user.tz or "UTC") for user in found}

    @api.model
    def _usual(self, rule, users):
        """{user: what he did on each day he did anything}, before today."""
        if not users:
            return {}
        today = fields.Datetime.now().replace(hour=0, minute=0, second=0, microsecond=0)
        query = self._query(
            rule,
            SQL(
                "at >= %s AND at < %s", today - timedelta(days=rule.history_days), today
            ),
            SQL("user_id = ANY(%s)", list(users)),
        )
        query.groupby = SQL("1, 2")
        days = defaultdict(list)
        weight = self._signals()[rule.signal].weight
        for user, _day, count in self.env.execute_query(
            query.select(
                SQL("user_id"), SQL("at::date"), SQL("SUM(%s)::bigint", weight)
            )
        ):
            days[user].append(count)
        return days

    # -- accounts and payments ------------------------------------------------------------

    @api.model
    def _account_payments(self, rule):
        """Changed accounts nobody was told of, with the first payment that followed."""
        now = fields.Datetime.now()
        since = now - timedelta(days=2 * rule.day_count)
        self.env.flush_all()
        query = self._query(
            rule,
            SQL("at >= %s AND partner_ref IS NOT NULL", since),
            SQL(
                """NOT EXISTS (SELECT FROM customer_alert told
                                WHERE told.rule_id = %s
                                  AND told.first_entry = customer_audit_entry.id)""",
                rule.id,
            ),
        )
        changes = [
            Change(*row)
            for row in self.env.execute_query(
                query.select(
                    SQL("id"),
                    SQL("user_id"),
                    SQL("partner_ref"),
                    SQL("at"),
                    SQL("COALESCE(company_id, 0)"),
                )
            )
        ]
        payments = self._payments({change.partner for change in changes}, since)
        return before_payments(changes, payments, rule.day_count)

    @api.model
    def _payments(self, partners, since):
        # sudo: whether money went out; the alert shows the payment to who may see it
        payments = self.env["account.payment"].sudo()
        found = payments.search_fetch(
            [
                ("payment_type", "=", "outbound"),
                ("partner_id", "in", list(partners)),
                ("create_date", ">=", since),
                ("state", "not in", ("canceled", "rejected")),
            ],
            ["partner_id", "create_date"],
        )
        return [Payment(one.id, one.partner_id.id, one.create_date) for one in found]

    # -- evidence -------------------------------------------------------------------------

    @api.model
    def _evidence(self, alert):
        """The entries of the log that an alert is about."""
        signal = self._signals().get(alert.signal)
        return (signal.domain if signal else Domain.TRUE) & Domain(
            [
                ("user_id", "=", alert.user_id.id),
                ("id", ">=", alert.first_entry),
                ("id", "<=", alert.last_entry),
            ]
        )
