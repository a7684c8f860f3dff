"""Where customers stood on days on which nobody looked: rebuilt from the books, by dates.

>>> items = [PastItem(3, 11, 1, Date(2026, 1, 5), Date(2026, 2, 4), 500),
...          PastItem(3, 12, 2, Date(2026, 2, 1), Date(2026, 2, 1), -200)]
>>> document = PastDocument(9, 3, Date(2026, 3, 1), 100)
>>> standing = rebuild([document], items, [Applied(11, Date(2026, 2, 1), 200)], {})[9]
>>> standing.exposure, standing.overdue, standing.oldest_due
(300, 300, datetime.date(2026, 2, 4))
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date as Date
from typing import NamedTuple

from ..credit_hold import Standing


class PastItem(NamedTuple):
    """A receivable journal item; an invoice is positive, a payment negative."""

    partner_id: int
    line_id: int
    move_id: int
    day: Date
    due: Date
    amount: int


class Applied(NamedTuple):
    """What was taken off an item on a day."""

    line_id: int
    day: Date
    amount: int


class PastDocument(NamedTuple):
    """An invoice that was posted on a day, without anybody having looked."""

    move_id: int
    partner_id: int
    day: Date
    amount: int


class Limits(NamedTuple):
    """A customer's limit now, and what it was before each change; 0: none.

    On days before any limit was set, the first one counts: else nothing could be tried on
    the past of somebody whose limit is new.
    """

    now: int
    before: tuple[tuple[Date, int], ...] = ()  #: (day of the change, limit until then)
    valid_from: Date | None = None
    valid_to: Date | None = None

    def on(self, day: Date) -> int | None:
        """The limit of that day; None: none was set.

        >>> Limits(900, ((Date(2026, 3, 1), 500),)).on(Date(2026, 2, 28))
        500
        """
        later = [old for changed, old in sorted(self.before) if changed > day]
        return next((limit for limit in (*later, self.now) if limit), None)


def rebuild(
    documents: Iterable[PastDocument],
    items: Iterable[PastItem],
    applied: Iterable[Applied],
    limits: Mapping[int, Limits],
) -> dict[int, Standing]:
    """{document: the customer's standing without it}, each on its own day."""
    by_partner: dict[int, list[PastItem]] = defaultdict(list)
    for item in items:
        by_partner[item.partner_id].append(item)
    taken: dict[int, list[Applied]] = defaultdict(list)
    for one in applied:
        taken[one.line_id].append(one)
    return {
        one.move_id: _standing(
            one, by_partner[one.partner_id], taken, limits.get(one.partner_id)
        )
        for one in documents
    }


def _standing(
    document: PastDocument,
    items: Sequence[PastItem],
    taken: Mapping[int, Sequence[Applied]],
    limits: Limits | None,
) -> Standing:
    exposure = overdue = 0
    oldest: Date | None = None
    for item in items:
        if not _was_there(item, document):
            continue
        exposure += item.amount
        if item.amount <= 0:
            continue
        left = item.amount - sum(
            one.amount for one in taken.get(item.line_id, ()) if one.day <= document.day
        )
        if left > 0:
            oldest = item.due if oldest is None else min(oldest, item.due)
            if item.due < document.day:
                overdue += left
    limit = limits.on(document.day) if limits else None
    return Standing(
        exposure=exposure,
        allowed=limit,
        limit=limit,
        valid_from=limits.valid_from if limits else None,
        valid_to=limits.valid_to if limits else None,
        oldest_due=oldest,
        overdue=overdue,
    )


def _was_there(item: PastItem, document: PastDocument) -> bool:
    """Booked before the document; of the same day, what was entered before it."""
    if item.move_id == document.move_id or item.day > document.day:
        return False
    return item.day < document.day or item.move_id < document.move_id
