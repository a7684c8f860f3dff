from odoo import fields, models


class ResCompany(models.Model):
    """Where opening items go, unless somebody says otherwise for a file."""

    _inherit = "res.company"

    ar_opening_account_id = fields.Many2one(
        "account.account",
        string="Account of Opening Items",
        check_company=True,
        domain="[('account_type', 'not in', ('asset_receivable', 'liability_payable'))]",
        help="The other side of opening items. It is zero once the opening balance sheet is "
        "entered.",
    )
    ar_opening_journal_id = fields.Many2one(
        "account.journal",
        string="Journal of Opening Items",
        check_company=True,
        domain="[('type', '=', 'general')]",
        help="A journal of its own keeps the numbers of opening entries together, so that "
        "they can be removed without a gap.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ar_opening_account_id = fields.Many2one(
        related="company_id.ar_opening_account_id", readonly=False
    )
    ar_opening_journal_id = fields.Many2one(
        related="company_id.ar_opening_journal_id", readonly=False
    )
