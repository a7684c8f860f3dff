from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import content_disposition, request

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
    "zip": "application/zip",
}


class ArReconciliationDownload(http.Controller):
    """Bank reconciliations and packs of evidence; the reader's rights decide.

    None of the routes is read-only: each download is written down.
    """

    @http.route(
        [
            "/customer_ar_suite/bank_reconciliation/<int:record_id>/statement.pdf",
            "/customer_ar_suite/bank_reconciliation/<int:record_id>/statement.xlsx",
            "/customer_ar_suite/bank_reconciliation/<int:record_id>/statement.html",
        ],
        type="http",
        auth="user",
        methods=["GET"],
    )
    def bank_reconciliation(self, record_id):
        """The statement as a file."""
        kind = request.httprequest.path.rpartition(".")[2]
        return self._answer("ar.bank.reconciliation", record_id, kind)

    @http.route(
        "/customer_ar_suite/evidence/<int:record_id>/evidence.zip",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def evidence(self, record_id):
        """The pack as it was made."""
        return self._answer("ar.evidence.pack", record_id, "zip")

    def _answer(self, model, record_id, kind):
        record = request.env[model].browse(record_id)
        try:
            record.check_access("read")
            name, content = record._file(kind)
        except (AccessError, MissingError):
            raise request.not_found() from None
        except UserError as error:
            return request.make_response(
                str(error), [("Content-Type", "text/plain; charset=utf-8")], status=400
            )
        headers = [
            ("Content-Type", TYPES[kind]),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        if kind == "html":
            policy = "default-src 'none'; style-src 'unsafe-inline'"
            headers.append(("Content-Security-Policy", policy))
        else:
            headers.append(("Content-Disposition", content_disposition(name)))
        return request.make_response(content, headers=headers)
