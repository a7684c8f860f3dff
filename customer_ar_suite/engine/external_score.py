"""Scores of others on one scale: 0 (worst) to 100 (best), in hundredths.

>>> agency = Scale(best=100, worst=600)
>>> normalise("270", agency), normalise("601", agency)
(6600, None)
>>> normalise("aa", Scale(words=(("AAA", 100), ("AA", 90))))
9000
>>> blend([Weighted(8000, 3), Weighted(6000, 1)])
7500
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from .text import fold

TOP = 10_000
_PLAIN = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")


class Scale(NamedTuple):
    """Numbers from ``worst`` to ``best``, whichever is larger; or ``words`` with 0-100."""

    best: Decimal | int = 100
    worst: Decimal | int = 0
    words: tuple[tuple[str, int], ...] = ()


class Weighted(NamedTuple):
    """A normalised score and how much its source counts."""

    score: int
    weight: int


def normalise(text: str, scale: Scale, number: Decimal | None = None) -> int | None:
    """The score in hundredths; None where it is not on the scale.

    :param number: the text as a number, where it was read as one already
    """
    if scale.words:
        found = {fold(word): points for word, points in scale.words}
        points = found.get(fold(text))
        return None if points is None else points * 100
    value = number if number is not None else _number(text)
    best, worst = Decimal(scale.best), Decimal(scale.worst)
    if value is None or best == worst:
        return None
    if not min(best, worst) <= value <= max(best, worst):
        return None
    part = (value - worst) / (best - worst) * TOP
    return int(part.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def blend(scores: Iterable[Weighted]) -> int | None:
    """Average by weight; None without any that counts."""
    counted = [one for one in scores if one.weight > 0]
    weight = sum(one.weight for one in counted)
    if not weight:
        return None
    return (2 * sum(one.score * one.weight for one in counted) + weight) // (2 * weight)


def _number(text: str) -> Decimal | None:
    text = text.strip()
    return Decimal(text) if _PLAIN.fullmatch(text) else None
