from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.simulation.compare import results, tally
from ..engine.simulation.course import Books, Course, course
from ..engine.simulation.replay import replay

_PREFIX = "customer_ar_suite.customer_ar_suite_group_"
GROUPS = ("credit_manager", "administrator")
MONTHS = 6
#: what may be changed after it has been run
_FREE = frozenset({"name", "note"})


class ArSimulation(models.Model):
    """Replays what was judged and rated under other rules, limits and scorecards.

    Nothing but the simulation itself is written. Each look at a document and each rating of
    the period is first found again as it was, with the rules and figures of then; how many
    came out the same is on the screen. What the draft holds happens later or not at all:
    until the customer is free again it is neither owed nor paid.
    """

    _name = "ar.simulation"
    _description = "Credit Simulation"
    _inherit = ["ar.run.mixin"]
    _order = "id desc"
    _check_company_auto = True

    _run_item_model = "ar.simulation.item"
    _run_item_field = "simulation_id"
    _run_chunk_size = 500
    _run_interactive_limit = 500

    name = fields.Char(string="What Is Tried", required=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(
        string="From", required=True, default=lambda self: self._default_date_from()
    )
    date_to = fields.Date(
        string="Until", required=True, default=fields.Date.context_today
    )
    rules_kind = fields.Selection(
        [("then", "As They Were"), ("draft", "Draft Rules")],
        string="Hold Rules",
        required=True,
        default="then",
        help="As they were: each document is looked at with the rules in force on its day. "
        "Draft rules: with the rules below, and no others.",
    )
    rule_ids = fields.One2many(
        "ar.simulation.rule", "simulation_id", string="Rules That Are Tried", copy=True
    )
    limits_kind = fields.Selection(
        [
            ("then", "As They Were"),
            ("percent", "All by One Percentage"),
            ("policy", "By Formula of the Grade"),
        ],
        string="Credit Limits",
        required=True,
        default="then",
    )
    limit_percent = fields.Integer(
        string="Of the Limits of Then (%)",
        default=100,
        help="80 lowers all limits by a fifth. Temporary limits and cover stay on top.",
    )
    policy_ids = fields.One2many(
        "ar.simulation.policy", "simulation_id", string="Limits of Grades", copy=True
    )
    scorecard_id = fields.Many2one(
        "ar.scorecard",
        string="Rate by",
        ondelete="restrict",
        check_company=True,
        domain="[('company_id', '=', company_id)]",
        help="A draft or another version. Empty: the grades stay as they were. Grades that "
        "somebody has set by hand stay in any case.",
    )
    held_kind = fields.Selection(
        [
            ("later", "Happens Later or Not at All"),
            ("posted", "Goes on as It Did"),
        ],
        string="What the Draft Holds",
        required=True,
        default="later",
        help="Happens later: an invoice that the draft holds for ten days is owed, falls due "
        "and is paid ten days later, and leaves the limit to others meanwhile. It passes at "
        "the first later look at the customer that leaves room for it. Orders, grades and "
        "the other customers of a family go on as they did.\n"
        "Goes on as it did: it counts as posted in later looks, each look stands for itself.",
    )
    with_past = fields.Boolean(
        string="Also Invoices Nobody Looked at",
        default=True,
        help="Invoices posted while no rule was in force. What was known of the customer is "
        "rebuilt from the books by dates; drafts, orders and bills of that day are not.",
    )
    bad_days = fields.Integer(
        string="Bad after (Days Overdue)",
        default=90,
        help="What is still unpaid so long after its due date counts as a loss that a hold "
        "would have avoided.",
    )
    note = fields.Text(string="Notes")
    item_ids = fields.One2many("ar.simulation.item", "simulation_id", readonly=True)
    document_ids = fields.One2many(
        "ar.simulation.document", "simulation_id", readonly=True
    )

    _figures = models.Constraint(
        "CHECK(date_from <= date_to AND limit_percent BETWEEN 0 AND 1000"
        " AND bad_days BETWEEN 0 AND 3650)",
        "The period ends before it begins, or a figure is out of range.",
    )

    @api.model
    def _default_date_from(self):
        today = fields.Date.context_today(self)
        return fields.Date.subtract(today, months=MONTHS)

    # -- what is not changed any more -----------------------------------------------------

    def write(self, vals):
        if vals.keys() - _FREE and not self.env.su:
            self._check_draft()
        return super().write(vals)

    def _check_draft(self):
        if any(one.run_state != "draft" for one in self):
            raise UserError(
                self.env._(
                    "This simulation has been run and stays as it is. Duplicate it to try "
                    "something else."
                )
            )

    # -- buttons --------------------------------------------------------------------------

    def action_start(self):
        """Replay the period."""
        self._check_run_access()
        self.check_access("write")
        for one in self:
            one._check_start()
            one._load_customers()
            self.env["customer.audit.entry"]._ar_log(
                "credit.simulation", one, {"name": one.name}
            )
            one._start_run()
        return True

    def _check_run_access(self):
        if not self.env.su and not any(
            self.env.user.has_group(_PREFIX + role) for role in GROUPS
        ):
            raise AccessError(
                self.env._("Credit managers and administrators run simulations.")
            )
        self.check_access("read")

    def _check_start(self):
        self._check_draft()
        if self.rules_kind == "draft" and not self.rule_ids:
            raise UserError(
                self.env._(
                    "Enter the rules that are to be tried, or load those in force."
                )
            )
        if self.limits_kind == "policy" and not self.policy_ids:
            raise UserError(
                self.env._("Enter the limits of the grades, or load those in force.")
            )
        if self.scorecard_id:
            self.scorecard_id._check_card()

    # -- load, decide, apply --------------------------------------------------------------

    def _load_customers(self):
        """One item per customer of whom something was judged or rated.

        Of those whose figures the user may see: others are not replayed for him.
        """
        # sudo: rows of the run, whose start was checked
        items = self.env["ar.simulation.item"].sudo()
        items = items.create(
            [
                {"simulation_id": self.id, "partner_id": partner_id}
                for partner_id in sorted(
                    self.env["ar.simulation.past"]._customers(self)
                )
            ]
        )
        seen = items.with_env(self.env)._filtered_access("read")
        (items - seen.sudo()).unlink()  # sudo: compared, and the rest of the run's rows

    def _apply_items(self, items):
        """Replay a chunk of customers: a constant number of questions."""
        # sudo: what comes out does not depend on who runs it; who sees which customer is
        # decided by the rules on items and documents
        simulation = self.sudo()
        past = simulation.env["ar.simulation.past"]
        partner_ids = items.partner_id.ids
        graded = past._graded(simulation, partner_ids)
        draft = past._draft(simulation, partner_ids, graded)
        looks = past._looks(simulation, partner_ids, draft)
        gone = simulation._replayed(looks, draft)
        outcomes, ratings = defaultdict(list), defaultdict(list)
        for one in gone.outcomes:
            outcomes[one.recorded.partner_id].append(one)
        for one in graded:
            if one.day >= self.date_from:
                ratings[one.partner_id].append(one)
        documents = []
        for item in items:
            id_ = item.partner_id.id
            compared = results(outcomes[id_], draft, gone.held)
            shown = item._documents(compared, looks)
            item._keep_result(tally(outcomes[id_], compared), ratings[id_], shown)
            documents += shown
        # sudo: rows of the run, whose start was checked
        self.env["ar.simulation.document"].sudo()._insert(documents)

    def _replayed(self, looks, draft):
        """The looks under the draft, and how long each document would have been held."""
        if self.held_kind == "posted":
            return Course([replay(look, draft) for look in looks.rows], None)
        return course(looks.rows, draft, Books(looks.items, looks.applied, looks.moves))
