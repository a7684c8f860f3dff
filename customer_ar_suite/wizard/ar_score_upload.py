import base64

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

MAX_BYTES = 20_000_000


class ArScoreUpload(models.TransientModel):
    """Asks for a file of external scores and whose it is; decides nothing."""

    _name = "ar.score.upload"
    _description = "Upload External Scores"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    source_id = fields.Many2one(
        "ar.score.source", required=True, check_company=True, ondelete="cascade"
    )
    file_data = fields.Binary(string="File", attachment=False)
    filename = fields.Char()
    scored_on = fields.Date(
        string="Day of the Scores", help="Where no column of the file says it."
    )
    number_format = fields.Selection(
        "_selection_number_format",
        required=True,
        string="Numbers Look Like",
        default="english",
    )
    date_order = fields.Selection(
        "_selection_date_order", required=True, string="Order of Dates", default="ymd"
    )

    def _choices(self, name):
        field = self.env["ar.score.import"]._fields[name]
        return field._description_selection(self.env)

    def _selection_number_format(self):
        return self._choices("number_format")

    def _selection_date_order(self):
        return self._choices("date_order")

    def action_read(self):
        """Read the file and show its columns; nothing is taken over."""
        self.check_access("write")
        self.ensure_one()
        self.env["ar.score.import"]._check_loader()
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._(
                    "%(company)s is not among your active companies.",
                    company=self.company_id.display_name,
                )
            )
        self.source_id.check_access("read")
        content = base64.b64decode(
            self.with_context(bin_size=False).file_data or self.file_data or b""
        )
        if not content:
            raise UserError(self.env._("Choose a file with scores first."))
        if len(content) > MAX_BYTES:
            raise UserError(
                self.env._(
                    "%(file)s is too large: %(size).1f MB, at most %(limit)s MB.",
                    file=self.filename or "",
                    size=len(content) / 1e6,
                    limit=MAX_BYTES // 1_000_000,
                )
            )
        one = self.env["ar.score.import"]._upload(
            self.filename or self.env._("External Scores"),
            content,
            self.company_id,
            self.source_id,
            scored_on=self.scored_on,
            number_format=self.number_format,
            date_order=self.date_order,
        )
        return one._action_form()
