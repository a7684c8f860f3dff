"""What each open item becomes: booked, asked about, or refused; and what all of it adds up to.

A customer is found by his code, else by his tax id, else by his name; a key that fits two
customers fits none. The same customer and number is never booked twice, neither within the
file nor beside what is in the books; instalments of one invoice (other due date) are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import NamedTuple

from ..tabular.mapped import ERROR, WARNING
from ..text import compact, fold
from .fields import INVOICE
from .rows import Item

READY, UNKNOWN, DOUBLE, FAILED, NOTHING = (
    "ready", "unknown", "double", "error", "nothing"
)  # fmt: skip


class Customer(NamedTuple):
    """A customer of the books, as far as a file can name him."""

    id: int
    ref: str
    vat: str
    name: str


@dataclass(frozen=True)
class Books:
    """What there is already.

    :param chosen: what the file calls a customer -> who that is, as somebody said
    :param booked: (customer, number in comparable form) of documents and opening items
    """

    customers: Sequence[Customer]
    chosen: Mapping[str, int] = field(default_factory=dict)
    booked: AbstractSet[tuple[int, str]] = frozenset()


@dataclass(frozen=True)
class Planned:
    """One row and what becomes of it."""

    item: Item
    status: str
    partner_id: int = 0


class Total(NamedTuple):
    """What is ready of one currency: a control total."""

    currency: str
    item_count: int
    amount: int
    company_amount: int


def number_key(number: str) -> str:
    """A document number in comparable form.

    >>> number_key(" inv-2026 / 17 ") == number_key("INV2026/17")
    True
    """
    return compact(number)


def build(items: Iterable[Item], books: Books) -> list[Planned]:
    """The plan of a file, in its order; rows that only add up others are left out."""
    finder = _Finder(books)
    seen: dict[tuple[int | str, str], list[Item]] = defaultdict(list)
    return [_plan(item, finder, books, seen) for item in items if not item.is_total]


def totals(planned: Iterable[Planned]) -> list[Total]:
    """Sums of what is ready, by currency."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in planned:
        if one.status == READY:
            figures = (1, one.item.amount, one.item.company_amount)
            for place, figure in enumerate(figures):
                sums[one.item.currency][place] += figure
    return [Total(currency, *figures) for currency, figures in sorted(sums.items())]


def _plan(
    item: Item,
    finder: _Finder,
    books: Books,
    seen: dict[tuple[int | str, str], list[Item]],
) -> Planned:
    if item.has_error:
        return Planned(item, FAILED)
    if not item.amount and not item.company_amount:
        return Planned(item.noted(WARNING, "opening_nothing", "amount"), NOTHING)
    found = finder.find(item)
    partner_id = found[0] if len(found) == 1 else 0
    if item.number:
        key = number_key(item.number)
        if (partner_id, key) in books.booked:
            noted = item.noted(ERROR, "opening_booked", "number", item.number)
            return Planned(noted, DOUBLE, partner_id)
        others = seen[partner_id or fold(item.customer), key]
        if others:
            fits = all(_is_instalment(other, item) for other in others)
            severity, code = (
                (WARNING, "opening_instalment") if fits else (ERROR, "opening_twice")
            )
            item = item.noted(
                severity, code, "number", item.number, first=others[0].row
            )
            if not fits:
                return Planned(item, DOUBLE, partner_id)
        others.append(item)
    if not partner_id:
        code = "opening_customer_ambiguous" if found else "opening_customer_unknown"
        return Planned(
            item.noted(WARNING, code, finder.column(item), item.customer), UNKNOWN
        )
    return Planned(item, READY, partner_id)


def _is_instalment(first: Item, item: Item) -> bool:
    """The same invoice, due on another day."""
    return (
        first.kind == item.kind == INVOICE
        and first.invoice_date == item.invoice_date
        and first.currency == item.currency
        and first.due_date != item.due_date
    )


class _Finder:
    """Customers by each of their keys."""

    def __init__(self, books: Books) -> None:
        self.chosen = books.chosen
        self.by: dict[str, dict[str, set[int]]] = {
            kind: defaultdict(set)
            for kind in ("customer_ref", "customer_vat", "customer_name")
        }
        for customer in books.customers:
            for kind, key in (
                ("customer_ref", compact(customer.ref)),
                ("customer_vat", compact(customer.vat)),
                ("customer_name", fold(customer.name)),
            ):
                if key:
                    self.by[kind][key].add(customer.id)

    def find(self, item: Item) -> list[int]:
        """The customers the row may mean, by the strongest key that says something."""
        if chosen := self.chosen.get(item.customer):
            return [chosen]
        for kind, key in (
            ("customer_ref", compact(item.customer_ref)),
            ("customer_vat", compact(item.customer_vat)),
            ("customer_name", fold(item.customer_name)),
        ):
            found = self.by[kind].get(key, set()) if key else set()
            if found:
                return sorted(found)
        return []

    def column(self, item: Item) -> str:
        """The column that names the customer."""
        if item.customer_ref:
            return "customer_ref"
        return "customer_vat" if item.customer_vat else "customer_name"
