from odoo import models


class ReportArStatementDocument(models.AbstractModel):
    """Values of the statement document."""

    _name = "report.customer_ar_suite.ar_statement_document"
    _description = "Statement of Account (document)"
    _inherit = "ar.paper.report"
    _paper_model = "ar.statement"
