from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..engine.payment_cycle.rhythm import Limits, Paid, decide, read_rhythm

_LIMITS = Limits()
GROUPS = ("ar_accountant", "credit_manager", "administrator")
_PREFIX = "customer_ar_suite.customer_ar_suite_group_"
#: per cent, days or payments: names of the settings with their limits
_BOUNDS = {
    "month_count": (1, 120),
    "min_payments": (2, 100),
    "tolerance_days": (0, 15),
    "min_share": (1, 100),
    "min_gain": (0, 100),
}


class ArPaymentRhythmRun(models.Model):
    """Looks at how customers pay and lists those whose rhythm is not the one agreed."""

    _name = "ar.payment.rhythm.run"
    _description = "Review of Payment Rhythms"
    _inherit = ["ar.run.mixin"]
    _order = "id desc"

    _run_item_model = "ar.payment.rhythm"
    _run_chunk_size = 500
    _run_interactive_limit = 500

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    as_of_date = fields.Date(
        string="As of", required=True, default=fields.Date.context_today
    )
    month_count = fields.Integer(
        string="Months", required=True, default=12, help="How far back payments count."
    )
    min_payments = fields.Integer(
        string="Payments at Least",
        required=True,
        default=_LIMITS.min_payments,
        help="Days with payments below which nothing is concluded.",
    )
    tolerance_days = fields.Integer(
        string="Tolerance in Days",
        required=True,
        default=_LIMITS.tolerance,
        help="An invoice paid within so many days of its due date is on time.",
    )
    min_share = fields.Integer(
        string="Explained at Least (%)",
        required=True,
        default=_LIMITS.min_share,
        help="Share of the invoices a cycle must explain to be proposed.",
    )
    min_gain = fields.Integer(
        string="Better by at Least (%)",
        required=True,
        default=_LIMITS.min_gain,
        help="How many per cent points more than today's terms it must explain.",
    )
    rhythm_ids = fields.One2many("ar.payment.rhythm", "run_id", readonly=True)
    proposal_count = fields.Integer(
        string="Proposals", compute="_compute_proposal_count"
    )

    def _compute_proposal_count(self):
        counts = dict(
            self.env["ar.payment.rhythm"]._read_group(
                [("run_id", "in", self.ids), ("finding", "=", "proposal")],
                ["run_id"],
                ["__count"],
            )
        )
        for run in self:
            run.proposal_count = counts.get(run, 0)

    @api.depends("as_of_date")
    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._(
                "Payment rhythms, %(date)s", date=run.as_of_date
            )

    @api.constrains(*_BOUNDS)
    def _check_bounds(self):
        for run in self:
            for name, (low, high) in _BOUNDS.items():
                if not low <= run[name] <= high:
                    raise ValidationError(
                        self.env._(
                            "%(field)s: enter a number from %(low)s to %(high)s.",
                            field=run._fields[name]._description_string(self.env),
                            low=low,
                            high=high,
                        )
                    )

    # -- buttons --------------------------------------------------------------------------

    def action_start(self):
        """List the customers with enough payments and look at each."""
        self._check_run_access()
        self.check_access("write")
        for run in self:
            if run.run_state != "draft":
                raise UserError(self.env._("This review is done. Start a new one."))
            run._load_customers()
            run._start_run()
        return self.action_view_rhythms()

    def action_view_rhythms(self):
        """What came out: the proposals first."""
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.ar_payment_rhythm_action"
            ),
            "domain": [("run_id", "in", self.ids)],
            "context": {"search_default_proposals": 1},
        }

    def _check_run_access(self):
        if not any(self.env.user.has_group(_PREFIX + role) for role in GROUPS):
            raise AccessError(
                self.env._(
                    "Only AR accountants and credit managers review payment rhythms."
                )
            )
        self.check_access("read")

    @api.model
    def _cron_review(self):
        """One review per company and day; customers keep what they have."""
        today = fields.Date.context_today(self)
        done = self.search([("as_of_date", "=", today)]).company_id
        for company in self.env["res.company"].search([]) - done:
            run = self.with_company(company).create({"company_id": company.id})
            run._load_customers()
            if run._count_todo():
                run._start_run()
            else:
                run.unlink()

    # -- load, decide, apply --------------------------------------------------------------

    def _since(self):
        return fields.Date.subtract(self.as_of_date, months=self.month_count)

    def _limits(self):
        return Limits(
            self.min_payments, self.tolerance_days, self.min_share, self.min_gain
        )

    def _load_customers(self):
        """One item per customer with enough payments."""
        self.ensure_one()
        ids = self.env["ar.ledger"]._paying_customers(
            self._since(),
            self.as_of_date,
            self.min_payments,
            company_ids=self.company_id.ids,
        )
        # sudo: items of the run; who may start it was checked
        self.env["ar.payment.rhythm"].sudo().create(
            [{"run_id": self.id, "partner_id": id_} for id_ in ids]
        )

    def _apply_items(self, items):
        """Decide a chunk of customers: a constant number of statements."""
        company = self.company_id
        items.fetch(["partner_id"])
        partners = items.partner_id.with_company(company)
        partners.fetch(["property_payment_term_id"])
        history = self._load_history(partners)
        cycles = self._load_cycles()
        engines = {cycle.id: cycle._engine() for cycle in cycles}
        calendar = cycles._work_calendar(company)
        refused = self._load_refused(partners)
        for item in items:
            term = item.partner_id.with_company(company).property_payment_term_id
            paid = history.get(item.partner_id.id, [])
            rhythm = read_rhythm(paid)
            decision = decide(
                paid,
                rhythm,
                engines,
                term.ar_cycle_id.id,
                refused.get(item.partner_id.id, frozenset()),
                self._limits(),
                calendar,
            )
            # sudo: outcome of the review; users write none of it
            item.sudo().write(item._outcome(term, rhythm, decision))

    def _load_history(self, partners):
        """{customer id: payments}, oldest first."""
        history = {}
        for partner_id, *row in self.env["ar.ledger"]._payment_history(
            self._since(),
            self.as_of_date,
            partner_ids=partners.ids,
            company_ids=self.company_id.ids,
        ):
            history.setdefault(partner_id, []).append(Paid(*row))
        return history

    def _load_cycles(self):
        return self.env["ar.payment.cycle"].search(
            [("company_id", "in", (False, self.company_id.id))]
        )

    def _load_refused(self, partners):
        """{customer id: cycles that somebody has said no to}."""
        rows = self.env["ar.payment.rhythm"]._read_group(
            [
                ("partner_id", "in", partners.ids),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "rejected"),
            ],
            ["partner_id"],
            ["cycle_id:array_agg"],
        )
        return {partner.id: frozenset(filter(None, ids)) for partner, ids in rows}

    def _on_run_finished(self):
        """Earlier reviews of the company keep what was decided; the rest is replaced."""
        older = self.env["ar.payment.rhythm"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("run_id", "<", self.id),
                ("state", "in", ("none", "open")),
            ]
        )
        # sudo: bookkeeping of the reviews
        older.sudo().unlink()
