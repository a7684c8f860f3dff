import logging
import urllib.error
import urllib.request

from odoo import api, fields, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)

#: the one address asked: nobody can point it elsewhere
ECB_URL = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml"
MAX_BYTES = 2_000_000
TIMEOUT = 20


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The answer comes from the address asked, or not at all."""

    def redirect_request(self, *args):
        return None


class ArRateImport(models.Model):
    """Rates fetched from a central bank: off until company and schedule are switched on."""

    _inherit = "ar.rate.import"

    @api.model
    def _cron_fetch(self):
        """For each company that asks for it: what is new is applied, the rest waits."""
        companies = self.env["res.company"].search([("ar_rate_source", "=", "ecb")])
        if not companies:
            return
        content = self._fetch_ecb()
        for company in companies:
            staged = self.with_company(company)._stage(
                self._fetched_name(), content, company, origin="ecb"
            )
            if staged.line_ids.filtered("is_chosen"):
                staged._apply()
            elif not staged.manual_count and not staged.jump_count:
                # sudo: nothing new, nothing to ask: a row of a moment ago
                staged.sudo().unlink()

    @api.model
    def _fetched_name(self):
        return f"eurofxref-{fields.Date.context_today(self)}.xml"

    @api.model
    def _fetch_ecb(self):
        """The daily reference rates; the reader in the child process judges the content."""
        opener = urllib.request.build_opener(_NoRedirect)
        try:
            with opener.open(ECB_URL, timeout=TIMEOUT) as answer:
                content = answer.read(MAX_BYTES + 1)
        except (OSError, urllib.error.URLError) as error:
            _logger.warning("exchange rates: %s", error)
            raise UserError(
                self.env._(
                    "The European Central Bank cannot be reached (%(reason)s). Try again "
                    "later, or upload its file.",
                    reason=error,
                )
            ) from error
        if len(content) > MAX_BYTES:
            raise UserError(self.env._("The central bank's answer is too large."))
        return content

    def action_fetch(self):
        """Fetch now, for review: nothing is applied."""
        self._check_role("administrator")
        self.check_access("read")
        company = self.env.company
        if company.ar_rate_source != "ecb":
            raise UserError(
                self.env._(
                    "%(company)s takes no rates from a central bank. An administrator turns "
                    "it on in the settings.",
                    company=company.name,
                )
            )
        staged = self._stage(
            self._fetched_name(), self._fetch_ecb(), company, origin="ecb"
        )
        return staged._action_open()

    def _action_open(self):
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.ar_rate_import_action"
            ),
            "views": [(False, "form")],
            "res_id": self.id,
            "context": {},
        }


class ResCompany(models.Model):
    _inherit = "res.company"

    ar_rate_source = fields.Selection(
        [("none", "None"), ("ecb", "European Central Bank")],
        string="Exchange Rates From",
        required=True,
        default="none",
        help="Fetched once a day by the scheduled action “Exchange rates: fetch from the "
        "central bank”, which is off until an administrator activates it.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ar_rate_source = fields.Selection(
        related="company_id.ar_rate_source", readonly=False
    )
    ar_rate_max_age_days = fields.Integer(
        related="company_id.ar_rate_max_age_days", readonly=False
    )
    ar_foreign_amount_limit = fields.Monetary(
        related="company_id.ar_foreign_amount_limit",
        readonly=False,
        currency_field="currency_id",
    )
