"""The receipts of the sample bank files: what customers paid today, in every awkward way."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from .story import Due


class Payer(NamedTuple):
    ref: str
    name: str
    account: str
    chinese: bool


class Payment(NamedTuple):
    """One line of a bank file; outgoing amounts are negative."""

    date: date
    amount: int  #: minor units
    payer: str
    account: str
    text: str
    reference: str
    case: str  #: what the line is there to show


def payments(dues: list[Due], payers: dict[str, Payer], day: date) -> list[Payment]:
    """Receipts of the two days before ``day``, for the oldest items of each payer.

    ``dues`` are of one company and currency.
    """
    by_payer = defaultdict(list)
    for due in sorted(dues, key=lambda due: (due.due, due.line_id)):
        by_payer[due.customer].append(due)
    single = [group[0] for group in by_payer.values() if len(group) == 1]
    several = [group for group in by_payer.values() if len(group) > 1]
    taken = iter(single)
    found = [
        case(item, payers[item.customer])
        for case, item in zip(_CASES, taken, strict=False)
    ]
    found += [_several(group[:3], payers[group[0].customer]) for group in several]
    found += [_exact(item, payers[item.customer]) for item in list(taken)[:3]]
    found += [_unknown(payers[dues[0].customer].chinese), _bank_fee()]
    half = len(found) // 2
    return [
        line._replace(
            date=day - timedelta(days=2 if index < half else 1),
            reference=f"{day:%y%m%d}{index + 1:04d}",
        )
        for index, line in enumerate(found)
    ]


def _line(payer: Payer, amount: int, text: str, case: str) -> Payment:
    return Payment(date.min, amount, payer.name, payer.account, text, "", case)


def _exact(item: Due, payer: Payer) -> Payment:
    text = "货款 {0}" if payer.chinese else "Invoice {0}"
    return _line(payer, item.residual, text.format(item.number), "exact")


def _part(item: Due, payer: Payer) -> Payment:
    text = "部分付款 {0}" if payer.chinese else "Part payment {0}"
    return _line(payer, item.residual // 2, text.format(item.number), "part")


def _over(item: Due, payer: Payer) -> Payment:
    amount = -(-item.residual // 10000) * 10000 + 10000
    return _line(payer, amount, item.number, "over")


def _amount_only(item: Due, payer: Payer) -> Payment:
    text = "往来款" if payer.chinese else "Payment"
    return _line(payer, item.residual, text, "amount_only")


def _wrong_number(item: Due, payer: Payer) -> Payment:
    """The last two digits are swapped, or, where they are the same, the year is wrong."""
    number = item.number[:-2] + item.number[:-3:-1]
    if number == item.number:
        number = number.replace("/2", "/1", 1)
    return _line(payer, item.residual, number, "wrong_number")


def _short_number(item: Due, payer: Payer) -> Payment:
    """The number as people type it: without the prefix, other separators."""
    text = item.number.split("/", 1)[1].replace("/", "-")
    return _line(payer, item.residual, text, "short_number")


def _without_account(item: Due, payer: Payer) -> Payment:
    line = _exact(item, payer)
    return line._replace(account="", payer=payer.name.upper(), case="without_account")


def _several(items: list[Due], payer: Payer) -> Payment:
    numbers = ("、" if payer.chinese else ", ").join(item.number for item in items)
    return _line(payer, sum(item.residual for item in items), numbers, "several")


def _unknown(chinese: bool) -> Payment:
    payer = "义乌市百川日用品商行" if chinese else "Northgate Sundries"
    text = "退款" if chinese else "Ref 88231 as agreed"
    return Payment(date.min, 186000, payer, "", text, "", "unknown")


def _bank_fee() -> Payment:
    return Payment(date.min, -1250, "", "", "Bank charges / 手续费", "", "fee")


_CASES: tuple[Callable[[Due, Payer], Payment], ...] = (
    _exact,
    _part,
    _over,
    _amount_only,
    _wrong_number,
    _short_number,
    _without_account,
)
