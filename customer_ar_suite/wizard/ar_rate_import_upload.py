from odoo import fields, models
from odoo.exceptions import AccessError

from ..engine.rate_file.tables import Reading


class ArRateImportUpload(models.TransientModel):
    """A file of exchange rates goes in; its rates are shown before any is written."""

    _name = "ar.rate.import.upload"
    _inherit = "ar.table.upload.mixin"
    _description = "Upload Exchange Rates"

    direction = fields.Selection(
        lambda self: self._choices("direction", "ar.rate.import"),
        string="Rates Mean",
        required=True,
        default="units",
        help="For tables. Pairs (USD/CNY) and the European Central Bank's files say it "
        "themselves.",
    )

    def action_stage(self):
        """Read the file and show what it would change."""
        if not self.env.user.has_group(
            "customer_ar_suite.customer_ar_suite_group_ar_accountant"
        ):
            raise AccessError(
                self.env._("Your role does not allow this step with exchange rates.")
            )
        self.check_access("read")
        self.ensure_one()
        self._check_company_active()
        company = self.company_id
        staged = (
            self.env["ar.rate.import"]
            .with_company(company)
            ._stage(
                self.filename or self.env._("Exchange rates"),
                self._content(),
                company,
                Reading(
                    company.currency_id.name,
                    self.direction,
                    self.date_order,
                    self.number_format,
                ),
            )
        )
        return staged._action_open()
