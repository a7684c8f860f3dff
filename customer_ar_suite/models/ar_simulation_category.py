from datetime import timedelta

from odoo import api, fields, models

from ..engine.segmentation import Held, diff, evaluate
from .customer_classifier import PEOPLE


class ArSimulationMove(models.Model):
    """A customer whom the rules of a dimension would have put elsewhere."""

    _name = "ar.simulation.move"
    _description = "Category in a Simulation"
    _inherit = ["ar.locked.mixin", "ar.simulation.part.mixin"]
    _order = "day, id"

    day = fields.Date(string="First on", readonly=True)
    month_count = fields.Integer(
        string="Month Ends",
        readonly=True,
        help="On so many month ends of the period he would have been elsewhere.",
    )
    category_then_id = fields.Many2one(
        "customer.category",
        readonly=True,
        ondelete="cascade",
    )
    category_now_id = fields.Many2one(
        "customer.category",
        string="Category by the Rules",
        readonly=True,
        ondelete="cascade",
    )


class ArSimulation(models.Model):
    """Classification once more: the rules of a dimension on each month end of the period."""

    _inherit = "ar.simulation"

    dimension_id = fields.Many2one(
        "customer.dimension",
        string="Classify by the Rules of",
        ondelete="set null",
        domain="[('rule_ids', '!=', False), ('company_id', 'in', (False, company_id))]",
        help="On each month end of the period, with the figures of that day. What rules ask "
        "of the customer's card is as it is today.",
    )
    with_draft_rules = fields.Boolean(
        string="Also Rules Switched off",
        default=True,
        help="Category rules that nobody has enabled yet take part, in their order.",
    )
    move_ids = fields.One2many("ar.simulation.move", "simulation_id", readonly=True)
    move_count = fields.Integer(
        string="Classified Otherwise", compute="_compute_move_count"
    )

    @api.depends("move_ids")
    def _compute_move_count(self):
        rows = self.env["ar.simulation.move"]._read_group(
            [("simulation_id", "in", self.ids)], ["simulation_id"], ["__count"]
        )
        counts = dict(rows)
        for one in self:
            one.move_count = counts.get(one, 0)

    def action_view_moves(self):
        """Customers who would have been in another category."""
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.ar_simulation_move_action"
            ),
            "domain": [("simulation_id", "in", self.ids)],
        }

    def _on_run_finished(self):
        result = super()._on_run_finished()
        if self.dimension_id:
            self._classify()
        return result

    def _classify(self):
        """One row per customer who would have been elsewhere on any month end."""
        # sudo: a quantile is one of all customers; who sees whom is decided by the rules
        # on the rows
        simulation = self.sudo()
        found = {}
        for day in simulation._month_ends():
            for move in simulation._moves_on(day):
                first = found.setdefault(move.partner_id, (day, move, 0))
                found[move.partner_id] = (first[0], move, first[2] + 1)
        simulation.env["ar.simulation.move"]._insert(
            [
                {
                    "simulation_id": self.id,
                    "partner_id": partner_id,
                    "day": day,
                    "month_count": count,
                    "category_then_id": move.from_id,
                    "category_now_id": move.to_id,
                }
                for partner_id, (day, move, count) in sorted(found.items())
            ]
        )

    def _month_ends(self):
        """Last days of months in the period, and its own last day."""
        days, day = [], self.date_from.replace(day=1)
        while day <= self.date_to:
            day = fields.Date.add(day, months=1)
            days.append(min(day - timedelta(days=1), self.date_to))
        return sorted(set(days))

    def _moves_on(self, day):
        """Who would move if the rules were applied on that day."""
        dimension = self.dimension_id
        company = dimension.company_id or dimension._rule_companies()[:1]
        classifier = self.env["customer.classifier"].with_company(company)
        records = dimension.rule_ids.filtered(
            lambda rule: rule.active or self.with_draft_rules
        ).sorted(lambda rule: (rule.sequence, rule.id))
        customers = classifier._load_customers(dimension, None)
        figures = classifier._load_figures(dimension, records, day, {})
        rules = [classifier._load_rule(rule, customers, None) for rule in records]
        wanted = evaluate(rules, customers, figures)
        held = self._held_on(dimension, day)
        return diff(held, wanted, customers, dimension.mode == "both")

    def _held_on(self, dimension, day):
        """{customer: what he had on that day}"""
        rows = self.env["customer.category.assignment"].search_fetch(
            [
                ("dimension_id", "=", dimension.id),
                ("valid_from", "<=", day),
                "|",
                ("valid_to", "=", False),
                ("valid_to", ">=", day),
            ],
            ["partner_id", "category_id", "source", "expires_on"],
        )
        return {
            row.partner_id.id: Held(
                row.category_id.id,
                row.source,
                row.source in PEOPLE and (not row.expires_on or row.expires_on >= day),
            )
            for row in rows
        }
