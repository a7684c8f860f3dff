from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import formatLang

from ..engine.segmentation import SHARES, Condition


class CustomerCategoryRuleCondition(models.Model):
    """One demand of a rule on a figure of the customer."""

    _name = "customer.category.rule.condition"
    _description = "Condition of a Category Rule"
    _inherit = ["ar.cached.mixin"]
    _order = "sequence, id"

    rule_id = fields.Many2one(
        "customer.category.rule", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="rule_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    metric = fields.Selection(
        selection="_selection_metric", string="Figure", required=True
    )
    month_count = fields.Integer(
        string="Months", default=12, help="How many months back count."
    )
    operator = fields.Selection(
        [
            ("at_least", "at least"),
            ("more_than", "more than"),
            ("at_most", "at most"),
            ("less_than", "less than"),
            ("top", "among the highest"),
            ("bottom", "among the lowest"),
            ("known", "is known"),
            ("unknown", "is not known"),
        ],
        required=True,
        default="at_least",
    )
    threshold = fields.Float(
        digits=(16, 2),
        aggregator=None,
        help="Amounts are in the currency of the dimension.",
    )
    share = fields.Float(
        string="Per Cent",
        digits=(5, 2),
        default=20.0,
        aggregator=None,
        help="Of the customers who have the figure; who is level with the last one in is in, "
        "too.",
    )
    product_category_id = fields.Many2one("product.category", ondelete="restrict")
    usage_kind_id = fields.Many2one(
        "customer.usage.kind", string="Kind of Usage", ondelete="restrict"
    )
    has_window = fields.Boolean(compute="_compute_metric_kind")
    needs_category = fields.Boolean(compute="_compute_metric_kind")
    needs_usage_kind = fields.Boolean(compute="_compute_metric_kind")
    unit = fields.Char(compute="_compute_metric_kind")
    summary = fields.Char(compute="_compute_summary")

    @api.model
    def _selection_metric(self):
        return self.env["customer.metric"]._titles()

    @api.depends("metric", "rule_id.dimension_id.currency_id", "usage_kind_id.unit")
    @api.depends_context("lang")
    def _compute_metric_kind(self):
        metrics = self.env["customer.metric"]._metrics()
        units = {
            "percent": "%",
            "days": self.env._("days"),
            "months": self.env._("months"),
        }
        for condition in self:
            metric = metrics.get(condition.metric)
            condition.has_window = bool(metric and metric.has_window)
            condition.needs_category = bool(metric and metric.needs_category)
            condition.needs_usage_kind = bool(metric and metric.needs_usage_kind)
            condition.unit = False
            if metric and metric.kind == "money":
                condition.unit = condition.rule_id.dimension_id._rule_currency().name
            elif condition.needs_usage_kind:
                condition.unit = condition.usage_kind_id.unit
            elif metric:
                condition.unit = units.get(metric.kind, False)

    @api.depends(
        "metric",
        "operator",
        "threshold",
        "share",
        "month_count",
        "product_category_id",
        "usage_kind_id",
        "unit",
    )
    @api.depends_context("lang")
    def _compute_summary(self):
        for condition in self:
            condition.summary = condition._text() if condition.metric else False

    def _text(self):
        """“Revenue (12 months) at least 150,000 CNY”."""
        parts = [
            self._figure_text(),
            dict(self._fields["operator"]._description_selection(self.env))[
                self.operator
            ],
        ]
        if self.operator in SHARES:
            parts.append(f"{formatLang(self.env, self.share, digits=2)} %")
        elif self.operator not in ("known", "unknown"):
            parts.append(
                formatLang(self.env, self.threshold, digits=self._shown_digits())
            )
            parts.append(self.unit or "")
        return " ".join(filter(None, parts))

    def _figure_text(self):
        name = dict(self._selection_metric()).get(self.metric, self.metric)
        if self.product_category_id and self.needs_category:
            name = f"{name} {self.product_category_id.display_name}"
        if self.usage_kind_id and self.needs_usage_kind:
            name = f"{name} {self.usage_kind_id.name}"
        if self.has_window:
            return self.env._(
                "%(figure)s (%(count)s months)", figure=name, count=self.month_count
            )
        return name

    def _shown_digits(self):
        return 0 if self.threshold.is_integer() else 2

    @api.onchange("metric")
    def _onchange_metric(self):
        """Most companies count one thing only."""
        if self.needs_usage_kind and not self.usage_kind_id:
            self.usage_kind_id = self.env["customer.usage.kind"].search([], limit=1)

    @api.constrains(
        "metric",
        "operator",
        "share",
        "month_count",
        "product_category_id",
        "usage_kind_id",
    )
    def _check_condition(self):
        for condition in self:
            if condition.has_window and not 1 <= condition.month_count <= 120:
                raise ValidationError(
                    self.env._("Months: enter a number from 1 to 120.")
                )
            if condition.operator in SHARES and not 0 < condition.share <= 100:
                raise ValidationError(
                    self.env._("Per cent: enter a number above 0, up to 100.")
                )
            if condition.needs_category and not condition.product_category_id:
                raise ValidationError(
                    self.env._("Choose the product category whose revenue counts.")
                )
            if condition.needs_usage_kind and not condition.usage_kind_id:
                raise ValidationError(
                    self.env._("Choose the kind of usage whose counts matter.")
                )

    # -- for the engine -------------------------------------------------------------------

    def _figure_key(self):
        """What has to be loaded once for all conditions that ask the same."""
        more = 0
        if self.needs_category:
            more = self.product_category_id.id
        elif self.needs_usage_kind:
            more = self.usage_kind_id.id
        months = self.month_count if self.has_window else 0
        return f"{self.metric}:{months}:{more}"

    def _engine(self, scale):
        is_share = self.operator in SHARES
        bound = Decimal(str(self.share if is_share else self.threshold))
        metric = self.env["customer.metric"]._metrics()[self.metric]
        return Condition(
            self._figure_key(),
            self.operator,
            int((bound * (100 if is_share else scale)).to_integral_value()),
            metric.missing,
        )
