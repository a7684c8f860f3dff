from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    """What a company counts as receivables besides its receivable accounts."""

    _inherit = "res.company"

    ar_advance_account_ids = fields.Many2many(
        "account.account",
        "ar_company_advance_account_rel",
        string="Customer Advance Accounts",
        check_company=True,
        help="Accounts of advances received and contract liabilities. What stands there for a "
        "customer is shown as unapplied money of his in aging, statements and balances.",
    )
    ar_shows_payables = fields.Boolean(
        string="Show What We Owe Customers",
        help="Customers who are suppliers, too: reports of receivables also show what the "
        "company owes them, and the net of both. Nothing is booked.",
    )

    @api.constrains("ar_advance_account_ids")
    def _check_ar_advance_accounts(self):
        for account in self.ar_advance_account_ids:
            if account.account_type in ("asset_receivable", "liability_payable"):
                raise ValidationError(
                    self.env._(
                        "%(account)s is a receivable or payable account: its items are "
                        "counted already. Choose an account of advances received.",
                        account=account.display_name,
                    )
                )
            if not account.reconcile:
                raise ValidationError(
                    self.env._(
                        "%(account)s does not allow reconciliation, so nobody knows which "
                        "advances are used up. Tick “Allow Reconciliation” on the account "
                        "first.",
                        account=account.display_name,
                    )
                )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ar_advance_account_ids = fields.Many2many(
        related="company_id.ar_advance_account_ids", readonly=False
    )
    ar_shows_payables = fields.Boolean(
        related="company_id.ar_shows_payables", readonly=False
    )


class AccountAccount(models.Model):
    _inherit = "account.account"

    ar_advance_company_ids = fields.Many2many(
        "res.company",
        "ar_company_advance_account_rel",
        "account_account_id",
        "res_company_id",
        string="Holds Customer Advances of",
    )

    @api.constrains("reconcile", "account_type")
    def _check_ar_advance_companies(self):
        # sudo: an account may hold advances of companies the user does not see
        self.sudo().ar_advance_company_ids._check_ar_advance_accounts()
