import io
import zipfile

from odoo import http
from odoo.http import content_disposition, request


class ArDownload(http.Controller):
    @http.route(
        "/customer_ar_suite/statements.zip",
        type="http",
        auth="user",
        methods=["GET"],  # and not read-only: the download is logged
    )
    def statements_zip(self, ids=""):
        """One PDF per statement; the reader's rights decide which he gets."""
        model = request.env["ar.statement"]
        wanted = [int(part) for part in ids.split(",") if part.isdecimal()]
        statements = model.browse(wanted[: model._most_files]).exists()
        files = request.env["ir.actions.report"]._ar_statement_files(statements)
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
            for statement in statements:
                archive.writestr(f"{statement._print_name()}.pdf", files[statement.id])
        return request.make_response(
            target.getvalue(),
            headers=[
                ("Content-Type", "application/zip"),
                ("Content-Disposition", content_disposition("statements.zip")),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
