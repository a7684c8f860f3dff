"""Plug-ins by explicit registration: bank formats, matching rules, checks, factors.

A registry answers *how* something is done. *Whether* it is done, and with what weight, is
a row in the database: registries are per process, not per database.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

from .errors import UnknownCode


class Registered(Protocol):
    """What every plug-in has: a stable code and an English label."""

    code: str
    label: str


T = TypeVar("T", bound=Registered)


class Registry(Generic[T]):
    """Instances of one kind of plug-in by their code, in order of registration.

    >>> class Rule:
    ...     code: str
    ...     label: str
    >>> RULES: Registry[Rule] = Registry("matching rule")
    >>> @RULES.register
    ... class InvoiceNumber(Rule):
    ...     code = "invoice_number"
    ...     label = "Invoice number in the payment text"
    >>> RULES.selection()
    [('invoice_number', 'Invoice number in the payment text')]
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._items: dict[str, T] = {}

    def register(self, cls: type[T]) -> type[T]:
        """Class decorator: make one instance of ``cls`` known under its ``code``."""
        item = cls()
        if item.code in self._items:
            raise ValueError(f"{self.kind} {item.code!r} is registered twice")
        if not item.label:
            raise ValueError(f"{self.kind} {item.code!r} has no label")
        self._items[item.code] = item
        return cls

    def get(self, code: str) -> T:
        """The plug-in called ``code``; an unknown code is an error, never ignored."""
        try:
            return self._items[code]
        except KeyError:
            raise UnknownCode("unknown_code", kind=self.kind, value=code) from None

    def selection(self) -> list[tuple[str, str]]:
        """Pairs (code, label) for a selection field."""
        return [(item.code, item.label) for item in self._items.values()]

    def __iter__(self) -> Iterator[T]:
        return iter(self._items.values())

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, code: object) -> bool:
        return code in self._items
