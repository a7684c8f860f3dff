"""Activity statement: balance forward, what happened, closing balance and its age."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import accumulate
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
        items = by_currency(item for item in figures.items if item.residual)
        movements = by_currency(_visible(figures.movements))
        opening = {key: amount for key, amount in figures.opening.items() if amount}
        sections = (
            self._section(
                header,
                opening.get(key, 0),
                movements.get(key, []),
                items.get(key, []),
                currencies[key],
            )
            for key in {*items, *movements, *opening}
        )
        return StatementMatrix(header, self.columns, sort_sections(sections))

    def _section(
        self,
        header: Header,
        opening: int,
        movements: Iterable[Movement],
        items: Sequence[OpenItem],
        currency: Currency,
    ) -> Section:
        entries = _by_entry(movements)
        balances = accumulate((e.amount for e in entries), initial=opening)
        next(balances)
        age = aged(items, header)
        return Section(
            currency=currency.code,
            digits=currency.digits,
            rows=tuple(map(_row, entries, balances)),
            closing=sum(item.residual for item in items),
            aging=age.buckets,
            unapplied=age.unapplied,
            opening=opening,
            overdue=age.overdue,
        )


def _visible(movements: Iterable[Movement]) -> Iterable[Movement]:
    """Without exchange entries: they change our books, not what the customer owes.

    One that does change an amount in the document currency is kept; leaving it out would
    make the balance wrong.
    """
    return (m for m in movements if m.amount)


def _by_entry(movements: Iterable[Movement]) -> list[Movement]:
    """The instalments of one document are one movement, due with the first."""
    entries: dict[tuple[date, int, str], Movement] = {}
    for movement in movements:
        key = (movement.date, movement.move_id, movement.kind)
        known = entries.get(key)
        entries[key] = _together(known, movement) if known else movement
    return sorted(entries.values(), key=_IN_ORDER)


def _together(one: Movement, other: Movement) -> Movement:
    first = one if one.line_id < other.line_id else other
    return first._replace(
        amount=one.amount + other.amount, due_date=min(one.due_date, other.due_date)
    )


def _row(entry: Movement, balance: int) -> Row:
    is_charge = entry.amount >= 0
    return Row(
        entry.line_id,
        entry.move_id,
        entry.amount,
        (
            entry.date,
            entry.kind,
            entry.number,
            entry.reference,
            entry.due_date if entry.kind == "invoice" else None,
            entry.amount if is_charge else None,
            None if is_charge else -entry.amount,
            balance,
        ),
    )
