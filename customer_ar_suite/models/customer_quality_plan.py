from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .customer_quality_finding import DECIDERS


class CustomerQualityPlan(models.Model):
    """When whose data are audited, and who gets the findings. Off until switched on."""

    _name = "customer.quality.plan"
    _description = "Plan of Data Audits"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    is_on = fields.Boolean(string="Switched On", copy=False)
    interval_number = fields.Integer(string="Every", default=1, required=True)
    interval_type = fields.Selection(
        [("weeks", "Weeks"), ("months", "Months"), ("years", "Years")],
        string="Unit of Time",
        default="months",
        required=True,
    )
    next_date = fields.Date(
        string="Next Audit", default=fields.Date.context_today, copy=False
    )
    partner_domain = fields.Char(string="Which Customers", default="[]")
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
        help="The audit is done with his rights: it looks at the customers he sees.",
    )
    with_salesperson = fields.Boolean(string="Findings Go to the Salesperson")
    escalation_id = fields.Many2one(
        "res.users",
        string="Told of Overdue Findings",
        domain="[('share', '=', False)]",
    )
    run_ids = fields.One2many("customer.quality.run", "plan_id", readonly=True)
    last_run_id = fields.Many2one(
        "customer.quality.run", string="Last Audit", readonly=True, copy=False
    )
    last_average = fields.Float(
        related="last_run_id.average_score", string="Average Score of It"
    )

    _interval_positive = models.Constraint(
        "CHECK(interval_number BETWEEN 1 AND 100)",
        "The interval lies between 1 and 100.",
    )

    @api.constrains("is_on", "responsible_id", "company_id")
    def _check_responsible(self):
        """Whose rights the audit has must be allowed to audit, in that company."""
        for plan in self.filtered("is_on"):
            # sudo: roles and companies of the responsible, only compared
            user = plan.sudo().responsible_id
            if plan.company_id not in user.company_ids or not any(
                map(user.has_group, DECIDERS)
            ):
                raise ValidationError(
                    self.env._(
                        "%(user)s is no reviewer or administrator in %(company)s and "
                        "cannot be responsible for audits there.",
                        user=user.name,
                        company=plan.company_id.name,
                    )
                )

    @api.constrains("partner_domain", "sample_size")
    def _check_scope(self):
        for plan in self:
            if plan.sample_size < 0:
                raise ValidationError(self.env._("A sample has at least one customer."))
            self.env["customer.quality.run"]._domain_of(plan.partner_domain)

    # -- upkeep, logged -------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        plans = super().create(vals_list)
        self.env["customer.audit.entry"]._ar_log("quality_plan.create", plans)
        return plans

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys() <= {"last_run_id", "next_date"}:
            self.env["customer.audit.entry"]._ar_log(
                "quality_plan.write", self, {"fields": sorted(vals)}
            )
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_without_runs(self):
        if any(plan.run_ids for plan in self):
            raise UserError(
                self.env._("Audits were made by this plan. Archive it instead.")
            )

    # -- buttons --------------------------------------------------------------------------

    def action_run_now(self):
        """Audit now, as the plan says; its date stays."""
        if not any(map(self.env.user.has_group, DECIDERS)):
            raise AccessError(
                self.env._("Only reviewers and administrators audit customer data.")
            )
        self.check_access("read")
        self.ensure_one()
        run = self.env["customer.quality.run"].create(self._prepare_run())
        run.action_start()
        return run._get_records_action(context={})

    def action_view_runs(self):
        """The audits of this plan."""
        self.check_access("read")
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.customer_quality_run_action"
            ),
            "domain": [("plan_id", "=", self.id)],
        }

    def _prepare_run(self):
        self.ensure_one()
        return {
            "plan_id": self.id,
            "company_id": self.company_id.id,
            "partner_domain": self.partner_domain,
            "sample_size": self.sample_size,
            "responsible_id": self.responsible_id.id,
            "with_salesperson": self.with_salesperson,
            "escalation_id": self.escalation_id.id,
        }

    # -- by the clock ---------------------------------------------------------------------

    @api.model
    def _cron_audit(self):
        """Begin the audits that are due, and tell of findings that are overdue."""
        today = fields.Date.context_today(self)
        due = self.search([("is_on", "=", True), ("next_date", "<=", today)])
        for plan in due.try_lock_for_update():
            plan._start_due(today)
        self.env["customer.quality.run"]._cron_escalate()

    def _start_due(self, today):
        """One audit, however many dates were missed; the next one lies ahead."""
        day = self.next_date
        while day <= today:
            day = fields.Date.add(day, **{self.interval_type: self.interval_number})
        self.next_date = day
        runs = self.env["customer.quality.run"].with_user(self.responsible_id)
        run = runs.with_company(self.company_id).create(self._prepare_run())
        try:
            with self.env.cr.savepoint():
                run.action_start()
        except UserError as error:
            # sudo: why nothing was audited, for who looks at the list
            run.sudo().write({"run_state": "cancelled", "stopped_because": str(error)})
