from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache

from ..engine.segmentation import Rule


class CustomerCategoryRule(models.Model):
    """Which customers belong to a category: by their data, by figures, or by both.

    The rules of a dimension are tried in their order; the first that holds decides. A rule
    does nothing before it is enabled, and even then moves nobody before a night or a
    preview that somebody applies.
    """

    _name = "customer.category.rule"
    _description = "Category Rule"
    _inherit = ["ar.cached.mixin"]
    _order = "dimension_id, sequence, id"

    name = fields.Char(compute="_compute_name", search="_search_name")
    dimension_id = fields.Many2one(
        "customer.dimension", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="dimension_id.company_id", store=True, index=True
    )
    category_id = fields.Many2one(
        "customer.category",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('dimension_id', '=', dimension_id)]",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(
        string="Enabled", default=False, help="A rule that is off does nothing."
    )
    partner_domain = fields.Char(
        string="Customers",
        default="[]",
        help="Which customers the rule is for; empty: all.",
    )
    condition_ids = fields.One2many(
        "customer.category.rule.condition", "rule_id", copy=True
    )
    is_cheap = fields.Boolean(
        compute="_compute_is_cheap",
        string="At Once",
        help="Needs no figures: customers are moved as soon as their data change.",
    )
    customer_count = fields.Integer(
        compute="_compute_customer_count",
        help="Customers this rule has put where they are.",
    )
    note = fields.Text(translate=True)

    @api.depends("category_id", "condition_ids.summary", "partner_domain")
    @api.depends_context("lang")
    def _compute_name(self):
        for rule in self:
            parts = [condition.summary for condition in rule.condition_ids]
            if rule._domain() is not None:
                parts.insert(0, self.env._("customers chosen by their data"))
            rule.name = self.env._(
                "%(category)s: %(conditions)s",
                category=rule.category_id.display_name or "–",
                conditions=", ".join(filter(None, parts))
                or self.env._("all other customers"),
            )

    @api.model
    def _search_name(self, operator, value):
        return [("category_id.name", operator, value)]

    @api.depends("name")
    def _compute_display_name(self):
        for rule in self:
            rule.display_name = rule.name

    @api.depends("condition_ids")
    def _compute_is_cheap(self):
        for rule in self:
            rule.is_cheap = not rule.condition_ids

    def _compute_customer_count(self):
        counts = dict(
            self.env["customer.category.assignment"]._read_group(
                [("rule_id", "in", self.ids), ("valid_to", "=", False)],
                ["rule_id"],
                ["__count"],
            )
        )
        for rule in self:
            rule.customer_count = counts.get(rule, 0)

    # -- what may be written --------------------------------------------------------------

    @api.constrains("partner_domain")
    def _check_partner_domain(self):
        for rule in self:
            try:
                domain = rule._domain()
                if domain is not None:
                    self.env["res.partner"].search(domain, limit=1)
            except Exception as error:
                raise ValidationError(
                    self.env._(
                        "“%(rule)s”: the choice of customers cannot be read: %(error)s",
                        rule=rule.category_id.display_name,
                        error=error,
                    )
                ) from error

    @api.constrains("category_id", "dimension_id")
    def _check_category(self):
        for rule in self:
            if rule.category_id.dimension_id != rule.dimension_id:
                raise ValidationError(
                    self.env._(
                        "“%(category)s” is not a category of “%(dimension)s”.",
                        category=rule.category_id.display_name,
                        dimension=rule.dimension_id.name,
                    )
                )

    @api.constrains("dimension_id", "active")
    def _check_dimension(self):
        for rule in self.filtered("active"):
            if rule.dimension_id.is_mirror:
                raise ValidationError(
                    self.env._(
                        "“%(dimension)s” shows what another function decides; it has no "
                        "rules.",
                        dimension=rule.dimension_id.name,
                    )
                )

    @api.constrains("active", "condition_ids")
    def _check_figures(self):
        """Figures come and go with addons."""
        known = self.env["customer.metric"]._metrics()
        for rule in self.filtered("active"):
            if not known.keys() >= set(rule.condition_ids.mapped("metric")):
                raise ValidationError(
                    self.env._(
                        "“%(rule)s” asks for a figure that no installed addon knows. Choose "
                        "another figure.",
                        rule=rule.category_id.display_name,
                    )
                )

    # -- for the engine -------------------------------------------------------------------

    def _domain(self):
        """The customers the rule is for; None: all."""
        self.ensure_one()
        found = literal_eval((self.partner_domain or "").strip() or "[]")
        return Domain(found) if found else None

    def _engine(self, members, scale_of):
        """The rule on plain values.

        :param members: ids of the customers of its domain; None: all
        :param scale_of: units per whole of the figure of a condition
        """
        return Rule(
            self.id,
            self.category_id.id,
            members,
            tuple(
                condition._engine(scale_of(condition))
                for condition in self.condition_ids
            ),
        )

    @api.model
    @ormcache(cache="stable")
    def _watched(self):
        """{dimension: fields of a customer that decide at once}; dimensions without figures.

        A dimension of which any rule needs figures waits for the night.
        """
        watched = {}
        # sudo: which fields matter is the same for all users
        for dimension in self.sudo()._ruled_dimensions():
            rules = dimension.rule_ids.filtered("active")
            if all(rule.is_cheap for rule in rules):
                names = {"active", "customer_rank", "company_id", "parent_id"}
                for domain in filter(None, (rule._domain() for rule in rules)):
                    names |= {
                        condition.field_expr.split(".")[0]
                        for condition in domain.iter_conditions()
                    }
                watched[dimension.id] = frozenset(names)
        return watched

    @api.model
    def _ruled_dimensions(self):
        """Dimensions in which rules decide."""
        return self.search([("active", "=", True)]).dimension_id.filtered(
            lambda dimension: (
                dimension.active
                and not dimension.is_mirror
                and dimension.mode != "manual"
            )
        )

    # -- buttons --------------------------------------------------------------------------

    def action_view_customers(self):
        """The customers whom this rule has put where they are."""
        self.check_access("read")
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.res_partner_action_customers"
            ),
            "name": self.display_name,
            "context": {},
            "domain": [
                (
                    "customer_category_assignment_ids",
                    "any",
                    [("rule_id", "=", self.id), ("valid_to", "=", False)],
                )
            ],
        }
