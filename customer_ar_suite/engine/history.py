"""Effective-dated values: what held from when to when, without overlap.

A history is a list of periods with both ends included; ``end`` is None while it lasts.
The two decisions here are also made by the database, set-based, for many customers at
once (``customer.category.assignment``); a test keeps both the same.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

_DAY = timedelta(days=1)


class Period(NamedTuple):
    """``value`` (a database id) held from ``start`` to ``end``, both included."""

    value: int
    start: date
    end: date | None = None

    def holds_on(self, day: date) -> bool:
        """Does the period contain ``day``?"""
        return self.start <= day and (self.end is None or day <= self.end)


def value_on(history: list[Period], day: date) -> int | None:
    """What held on ``day``; None when nothing did."""
    return next((p.value for p in history if p.holds_on(day)), None)


def assign(history: list[Period], value: int | None, start: date) -> list[Period]:
    """``value`` holds from ``start`` until the next change already on record.

    A change on the same day is corrected, an unchanged value starts no new period;
    None ends what held.
    """
    if value_on(history, start) == value:
        return sorted(history, key=lambda p: p.start)
    kept = [p for p in history if not p.holds_on(start)]
    current = next((p for p in history if p.holds_on(start)), None)
    if current is not None and current.start < start:
        kept.append(current._replace(end=start - _DAY))
    if value is not None:
        following = min((p.start for p in kept if p.start > start), default=None)
        until_next = following - _DAY if following else None
        kept.append(Period(value, start, current.end if current else until_next))
    return sorted(kept, key=lambda p: p.start)


def merge(target: list[Period], source: list[Period]) -> list[Period]:
    """One history of two customers that become one: the target's word counts.

    Days on which the target says nothing are told by the source.
    """
    merged = sorted(target, key=lambda p: p.start)
    for period in source:
        merged += _outside(period, target)
    return sorted(merged, key=lambda p: p.start)


def _outside(period: Period, others: list[Period]) -> list[Period]:
    """The parts of ``period`` that no period of ``others`` covers."""
    pieces = [period]
    for other in others:
        pieces = [rest for piece in pieces for rest in _without(piece, other)]
    return pieces


def _without(piece: Period, other: Period) -> list[Period]:
    """``piece`` minus ``other``: none, one or two periods."""
    rest = []
    if piece.start < other.start:
        end = other.start - _DAY
        rest.append(
            piece._replace(end=end if piece.end is None else min(piece.end, end))
        )
    if other.end is not None and (piece.end is None or other.end < piece.end):
        rest.append(piece._replace(start=max(piece.start, other.end + _DAY)))
    return rest
