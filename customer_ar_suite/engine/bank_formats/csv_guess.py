"""A layout for a bank's table nobody described yet: guessed from a sample, shown live.

What is guessed is only a proposal. The preview reads the sample through a layout exactly as
an import would, so that a person sees dates, signs and sums before anything depends on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from ..errors import BalanceError
from ..money import from_minor
from ..tabular import numbers
from ..tabular.table import Cell, CellFault, RawRow
from ..text import clean, fold
from .base import BankLine, BankStatement, ReadContext, check_balance
from .csv_days import day_orders, read_day
from .csv_layout import CsvProfile
from .csv_profile import CsvFormat
from .csv_tables import read_bank_table

_HEADING_ROWS = 60
_SHOWN = 12
#: headings by what they mean, best first; compared without case, accents and blanks
_WORDS = {
    "date": "记账日期|入账日期|交易日期|交易时间|交易创建时间|bookingdate|postingdate"
    "|buchungstag|transactiondate|transaction_date|date|datum|fecha|data|dateprocessed|postdate",
    "value_date": "起息日|valuedate|valutadatum|wertstellung|valuta|rentedatum|datevaleur",
    "debit": "借方发生额|借方金额|记账金额(支出)|交易金额(支出)|取出金额|支出金额|支出|借方"
    "|debitamount|debit|moneyout|paidout|withdrawal|soll|debit_amount",
    "credit": "贷方发生额|贷方金额|记账金额(收入)|交易金额(收入)|存入金额|收入金额|收入|贷方"
    "|creditamount|credit|moneyin|paidin|deposit|haben|credit_amount",
    "amount": "交易金额|金额(元)|实付金额|金额|发生额|amount|betrag|bedrag|importe|montant"
    "|amount(eur)|betrag(eur)|billingamount|transactionamount",
    "sign": "收/支|借贷标志|借贷|debit_credit|debit/credit|credit/debit|afbij|crdr|dr/cr",
    "status": "交易状态|当前状态|transactionstatus|status",
    "balance": "余额|账户余额|本次余额|联机余额|balance|runningbalance|saldo|kontostand|solde",
    "currency": "币种|货币|记账币种|交易币种|currency|waehrung|wahrung|munt"
    "|munteenheid|billingcurrency",
    "account": "本方账号|查询账号|accountnumber|auftragskonto|ibanauftraggeberkonto|iban/bban",
    "bank_reference": "交易流水号|交易单号|交易订单号|流水号|日志号|reference|transactionid"
    "|unique_id|transactiereferentie|bankreference",
    "text": "附言|用途|交易附言|摘要|交易摘要|备注|商品说明|商品|verwendungszweck|description"
    "|details|narrative|label|memo|omschrijving|libelle|concepto",
    "counterparty": "对方户名|对方单位名称|交易对手名称|交易对方|对手信息|counterparty|payer"
    "|beguenstigter/zahlungspflichtiger|naamtegenpartij|partnername|name|payee",
    "counterparty_account": "对方账号|对方账户|交易对手账号|counterpartyaccount|kontonummer"
    "|tegenrekeningiban/bban|bankaccount",
}
_OUT = ("支出", "借", "debit", "d", "dr", "s", "db", "outflow", "af")
_IN = ("收入", "贷", "credit", "c", "cr", "h", "cb", "inflow", "bij")
_NEUTRAL = ("不计收支", "/", "中性")
_FOOTERS = ("合计", "总计", "本页合计", "人民币合计", "Total", "Closing balance")
_CANCELLED = (
    "交易关闭",
    "已关闭",
    "支付失败",
    "pending",
    "declined",
    "cancelled",
    "failed",
)


@dataclass(frozen=True)
class Guess:
    """What a sample seems to be: its headings and a layout to begin with."""

    headings: tuple[str, ...]
    profile: CsvProfile


class PreviewLine(NamedTuple):
    """One movement of the sample, as an import would take it."""

    day: date
    amount: Decimal
    currency: str
    counterparty: str
    text: str
    is_booked: bool


class PreviewTotal(NamedTuple):
    """What one account in one currency adds up to."""

    account: str
    currency: str
    lines: int
    money_in: Decimal
    money_out: Decimal
    opening: Decimal | None
    closing: Decimal | None
    adds_up: bool | None  #: of the balance column; ``None`` without one


@dataclass(frozen=True)
class Preview:
    """The sample through a layout: some lines, and what they add up to."""

    lines: tuple[PreviewLine, ...]
    totals: tuple[PreviewTotal, ...]


def guess_layout(data: bytes, filename: str) -> Guess:
    """The layout that the headings and the values of a sample suggest.

    :raises EngineError: if the file cannot be read as a table
    """
    table = read_bank_table(data, filename)
    rows = table.sheet().rows
    start = _heading_row(rows)
    headings = _texts(rows[start])
    columns = _columns(headings)
    body = [_texts(row) for row in rows[start + 1 :]]

    def values(name: str) -> list[str]:
        heading = columns.get(name)
        index = headings.index(heading) if heading in headings else len(headings)
        return [row[index] for row in body if index < len(row) and row[index]]

    columns.setdefault("date", next(filter(None, headings), "#1"))
    profile = CsvProfile(
        name=clean(filename.rpartition(".")[0])[:60] or "–",
        **columns,  # type: ignore[arg-type]
    )
    money = [text for name in ("amount", "debit", "credit") for text in values(name)]
    profile = replace(
        profile,
        date_order=_order(values("date")),
        number_format=_number_format(money),
        encoding=table.encoding or "",
        delimiter=table.delimiter or "",
        footer_marks=_FOOTERS,
    )
    if not any(text.startswith(("-", "(")) for text in values("amount")):
        profile = _with_signs(profile, values("sign"))
    profile = _with_states(profile, values("status"))
    return Guess(tuple(headings), _without_contradiction(profile))


def preview_layout(data: bytes, context: ReadContext) -> Preview:
    """The sample as the only layout of ``context`` reads it.

    :raises EngineError: what keeps the layout from reading the sample
    """
    statements = CsvFormat().parse(data, context)
    lines = [
        _shown(line, statement.currency, Decimal(1).scaleb(-statement.digits))
        for statement in statements
        for line in statement.lines[:_SHOWN]
    ]
    return Preview(tuple(lines[:_SHOWN]), tuple(_total(one) for one in statements))


def _total(statement: BankStatement) -> PreviewTotal:
    def amount(minor: int) -> Decimal:
        return from_minor(minor, statement.digits)

    opening, closing = statement.opening, statement.closing
    try:
        check_balance(statement)
        adds_up = True
    except BalanceError:
        adds_up = False
    booked = [line.amount for line in statement.booked]
    return PreviewTotal(
        statement.account,
        statement.currency,
        len(booked),
        amount(sum(one for one in booked if one > 0)),
        amount(-sum(one for one in booked if one < 0)),
        None if opening is None else amount(opening),
        None if closing is None else amount(closing),
        None if opening is None else adds_up,
    )


def _shown(line: BankLine, currency: str, scale: Decimal) -> PreviewLine:
    return PreviewLine(
        line.booking_date,
        line.amount * scale,
        currency,
        line.counterparty[:60],
        line.label[:80],
        line.status == "booked",
    )


# -- guessing -------------------------------------------------------------------------------


def _heading_row(rows: Sequence[RawRow]) -> int:
    """The first row with the most known headings; without any, the widest row."""
    known = {word for words in _WORDS.values() for word in words.split("|")}

    def score(position: int) -> tuple[int, int, int]:
        texts = [text for text in _texts(rows[position]) if text]
        hits = sum(1 for text in texts if _key(text) in known)
        return hits, len(texts), -position

    return max(range(min(len(rows), _HEADING_ROWS)), key=score)


def _columns(headings: list[str]) -> dict[str, str]:
    """Which heading means what; each heading once, the better word first."""
    keys = [_key(heading) for heading in headings]
    found: dict[str, str] = {}
    for name, words in _WORDS.items():
        for word in words.split("|"):
            at = keys.index(word) if word in keys else -1
            if at >= 0 and headings[at] not in found.values():
                found[name] = headings[at]
                break
    return found


def _without_contradiction(profile: CsvProfile) -> CsvProfile:
    """Either one amount column or two, and a sign column only with its marks."""
    if profile.debit and profile.credit:
        return replace(profile, amount="", sign="", neutral_marks=())
    profile = replace(profile, debit="", credit="")
    if not (profile.debit_marks and profile.credit_marks):
        profile = replace(profile, sign="", neutral_marks=())
    return replace(profile, status=profile.status if profile.unbooked_marks else "")


def _order(texts: list[str]) -> str:
    found = day_orders([text for text in texts if _is_day(text)])
    return found[0] if found else "ymd"


def _is_day(text: str) -> bool:
    return any(read_day(text, order) for order in ("ymd", "dmy", "mdy"))


def _number_format(texts: list[str]) -> str:
    """The format that reads most of the values; the plainest if several do."""
    marks = ("¥", "￥", "$", "€", "£")

    def score(name: str) -> int:
        form = replace(numbers.FORMATS[name], plus=True, marks=marks)
        return sum(
            1
            for text in texts
            if (value := form.parse(text)) is not None and numbers.fits_digits(value, 2)
        )

    names = list(numbers.FORMATS)
    return max(names, key=lambda name: (score(name), -names.index(name)))


def _with_signs(profile: CsvProfile, values: list[str]) -> CsvProfile:
    """Marks for money out and in; where the sample shows one of a pair, both are known."""
    found = [fold(value) for value in dict.fromkeys(values)]
    pairs = [
        (out, come)
        for out, come in zip(_OUT, _IN, strict=True)
        if out in found or come in found
    ]
    known = {mark for pair in pairs for mark in pair} | set(_NEUTRAL)
    if not pairs or not set(found) <= known:
        return profile
    return replace(
        profile,
        debit_marks=tuple(out for out, _in in pairs),
        credit_marks=tuple(come for _out, come in pairs),
        neutral_marks=tuple(mark for mark in _NEUTRAL if mark in found),
    )


def _with_states(profile: CsvProfile, values: list[str]) -> CsvProfile:
    found = [value for value in dict.fromkeys(values) if fold(value) in _CANCELLED]
    return replace(profile, unbooked_marks=tuple(found))


def _key(heading: str) -> str:
    return fold(heading).replace(" ", "")


def _texts(row: RawRow) -> list[str]:
    return [_text(cell) for cell in row.cells]


def _text(cell: Cell) -> str:
    if isinstance(cell, CellFault):
        return cell.text
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return clean(cell) if isinstance(cell, str) else str(cell)
