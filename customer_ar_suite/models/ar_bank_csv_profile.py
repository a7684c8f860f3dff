from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.bank_formats import CsvProfile
from ..engine.tabular.encoding import CHOICES as ENCODINGS
from ..engine.text import compact


class ArBankCsvProfile(models.Model):
    """How one bank lays out its list of movements: a new bank is a record, not code."""

    _name = "ar.bank.csv.profile"
    _description = "Bank File Layout"
    _order = "sequence, name"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        readonly=False,
        help="Empty: the layout is offered in all companies.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        check_company=True,
        domain=[("type", "in", ("bank", "cash", "credit"))],
        help="For files that do not name their account.",
    )
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

    @api.depends("journal_id")
    def _compute_company_id(self):
        for profile in self:
            profile.company_id = profile.journal_id.company_id or profile.company_id

    @api.constrains("amount_column", "debit_column", "credit_column", "sign_column")
    def _check_amount_columns(self):
        for profile in self:
            two = bool(profile.debit_column and profile.credit_column)
            if two == bool(profile.amount_column):
                raise ValidationError(
                    self.env._(
                        "%s: name either the amount column, or both the money-out and the "
                        "money-in column.",
                        profile.name,
                    )
                )
            if profile.sign_column and not (
                profile.debit_marks and profile.credit_marks
            ):
                raise ValidationError(
                    self.env._(
                        "%s: with a sign column, say which of its values mean money out "
                        "and which money in.",
                        profile.name,
                    )
                )

    def _layouts(self, journal):
        """The engine's description of each layout, for a file of ``journal`` if it is given."""
        return tuple(profile._layout(journal or profile.journal_id) for profile in self)

    def _layout(self, journal):
        company = journal.company_id or self.env.company
        currency = self.currency_id or journal.currency_id or company.currency_id
        return CsvProfile(
            name=self.name,
            date=self.date_column,
            value_date=self.value_date_column or "",
            amount=self.amount_column or "",
            debit=self.debit_column or "",
            credit=self.credit_column or "",
            sign=self.sign_column or "",
            debit_marks=_listed(self.debit_marks),
            credit_marks=_listed(self.credit_marks),
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
            default_account=compact(journal.bank_account_id.acc_number or ""),
        )


def _listed(words):
    return tuple(word.strip() for word in (words or "").split("|") if word.strip())
