from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.simulation.replay import DraftRule

#: stages of documents a rule may look at: stage -> switch of the rule
STAGES = {"invoice": "on_invoice", "order": "on_order"}


class ArSimulationDraftMixin(models.AbstractModel):
    """A line of a draft: changed until its simulation has been run."""

    _name = "ar.simulation.draft.mixin"
    _description = "Line of a Draft"

    simulation_id = fields.Many2one(
        "ar.simulation", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", related="simulation_id.company_id", store=True
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.simulation_id._check_draft()
        return lines

    def write(self, vals):
        self.simulation_id._check_draft()
        result = super().write(vals)
        self.simulation_id._check_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_of_drafts(self):
        self.simulation_id._check_draft()


class ArSimulationRule(models.Model):
    """A hold rule that is tried, not in force."""

    _name = "ar.simulation.rule"
    _description = "Hold Rule of a Simulation"
    _inherit = ["ar.simulation.draft.mixin", "ar.hold.rule.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    category_ids = fields.Many2many(
        "customer.category",
        "ar_simulation_rule_category_rel",
        string="Customers of",
        help="Categories with all below them. Empty: all customers.",
    )

    def _as_draft(self, partner_ids, ranks):
        """The rule as the engine tries it, with who was in its scope and when."""
        self.ensure_one()
        stages = tuple(
            stage
            for stage, switch in STAGES.items()
            if switch in self._fields and self[switch]
        )
        stays = self._stays(partner_ids) if self.category_ids else None
        return DraftRule(self._as_engine(self.company_id, ranks), stages, stays)

    def _stays(self, partner_ids):
        """{customer: [(from, until or None)]} of the categories of the rule."""
        # sudo: a simulation does not depend on who runs it
        assignments = self.env["customer.category.assignment"].sudo()
        rows = assignments.search_fetch(
            [
                ("partner_id", "in", list(partner_ids)),
                ("category_id", "child_of", self.category_ids.ids),
            ],
            ["partner_id", "valid_from", "valid_to"],
        )
        stays = {}
        for row in rows:
            stays.setdefault(row.partner_id.id, []).append(
                (row.valid_from, row.valid_to or None)
            )
        return stays


class ArSimulationPolicy(models.Model):
    """A grade's limit by formula that is tried, not in force."""

    _name = "ar.simulation.policy"
    _description = "Limit of a Grade in a Simulation"
    _inherit = ["ar.simulation.draft.mixin", "ar.grade.policy.mixin"]
    _order = "grade_id, id"
    _rec_name = "grade_id"

    _grade_uniq = models.Constraint(
        "UNIQUE(simulation_id, grade_id)", "The grade is in this draft already."
    )


class ArSimulation(models.Model):
    _inherit = "ar.simulation"

    def action_load_rules(self):
        """Begin with the hold rules that are in force."""
        self.check_access("write")
        self.ensure_one()
        self._check_draft()
        rules = self.env["ar.hold.rule"].search(
            [("active", "=", True), ("company_id", "in", (False, self.company_id.id))]
        )
        if not rules:
            raise UserError(self.env._("No hold rule is switched on in this company."))
        names = self.env["ar.hold.rule.mixin"]._tried_fields()
        self.rule_ids.unlink()
        self.env["ar.simulation.rule"].create(
            [
                {
                    **rule._convert_to_write({name: rule[name] for name in names}),
                    "simulation_id": self.id,
                    "name": rule.name,
                    "sequence": rule.sequence,
                    "category_ids": [(6, 0, rule.category_ids.ids)],
                }
                for rule in rules
            ]
        )
        self.rules_kind = "draft"
        return True

    def action_load_policies(self):
        """Begin with the limits of the grades' policies."""
        self.check_access("write")
        self.ensure_one()
        self._check_draft()
        policies = self.env["ar.grade.policy"].search(
            [("company_id", "=", self.company_id.id), ("basis", "!=", "keep")]
        )
        if not policies:
            raise UserError(self.env._("No grade has a limit formula in this company."))
        names = self.env["ar.grade.policy.mixin"]._tried_fields()
        self.policy_ids.unlink()
        self.env["ar.simulation.policy"].create(
            [
                {
                    **policy._convert_to_write({name: policy[name] for name in names}),
                    "simulation_id": self.id,
                }
                for policy in policies
            ]
        )
        self.limits_kind = "policy"
        return True


class ArScorecard(models.Model):
    _inherit = "ar.scorecard"

    def action_simulate(self):
        """Try the scorecard on the last months before it is activated."""
        self.check_access("read")
        self.env["ar.simulation"].check_access("create")
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "ar.simulation",
            "views": [(False, "form")],
            "context": {
                "default_name": self.display_name,
                "default_company_id": self.company_id.id,
                "default_scorecard_id": self.id,
            },
        }
