"""Exchange results: what open foreign amounts are worth on a day, exactly.

Amounts are minor units; a rate is two numbers as Odoo keeps them, the units of the
company's currency and of the foreign one that are worth the same. The value of an amount is
``amount × company / foreign``, rounded once, halves away from zero. The report computes the
same in SQL; a test keeps both the same.

>>> from datetime import date
>>> rate = Rate(date(2026, 6, 30), Decimal(1), Decimal("0.125"))
>>> revalue(Position(10_000, 75_000, 2, 2), rate)  # USD 100.00 booked at 7.50
Revalued(value=80000, result=5000)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .errors import RateError


class Rate(NamedTuple):
    """``company`` units of the company's currency are worth ``foreign`` units of the other."""

    day: date
    company: Decimal
    foreign: Decimal

    @property
    def value(self) -> Fraction:
        """What one foreign unit is worth in the company's currency."""
        return Fraction(self.company) / Fraction(self.foreign)


class Position(NamedTuple):
    """Something open in a foreign currency, and what it stands for in the books."""

    residual: int
    residual_company: int
    digits: int
    company_digits: int


class Revalued(NamedTuple):
    """Value at the rate, and how much that is above the books: a gain if positive."""

    value: int
    result: int


@dataclass(frozen=True)
class Revaluation:
    """Sums of many positions; ``missing`` are keys for which there was no rate."""

    booked: int
    value: int
    missing: tuple[tuple[int, int], ...] = ()

    @property
    def result(self) -> int:
        """The unrealised gain (loss, if negative)."""
        return self.value - self.booked


def convert(amount: int, digits: int, company_digits: int, value: Fraction) -> int:
    """``amount`` at ``value`` company units per foreign unit, in minor units.

    >>> convert(-15, 0, 2, Fraction("0.0475")), convert(1, 2, 2, Fraction(1, 2))
    (-71, 1)
    """
    exact = Fraction(amount) * value * Fraction(10) ** (company_digits - digits)
    magnitude = int(abs(exact) + Fraction(1, 2))
    return -magnitude if exact < 0 else magnitude


def revalue(position: Position, rate: Rate) -> Revalued:
    """The position at ``rate``."""
    value = convert(
        position.residual, position.digits, position.company_digits, rate.value
    )
    return Revalued(value, value - position.residual_company)


def revalue_all(
    positions: Iterable[tuple[tuple[int, int], Position]],
    rates: Mapping[tuple[int, int], Rate | None],
) -> Revaluation:
    """All positions, each by the rate of its key (company, currency).

    Positions without a rate are left out of the sums and named.
    """
    booked = value = 0
    missing: set[tuple[int, int]] = set()
    for key, position in positions:
        rate = rates.get(key)
        if rate is None:
            missing.add(key)
            continue
        booked += position.residual_company
        value += revalue(position, rate).value
    return Revaluation(booked, value, tuple(sorted(missing)))


def rate_on(history: Iterable[Rate], day: date, currency: str) -> Rate:
    """The latest rate up to ``day``.

    :raises RateError: ``rate_missing``; a later rate is no rate of that day
    """
    known = [rate for rate in history if rate.day <= day]
    if not known:
        raise RateError("rate_missing", currency=currency, day=day.isoformat())
    return max(known, key=lambda rate: rate.day)


def rate_state(rate_day: date | None, as_of: date, max_age: int) -> str:
    """``missing``, ``stale`` (older than ``max_age`` days; 0: never) or ``ok``.

    >>> from datetime import date
    >>> [rate_state(date(2026, 6, d), date(2026, 6, 30), 7) for d in (23, 22)]
    ['ok', 'stale']
    """
    if rate_day is None:
        return "missing"
    return "stale" if max_age and (as_of - rate_day).days > max_age else "ok"


def is_large(amount_company: int, limit: int) -> bool:
    """Is a foreign amount, in the company's currency, worth a second look? 0: no limit."""
    return bool(limit) and abs(amount_company) >= limit
