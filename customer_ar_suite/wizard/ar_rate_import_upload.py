import base64

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.rate_file.tables import Reading

MAX_BYTES = 20_000_000


class ArRateImportUpload(models.TransientModel):
    """A file of exchange rates goes in; its rates are shown before any is written."""

    _name = "ar.rate.import.upload"
    _description = "Upload Exchange Rates"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    file_data = fields.Binary(string="File", required=True)
    file_name = fields.Char()
    direction = fields.Selection(
        "_selection_direction",
        string="Rates Mean",
        required=True,
        default="units",
        help="For tables. Pairs (USD/CNY) and the European Central Bank's files say it "
        "themselves.",
    )
    date_order = fields.Selection(
        [
            ("ymd", "Year, Month, Day"),
            ("dmy", "Day, Month, Year"),
            ("mdy", "Month, Day, Year"),
        ],
        string="Order of Dates",
        required=True,
        default="ymd",
    )
    number_format = fields.Selection(
        [
            ("english", "1,234.56"),
            ("german", "1.234,56"),
            ("space", "1 234,56"),
            ("swiss", "1'234.56"),
        ],
        string="Numbers Look Like",
        required=True,
        default="english",
    )

    def _selection_direction(self):
        return (
            self.env["ar.rate.import"]
            ._fields["direction"]
            ._description_selection(self.env)
        )

    def action_stage(self):
        """Read the file and show what it would change."""
        rates = self.env["ar.rate.import"]
        if not self.env.user.has_group(
            "customer_ar_suite.customer_ar_suite_group_ar_accountant"
        ):
            raise AccessError(
                self.env._("Your role does not allow this step with exchange rates.")
            )
        self.check_access("read")
        self.ensure_one()
        company = self.company_id
        if company not in self.env.companies:
            raise AccessError(
                self.env._(
                    "%(company)s is not among your active companies.",
                    company=company.display_name,
                )
            )
        content = base64.b64decode(self.file_data or b"")
        if not content:
            raise UserError(self.env._("Choose a file with exchange rates."))
        if len(content) > MAX_BYTES:
            raise UserError(
                self.env._(
                    "%(file)s is too large: %(size).1f MB, at most %(limit)s MB.",
                    file=self.file_name or "",
                    size=len(content) / 1e6,
                    limit=MAX_BYTES // 1_000_000,
                )
            )
        staged = rates.with_company(company)._stage(
            self.file_name or self.env._("Exchange rates"),
            content,
            company,
            Reading(
                company.currency_id.name,
                self.direction,
                self.date_order,
                self.number_format,
            ),
        )
        return staged._action_open()
