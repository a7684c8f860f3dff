from odoo import api, fields, models
from odoo.exceptions import AccessError


class CustomerMergeTable(models.Model):
    """One column of one table that names the merged customers, and what becomes of it."""

    _name = "customer.merge.table"
    _description = "Table of a Merge"
    _inherit = ["ar.partner.rule.mixin"]
    _ar_partner_path = "merge_id.survivor_id"
    _order = "effect, row_count desc, id"
    _rec_name = "table_name"

    merge_id = fields.Many2one(
        "customer.merge", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="merge_id.company_id", store=True)
    table_name = fields.Char(string="Table", required=True, readonly=True)
    column_name = fields.Char(string="Column", required=True, readonly=True)
    model_name = fields.Char(string="Model", readonly=True)
    label = fields.Char(string="Kind of Record", compute="_compute_label")
    row_count = fields.Integer(string="Rows", readonly=True)
    same_count = fields.Integer(
        string="Known Already",
        readonly=True,
        help="The customer to keep has the same; these rows stay with the archived one.",
    )
    conflict_count = fields.Integer(string="Conflicts", readonly=True)
    effect = fields.Selection(
        [
            ("move", "Moves"),
            ("stay", "Stays as Evidence"),
            ("login", "To Be Decided"),
        ],
        string="What Happens",
        readonly=True,
        required=True,
    )

    @api.depends("model_name")
    @api.depends_context("lang")
    def _compute_label(self):
        # sudo: what a kind of record is called is no secret
        kinds = self.env["ir.model"].sudo()
        for line in self:
            name = line.model_name
            line.label = kinds._get(name).name if name else line.table_name

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse()

    def write(self, vals):
        self._refuse()

    def _refuse(self):
        raise AccessError(self.env._("The tables are listed by the dry run."))

    def _insert(self, vals_list):
        # below the locked door
        return super().create(vals_list)  # pylint: disable=super-method-mismatch
