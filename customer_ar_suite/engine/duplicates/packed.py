"""The comparable form of a customer as a text, for rows too many to be held."""

from __future__ import annotations

import json

from .chinese import ChineseName
from .identity import Identity

#: places of what JSON knows as lists only
_TUPLES = tuple(map(Identity._fields.index, ("words", "street_words")))
_SETS = tuple(
    map(
        Identity._fields.index,
        ("tax_ids", "accounts", "phones", "emails", "domains", "street_numbers"),
    )
)
_CHINESE = Identity._fields.index("chinese")


def packed(one: Identity) -> str:
    """The form as JSON, a few hundred characters; :func:`unpacked` gives it back."""
    return json.dumps(one, default=sorted, separators=(",", ":"))


def unpacked(text: str) -> Identity:
    """The form that :func:`packed` has made this of."""
    values = json.loads(text)
    for place in _TUPLES:
        values[place] = tuple(values[place])
    for place in _SETS:
        values[place] = frozenset(values[place])
    if values[_CHINESE]:
        places, *others = values[_CHINESE]
        values[_CHINESE] = ChineseName(frozenset(places), *others)
    return Identity(*values)
