from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_date

_CLERK = "customer_ar_suite.customer_ar_suite_group_customer_clerk"


class ArPaymentRhythm(models.Model):
    """How one customer pays, and the payment cycle that would describe it better.

    An item of a review. Accepting gives the customer the cycle, or asks for approval where
    payment terms are guarded; rejecting is remembered.
    """

    _name = "ar.payment.rhythm"
    _description = "Payment Rhythm"
    _inherit = ["ar.run.item.mixin", "ar.decision.mixin", "ar.partner.rule.mixin"]
    _order = "gain_share desc, id"
    _rec_name = "partner_id"

    run_id = fields.Many2one(
        "ar.payment.rhythm.run",
        string="Review",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True, index=True)
    as_of_date = fields.Date(related="run_id.as_of_date")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    finding = fields.Selection(
        [
            ("proposal", "Another Cycle Fits Better"),
            ("fits", "Keeps What Is Agreed"),
            ("no_cycle", "Clear Rhythm, No Cycle for It"),
            ("irregular", "Irregular"),
            ("too_few", "Too Few Payments"),
        ],
        readonly=True,
    )
    state = fields.Selection(
        [
            ("none", "Nothing to Decide"),
            ("open", "To Decide"),
            ("accepted", "Accepted"),
            ("requested", "Awaiting Approval"),
            ("rejected", "Rejected"),
        ],
        string="Decision",
        required=True,
        readonly=True,
        default="none",
    )
    current_term_id = fields.Many2one(
        "account.payment.term", string="Terms Today", readonly=True
    )
    cycle_id = fields.Many2one(
        "ar.payment.cycle",
        string="Proposed Cycle",
        readonly=True,
        index="btree_not_null",
    )
    payment_count = fields.Integer(string="Payments", readonly=True, aggregator="sum")
    invoice_count = fields.Integer(
        string="Invoices Paid", readonly=True, aggregator="sum"
    )
    cadence = fields.Selection(
        [
            ("weekly", "Weekly"),
            ("fortnightly", "Fortnightly"),
            ("monthly", "Monthly"),
            ("quarterly", "Quarterly"),
            ("half_yearly", "Half-yearly"),
            ("yearly", "Yearly"),
            ("irregular", "Irregular"),
        ],
        string="Pays",
        readonly=True,
    )
    usual_day = fields.Integer(
        readonly=True,
        aggregator=None,
        help="Day of the month most payments are near; 31 is the last. 0: none.",
    )
    usual_day_share = fields.Integer(
        string="Near That Day (%)", readonly=True, aggregator="avg"
    )
    delay_days = fields.Integer(
        string="Days from Invoice", readonly=True, aggregator="avg", help="Median."
    )
    late_days = fields.Integer(
        string="Days after Due Date", readonly=True, aggregator="avg", help="Median."
    )
    share = fields.Integer(
        string="Explained by Proposal (%)",
        readonly=True,
        aggregator="avg",
        help="Invoices that were paid when the proposed cycle says.",
    )
    current_share = fields.Integer(
        string="Explained Today (%)",
        readonly=True,
        aggregator="avg",
        help="Invoices that were paid when they were due.",
    )
    gain_share = fields.Integer(
        string="Gain (%)", compute="_compute_gain_share", store=True, aggregator="avg"
    )
    evidence = fields.Char(compute="_compute_evidence")

    _open_idx = models.Index("(partner_id, company_id) WHERE state = 'open'")

    @api.depends("share", "current_share", "cycle_id")
    def _compute_gain_share(self):
        for one in self:
            one.gain_share = one.share - one.current_share if one.cycle_id else 0

    @api.depends("payment_count", "cadence", "usual_day", "share", "current_share")
    @api.depends_context("lang")
    def _compute_evidence(self):
        """Why, as a sentence a customer could be told."""
        pays = dict(self._fields["cadence"]._description_selection(self.env))
        for one in self:
            parts = [
                self.env._(
                    "Paid on %(count)s days: %(cadence)s, usually %(delay)s days after the "
                    "invoice (%(late)s after the due date).",
                    count=one.payment_count,
                    cadence=pays.get(one.cadence, "–"),
                    delay=one.delay_days,
                    late=one.late_days,
                )
            ]
            if one.usual_day:
                parts.append(one._day_text())
            if one.cycle_id:
                parts.append(
                    self.env._(
                        "“%(cycle)s” explains %(share)s %% of %(count)s invoices, the terms "
                        "agreed now %(current)s %%.",
                        cycle=one.cycle_id.name,
                        share=one.share,
                        count=one.invoice_count,
                        current=one.current_share,
                    )
                )
            one.evidence = " ".join(parts)

    def _day_text(self):
        if self.usual_day == 31:
            return self.env._(
                "%(share)s %% of the payments are near the end of the month.",
                share=self.usual_day_share,
            )
        return self.env._(
            "%(share)s %% of the payments are near day %(day)s of the month.",
            share=self.usual_day_share,
            day=self.usual_day,
        )

    def _outcome(self, term, rhythm, decision):
        """What the engine found, as values."""
        is_proposal = decision.finding == "proposal"
        return {
            "finding": decision.finding,
            "state": "open" if is_proposal else "none",
            "current_term_id": term.id,
            "cycle_id": decision.cycle_id or False,
            "payment_count": rhythm.payments,
            "invoice_count": rhythm.invoices,
            "cadence": rhythm.cadence,
            "usual_day": rhythm.day,
            "usual_day_share": rhythm.day_share,
            "delay_days": rhythm.delay,
            "late_days": rhythm.lateness,
            "share": decision.share,
            "current_share": decision.current_share,
        }

    @api.model
    def _lateness(self, partner_ids, company):
        """{customer id: days he usually pays after the due date} by his latest review."""
        # sudo: a number for forecasts, which show it to nobody
        rows = self.sudo().search_fetch(
            [
                ("partner_id", "in", partner_ids),
                ("company_id", "=", company.id),
                ("finding", "not in", (False, "too_few")),
            ],
            ["partner_id", "late_days"],
            order="id",
        )
        return {row.partner_id.id: row.late_days for row in rows}

    # -- buttons --------------------------------------------------------------------------

    def action_accept(self):
        """Give these customers the cycles proposed, or ask for approval."""
        self._check_decision()
        for (company, cycle, run), rows in self._by_cycle().items():
            reason = self.env._(
                "Proposed from the payments up to %(date)s.",
                date=format_date(self.env, run.as_of_date),
            )
            done = rows.partner_id.with_company(company)._ar_assign_cycle(
                cycle.with_company(company), "proposal", reason
            )
            accepted = rows.filtered(lambda row, d=done: row.partner_id in d)
            accepted._decide("accepted")
            (rows - accepted)._decide("requested")
        return self._decided_notice()

    def action_reject(self):
        """No: these cycles are not proposed to these customers again."""
        self._check_decision()
        self._decide("rejected")
        return self._decided_notice()

    def action_open_customer(self):
        """The customer's card."""
        self.check_access("read")
        self.ensure_one()
        return self.partner_id._get_records_action(context={})

    def _check_decision(self):
        if not self.env.user.has_group(_CLERK):
            raise AccessError(
                self.env._("Only customer clerks decide which cycle a customer has.")
            )
        self._check_open()

    def _by_cycle(self):
        groups = {}
        for row in self:
            key = row.company_id, row.cycle_id, row.run_id
            groups[key] = groups.get(key, self.browse()) | row
        return groups

    def _decide(self, state):
        result = super()._decide(state)
        for company, rows in self.grouped("company_id").items():
            self.env["customer.audit.entry"].with_company(company)._ar_log(
                f"payment_rhythm.{state}",
                rows.partner_id,
                None,
                {row.partner_id.id: {"cycle": row.cycle_id.name} for row in rows},
            )
        return result
