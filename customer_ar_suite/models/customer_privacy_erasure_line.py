from odoo import api, fields, models


class CustomerPrivacyErasureLine(models.Model):
    """What happens to some records of one kind, and why."""

    _name = "customer.privacy.erasure.line"
    _description = "Step of an Erasure"
    _inherit = ["ar.run.item.mixin"]
    _order = "id"
    _rec_name = "res_model"

    erasure_id = fields.Many2one(
        "customer.privacy.erasure",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="erasure_id.company_id", store=True)
    treatment = fields.Selection(
        [
            ("keep", "Kept"),
            ("file", "Uploaded File Deleted"),
            ("delete", "Deleted"),
            ("blank", "Emptied"),
            ("redact", "Redacted"),
            ("pseudonymise", "Replaced by a Pseudonym"),
        ],
        required=True,
        readonly=True,
    )
    res_model = fields.Char(string="Model", required=True, readonly=True)
    model_label = fields.Char(string="Kind of Record", compute="_compute_model_label")
    res_ids = fields.Json(string="Records as Data", readonly=True)
    own_ids = fields.Json(string="Own Records as Data", readonly=True)
    count = fields.Integer(string="Records", compute="_compute_count")
    why = fields.Selection(
        [
            ("person", "Name, contact data and user account"),
            ("free_text", "Texts on the person"),
            ("mention", "Names in what others need, too"),
            ("no_need", "Not needed any more"),
            ("accounting", "Accounting documents have to be kept"),
            ("bank", "Bank statements have to be kept"),
            ("audit", "Proves what was done; names nobody"),
            ("log", "Details of the audit log; that it was done stays proven"),
        ],
        required=True,
        readonly=True,
    )
    purpose_id = fields.Many2one(
        "customer.privacy.purpose",
        string="According to",
        readonly=True,
        ondelete="restrict",
    )
    legal_source = fields.Char(related="purpose_id.retention_source")
    keep_until = fields.Date(string="Kept until", readonly=True)

    @api.depends("res_model")
    @api.depends_context("lang")
    def _compute_model_label(self):
        # sudo: names of models are no secret
        known = self.env["ir.model"].sudo()
        for line in self:
            line.model_label = known._get(line.res_model).name or line.res_model

    @api.depends("res_ids")
    def _compute_count(self):
        for line in self:
            line.count = len(line.res_ids or ())

    def _what(self):
        return (
            self.treatment,
            self.res_model,
            self.why,
            self.purpose_id.id,
            self.keep_until,
        )
