"""Activity statement: balance forward, what happened, closing balance and its age."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, groupby

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

    def key(m: Movement) -> tuple[object, ...]:
        return (m.date, m.move_id, m.kind)

    ordered = sorted(movements, key=lambda m: (m.date, m.move_id, m.kind, m.line_id))
    entries = []
    for _key, group in groupby(ordered, key=key):
        parts = list(group)
        entries.append(
            parts[0]._replace(
                amount=sum(part.amount for part in parts),
                due_date=min(part.due_date for part in parts),
            )
        )
    return entries


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
