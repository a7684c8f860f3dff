from odoo import api, models
from odoo.exceptions import UserError


class ReportArConfirmationDocument(models.AbstractModel):
    """Values of the confirmation letters."""

    _name = "report.customer_ar_suite.ar_confirmation_document"
    _description = "Balance Confirmation (document)"
    _inherit = "ar.paper.report"
    _paper_model = "ar.confirmation"


class ReportArConfirmationControl(models.AbstractModel):
    """Values of the control sheet: the letters of a selection and what came back."""

    _name = "report.customer_ar_suite.ar_confirmation_control"
    _description = "Control Sheet of Confirmations"

    @api.model
    def _get_report_values(self, docids, data=None):
        runs = self.env["ar.confirmation.run"].browse(docids).exists()
        runs.check_access("read")
        if not runs:
            raise UserError(self.env._("Choose at least one selection to print."))
        letters = runs.confirmation_ids
        letters.check_access("read")
        letters._ar_check_export()
        return {
            "doc_ids": runs.ids,
            "doc_model": runs._name,
            "docs": runs,
            "letters_of": {
                run: run.confirmation_ids.sorted(
                    lambda one: (-abs(one.balance_amount), one.id)
                )
                for run in runs
            },
            "res_company": runs.company_id[:1],
        }
