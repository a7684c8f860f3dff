from odoo import fields, models

from ..engine.bank_formats import CsvProfile
from ..engine.tabular.encoding import CHOICES as ENCODINGS
from ..engine.text import compact


class ArBankLayoutMixin(models.AbstractModel):
    """The columns of a bank's table, for layouts and for the wizard that makes them."""

    _name = "ar.bank.layout.mixin"
    _description = "Columns of a Bank File"

    currency_id = fields.Many2one(
        "res.currency", help="For files that do not name it; empty: the journal's."
    )
    date_column = fields.Char(required=True)
    value_date_column = fields.Char()
    amount_column = fields.Char(help="One column with signed amounts.")
    debit_column = fields.Char(string="Money Out Column")
    credit_column = fields.Char(string="Money In Column")
    sign_column = fields.Char(
        help="Says whether an unsigned amount comes in or goes out."
    )
    debit_marks = fields.Char(string="Money Out Marks", help="Separated by |")
    credit_marks = fields.Char(string="Money In Marks", help="Separated by |")
    neutral_marks = fields.Char(
        help="Values of the sign column for what neither came in nor went out; such rows are "
        "shown, but not booked. Separated by |"
    )
    status_column = fields.Char(help="Says whether the movement took place.")
    unbooked_marks = fields.Char(
        string="Not Booked Marks",
        help="Values of the status column for what did not take place. Separated by |",
    )
    is_debit_negative = fields.Boolean(string="Money Out Column Has Minus Signs")
    is_inverted = fields.Boolean(
        string="Signs Are Reversed", help="Credit card lists show spending as positive."
    )
    balance_column = fields.Char(help="Balance after each movement.")
    currency_column = fields.Char()
    account_column = fields.Char(string="Own Account Column")
    bank_reference_column = fields.Char()
    text_column = fields.Char()
    counterparty_column = fields.Char(string="Payer Column")
    counterparty_account_column = fields.Char(string="Payer Account Column")
    code_column = fields.Char(string="Transaction Code Column")
    date_order = fields.Selection(
        [
            ("ymd", "Year-Month-Day"),
            ("dmy", "Day-Month-Year"),
            ("mdy", "Month-Day-Year"),
        ],
        default="ymd",
        required=True,
    )
    number_format = fields.Selection(
        [
            ("english", "1,234.56"),
            ("german", "1.234,56"),
            ("french", "1 234,56 (narrow space)"),
            ("space", "1 234,56"),
            ("swiss", "1'234.56"),
            ("plain", "1234.56"),
        ],
        default="english",
        required=True,
    )
    encoding = fields.Selection(
        selection=lambda self: list(ENCODINGS), help="Empty: found out from the file."
    )
    delimiter = fields.Selection(
        [(",", "Comma"), (";", "Semicolon"), ("\t", "Tab"), ("|", "Bar")],
        help="Empty: found out from the file.",
    )
    footer_marks = fields.Char(
        help="A row that begins with one of these words ends the table. Separated by |"
    )

    def _layout(self, journal):
        company = journal.company_id or self.env.company
        currency = self.currency_id or journal.currency_id or company.currency_id
        # sudo: the number of the company's own account, which may be masked
        number = journal.sudo().bank_account_id.acc_number or ""
        return CsvProfile(
            name=self.name or "",
            date=self.date_column or "",
            value_date=self.value_date_column or "",
            amount=self.amount_column or "",
            debit=self.debit_column or "",
            credit=self.credit_column or "",
            sign=self.sign_column or "",
            debit_marks=_listed(self.debit_marks),
            credit_marks=_listed(self.credit_marks),
            neutral_marks=_listed(self.neutral_marks),
            status=self.status_column or "",
            unbooked_marks=_listed(self.unbooked_marks),
            is_debit_negative=self.is_debit_negative,
            is_inverted=self.is_inverted,
            balance=self.balance_column or "",
            currency=self.currency_column or "",
            account=self.account_column or "",
            bank_reference=self.bank_reference_column or "",
            text=self.text_column or "",
            counterparty=self.counterparty_column or "",
            counterparty_account=self.counterparty_account_column or "",
            code=self.code_column or "",
            date_order=self.date_order,
            number_format=self.number_format,
            encoding=self.encoding or "",
            delimiter=self.delimiter or "",
            footer_marks=_listed(self.footer_marks),
            default_currency=currency.name,
            default_account=compact(number),
        )


def _listed(words):
    return tuple(word.strip() for word in (words or "").split("|") if word.strip())
