from odoo import http

from odoo.addons.web.controllers.report import ReportController


class CustomerArReportController(ReportController):
    @http.route(readonly=False)
    def report_routes(self, reportname, docids=None, converter=None, **data):
        """As in core, where it can write: what is printed is logged."""
        return super().report_routes(
            reportname, docids=docids, converter=converter, **data
        )
