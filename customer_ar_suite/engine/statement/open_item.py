"""Open-item statement: what is unpaid on a day, item by item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
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
from .matrix import Cell, Column, Header, Row, Section, StatementMatrix

_IN_ORDER = attrgetter("date", "number", "line_id")


def _settled(figures: Figures) -> list[Movement]:
    """Documents of the period that are no longer open."""
    open_ids = {item.line_id for item in figures.items}
    return [
        movement
        for movement in figures.movements
        if movement.kind in ("invoice", "credit_note")
        and not movement.is_exchange
        and movement.line_id not in open_ids
    ]


@BUILDERS.register
class OpenItemBuilder:
    """Every open item with what was invoiced, what was paid and what is left.

    Movements, where the layout asks for them, are items settled in the meantime: they are
    listed with a balance of zero so that the customer sees his payments arrive.
    """

    code = "open_item"
    label = "Open Items"
    needs_period = False
    lists_items = True
    columns: tuple[Column, ...] = (
        Column("date", "date"),
        Column("number", "text"),
        Column("reference", "text"),
        Column("due_date", "date"),
        Column("days_overdue", "days"),
        Column("amount", "amount"),
        Column("paid", "amount"),
        Column("balance", "amount"),
    )

    def build(
        self, header: Header, figures: Figures, currencies: Mapping[int, Currency]
    ) -> StatementMatrix:
        items = by_currency([item for item in figures.items if item.residual])
        settled = by_currency(_settled(figures)) if figures.movements else {}
        sections = [
            self._section(
                header, items.get(key, []), settled.get(key, []), currencies[key]
            )
            for key in {*items, *settled}
        ]
        return StatementMatrix(header, self.columns, sort_sections(sections))

    def _section(
        self,
        header: Header,
        items: Sequence[OpenItem],
        settled: Iterable[Movement],
        currency: Currency,
    ) -> Section:
        rows: list[OpenItem | Movement] = [*items, *settled]
        if len(rows) > 1:
            rows.sort(key=_IN_ORDER)
        age = aged(items, header)
        return Section(
            currency=currency.code,
            digits=currency.digits,
            rows=tuple([self._row(row, header.as_of) for row in rows]),
            closing=sum([item.residual for item in items]),
            aging=age.buckets,
            unapplied=age.unapplied,
            overdue=age.overdue,
        )

    def _row(self, item: OpenItem | Movement, as_of: date) -> Row:
        residual = item.residual if isinstance(item, OpenItem) else 0
        late = (as_of - item.due_date).days if residual > 0 else 0
        cells = self._cells(item, residual, late)
        return Row(item.line_id, item.move_id, residual, cells, late > 0)

    def _cells(
        self, item: OpenItem | Movement, residual: int, late: int
    ) -> tuple[Cell, ...]:
        return (
            item.date,
            item.number,
            item.reference,
            item.due_date,
            late if late > 0 else None,
            item.amount,
            item.amount - residual or None,
            residual,
        )


@BUILDERS.register
class CompactBuilder(OpenItemBuilder):
    """The same on few columns, for customers with very many small items."""

    code = "compact"
    label = "Open Items, Compact"
    columns: tuple[Column, ...] = (
        Column("number", "text"),
        Column("date", "date"),
        Column("due_date", "date"),
        Column("balance", "amount"),
    )

    def _cells(
        self, item: OpenItem | Movement, residual: int, late: int
    ) -> tuple[Cell, ...]:
        return (item.number, item.date, item.due_date, residual)
