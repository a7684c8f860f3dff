from odoo import api, fields, models

from .customer_category_assignment import Detail


class CustomerCategoryRunLine(models.Model):
    """One customer who moves: from where, to where, why."""

    _name = "customer.category.run.line"
    _description = "Move of a Customer"
    _inherit = [
        "ar.run.item.mixin",
        "ar.partner.rule.mixin",
        "customer.evidence.mixin",
    ]
    _order = "dimension_id, id"
    _rec_name = "partner_id"

    run_id = fields.Many2one(
        "customer.category.run",
        string="Classification",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    as_of_date = fields.Date(related="run_id.as_of_date")
    dimension_id = fields.Many2one(
        "customer.dimension", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    from_category_id = fields.Many2one(
        "customer.category", string="Moves from", readonly=True, ondelete="cascade"
    )
    to_category_id = fields.Many2one(
        "customer.category", string="Moves to", readonly=True, ondelete="cascade"
    )
    rule_id = fields.Many2one(
        "customer.category.rule", readonly=True, ondelete="set null"
    )
    evidence = fields.Json(readonly=True, groups="base.group_system")
    why = fields.Char(compute="_compute_why")

    @api.depends("evidence", "to_category_id")
    @api.depends_context("lang", "uid")
    def _compute_why(self):
        readers = self._money_readers()
        # sudo: as customer.category.assignment._compute_why
        for line, row in zip(self, self.sudo(), strict=True):
            if row.evidence:
                line.why = self._evidence_text(row.evidence, row.id in readers)
            else:
                line.why = self.env._("No rule holds any more.")

    def action_open_customer(self):
        """The customer's card."""
        self.check_access("read")
        self.ensure_one()
        return self.partner_id._get_records_action(context={})

    def _drop_stale(self, dimension, as_of):
        """Leave out customers who no longer stand where the preview saw them."""
        current = self.env["customer.classifier"]._load_current(
            dimension, as_of, self.partner_id.ids
        )
        people_win = dimension.mode == "both"

        def is_stale(line):
            held = current.get(line.partner_id.id)
            if (held.category_id if held else False) != line.from_category_id.id:
                return True
            return bool(held and held.by_people and people_win)

        stale = self.filtered(is_stale)
        stale.write({"run_state": "skipped"})
        return self - stale

    def _assign(self, dimension):
        if self:
            self.env["customer.category.assignment"]._assign(
                {line.partner_id.id: line.to_category_id.id for line in self},
                dimension,
                "rule",
                fields.Date.context_today(self),
                details={
                    line.partner_id.id: Detail(line.rule_id.id or None, line.evidence)
                    for line in self
                },
            )

    @api.model
    def _assign_plan(self, plan, day):
        """Make the moves of a plan without a list of them: few, and small."""
        if not plan.moves:
            return
        evidence = self.env["customer.classifier"]._evidence(
            plan, [move.partner_id for move in plan.moves]
        )
        self.env["customer.category.assignment"]._assign(
            {move.partner_id: move.to_id or False for move in plan.moves},
            plan.dimension,
            "rule",
            day,
            details={
                move.partner_id: Detail(move.rule_id, evidence.get(move.partner_id))
                for move in plan.moves
            },
        )
