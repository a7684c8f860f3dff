import base64

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

MAX_BYTES = 20_000_000


class ArOpeningUpload(models.TransientModel):
    """Asks for a file of open items and where they go; decides nothing."""

    _name = "ar.opening.upload"
    _description = "Upload Opening Items"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    file_data = fields.Binary(string="File", attachment=False)
    filename = fields.Char()
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
    number_format = fields.Selection("_selection_number_format", required=True,
        string="Amounts Look Like", default="english")  # fmt: skip
    date_order = fields.Selection("_selection_date_order", required=True,
        string="Order of Dates", default="ymd")  # fmt: skip
    negative_kind = fields.Selection("_selection_negative_kind", required=True,
        string="Negative Amounts Are", default="receipt")  # fmt: skip

    def _default_journal(self):
        company = self.env.company
        # sudo: a setting of the company
        chosen = company.sudo().ar_opening_journal_id
        return chosen or self.env["account.journal"].search(
            [("type", "=", "general"), ("company_id", "=", company.id)], limit=1
        )

    def _choices(self, name):
        field = self.env["ar.opening.import"]._fields[name]
        return field._description_selection(self.env)

    def _selection_number_format(self):
        return self._choices("number_format")

    def _selection_date_order(self):
        return self._choices("date_order")

    def _selection_negative_kind(self):
        return self._choices("negative_kind")

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
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._(
                    "%(company)s is not among your active companies.",
                    company=self.company_id.display_name,
                )
            )
        content = base64.b64decode(
            self.with_context(bin_size=False).file_data or self.file_data or b""
        )
        if not content:
            raise UserError(self.env._("Choose a file with open items first."))
        if len(content) > MAX_BYTES:
            raise UserError(
                self.env._(
                    "%(file)s is too large: %(size).1f MB, at most %(limit)s MB.",
                    file=self.filename or "",
                    size=len(content) / 1e6,
                    limit=MAX_BYTES // 1_000_000,
                )
            )
        one = self.env["ar.opening.import"]._upload(
            self.filename or self.env._("Opening Items"),
            content,
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
