"""The bank's balance against ours on a day (余额调节表): what each side has not got yet.

Both balances are adjusted by what the other side knows already. If they differ then, the
difference is named: an opening that was booked otherwise, a bank statement that is missing
or does not add up, a balance entered by hand. What cannot be named is said to be so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date as Date
from typing import NamedTuple

#: where an item is known and which balance it has to be added to
SOURCES = {
    "payment": "bank",  #: registered by us, not yet at the bank
    "direct": "bank",  #: booked on the bank account without a bank line
    "unlisted": "bank",  #: a bank line that stands on no bank statement
    "suspense": "books",  #: at the bank, not booked by us to its account
}


class Item(NamedTuple):
    """Something one side has and the other has not. Money in is positive."""

    line_id: int  #: journal item
    source: str  #: a key of :data:`SOURCES`
    date: Date
    number: str
    text: str
    partner_id: int
    amount: int

    @property
    def side(self) -> str:
        """The balance that lacks it: ``bank`` or ``books``."""
        return SOURCES[self.source]


class BankStatement(NamedTuple):
    """A bank statement up to the day: its balances and what its lines add up to."""

    name: str
    date: Date
    opening: int
    closing: int
    lines: int  #: what its lines up to the day add up to
    is_whole: bool = True  #: all of its lines are within; else the closing is later
    between: int = 0  #: bank lines of no statement, between the one before and this


class Cause(NamedTuple):
    """A named part of the difference between the adjusted balances."""

    code: str  #: ``opening``, ``gap``, ``sum``, ``entered`` or ``unexplained``
    amount: int
    name: str = ""  #: of the bank statement


@dataclass(frozen=True)
class BankReconciliation:
    """Both balances, the items each lacks, and what the adjusted balances differ by."""

    bank: int
    ledger: int  #: of the bank account in the general ledger
    books: int  #: what we know of: the ledger, payments under way, less what is on suspense
    items: tuple[Item, ...]
    causes: tuple[Cause, ...]

    def of(self, side: str, is_in: bool) -> tuple[Item, ...]:
        """The items a balance lacks: receipts or payments."""
        return tuple(
            one for one in self.items if one.side == side and (one.amount > 0) == is_in
        )

    def total(self, side: str) -> int:
        return sum(one.amount for one in self.items if one.side == side)

    @property
    def bank_adjusted(self) -> int:
        return self.bank + self.total("bank")

    @property
    def books_adjusted(self) -> int:
        return self.books + self.total("books")

    @property
    def difference(self) -> int:
        """Bank less books, both adjusted: nothing, or the sum of the causes."""
        return self.bank_adjusted - self.books_adjusted


def compare_balances(
    ledger: int,
    items: Iterable[Item],
    statements: Sequence[BankStatement],
    opening_booked: int = 0,
    entered: int | None = None,
) -> BankReconciliation:
    """The reconciliation statement of one account on one day, in minor units.

    :param ledger: balance of the bank account in the general ledger
    :param items: what one side has and the other has not, none zero
    :param statements: in their order
    :param opening_booked: what was booked before the first statement; the bank's balance, too,
        while there is none
    :param entered: what the bank's own paper shows, if somebody typed it
    """
    chosen = tuple(
        sorted(
            (one for one in items if one.amount),
            key=lambda one: (one.source, one.date, one.line_id),
        )
    )
    known = _closing(statements, opening_booked)
    bank = known if entered is None else entered
    under_way = sum(one.amount for one in chosen if one.source == "payment")
    unbooked = sum(one.amount for one in chosen if one.source == "suspense")
    causes = [
        *_chain(statements, opening_booked),
        Cause("entered", bank - known),
    ]
    found = BankReconciliation(bank, ledger, ledger + under_way - unbooked, chosen, ())
    rest = found.difference - sum(cause.amount for cause in causes)
    causes.append(Cause("unexplained", rest))
    return BankReconciliation(
        bank,
        ledger,
        found.books,
        chosen,
        tuple(cause for cause in causes if cause.amount),
    )


def _closing(statements: Sequence[BankStatement], opening_booked: int) -> int:
    """What the bank held by its statements; within one of them, by its lines so far."""
    if not statements:
        return opening_booked
    last = statements[-1]
    return last.closing if last.is_whole else last.opening + last.lines


def _chain(statements: Sequence[BankStatement], opening_booked: int) -> Iterable[Cause]:
    """Where the statements do not follow from each other, or from what was booked.

    >>> day = Date(2026, 1, 31)
    >>> list(_chain([BankStatement("1", day, 100, 150, 50),
    ...              BankStatement("2", day, 170, 170, 5)], 100))
    [Cause(code='gap', amount=20, name='2'), Cause(code='sum', amount=-5, name='2')]
    """
    before = opening_booked
    for number, one in enumerate(statements):
        before += one.between
        if one.opening != before:
            code = "gap" if number else "opening"
            yield Cause(code, one.opening - before, one.name)
        closing = one.closing if one.is_whole else one.opening + one.lines
        if closing != one.opening + one.lines:
            yield Cause("sum", closing - one.opening - one.lines, one.name)
        before = closing
