from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.matching.base import RULES, RuleWeight
from .ar_match_evidence import RULE_NAMES

#: rules that follow a custom, not evidence: only a run that asks for them has them
ON_REQUEST = {"oldest_first"}


class ArMatchRule(models.Model):
    """Whether a matching rule of the engine is used, and what its evidence is worth."""

    _name = "ar.match.rule"
    _description = "Matching Rule"
    _order = "sequence, id"
    _rec_name = "code"

    code = fields.Selection(selection="_selection_code", string="Rule", required=True)
    weight = fields.Integer(
        default=20,
        required=True,
        help="Points of confidence that full evidence of this rule adds to a proposal. "
        "A proposal has at most 100.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_unique = models.Constraint("UNIQUE(code)", "Each rule can be listed once.")

    @api.model
    def _selection_code(self):
        return [(rule.code, RULE_NAMES[rule.code](self.env)) for rule in RULES]

    @api.depends("code")
    def _compute_display_name(self):
        names = dict(self._selection_code())
        for rule in self:
            rule.display_name = names.get(rule.code, rule.code)

    @api.constrains("weight")
    def _check_weight(self):
        for rule in self:
            if not 0 <= rule.weight <= 100:
                raise ValidationError(
                    self.env._("The weight of a rule lies between 0 and 100.")
                )

    @api.model
    def _load_weights(self, is_oldest_first=False):
        """The active rules for the engine, in their order.

        :param is_oldest_first: whether somebody asked for what is only done on request
        :rtype: list[RuleWeight]
        """
        return [
            RuleWeight(rule.code, rule.weight)
            for rule in self.search([])
            if is_oldest_first or rule.code not in ON_REQUEST
        ]
