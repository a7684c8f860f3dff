from odoo import http

from odoo.addons.web.controllers.report import ReportController


def _reads_only(_controller, _rule, values):
    """Reports of the suite are written down when they are printed; others as in core."""
    return not str(values.get("reportname")).startswith("customer_ar_suite.")


class CustomerArReportController(ReportController):
    @http.route(readonly=_reads_only)
    def report_routes(self, reportname, docids=None, converter=None, **data):
        return super().report_routes(
            reportname, docids=docids, converter=converter, **data
        )
