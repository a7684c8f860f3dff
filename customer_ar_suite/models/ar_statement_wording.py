from odoo import models

from ..engine.statement.letter import letter
from ..engine.statement.paginate import A4, lay_out


class ArStatement(models.Model):
    _inherit = "ar.statement"

    def _document(self, wording, index):
        matrix = self._matrix()
        return {
            "index": index,
            "template": self.layout_id.qweb_template,
            "language": self.language,
            "company": self.company_id,
            "sheets": lay_out(matrix, wording, self._paper()),
            "letter": letter(matrix, wording, self.name),
            "codes": self._pay_code_pictures(matrix),
            "wording": wording,
        }

    def _print_title(self):
        return self.env._("Statements of Account")

    def _preview_values(self):
        """The whole statement on one endless page, for the screen."""
        matrix = self._matrix()
        wording = self._wording(self.language)
        endless = A4._replace(first=10**9)
        return {
            "sheets": lay_out(matrix, wording, endless),
            "wording": wording,
            "codes": {},  # for the customer's telephone, not for our screens
        }

    def _labels(self):
        """The fixed words of a statement in the language of the context."""
        return {
            "title_open_item": self.env._("Statement of Account"),
            "title_compact": self.env._("Statement of Account"),
            "title_activity": self.env._("Statement of Account"),
            "number": self.env._("Statement no."),
            "as_of": self.env._("As of"),
            "period": self.env._("Period"),
            "period_value": "%(first)s – %(last)s",
            "customer_number": self.env._("Customer no."),
            "customer_tax_id": self.env._("Your tax ID"),
            "balance_due": self.env._("Balance"),
            "thereof_overdue": self.env._("thereof overdue"),
            "column_date": self.env._("Date"),
            "column_kind": self.env._("Entry"),
            "column_number": self.env._("Number"),
            "column_reference": self.env._("Reference"),
            "column_due_date": self.env._("Due date"),
            "column_days_overdue": self.env._("Days late"),
            "column_amount": self.env._("Amount"),
            "column_paid": self.env._("Paid"),
            "column_charge": self.env._("Charges"),
            "column_credit": self.env._("Credits"),
            "column_balance": self.env._("Balance"),
            "kind_invoice": self.env._("Invoice"),
            "kind_credit_note": self.env._("Credit note"),
            "kind_payment": self.env._("Payment"),
            "kind_entry": self.env._("Adjustment"),
            "kind_transfer": self.env._("Settlement in another currency or account"),
            "bucket_not_due": self.env._("Not due"),
            "bucket_range": self.env._("%(first)s–%(last)s days"),
            "bucket_over": self.env._("Over %(days)s days"),
            "unapplied": self.env._("Unapplied"),
            "section_title": self.env._("Account in %(currency)s"),
            "section_overdue": self.env._("Overdue: %(amount)s"),
            "summary_opening": self.env._("Opening balance"),
            "summary_charges": self.env._("Charged in this period"),
            "summary_credits": self.env._("Received in this period"),
            "summary_closing": self.env._("Closing balance"),
            "scan_to_pay": self.env._("Scan with your banking app to pay"),
            "line_opening": self.env._(
                "Balance brought forward from the previous period"
            ),
            "line_brought": self.env._("Brought forward"),
            "line_carried": self.env._("Carried forward"),
            "line_total": self.env._("Balance in %(currency)s"),
            "line_payable": self.env._("We owe you as our supplier"),
            "line_net": self.env._("Net balance in %(currency)s"),
            "in_words": self.env._("In words: %(words)s"),
            "nothing_open": self.env._("Nothing is open on your account. Thank you."),
            "banks": self.env._("Please pay to"),
            "page": self.env._("Page %(number)s of %(count)s"),
        }
