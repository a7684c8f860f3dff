"""Activity statement: balance forward, what happened, closing balance and its age."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter

from ..ledger import Movement, OpenItem
from .builder import (
    BUILDERS,
    Currency,
    Figures,
    aged,
    by_currency,
    sort_sections,
)
from .matrix import Column, Header, Row, Section, StatementMatrix

_IN_ORDER = attrgetter("date", "move_id", "kind")


@BUILDERS.register
class ActivityBuilder:
    """Opening balance and movements must lead to what the open items add up to.

    The two come from different sources (entries and reconciliations); a section whose
    sources disagree cannot be made.
    """

    code = "activity"
    label = "Account Activity"
    needs_period = True
    lists_items = False
    columns: tuple[Column, ...] = (
        Column("date", "date"),
        Column("kind", "kind"),
        Column("number", "text"),
        Column("reference", "text"),
        Column("due_date", "date"),
        Column("charge", "amount"),
        Column("credit", "amount"),
        Column("balance", "amount"),
    )

    def build(
        self, header: Header, figures: Figures, currencies: Mapping[int, Currency]
    ) -> StatementMatrix:
        items = by_currency([item for item in figures.items if item.residual])
        entries = _entries(figures.movements)
        opening = {key: amount for key, amount in figures.opening.items() if amount}
        sections = [
            _section(
                header,
                opening.get(key, 0),
                entries.get(key, ()),
                items.get(key, ()),
                currencies[key],
            )
            for key in {*items, *entries, *opening}
        ]
        return StatementMatrix(header, self.columns, sort_sections(sections))


def _entries(movements: Iterable[Movement]) -> dict[int, list[Movement]]:
    """What a customer sees by currency id: the instalments of one document are one entry.

    Without exchange entries: they change our books, not what the customer owes. One that
    does change an amount in the document currency is kept; leaving it out would make the
    balance wrong.
    """
    found: dict[int, list[Movement]] = defaultdict(list)
    for movement in sorted([m for m in movements if m.amount], key=_IN_ORDER):
        entries = found[movement.currency_id]
        last = entries[-1] if entries else None
        if last and last.move_id == movement.move_id and _is_same(last, movement):
            entries[-1] = _together(last, movement)
        else:
            entries.append(movement)
    return found


def _is_same(one: Movement, other: Movement) -> bool:
    return (one.date, one.kind) == (other.date, other.kind)


def _together(one: Movement, other: Movement) -> Movement:
    """Both as one, due with the first."""
    first = one if one.line_id < other.line_id else other
    return first._replace(
        amount=one.amount + other.amount, due_date=min(one.due_date, other.due_date)
    )


def _section(
    header: Header,
    opening: int,
    entries: Sequence[Movement],
    items: Sequence[OpenItem],
    currency: Currency,
) -> Section:
    age = aged(items, header)
    return Section(
        currency=currency.code,
        digits=currency.digits,
        rows=_rows(entries, opening),
        closing=sum([item.residual for item in items]),
        aging=age.buckets,
        unapplied=age.unapplied,
        opening=opening,
        overdue=age.overdue,
    )


def _rows(entries: Iterable[Movement], balance: int) -> tuple[Row, ...]:
    """The entries with the balance after each."""
    rows = []
    for entry in entries:
        amount, kind = entry.amount, entry.kind
        balance += amount
        cells = (
            entry.date,
            kind,
            entry.number,
            entry.reference,
            entry.due_date if kind == "invoice" else None,
            amount if amount >= 0 else None,
            -amount if amount < 0 else None,
            balance,
        )
        rows.append(Row(entry.line_id, entry.move_id, amount, cells))
    return tuple(rows)
