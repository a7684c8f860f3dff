from odoo import api, models
from odoo.exceptions import UserError


class ReportCustomerAccessReviewDocument(models.AbstractModel):
    """Values of the printed access review; the gate for everything that renders it."""

    _name = "report.customer_ar_suite.customer_access_review_document"
    _description = "Access Review (document)"

    @api.model
    def _get_report_values(self, docids, data=None):
        reviews = self.env["customer.access.review"].browse(docids).exists()
        reviews.check_access("read")
        if not reviews:
            raise UserError(self.env._("Choose at least one review to print."))
        return {"docs": reviews}
