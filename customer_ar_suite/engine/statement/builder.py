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


def aged(items: Iterable[OpenItem], header: Header) -> Aged:
    """The age of open items, in the document currency they share.

    What stands on an account of advances is unapplied, also where it has been drawn on.
    """
    pairs, advances = [], 0
    for item in items:
        if item.is_advance:
            advances += item.residual
        else:
            pairs.append((item.due_date, item.residual))
    age = _buckets(header.bucket_limits).age(pairs, header.as_of)
    if not advances:
        return age
    return age._replace(unapplied=age.unapplied + advances)


@lru_cache
def _buckets(limits: tuple[int, ...]) -> BucketSet:
    return BucketSet(limits)


def gaps(figures: Figures) -> dict[int, int]:
    """By currency, how far opening + movements are from what is open; empty: they agree.

    A gap is a settlement across currencies or customers, or an error of the ledger.
    """
    found: dict[int, int] = defaultdict(int)
    for currency_id, amount in figures.opening.items():
        found[currency_id] += amount
    for movement in figures.movements:
        found[movement.currency_id] += movement.amount
    for item in figures.items:
        found[item.currency_id] -= item.residual
    return {currency_id: gap for currency_id, gap in found.items() if gap}


def sort_sections(sections: Iterable[Section]) -> tuple[Section, ...]:
    """Sections in the order of their ISO codes: the same customer, the same order."""
    return tuple(sorted(sections, key=lambda section: section.currency))
