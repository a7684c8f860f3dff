from odoo import fields, models
from odoo.exceptions import AccessError, UserError

#: what one file may weigh; the parser's limit on unpacked size comes on top
MAX_BYTES = 20_000_000
MAX_FILES = 50


class ArBankImportUpload(models.TransientModel):
    """Bank files go in: each becomes a staged import, or the first bad one stops them all."""

    _name = "ar.bank.import.upload"
    _description = "Upload Bank Files"
    _check_company_auto = True

    file_ids = fields.Many2many("ir.attachment", string="Bank Files")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    profile_id = fields.Many2one(
        "ar.bank.csv.profile",
        string="Layout",
        domain="[('company_id', 'in', (False, company_id))]",
        help="For csv and Excel files. Empty: the layout whose headings the file has.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        check_company=True,
        domain="[('type', 'in', ('bank', 'cash', 'credit')), ('company_id', '=', company_id)]",
        help="For files that do not name their account. CAMT, MT940 and OFX files find "
        "their journal.",
    )
    date_order = fields.Selection(
        [
            ("ymd", "Year-Month-Day"),
            ("dmy", "Day-Month-Year"),
            ("mdy", "Month-Day-Year"),
        ],
        string="Order of Dates",
        help="For QIF files whose dates can be read in two ways, such as 02/03/26.",
    )

    def action_stage(self):
        """Stage the files and show what was found in them."""
        self.ensure_one()
        if not self.env.user.has_group(
            "customer_ar_suite.customer_ar_suite_group_ar_clerk"
        ):
            raise AccessError(
                self.env._("Your role does not allow this step with bank files.")
            )
        self.check_access("read")
        self._check_files()
        staged = self.env["ar.bank.import"].with_company(self.company_id)
        profiles = self.profile_id or self._fitting_profiles()
        for file in self.file_ids:
            staged += staged._stage(
                file.name, file.raw, profiles, self.journal_id, self.date_order
            )
        self.file_ids.filtered(lambda file: file.res_model == self._name).unlink()
        return staged._action_open()

    def _check_files(self):
        if not self.file_ids:
            raise UserError(self.env._("Choose at least one bank file."))
        if len(self.file_ids) > MAX_FILES:
            raise UserError(self.env._("At most %s files at once.", MAX_FILES))
        for file in self.file_ids:
            if not file.raw:
                raise UserError(self.env._("%s is empty.", file.name))
            if len(file.raw) > MAX_BYTES:
                raise UserError(
                    self.env._(
                        "%(file)s is too large: %(size).1f MB, at most %(limit)s MB.",
                        file=file.name,
                        size=len(file.raw) / 1e6,
                        limit=MAX_BYTES // 1_000_000,
                    )
                )

    def _fitting_profiles(self):
        return self.env["ar.bank.csv.profile"].search(
            [("company_id", "in", (False, self.company_id.id))]
        )
