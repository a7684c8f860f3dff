"""Does a confirmed balance still stand? The ledger of that day, then and now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from ..ledger import OpenItem
from .matrix import StatementMatrix


class Entry(NamedTuple):
    """A journal item as it is now; ``amount`` in minor units of its currency."""

    line_id: int
    currency_id: int
    number: str
    date: date
    amount: int
    is_posted: bool


class Change(NamedTuple):
    """One entry that is no longer what was confirmed.

    ``kind`` is ``added``, ``removed``, ``amount`` or ``open`` (another part of it is paid).
    Amounts are what was open, of new entries the whole amount.
    """

    kind: str
    line_id: int
    currency: str
    number: str
    date: date | None
    before: int
    after: int


@dataclass(frozen=True)
class Verdict:
    """Whether the letter is superseded, by which entries, and the balances of today."""

    is_superseded: bool
    changes: tuple[Change, ...]
    balances: Mapping[str, int]


class Row(NamedTuple):
    """An item as the statement listed it."""

    currency: str
    number: str
    date: date | None
    amount: int | None
    value: int


def judge(
    matrix: StatementMatrix,
    items: Iterable[OpenItem],
    entries: Iterable[Entry],
    codes: Mapping[int, str],
    last_line_id: int,
) -> Verdict:
    """Compare a frozen statement with the ledger of the same day as it is now.

    Payments applied otherwise to the same invoices leave what was confirmed as it is: the
    balance is the same, and so are the entries.

    :param items: open on the day of the statement, by the ledger of today
    :param entries: what became of the items of the statement, and all posted since then
        with a date in the past
    :param codes: ISO codes by id of the currency
    :param last_line_id: the youngest journal item when the statement was made
    """
    now = {item.line_id: item for item in items if item.residual}
    known = {entry.line_id: entry for entry in entries}
    before = _rows(matrix)
    balances: dict[str, int] = defaultdict(int)
    for item in now.values():
        balances[codes[item.currency_id]] += item.residual
    as_of = matrix.header.as_of
    new = [
        Change("added", e.line_id, codes[e.currency_id], e.number, e.date, 0, e.amount)
        for e in known.values()
        if e.line_id > last_line_id and e.is_posted and e.date <= as_of and e.amount
    ]
    lost = [
        change
        for line_id, row in before.items()
        if (change := _fate(line_id, row, known.get(line_id), as_of))
    ]
    confirmed = {s.currency: s.closing for s in matrix.sections if s.closing}
    moved = {code: amount for code, amount in balances.items() if amount} != confirmed
    told = {change.line_id for change in (*new, *lost)}
    rest = [
        change
        for line_id in sorted({*before, *now} - told)
        if (change := _reopened(line_id, before.get(line_id), now.get(line_id), codes))
    ]
    is_superseded = moved or bool(new or lost)
    changes = (*new, *lost, *rest) if is_superseded else ()
    return Verdict(is_superseded, changes, dict(balances))


def _rows(matrix: StatementMatrix) -> dict[int, Row]:
    """The items of an open-item statement; an activity lists none."""
    places = {column.code: i for i, column in enumerate(matrix.columns)}
    if matrix.header.date_from is not None or "number" not in places:
        return {}
    found = {}
    for section in matrix.sections:
        for row in section.rows:
            if not row.value:
                continue  # paid in the meantime, listed as a courtesy
            cells = {code: row.cells[i] for code, i in places.items()}
            day, amount = cells.get("date"), cells.get("amount")
            found[row.line_id] = Row(
                section.currency,
                str(cells["number"]),
                day if isinstance(day, date) else None,
                amount if isinstance(amount, int) else None,
                row.value,
            )
    return found


def _fate(line_id: int, row: Row, entry: Entry | None, as_of: date) -> Change | None:
    """What happened to the entry itself, whatever was paid on it."""
    place = (line_id, row.currency, row.number, row.date, row.value)
    if entry is None or not entry.is_posted or entry.date > as_of:
        return Change("removed", *place, 0)
    if row.amount is not None and entry.amount != row.amount:
        return Change("amount", *place, entry.amount)
    return None


def _reopened(
    line_id: int,
    row: Row | None,
    item: OpenItem | None,
    codes: Mapping[int, str],
) -> Change | None:
    """The same entry with another part open."""
    was, now = row.value if row else 0, item.residual if item else 0
    if was == now:
        return None
    if item:
        return Change(
            "open", line_id, codes[item.currency_id], item.number, item.date, was, now
        )
    assert row is not None
    return Change("open", line_id, row.currency, row.number, row.date, was, now)
