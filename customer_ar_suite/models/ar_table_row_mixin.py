from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.errors import RowError
from .engine_messages import engine_message


class ArTableRowMixin(models.AbstractModel):
    """A row of a table from outside that is about a customer: what was read and found.

    A model that inherits it says in ``_check_choosing`` who may choose a customer for it,
    and in ``_take_choice`` what the choice does to the rows.
    """

    _name = "ar.table.row.mixin"
    _description = "Row of a Table from Outside"
    _inherit = ["ar.partner.rule.mixin"]
    _order = "row, id"

    row = fields.Integer(readonly=True, aggregator=None)
    is_left_out = fields.Boolean(string="Leave Out")
    is_chosen = fields.Boolean(
        readonly=True, help="Somebody chose the customer; the file did not name him."
    )
    customer_key = fields.Char(readonly=True, index=True)
    customer_text = fields.Char(string="Customer in the File", readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        index="btree_not_null",
        ondelete="set null",
        domain="[('parent_id', '=', False)]",
    )
    findings = fields.Json(string="Findings as Data", readonly=True)
    finding_text = fields.Text(string="Findings", compute="_compute_finding_text")

    def _check_choosing(self):
        """Raise for who may not choose now."""
        raise NotImplementedError

    def _take_choice(self, customer):
        """These rows are about ``customer`` (nobody, if empty)."""
        raise NotImplementedError

    @api.depends("findings")
    @api.depends_context("lang")
    def _compute_finding_text(self):
        for one in self:
            one.finding_text = "\n".join(
                engine_message(one.env, RowError(found["code"], **found["params"]))
                for found in one.findings or []
            )

    def write(self, vals):
        """Users choose a customer or leave a row out; the rest is the file's."""
        if self.env.su:
            return super().write(vals)
        if set(vals) - {"partner_id", "is_left_out"}:
            raise AccessError(self.env._("This cannot be changed by hand."))
        self._check_choosing()
        if "is_left_out" in vals:
            super().write({"is_left_out": vals["is_left_out"]})
        if "partner_id" in vals:
            self._choose(self.env["res.partner"].browse(vals["partner_id"] or ()))
        return True

    def _choose(self, partner):
        if any(one.status in self._not_choosable() for one in self):
            raise UserError(
                self.env._(
                    "Rows with errors are corrected in the file and loaded again."
                )
            )
        partner.check_access("read")
        self._take_choice(partner.commercial_partner_id)

    def _not_choosable(self):
        """Statuses that a customer would not mend."""
        return ("error",)
