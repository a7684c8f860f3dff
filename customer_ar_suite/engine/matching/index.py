"""Candidates without comparing all pairs: by quoted number, by amount, by payer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice, product
from typing import NamedTuple

from ..ledger import OpenItem, Receipt
from .quotes import number_keys, text_keys

#: a set of items a receipt may pay, in the order in which they would be paid
Candidate = tuple[OpenItem, ...]

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
        for item in sorted(items, key=by_age):
            if item.residual > 0:
                self._add(item)

    def _add(self, item: OpenItem) -> None:
        place = (item.company_id, item.currency_id, item.residual)
        for key, points in number_keys(item.number):
            self._by_number[key].append((item, points))
        self._by_amount[place].append(item)
        self._by_payer[(*place, item.partner_id)].append(item)

    def candidates(
        self, receipt: Receipt, keys: Iterable[str], remaining: Mapping[int, int]
    ) -> list[Candidate]:
        """What ``receipt`` may pay, proposed by the parts of the index named in ``keys``.

        :param remaining: line id -> what is left of the item; used-up items are left out
        """
        found: dict[tuple[int, ...], Candidate] = {}
        for key in keys:
            for proposed in _BLOCKS[key](self, receipt):
                candidate = tuple(i for i in proposed if remaining[i.line_id] > 0)
                if candidate:
                    found.setdefault(tuple(i.line_id for i in candidate), candidate)
                if len(found) >= MAX_CANDIDATES:
                    return list(found.values())
        return list(found.values())

    # -- by amount -------------------------------------------------------------------------

    def _with_amount(self, receipt: Receipt) -> Iterator[Candidate]:
        """Items of exactly this amount: the payer's, else the only one there is."""
        place = (receipt.company_id, receipt.currency_id, receipt.amount)
        if receipt.partner_id:
            same = self._by_payer.get((*place, receipt.partner_id), [])
        else:
            same = self._by_amount.get(place, [])
            same = same if len(same) == 1 else []
        return ((item,) for item in same)

    # -- by quoted number ------------------------------------------------------------------

    def _quoted(self, receipt: Receipt) -> Iterator[Candidate]:
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
                yield from ((i,) for i in items if i.residual == receipt.amount)
            yield tuple(items)

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


_BLOCKS: dict[str, Callable[[CandidateIndex, Receipt], Iterator[Candidate]]] = {
    "reference_token": CandidateIndex._quoted,
    "amount": CandidateIndex._with_amount,
}
