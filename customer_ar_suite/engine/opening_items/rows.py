"""Rows of a file of open items -> items with amounts in minor units, each with its findings.

Signs are those of the ledger: an invoice and a bill are positive, a credit note and a
receipt negative, however the old system wrote them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from ..money import to_minor
from ..tabular import columns
from ..tabular.columns import as_text
from ..tabular.mapped import ERROR, WARNING, Column, ReadRow, RowReader
from ..tabular.numbers import ENGLISH, NumberFormat
from ..tabular.table import RawRow
from ..text import clean
from .fields import BILL, CREDIT_NOTE, INVOICE, KINDS, RECEIPT, is_total, kind_of

#: a rate this far (per cent) from the one known looks like a slip
_FAR = 20


@dataclass(frozen=True)
class Settings:
    """What the file does not say itself.

    :param digits: places after the decimal sign of each active currency
    :param rates: company currency per unit of each currency at the cut-over date
    :param negative: kind of a negative amount where no column says the kind
    """

    cut_over: date
    company_currency: str
    digits: Mapping[str, int]
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    numbers: NumberFormat = ENGLISH
    date_order: str = "ymd"
    negative: str = RECEIPT


@dataclass(frozen=True)
class Item(ReadRow):
    """One open item of the file, as it was read; amounts in minor units."""

    kind: str = ""
    customer_ref: str = ""
    customer_name: str = ""
    customer_vat: str = ""
    number: str = ""
    reference: str = ""
    invoice_date: date | None = None
    due_date: date | None = None
    currency: str = ""
    amount: int = 0
    company_amount: int = 0
    is_total: bool = False

    @property
    def customer(self) -> str:
        """What the file calls the customer: by this the same choice serves all his rows."""
        return self.customer_ref or self.customer_vat or self.customer_name


def read_items(
    rows: Iterable[RawRow], mapping: Sequence[Column], settings: Settings
) -> list[Item]:
    """All rows of the file; faults are findings, never exceptions."""
    return [_Reader(row, mapping, settings).read() for row in rows]


class _Reader(RowReader[Item]):
    """Reads one row; every step adds what it finds."""

    def __init__(
        self, row: RawRow, mapping: Sequence[Column], settings: Settings
    ) -> None:
        super().__init__(row, mapping, Item)
        self.settings = settings

    def read(self) -> Item:
        if is_total(as_text(self._cell("customer_name") or self._cell("customer_ref"))):
            return replace(self.item, is_total=True)
        self._read_texts()
        self._read_dates()
        self._read_amounts()
        self._check_number()
        return self.item

    def _note(self, severity: str, code: str, name: str, **params: Any) -> None:
        value = params.pop("value", None)
        shown = as_text(self._cell(name)) if value is None else value
        self.item = self.item.noted(severity, code, name, shown, **params)

    # -- texts ----------------------------------------------------------------------------

    def _read_texts(self) -> None:
        codes = ("customer_ref", "customer_vat", "number")
        texts = ("customer_name", "reference")
        values: dict[str, Any] = {
            name: self._value(name, columns.Code) or "" for name in codes
        }
        for name in texts:
            values[name] = self._value(name, columns.Text, max_length=255) or ""
        values["currency"] = self._currency()
        # read first: reading notes what it finds on the item
        self.item = replace(self.item, **values)
        if not self.item.customer:
            self._note(ERROR, "opening_no_customer", "customer_name")

    def _currency(self) -> str:
        text = clean(as_text(self._cell("currency"))).upper()
        code = {"RMB": "CNY", "人民币": "CNY", "￥": "CNY", "¥": "CNY"}.get(text, text)
        code = code or self.settings.company_currency
        if code not in self.settings.digits:
            self._note(ERROR, "opening_currency_unknown", "currency")
        return code

    # -- days -----------------------------------------------------------------------------

    def _read_dates(self) -> None:
        order = self.settings.date_order
        day = self._value(
            "invoice_date", columns.Date, order=order, with_time=True, serial=True
        )
        due = self._value(
            "due_date", columns.Date, order=order, with_time=True, serial=True
        )
        self.item = replace(self.item, invoice_date=day, due_date=due)
        if self.item.has_error:
            return
        if day is None and due is None:
            self._note(ERROR, "opening_no_date", "invoice_date")
        elif day and day > self.settings.cut_over:
            self._note(
                ERROR,
                "opening_after_cut_over",
                "invoice_date",
                cut_over=self.settings.cut_over.isoformat(),
            )
        elif day and due and due < day:
            self._note(WARNING, "opening_due_before", "due_date")

    # -- money ----------------------------------------------------------------------------

    def _read_amounts(self) -> None:
        digits = self.settings.digits.get(self.item.currency, 2)
        amount = self._money("amount", digits)
        if "amount" not in self.place:
            amount = self._money("debit", digits) - self._money("credit", digits)
        kind = self._kind(amount)
        if kind in (CREDIT_NOTE, RECEIPT):
            amount = -abs(amount)
        self.item = replace(self.item, kind=kind, amount=amount)
        if self.item.has_error:
            return
        if amount < 0 and kind in (INVOICE, BILL):
            self._note(ERROR, "opening_sign", self._amount_column())
        self._complete_dates()
        self._read_company_amount(digits)

    def _money(self, name: str, digits: int) -> int:
        value = self._value(
            name, columns.Money, format=self.settings.numbers, digits=digits
        )
        return to_minor(value, digits) if value is not None else 0

    def _amount_column(self) -> str:
        return "amount" if "amount" in self.place else "debit"

    def _kind(self, amount: int) -> str:
        text = clean(as_text(self._cell("kind")))
        if text:
            kind = kind_of(text)
            if not kind:
                self._note(ERROR, "opening_kind_unknown", "kind")
            return kind
        return self.settings.negative if amount < 0 else INVOICE

    def _complete_dates(self) -> None:
        """A receipt is due the day it came; what has one date only has both."""
        item = self.item
        day = item.invoice_date or min(
            filter(None, (item.due_date, self.settings.cut_over))
        )
        due = item.due_date or day
        if not item.due_date and item.kind in (INVOICE, BILL):
            self._note(WARNING, "opening_no_due_date", "due_date", day=day.isoformat())
        self.item = replace(self.item, invoice_date=day, due_date=due)

    def _read_company_amount(self, digits: int) -> None:
        """As the file says, else at the rate of the cut-over date."""
        item, settings = self.item, self.settings
        own = settings.digits[settings.company_currency]
        given = self._value(
            "company_amount", columns.Money, format=settings.numbers, digits=own
        )
        if self.item.has_error:
            return
        same = item.currency == settings.company_currency
        rate = Decimal(1) if same else settings.rates.get(item.currency)
        if given is None:
            if rate is None:
                self._note(
                    ERROR, "opening_no_rate", "currency", value=item.currency,
                    cut_over=settings.cut_over.isoformat(),
                )  # fmt: skip
                return
            value = Decimal(item.amount).scaleb(-digits) * rate
            self.item = replace(item, company_amount=to_minor(value, own))
            return
        self._take_company_amount(to_minor(given, own), digits, own, rate)

    def _take_company_amount(
        self, given: int, digits: int, own: int, rate: Decimal | None
    ) -> None:
        item, settings = self.item, self.settings
        if item.kind in (CREDIT_NOTE, RECEIPT):
            given = -abs(given)
        if (given > 0) != (item.amount > 0) or (
            item.currency == settings.company_currency and given != item.amount
        ):
            self._note(ERROR, "opening_company_amount", "company_amount")
            return
        self.item = replace(item, company_amount=given)
        usual = Decimal(item.amount).scaleb(-digits) * rate if rate else None
        found = Decimal(given).scaleb(-own)
        if usual and abs(found - usual) * 100 > abs(usual) * _FAR:
            self._note(WARNING, "opening_rate_far", "company_amount", rate=f"{rate:f}")

    def _check_number(self) -> None:
        item = self.item
        if not item.number and item.kind != RECEIPT and item.kind in KINDS:
            self._note(ERROR, "opening_no_number", "number")
