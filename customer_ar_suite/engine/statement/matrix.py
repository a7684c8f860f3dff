"""The statement as figures: built once, checked, then printed by every renderer.

A :class:`StatementMatrix` cannot exist out of balance: each section proves opening +
movements = closing = Σ aging + unapplied when it is made, also when it is read back from
a snapshot.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from ..amount_words import in_words
from ..errors import BalanceError

VERSION = 1

Cell = date | str | int | None


class Column(NamedTuple):
    """What one column holds; labels and formats belong to the reader's language.

    ``kind`` is ``date``, ``text``, ``kind`` (kind of entry), ``days`` or ``amount``.
    """

    code: str
    kind: str


class Row(NamedTuple):
    """One printed line: what it adds to the balance, and its cells in column order."""

    line_id: int
    move_id: int
    value: int
    cells: tuple[Cell, ...]
    is_overdue: bool = False


class Party(NamedTuple):
    """Sender or receiver as printed: name, address lines, further lines, numbers."""

    name: str
    address: tuple[str, ...] = ()
    contact: tuple[str, ...] = ()
    tax_id: str = ""
    reference: str = ""


class BankAccount(NamedTuple):
    """Where the customer shall pay."""

    number: str
    bank: str = ""
    bic: str = ""
    currency: str = ""


class PayCode(NamedTuple):
    """A code to be scanned by the customer's banking app; what it says, not its picture."""

    symbology: str  #: as Odoo's barcode printer names it, mostly ``QR``
    value: str
    account: str  #: number of the account it pays to
    level: str = "L"  #: error correction
    mask: str = ""  #: picture laid over it, as in Switzerland


@dataclass(frozen=True)
class Header:
    """What is true for the whole statement."""

    layout: str  #: code of the builder
    company: Party
    customer: Party
    as_of: date
    language: str
    bucket_limits: tuple[int, ...]
    date_from: date | None = (
        None  #: first day of the period; ``None`` = a picture of a day
    )
    banks: tuple[BankAccount, ...] = ()
    intro: str = ""
    closing: str = ""
    tagline: str = ""  #: below the sender's name
    footer: str = ""  #: at the foot of every page; empty: name and contacts

    def addressed_to(self, customer: Party) -> Header:
        """The same for another customer: a thousand of them differ in nothing else."""
        header = object.__new__(Header)
        vars(header).update(vars(self), customer=customer)
        return header


@dataclass(frozen=True)
class Section:
    """The lines of one currency; amounts in its minor units."""

    currency: str
    digits: int
    rows: tuple[Row, ...]
    closing: int
    aging: tuple[int, ...]
    unapplied: int = 0  #: payments and credits not applied yet, never above zero
    opening: int = 0
    overdue: int = 0
    words: str = ""
    pay_code: PayCode | None = None
    #: what we owe the customer as our supplier, below zero; shown, not part of the balance
    payable: int = 0

    def __post_init__(self) -> None:
        aged = sum(self.aging) + self.unapplied
        if not self.opening + self.movements == self.closing == aged:
            raise BalanceError(
                "statement_out_of_balance",
                currency=self.currency,
                opening=self.opening,
                movements=self.movements,
                closing=self.closing,
                aging=aged,
            )

    @property
    def movements(self) -> int:
        """What the rows add up to."""
        return sum([row.value for row in self.rows])


@dataclass(frozen=True)
class StatementMatrix:
    """One statement of one customer: header, columns and one section per currency."""

    header: Header
    columns: tuple[Column, ...]
    sections: tuple[Section, ...]

    def with_words(self) -> StatementMatrix:
        """The same with each closing balance in words, in the customer's language."""
        sections = tuple(
            replace(
                s,
                words=in_words(s.closing, s.digits, s.currency, self.header.language),
            )
            for s in self.sections
        )
        return replace(self, sections=sections)

    def to_json(self) -> str:
        """Canonical text: the same matrix gives the same characters, hence the same hash."""
        return canonical(self.to_dict())

    @classmethod
    def from_json(cls, text: str) -> StatementMatrix:
        """Read a snapshot back; figures that do not balance are refused.

        :raises BalanceError: ``statement_snapshot_unknown`` for a later version
        """
        return cls.from_dict(json.loads(text))

    def to_dict(self) -> dict[str, Any]:
        """What a snapshot holds, for :func:`canonical`."""
        return {
            "version": VERSION,
            "header": _header_to_dict(self.header),
            "columns": self.columns,
            "sections": [_section_to_dict(section) for section in self.sections],
        }

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> StatementMatrix:
        """The matrix of a snapshot that was read."""
        if content["version"] != VERSION:
            raise BalanceError("statement_snapshot_unknown", version=content["version"])
        columns = tuple(Column(*column) for column in content["columns"])
        return cls(
            header=_header_from_dict(content["header"]),
            columns=columns,
            sections=tuple(
                _section_from_dict(section, columns) for section in content["sections"]
            ),
        )


def canonical(content: dict[str, Any]) -> str:
    """The one text of these values: no spaces, keys in order, days in ISO form."""
    return json.dumps(
        content,
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
        default=date.isoformat,
    )


def fingerprint(snapshot: str) -> str:
    """SHA-256 of a snapshot: shows whether it is still what was issued."""
    return hashlib.sha256(snapshot.encode()).hexdigest()


def _header_to_dict(header: Header) -> dict[str, Any]:
    return _without_empty(vars(header), "tagline", "footer")


def _header_from_dict(values: dict[str, Any]) -> Header:
    return Header(
        **{
            **values,
            "company": _party(values["company"]),
            "customer": _party(values["customer"]),
            "as_of": date.fromisoformat(values["as_of"]),
            "date_from": _date(values["date_from"]),
            "bucket_limits": tuple(values["bucket_limits"]),
            "banks": tuple(BankAccount(*bank) for bank in values["banks"]),
        }
    )


def _party(values: list[Any]) -> Party:
    name, address, contact, tax_id, reference = values
    return Party(name, tuple(address), tuple(contact), tax_id, reference)


def _section_to_dict(section: Section) -> dict[str, Any]:
    return _without_empty(vars(section), "pay_code", "payable")


def _without_empty(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Fields added after the first version are left out where there is nothing to say."""
    return {key: value for key, value in values.items() if value or key not in names}


def _section_from_dict(values: dict[str, Any], columns: Sequence[Column]) -> Section:
    rows = tuple(
        Row(line_id, move_id, value, _cells(cells, columns), is_overdue)
        for line_id, move_id, value, cells, is_overdue in values["rows"]
    )
    code = values.get("pay_code")
    return Section(
        **{
            **values,
            "rows": rows,
            "aging": tuple(values["aging"]),
            "pay_code": PayCode(*code) if code else None,
        }
    )


def _cells(cells: list[Any], columns: Sequence[Column]) -> tuple[Cell, ...]:
    return tuple(
        _date(cell) if column.kind == "date" else cell
        for cell, column in zip(cells, columns, strict=True)
    )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
