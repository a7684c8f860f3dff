from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..engine import rfm
from ..engine.money import from_minor
from .customer_metrics.base import Scope

_PREFIX = "customer_ar_suite.customer_ar_suite_group_"
#: who may have all customers scored by a button
SCORERS = ("credit_manager", "administrator")
LEVELS = [
    ("high", "High"),
    ("medium", "Medium"),
    ("low", "Low"),
    ("none", "Nothing Bought"),
]
TODO = "mail.mail_activity_data_todo"


class CustomerTradingScore(models.Model):
    """How a customer trades: recency, frequency, monetary, against all others of a company.

    Worked out by a button or every night once the schedule is switched on. Rows are written
    only where something has changed.
    """

    _name = "customer.trading.score"
    _description = "Trading Score"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _ar_is_money = True
    _order = "points desc, amount desc, id"
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
    last_invoice_on = fields.Date(string="Last Purchase", readonly=True)
    frequency = fields.Integer(
        string="Invoices", readonly=True, help="In the months that are scored."
    )
    amount = fields.Monetary(string="Revenue", readonly=True)
    recency_points = fields.Integer(string="R", readonly=True, aggregator="avg")
    frequency_points = fields.Integer(string="F", readonly=True, aggregator="avg")
    monetary_points = fields.Integer(string="M", readonly=True, aggregator="avg")
    points = fields.Integer(
        readonly=True,
        aggregator="avg",
        help="Recency, frequency and monetary together: 3 to 15, 0 for nothing bought.",
    )
    level = fields.Selection(LEVELS, required=True, readonly=True)
    before_level = fields.Selection(LEVELS, string="Level Before", readonly=True)
    changed_on = fields.Date(string="Level Since", readonly=True)
    direction = fields.Selection(
        [("up", "Risen"), ("down", "Fallen")],
        string="Last Change",
        compute="_compute_direction",
        store=True,
    )
    country_id = fields.Many2one(related="partner_id.country_id")
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")

    _customer_uniq = models.Constraint(
        "UNIQUE(partner_id, company_id)", "The customer has a score in this company."
    )

    @api.depends("level", "before_level")
    def _compute_direction(self):
        for one in self:
            one.direction = direction(one.before_level, one.level)

    # -- buttons --------------------------------------------------------------------------

    def action_score(self):
        """Score the customers of the current company now."""
        if not any(self.env.user.has_group(_PREFIX + role) for role in SCORERS):
            raise AccessError(
                self.env._("Only administrators and credit managers score customers.")
            )
        self.check_access("read")
        self._score(self.env.company)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_open_customer(self):
        """The customer's card."""
        self.check_access("read")
        self.ensure_one()
        return self.partner_id.get_formview_action()

    @api.model
    def _cron_score(self):
        """Every night, company by company, once somebody has switched the schedule on."""
        for company in self.env["res.company"].search([]):
            self.with_company(company)._score(company)

    # -- load, decide, apply --------------------------------------------------------------

    @api.model
    def _score(self, company):
        """Trading and usage of all customers of a company; what has changed is told."""
        today = fields.Date.context_today(self)
        # sudo: scores compare all customers, whoever asks for them
        system = self.sudo().with_context(allowed_company_ids=company.ids)
        trades, last = system._load_trades(company, today)
        scores = rfm.score(trades)
        changed = system._apply_scores(company, today, trades, scores, last)
        usage = system.env["customer.usage.score"]._score(company, today)
        system._alert(company, changed, usage)
        if not changed and not usage:
            return  # a night like the last one leaves no entry
        self.env["customer.audit.entry"]._ar_log_event(
            "trading.score",
            self._name,
            {"company": company.name, "scored": len(scores), "changed": len(changed)},
        )

    @api.model
    def _load_trades(self, company, today):
        """Trades of the customers who bought in the window, and all last invoice days."""
        scope = Scope(
            self.env, today, company.ar_score_months, (company.id,), company.currency_id
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT move.commercial_partner_id,
                       MAX(move.invoice_date) FILTER (WHERE NOT %(credit)s),
                       COUNT(*) FILTER (WHERE %(inside)s AND NOT %(credit)s),
                       ROUND(COALESCE(SUM(move.amount_untaxed_signed)
                                      FILTER (WHERE %(inside)s), 0) * %(unit)s)::bigint
                  FROM account_move move
                  JOIN res_partner customer ON customer.id = move.commercial_partner_id
                 WHERE %(invoices)s AND customer.active AND customer.id <> ALL(%(left)s)
                 GROUP BY 1
                """,
                credit=SQL("move.move_type = 'out_refund'"),
                inside=SQL("move.invoice_date > %s", scope.after),
                unit=10**company.currency_id.decimal_places,
                invoices=scope.invoices(),
                left=self.env["res.partner"]._ar_left_ids(),
                to_flush=[self.env["res.partner"]._fields["active"]],
            )
        )
        last = {partner_id: day for partner_id, day, _count, _amount in rows}
        trades = [
            rfm.Trade(partner_id, (today - day).days, count, amount)
            for partner_id, day, count, amount in rows
            if count and day
        ]
        return trades, last

    @api.model
    def _apply_scores(self, company, today, trades, scores, last):
        """Write what differs; {customer: (level before, level)} of those who moved."""
        held = {
            one.partner_id.id: one
            for one in self.search([("company_id", "=", company.id)])
        }
        bought = {one.partner_id: one for one in trades}
        digits = company.currency_id.decimal_places
        new, moved = [], {}
        for partner_id in sorted({*last, *held}):
            points = scores.get(partner_id, rfm.NOTHING)
            trade = bought.get(partner_id)
            values = {
                "last_invoice_on": last.get(partner_id) or False,
                "frequency": trade.frequency if trade else 0,
                "amount": float(from_minor(trade.monetary if trade else 0, digits)),
                "recency_points": points.recency,
                "frequency_points": points.frequency,
                "monetary_points": points.monetary,
                "points": sum(points),
                "level": points.level,
            }
            row = held.get(partner_id)
            if not row:
                new.append(
                    {
                        **values,
                        "partner_id": partner_id,
                        "company_id": company.id,
                        "changed_on": today,
                    }
                )
            elif differs(row, values):
                if row.level != points.level:
                    moved[partner_id] = (row.level, points.level)
                    values |= {"before_level": row.level, "changed_on": today}
                row._set(**values)
        self._insert(new)
        return moved

    # -- telling --------------------------------------------------------------------------

    @api.model
    def _alert(self, company, moved, usage):
        """A reminder for the salesperson where trade or usage has changed much.

        :param moved: {customer: (level before, level now)}
        :param usage: {customer: [(kind, change in per cent)]}
        """
        if not company.ar_usage_alert_percent:
            return
        partners = self.env["res.partner"].browse(sorted({*moved, *usage}))
        activities = self.env["mail.activity"]
        kind = self.env.ref(TODO, raise_if_not_found=False)
        vals_list = []
        for partner in partners:
            user = partner.user_id or company.ar_usage_alert_user_id
            if not user.active or company not in user.company_ids:
                continue
            lang = self.with_context(lang=user.lang)
            notes = lang._alert_notes(moved.get(partner.id), usage.get(partner.id, ()))
            if notes:
                vals_list.append(
                    {
                        "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                        "res_id": partner.id,
                        "user_id": user.id,
                        "activity_type_id": kind.id if kind else False,
                        "summary": notes[0],
                        "note": Markup("<br/>").join(notes),
                        "date_deadline": fields.Date.context_today(self),
                    }
                )
        # nobody is mailed for each customer: the activities are the list
        activities.with_context(mail_activity_quick_update=True).create(vals_list)

    @api.model
    def _alert_notes(self, moved, usage):
        labels = dict(self._fields["level"]._description_selection(self.env))
        notes = []
        if moved and direction(*moved):
            notes.append(
                self.env._(
                    "Trading changed from “%(old)s” to “%(new)s”",
                    old=labels[moved[0]],
                    new=labels[moved[1]],
                )
            )
        notes += [
            self.env._(
                "%(kind)s: %(percent)s %% against the months before",
                kind=kind.with_env(self.env).name,
                percent=f"{percent:+.0f}",
            )
            for kind, percent in usage
        ]
        return notes

    # -- merges ---------------------------------------------------------------------------

    @api.model
    def _ar_merge_partners(self, source_ids, target_id):
        """The remaining customer is scored anew by what all of them have bought."""
        forget(self, source_ids)


def forget(scores, partner_ids):
    """Delete the scores of customers who are no more; nobody may do so by hand."""
    scores.flush_model()
    scores.env.cr.execute(
        SQL(
            "DELETE FROM %s WHERE partner_id = ANY(%s)",
            SQL.identifier(scores._table),
            list(partner_ids),
        )
    )
    scores.invalidate_model()


def direction(before, now):
    """Has a level risen or fallen? None: it is the first, or the same."""
    if not before or not now or before == now:
        return False
    return "up" if rfm.LEVELS.index(now) < rfm.LEVELS.index(before) else "down"


def differs(record, values):
    """Does a record have other values than these? Numbers are compared to a cent."""
    return any(
        bool(fields.Float.compare(record[name], value, precision_digits=2))
        if isinstance(value, float)
        else record[name] != value
        for name, value in values.items()
    )
