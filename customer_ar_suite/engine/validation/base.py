"""What a rule is, what it is asked about, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from ..registry import Registry

BLOCK, WARN = "block", "warn"
#: what a rule is about
CUSTOMER, CONTACT, BANK, INVOICE = "customer", "contact", "bank", "invoice"
#: whom it is about
ANYBODY, COMPANY, PERSON = "any", "company", "person"


@dataclass(frozen=True)
class Rule:
    """One row of the rules: a field, a condition with its parameters, and whom it binds.

    :param countries: ISO codes; empty: everywhere
    :param categories: ids, those below them included; empty: all customers
    """

    rule_id: int
    field: str
    condition: str
    severity: str = WARN
    subject: str = CUSTOMER
    party: str = ANYBODY
    countries: frozenset[str] = frozenset()
    categories: frozenset[int] = frozenset()
    pattern: str = ""
    low: Any = None
    high: Any = None
    allowed: frozenset[str] = frozenset()
    checksum: str = ""

    @property
    def blocks(self) -> bool:
        """May what breaks it not be stored?"""
        return self.severity == BLOCK


class Subject(NamedTuple):
    """One record or row that is judged: its values by field and what decides on scope."""

    values: Mapping[str, Any]
    country: str = ""
    is_company: bool = True
    categories: frozenset[int] = frozenset()


class Finding(NamedTuple):
    """A value that does not keep a rule: which, how severe, why."""

    rule_id: int
    field: str
    severity: str
    code: str
    params: Mapping[str, Any]

    @property
    def blocks(self) -> bool:
        """May the value not be stored?"""
        return self.severity == BLOCK


Fault = tuple[str, Mapping[str, Any]]


class Condition(Protocol):
    """What a value is asked: one file, one verb."""

    code: str
    label: str

    def fault(self, value: Any, rule: Rule, subject: Subject) -> Fault | None:
        """(code, parameters) of what is wrong with ``value``, or nothing."""
        ...


CONDITIONS: Registry[Condition] = Registry("condition of a rule")


def is_empty(value: Any) -> bool:
    """Is nothing entered? Zero and "no" are answers.

    >>> is_empty(""), is_empty("  "), is_empty(None), is_empty(0), is_empty(False)
    (True, True, True, False, False)
    """
    return value is None or (isinstance(value, str) and not value.strip())
