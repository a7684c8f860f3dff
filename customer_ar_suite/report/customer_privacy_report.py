import io

from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.base.models import ir_actions_report as core

from .ar_paper_report import UNPATCHED_ZOOM

REGISTER = "customer_ar_suite.customer_privacy_register_document"
#: no report of its own: printed once, into the zip
EXPORT = "customer_ar_suite.customer_privacy_export_document"
MODELS = {REGISTER: "customer.privacy.purpose", EXPORT: "customer.privacy.export"}


class IrActionsReport(models.Model):
    """Prints privacy documents: complete pages of their own, nothing fetched while printing."""

    _inherit = "ir.actions.report"

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        name = self._get_report(report_ref).report_name
        if name != REGISTER:
            return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids)
        pdf = self._ar_privacy_pdf(name, res_ids or [])
        return {False: {"stream": io.BytesIO(pdf), "attachment": None}}

    def _render_qweb_html(self, report_ref, docids, data=None):
        name = self._get_report(report_ref).report_name
        if name == REGISTER:
            return self._ar_privacy_html(name, docids or []), "html"
        return super()._render_qweb_html(report_ref, docids, data)

    @api.model
    def _ar_privacy_pdf(self, name, ids):
        paper = self.env.ref("customer_ar_suite.customer_privacy_paperformat")
        # sudo: paper sizes are no secret
        return self._ar_wkhtmltopdf(self._ar_privacy_html(name, ids), paper.sudo())

    def _ar_privacy_html(self, name, ids):
        """The document as HTML; the door of everything that renders it."""
        docs = self.env[MODELS[name]].browse(ids).exists()
        docs.check_access("read")
        if not docs:
            raise UserError(self.env._("Choose what is to be printed."))
        if name == EXPORT:
            docs._check_run_access()
        patched = core._wkhtml().is_patched_qt
        return self.env["ir.qweb"]._render(
            name,
            {
                "docs": docs,
                "res_company": self.env.company,
                "doctype": Markup("<!DOCTYPE html>"),
                "zoom": 1 if patched else UNPATCHED_ZOOM,
            },
        )
