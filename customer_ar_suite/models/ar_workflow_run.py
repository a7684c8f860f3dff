import ast
from collections.abc import Callable
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .ar_workflow import ACCOUNTANT


class Steps(NamedTuple):
    """What a kind of work does.

    :param find: workflow → the documents of this moment
    :param held: documents → {document: [reason, …]} of those that must not be done now
    :param do: does it with the documents of these items; raises to have them taken one by one
    """

    find: Callable
    held: Callable
    do: Callable


class ArWorkflow(models.Model):
    """Whose documents a workflow takes."""

    _inherit = "ar.workflow"

    @api.constrains("partner_domain")
    def _check_partner_domain(self):
        for one in self:
            one._partner_condition()

    def _partner_condition(self):
        """The conditions on customers; nothing in them is run as a program."""
        partners = self.env["res.partner"]
        try:
            found = Domain(ast.literal_eval(self.partner_domain or "[]"))
            found.validate(partners)
        except (ValueError, SyntaxError, TypeError, KeyError) as error:
            raise UserError(
                self.env._(
                    "The further conditions on customers cannot be read: %(error)s. "
                    "Choose fields and fixed values.",
                    error=str(error)[:200],
                )
            ) from error
        columns = {
            column.dimension_id: name
            for name, column in self.env["customer.dimension"]._columns().items()
        }
        for dimension, categories in self.category_ids.grouped("dimension_id").items():
            if dimension.id not in columns:
                return Domain.FALSE  # nobody has one of its categories
            found &= Domain(columns[dimension.id], "child_of", categories.ids)
        return found

    def _move_condition(self):
        """Customer invoices of the company within the conditions."""
        found = Domain(
            [
                ("company_id", "=", self.company_id.id),
                ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
            ]
        )
        customers = self._partner_condition()
        if not customers.is_true():
            found &= Domain("commercial_partner_id", "any", customers)
        return found

    def _within_amounts(self, moves):
        """Those whose total in company currency is within the band."""
        currency = self.company_id.currency_id

        def is_within(move):
            amount = abs(move.amount_total_signed)
            return currency.compare_amounts(amount, self.amount_from) >= 0 and (
                not self.amount_to
                or currency.compare_amounts(amount, self.amount_to) <= 0
            )

        return moves.filtered(is_within)


class ArWorkflowRun(models.Model):
    """One run of a workflow: its list, what was done, what was not and why."""

    _name = "ar.workflow.run"
    _description = "Run of Scheduled Work"
    _inherit = ["ar.run.mixin"]
    _order = "id desc"
    _rec_name = "workflow_id"

    _run_item_model = "ar.workflow.item"
    _run_interactive_limit = 20
    _run_chunk_size = 20

    workflow_id = fields.Many2one(
        "ar.workflow", required=True, readonly=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(related="workflow_id.kind", string="Work")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users", string="With the Rights of", required=True, readonly=True
    )
    is_by_clock = fields.Boolean(string="By the Clock", readonly=True)
    item_ids = fields.One2many("ar.workflow.item", "run_id", string="Documents")
    ready_count = fields.Integer(string="To Be Done", compute="_compute_ready")
    ready_amount = fields.Monetary(string="Amount", compute="_compute_ready")
    held_count = fields.Integer(string="Held Back", compute="_compute_ready")

    @api.depends("item_ids.run_state", "item_ids.is_held", "item_ids.is_left_out")
    def _compute_ready(self):
        for run in self:
            ready = run.item_ids.filtered(
                lambda item: item.run_state == "todo" and not item.is_left_out
            )
            run.ready_count = len(ready)
            run.ready_amount = sum(ready.mapped("amount"))
            run.held_count = len(run.item_ids.filtered("is_held"))

    def _workflow_steps(self):
        """What each kind of work does: code → :class:`Steps`."""
        return {}

    def _steps(self):
        return self._workflow_steps()[self.kind]

    def _load_items(self):
        """The documents of this moment; what something holds back is listed, not done."""
        self.ensure_one()
        steps = self._steps()
        found = steps.find(self.workflow_id)
        blocks = steps.held(found)
        # sudo: the list is what was found; users may only leave rows out
        self.env["ar.workflow.item"].sudo().create(
            [
                {
                    "run_id": self.id,
                    "move_id": move.id,
                    "is_held": move in blocks,
                    "run_state": "skipped" if move in blocks else "todo",
                }
                for move in found
            ]
        )

    # -- running --------------------------------------------------------------------------

    def _check_run_access(self):
        if not self.env.user.has_group(ACCOUNTANT):
            raise AccessError(
                self.env._("Your role does not allow this step with scheduled work.")
            )
        self.check_access("write")

    def action_start(self):
        """Do what the list says."""
        self._check_run_access()
        for run in self:
            if run.run_state == "draft" and not run.ready_count:
                raise UserError(self.env._("Nothing on this list is to be done."))
            run._set_item_state(
                run._run_items(
                    [("run_state", "=", "todo"), ("is_left_out", "=", True)]
                ),
                "skipped",
            )
            # sudo: from now on it is the work of who started it
            run.sudo().user_id = self.env.uid
        self._start_run()

    def _give_up(self):
        for run in self:
            run._set_run_state("cancelled", finished_at=fields.Datetime.now())

    def _run_user(self):
        return self.user_id

    def _apply_items(self, items):
        self._steps().do(items)

    def _on_run_finished(self):
        if failed := len(self._run_items([("run_state", "=", "error")])):
            workflow = self.workflow_id.with_context(lang=self.user_id.lang)
            workflow._tell(
                workflow.env._("Scheduled work has failed"),
                workflow.env._(
                    "%(failed)s of %(total)s documents could not be done.",
                    failed=failed,
                    total=self.total_count,
                ),
            )

    def _set_run_state(self, state, **values):
        """Who is responsible learns that the background gave up."""
        result = super()._set_run_state(state, **values)
        if values.get("stopped_because"):
            for run in self:
                workflow = run.workflow_id.with_context(lang=run.user_id.lang)
                workflow._tell(
                    workflow.env._("Scheduled work has failed"),
                    values["stopped_because"],
                )
        return result

    def _open(self):
        return self._get_records_action(context={})


class ArWorkflowItem(models.Model):
    """One document on the list of a run."""

    _name = "ar.workflow.item"
    _description = "Document of Scheduled Work"
    _inherit = ["ar.run.item.mixin", "ar.partner.rule.mixin"]
    _ar_is_money = True
    _order = "id"
    _rec_name = "move_id"

    run_id = fields.Many2one(
        "ar.workflow.run", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True, index=True)
    move_id = fields.Many2one(
        "account.move",
        string="Document",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    partner_id = fields.Many2one(
        related="move_id.commercial_partner_id",
        store=True,
        string="Customer",
        index=True,
    )
    date = fields.Date(related="move_id.invoice_date", string="Invoice Date")
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(
        string="Amount in Company Currency", compute="_compute_amount", store=True
    )
    is_held = fields.Boolean(string="Held Back", readonly=True)
    is_left_out = fields.Boolean(string="Leave Out")
    reason_text = fields.Char(string="Reason", compute="_compute_reason_text")

    _run_state_idx = models.Index("(run_id, run_state, id)")

    @api.depends("move_id")
    def _compute_amount(self):
        for item in self:
            item.amount = item.move_id.amount_total_signed

    @api.depends("run_error", "is_held")
    @api.depends_context("lang")
    def _compute_reason_text(self):
        """Why it was not done, or will not be: as things stand now."""
        reasons = {}
        for run, items in self.filtered("is_held").grouped("run_id").items():
            reasons |= run._steps().held(items.move_id)
        for item in self:
            held = "; ".join(reasons.get(item.move_id, ())) if item.is_held else ""
            item.reason_text = item.run_error or held

    def write(self, vals):
        if not self.env.su:
            if set(vals) - {"is_left_out"}:
                raise AccessError(self.env._("This cannot be changed by hand."))
            self.run_id._check_run_access()
            if any(item.run_id.run_state != "draft" for item in self):
                raise UserError(self.env._("This run has been started already."))
        return super().write(vals)
