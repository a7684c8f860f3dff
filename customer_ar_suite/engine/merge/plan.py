"""Which value the surviving customer has in each field.

>>> rows = [FieldRow("vat", KEEP, {1: "", 2: "DE1"}), FieldRow("name", KEEP, {1: "A", 2: "B"})]
>>> [(one.name, one.winner, one.is_different) for one in merge_plan(rows, 1, [2])]
[('vat', 2, False), ('name', 1, True)]
>>> merge_plan(rows, 1, [2], {"name": 2})[1].winner
2
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

#: the survivor's value; where it has none, that of the first who has one
KEEP = "keep"
#: the survivor's value, also where it is empty: "no" is an answer
OWN = "own"
#: counters are added up, nobody's value wins
ADD = "add"


class FieldRow(NamedTuple):
    """A field with the value of each customer, in a form that can be compared."""

    name: str
    rule: str
    values: Mapping[int, str]


@dataclass(frozen=True)
class Choice:
    """Whose value the survivor will have.

    ``is_different``: somebody else has another one, which is given up. ``is_chosen``: a
    person said so.
    """

    name: str
    winner: int
    is_different: bool
    is_chosen: bool


def merge_plan(
    rows: Iterable[FieldRow],
    survivor: int,
    others: Sequence[int],
    chosen: Mapping[str, int] | None = None,
) -> list[Choice]:
    """One choice per field in which not everybody says the same.

    :param others: in the order in which they may fill gaps
    :param chosen: what a person decided, by field; names nobody else
    """
    holders = (survivor, *others)
    found = []
    for row in rows:
        values = {holder: row.values.get(holder, "") for holder in holders}
        if row.rule == ADD or len(set(values.values())) == 1:
            continue
        wanted = (chosen or {}).get(row.name)
        is_chosen = wanted in values
        winner = wanted if is_chosen and wanted is not None else _winner(row, holders)
        given_up = {
            value for value in values.values() if value and value != values[winner]
        }
        found.append(Choice(row.name, winner, bool(given_up), is_chosen))
    return found


def _winner(row: FieldRow, holders: Sequence[int]) -> int:
    """The first who has a value; of a yes or no, the survivor."""
    if row.rule == OWN:
        return holders[0]
    return next((one for one in holders if row.values.get(one)), holders[0])
