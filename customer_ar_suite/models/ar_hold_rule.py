from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.credit_hold import NO_DATA, HoldRule
from ..engine.money import to_minor


class ArHoldRuleMixin(models.AbstractModel):
    """What a hold rule looks at and what follows, in force or only tried."""

    _name = "ar.hold.rule.mixin"
    _description = "Rule on Held Documents"

    trigger = fields.Selection(
        [
            ("over_limit", "Limit Exceeded"),
            ("overdue", "Overdue for Too Long"),
            ("limit_expired", "Limit Expired"),
            ("grade", "Credit Grade"),
            ("dispute", "Open Dispute"),
            ("dunning_level", "Dunning Level"),
        ],
        required=True,
        default="over_limit",
    )
    has_data = fields.Boolean(compute="_compute_has_data")
    action = fields.Selection(
        [
            ("warn", "Warn"),
            ("approve", "Require a Release"),
            ("block", "Block"),
        ],
        string="Then",
        required=True,
        default="warn",
        help="Warn: a banner on the document. Require a release: it passes when somebody "
        "has released it. Block: it does not pass until the cause is gone.",
    )
    days = fields.Integer(
        string="Overdue More Than (Days)", help="Zero: from the day after the due date."
    )
    grace_days = fields.Integer(
        help="Days after the due date, or after the end of the limit, that are let pass."
    )
    threshold_percent = fields.Integer(
        string="From (% of the Limit)",
        default=100,
        help="Less than 100 warns early, more leaves a tolerance.",
    )
    minimum_amount = fields.Float(
        digits=(16, 2),
        help="In company currency. Less than that overdue is let pass.",
    )
    counts_drafts = fields.Boolean(
        string="Count Other Drafts",
        default=True,
        help="Other draft invoices of the customer take headroom, too.",
    )
    grade_id = fields.Many2one(
        "ar.credit.grade",
        string="Grade or Worse",
        ondelete="restrict",
        help="Documents of customers with this grade or a worse one; who has no grade is let "
        "pass.",
    )
    on_invoice = fields.Boolean(string="When Invoices Are Posted", default=True)

    _figures = models.Constraint(
        "CHECK(days >= 0 AND grace_days >= 0 AND threshold_percent > 0"
        " AND minimum_amount >= 0)",
        "Days and amounts are not negative, the share of the limit is positive.",
    )

    _names_grade = models.Constraint(
        "CHECK(trigger != 'grade' OR grade_id IS NOT NULL)",
        "Say from which grade on the rule holds.",
    )

    @api.depends("trigger")
    def _compute_has_data(self):
        for rule in self:
            rule.has_data = rule.trigger not in NO_DATA

    @api.model
    def _tried_fields(self):
        """What a simulation takes over of a rule."""
        own = self.env["ar.hold.rule.mixin"]._fields.values()
        return [
            field.name
            for field in own
            if field.store and field.name not in models.MAGIC_COLUMNS
        ]

    def _as_engine(self, company, ranks):
        """:param ranks: {grade id: rank}"""
        digits = company.currency_id.decimal_places
        return HoldRule(
            self.id,
            self.trigger,
            self.action,
            self.days,
            self.grace_days,
            self.threshold_percent,
            to_minor(self.minimum_amount, digits),
            self.counts_drafts,
            ranks.get(self.grade_id.id, 0),
        )


class ArHoldRule(models.Model):
    """When documents are held, as data. Shipped switched off: nothing is held by itself."""

    _name = "ar.hold.rule"
    _description = "Hold Rule"
    _inherit = ["ar.hold.rule.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        domain=[("parent_id", "=", False)],
        help="Empty: the rule holds in all companies. It holds in the branches of a company, "
        "too.",
    )
    category_ids = fields.Many2many(
        "customer.category",
        "ar_hold_rule_category_rel",
        string="Customers of",
        help="Categories with all below them. Empty: all customers.",
    )

    @api.constrains("company_id")
    def _check_keeps_books(self):
        if any(rule.company_id.parent_id for rule in self):
            raise ValidationError(
                self.env._(
                    "A rule holds in all branches of a company. Choose the company at the top."
                )
            )

    # -- what the check asks --------------------------------------------------------------

    @api.model
    def _in_force(self, company_ids, stage):
        """Active rules of these companies for a stage of documents, in their order."""
        # sudo: who posts need not see the rules
        return self.sudo().search(
            [
                ("active", "=", True),
                ("company_id", "in", [False, *company_ids]),
                (f"on_{stage}", "=", True),
                ("trigger", "not in", NO_DATA),
            ]
        )

    def _customers(self, partner_ids, today):
        """Of the customers, those in the scope of the rule."""
        if not self.category_ids:
            return set(partner_ids)
        assignments = self.env["customer.category.assignment"].search(
            [
                ("partner_id", "in", list(partner_ids)),
                ("category_id", "child_of", self.category_ids.ids),
                ("valid_from", "<=", today),
                "|",
                ("valid_to", "=", False),
                ("valid_to", ">=", today),
            ]
        )
        return set(assignments.partner_id.ids)

    # -- upkeep ---------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules._log("credit.rule", vals_list=vals_list)
        return rules

    def write(self, vals):
        result = super().write(vals)
        self._log("credit.rule", vals_list=[vals])
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_logged(self):
        self._log("credit.rule_end", vals_list=[])

    def _log(self, event, vals_list):
        self.env["customer.audit.entry"]._ar_log(
            event,
            self,
            {"values": vals_list},
            {rule.id: {"name": rule.name, "active": rule.active} for rule in self},
        )
