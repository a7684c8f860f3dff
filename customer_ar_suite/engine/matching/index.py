"""Candidates without comparing all pairs: by quoted number, by amount, by payer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice, product
from typing import NamedTuple

from ..ledger import OpenItem, Receipt
from ..money import Tolerance
from .base import Advice, Found
from .combine import combine
from .quotes import number_keys, quotations, references, text_keys
from .words import Likeness, WordIndex


class Candidate(NamedTuple):
    """A set of items a receipt may pay, in the order in which they would be paid."""

    items: tuple[OpenItem, ...]
    found: Found | None = None  #: not None: all of them, in full, or none
    advice: Advice | None = None  #: the payer has named them
    amounts: tuple[int, ...] = ()  #: what the advice pays of each
    is_custom: bool = False  #: nothing but a custom speaks for it
    is_whole: bool = False  #: all items in full, as with ``found``
    likeness: Likeness | None = None  #: found by words, amount and date


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

    def __init__(
        self,
        items: Iterable[OpenItem],
        tolerances: Mapping[int, Tolerance] | None = None,
        advices: Iterable[Advice] = (),
    ) -> None:
        self._tolerances = tolerances or {}
        items = list(items)
        self._items = items
        self._words: WordIndex | None = None
        self._by_number: dict[str, list[tuple[OpenItem, int]]] = defaultdict(list)
        self._by_amount: dict[tuple[int, int, int], list[OpenItem]] = defaultdict(list)
        self._by_payer: dict[tuple[int, int, int, int], list[OpenItem]] = defaultdict(
            list
        )
        self._by_customer: dict[tuple[int, int, int], list[OpenItem]] = defaultdict(
            list
        )
        self._by_discounted: dict[tuple[int, int, int, int], list[OpenItem]] = (
            defaultdict(list)
        )
        self._credits: dict[str, list[tuple[OpenItem, int]]] = defaultdict(list)
        self._by_total: dict[tuple[int, int, int], list[Advice]] = defaultdict(list)
        for advice in advices:
            place = (advice.company_id, advice.currency_id, advice.total)
            self._by_total[place].append(advice)
        for item in sorted(items, key=by_age):
            if item.residual > 0:
                self._add(item)
            elif item.residual < 0:
                for key, points in number_keys(item.number):
                    self._credits[key].append((item, points))
            if item.residual and item.partner_id:
                owner = (item.company_id, item.currency_id, item.partner_id)
                self._by_customer[owner].append(item)

    def _add(self, item: OpenItem) -> None:
        place = (item.company_id, item.currency_id, item.residual)
        for key, points in number_keys(item.number):
            self._by_number[key].append((item, points))
        for reference in references(item):
            for key, points in number_keys(reference):
                self._by_number[key].append((item, points))
        self._by_amount[place].append(item)
        self._by_payer[(*place, item.partner_id)].append(item)
        if item.discount:
            less = item.residual - item.discount
            owner = (item.company_id, item.currency_id, less, item.partner_id)
            self._by_discounted[owner].append(item)

    def candidates(
        self, receipt: Receipt, keys: Iterable[str], remaining: Remaining
    ) -> list[Candidate]:
        """What ``receipt`` may pay, proposed by the parts of the index named in ``keys``.

        :param remaining: what is left of the items; used-up items are left out
        """
        found: dict[tuple[int, ...], Candidate] = {}
        for key in sorted(keys, key=_ORDER.index):
            if _is_dear(key) and _any_exact(found.values(), receipt, remaining):
                continue
            if key == "oldest" and found:
                continue
            for proposed in _BLOCKS[key](self, receipt, remaining):
                items = tuple(i for i in proposed.items if remaining[i.line_id])
                if items and (not proposed.advice or len(items) == len(proposed.items)):
                    ids = tuple(item.line_id for item in items)
                    if proposed.advice or ids not in found:
                        found[ids] = proposed._replace(items=items)
                    elif proposed.likeness:
                        found[ids] = found[ids]._replace(likeness=proposed.likeness)
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

    def _quoted(self, receipt: Receipt, remaining: Remaining) -> Iterator[Candidate]:
        """All documents the text quotes; several readings when a number is not unique."""
        places = self._places(receipt)
        choices = [
            list(_by_document(places[place]))
            for place in sorted(places)
            if _longest(place, places)
        ]
        if not choices:
            return
        for documents in choices:
            # one order, several invoices: all of them, if that is what was received
            together = tuple(item for document in documents for item in document)
            if len(documents) > 1 and _sum(together) == receipt.amount:
                yield Candidate(together)
        for reading in islice(product(*choices), MAX_READINGS):
            items = dict.fromkeys(item for document in reading for item in document)
            if len(items) > 1:
                exact = (i for i in items if i.residual == receipt.amount)
                yield from (Candidate((item,)) for item in exact)
            yield from self._less_credit(receipt, tuple(items), remaining)
            yield Candidate(tuple(items))

    def _less_credit(
        self, receipt: Receipt, items: tuple[OpenItem, ...], remaining: Remaining
    ) -> Iterator[Candidate]:
        """What is quoted, less a credit note of the same customer that makes it exact."""
        missing = receipt.amount - sum(remaining[item.line_id] for item in items)
        owners = {(i.company_id, i.currency_id, i.partner_id) for i in items}
        if missing >= 0 or len(owners) != 1:
            return
        for credit in self._by_customer.get(owners.pop(), []):
            if remaining[credit.line_id] == missing and credit not in items:
                yield Candidate((*items, credit), is_whole=True)

    def _places(
        self, receipt: Receipt, with_credits: bool = False
    ) -> dict[tuple[int, int], _Quoted]:
        """For each place in the text the items quoted there."""
        places: dict[tuple[int, int], _Quoted] = {}
        owner = (receipt.company_id, receipt.currency_id)
        for key, spans in text_keys(receipt).items():
            named = self._by_number.get(key, [])
            if with_credits:
                named = named + self._credits.get(key, [])
            for item, points in named:
                if (item.company_id, item.currency_id) != owner:
                    continue
                for span in spans:
                    place = places.setdefault((span.start, span.end), _Quoted([], {}))
                    if item.line_id not in place.points:
                        place.items.append(item)
                    known = place.points.get(item.line_id, 0)
                    place.points[item.line_id] = max(points, known)
        return places

    # -- by an amount that something is deducted from --------------------------------------

    def _discounted(
        self, receipt: Receipt, _remaining: Remaining
    ) -> Iterator[Candidate]:
        """Items of the payer that make the amount once their discount is taken off."""
        place = (receipt.company_id, receipt.currency_id, receipt.amount)
        same = self._by_discounted.get((*place, receipt.partner_id), [])
        return (Candidate((item,)) for item in same if receipt.partner_id)

    def _tolerated(self, receipt: Receipt, remaining: Remaining) -> Iterator[Candidate]:
        """Items of the payer that make nearly the amount."""
        tolerance = self._tolerances.get(receipt.currency_id)
        owner = (receipt.company_id, receipt.currency_id, receipt.partner_id)
        known = self._by_customer.get(owner, []) if receipt.partner_id else []
        for item in known if tolerance else ():
            left = remaining[item.line_id]
            if left > 0 and tolerance and tolerance.allows(left, receipt.amount):
                yield Candidate((item,))

    # -- by what the payer has sent --------------------------------------------------------

    def _advised(self, receipt: Receipt, remaining: Remaining) -> Iterator[Candidate]:
        """What remittance advices of that total name, if they name it completely."""
        place = (receipt.company_id, receipt.currency_id, receipt.amount)
        for advice in self._by_total.get(place, ()):
            is_quoted = advice.number and quotations(receipt, advice.number)
            if not is_quoted and receipt.partner_id != advice.partner_id:
                continue
            named = [self._named(line, receipt, remaining) for line in advice.lines]
            if named and all(named):
                items = tuple(item for item in named if item)
                if len({item.line_id for item in items}) == len(items):
                    amounts = tuple(amount for _text, amount in advice.lines)
                    yield Candidate(items, advice=advice, amounts=amounts)

    def _named(
        self, line: tuple[str, int], receipt: Receipt, remaining: Remaining
    ) -> OpenItem | None:
        """The one item a line of an advice names."""
        text, amount = line
        told = receipt._replace(text=text, amount=amount)
        found: dict[int, tuple[OpenItem, int]] = {}
        places = self._places(told, with_credits=True)
        for place, quoted in places.items():
            if _longest(place, places):
                for document in _by_document(quoted):
                    for item in document:
                        found[item.line_id] = (item, quoted.points[item.line_id])
        fit = [
            item
            for item, _points in found.values()
            if abs(amount) <= abs(remaining[item.line_id])
        ]
        exact = [item for item in fit if remaining[item.line_id] == amount]
        chosen = exact or fit
        return chosen[0] if len(chosen) == 1 else None

    # -- by likeness -----------------------------------------------------------------------

    def _alike(self, receipt: Receipt, remaining: Remaining) -> Iterator[Candidate]:
        """Items whose reference, amount and date are like those of the receipt."""
        if self._words is None:
            self._words = WordIndex(self._items)
        for item in self._words.nearest(receipt):
            if remaining[item.line_id]:
                yield Candidate((item,), likeness=self._words.likeness(receipt, item))

    # -- by custom -------------------------------------------------------------------------

    def _oldest(self, receipt: Receipt, remaining: Remaining) -> Iterator[Candidate]:
        """The payer's oldest invoices until the money is used up."""
        owner = (receipt.company_id, receipt.currency_id, receipt.partner_id)
        known = self._by_customer.get(owner, []) if receipt.partner_id else []
        left, items = receipt.amount, []
        for item in known:
            if left > 0 and remaining[item.line_id] > 0:
                items.append(item)
                left -= remaining[item.line_id]
        if items:
            yield Candidate(tuple(items), is_custom=True)

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
    return key in ("combination", "tolerance", "oldest")


def _sum(items: Iterable[OpenItem]) -> int:
    return sum(item.residual for item in items)


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
    "discount": CandidateIndex._discounted,
    "tolerance": CandidateIndex._tolerated,
    "remittance": CandidateIndex._advised,
    "oldest": CandidateIndex._oldest,
    "words": CandidateIndex._alike,
}
#: the parts of the index in the order in which they are asked
_ORDER = (
    "remittance",
    "reference_token",
    "amount",
    "discount",
    "words",
    "combination",
    "tolerance",
    "oldest",
)
