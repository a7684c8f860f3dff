"""What every kind of statement shares: its input, its registry, its sections."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, Protocol, TypeVar

from ..aging import Aged, BucketSet
from ..ledger import Movement, OpenItem
from ..registry import Registry
from .matrix import Column, Header, Section, StatementMatrix


class Currency(NamedTuple):
    """ISO code and number of minor-unit digits."""

    code: str
    digits: int


@dataclass(frozen=True)
class Figures:
    """What the ledger knows of one customer on the closing day.

    :param items: open on the closing day
    :param movements: of the period; exchange entries are left out of every statement
    :param opening: balance before the period by currency id
    """

    items: Sequence[OpenItem]
    movements: Sequence[Movement] = ()
    opening: Mapping[int, int] = field(default_factory=dict)


class Builder(Protocol):
    """One kind of statement: which columns it has and how its sections come about."""

    code: str
    label: str
    columns: tuple[Column, ...]
    needs_period: bool  #: shows what happened between two days
    lists_items: (
        bool  #: shows open items one by one; else they are loaded without a name
    )

    def build(
        self, header: Header, figures: Figures, currencies: Mapping[int, Currency]
    ) -> StatementMatrix:
        """The matrix of one customer; raises BalanceError if the ledger disagrees."""
        ...


BUILDERS: Registry[Builder] = Registry("kind of statement")

R = TypeVar("R", OpenItem, Movement)


def by_currency(rows: Iterable[R]) -> dict[int, list[R]]:
    """Rows per currency id, in their order."""
    groups: dict[int, list[R]] = defaultdict(list)
    for row in rows:
        groups[row.currency_id].append(row)
    return groups


def aged(items: Sequence[OpenItem], header: Header) -> Aged:
    """The age of open items, in the document currency they share.

    What stands on an account of advances is unapplied, also where it has been drawn on.
    """
    pairs = [(item.due_date, item.residual) for item in items if not item.is_advance]
    age = _buckets(header.bucket_limits).age(pairs, header.as_of)
    if len(pairs) == len(items):
        return age
    advances = sum(item.residual for item in items if item.is_advance)
    return age._replace(unapplied=age.unapplied + advances)


@lru_cache
def _buckets(limits: tuple[int, ...]) -> BucketSet:
    return BucketSet(limits)


def sort_sections(sections: Sequence[Section]) -> tuple[Section, ...]:
    """Sections in the order of their ISO codes: the same customer, the same order."""
    if len(sections) <= 1:
        return tuple(sections)
    return tuple(sorted(sections, key=lambda section: section.currency))
