from odoo import fields, models
from odoo.exceptions import AccessError


class ArOpeningUpload(models.TransientModel):
    """Asks for a file of open items and where they go; decides nothing."""

    _name = "ar.opening.upload"
    _inherit = "ar.table.upload.mixin"
    _description = "Upload Opening Items"
    _check_company_auto = True

    cut_over_date = fields.Date(
        string="Cut-Over Date",
        required=True,
        default=lambda self: fields.Date.context_today(self),
        help="The entries are booked on this day: usually the last one of the system before.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        required=True,
        check_company=True,
        domain="[('type', '=', 'general')]",
        default=lambda self: self._default_journal(),
    )
    opening_account_id = fields.Many2one(
        "account.account",
        required=True,
        check_company=True,
        domain="[('account_type', 'not in', ('asset_receivable', 'liability_payable'))]",
        default=lambda self: self.env.company.sudo().ar_opening_account_id,  # sudo: setting
    )
    advance_account_id = fields.Many2one(
        "account.account",
        string="Account of Receipts and Advances",
        check_company=True,
        domain="[('ar_advance_company_ids', 'in', company_id)]",
        help="Empty: receipts stand on the customer's receivable account.",
    )
    number_format = fields.Selection(string="Amounts Look Like")
    negative_kind = fields.Selection(
        lambda self: self._choices("negative_kind", "ar.opening.import"),
        string="Negative Amounts Are",
        required=True,
        default="receipt",
    )

    def _default_journal(self):
        company = self.env.company
        # sudo: a setting of the company
        chosen = company.sudo().ar_opening_journal_id
        return chosen or self.env["account.journal"].search(
            [("type", "=", "general"), ("company_id", "=", company.id)], limit=1
        )

    def action_read(self):
        """Read the file and show its columns; nothing is booked."""
        self.check_access("read")
        self.ensure_one()
        if not self.env.user.has_group(
            "customer_ar_suite.customer_ar_suite_group_ar_clerk"
        ):
            raise AccessError(
                self.env._("Your role does not allow this step with opening items.")
            )
        self._check_company_active()
        one = self.env["ar.opening.import"]._upload(
            self.filename or self.env._("Opening Items"),
            self._content(),
            self.company_id,
            cut_over_date=self.cut_over_date,
            journal_id=self.journal_id.id,
            opening_account_id=self.opening_account_id.id,
            advance_account_id=self.advance_account_id.id,
            number_format=self.number_format,
            date_order=self.date_order,
            negative_kind=self.negative_kind,
        )
        return one._open()
