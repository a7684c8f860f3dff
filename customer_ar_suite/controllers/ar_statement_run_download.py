import io
import zipfile

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ArStatementRunDownload(http.Controller):
    @http.route(
        [
            "/customer_ar_suite/statement_run/<int:run_id>/statements.pdf",
            "/customer_ar_suite/statement_run/<int:run_id>/statements.zip",
            "/customer_ar_suite/statement_run/<int:run_id>/letters.pdf",
            "/customer_ar_suite/statement_run/<int:run_id>/post_list.xlsx",
        ],
        type="http",
        auth="user",
        methods=["GET"],  # and not read-only: what is taken out is logged
    )
    def statement_run_file(self, run_id):
        """A file of a run; the reader's rights decide what is in it."""
        name = request.httprequest.path.rpartition("/")[2]
        run = request.env["ar.statement.run"].browse(run_id)
        makers = {
            "statements.pdf": ("application/pdf", run._print_together),
            "letters.pdf": ("application/pdf", lambda: run._print_together("post")),
            "statements.zip": ("application/zip", lambda: self._zip(run)),
            "post_list.xlsx": (XLSX, run._post_list_xlsx),
        }
        kind, make = makers[name]
        try:
            request.env["ar.statement"]._check_may_issue()
            run.check_access("read")
            content = make()
        except (AccessError, MissingError):
            return request.not_found()
        except UserError as error:
            return request.make_response(
                str(error), [("Content-Type", "text/plain; charset=utf-8")], status=400
            )
        return request.make_response(
            content,
            headers=[
                ("Content-Type", kind),
                ("Content-Disposition", content_disposition(name)),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )

    def _zip(self, run):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
            for name, content in run._letter_files():
                archive.writestr(name, content)
        return target.getvalue()
