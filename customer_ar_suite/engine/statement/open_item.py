"""Open-item statement: what is unpaid on a day, item by item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

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


@BUILDERS.register
class OpenItemBuilder:
    """Every open item with what was invoiced, what was paid and what is left.

    Movements, where the layout asks for them, are items settled in the meantime: they are
    listed with a balance of zero so that the customer sees his payments arrive.
    """

    code = "open_item"
    label = "Open Items"
    needs_period = False
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
        open_ids = {item.line_id for item in figures.items}
        settled = by_currency(
            m
            for m in figures.movements
            if m.kind in ("invoice", "credit_note")
            and not m.is_exchange
            and m.line_id not in open_ids
        )
        items = by_currency(item for item in figures.items if item.residual)
        sections = (
            self._section(
                header, items.get(key, []), settled.get(key, []), currencies[key]
            )
            for key in {*items, *settled}
        )
        return StatementMatrix(header, self.columns, sort_sections(sections))

    def _section(
        self,
        header: Header,
        items: Sequence[OpenItem],
        settled: Iterable[Movement],
        currency: Currency,
    ) -> Section:
        rows: list[OpenItem | Movement] = [*items, *settled]
        rows.sort(key=lambda row: (row.date, row.number, row.line_id))
        age = aged(items, header)
        return Section(
            currency=currency.code,
            digits=currency.digits,
            rows=tuple(self._row(row, header.as_of) for row in rows),
            closing=sum(item.residual for item in items),
            aging=age.buckets,
            unapplied=age.unapplied,
            overdue=age.overdue,
        )

    def _row(self, item: OpenItem | Movement, as_of: date) -> Row:
        residual = item.residual if isinstance(item, OpenItem) else 0
        late = (as_of - item.due_date).days if residual else 0
        return Row(
            item.line_id,
            item.move_id,
            residual,
            self._cells(item, residual, late),
            late > 0 and residual > 0,
        )

    def _cells(
        self, item: OpenItem | Movement, residual: int, late: int
    ) -> tuple[Cell, ...]:
        return (
            item.date,
            item.number,
            item.reference,
            item.due_date,
            late if late > 0 and residual > 0 else None,
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
