import base64

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

MAX_BYTES = 20_000_000


class ArWizardCompanyMixin(models.AbstractModel):
    """A dialog about the books of one company, the active one."""

    _name = "ar.wizard.company.mixin"
    _description = "Dialog of a Company"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )

    def _check_company_active(self):
        """Refuse a company the user has not switched on, whatever the form says."""
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._(
                    "%(company)s is not among your active companies.",
                    company=self.company_id.display_name,
                )
            )


class ArFileUploadMixin(models.AbstractModel):
    """Asks for a file of a company."""

    _name = "ar.file.upload.mixin"
    _inherit = "ar.wizard.company.mixin"
    _description = "Upload a File"

    file_data = fields.Binary(string="File", attachment=False)
    filename = fields.Char()

    def _content(self):
        """The bytes of the file; the web client asks for sizes in place of contents.

        :raises UserError: no file, or one that is too large
        """
        self.ensure_one()
        encoded = self.with_context(bin_size=False).file_data or self.file_data
        content = base64.b64decode(encoded or b"")
        if not content:
            raise UserError(self.env._("Choose a file first."))
        if len(content) > MAX_BYTES:
            raise UserError(
                self.env._(
                    "%(file)s is too large: %(size).1f MB, at most %(limit)s MB.",
                    file=self.filename or "",
                    size=len(content) / 1e6,
                    limit=MAX_BYTES // 1_000_000,
                )
            )
        return content


class ArTableUploadMixin(models.AbstractModel):
    """Asks besides how the numbers and the dates of the file look."""

    _name = "ar.table.upload.mixin"
    _inherit = "ar.file.upload.mixin"
    _description = "Upload a Table"

    number_format = fields.Selection(
        lambda self: self._choices("number_format"),
        string="Numbers Look Like",
        required=True,
        default="english",
    )
    date_order = fields.Selection(
        lambda self: self._choices("date_order"),
        string="Order of Dates",
        required=True,
        default="ymd",
    )

    def _choices(self, name, model="ar.score.import"):
        """What the import offers for its field of that name."""
        return self.env[model]._fields[name]._description_selection(self.env)
