from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ..engine.quality import sample, score, settle
from .customer_quality_finding import DECIDERS

TODO = "mail.mail_activity_data_todo"
#: written by the audit alone
_FIGURES = {
    "average_score", "former_average", "new_count", "gone_count", "run_state",
    "started_at", "finished_at", "stopped_because",
}  # fmt: skip


class CustomerQualityRun(models.Model):
    """An audit of customer data: who was looked at, what each scores, what is to correct.

    Nothing of a customer is changed. Each customer is an item with its score; findings are
    made once and settled by the next look, in the same transaction as the score.
    """

    _name = "customer.quality.run"
    _description = "Audit of Customer Data"
    _inherit = ["ar.run.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"

    _run_item_model = "customer.quality.score"
    _run_interactive_limit = 500
    _run_chunk_size = 500

    plan_id = fields.Many2one(
        "customer.quality.plan", readonly=True, index="btree_not_null", copy=False
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    as_of_date = fields.Date(
        string="As of", required=True, default=fields.Date.context_today, copy=False
    )
    partner_domain = fields.Char(
        string="Which Customers", default="[]", help="Empty: all of the company."
    )
    sample_size = fields.Integer(
        string="Sample of",
        help="So many customers, drawn at random; zero: all of them.",
    )
    responsible_id = fields.Many2one(
        "res.users",
        string="Responsible for Findings",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    with_salesperson = fields.Boolean(
        string="Findings Go to the Salesperson",
        help="Of customers who have one; of the others to whoever is responsible.",
    )
    escalation_id = fields.Many2one(
        "res.users",
        string="Told of Overdue Findings",
        domain="[('share', '=', False)]",
    )
    score_ids = fields.One2many("customer.quality.score", "run_id", readonly=True)
    average_score = fields.Float(
        digits=(4, 1), readonly=True, copy=False, aggregator="avg"
    )
    former_average = fields.Float(
        string="Average Before", digits=(4, 1), readonly=True, copy=False
    )
    new_count = fields.Integer(string="New Findings", readonly=True, copy=False)
    gone_count = fields.Integer(string="Findings Gone", readonly=True, copy=False)
    open_count = fields.Integer(string="To Correct", compute="_compute_open_count")

    @api.depends("as_of_date", "sample_size")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._("Data audit of %(date)s", date=run.as_of_date)

    def _compute_open_count(self):
        counts = dict(
            self.env["customer.quality.finding"]._read_group(
                [("last_run_id", "in", self.ids), ("state", "!=", "closed")],
                ["last_run_id"],
                ["__count"],
            )
        )
        for run in self:
            run.open_count = counts.get(run, 0)

    @api.constrains("sample_size", "partner_domain")
    def _check_scope(self):
        for run in self:
            if run.sample_size < 0:
                raise ValidationError(self.env._("A sample has at least one customer."))
            run._domain_of(run.partner_domain)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_figures(vals)
        return super().create(vals_list)

    @api.model
    def _refuse_figures(self, vals):
        if not self.env.su and vals.keys() & _FIGURES:
            raise AccessError(self.env._("What an audit found is not written by hand."))

    def write(self, vals):
        self._refuse_figures(vals)
        if not self.env.su:
            self._check_run_access()
            if any(run.run_state != "draft" for run in self) and set(vals) & {
                "as_of_date", "company_id", "partner_domain", "plan_id", "sample_size",
            }:  # fmt: skip
                raise UserError(self.env._("What was audited stays as it is."))
        return super().write(vals)

    # -- buttons --------------------------------------------------------------------------

    def action_start(self):
        """Draw the customers and look at them; large audits go on in the background."""
        self._check_run_access()
        for run in self:
            if run.run_state != "draft":
                raise UserError(self.env._("This audit is done. Start a new one."))
            run._apply_selection(run._load_customers())
        self._start_run()
        return True

    def action_view_scores(self):
        """What each customer scores."""
        return self._open("customer_quality_score_action")

    def action_view_findings(self):
        """What is wrong, by this audit."""
        return self._open("customer_quality_finding_action", "last_run_id")

    def action_view_fields(self):
        """Which fields are wrong most often."""
        return self._open("customer_quality_field_statistic_action")

    def _open(self, name, link="run_id"):
        self.check_access("read")
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                f"customer_ar_suite.{name}"
            ),
            "domain": [(link, "=", self.id)],
            "context": {},
        }

    def _check_run_access(self):
        if not any(map(self.env.user.has_group, DECIDERS)):
            raise AccessError(
                self.env._("Only reviewers and administrators audit customer data.")
            )
        self.check_access("write")

    # -- load -----------------------------------------------------------------------------

    @api.model
    def _domain_of(self, text):
        try:
            domain = Domain(literal_eval((text or "").strip() or "[]"))
            domain.validate(self.env["res.partner"])
            return domain
        except (ValueError, SyntaxError, TypeError) as error:
            raise ValidationError(
                self.env._("The condition on customers cannot be read.")
            ) from error

    def _load_customers(self):
        """Ids of whom to look at: those its user sees, all of them or a sample."""
        domain = self.env["customer.quality.facts"]._customers_domain(self.company_id)
        partners = self.env["res.partner"].with_company(self.company_id)
        ids = partners.search(domain & self._domain_of(self.partner_domain)).ids
        if not ids:
            raise UserError(self.env._("The conditions meet no customer."))
        size = self.sample_size or len(ids)
        return sample(ids, size, f"{self._name}:{self.id}")

    def _apply_selection(self, ids):
        # sudo: rows are made by the audit; who may start it was checked
        scores = self.env["customer.quality.score"].sudo()
        for start in range(0, len(ids), 5_000):
            scores.create(
                [
                    {"run_id": self.id, "partner_id": id_}
                    for id_ in ids[start : start + 5_000]
                ]
            )

    # -- decide, apply --------------------------------------------------------------------

    def _apply_items(self, items):
        """Score a chunk of customers and settle their findings."""
        partners = items.partner_id.with_company(self.company_id)
        checks = self.env["customer.quality.check"]._asked()
        faults, details = self._load_faults(partners, checks)
        settlement = self._settle(partners, faults, checks)
        self._apply_settlement(settlement, details, checks)
        self._apply_scores(items, faults, checks)

    def _load_faults(self, partners, checks):
        facts = self.env["customer.quality.facts"].with_company(self.company_id)
        return facts._load_faults(partners, self.company_id, self.as_of_date, checks)

    def _settle(self, partners, faults, checks):
        known = self.env["customer.quality.finding"]._load_known(
            partners, self.company_id
        )
        codes = set(checks.mapped("code"))
        return settle(known._as_known(), faults, codes, self.as_of_date)

    def _apply_settlement(self, settlement, details, checks):
        # sudo: findings are made and settled by the audit; who may run it was checked
        findings = self.env["customer.quality.finding"].sudo()
        findings.create(self._prepare_findings(settlement.new, details, checks))
        seen = {"last_run_id": self.id, "seen_on": self.as_of_date}
        findings.browse(settlement.seen).write(seen)
        for finding in findings.browse(settlement.reopened):
            again = {"state": "open", "reopened_count": finding.reopened_count + 1}
            finding.write({**seen, **again})
        findings.browse(settlement.gone)._settle_gone(self.as_of_date, self)

    def _prepare_findings(self, new, details, checks):
        findings = self.env["customer.quality.finding"]
        by_code = {check.code: check for check in checks}
        partners = self.env["res.partner"].browse({id_ for id_, _fault in new})
        authors = self._load_authors(partners, new)
        values = []
        for id_, fault in new:
            partner = partners.browse(id_)
            check = by_code[fault.check]
            more = details[(id_, *fault[:3])]
            values.append(
                {
                    **findings._prepare(id_, fault, more, check, self.as_of_date),
                    "run_id": self.id,
                    "last_run_id": self.id,
                    "company_id": self.company_id.id,
                    "entered_by_id": authors.get((id_, fault.field)),
                    "responsible_id": self._responsible_of(partner).id,
                }
            )
        return values

    def _load_authors(self, partners, new):
        names = {fault.field for _id, fault in new} | {""}
        return self.env["customer.quality.facts"]._authors(partners, sorted(names))

    def _responsible_of(self, partner):
        # sudo: who sells to a customer is told by the audit to him alone
        seller = partner.sudo().user_id if self.with_salesperson else None
        return seller or self.responsible_id

    def _apply_scores(self, items, faults, checks):
        former = self.env["customer.quality.score"]._replace_current(items)
        asked = checks._engine()
        for item in items:
            found = score(faults[item.partner_id.id], asked)
            # sudo: the score is the audit's to write
            item.sudo().write(
                {
                    **found.by_dimension,
                    "score": found.points,
                    "former_score": former.get(item.partner_id.id, 0),
                    "has_former": item.partner_id.id in former,
                    "finding_count": sum(one.times for one in found.deductions),
                    "deductions": [
                        [one.check, one.points, one.times] for one in found.deductions
                    ],
                    "is_current": True,
                }
            )

    # -- one look between audits ----------------------------------------------------------

    @api.model
    def _look_again(self, partners, company):
        """Settle the findings of these customers now; how many are gone.

        What is found anew waits for the next audit.
        """
        facts = self.env["customer.quality.facts"].with_company(company)
        findings = self.env["customer.quality.finding"]
        checks = self.env["customer.quality.check"]._asked()
        today = facts._today()
        partners = partners.with_company(company)
        faults, _details = facts._load_faults(partners, company, today, checks)
        known = findings._load_known(partners, company)
        codes = set(checks.mapped("code"))
        settlement = settle(known._as_known(), faults, codes, today)
        known.browse(settlement.gone)._settle_gone(today)
        return len(settlement.gone)

    # -- after it -------------------------------------------------------------------------

    def _on_run_finished(self):
        self._note_average()
        self.env["customer.quality.field.statistic"]._note(self)
        self.env["customer.quality.author.statistic"]._note(self)
        self._tell_responsible()
        if self.plan_id:
            # sudo: when a plan was last done
            self.plan_id.sudo().last_run_id = self

    def _note_average(self):
        # sudo: figures of the audit
        run = self.sudo()
        (figures,) = run.score_ids._read_group(
            [("run_id", "=", run.id), ("run_state", "=", "done")],
            [],
            ["score:avg"],
        )
        run.average_score = figures[0] or 0.0
        former = run.search(
            [
                ("company_id", "=", run.company_id.id),
                ("id", "<", run.id),
                ("run_state", "=", "done"),
                ("plan_id", "=", run.plan_id.id),
            ],
            limit=1,
        )
        # sudo: as above
        findings = self.env["customer.quality.finding"].sudo()
        run.write(
            {
                "former_average": former.average_score,
                "new_count": findings.search_count([("run_id", "=", run.id)]),
                "gone_count": findings.search_count([("gone_run_id", "=", run.id)]),
            }
        )

    def _tell_responsible(self):
        """One activity per person, however many findings he got."""
        # sudo: how many new findings each person got
        groups = (
            self.env["customer.quality.finding"]
            .sudo()
            ._read_group(
                [("run_id", "=", self.id), ("state", "=", "open")],
                ["responsible_id"],
                ["__count", "due_date:min"],
            )
        )
        for user, count, due in groups:
            if user:
                own = self.with_context(lang=user.lang)
                text = own.env._("%(count)s findings to correct", count=count)
                self._schedule(user, due, text)

    def _schedule(self, user, day, summary):
        """To do for a user who can open the audit; no e-mail of core's."""
        if self.with_user(user).has_access("read"):
            # sudo: an activity on a record of the audit
            self.sudo().with_context(mail_activity_quick_update=True).activity_schedule(
                TODO,
                date_deadline=day or fields.Date.context_today(self),
                summary=summary,
                user_id=user.id,
            )

    @api.model
    def _cron_escalate(self):
        """Tell of findings nobody has corrected in time: once each, one activity per audit."""
        today = fields.Date.context_today(self)
        findings = self.env["customer.quality.finding"].search(
            [
                ("state", "in", ("open", "in_work")),
                ("due_date", "<", today),
                ("escalated_on", "=", False),
                ("run_id", "!=", False),
            ]
        )
        for run, late in findings.grouped("run_id").items():
            user = run.escalation_id or run.create_uid
            own = run.with_context(lang=user.lang)
            text = own.env._("%(count)s findings are overdue", count=len(late))
            run._schedule(user, today, text)
            late.escalated_on = today


class CustomerQualityFinding(models.Model):
    _inherit = "customer.quality.finding"

    gone_run_id = fields.Many2one(
        "customer.quality.run",
        string="Gone at",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    def _settle_gone(self, day, run=None):
        """What is not there any more: closed, or waiting for its cause to be said."""
        # sudo: settled by the audit, or by a look again whose caller was checked
        findings = self.sudo()
        asked = findings.filtered(
            lambda one: one.check_id.demands_cause and not one.cause
        )
        gone = {"gone_run_id": run.id if run else False}
        asked.filtered(lambda one: one.state != "verified").write(
            {**gone, "state": "verified"}
        )
        (findings - asked).write({**gone, "state": "closed", "closed_on": day})
