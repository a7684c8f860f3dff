from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..engine.closing import judge


class CustomerClosingFinding(models.Model):
    """One line of the checklist: what was looked for, what was found, where it is."""

    _name = "customer.closing.finding"
    _description = "Checklist Line"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _ar_partner_path = "request_id.partner_id"
    _order = "request_id, sequence, id"
    _rec_name = "label"

    request_id = fields.Many2one(
        "customer.closing.request",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="request_id.company_id", store=True)
    sequence = fields.Integer(readonly=True)
    code = fields.Char(required=True, readonly=True)
    count = fields.Integer(string="Found", readonly=True)
    level = fields.Selection(
        [("ok", "Settled"), ("note", "Note"), ("stop", "In the Way")],
        string="Result",
        compute="_compute_level",
    )
    label = fields.Char(string="Check", compute="_compute_texts")
    advice = fields.Char(string="What to Do", compute="_compute_texts")
    can_open = fields.Boolean(compute="_compute_can_open")

    @api.depends("count", "request_id.kind")
    def _compute_level(self):
        """A number that stops a deletion may merely be worth knowing when closing."""
        for finding in self:
            counts = {finding.code: finding.count}
            levels = {
                one.code: one.level for one in judge(finding.request_id.kind, counts)
            }
            finding.level = levels.get(finding.code, "note")

    @api.depends("code", "level")
    @api.depends_context("lang")
    def _compute_texts(self):
        labels, advice = self._labels(), self._advice()
        for finding in self:
            found = finding.level != "ok"
            finding.label = labels.get(finding.code, finding.code)
            finding.advice = found and advice.get(finding.code) or False
            if found and finding.code == "references":
                finding.advice = finding._references_text()

    def _references_text(self):
        customer = self.request_id.partner_id
        if not customer:
            return False
        return ", ".join(self.env["customer.closing.check"]._referring(customer))

    @api.depends("code", "count")
    @api.depends_context("uid")
    def _compute_can_open(self):
        for finding in self:
            model = finding._target()[0]
            finding.can_open = bool(
                finding.count
                and finding.request_id.partner_id
                and model
                and self.env[model].has_access("read")
            )

    @api.model
    def _labels(self):
        return {
            "open_items": self.env._("Open items owed by the customer"),
            "unapplied": self.env._("Credits and payments not applied"),
            "draft_entries": self.env._("Draft invoices and entries"),
            "draft_payments": self.env._("Payments not finished"),
            "bills": self.env._("Bills and cheques not paid yet"),
            "bank_lines": self.env._("Bank lines not reconciled"),
            "staged_lines": self.env._("Receipts in bank files not posted"),
            "proposals": self.env._("Matching proposals not applied"),
            "change_requests": self.env._("Changes awaiting approval"),
            "users": self.env._("Users and portal users"),
            "subsidiaries": self.env._("Companies below this one"),
            "documents": self.env._("Invoices and entries to be kept"),
            "hashed": self.env._("Sealed entries (hash chain)"),
            "references": self.env._("Other records that need the customer"),
            "contacts": self.env._("Contacts and addresses"),
        }

    @api.model
    def _advice(self):
        return {
            "open_items": self.env._("Collect, credit or write off."),
            "unapplied": self.env._("Apply to invoices or pay back."),
            "draft_entries": self.env._("Post or delete."),
            "draft_payments": self.env._("Post, or cancel."),
            "bills": self.env._("Wait until they are cashed, or give them back."),
            "bank_lines": self.env._("Reconcile."),
            "staged_lines": self.env._("Confirm or cancel the bank file."),
            "proposals": self.env._("Apply or reject."),
            "change_requests": self.env._("Decide or withdraw."),
            "users": self.env._("Archive the users first."),
            "subsidiaries": self.env._("Move them, or request them too."),
            "documents": self.env._("Kept by law: close the customer instead."),
            "hashed": self.env._("Can never be removed."),
            "contacts": self.env._("Go along with the customer."),
        }

    # -- what is behind the number --------------------------------------------------------

    def _target(self):
        """(model, domain, field that points to the customer) to show what was counted."""
        items = list(self.env["customer.closing.check"]._open_item_domain())
        move, line = "account.move", "account.move.line"
        return {
            "open_items": (line, [*items, ("balance", ">", 0)]),
            "unapplied": (line, [*items, ("balance", "<=", 0)]),
            "draft_entries": (move, [("state", "=", "draft")]),
            "draft_payments": (
                "account.payment",
                [("state", "in", ("draft", "in_process"))],
            ),
            "bills": ("ar.bill", [("is_at_risk", "=", True)]),
            "bank_lines": (
                "account.bank.statement.line",
                [("is_reconciled", "=", False)],
            ),
            "proposals": (
                "ar.match.proposal",
                [("state", "in", ("proposed", "accepted"))],
            ),
            "change_requests": (
                "customer.change.request",
                [("state", "=", "pending")],
            ),
            "users": ("res.users", []),
            "documents": (move, [("state", "!=", "draft")]),
            "hashed": (move, [("inalterable_hash", "!=", False)]),
            "contacts": ("res.partner", []),
            "subsidiaries": ("res.partner", []),
        }.get(self.code, (None, []))

    def action_open(self):
        """The records behind the number, as far as the reader may see them."""
        self.check_access("read")
        self.ensure_one()
        model, domain = self._target()
        customer = self.request_id.partner_id
        if not model or not customer:
            raise UserError(self.env._("There is nothing to show."))
        self.env[model].check_access("read")
        field = "parent_id" if model == "res.partner" else "partner_id"
        below = Domain(field, "child_of", customer.id)
        return {
            "type": "ir.actions.act_window",
            "name": self.label,
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": list(below & Domain(domain)),
            "context": {"create": False, "active_test": False},
        }

    def _write_down(self, request, counts):
        """Keep what was counted: one line per check, in the order of the checks."""
        known = {finding.code: finding for finding in self}
        found = judge(request.kind, counts)
        for finding in found:
            line = known.get(finding.code)
            if line and line.count != finding.found:
                line._set(count=finding.found)
        self._insert(
            [
                {
                    "request_id": request.id,
                    "sequence": at,
                    "code": finding.code,
                    "count": finding.found,
                }
                for at, finding in enumerate(found)
                if finding.code not in known
            ]
        )
