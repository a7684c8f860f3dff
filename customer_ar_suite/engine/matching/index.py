"""Candidates without comparing all pairs: by quoted number, by amount, by payer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice, product
from typing import NamedTuple

from ..ledger import OpenItem, Receipt
from .base import Found
from .combine import combine
from .quotes import number_keys, text_keys


class Candidate(NamedTuple):
    """A set of items a receipt may pay, in the order in which they would be paid."""

    items: tuple[OpenItem, ...]
    found: Found | None = None  #: not None: all of them, in full, or none


#: line id -> what is left of the item during the run
Remaining = Mapping[int, int]

#: candidates looked at per receipt; what lies beyond is only counted
MAX_CANDIDATES = 20
#: readings tried of a text that quotes a number several documents share
MAX_READINGS = 16


def by_age(item: OpenItem) -> tuple[object, ...]:
    """Oldest due first; the id makes the order total."""
    return item.due_date, item.date, item.line_id


class _Quoted(NamedTuple):
    """The items quoted at one place of a text, with the points of each."""

    items: list[OpenItem]
    points: dict[int, int]


class CandidateIndex:
    """The open items of one run, found by what a receipt says."""

    def __init__(self, items: Iterable[OpenItem]) -> None:
        self._by_number: dict[str, list[tuple[OpenItem, int]]] = defaultdict(list)
        self._by_amount: dict[tuple[int, int, int], list[OpenItem]] = defaultdict(list)
        self._by_payer: dict[tuple[int, int, int, int], list[OpenItem]] = defaultdict(
            list
        )
        self._by_customer: dict[tuple[int, int, int], list[OpenItem]] = defaultdict(
            list
        )
        for item in sorted(items, key=by_age):
            if item.residual > 0:
                self._add(item)
            if item.residual and item.partner_id:
                owner = (item.company_id, item.currency_id, item.partner_id)
                self._by_customer[owner].append(item)

    def _add(self, item: OpenItem) -> None:
        place = (item.company_id, item.currency_id, item.residual)
        for key, points in number_keys(item.number):
            self._by_number[key].append((item, points))
        self._by_amount[place].append(item)
        self._by_payer[(*place, item.partner_id)].append(item)

    def candidates(
        self, receipt: Receipt, keys: Iterable[str], remaining: Remaining
    ) -> list[Candidate]:
        """What ``receipt`` may pay, proposed by the parts of the index named in ``keys``.

        :param remaining: what is left of the items; used-up items are left out
        """
        found: dict[tuple[int, ...], Candidate] = {}
        for key in sorted(keys, key=_is_dear):
            if _is_dear(key) and _any_exact(found.values(), receipt, remaining):
                continue
            for proposed in _BLOCKS[key](self, receipt, remaining):
                items = tuple(i for i in proposed.items if remaining[i.line_id])
                if items:
                    ids = tuple(item.line_id for item in items)
                    found.setdefault(ids, Candidate(items, proposed.found))
                if len(found) >= MAX_CANDIDATES:
                    return list(found.values())
        return list(found.values())

    # -- by amount -------------------------------------------------------------------------

    def _with_amount(
        self, receipt: Receipt, _remaining: Remaining
    ) -> Iterator[Candidate]:
        """Items of exactly this amount: the payer's, else the only one there is."""
        place = (receipt.company_id, receipt.currency_id, receipt.amount)
        if receipt.partner_id:
            same = self._by_payer.get((*place, receipt.partner_id), [])
        else:
            same = self._by_amount.get(place, [])
            same = same if len(same) == 1 else []
        return (Candidate((item,)) for item in same)

    # -- by quoted number ------------------------------------------------------------------

    def _quoted(self, receipt: Receipt, _remaining: Remaining) -> Iterator[Candidate]:
        """All documents the text quotes; several readings when a number is not unique."""
        places = self._places(receipt)
        choices = [
            list(_by_document(places[place]))
            for place in sorted(places)
            if _longest(place, places)
        ]
        if not choices:
            return
        for reading in islice(product(*choices), MAX_READINGS):
            items = dict.fromkeys(item for document in reading for item in document)
            if len(items) > 1:
                exact = (i for i in items if i.residual == receipt.amount)
                yield from (Candidate((item,)) for item in exact)
            yield Candidate(tuple(items))

    def _places(self, receipt: Receipt) -> dict[tuple[int, int], _Quoted]:
        """For each place in the text the items quoted there."""
        places: dict[tuple[int, int], _Quoted] = {}
        owner = (receipt.company_id, receipt.currency_id)
        for key, spans in text_keys(receipt).items():
            for item, points in self._by_number.get(key, ()):
                if (item.company_id, item.currency_id) != owner:
                    continue
                for span in spans:
                    place = places.setdefault((span.start, span.end), _Quoted([], {}))
                    if item.line_id not in place.points:
                        place.items.append(item)
                    known = place.points.get(item.line_id, 0)
                    place.points[item.line_id] = max(points, known)
        return places

    # -- by sum ----------------------------------------------------------------------------

    def _combined(self, receipt: Receipt, remaining: Remaining) -> Iterator[Candidate]:
        """Items of the payer that together make the amount, in full."""
        owner = (receipt.company_id, receipt.currency_id, receipt.partner_id)
        known = self._by_customer.get(owner, []) if receipt.partner_id else []
        items = [item for item in known if remaining[item.line_id]]
        combined = combine([remaining[item.line_id] for item in items], receipt.amount)
        for selection in combined.found:
            is_oldest = selection == tuple(range(len(selection)))
            found = Found(combined, len(items), is_oldest)
            yield Candidate(tuple(items[place] for place in selection), found)


def _is_dear(key: str) -> bool:
    """Is this part of the index asked last, and only if need be?"""
    return key == "combination"


def _any_exact(
    candidates: Iterable[Candidate], receipt: Receipt, remaining: Remaining
) -> bool:
    """Does one of them make exactly the amount received?"""
    return any(
        sum(remaining[item.line_id] for item in candidate.items) == receipt.amount
        for candidate in candidates
    )


def _longest(place: tuple[int, int], places: Iterable[tuple[int, int]]) -> bool:
    """Is no other quotation wider and around this one?"""
    start, end = place
    return not any(s <= start and end <= e and (s, e) != place for s, e in places)


def _by_document(quoted: _Quoted) -> Iterable[list[OpenItem]]:
    """Items per document (its instalments together); complete quotations beat digits."""
    best = max(quoted.points.values())
    documents: dict[int, list[OpenItem]] = {}
    for item in sorted(quoted.items, key=by_age):
        if quoted.points[item.line_id] == best:
            documents.setdefault(item.move_id, []).append(item)
    return documents.values()


_BLOCKS: dict[
    str, Callable[[CandidateIndex, Receipt, Remaining], Iterator[Candidate]]
] = {
    "reference_token": CandidateIndex._quoted,
    "amount": CandidateIndex._with_amount,
    "combination": CandidateIndex._combined,
}
