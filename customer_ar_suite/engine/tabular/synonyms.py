"""Which column is which field, by the names people give it; for tables of any kind.

>>> names = index({"due_date": ("due date", "到期日"), "amount": ("amount", "金额")})
>>> [(one.field, one.confidence) for one in match(["到期日*", "Open amount", "X"], names)]
[('due_date', 1.0), ('amount', 0.84), ('', 0.0)]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ..text import fold

#: below this a column is left for the user to decide
ENOUGH = 0.7

_REMARK = re.compile(r"[(\[【<（].*?[)\]】>）]")
_NOISE = re.compile(r"[\W_]+")
_CJK = re.compile(r"[\u3400-\u9fff]")


class Named(NamedTuple):
    """One heading, the field proposed for it (``""``: none) and how sure that is (0..1)."""

    heading: str
    field: str
    confidence: float


def index(synonyms: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Comparable names and the field each of them stands for."""
    return {_key(name): field for field, names in synonyms.items() for name in names}


def match(headings: Sequence[str], names: Mapping[str, str]) -> list[Named]:
    """A field for each heading; every field at most once, the surest heading wins."""
    found = [(heading, *best(heading, names)) for heading in headings]
    taken: set[str] = set()
    chosen: dict[int, Named] = {}
    for i in sorted(range(len(found)), key=lambda i: (-found[i][2], i)):
        heading, field, confidence = found[i]
        free = bool(field) and field not in taken
        chosen[i] = Named(heading, field if free else "", confidence if free else 0.0)
        if free:
            taken.add(field)
    return [chosen[i] for i in range(len(found))]


def best(heading: str, names: Mapping[str, str]) -> tuple[str, float]:
    """The field and its confidence: as it stands, without its remark, or by its ending."""
    text = fold(heading)
    if field := names.get(_key(text)):
        return field, 1.0
    key = _key(_REMARK.sub("", text))
    if field := names.get(key):
        return field, 0.95
    return _by_ending(key, names)


def _by_ending(key: str, names: Mapping[str, str]) -> tuple[str, float]:
    """The longest name the heading ends in: ``期末应收金额``, ``open amount``."""
    ends = [
        name
        for name in names
        if len(name) >= (2 if _CJK.search(name) else 5) and key.endswith(name)
    ]
    if not ends:
        return "", 0.0
    longest = max(ends, key=len)
    return names[longest], round(0.75 + 0.15 * len(longest) / len(key), 2)


def _key(text: str) -> str:
    return _NOISE.sub("", fold(text))
