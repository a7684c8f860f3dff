"""What each row would do: create, update with old and new values, nothing, or ask.

How a row finds its customer, in this order; the first key that says something decides:

1. the customer code, 2. the tax id (or the registry number), 3. the e-mail address,
4. the name. A weaker key never joins what a stronger one tells apart: a row with code A is
not the customer with code B, whatever their names. When one key fits several customers, two
keys fit two different ones, or the tax id is that of a customer with another code, the row is
a conflict and somebody has to choose.
An empty cell never erases anything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..tabular.phones import read_phone
from ..text import compact, compact_all, fold, fold_all
from .blocks import entry_key
from .fields import ADDRESSES, GROUP_OF, GROUPS, base, numbered
from .rows import ERROR, CustomerRow, Finding, Value

Entry = Mapping[str, Value]
#: kind of a key -> the fields it may stand in, strongest first
KEY_FIELDS = {
    "ref": ("ref",),
    "vat": ("vat", "company_registry"),
    "email": ("email",),
    "name": ("name",),
}
_COMPARABLE: Mapping[str, Callable[[str], str]] = {
    "ref": compact,
    "vat": compact,
    "company_registry": compact,
    "email": str.casefold,
    "name": fold,
}
#: the same for the values of very many customers
_ALL_COMPARABLE: Mapping[str, Callable[[Sequence[str]], list[str]]] = {
    "ref": compact_all,
    "vat": compact_all,
    "company_registry": compact_all,
    "email": lambda values: list(map(str.casefold, values)),
    "name": fold_all,
}
CREATE, UPDATE, SAME, CONFLICT, FAILED = "create", "update", "same", "conflict", "error"


@dataclass(frozen=True, slots=True)
class Existing:
    """A customer of the database as far as a file can change it.

    ``values`` has only fields that are set. ``beside`` has the contact persons, accounts and
    addresses by group.
    """

    id: int
    values: Mapping[str, Value]
    beside: Mapping[str, Sequence[Entry]] = field(default_factory=dict)
    archived: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a customer that the row would change."""

    field: str
    old: Value
    new: Value


@dataclass(frozen=True, slots=True)
class RowPlan:
    """What one row would do."""

    row: CustomerRow
    status: str
    partner_id: int = 0
    matched_by: str = ""
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class ImportPlan:
    """What the file would do, row by row in the order of the file."""

    rows: tuple[RowPlan, ...]

    def count(self, status: str) -> int:
        """How many rows have this status."""
        return sum(1 for row in self.rows if row.status == status)


def keys_of(values: Mapping[str, Value]) -> dict[str, set[str]]:
    """The keys of a row or a customer by kind, in comparable form, strongest first."""
    return {
        kind: {key for field in fields if (key := key_of(field, values.get(field)))}
        for kind, fields in KEY_FIELDS.items()
    }


def key_of(field: str, value: Value | None) -> str:
    """A value in the form in which customers are found by it; empty: by nothing."""
    return _COMPARABLE[field](str(value)) if value else ""


class KeyIndex:
    """Very many customers by one kind of key, entered a field at a time."""

    def __init__(self) -> None:
        """Nobody is known yet."""
        self._one: list[dict[str, int]] = []
        self._more: list[dict[str, list[int]]] = []

    def add(self, field: str, ids: Sequence[int], values: Iterable[str | None]) -> None:
        """Enter what these customers have in a field."""
        keys = _ALL_COMPARABLE[field]([value or "" for value in values])
        one = dict(zip(keys, ids, strict=True))
        more: dict[str, list[int]] = {}
        one.pop("", None)
        if len(one) < sum(map(bool, keys)):
            for key, id_ in zip(keys, ids, strict=True):
                if key and one[key] != id_:
                    more.setdefault(key, []).append(id_)
        self._one.append(one)
        self._more.append(more)

    def ids(self, key: str) -> Iterator[int]:
        """The customers that have this key in any of the fields."""
        for one, more in zip(self._one, self._more, strict=True):
            if key in one:
                yield one[key]
                yield from more.get(key, ())


def build(rows: Sequence[CustomerRow], existing: Iterable[Existing]) -> ImportPlan:
    """Compare the rows with the customers there are."""
    matcher = _Matcher(existing)
    return ImportPlan(tuple(_plan_row(row, matcher) for row in rows))


def _plan_row(row: CustomerRow, matcher: _Matcher) -> RowPlan:
    if any(finding.severity == ERROR for finding in row.findings):
        return RowPlan(row, FAILED)
    found, matched_by = matcher.find(row)
    if len(found) > 1:
        ids = ", ".join(str(customer.id) for customer in found[:5])
        return _conflict(row, matched_by, "matches_several", found[0].id, ids=ids)
    if any(finding.code == "twice_in_file" for finding in row.findings):
        return RowPlan(row, CONFLICT, found[0].id if found else 0, matched_by)
    if not found:
        return _plan_create(row)
    customer = found[0]
    if matched_by == "vat" and matcher.apart(row, customer):
        return _conflict(row, "vat", "tax_id_taken", customer.id)
    if customer.archived:
        return _conflict(row, matched_by, "matches_archived", customer.id)
    changes = changes_of(row, customer)
    return RowPlan(row, UPDATE if changes else SAME, customer.id, matched_by, changes)


def _plan_create(row: CustomerRow) -> RowPlan:
    if not row.text("name"):
        missing = row.finding(ERROR, "value_missing", "name", "")
        return RowPlan(row.with_findings([missing]), FAILED)
    changes = tuple(Change(code, "", value) for code, value in row.values.items())
    return RowPlan(row, CREATE, changes=changes)


def _conflict(
    row: CustomerRow, matched_by: str, code: str, partner_id: int, **params: str
) -> RowPlan:
    finding: Finding = row.finding("warning", code, matched_by, **params)
    return RowPlan(row.with_findings([finding]), CONFLICT, partner_id, matched_by)


class _Matcher:
    """Customers by each of their keys."""

    def __init__(self, existing: Iterable[Existing]) -> None:
        self.keys: dict[int, dict[str, set[str]]] = {}
        self.index: dict[str, dict[str, list[Existing]]] = {
            kind: defaultdict(list) for kind in ("ref", "vat", "email", "name")
        }
        for customer in existing:
            self.keys[customer.id] = keys_of(customer.values)
            for kind, keys in self.keys[customer.id].items():
                for key in keys:
                    self.index[kind][key].append(customer)

    def find(self, row: CustomerRow) -> tuple[list[Existing], str]:
        """The customers the row may mean, and the key that says so."""
        if not self.keys:
            return [], ""
        keys = keys_of(row.values)
        strong: dict[int, Existing] = {}
        decided_by = ""
        for kind in ("ref", "vat"):
            found = self._by(kind, keys)
            if found and not decided_by:
                decided_by = kind
            strong.update((customer.id, customer) for customer in found)
        if strong:
            return list(strong.values()), decided_by
        for kind in ("email", "name"):
            found = [
                customer
                for customer in self._by(kind, keys)
                if not self._apart(keys, customer.id, ("ref", "vat"))
            ]
            if kind == "email" and len(found) > 1:
                # several customers share a mailbox: the name tells which
                found = [c for c in found if keys["name"] & self.keys[c.id]["name"]]
            if found:
                return found, kind
        return [], ""

    def apart(self, row: CustomerRow, customer: Existing) -> bool:
        """Does the row give the customer another code than it has?"""
        return self._apart(keys_of(row.values), customer.id, ("ref",))

    def _by(self, kind: str, keys: Mapping[str, set[str]]) -> list[Existing]:
        found = {c.id: c for key in keys[kind] for c in self.index[kind].get(key, ())}
        return list(found.values())

    def _apart(
        self, keys: Mapping[str, set[str]], customer_id: int, kinds: Iterable[str]
    ) -> bool:
        """Do both have a key of one of these kinds, and a different one?"""
        other = self.keys[customer_id]
        return any(
            keys[kind] and other[kind] and not keys[kind] & other[kind]
            for kind in kinds
        )


def changes_of(row: CustomerRow, customer: Existing) -> tuple[Change, ...]:
    """What the row would change on this customer."""
    return tuple(_changes(row, customer))


def _changes(row: CustomerRow, customer: Existing) -> Iterable[Change]:
    for code, new in row.values.items():
        if base(code) in GROUP_OF:
            continue
        old = customer.values.get(code, "")
        if not is_equal(code, old, new):
            yield Change(code, old, new)
    for group in GROUPS:
        there = customer.beside.get(group, ())
        for number, entry in row.entries(group).items():
            held = find_entry(group, entry, there)
            old_values = {} if held is None else there[held]
            for code, new in entry_changes(group, entry, old_values).items():
                old = old_values.get(code, "")
                yield Change(numbered(code, number), old, new)


def find_entry(group: str, entry: Entry, there: Sequence[Entry]) -> int | None:
    """Place of the contact, account or address that the entry speaks of."""
    key = entry_key(group, entry)
    if not key:
        return None
    for place, held in enumerate(there):
        if entry_key(group, held) == key:
            return place
    name = f"{group}_name"
    if group in ADDRESSES and entry.get(name):
        # the same place under another address: it has moved
        same = [
            place
            for place, held in enumerate(there)
            if fold(str(held.get(name, ""))) == fold(str(entry[name]))
        ]
        return same[0] if len(same) == 1 else None
    return None


def is_kept(group: str, entry: Entry) -> bool:
    """Can this entry be stored: a person with a name, an account with a number?"""
    return bool(entry_key(group, entry)) or group in ADDRESSES


def entry_changes(group: str, entry: Entry, held: Entry) -> dict[str, Value]:
    """The values of an entry that differ from those there are.

    An account that is known is left alone: its bank is not corrected by a file.
    """
    if not is_kept(group, entry) or (group == "bank" and held):
        return {}
    return {
        code: new
        for code, new in entry.items()
        if not is_equal(code, held.get(code, ""), new)
    }


def is_equal(code: str, old: Value, new: Value) -> bool:
    """Does the stored value say the same as the file's?"""
    if old == new:
        return True
    if code == "tags" and isinstance(old, tuple) and isinstance(new, tuple):
        return set(new) <= set(old)  # a file adds tags, it takes none away
    if code in ("vat", "company_registry"):
        return compact(str(old)) == compact(str(new))
    if code == "bank_account":
        return compact(str(old)) == compact(str(new))
    if code == "website":
        return old == (new if "://" in str(new) else f"http://{new}")
    if code.endswith("phone") and old:
        phone = read_phone(str(old), "")
        return bool(phone and phone.shown == new)
    if code.endswith("email"):
        return str(old).casefold() == str(new).casefold()
    if isinstance(new, bool) or isinstance(old, bool):
        return bool(old) is bool(new)
    return False
