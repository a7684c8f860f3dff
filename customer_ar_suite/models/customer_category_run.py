import json

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

GROUPS = ("administrator", "credit_manager")
_PREFIX = "customer_ar_suite.customer_ar_suite_group_"


class CustomerCategoryRun(models.Model):
    """What the rules say on one day: a preview of who moves, and its application.

    A preview writes nothing but its own list. Applying takes up each move only if the
    customer still stands where the preview saw him.
    """

    _name = "customer.category.run"
    _description = "Classification"
    _inherit = ["ar.run.mixin"]
    _order = "id desc"

    _run_item_model = "customer.category.run.line"
    _run_chunk_size = 2_000
    _run_interactive_limit = 2_000

    company_id = fields.Many2one("res.company", index=True, readonly=True)
    dimension_ids = fields.Many2many(
        "customer.dimension",
        string="Dimensions",
        domain="[('rule_ids.active', '=', True), ('is_mirror', '=', False)]",
    )
    as_of_date = fields.Date(
        string="As of", required=True, default=fields.Date.context_today, readonly=True
    )
    previewed_at = fields.Datetime(readonly=True, copy=False)
    is_nightly = fields.Boolean(readonly=True)
    line_ids = fields.One2many(
        "customer.category.run.line", "run_id", string="Who Moves", readonly=True
    )
    move_count = fields.Integer(compute="_compute_counts", string="Moves")
    skipped_count = fields.Integer(compute="_compute_counts", string="Left Out")
    kept_count = fields.Integer(
        readonly=True,
        string="Kept by Hand",
        help="Customers whom rules would move, if they had not been put there by hand.",
    )

    @api.depends("as_of_date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._(
                "Classification, %(date)s", date=run.as_of_date
            )

    @api.depends("line_ids.run_state")
    def _compute_counts(self):
        rows = self.env["customer.category.run.line"]._read_group(
            [("run_id", "in", self.ids)], ["run_id", "run_state"], ["__count"]
        )
        counts = {(run.id, state): count for run, state, count in rows}
        for run in self:
            found = {state: n for (id_, state), n in counts.items() if id_ == run.id}
            run.move_count = sum(found.values())
            run.skipped_count = found.get("skipped", 0)

    # -- buttons --------------------------------------------------------------------------

    def action_preview(self):
        """Work out who would move, and show the run with its list."""
        self._check_run_access()
        self.check_access("write")
        for run in self:
            if run.run_state != "draft":
                raise UserError(
                    self.env._("This classification is applied. Start a new one.")
                )
            run._preview()
        return self._action_form()

    def action_apply(self):
        """Move the customers of the preview."""
        self._check_run_access()
        self.check_access("write")
        for run in self:
            if not run.previewed_at:
                raise UserError(self.env._("Preview first, so that you see who moves."))
            if not run.move_count:
                raise UserError(self.env._("Nobody moves: there is nothing to apply."))
            run._start_run()
        return self._action_form()

    def action_view_lines(self):
        """Who moves, from where, to where and why."""
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.customer_category_run_line_action"
            ),
            "domain": [("run_id", "in", self.ids)],
        }

    def action_view_matrix(self):
        """How many move from where to where."""
        self.check_access("read")
        action = self.action_view_lines()
        return {
            **action,
            "views": sorted(action["views"], key=lambda view: view[1] != "pivot"),
        }

    def _action_form(self):
        return self._get_records_action(context={})

    def _check_run_access(self):
        if not self.env.su and not any(
            self.env.user.has_group(_PREFIX + role) for role in GROUPS
        ):
            raise AccessError(
                self.env._(
                    "Only administrators and credit managers classify customers by rules."
                )
            )
        self.check_access("read")

    # -- load and decide ------------------------------------------------------------------

    def _preview(self):
        """Replace the list by what the rules say now."""
        self.ensure_one()
        dimensions = self._checked_dimensions()
        plans = self.env["customer.classifier"]._plans(dimensions, self.as_of_date)
        # sudo: the list of the run; users do not write it
        lines = self.env["customer.category.run.line"].sudo()
        lines.search([("run_id", "=", self.id)]).unlink()
        self._store_plans(plans)

    def _store_plans(self, plans):
        for plan in plans:
            self._insert_moves(plan)
        # sudo: outcome of the preview
        self.sudo().write(
            {
                "previewed_at": fields.Datetime.now(),
                "kept_count": sum(map(_count_kept, plans)),
            }
        )
        self.invalidate_recordset()

    def _checked_dimensions(self):
        ruled = self.env["customer.category.rule"]._ruled_dimensions()
        if not self.dimension_ids:
            here = (False, self.env.company.id)
            self.dimension_ids = ruled.filtered(lambda one: one.company_id.id in here)
        companies = self.dimension_ids.company_id
        # sudo: to whom the list belongs
        self.sudo().company_id = companies if len(companies) == 1 else False
        idle = self.dimension_ids - ruled
        if idle:
            raise UserError(
                self.env._(
                    "“%(names)s” cannot be classified by rules: enable a rule of it first, "
                    "and let it be decided by rules.",
                    names="”, “".join(idle.mapped("name")),
                )
            )
        if not self.dimension_ids:
            raise UserError(
                self.env._("No rule is enabled. Enable those you want to use first.")
            )
        return self.dimension_ids

    def _insert_moves(self, plan):
        """The list of moves in one statement, however many."""
        moves = plan.moves
        # sudo: rules and figures of all customers, as for the decision itself
        classifier = self.env["customer.classifier"].sudo()
        evidence = classifier._evidence(plan, [move.partner_id for move in moves])
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO customer_category_run_line
                       (run_id, dimension_id, company_id, partner_id, from_category_id,
                        to_category_id, rule_id, evidence, run_state,
                        create_uid, write_uid, create_date, write_date)
                SELECT %(run)s, %(dimension)s, %(company)s, move.*, 'todo',
                       %(user)s, %(user)s, now() AT TIME ZONE 'UTC',
                       now() AT TIME ZONE 'UTC'
                  FROM (SELECT partner_id, from_id, to_id, rule_id, evidence::jsonb
                          FROM unnest(%(partners)s::int[], %(olds)s::int[],
                                      %(news)s::int[], %(rules)s::int[],
                                      %(evidence)s::text[])
                               AS row(partner_id, from_id, to_id, rule_id, evidence)) move
                """,
                run=self.id,
                dimension=plan.dimension.id,
                company=plan.dimension.company_id.id or None,
                user=self.env.uid,
                partners=[move.partner_id for move in moves],
                olds=[move.from_id for move in moves],
                news=[move.to_id for move in moves],
                rules=[move.rule_id for move in moves],
                evidence=[
                    json.dumps(evidence[move.partner_id])
                    if move.partner_id in evidence
                    else None
                    for move in moves
                ],
            )
        )
        self.env["customer.category.run.line"].invalidate_model()

    # -- apply ----------------------------------------------------------------------------

    def _apply_items(self, items):
        """Move a chunk of customers through the one writer of categories."""
        # sudo: rules decide for customers this user may not write; he started the run
        items = items.sudo()
        items.fetch(["dimension_id", "partner_id", "from_category_id", "evidence"])
        for dimension, lines in items.grouped("dimension_id").items():
            lines = lines._drop_stale(dimension, self.as_of_date)
            lines._assign(dimension)

    @api.model
    def _cron_classify(self):
        """Every night: who belongs elsewhere by the enabled rules; nothing if nobody does."""
        today = fields.Date.context_today(self)
        ruled = self.env["customer.category.rule"]._ruled_dimensions()
        for company, dimensions in ruled.grouped("company_id").items():
            plans = self.env["customer.classifier"]._plans(dimensions, today)
            if not any(plan.moves for plan in plans):
                continue
            run = self.create(
                {
                    "company_id": company.id,
                    "as_of_date": today,
                    "dimension_ids": [Command.set(dimensions.ids)],
                    "is_nightly": True,
                }
            )
            run._store_plans(plans)
            run._start_run()


def _count_kept(plan):
    """Customers who stay only because somebody chose so."""
    return sum(
        1
        for partner_id, held in plan.current.items()
        if held.by_people
        and plan.dimension.mode == "both"
        and partner_id in plan.customers
        and plan.wanted.get(partner_id)
        and plan.wanted[partner_id].category_id != held.category_id
    )
