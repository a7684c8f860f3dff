"""Ratios of receivables management, each with its formula and where it comes from.

Ratios are integers: tenths of a day, hundredths of a per cent. ``None`` says that a ratio
means nothing here, which is not the same as zero.
"""

from __future__ import annotations

from fractions import Fraction

#: one, in hundredths of a per cent
WHOLE = 10_000


def dso(receivable: int, billed: int, days: int) -> int | None:
    """Days sales outstanding, in tenths of a day.

    *Receivables at the end of the period ÷ billed in the period × days of the period*: the
    standard ("simple") formula of the Credit Research Foundation. Receivables carry tax, so
    ``billed`` has to carry it, too: invoices less credit notes, tax included.

    >>> dso(150_000, 900_000, 90)  # a sixth of 90 days
    150
    >>> dso(5, 0, 90) is None
    True
    """
    if billed <= 0 or days <= 0:
        return None
    return rounded(Fraction(receivable * days * 10, billed))


def share(part: int, whole: int) -> int | None:
    """``part`` of ``whole`` in hundredths of a per cent.

    >>> share(1, 3), share(5, 0)
    (3333, None)
    """
    return rounded(Fraction(part * WHOLE, whole)) if whole > 0 else None


def growth(now: int, before: int) -> int | None:
    """Change against an earlier figure, in hundredths of a per cent of that figure.

    >>> growth(120, 100), growth(80, 100), growth(5, 0)
    (2000, -2000, None)
    """
    return share(now - before, before)


def rounded(number: Fraction) -> int:
    """To the nearest integer, halves away from zero.

    >>> rounded(Fraction(5, 2)), rounded(Fraction(-5, 2)), rounded(Fraction(1, 3))
    (3, -3, 0)
    """
    whole = int(abs(number) + Fraction(1, 2))
    return whole if number >= 0 else -whole
