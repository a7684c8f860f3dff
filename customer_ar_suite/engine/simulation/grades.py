"""Ratings once more: by their own scorecard as a proof, by a draft for comparison."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date as Date
from typing import NamedTuple

from ..rating.base import Inputs
from ..rating.scorecard import Card, Rating, rate


class Rated(NamedTuple):
    """A rating as it was stored; ``months``: over how many its turnover was counted."""

    key: int
    partner_id: int
    day: Date
    card_id: int
    inputs: Inputs
    rating: Rating
    months: int = 12
    drafted: Inputs | None = None  #: by the window of a draft, where it has another one


class Graded(NamedTuple):
    """A rating then and by the draft; scores in hundredths."""

    key: int
    partner_id: int
    day: Date
    score_then: int | None
    grade_then: int | None
    score_now: int | None
    grade_now: int | None
    is_exact: bool  #: its own scorecard gives again what was stored
    invoiced: int
    months: int


def grade_again(
    ratings: Iterable[Rated],
    cards: Mapping[int, Card],
    draft: Card | None = None,
    months: int = 0,
) -> list[Graded]:
    """Each rating by its own scorecard and by the draft, in the order of days.

    :param draft: None: the grades stay as they were
    :param months: window of the draft
    """
    found = []
    for one in sorted(ratings, key=lambda rated: (rated.day, rated.key)):
        again = rate(cards[one.card_id], one.inputs)
        inputs = one.drafted or one.inputs
        now = rate(draft, inputs) if draft else one.rating
        found.append(
            Graded(
                one.key,
                one.partner_id,
                one.day,
                one.rating.score,
                one.rating.grade_id,
                now.score,
                now.grade_id,
                again == one.rating,
                inputs.invoiced_amount or 0,
                months if one.drafted else one.months,
            )
        )
    return found


class Timeline:
    """Which rating counted on a day."""

    def __init__(self, graded: Iterable[Graded]) -> None:
        self._by_partner: dict[int, list[Graded]] = defaultdict(list)
        for one in graded:
            self._by_partner[one.partner_id].append(one)

    def on(self, partner_id: int, day: Date) -> Graded | None:
        """The last rating up to that day; None: there was none."""
        rows = self._by_partner.get(partner_id, [])
        place = bisect_right([row.day for row in rows], day)
        return rows[place - 1] if place else None
