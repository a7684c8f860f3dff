from odoo import fields, models


class ResCompany(models.Model):
    """Where a company books bills receivable; without these only their state is kept."""

    _inherit = "res.company"

    ar_bill_account_id = fields.Many2one(
        "account.account",
        string="Bills Receivable Account",
        check_company=True,
        help="Without account and journal no entries are proposed for bills.",
    )
    ar_bill_clearing_account_id = fields.Many2one(
        "account.account",
        string="Bill Proceeds Account",
        check_company=True,
        help="Money on its way from or to the bank, until the bank line is matched.",
    )
    ar_bill_charge_account_id = fields.Many2one(
        "account.account", string="Bill Charges Account", check_company=True
    )
    ar_bill_journal_id = fields.Many2one(
        "account.journal",
        string="Bills Journal",
        check_company=True,
        domain="[('type', '=', 'general')]",
    )

    def _ar_books_bills(self):
        return bool(
            self.ar_bill_account_id
            and self.ar_bill_clearing_account_id
            and self.ar_bill_charge_account_id
            and self.ar_bill_journal_id
        )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ar_bill_account_id = fields.Many2one(
        related="company_id.ar_bill_account_id", readonly=False
    )
    ar_bill_clearing_account_id = fields.Many2one(
        related="company_id.ar_bill_clearing_account_id", readonly=False
    )
    ar_bill_charge_account_id = fields.Many2one(
        related="company_id.ar_bill_charge_account_id", readonly=False
    )
    ar_bill_journal_id = fields.Many2one(
        related="company_id.ar_bill_journal_id", readonly=False
    )
