"""How a bank lays out its list of movements: columns instead of code."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CsvProfile:
    """How one bank writes its list of movements.

    Columns are named by their heading; ``A|B`` means either, ``#3`` the third column of a
    table without headings. Text columns may be several, joined by ``+``.
    """

    name: str
    date: str
    value_date: str = ""
    amount: str = ""  #: one signed column, or
    debit: str = ""  #: two columns, money out and
    credit: str = ""  #: money in
    sign: str = ""  #: a column that says which it is, beside an unsigned ``amount``
    debit_marks: tuple[str, ...] = ()  #: values of ``sign`` that mean money out
    credit_marks: tuple[str, ...] = ()
    neutral_marks: tuple[str, ...] = ()  #: neither: shown, but not booked
    status: str = ""  #: a column that says whether the movement took place
    unbooked_marks: tuple[str, ...] = ()  #: values of ``status`` that mean it did not
    is_debit_negative: bool = False  #: the ``debit`` column already carries minus signs
    is_inverted: bool = False  #: a credit card list, where spending is positive
    balance: str = ""  #: balance after the movement
    currency: str = ""
    account: str = ""
    bank_reference: str = ""
    text: str = ""
    counterparty: str = ""
    counterparty_account: str = ""
    code: str = ""
    date_order: str = "ymd"  #: ``ymd``, ``dmy`` or ``mdy``
    number_format: str = "english"  #: key of ``tabular.numbers.FORMATS``
    encoding: str = ""  #: empty: found out from the bytes
    delimiter: str = ""
    footer_marks: tuple[
        str, ...
    ] = ()  #: a row that begins with one of them ends the table
    default_currency: str = ""
    default_account: str = ""

    @property
    def is_headless(self) -> bool:
        """Are the columns named by their place, for want of headings?"""
        return self.date.startswith("#")

    def required(self) -> list[str]:
        """Headings without which the profile does not fit."""
        columns = (
            self.date,
            self.amount,
            self.debit,
            self.credit,
            self.sign,
            self.status,
        )
        return [column for column in columns if column]


#: fields of a profile that name columns
COLUMNS = (
    "date",
    "value_date",
    "amount",
    "debit",
    "credit",
    "sign",
    "status",
    "balance",
    "currency",
    "account",
    "bank_reference",
    "text",
    "counterparty",
    "counterparty_account",
    "code",
)

#: what Chinese banks write in a column of currencies
CURRENCY_NAMES = {
    "人民币": "CNY",
    "人民币元": "CNY",
    "RMB": "CNY",
    "港币": "HKD",
    "港元": "HKD",
    "美元": "USD",
    "欧元": "EUR",
    "日元": "JPY",
    "英镑": "GBP",
    "澳元": "AUD",
    "澳大利亚元": "AUD",
    "加元": "CAD",
    "加拿大元": "CAD",
    "瑞士法郎": "CHF",
    "新加坡元": "SGD",
    "新台币": "TWD",
}
