from odoo import http
from odoo.http import content_disposition, request


class ArReport(http.Controller):
    @http.route(
        "/customer_ar_suite/report/<int:download_id>",
        type="http",
        auth="user",
        methods=["GET"],  # and not read-only: the download is logged
    )
    def report(self, download_id):
        """The file of a report, for the one who asked for it."""
        downloads = request.env["ar.report.download"]
        downloads.check_access("read")
        download = downloads.search(
            [("id", "=", download_id), ("create_uid", "=", request.env.uid)]
        )
        if not download:
            raise request.not_found()
        content, mimetype, name = download._make()
        headers = [
            ("Content-Type", mimetype),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        if download.file_type == "html":
            headers.append(
                (
                    "Content-Security-Policy",
                    "default-src 'none'; style-src 'unsafe-inline'",
                )
            )
        else:
            headers.append(("Content-Disposition", content_disposition(name)))
        return request.make_response(content, headers=headers)
