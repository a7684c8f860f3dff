from odoo import api, fields, models

from . import recorder


class ArReconciliationHistory(models.Model):
    """Reconciliations made and undone, which core forgets: when, by whom, how much.

    Written by the database (:mod:`recorder`) from the installation on.
    """

    _name = "ar.reconciliation.history"
    _description = "Reconciliation as Known"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _ar_partner_path = "debit_partner_id"
    _ar_is_money = True
    _log_access = False
    _order = "known_from desc, id desc"
    _rec_name = "debit_number"

    partial_ref = fields.Integer(string="Reconciliation ID", readonly=True, index=True)
    debit_line_ref = fields.Integer(string="Debit Item ID", readonly=True)
    credit_line_ref = fields.Integer(string="Credit Item ID", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    company_currency_id = fields.Many2one(related="company_id.currency_id")
    account_id = fields.Many2one("account.account", readonly=True, ondelete="set null")
    account_type = fields.Selection(related="account_id.account_type")
    debit_partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    credit_partner_id = fields.Many2one(
        "res.partner", string="Paid By", readonly=True, ondelete="set null"
    )
    debit_number = fields.Char(string="Debit Document", readonly=True)
    credit_number = fields.Char(string="Credit Document", readonly=True)
    debit_currency_id = fields.Many2one(
        "res.currency", readonly=True, ondelete="restrict"
    )
    credit_currency_id = fields.Many2one(
        "res.currency", readonly=True, ondelete="restrict"
    )
    debit_amount_currency = fields.Monetary(
        string="Debit Amount", currency_field="debit_currency_id", readonly=True
    )
    credit_amount_currency = fields.Monetary(
        string="Credit Amount", currency_field="credit_currency_id", readonly=True
    )
    amount = fields.Monetary(currency_field="company_currency_id", readonly=True)
    max_date = fields.Date(
        string="Counts From",
        readonly=True,
        help="The later accounting date of the two items.",
    )
    made_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    undone_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    known_from = fields.Datetime(string="Reconciled on", readonly=True, index=True)
    known_to = fields.Datetime(
        string="Undone on", readonly=True, index="btree_not_null"
    )
    is_undone = fields.Boolean(
        string="Undone", compute="_compute_is_undone", search="_search_is_undone"
    )

    def init(self):
        recorder.install(self.env, "account_partial_reconcile")

    def _ar_partner_paths(self):
        return ("debit_partner_id", "credit_partner_id")

    @api.depends("known_to")
    def _compute_is_undone(self):
        for one in self:
            one.is_undone = bool(one.known_to)

    def _search_is_undone(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        wanted = (operator == "in") == (True in value)
        return [("known_to", "!=" if wanted else "=", False)]
