"""How history would have gone on: what the draft holds happens later, or not at all.

A document that would have passed n days later is owed n days later: on each day as much is
left of it as was left n days before, and until it passes it weighs nothing, neither as an
invoice nor as a draft. What would have passed sooner is owed and paid sooner.

>>> items = [PastItem(3, 11, 1, Date(2026, 1, 5), Date(2026, 2, 4), 500)]
>>> books = Books(items, [Applied(11, Date(2026, 2, 1), 200)], {7: 1})
>>> books.left(7, Date(2026, 2, 1))
[(datetime.date(2026, 2, 4), 300)]
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date as Date
from datetime import timedelta
from typing import NamedTuple

from ..credit_hold import HoldRule, Standing, hits
from .past import Applied, PastItem
from .record import Recorded
from .replay import Draft, Outcome, decide, drafted, is_exact, rules_of

#: what is owed: due date and amount
Owed = tuple[Date, int]


class Books:
    """What was left of documents on a day."""

    def __init__(
        self,
        items: Iterable[PastItem],
        applied: Iterable[Applied],
        moves: Mapping[int, int],
    ) -> None:
        """Sort items by entry and customer; ``moves``: document -> its entry."""
        self._moves = moves
        self._by_move: dict[int, list[PastItem]] = defaultdict(list)
        self._by_partner: dict[int, list[PastItem]] = defaultdict(list)
        for item in items:
            if item.amount > 0:
                self._by_move[item.move_id].append(item)
                self._by_partner[item.partner_id].append(item)
        self._taken: dict[int, list[Applied]] = defaultdict(list)
        for one in applied:
            self._taken[one.line_id].append(one)

    def knows(self, document: int) -> bool:
        """Is it in the books? What was never posted is not."""
        return bool(self._by_move.get(self._moves.get(document, 0)))

    def left(self, document: int, day: Date) -> list[Owed]:
        """What was owed of it at the end of a day."""
        items = self._by_move.get(self._moves.get(document, 0), ())
        return self._open(items, day)

    def oldest_due(
        self, partner_id: int, day: Date, without: Iterable[int]
    ) -> Date | None:
        """Of what a customer owed that day beside these documents."""
        gone = {self._moves.get(document) for document in without}
        items = (
            item
            for item in self._by_partner.get(partner_id, ())
            if item.day <= day and item.move_id not in gone
        )
        return min((due for due, _amount in self._open(items, day)), default=None)

    def _open(self, items: Iterable[PastItem], day: Date) -> list[Owed]:
        found = []
        for item in items:
            taken = sum(
                one.amount for one in self._taken[item.line_id] if one.day <= day
            )
            if item.amount > taken:
                found.append((item.due, item.amount - taken))
        return found


@dataclass
class _Paper:
    """A document on its way: when it passed then, and when it would have."""

    document: int
    amount: int
    first: int  #: place of its first look
    passed_then: tuple[int, Date] | None = None  #: place and day
    passed_now: Date | None = None
    held_now: Date | None = None  #: the first day on which the draft holds it
    waits: bool = False  #: it passed then, and the draft holds it

    @property
    def shift(self) -> int:
        """So many days later than then."""
        assert self.passed_now and self.passed_then
        return (self.passed_now - self.passed_then[1]).days


class Course(NamedTuple):
    """The looks as they would have gone.

    ``held``: days each document would have been held, None: to the end of the period; None
    for all: history went on as it did.
    """

    outcomes: list[Outcome]
    held: dict[int, int | None] | None


def course(looks: Iterable[Recorded], draft: Draft, books: Books) -> Course:
    """Replay looks one after the other, each with what became of those before it."""
    by_partner: dict[int, list[Recorded]] = defaultdict(list)
    for one in looks:
        by_partner[one.partner_id].append(one)
    outcomes: list[Outcome] = []
    held: dict[int, int | None] = {}
    for own in by_partner.values():
        walk = _Walk(own, draft, books)
        outcomes += walk.outcomes()
        held |= walk.held()
    return Course(outcomes, held)


class _Walk:
    """The looks at one customer's documents, from the first to the last."""

    def __init__(self, looks: Iterable[Recorded], draft: Draft, books: Books) -> None:
        self.looks = sorted(looks, key=lambda one: (one.day, one.key))
        self.draft, self.books = draft, books
        self.papers: dict[int, _Paper] = {}
        for place, one in enumerate(self.looks):
            paper = self.papers.setdefault(
                one.document, _Paper(one.document, one.amount, place)
            )
            if one.has_passed and not paper.passed_then:
                paper.passed_then = place, one.day

    def outcomes(self) -> list[Outcome]:
        """Take each step, in order."""
        return [self._step(place, one) for place, one in enumerate(self.looks)]

    def held(self) -> dict[int, int | None]:
        """Days of each document that was held on the way."""
        return {
            paper.document: (paper.passed_now - paper.held_now).days
            if paper.passed_now
            else None
            for paper in self.papers.values()
            if paper.held_now
        }

    def _step(self, place: int, one: Recorded) -> Outcome:
        rules = rules_of(one, self.draft)
        standing = self._standing(place, one)
        for waiting in self._waiting(one):
            if self._is_free(waiting, standing, rules, one.day):
                waiting.passed_now = one.day
                standing = self._standing(place, one)
        own = self.papers[one.document]
        if own.passed_now:  # nobody looks at what has passed
            return Outcome(one, standing, (), "free", is_exact(one))
        found, what = decide(one, standing, rules)
        if what in ("free", "warn") or (one.has_passed and what == "released"):
            own.passed_now = one.day
        if what not in ("free", "warn"):
            own.held_now = own.held_now or one.day
            own.waits = one.has_passed and what != "released"
        return Outcome(one, standing, found, what, is_exact(one))

    def _waiting(self, one: Recorded) -> list[_Paper]:
        return [
            paper
            for paper in self.papers.values()
            if paper.waits
            and not paper.passed_now
            and paper.document != one.document
            and paper.held_now
            and paper.held_now < one.day
        ]

    def _is_free(
        self, paper: _Paper, standing: Standing, rules: Sequence[HoldRule], day: Date
    ) -> bool:
        """Would nothing hold it at this look? An order is in the exposure as it is."""
        amount = paper.amount if self.books.knows(paper.document) else 0
        return all(hit.action == "warn" for hit in hits(standing, rules, amount, day))

    # -- where the customer would have stood ----------------------------------------------

    def _standing(self, place: int, one: Recorded) -> Standing:
        """The standing of that look with the other documents as they would have gone."""
        standing = drafted(one, self.draft)
        moved = [paper for paper in self._others(one) if self._has_moved(paper, place)]
        if not moved:
            return standing
        then = [row for paper in moved for row in self._then(paper, place, one.day)]
        now = [row for paper in moved for row in self._now(paper, one.day)]
        drafts = sum(paper.amount for paper in moved if _was_draft(paper, place))
        drafts = min(
            drafts, standing.drafts
        )  # entered anew later: it was not there yet
        added = _sum(now) - _sum(then) - drafts
        family = standing.family_allowed is not None
        return standing._replace(
            exposure=standing.exposure + added,
            drafts=standing.drafts - drafts,
            family_exposure=standing.family_exposure + (added if family else 0),
            family_drafts=standing.family_drafts - (drafts if family else 0),
            overdue=standing.overdue + _late(now, one.day) - _late(then, one.day),
            oldest_due=self._oldest(standing.oldest_due, then, now, moved, one),
        )

    def _others(self, one: Recorded) -> Iterator[_Paper]:
        for paper in self.papers.values():
            if paper.document != one.document and self.books.knows(paper.document):
                yield paper

    def _has_moved(self, paper: _Paper, place: int) -> bool:
        """Has it by this look become something else than it became then?"""
        if not paper.passed_then or place <= paper.first:
            return False
        return bool(paper.shift) if paper.passed_now else paper.waits

    def _then(self, paper: _Paper, place: int, day: Date) -> list[Owed]:
        return [] if _was_draft(paper, place) else self.books.left(paper.document, day)

    def _now(self, paper: _Paper, day: Date) -> Iterator[Owed]:
        if paper.passed_now:
            later = timedelta(days=paper.shift)
            for due, amount in self.books.left(paper.document, day - later):
                yield due + later, amount

    def _oldest(
        self,
        known: Date | None,
        then: Sequence[Owed],
        now: Sequence[Owed],
        moved: Sequence[_Paper],
        one: Recorded,
    ) -> Date | None:
        rest = known
        if known in {due for due, _amount in then}:
            gone = [one.document, *(paper.document for paper in moved)]
            rest = self.books.oldest_due(one.partner_id, one.day, gone)
        dues = [due for due, _amount in now] + ([rest] if rest else [])
        return min(dues, default=None)


def _was_draft(paper: _Paper, place: int) -> bool:
    """Was it held at that look, as a draft that passed later?"""
    return paper.passed_then is not None and place < paper.passed_then[0]


def _sum(rows: Iterable[Owed]) -> int:
    return sum(amount for _due, amount in rows)


def _late(rows: Iterable[Owed], day: Date) -> int:
    return sum(amount for due, amount in rows if due < day)
