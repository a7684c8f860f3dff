from odoo import http
from odoo.http import content_disposition, request


class CustomerTemplate(http.Controller):
    @http.route(
        "/customer_ar_suite/customer_template.xlsx",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def customer_template(self):
        """An empty customer list to fill in; holds no customer."""
        batches = request.env["customer.import.batch"]
        batches.check_access("read")
        return request.make_response(
            batches._template_xlsx(),
            headers=[
                (
                    "Content-Type",
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                ),
                ("Content-Disposition", content_disposition("customers.xlsx")),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
