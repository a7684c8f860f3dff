from odoo import api, fields, models


class CustomerMergeChange(models.Model):
    """The pre-image: a row as it was before a merge, and how the merge left it.

    Written by the merge in the database, read by nobody but the way back. What is taken
    back, and what not and why, is all a screen shows.
    """

    _name = "customer.merge.change"
    _description = "Row Changed by a Merge"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _order = "id"
    _rec_name = "table_name"
    _log_access = False

    merge_id = fields.Many2one(
        "customer.merge", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict"
    )
    table_name = fields.Char(string="Table", required=True, readonly=True)
    model_name = fields.Char(string="Model", readonly=True)
    label = fields.Char(string="Kind of Record", compute="_compute_label")
    res_id = fields.Integer(string="Record ID", readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Only of rows that hold values of a customer.",
    )
    res_key = fields.Json(readonly=True, groups=fields.NO_ACCESS)
    before = fields.Json(readonly=True, groups=fields.NO_ACCESS)
    after = fields.Json(readonly=True, groups=fields.NO_ACCESS)
    digest = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    state = fields.Selection(
        [
            ("applied", "Merged"),
            ("restored", "Taken Back"),
            ("kept", "Not Taken Back"),
        ],
        required=True,
        readonly=True,
        default="applied",
    )
    reason = fields.Selection(
        [
            ("gone", "Deleted since"),
            ("moved", "Given to another customer since"),
            ("edited", "Changed since"),
            ("together", "Belongs to a document that was changed since"),
            ("taken", "Another row has taken its place"),
        ],
        string="Why Not",
        readonly=True,
    )

    _row_uniq = models.UniqueIndex("(merge_id, table_name, res_key)")

    def _ar_partner_paths(self):
        return ("merge_id.survivor_id",)

    @api.depends("model_name", "res_id")
    @api.depends_context("lang")
    def _compute_label(self):
        # sudo: what a kind of record is called is no secret
        kinds = self.env["ir.model"].sudo()
        for row in self:
            row.label = (
                kinds._get(row.model_name).name if row.model_name else row.table_name
            )

    def action_open(self):
        """The record itself, with the rights of who looks."""
        self.check_access("read")
        self.ensure_one()
        if self.model_name not in self.env:
            return False
        record = self.env[self.model_name].browse(self.res_id)
        record.check_access("read")
        return record._get_records_action(context={})

    def _ar_privacy_redact(self, ids, _found, _marker):
        """Of an erased person nothing can be brought back: the values are forgotten."""
        # sudo: part of an erasure, which was checked
        self.sudo().browse(ids)._set(before={}, after={})
        return ("before", "after")
