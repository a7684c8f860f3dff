from odoo import api, fields, models

from .ar_checks.base import PROOFS

#: red lines kept per proof; what is beyond is counted
MOST_KEPT = 200


class CustomerArCheckResult(models.Model):
    """What one proof looked at and found."""

    _name = "customer.ar.check.result"
    _description = "Result of a Proof"
    _inherit = ["ar.locked.mixin"]
    _order = "check_id desc, id"
    _rec_name = "code"

    check_id = fields.Many2one(
        "customer.ar.check",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    code = fields.Char(required=True, readonly=True)
    title = fields.Char(string="What Is Proven", compute="_compute_title")
    checked_count = fields.Integer(string="Looked at", readonly=True)
    red_count = fields.Integer(string="Faults", readonly=True)
    seconds = fields.Float(string="Duration (s)", digits=(16, 2), readonly=True)
    error = fields.Char(string="Not Finished Because", readonly=True)
    finding_ids = fields.One2many(
        "customer.ar.check.finding", "result_id", readonly=True
    )

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_title(self):
        titles = {proof.code: proof.title(self.env) for proof in PROOFS}
        for result in self:
            result.title = titles.get(result.code, result.code)


class CustomerArCheckFinding(models.Model):
    """A red line: whose figures, what was expected, what was found, and where."""

    _name = "customer.ar.check.finding"
    _description = "Fault in the Books"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _ar_is_money = True
    _order = "id"
    _rec_name = "problem"

    result_id = fields.Many2one(
        "customer.ar.check.result",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    check_id = fields.Many2one(related="result_id.check_id", store=True, index=True)
    code = fields.Char(related="result_id.code", store=True, string="Proof")
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    problem = fields.Char(readonly=True)
    description = fields.Char(string="What Is Wrong", compute="_compute_description")
    model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(
        string="Record ID", model_field="model", readonly=True
    )
    currency_id = fields.Many2one("res.currency", readonly=True, ondelete="restrict")
    expected_amount = fields.Monetary(readonly=True)
    found_amount = fields.Monetary(readonly=True)
    difference_amount = fields.Monetary(
        string="Difference", compute="_compute_difference_amount"
    )

    @api.depends("problem", "code")
    @api.depends_context("lang")
    def _compute_description(self):
        texts = {proof.code: proof.problems(self.env) for proof in PROOFS}
        for finding in self:
            finding.description = texts.get(finding.code, {}).get(
                finding.problem, finding.problem
            )

    @api.depends("expected_amount", "found_amount")
    def _compute_difference_amount(self):
        for finding in self:
            finding.difference_amount = finding.found_amount - finding.expected_amount

    @api.model
    def _keep(self, result, faults):
        """Store the red lines of a result, the first ones of very many."""
        partners = self.env["res.partner"].browse(
            {fault.partner_id for fault in faults if fault.partner_id}
        )
        alive = set(partners.exists().ids)
        self._insert(
            [
                {
                    "result_id": result.id,
                    "problem": fault.problem,
                    "company_id": fault.company_id,
                    "partner_id": fault.partner_id in alive and fault.partner_id,
                    "model": fault.model,
                    "res_id": fault.res_id,
                    "currency_id": fault.currency_id or False,
                    "expected_amount": fault.expected,
                    "found_amount": fault.found,
                }
                for fault in faults[:MOST_KEPT]
            ]
        )

    def action_open(self):
        """The record the red line is about."""
        self.check_access("read")
        self.ensure_one()
        if not self.model or not self.res_id:
            return False
        record = self.env[self.model].browse(self.res_id)
        record.check_access("read")
        if self.model == "account.move.line":
            record = record.move_id  # where it can be put right
        return record._get_records_action(context={})
