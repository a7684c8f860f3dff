from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

#: code of the dimension that mirrors the stage
DIMENSION = "lifecycle"


class CustomerLifecycleStage(models.Model):
    """A stage of the relationship with a customer: prospect, growth, decline …

    Stages are data. Each says how often its customers should hear from us, which stages may
    follow, and by its playbook what is to be done when a customer enters it.
    """

    _name = "customer.lifecycle.stage"
    _description = "Lifecycle Stage"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="Short unique name; imports and rules use it."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer(aggregator=None)
    description = fields.Text(translate=True)
    contact_interval_days = fields.Integer(
        string="Contact Every (Days)",
        help="A customer of this stage should hear from us at least that often. "
        "Empty or 0: no interval.",
    )
    next_stage_ids = fields.Many2many(
        "customer.lifecycle.stage",
        "customer_lifecycle_stage_next_rel",
        "stage_id",
        "next_id",
        string="May Be Followed by",
        help="Leave empty to allow every other stage.",
    )
    is_end = fields.Boolean(
        string="End of the Relationship",
        help="Customers of this stage are not called; closing an account leads here.",
    )
    fold = fields.Boolean(string="Folded on the Board")
    step_ids = fields.One2many(
        "customer.lifecycle.step", "stage_id", string="Playbook", copy=True
    )
    customer_count = fields.Integer(
        string="Customers", compute="_compute_customer_count"
    )

    _code_uniq = models.Constraint(
        "UNIQUE(code)", "Another lifecycle stage already has this code."
    )
    _interval = models.Constraint(
        "CHECK (contact_interval_days >= 0)",
        "The interval between contacts cannot be negative.",
    )

    def _compute_customer_count(self):
        counts = dict(
            self.env["res.partner"]._read_group(
                [("customer_stage_id", "in", self.ids)],
                ["customer_stage_id"],
                ["__count"],
            )
        )
        for stage in self:
            stage.customer_count = counts.get(stage, 0)

    @api.constrains("next_stage_ids")
    def _check_next_stages(self):
        for stage in self:
            if stage in stage.next_stage_ids:
                raise ValidationError(
                    self.env._("“%(stage)s” cannot follow itself.", stage=stage.name)
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: whether it was ever used counts, whoever may see the customers
        used = (
            self.env["customer.lifecycle.period"]
            .sudo()
            .search([("stage_id", "in", self.ids)], limit=1)
        )
        if used:
            raise UserError(
                self.env._(
                    "Customers are or were in “%(stage)s”. Archive it instead: "
                    "the history stays.",
                    stage=used.stage_id.name,
                )
            )
        rules = self.env["customer.lifecycle.rule"].with_context(active_test=False)
        if rule := rules.search(
            [
                "|",
                ("to_stage_id", "in", self.ids),
                ("from_stage_ids", "in", self.ids),
            ],
            limit=1,
        ):
            raise UserError(
                self.env._(
                    "The rule “%(rule)s” names this stage. Change the rule first.",
                    rule=rule.name,
                )
            )

    @api.model
    def _next_stages(self):
        """{stage id: stages that may follow}; stages without a limit are left out."""
        # sudo: the same for everybody
        stages = self.sudo().with_context(active_test=False).search([])
        return {
            stage.id: frozenset(stage.next_stage_ids.ids)
            for stage in stages
            if stage.next_stage_ids
        }

    # -- the dimension that mirrors it ----------------------------------------------------

    def _mirror_categories(self, dimension):
        """{stage id: category id}; categories that lack are made."""
        # sudo: the mirror follows the stages whoever moves a customer
        categories = (
            self.env["customer.category"].sudo().with_context(active_test=False)
        )
        known = {
            category.code: category
            for category in categories.search([("dimension_id", "=", dimension.id)])
        }
        missing = self.filtered(lambda stage: stage.code not in known)
        made = categories.create(
            [
                {
                    "name": stage.name,
                    "code": stage.code,
                    "sequence": stage.sequence,
                    "color": stage.color,
                    "dimension_id": dimension.id,
                }
                for stage in missing
            ]
        )
        missing._copy_names(made)
        known |= {category.code: category for category in made}
        return {stage.id: known[stage.code].id for stage in self}

    def _copy_names(self, categories):
        """The categories are called as the stages, in every language."""
        for lang, _name in self.env["res.lang"].get_installed():
            for stage, category in zip(self, categories, strict=True):
                name = stage.with_context(lang=lang).name
                if category.with_context(lang=lang).name != name:
                    category.with_context(lang=lang).name = name

    # -- buttons --------------------------------------------------------------------------

    def action_view_customers(self):
        """The customers that are in this stage."""
        self.ensure_one()
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.customer_lifecycle_board_action"
            ),
            "name": self.display_name,
            "domain": [("customer_stage_id", "=", self.id)],
            "context": {"default_customer_rank": 1},
            "views": [(False, "list"), (False, "form")],
            "view_mode": "list,form",
        }


class CustomerLifecycleStep(models.Model):
    """One thing to do when a customer enters a stage; becomes an activity on him."""

    _name = "customer.lifecycle.step"
    _description = "Step of a Playbook"
    _order = "stage_id, sequence, delay_days, id"
    _rec_name = "summary"

    stage_id = fields.Many2one(
        "customer.lifecycle.stage", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        required=True,
        domain="[('res_model', 'in', (False, 'res.partner'))]",
        ondelete="restrict",
    )
    summary = fields.Char(required=True, translate=True)
    note = fields.Text(translate=True)
    delay_days = fields.Integer(
        string="Days after Entry", help="When it is due, counted from the first day."
    )
    responsible = fields.Selection(
        [
            ("salesperson", "Salesperson of the Customer"),
            ("mover", "Who Moved the Customer"),
            ("user", "A Certain User"),
        ],
        required=True,
        default="salesperson",
    )
    user_id = fields.Many2one("res.users", domain="[('share', '=', False)]")
    is_dropped = fields.Boolean(
        string="Drop on Leaving",
        default=True,
        help="What is not done when the customer leaves the stage is not done any more.",
    )

    _delay = models.Constraint(
        "CHECK (delay_days >= 0)", "A step cannot be due before the stage begins."
    )
    _user_named = models.Constraint(
        "CHECK (responsible != 'user' OR user_id IS NOT NULL)",
        "Choose the user who is to do it.",
    )

    def _responsible_of(self, partner, mover):
        """Who does it for this customer; where there is no salesperson, who moved him."""
        self.ensure_one()
        if self.responsible == "user":
            return self.user_id
        if self.responsible == "salesperson" and partner.user_id:
            return partner.user_id
        return mover

    def _schedule(self, partners, mover, day):
        """Activities of these steps for customers who entered the stage on ``day``.

        One statement for all of them.

        :param mover: the user who moved them
        """
        partners = partners.filtered("active")
        model_id = self.env["ir.model"]._get_id("res.partner")
        # sudo: steps of the playbook are made whoever moved the customer; nobody is mailed
        activities = self.env["mail.activity"].sudo()
        activities.with_context(mail_activity_quick_update=True).create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": partner.id,
                    "activity_type_id": step.activity_type_id.id,
                    "summary": step.summary,
                    "note": step.note,
                    "user_id": step._responsible_of(partner, mover).id,
                    "date_deadline": fields.Date.add(day, days=step.delay_days),
                    "customer_lifecycle_step_id": step.id,
                }
                for step in self
                for partner in partners
            ]
        )


class MailActivity(models.Model):
    """What a playbook planned, so that it can be dropped when its stage is over."""

    _inherit = "mail.activity"

    customer_lifecycle_step_id = fields.Many2one(
        "customer.lifecycle.step",
        string="Step of a Playbook",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups="customer_ar_suite.customer_ar_suite_group_user",
    )
