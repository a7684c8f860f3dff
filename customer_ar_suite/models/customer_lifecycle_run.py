from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..engine.lifecycle import decide
from .customer_metrics.base import Scope

_PREFIX = "customer_ar_suite.customer_ar_suite_group_"
GROUPS = ("customer_clerk", "administrator")
#: facts of the lifecycle itself: days
IN_STAGE, SINCE_CONTACT = "days_in_stage", "days_since_contact"


class CustomerLifecycleRun(models.Model):
    """Looks at all customers, lists whom the rules would move and why, and moves them."""

    _name = "customer.lifecycle.run"
    _description = "Review of Lifecycle Stages"
    _inherit = ["ar.run.mixin"]
    _order = "id desc"

    _run_item_model = "customer.lifecycle.run.line"
    _run_chunk_size = 500
    _run_interactive_limit = 500

    as_of_date = fields.Date(
        string="As of", required=True, default=fields.Date.context_today
    )
    month_count = fields.Integer(
        string="Months",
        required=True,
        default=12,
        help="How far back facts such as revenue and growth look.",
    )
    rule_ids = fields.Many2many(
        "customer.lifecycle.rule",
        string="Rules",
        default=lambda self: self.env["customer.lifecycle.rule"].search([]),
        context={"active_test": False},
        help="Also rules that are switched off, to see what they would do.",
    )
    is_previewed = fields.Boolean(readonly=True, copy=False)
    line_ids = fields.One2many("customer.lifecycle.run.line", "run_id", readonly=True)

    _months = models.Constraint(
        "CHECK (month_count BETWEEN 1 AND 120)", "Enter 1 to 120 months."
    )

    @api.depends("as_of_date")
    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._(
                "Lifecycle review, %(date)s", date=run.as_of_date
            )

    # -- buttons --------------------------------------------------------------------------

    def action_preview(self):
        """List who would move; nothing is moved."""
        self._check_run_access()
        self.check_access("write")
        for run in self:
            if run.run_state != "draft":
                raise UserError(self.env._("This review is done. Start a new one."))
            run._load_lines()

    def action_apply(self):
        """Move the customers of the preview."""
        self._check_run_access()
        self.check_access("write")
        for run in self:
            if not run.is_previewed:
                raise UserError(self.env._("Look at the preview first."))
        self._start_run()

    def action_view_lines(self):
        """Who moves from where to where."""
        self.ensure_one()
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.customer_lifecycle_run_line_action"
            ),
            "domain": [("run_id", "=", self.id)],
        }

    def _check_run_access(self):
        if not any(self.env.user.has_group(_PREFIX + role) for role in GROUPS):
            raise AccessError(
                self.env._(
                    "Only customer clerks review lifecycle stages: they move customers."
                )
            )
        self.check_access("read")

    @api.model
    def _cron_review(self):
        """Every night, once a rule is active: first orders are filed, customers move."""
        if not self.env["customer.lifecycle.rule"].search_count([], limit=1):
            return
        self._file_first_orders()
        run = self.create({})
        run._load_lines()
        if run.line_ids:
            run._start_run()
        else:
            # sudo: a review that found nothing, of a moment ago
            run.sudo().unlink()

    # -- load ----------------------------------------------------------------------------

    @api.model
    def _metrics(self):
        """[(code, name)] of the facts that rules may use."""
        return [
            (IN_STAGE, self.env._("Days in the Stage")),
            (SINCE_CONTACT, self.env._("Days since the Last Contact")),
            *(
                (code, title)
                for code, title in self.env["customer.metric"]._titles()
                if code not in self._metrics_of_something()
            ),
        ]

    def _metrics_of_something(self):
        """Codes of figures that need to be told of what: conditions of stages do not say."""
        return {
            code
            for code, metric in self.env["customer.metric"]._metrics().items()
            if metric.needs_category or metric.needs_usage_kind
        }

    def _load_customers(self):
        """{customer id: (stage id, in stage since, last contact)} of those rules may move."""
        # sudo: which customers there are; lines show each user those he may see
        held = self.env["customer.lifecycle.period"].sudo()
        pinned = held.search_fetch(
            [("valid_to", "=", False), ("held_until", ">=", self.as_of_date)],
            ["partner_id"],
        )
        # sudo: see above
        partners = (
            self.env["res.partner"]
            .sudo()
            .search_fetch(
                [
                    ("customer_rank", ">", 0),
                    ("parent_id", "=", False),
                    ("ar_has_left", "=", False),
                    ("id", "not in", pinned.partner_id.ids),
                ],
                [
                    "customer_stage_id",
                    "customer_stage_since",
                    "customer_last_contact_on",
                ],
            )
        )
        return {
            one.id: (
                one.customer_stage_id.id or None,
                one.customer_stage_since,
                one.customer_last_contact_on,
            )
            for one in partners
        }

    def _load_facts(self, codes, customers):
        """{customer id: {code: figure in whole units, None where nothing is known}}"""
        facts = {id_: {} for id_ in customers}
        for id_, (_stage, since, contact) in customers.items():
            facts[id_][IN_STAGE] = since and (self.as_of_date - since).days
            facts[id_][SINCE_CONTACT] = contact and (self.as_of_date - contact).days
        metrics = self.env["customer.metric"]
        known = metrics._metrics()
        scope = self._scope()
        for code in sorted(codes & known.keys()):
            figures = metrics._load(code, scope)
            scale = known[code].scale(scope.currency)
            for id_ in customers:
                figure = figures.get(id_, known[code].missing)
                facts[id_][code] = None if figure is None else figure / scale
        return facts

    def _scope(self):
        """All companies together: the stage of a customer is one."""
        # sudo: figures decide the stage of everybody, whoever starts the review
        companies = self.env["res.company"].sudo().search([])
        return Scope(
            companies.env,
            self.as_of_date,
            self.month_count,
            tuple(companies.ids),
            self.env.company.currency_id,
        )

    def _load_lines(self):
        """One line per customer whom the rules move."""
        self.ensure_one()
        rules = self.with_context(active_test=False).rule_ids._engine()
        stages = self.env["customer.lifecycle.stage"]
        # sudo: the same for everybody
        ended = set(stages.sudo().search([("is_end", "=", True)]).ids)
        allowed = stages._next_stages()
        customers = self._load_customers()
        codes = {one.metric for rule in rules for one in rule.conditions}
        facts = self._load_facts(codes, customers)
        moves = {
            id_: move
            for id_, (stage, _since, _contact) in customers.items()
            # an ended relationship begins again only by a rule that says so
            if (
                move := decide(
                    stage,
                    facts[id_],
                    [r for r in rules if stage not in ended or stage in r.from_stages],
                    allowed,
                )
            )
        }
        # sudo: lines are written by the steps of the run; who may run it was checked
        lines = self.env["customer.lifecycle.run.line"].sudo()
        lines.search([("run_id", "=", self.id)]).unlink()
        lines.create(
            [
                {
                    "run_id": self.id,
                    "partner_id": id_,
                    "from_stage_id": customers[id_][0],
                    "to_stage_id": move.to_stage,
                    "rule_id": move.rule_id,
                    "proof_json": [list(proof) for proof in move.proofs],
                }
                for id_, move in moves.items()
            ]
        )
        # sudo: a step of the run
        self.sudo().is_previewed = True
        self.invalidate_recordset()

    # -- apply ---------------------------------------------------------------------------

    def _apply_items(self, items):
        """Move a chunk of customers; who has moved since the preview is left alone."""
        items.fetch(["partner_id", "from_stage_id", "to_stage_id", "rule_id"])
        # sudo: compares where customers are with where the preview saw them
        overtaken = items.filtered(
            lambda one: one.partner_id.sudo().customer_stage_id != one.from_stage_id
        )
        if overtaken:
            self._set_item_state(
                overtaken, "skipped", self.env._("Moved since the preview.")
            )
        for stage, lines in (items - overtaken).grouped("to_stage_id").items():
            lines.partner_id._ar_move_stage(
                stage,
                "rule",
                rules={line.partner_id.id: line.rule_id.id for line in lines},
                proofs={line.partner_id.id: line.proof_json for line in lines},
            )

    @api.model
    def _file_first_orders(self):
        """An event for each customer whose first invoice is not filed yet."""
        kind = self.env.ref(
            "customer_ar_suite.customer_lifecycle_event_kind_first_order",
            raise_if_not_found=False,
        )
        if not kind or not kind.active:
            return
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (move.commercial_partner_id)
                       move.commercial_partner_id, move.id, move.invoice_date,
                       move.company_id, move.name
                  FROM account_move move
                 WHERE move.move_type IN ('out_invoice', 'out_receipt')
                   AND move.state = 'posted'
                   AND move.invoice_date <= %(today)s
                   AND NOT EXISTS (
                           SELECT FROM customer_lifecycle_event event
                            WHERE event.partner_id = move.commercial_partner_id
                              AND event.kind_id = %(kind)s)
                 ORDER BY move.commercial_partner_id, move.invoice_date, move.id
                """,
                today=fields.Date.context_today(self),
                kind=kind.id,
            )
        )
        # sudo: the system files what it found
        self.env["customer.lifecycle.event"].sudo()._file(
            [
                {
                    "partner_id": partner_id,
                    "kind_id": kind.id,
                    "happened_on": day,
                    "company_id": company_id,
                    "summary": name,
                    "source": "invoice",
                    "res_model": "account.move",
                    "res_id": move_id,
                }
                for partner_id, move_id, day, company_id, name in rows
            ]
        )


class CustomerLifecycleRunLine(models.Model):
    """One customer whom the rules would move, or have moved."""

    _name = "customer.lifecycle.run.line"
    _description = "Customer of a Lifecycle Review"
    _inherit = ["ar.run.item.mixin", "ar.partner.rule.mixin"]
    _ar_is_money = True
    _order = "run_id desc, id"
    _rec_name = "partner_id"

    run_id = fields.Many2one(
        "customer.lifecycle.run",
        string="Review",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    from_stage_id = fields.Many2one(
        "customer.lifecycle.stage", string="From", readonly=True, ondelete="restrict"
    )
    to_stage_id = fields.Many2one(
        "customer.lifecycle.stage",
        string="To",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    rule_id = fields.Many2one(
        "customer.lifecycle.rule", readonly=True, ondelete="set null"
    )
    proof_json = fields.Json(readonly=True)
    why = fields.Char(compute="_compute_why")

    @api.depends("proof_json")
    @api.depends_context("lang")
    def _compute_why(self):
        for line in self:
            line.why = self.env["customer.lifecycle.rule"]._proof_text(line.proof_json)

    def action_leave_out(self):
        """These customers stay where they are."""
        self.run_id._check_run_access()
        self.check_access("read")
        if self.run_id.filtered(lambda run: run.run_state != "draft"):
            raise UserError(self.env._("This review is done. Start a new one."))
        # sudo: lines are written by the steps of the run; checked above
        self.sudo().unlink()
