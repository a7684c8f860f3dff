from odoo import http
from odoo.http import content_disposition, request


class CustomerImportRejected(http.Controller):
    """The rejected rows of an import; the reader's rights decide whether he gets them."""

    @http.route(
        "/customer_ar_suite/import/<int:batch_id>/rejected.xlsx",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def rejected(self, batch_id):
        """A workbook in the layout of the file; not read-only: the download is logged."""
        batch = request.env["customer.import.batch"].browse(batch_id).exists()
        if not batch:
            raise request.not_found()
        batch.check_access("read")
        return request.make_response(
            batch._rejected_xlsx(),
            headers=[
                (
                    "Content-Type",
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                ),
                (
                    "Content-Disposition",
                    content_disposition(batch._rejected_file_name()),
                ),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
