from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import clean_context

from ..engine.errors import EngineError
from ..engine.matching.settle import SURE, key, settle
from ..engine.money import from_minor
from ..identity import ar_identity_required
from .engine_messages import user_error

CLERK = "customer_ar_suite.customer_ar_suite_group_ar_clerk"
ACCOUNTANT = "customer_ar_suite.customer_ar_suite_group_ar_accountant"
#: what a user decides about a run, as long as nothing of it is booked
_USER_FIELDS = {
    "company_id",
    "as_of_date",
    "partner_ids",
    "oldest_first",
    "sure_from",
}


class ArSettlementRun(models.Model):
    """Payments, credit notes and invoices of one or all customers settle each other.

    No bank file is needed. The run proposes and books nothing; what is sure is marked,
    what fits in two ways waits for a person. Applying and undoing are an accountant's.
    """

    _name = "ar.settlement.run"
    _description = "Customer-Level Matching"
    _inherit = ["ar.run.mixin"]
    _order = "id desc"
    _check_company_auto = True

    _run_item_model = "ar.settlement"
    _run_interactive_limit = 200

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    as_of_date = fields.Date(
        string="Items up to",
        required=True,
        default=fields.Date.context_today,
    )
    partner_ids = fields.Many2many(
        "res.partner",
        string="Customers",
        help="Leave empty for all customers of the company.",
    )
    oldest_first = fields.Boolean(
        help="Money and credit that nothing explains pay the oldest items. Off: they stay "
        "where they are.",
    )
    sure_from = fields.Integer(
        string="Sure from",
        default=SURE,
        required=True,
        help="Confidence from which a settlement is marked to be applied, if nothing else "
        "fits as well.",
    )
    state = fields.Selection(
        [
            ("draft", "New"),
            ("proposed", "To Review"),
            ("applied", "Settled"),
            ("undone", "Taken Back"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    matched_at = fields.Datetime(readonly=True, copy=False)
    settlement_ids = fields.One2many("ar.settlement", "run_id", readonly=True)
    sure_count = fields.Integer(string="To Settle", compute="_compute_counts")
    review_count = fields.Integer(string="To Decide", compute="_compute_counts")
    applied_count = fields.Integer(string="Settled Groups", compute="_compute_counts")
    customer_count = fields.Integer(
        string="Customers with Matches", compute="_compute_counts"
    )

    @api.depends("settlement_ids.state")
    def _compute_counts(self):
        counts = {run.id: {} for run in self}
        for run, state, count in self.env["ar.settlement"]._read_group(
            [("run_id", "in", self.ids)], ["run_id", "state"], ["__count"]
        ):
            counts[run.id][state] = count
        customers = dict(
            self.env["ar.settlement"]._read_group(
                [("run_id", "in", self.ids)], ["run_id"], ["partner_id:count_distinct"]
            )
        )
        for run in self:
            by_state = counts.get(run.id, {})
            run.sure_count = by_state.get("accepted", 0)
            run.review_count = by_state.get("proposed", 0)
            run.applied_count = by_state.get("applied", 0)
            run.customer_count = customers.get(run, 0)

    @api.depends("as_of_date")
    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._(
                "Matching %(number)s, %(date)s",
                number=run._origin.id or "",
                date=run.as_of_date,
            )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                self._check_user_values(vals)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._check_user_values(vals)
            if self.filtered(lambda run: run.state not in ("draft", "proposed")):
                raise UserError(
                    self.env._("This run has been applied. Start a new one.")
                )
        return super().write(vals)

    def _check_user_values(self, vals):
        """The rest of a run is written by its own steps."""
        if not set(vals) <= _USER_FIELDS:
            raise AccessError(self.env._("Results of a matching run cannot be edited."))

    # -- rights ---------------------------------------------------------------------------

    def _check_clerk(self):
        if not self.env.user.has_group(CLERK):
            raise AccessError(
                self.env._("Only AR clerks match the items of customers.")
            )
        self.check_access("read")

    def _check_run_access(self):
        if not self.env.user.has_group(ACCOUNTANT):
            raise AccessError(
                self.env._("Only AR accountants settle items or take that back.")
            )
        self.check_access("read")

    # -- buttons --------------------------------------------------------------------------

    def action_propose(self):
        """The dry run: find out what settles each other, and mark what is sure."""
        self._check_clerk()
        for run in self:
            if run.state not in ("draft", "proposed"):
                raise UserError(
                    self.env._("This run has been applied. Start a new one.")
                )
            run._match()
        return True

    def action_apply(self):
        """Settle what is marked; small runs at once, large ones in the background."""
        self._check_run_access()
        for run in self:
            marked = run.settlement_ids.filtered(lambda one: one.state == "accepted")
            if run.state != "proposed" or not marked:
                raise UserError(
                    self.env._("Nothing of this run is marked to be settled.")
                )
            run._set_item_state(run.settlement_ids - marked, "skipped")
            run._set_item_state(marked, "todo")
            # sudo: the state is the run's own; the right to apply was checked
            run.sudo().state = "applied"
            self.env["customer.audit.entry"]._ar_log(
                "settlement.apply", run, {"settlements": len(marked)}
            )
            run._start_run()
        return True

    @ar_identity_required("undo", "company_id")
    def action_undo(self):
        """Take back everything this run has settled."""
        self._check_run_access()
        self.settlement_ids.filtered(lambda one: one.state == "applied")._undo()
        for run in self:
            if not run.settlement_ids.filtered(lambda one: one.state == "applied"):
                # sudo: the state is the run's own; the right to undo was checked
                run.sudo().state = "undone"
        return True

    def action_open_settlements(self):
        """What the run found, as a list."""
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "customer_ar_suite.ar_settlement_action"
        )
        return {**action, "domain": [("run_id", "in", self.ids)], "context": {}}

    @api.model
    def _start_for(self, partners, companies):
        """A dry run per company for these customers, opened; of all if there are none."""
        customers = partners.commercial_partner_id
        # defaults of the screen it is started from are not meant for the run
        runs = self.with_context(clean_context(self.env.context)).create(
            [
                {
                    "company_id": company.id,
                    "partner_ids": [Command.set(customers.ids)],
                }
                for company in companies
            ]
        )
        runs.action_propose()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_ar_suite.ar_settlement_run_action"
        )
        if len(runs) == 1:
            return {
                **action,
                "res_id": runs.id,
                "views": [(False, "form")],
                "view_mode": "form",
            }
        return {**action, "domain": [("id", "in", runs.ids)]}

    # -- load, decide, apply --------------------------------------------------------------

    def _match(self):
        self.ensure_one()
        items = self._load_items()
        try:
            found = settle(
                items,
                self.env["ar.match.rule"]._load_weights(),
                sure_from=self.sure_from,
                oldest_first=self.oldest_first,
                refused=self._load_refused(),
                texts=self._load_texts(items),
            )
        except EngineError as error:
            raise user_error(self.env, error) from error
        self._apply_found(found)

    def _load_items(self):
        """What is open, but for items that proposals for bank lines already take."""
        partners = self.partner_ids.commercial_partner_id
        items = self.env["ar.ledger"]._open_items(
            self.as_of_date,
            company_ids=self.company_id.ids,
            partner_ids=partners.ids or None,
        )
        taken = self.env["ar.match.allocation"]._taken_amounts(self.company_id, [])
        return [item for item in items if item.line_id not in taken]

    def _load_texts(self, items):
        """The invoice a credit note reverses, by line id of the credit note."""
        notes = {item.move_id: item.line_id for item in items if item.residual < 0}
        moves = self.env["account.move"].search_fetch(
            [("id", "in", list(notes)), ("reversed_entry_id", "!=", False)],
            ["reversed_entry_id"],
        )
        return {notes[move.id]: move.reversed_entry_id.name or "" for move in moves}

    def _load_refused(self):
        """What users have rejected before, as the engine recognises it."""
        rejected = self.env["ar.settlement"].search_fetch(
            [("company_id", "=", self.company_id.id), ("state", "=", "rejected")],
            ["rejected_key"],
        )
        return {
            (values[0], frozenset(values[1:]))
            for values in rejected.mapped("rejected_key")
            if isinstance(values, list)
        }

    def _apply_found(self, found):
        # sudo: nobody has the right to write settlements; the right to match was checked
        settlements = self.env["ar.settlement"].sudo()
        settlements.search(
            [("run_id", "=", self.id), ("state", "in", ("proposed", "accepted"))]
        ).unlink()
        settlements.create([self._settlement_vals(one) for one in found])
        # sudo: state and time of the run are its own
        self.sudo().write({"state": "proposed", "matched_at": fields.Datetime.now()})

    def _settlement_vals(self, one):
        def shown(minor):
            return float(from_minor(minor, one.digits))

        credit_id, others = key(one)
        return {
            "run_id": self.id,
            "partner_id": one.account.partner_id,
            "account_id": one.account.account_id,
            "currency_id": one.account.currency_id,
            "amount": shown(one.amount),
            "confidence": one.confidence,
            "evidence": [
                {"code": e.code, "points": e.points, "params": e.params}
                for e in one.evidence
            ],
            "alternative_count": one.alternatives,
            "is_oldest_first": one.by_age,
            "state": "accepted" if one.is_sure(self.sure_from) else "proposed",
            "run_state": "skipped",
            "rejected_key": [credit_id, *sorted(others)],
            "part_ids": [
                Command.create(
                    {
                        "sequence": sequence,
                        "credit_line_id": pair.credit_line_id,
                        "debit_line_id": pair.debit_line_id,
                        "amount": shown(pair.amount),
                    }
                )
                for sequence, pair in enumerate(one.pairs)
            ],
        }

    def _apply_items(self, items):
        for settlement, reason in items._settle_marked().items():
            self._set_item_state(settlement, "error", reason)
