"""Which column is which field: by what people call it, in English and in Chinese.

>>> found = propose(["客户名称*", "税号（统一社会信用代码）", "状态"])
>>> [(mapped.field, mapped.confidence) for mapped in found]
[('name', 1.0), ('vat', 0.95), ('', 0.0)]
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

from ..text import fold
from .fields import FIELDS

#: below this a column is left for the user to decide
ENOUGH = 0.7

_REMARK = re.compile(r"[(\[【<].*?[)\]】>]")
_NOISE = re.compile(r"[\W_]+")
_CJK = re.compile(r"[\u3400-\u9fff]")


class Mapped(NamedTuple):
    """One heading, the field proposed for it (``""``: none) and how sure that is (0..1)."""

    heading: str
    field: str
    confidence: float


def propose(
    headings: Sequence[str], more: Mapping[str, str] | None = None
) -> list[Mapped]:
    """A field for each heading; every field at most once, the surest heading wins.

    :param more: further names and their fields, such as those of the dimensions
    """
    names = {**_names(), **{_key(name): code for name, code in (more or {}).items()}}
    found = [(heading, *_best(heading, names)) for heading in headings]
    ranked = sorted(range(len(found)), key=lambda i: (-found[i][2], i))
    taken: set[str] = set()
    chosen = {}
    for i in ranked:
        heading, field, confidence = found[i]
        free = field and field not in taken and confidence >= ENOUGH
        chosen[i] = (
            Mapped(heading, field, confidence) if free else Mapped(heading, "", 0.0)
        )
        taken.add(field if free else "")
    return [chosen[i] for i in range(len(found))]


def is_known(heading: str) -> bool:
    """Is this text the name of a field? Tells a header from a title or a record."""
    return _best(heading, _names())[1] >= ENOUGH


def signature(headings: Iterable[str]) -> str:
    """What makes two files have the same layout: their headings, whatever their order."""
    text = "\n".join(sorted(_key(heading) for heading in headings))
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    return {
        _key(name): field.code for field in FIELDS.values() for name in field.synonyms
    }


def _best(heading: str, names: Mapping[str, str]) -> tuple[str, float]:
    """The field and the confidence: as it stands, without its remark, its remark, a part."""
    text = fold(heading)
    if key := names.get(_key(text)):
        return key, 1.0
    remark = " ".join(_REMARK.findall(text))
    for part, confidence in ((_REMARK.sub("", text), 0.95), (remark, 0.9)):
        if key := names.get(_key(part)):
            return key, confidence
    return _similar(_key(_REMARK.sub("", text)), names)


def _similar(key: str, names: Mapping[str, str]) -> tuple[str, float]:
    """A name the heading ends in (``主要联系电话``), or one that differs by a slip."""
    best, score = "", 0.0
    for name, code in names.items():
        if len(name) >= (2 if _CJK.search(name) else 5) and key.endswith(name):
            found = 0.75 + 0.15 * len(name) / len(key)
        elif len(key) >= 5 and abs(len(key) - len(name)) <= 2 and not _CJK.search(key):
            found = SequenceMatcher(None, key, name).ratio() * 0.85
        else:
            continue
        if found > score:
            best, score = code, found
    return (best, round(score, 2)) if score >= ENOUGH else ("", 0.0)


def _key(text: str) -> str:
    return _NOISE.sub("", fold(text))
