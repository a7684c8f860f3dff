from odoo import fields, models

from . import recorder


class ArItemHistory(models.Model):
    """Versions of journal items: from when to when each one was known as it stands here.

    Written by the database (:mod:`recorder`) from the installation on. Items posted before
    have no version until they change; they were known since they were created. Numbers
    instead of links lead to what may be deleted.
    """

    _name = "ar.item.history"
    _description = "Journal Item as Known"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _ar_is_money = True
    _log_access = False
    _rec_name = "move_name"
    _order = "known_from desc, id desc"

    line_ref = fields.Integer(string="Journal Item ID", readonly=True, index=True)
    move_ref = fields.Integer(string="Document ID", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    account_id = fields.Many2one("account.account", readonly=True, ondelete="set null")
    journal_id = fields.Many2one("account.journal", readonly=True, ondelete="set null")
    currency_id = fields.Many2one("res.currency", readonly=True, ondelete="restrict")
    company_currency_id = fields.Many2one(
        "res.currency", readonly=True, ondelete="restrict"
    )
    date = fields.Date(string="Accounting Date", readonly=True)
    date_maturity = fields.Date(string="Due Date", readonly=True)
    invoice_date = fields.Date(readonly=True)
    move_name = fields.Char(string="Number", readonly=True)
    move_type = fields.Char(string="Type", readonly=True)
    amount_currency = fields.Monetary(
        string="Amount in Currency", currency_field="currency_id", readonly=True
    )
    balance = fields.Monetary(currency_field="company_currency_id", readonly=True)
    known_from = fields.Datetime(readonly=True, index=True)
    known_to = fields.Datetime(readonly=True, index="btree_not_null")

    def init(self):
        recorder.install(self.env, "account_move_line")
        recorder.install(self.env, "account_account")
