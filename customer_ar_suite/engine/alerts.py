"""Abnormal behaviour in the audit trail: bursts, odd hours, changes before payments.

What happened comes as ticks: so many records of one user in one minute. A burst begins where
the records within a window reach the threshold, and lasts as long as ticks follow each other
within that window.

>>> at = datetime(2026, 6, 1, 9, 0)
>>> ticks = [Tick(7, at + timedelta(minutes=m), 10, m, m) for m in (0, 5, 10, 300)]
>>> [(one.records, one.first_entry, one.last_entry) for one in bursts(ticks, 25, 60)]
[(30, 0, 10)]
>>> bursts(ticks, 31, 60)
[]
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

#: days somebody must have been at work before he is compared with himself
ENOUGH_DAYS = 5
SATURDAY = 5


class Tick(NamedTuple):
    """What one user did in one minute: how many records, by which entries of the log."""

    user: int
    at: datetime
    records: int
    first_entry: int
    last_entry: int
    company: int = 0


class Burst(NamedTuple):
    """More than usual, from when to when, by which entries."""

    user: int
    company: int
    first_at: datetime
    last_at: datetime
    records: int
    first_entry: int
    last_entry: int
    threshold: int


class Change(NamedTuple):
    """A bank account of a customer that was entered or changed."""

    entry: int
    user: int
    partner: int
    at: datetime
    company: int = 0


class Payment(NamedTuple):
    """Money paid out to a customer."""

    id: int
    partner: int
    at: datetime


def usual_day(days: Sequence[int]) -> int:
    """What somebody does on a usual day: the median of the days he did anything.

    >>> usual_day([1, 2, 3, 4, 100]), usual_day([5, 5, 5])
    (3, 0)
    """
    return int(median(days)) if len(days) >= ENOUGH_DAYS else 0


def threshold(least: int, factor: float, usual: int) -> int:
    """From how many records on it is too much for this user.

    >>> threshold(100, 0, 500), threshold(100, 3, 500), threshold(100, 3, 10)
    (100, 1500, 100)
    """
    return max(least, math.ceil(factor * usual))


def bursts(
    ticks: Iterable[Tick],
    least: int,
    minutes: int,
    own: Mapping[int, int] | None = None,
) -> list[Burst]:
    """The bursts of all users.

    :param least: records within ``minutes`` from which on it is one
    :param own: user -> the threshold that holds for him instead
    """
    by_user: dict[int, list[Tick]] = {}
    for tick in ticks:
        by_user.setdefault(tick.user, []).append(tick)
    window = timedelta(minutes=minutes)
    return [
        burst
        for user in sorted(by_user)
        for burst in _bursts_of(
            sorted(by_user[user], key=lambda tick: (tick.at, tick.first_entry)),
            max(1, (own or {}).get(user, least)),
            window,
        )
    ]


def _bursts_of(ticks: Sequence[Tick], limit: int, window: timedelta) -> list[Burst]:
    found: list[Burst] = []
    start, total, index = 0, 0, 0
    while index < len(ticks):
        total += ticks[index].records
        while ticks[index].at - ticks[start].at >= window:
            total -= ticks[start].records
            start += 1
        if total < limit:
            index += 1
            continue
        end = index
        while end + 1 < len(ticks) and ticks[end + 1].at - ticks[end].at < window:
            end += 1
        found.append(_burst(ticks[start : end + 1], limit))
        start = index = end + 1
        total = 0
    return found


def _burst(ticks: Sequence[Tick], limit: int) -> Burst:
    return Burst(
        ticks[0].user,
        ticks[-1].company,
        ticks[0].at,
        ticks[-1].at,
        sum(tick.records for tick in ticks),
        min(tick.first_entry for tick in ticks),
        max(tick.last_entry for tick in ticks),
        limit,
    )


def is_odd(local: datetime, start: float, end: float, with_weekend: bool) -> bool:
    """Is this outside working hours, by the clock of who works?

    :param start: hour the day begins; later than ``end``: a night shift

    >>> night, noon = datetime(2026, 6, 1, 2, 30), datetime(2026, 6, 1, 12)
    >>> is_odd(night, 7, 20, True), is_odd(noon, 7, 20, True), is_odd(noon, 22, 6, True)
    (True, False, True)
    >>> saturday = datetime(2026, 6, 6, 12)
    >>> is_odd(saturday, 7, 20, True), is_odd(saturday, 7, 20, False)
    (True, False)
    """
    if with_weekend and local.weekday() >= SATURDAY:
        return True
    hour = local.hour + local.minute / 60
    if start <= end:
        return not start <= hour < end
    return end <= hour < start


def continues(burst: Burst, last_at: datetime, minutes: int) -> bool:
    """Does it go on from one that was told already?"""
    return burst.first_at - last_at < timedelta(minutes=minutes)


def before_payments(
    changes: Iterable[Change], payments: Iterable[Payment], days: int
) -> list[tuple[Change, Payment]]:
    """Changed accounts with the first payment that followed within ``days``.

    >>> day = datetime(2026, 6, 1)
    >>> change = Change(1, 7, 50, day)
    >>> paid = [Payment(9, 50, day + timedelta(days=2)), Payment(8, 50, day - timedelta(1))]
    >>> [(c.entry, p.id) for c, p in before_payments([change], paid, 7)]
    [(1, 9)]
    """
    by_partner: dict[int, list[Payment]] = {}
    for payment in sorted(payments, key=lambda one: (one.at, one.id)):
        by_partner.setdefault(payment.partner, []).append(payment)
    reach = timedelta(days=days)
    found = []
    for change in changes:
        for payment in by_partner.get(change.partner, ()):
            if change.at <= payment.at <= change.at + reach:
                found.append((change, payment))
                break
    return found
