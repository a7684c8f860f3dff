"""Several rows that are one customer: further contacts, accounts and addresses below it.

A row continues the customer above when it says nothing of its own but a contact person, an
account or an address; and it continues an earlier customer when it repeats everything that
row says and adds such a thing. A row that adds nothing stays a row: somebody has to see that
it is there twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ..text import compact, fold
from .fields import GROUP_OF, GROUPS, MAX_ENTRIES, base, numbered
from .rows import ERROR, NOTE, WARNING, CustomerRow, Value

_NAMING = ("ref", "vat", "name")
Entry = Mapping[str, Value]


def join(rows: Iterable[CustomerRow]) -> list[CustomerRow]:
    """The customers of the file, each with what all of its rows say."""
    joined: list[CustomerRow] = []
    first: dict[tuple[str, ...], int] = {}
    for row in rows:
        own = {k: v for k, v in row.values.items() if base(k) not in GROUP_OF}
        key = tuple(fold(str(own.get(code, ""))) for code in _NAMING)
        place = _continued(row, own, key, joined, first)
        if place is None:
            first.setdefault(key, len(joined))
            joined.append(row)
        else:
            joined[place] = _added(joined[place], row, bool(own))
    return joined


def entry_key(group: str, entry: Entry) -> str:
    """What makes two contact persons, accounts or addresses the same one; empty: nothing."""
    if group == "bank":
        return compact(str(entry.get("bank_account", "")))
    if group == "contact":
        return fold(str(entry.get("contact_name", "")))
    place = [fold(str(entry.get(f"{group}_{part}", ""))) for part in ("street", "city")]
    return "|".join(place) if place[0] else fold(str(entry.get(f"{group}_name", "")))


def _continued(
    row: CustomerRow,
    own: Mapping[str, Value],
    key: tuple[str, ...],
    joined: list[CustomerRow],
    first: Mapping[tuple[str, ...], int],
) -> int | None:
    """Place of the customer that ``row`` continues; ``None`` when it is one of its own."""
    if len(own) == len(row.values) or not joined:
        return None
    if not own:
        if not _takes_more(joined[-1]):
            return None
        # a cell that could not be read may have been the name: better told than joined
        return None if _is_faulty(row) else len(joined) - 1
    place = first.get(key) if any(key) else None
    if place is None or not _takes_more(joined[place]):
        return None
    held = joined[place].values
    if any(held.get(code) != value for code, value in own.items()):
        return None
    news = any(
        entry_key(group, entry) not in _keys(joined[place], group)
        for group in GROUPS
        for entry in row.entries(group).values()
    )
    return place if news else None


def _takes_more(owner: CustomerRow) -> bool:
    """Only a named customer goes on, and none without end."""
    named = any(code in owner.values for code in _NAMING)
    return named and len(owner.more) < MAX_ENTRIES * len(GROUPS)


def _is_faulty(row: CustomerRow) -> bool:
    return any(finding.severity == ERROR for finding in row.findings)


def _keys(row: CustomerRow, group: str) -> set[str]:
    return {entry_key(group, entry) for entry in row.entries(group).values()}


def _added(owner: CustomerRow, row: CustomerRow, repeats: bool) -> CustomerRow:
    """``owner`` with the entries of ``row`` as further ones."""
    values = dict(owner.values)
    findings = list(row.findings)
    headings = dict(owner.headings)
    for group in GROUPS:
        there = owner.entries(group)
        known = {entry_key(group, e): number for number, e in there.items()}
        last = max(there, default=0)
        for entry in row.entries(group).values():
            key = entry_key(group, entry)
            number = known.get(key) if key else None
            if number is None:
                last = number = last + 1
                known[key] = number
            if number > MAX_ENTRIES:
                code = next(iter(entry))
                findings.append(row.finding(ERROR, "too_many_entries", code))
                break
            for code, value in entry.items():
                held = values.setdefault(numbered(code, number), value)
                if held != value:
                    findings.append(
                        row.finding(WARNING, "entry_differs", code, value, held=held)
                    )
    if not repeats:
        code = next(iter(row.values))
        findings.append(row.finding(NOTE, "row_continues", code, first=owner.number))
    return replace(
        owner,
        values=values,
        findings=(*owner.findings, *findings),
        headings=headings,
        more=(*owner.more, row.number),
    )
