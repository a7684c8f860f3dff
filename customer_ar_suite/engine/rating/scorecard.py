"""A scorecard: what it weighs, what a customer scores by it, what would lift his grade.

>>> card = Card((CardFactor("tenure", 1, (Step(12, 100), Step(6, 50))),),
...             (Band(1, 80), Band(2, 0)))
>>> found = rate(card, Inputs(tenure_months=7))
>>> found.score, found.grade_id, [line.contribution for line in found.lines]
(5000, 2, [5000])
>>> [change.bound for change in lift(card, found)[0].changes]
[12]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..errors import RatingError
from .base import FACTORS, Inputs, Step

#: the best score, in hundredths
BEST = 10_000


class CardFactor(NamedTuple):
    """A factor with its weight in this scorecard and the points its values earn."""

    code: str
    weight: int
    steps: tuple[Step, ...]


class Band(NamedTuple):
    """Scores from ``from_score`` (0-100) on have this grade, up to the next band."""

    grade_id: int
    from_score: int


class Card(NamedTuple):
    """``least_percent``: how much of the weight must have data for a grade to be given."""

    factors: tuple[CardFactor, ...]
    bands: tuple[Band, ...]
    least_percent: int = 0


class PointLine(NamedTuple):
    """What one factor adds to the score; contributions add up to it exactly.

    ``value`` None: no data, and its weight is spread over the others.
    """

    code: str
    value: int | None
    points: int
    weight: int
    contribution: int  #: hundredths of a point of the score


@dataclass(frozen=True)
class Rating:
    """A score in hundredths with its grade; both None where too little is known."""

    score: int | None
    grade_id: int | None
    lines: tuple[PointLine, ...]
    data_percent: int


class Change(NamedTuple):
    """One value that would have to be as good as ``bound``."""

    code: str
    value: int
    bound: int
    points: int


class Lift(NamedTuple):
    """Changes that together bring a better grade."""

    changes: tuple[Change, ...]
    score: int
    grade_id: int


def rate(card: Card, inputs: Inputs) -> Rating:
    """The score of these figures. Weights of factors without data are spread."""
    values = [FACTORS.get(one.code).value(inputs) for one in card.factors]
    total = sum(one.weight for one in card.factors)
    known = sum(
        one.weight
        for one, value in zip(card.factors, values, strict=True)
        if value is not None
    )
    percent = 100 * known // total if total else 0
    points = [
        0 if value is None else FACTORS.get(one.code).points(value, one.steps)
        for one, value in zip(card.factors, values, strict=True)
    ]
    is_rated = bool(known) and percent >= card.least_percent
    score = _score(card, values, points) if is_rated else None
    lines = _lines(card, values, points, score, known)
    grade = _band(card, score).grade_id if score is not None else None
    return Rating(score, grade, lines, percent)


def lift(card: Card, rating: Rating, most: int = 3) -> list[Lift]:
    """What would bring a better grade: single changes first, the smallest jumps before others.

    Where no single value can do it, the changes that bring most, together.
    """
    if rating.score is None:
        return []
    better = [band for band in card.bands if band.from_score * 100 > rating.score]
    if not better:
        return []
    target = min(better, key=lambda band: band.from_score)
    changes = [_changes(card, rating, index) for index in range(len(card.factors))]
    singles = []
    for options in changes:
        for change in options:
            score = _score_with(card, rating, (change,))
            if score >= target.from_score * 100:
                singles.append(Lift((change,), score, _band(card, score).grade_id))
                break
    if singles:
        singles.sort(key=lambda one: (one.score, one.changes[0].code))
        return singles[:most]
    return _together(card, rating, changes, target)


def check(card: Card) -> None:
    """Refuse a scorecard that would score by chance.

    :raises RatingError: weights, steps or bands that contradict themselves
    """
    if not any(one.weight > 0 for one in card.factors):
        raise RatingError("scorecard_no_weight")
    seen = set()
    for one in card.factors:
        if one.code in seen:
            raise RatingError("scorecard_factor_twice", factor=one.code)
        seen.add(one.code)
        _check_steps(one)
    starts = [band.from_score for band in card.bands]
    if 0 not in starts or len(set(starts)) < len(starts):
        raise RatingError("scorecard_bands")


def _check_steps(one: CardFactor) -> None:
    """Better values never earn fewer points."""
    if not one.steps:
        raise RatingError("scorecard_no_steps", factor=one.code)
    low_is_good = FACTORS.get(one.code).low_is_good
    ordered = sorted(one.steps, key=lambda s: s.bound if low_is_good else -s.bound)
    for better, worse in zip(ordered, ordered[1:], strict=False):
        if better.bound == worse.bound or better.points < worse.points:
            raise RatingError("scorecard_steps_order", factor=one.code)
    if any(not 0 <= step.points <= 100 for step in ordered):
        raise RatingError("scorecard_points_range", factor=one.code)


def _score(card: Card, values: Sequence[int | None], points: Sequence[int]) -> int:
    """Average of the points by weight, in hundredths, halves up."""
    known = [
        (one.weight, earned)
        for one, value, earned in zip(card.factors, values, points, strict=True)
        if value is not None
    ]
    weight = sum(one for one, _earned in known)
    return (200 * sum(one * earned for one, earned in known) + weight) // (2 * weight)


def _lines(
    card: Card,
    values: Sequence[int | None],
    points: Sequence[int],
    score: int | None,
    known: int,
) -> tuple[PointLine, ...]:
    """Contributions by the largest remainder: their sum is the score, to the hundredth."""
    exact = [
        100 * one.weight * earned if score is not None and value is not None else 0
        for one, value, earned in zip(card.factors, values, points, strict=True)
    ]
    parts = [amount // known if known else 0 for amount in exact]
    left = (score or 0) - sum(parts)
    order = sorted(
        range(len(exact)), key=lambda i: (-(exact[i] % known) if known else 0, i)
    )
    for index in order[:left]:
        parts[index] += 1
    return tuple(
        PointLine(one.code, value, earned, one.weight, part)
        for one, value, earned, part in zip(
            card.factors, values, points, parts, strict=True
        )
    )


def _band(card: Card, score: int) -> Band:
    reached = [band for band in card.bands if band.from_score * 100 <= score]
    return max(reached, key=lambda band: band.from_score)


def _changes(card: Card, rating: Rating, index: int) -> list[Change]:
    """Better steps of one factor, the nearest first; none where nothing is known."""
    line, one = rating.lines[index], card.factors[index]
    if line.value is None or not one.weight:
        return []
    better = [step for step in one.steps if step.points > line.points]
    return [
        Change(one.code, line.value, step.bound, step.points)
        for step in sorted(better, key=lambda step: step.points)
    ]


def _score_with(card: Card, rating: Rating, changes: Sequence[Change]) -> int:
    reached = {change.code: change.points for change in changes}
    return _score(
        card,
        [line.value for line in rating.lines],
        [reached.get(line.code, line.points) for line in rating.lines],
    )


def _together(
    card: Card, rating: Rating, changes: list[list[Change]], target: Band
) -> list[Lift]:
    """The best step of one factor after the other, until the grade is reached."""
    weights = {one.code: one.weight for one in card.factors}
    earned = {line.code: line.points for line in rating.lines}
    best = [options[-1] for options in changes if options]
    best.sort(key=lambda c: (-weights[c.code] * (c.points - earned[c.code]), c.code))
    for count in range(2, len(best) + 1):
        chosen = tuple(best[:count])
        score = _score_with(card, rating, chosen)
        if score >= target.from_score * 100:
            return [Lift(chosen, score, _band(card, score).grade_id)]
    return []
