from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import formatLang

from ..engine.lifecycle import Condition, Rule


class CustomerLifecycleRule(models.Model):
    """When customers move from one stage to another, by facts: growth, inactivity, tenure …

    Rules are read in order; the first whose conditions all hold decides. A rule that leads to
    the stage the customer is in keeps him there. They are worked by ``customer.lifecycle.run``,
    every night once one of them is active, and by hand with a preview.
    """

    _name = "customer.lifecycle.rule"
    _description = "Lifecycle Rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    from_stage_ids = fields.Many2many(
        "customer.lifecycle.stage",
        string="From",
        help="Leave empty for customers of any stage, also without one.",
    )
    to_stage_id = fields.Many2one(
        "customer.lifecycle.stage", string="To", required=True, ondelete="restrict"
    )
    condition_ids = fields.One2many(
        "customer.lifecycle.condition", "rule_id", string="Conditions", copy=True
    )
    condition_text = fields.Char(
        string="What Must Hold",
        compute="_compute_condition_text",
        help="All of it must hold.",
    )

    @api.depends(
        "condition_ids.metric", "condition_ids.operator", "condition_ids.value"
    )
    @api.depends_context("lang")
    def _compute_condition_text(self):
        for rule in self:
            rule.condition_text = self._proof_text(
                [[*one._engine(), None] for one in rule.condition_ids if one.metric]
            )

    @api.constrains("active", "condition_ids")
    def _check_conditions(self):
        for rule in self:
            if not rule.condition_ids:
                raise ValidationError(
                    self.env._(
                        "“%(rule)s” has no condition: it would move every customer.",
                        rule=rule.name,
                    )
                )

    def _engine(self):
        """Rules as the engine reads them, in order."""
        # sudo: who may look at customers may know by which rules they move
        return [
            Rule(
                rule.id,
                frozenset(rule.from_stage_ids.ids),
                rule.to_stage_id.id,
                tuple(one._engine() for one in rule.condition_ids),
            )
            for rule in self.sudo().sorted()
        ]

    @api.model
    def _proof_text(self, proofs):
        """“days since last invoice = 212 (≥ 180); …” of stored proofs, in the reader's words.

        :param proofs: [[metric, operator, value, fact or None]] or None
        """
        names = dict(self.env["customer.lifecycle.condition"]._metric_selection())
        signs = {">=": "≥", "<=": "≤"}
        texts = []
        for metric, sign, value, fact in proofs or ():
            name, sign = names.get(metric, metric), signs.get(sign, sign)
            bound = formatLang(self.env, value, digits=2 if value % 1 else 0)
            if fact is None:
                texts.append(f"{name} {sign} {bound}")
            else:
                known = formatLang(self.env, fact, digits=2 if fact % 1 else 0)
                texts.append(f"{name} = {known} ({sign} {bound})")
        return "; ".join(texts)


class CustomerLifecycleCondition(models.Model):
    """One fact compared with a value."""

    _name = "customer.lifecycle.condition"
    _description = "Condition of a Lifecycle Rule"
    _order = "rule_id, id"

    rule_id = fields.Many2one(
        "customer.lifecycle.rule", required=True, index=True, ondelete="cascade"
    )
    metric = fields.Selection("_metric_selection", string="Fact", required=True)
    operator = fields.Selection(
        [(">=", "≥"), ("<=", "≤"), (">", ">"), ("<", "<")],
        required=True,
        default=">=",
    )
    value = fields.Float(required=True, digits=(16, 2))

    @api.model
    def _metric_selection(self):
        return self.env["customer.lifecycle.run"]._metrics()

    def _engine(self):
        self.ensure_one()
        return Condition(self.metric, self.operator, self.value)
