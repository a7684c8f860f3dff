from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .ar_workflow_run import Steps


class ArWorkflow(models.Model):
    """Posting invoices whose date has come, and sending those that are posted."""

    _inherit = "ar.workflow"

    @api.model
    def _workflow_kinds(self):
        return super()._workflow_kinds() | {
            "post": self.env._("Post Due and Recurring Invoices"),
            "send": self.env._("Send Invoices by E-Mail"),
        }

    def _takes_recurring(self, moves):
        """Recurring invoices this workflow would post."""
        condition = self._move_condition()
        return self._within_amounts(moves.filtered_domain(condition))


class ArWorkflowRun(models.Model):
    _inherit = "ar.workflow.run"

    def _workflow_steps(self):
        return super()._workflow_steps() | {
            "post": Steps(self._find_post, self._held_post, self._do_post),
            "send": Steps(self._find_send, self._held_send, self._do_send),
        }

    # -- posting --------------------------------------------------------------------------

    def _find_post(self, workflow):
        today = fields.Date.context_today(self)
        condition = workflow._move_condition() & self._draft_condition(workflow, today)
        moves = self.env["account.move"].search(condition, order="date, id")
        return workflow._within_amounts(moves)

    def _draft_condition(self, workflow, today):
        condition = Domain([("state", "=", "draft"), ("date", "<=", today)])
        if workflow.scope == "recurring":
            return condition & Domain("auto_post", "!=", "no")
        return condition & Domain("invoice_date", "<=", today)

    def _held_post(self, moves):
        """What stops a posting, and closed periods."""
        blocks = {move: list(why) for move, why in moves._ar_posting_blocks().items()}
        for move in moves.filtered(lambda each: each.state == "draft"):
            if locks := move._get_violated_lock_dates(move.date, False):
                blocks.setdefault(move, []).append(
                    self.env._(
                        "The books are locked up to %(day)s.",
                        day=fields.Date.to_string(locks[-1][0]),
                    )
                )
        return blocks

    def _do_post(self, items):
        moves = items.move_id
        self._check_unchanged(items, moves.filtered(lambda m: m.state == "draft"))
        moves._post(soft=False)

    def _check_unchanged(self, items, fit):
        """Only what is still as the list said is done."""
        if len(items.move_id) != len(items) or fit != items.move_id:
            raise UserError(
                self.env._("The document has been changed or deleted since the list.")
            )

    # -- sending --------------------------------------------------------------------------

    def _find_send(self, workflow):
        """Posted since the workflow was switched on, and not sent yet."""
        since = workflow.active_since or fields.Date.context_today(self)
        condition = workflow._move_condition() & Domain(
            [
                ("state", "=", "posted"),
                ("move_type", "!=", "out_receipt"),
                ("is_move_sent", "=", False),
                ("sending_data", "=", False),
                ("invoice_date", ">=", since),
            ]
        )
        moves = self.env["account.move"].search(condition, order="invoice_date, id")
        return workflow._within_amounts(moves)

    def _held_send(self, moves):
        blocks = {}
        for move in moves:
            if not move.partner_id.email:
                blocks[move] = [
                    self.env._(
                        "%(customer)s has no e-mail address.",
                        customer=move.partner_id.display_name,
                    )
                ]
            elif move.partner_id.with_company(
                move.company_id
            ).invoice_sending_method not in (False, "email"):
                blocks[move] = [
                    self.env._(
                        "%(customer)s does not get invoices by e-mail.",
                        customer=move.partner_id.display_name,
                    )
                ]
        return blocks

    def _do_send(self, items):
        """Odoo's own way of sending, one by one: an e-mail cannot be taken back."""
        for item in items:
            move = item.move_id
            fit = move.state == "posted" and not move.is_move_sent
            self._check_unchanged(item, move if fit else move.browse())
        self.env["account.move.send"]._generate_and_send_invoices(
            items.move_id, sending_methods=["email"]
        )
        for move in items.move_id:
            if not move.is_move_sent:
                raise UserError(self.env._("Odoo did not send this invoice."))


class AccountMove(models.Model):
    _inherit = "account.move"

    def _ar_posting_blocks(self):
        """Odoo's own schedule leaves alone what a workflow holds back.

        It runs as the system; whoever posts by hand has decided himself.
        """
        blocks = super()._ar_posting_blocks()
        if self.env.uid != SUPERUSER_ID:
            return blocks
        drafts = self.filtered(
            lambda move: move.auto_post != "no" and move.is_sale_document(True)
        )
        # sudo: what the company has decided about its recurring invoices
        holding = drafts and self.env["ar.workflow"].sudo().search(
            [
                ("kind", "=", "post"),
                ("is_on", "=", True),
                ("holds_others", "=", True),
                ("company_id", "in", drafts.company_id.ids),
            ]
        )
        for workflow in holding or ():
            own = drafts.filtered(
                lambda move, company=workflow.company_id: move.company_id == company
            )
            for move in own - workflow._takes_recurring(own):
                blocks.setdefault(move, []).append(
                    self.env._(
                        "“%(workflow)s” leaves this invoice out. Post it by hand.",
                        workflow=workflow.display_name,
                    )
                )
        return blocks
