"""What each row becomes: taken, asked about, or refused with its reason.

A customer is found by his tax id, else by his registry number, customer number or name; a
key that fits two customers fits none, and two keys that name different customers are a
contradiction that somebody looks at. Somebody's choice goes before all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from ..tabular.mapped import ERROR, WARNING
from ..text import compact, fold
from .rows import Scored

READY, UNKNOWN, DOUBLE, EXPIRED, FAILED = (
    "ready", "unknown", "double", "expired", "error"
)  # fmt: skip
#: keys in the order in which they are believed
KEYS = ("vat", "registry", "ref", "name")


class Customer(NamedTuple):
    """A customer of the books, as far as a file can name him."""

    id: int
    vat: str
    registry: str
    ref: str
    name: str


@dataclass(frozen=True)
class Books:
    """What there is already.

    :param chosen: what the file calls a customer -> who that is, as somebody said
    :param known: (customer, day, score) that this source has given already
    """

    customers: Sequence[Customer]
    chosen: Mapping[str, int] = field(default_factory=dict)
    known: AbstractSet[tuple[int, date, int]] = frozenset()


@dataclass(frozen=True)
class Planned:
    """One row and what becomes of it; ``matched_by`` names the key that found him."""

    scored: Scored
    status: str
    partner_id: int = 0
    matched_by: str = ""


def build(rows: Iterable[Scored], books: Books, as_of: date) -> list[Planned]:
    """The plan of a file, in its order: one entry per row, whatever is wrong with it."""
    finder = _Finder(books)
    seen: dict[tuple[int, date | None], Scored] = {}
    return [_plan(row, finder, books, seen, as_of) for row in rows]


def _plan(
    row: Scored,
    finder: _Finder,
    books: Books,
    seen: dict[tuple[int, date | None], Scored],
    as_of: date,
) -> Planned:
    if row.has_error:
        return Planned(row, FAILED)
    found, key, contradicts = finder.find(row)
    if contradicts:
        row = row.noted(WARNING, "score_customer_contradicts", key, row.customer)
        return Planned(row, UNKNOWN)
    if len(found) != 1:
        code = "score_customer_ambiguous" if found else "score_customer_unknown"
        return Planned(row.noted(WARNING, code, "name", row.customer), UNKNOWN)
    partner_id = found[0]
    if row.expires_on and row.expires_on < as_of:
        row = row.noted(WARNING, "score_expired", "expires_on", row.expires_on)
        return Planned(row, EXPIRED, partner_id, key)
    first = seen.get((partner_id, row.scored_on))
    if first is not None:
        row = row.noted(ERROR, "score_twice", "name", row.customer, first=first.row)
        return Planned(row, DOUBLE, partner_id, key)
    seen[partner_id, row.scored_on] = row
    if row.scored_on and (partner_id, row.scored_on, row.score or 0) in books.known:
        row = row.noted(ERROR, "score_known", "name", row.customer)
        return Planned(row, DOUBLE, partner_id, key)
    return Planned(row, READY, partner_id, key)


class _Finder:
    """Customers by each of their keys."""

    def __init__(self, books: Books) -> None:
        self.chosen = books.chosen
        self.by: dict[str, dict[str, set[int]]] = {
            key: defaultdict(set) for key in KEYS
        }
        for customer in books.customers:
            for key in KEYS:
                if text := _comparable(key, getattr(customer, key)):
                    self.by[key][text].add(customer.id)

    def find(self, row: Scored) -> tuple[list[int], str, bool]:
        """(customers the row may mean, by which key, whether keys contradict each other)."""
        if chosen := self.chosen.get(row.customer):
            return [chosen], "manual", False
        hits = [
            (key, found) for key in KEYS if (found := self._by(key, getattr(row, key)))
        ]
        if not hits:
            return [], "", False
        key, found = hits[0]
        numbers = [other for name, other in hits if name != "name"]
        contradicts = any(not other & found for other in numbers)
        return sorted(found), key, contradicts

    def _by(self, key: str, text: str) -> set[int]:
        return self.by[key].get(_comparable(key, text), set()) if text else set()


def _comparable(key: str, text: str) -> str:
    return fold(text) if key == "name" else compact(text)
