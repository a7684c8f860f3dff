from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.paste.compare import compare
from .customer_entry_checklist import STEPS

RANK = {"found": 3, "differs": 2, "missing": 1, "no_text": 0}


class CustomerEntryItem(models.Model):
    """An item of an entry's checklist: who ticked it, when, and what the document says."""

    _name = "customer.entry.item"
    _description = "Checklist Item of a New Customer"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _ar_partner_path = "entry_id.partner_id"
    _order = "entry_id, id"

    entry_id = fields.Many2one(
        "customer.entry",
        string="New Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="entry_id.company_id", store=True)
    line_id = fields.Many2one(
        "customer.entry.checklist.line",
        string="Checklist Item",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    label = fields.Char(string="Item", compute="_compute_label", compute_sudo=True)
    step = fields.Selection(STEPS, required=True, readonly=True)
    kind = fields.Selection(
        [("task", "To Do"), ("field", "Field to Verify")], required=True, readonly=True
    )
    field_code = fields.Char(readonly=True)
    is_required = fields.Boolean(string="Mandatory", readonly=True)
    is_done = fields.Boolean(string="Checked", readonly=True)
    is_dropped = fields.Boolean(readonly=True)
    done_by_id = fields.Many2one(
        "res.users", string="Checked by", readonly=True, ondelete="restrict"
    )
    done_at = fields.Datetime(string="Checked at", readonly=True)
    value = fields.Char(string="As Entered", compute="_compute_value")
    verdict = fields.Selection(
        [
            ("found", "In the Document"),
            ("differs", "Reads Differently"),
            ("missing", "Not in the Document"),
            ("no_text", "Compare by Eye"),
        ],
        string="Comparison",
        readonly=True,
    )
    nearest = fields.Char(string="Document Says", readonly=True)
    likeness = fields.Integer(readonly=True, aggregator=None)
    document_id = fields.Many2one(
        "customer.entry.document",
        string="Source Document",
        readonly=True,
        ondelete="set null",
    )

    @api.depends("line_id")
    @api.depends_context("lang")
    def _compute_label(self):
        for item in self:
            item.label = item.line_id.display_name

    def _compute_value(self):
        for item in self:
            code = item.field_code
            item.value = item.entry_id._value_of(code) if code else False

    @api.model
    def _make(self, entry):
        """Items of the entry's checklist; ticks on the same lines are kept."""
        lines = entry.checklist_id.line_ids
        # sudo: the caller keeps the items
        known = self.search([("entry_id", "=", entry.id)])
        known.filtered(lambda one: one.line_id not in lines)._set(is_dropped=True)
        known.filtered(lambda one: one.line_id in lines)._set(is_dropped=False)
        self._insert(
            [
                {
                    "entry_id": entry.id,
                    "line_id": line.id,
                    "step": line.step,
                    "kind": line.kind,
                    "field_code": line.field_code,
                    "is_required": line.is_required,
                }
                for line in lines - known.line_id
            ]
        )
        entry.invalidate_recordset(["item_ids", "task_ids", "field_ids"])
        entry._compare()

    # -- ticking --------------------------------------------------------------------------

    def action_toggle(self):
        """Tick or untick, by whoever works on this step."""
        self.check_access("read")
        for item in self:
            item._check_tick()
            done = not item.is_done
            if done and item.kind == "field" and not item.value:
                raise UserError(
                    self.env._(
                        "%(field)s is empty: fill it in first.", field=item.label
                    )
                )
            # sudo: ticks are written by this step alone, checked above
            item.sudo()._set(
                is_done=done,
                done_by_id=self.env.uid if done else False,
                done_at=fields.Datetime.now() if done else False,
            )
        return True

    def _check_tick(self):
        """Reviewers tick what is theirs; who worked on the entry does not review it."""
        entry = self.entry_id
        if self.step != entry.state:
            raise UserError(
                self.env._(
                    "“%(item)s” belongs to another step than the one at hand.",
                    item=self.label,
                )
            )
        if entry.state == "review":
            entry._check_reviewer()
        elif not entry.may_work:
            raise AccessError(
                self.env._("Only who enters customers ticks off this checklist.")
            )

    def action_take_nearest(self):
        """Take over what the document says."""
        self.check_access("read")
        for item in self:
            item._check_tick()
            if item.verdict == "differs" and item.nearest:
                item.entry_id.write(
                    {item.entry_id._field_of(item.field_code): item.nearest}
                )
        return True

    # -- comparing ------------------------------------------------------------------------

    def _compare_with(self, documents):
        """Look each value up in the documents' texts; the best result counts."""
        for item in self.filtered(lambda one: one.kind == "field"):
            value = item.entry_id._value_of(item.field_code)
            best, where = None, documents.browse()
            for document in documents:
                result = compare(item.field_code, value, document.text or "")
                key = RANK[result.verdict], result.likeness
                if best is None or key > (RANK[best.verdict], best.likeness):
                    best, where = result, document
            item._set(
                verdict=best.verdict if best else "no_text",
                nearest=best.nearest[:200] if best else False,
                likeness=best.likeness if best else 0,
                document_id=where.id if best and RANK[best.verdict] else False,
            )
