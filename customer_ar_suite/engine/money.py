"""Amounts as integers in minor units.

Odoo hands amounts over as Python floats. ``to_minor`` and ``from_minor`` are the only two
places where such a number becomes exact and goes back; everything the engine decides is
decided on integers. How many digits a currency has is ISO 4217's business (JPY 0, CNY 2,
BHD 3, CLF 4) and is always an argument.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple


def to_minor(amount: float | int | str | Decimal, digits: int) -> int:
    """The integer number of minor units of ``amount``, halves rounded away from zero.

    Floats go through their shortest decimal form, so that 2.675 is the 2.675 a user typed.

    >>> to_minor(1234.56, 2), to_minor(2.675, 2), to_minor(-0.005, 2), to_minor(7, 0)
    (123456, 268, -1, 7)
    >>> to_minor(float("nan"), 2)
    Traceback (most recent call last):
    ...
    ValueError: not a finite amount: nan
    """
    exact = amount if isinstance(amount, Decimal) else Decimal(str(amount))
    if not exact.is_finite():
        raise ValueError(f"not a finite amount: {amount}")
    return int(exact.scaleb(digits).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def from_minor(minor: int, digits: int) -> Decimal:
    """The decimal amount of ``minor`` units, with exactly ``digits`` places.

    >>> from_minor(123456, 2), from_minor(7, 0), from_minor(-5, 3)
    (Decimal('1234.56'), Decimal('7'), Decimal('-0.005'))
    """
    return Decimal(minor).scaleb(-digits)


def written(
    minor: int,
    digits: int,
    decimal_point: str = ".",
    thousands_sep: str = ",",
    grouping: Sequence[int] = (3, 0),
) -> str:
    """An amount as a language writes it, with all its digits.

    :param grouping: sizes of the groups of digits from the right; 0 repeats the last one

    >>> written(-123456789, 2), written(1234, 0), written(123456789, 2, ",", ".", (3, 2, 0))
    ('-1,234,567.89', '1,234', '12.34.567,89')
    """
    whole, fraction = divmod(abs(minor), 10**digits)
    text = _grouped(str(whole), thousands_sep, grouping)
    if digits:
        text += f"{decimal_point}{fraction:0{digits}}"
    return "-" + text if minor < 0 else text


def _grouped(figures: str, thousands_sep: str, grouping: Sequence[int]) -> str:
    if not thousands_sep or not grouping or len(figures) <= 3:
        return figures
    parts: list[str] = []
    sizes = iter(grouping)
    size = next(sizes, 0)
    while size > 0 and len(figures) > size:
        parts.insert(0, figures[-size:])
        figures = figures[:-size]
        size = next(sizes, 0) or size
    return thousands_sep.join([figures, *parts])


def split(total: int, weights: Sequence[int]) -> list[int]:
    """``total`` shared out in proportion to ``weights``; the parts sum to the whole exactly.

    Largest-remainder method; ties go to the earlier part, so the result is deterministic.

    >>> split(100, [1, 1, 1])
    [34, 33, 33]
    >>> split(-100, [1, 2])
    [-33, -67]
    >>> split(5, [])
    Traceback (most recent call last):
    ...
    ValueError: nothing to split over
    """
    whole = sum(weights)
    if not weights or whole <= 0 or min(weights) < 0:
        raise ValueError("nothing to split over")
    sign, rest = (-1, -total) if total < 0 else (1, total)
    parts = [rest * weight // whole for weight in weights]
    by_remainder = sorted(
        range(len(weights)), key=lambda i: (-(rest * weights[i] % whole), i)
    )
    for i in by_remainder[: rest - sum(parts)]:
        parts[i] += 1
    return [sign * part for part in parts]


class Tolerance(NamedTuple):
    """How far a payment may be off and still count as the amount: the smaller of both.

    ``absolute`` is in minor units, ``per_mille`` of the amount compared with.

    >>> Tolerance(absolute=500, per_mille=10).allows(expected=20000, found=19900)
    True
    >>> Tolerance(absolute=500, per_mille=10).allows(expected=20000, found=19500)
    False
    """

    absolute: int = 0
    per_mille: int = 1000

    def allows(self, expected: int, found: int) -> bool:
        """Is ``found`` close enough to ``expected``?"""
        return abs(expected - found) <= self.limit(expected)

    def limit(self, expected: int) -> int:
        """The largest difference allowed for ``expected``, in minor units."""
        return min(self.absolute, abs(expected) * self.per_mille // 1000)
