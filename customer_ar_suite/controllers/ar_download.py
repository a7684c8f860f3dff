import io
import zipfile

from odoo import http
from odoo.http import content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ArDownload(http.Controller):
    """Issued statements as files; the reader's rights decide which he gets.

    None of the routes is read-only: each download is written down.
    """

    @http.route(
        "/customer_ar_suite/statements.zip",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def statements_zip(self, ids=""):
        """One PDF per statement, in a zip file."""
        statements = self._statements(ids)
        files = request.env["ir.actions.report"]._ar_paper_files(statements)
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
            for statement in statements:
                archive.writestr(f"{statement._print_name()}.pdf", files[statement.id])
        return self._file(target.getvalue(), "application/zip", "statements.zip")

    @http.route(
        "/customer_ar_suite/statements.xlsx",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def statements_xlsx(self, ids=""):
        """A workbook with one sheet per statement."""
        statements = self._statements(ids)
        return self._file(
            statements._workbook(), XLSX, f"{statements._print_name()}.xlsx"
        )

    @http.route(
        "/customer_ar_suite/statements.html",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def statements_html(self, ids=""):
        """The pages as one file for the browser."""
        statements = self._statements(ids)
        report = request.env["ir.actions.report"]
        page, _kind = report._render_qweb_html(
            "customer_ar_suite.ar_statement_report", statements.ids
        )
        name = f"{statements._print_name()}.html"
        return self._file(page, "text/html; charset=utf-8", name)

    def _statements(self, ids):
        """Those asked for that the reader may take with him."""
        model = request.env["ar.statement"]
        wanted = [int(part) for part in ids.split(",") if part.isdecimal()]
        statements = model.browse(wanted[: model._most_files]).exists()
        statements.check_access("read")
        statements._ar_check_export()
        if not statements:
            raise request.not_found()
        return statements

    def _file(self, content, kind, name):
        return request.make_response(
            content,
            headers=[
                ("Content-Type", kind),
                ("Content-Disposition", content_disposition(name)),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
