"""Taking an import back: what may be given back, and what somebody has touched since.

>>> found = give_back([Image({"city": "Wien"}, {"city": "Graz"})], {"city": "Graz"})
>>> found.restore, found.touched
({'city': 'Wien'}, ())
>>> give_back([Image({"city": "Wien"}, {"city": "Graz"})], {"city": "Linz"}).touched
('city',)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

REMOVE, ARCHIVE, KEEP = "remove", "archive", "keep"


class Image(NamedTuple):
    """What a row found in the fields it changed, and what it left there."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True)
class GivenBack:
    """The values to write, and the fields that have another value than the import left."""

    restore: Mapping[str, Any]
    touched: tuple[str, ...]


def give_back(images: Sequence[Image], now: Mapping[str, Any]) -> GivenBack:
    """What undoing these changes writes.

    :param images: of one record, the newest first
    :param now: the values of the record as they stand
    """
    state = dict(now)
    touched: dict[str, None] = {}
    for image in images:
        for name, old in image.before.items():
            if name in touched or is_same(state.get(name), old):
                continue
            if is_same(state.get(name), image.after.get(name)):
                state[name] = old
            else:
                touched[name] = None
    restore = {
        name: value
        for name, value in state.items()
        if name not in touched and not is_same(value, now.get(name))
    }
    return GivenBack(restore, tuple(touched))


def touched_since(
    after: Mapping[str, Any], now: Mapping[str, Any], names: Iterable[str]
) -> tuple[str, ...]:
    """Fields of a record the import made that are not as it left them."""
    return tuple(
        name for name in names if not is_same(now.get(name), after.get(name, False))
    )


def end_of(touched: Sequence[str], used_by: Sequence[str]) -> str:
    """What becomes of a record the import made: what somebody worked on is kept."""
    if touched:
        return KEEP
    return ARCHIVE if used_by else REMOVE


def is_same(one: Any, other: Any) -> bool:
    """Equal as stored: all emptiness is one, the order of several is none.

    >>> is_same(False, ""), is_same([2, 1], [1, 2]), is_same(0.1 + 0.2, 0.3), is_same(1, 2)
    (True, True, True, False)
    """
    if not one and not other:
        return True
    if isinstance(one, list) and isinstance(other, list):
        return sorted(one) == sorted(other)
    if isinstance(one, float) or isinstance(other, float):
        # JSON and the database may differ in the last digits, amounts never in the sixth
        return (
            isinstance(one, (int, float))
            and isinstance(other, (int, float))
            and (abs(one - other) < 0.000001)
        )
    return bool(one == other)
