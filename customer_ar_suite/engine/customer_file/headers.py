"""Which column is which field: by what people call it, in English and in Chinese.

>>> found = propose(["客户名称*", "税号（统一社会信用代码）", "状态"])
>>> [(mapped.field, mapped.confidence) for mapped in found]
[('name', 1.0), ('vat', 0.95), ('', 0.0)]
>>> [mapped.field for mapped in propose(["Contact", "Contact 2", "第二开户行", "账号二"])]
['contact_name', 'contact_name#2', 'bank_name#2', 'bank_account#2']
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

from ..tabular.header import UNDER
from ..text import fold
from .fields import FIELDS, GROUP_OF, MAX_ENTRIES, base, numbered

#: below this a column is left for the user to decide
ENOUGH = 0.7

#: heading of the column with which rejected rows are handed back; never a field
REASON = "未导入原因 / Not imported because"

_DIGITS = {char: str(i) for i, char in enumerate("一二三四五六七八九", 1)}
_NUMBER = re.compile(
    r"\(?\b([1-9]|[1-5][0-9])(?:st|nd|rd|th)?\b\)?|([1-9]|[1-5][0-9])$"
    r"|第?([一二三四五六七八九])|(?<=[^\W\d_])([1-9])(?=[^\W\d_])"
)
#: a second telephone number is a contact person's, if that person has a column
_OF_CONTACT = {"phone": "contact_phone", "email": "contact_email"}

_REMARK = re.compile(r"[(\[【<].*?[)\]】>]")
_NOISE = re.compile(r"[\W_]+")
_CJK = re.compile(r"[\u3400-\u9fff]")
#: how sure a name is that is the same but for slips
_SLIP = 0.85


class _Name(NamedTuple):
    """A name of a field, ready for being compared with many headings."""

    text: str
    field: str
    is_cjk: bool
    signs: int  #: which characters it has, as bits


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
    ready = _ready(names)
    found = [(heading, *_best(heading, names, ready)) for heading in headings]
    found = _main_address(_contacts(found))
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


_Found = list[tuple[str, str, float]]


def _contacts(found: _Found) -> _Found:
    """ "Phone 2" beside "Contact 2" is that person's; alone it is a field nobody has."""
    persons = {field for _heading, field, _sure in found}
    result = []
    for heading, field, confidence in found:
        code, _, number = field.partition("#")
        if number and code not in GROUP_OF:
            own = numbered(_OF_CONTACT.get(code, ""), int(number))
            known = numbered("contact_name", int(number)) in persons
            field, confidence = (own, 0.8) if known and base(own) else ("", 0.0)
        result.append((heading, field, confidence))
    return result


def _main_address(found: _Found) -> _Found:
    """A "billing address" is the customer's own where the file has no other."""
    fields = {field for _heading, field, _sure in found}
    if fields & {"street", "city"} or "invoice_street" not in fields:
        return found
    return [
        (heading, field.removeprefix("invoice_"), sure)
        if field.startswith("invoice_")
        and fold(heading).startswith("billing")
        and field.removeprefix("invoice_") in FIELDS
        and field.removeprefix("invoice_") not in fields
        else (heading, field, sure)
        for heading, field, sure in found
    ]


@lru_cache(maxsize=2048)
def is_known(heading: str) -> bool:
    """Is this text the name of a field? Tells a header from a title or a record."""
    return _best(heading, _names(), _ready_names())[1] >= ENOUGH


def signature(headings: Iterable[str]) -> str:
    """What makes two files have the same layout: their headings, whatever their order."""
    keys = (_key(heading) for heading in headings if not is_reason(heading))
    text = "\n".join(sorted(keys))
    return hashlib.sha256(text.encode()).hexdigest()


def is_reason(heading: str) -> bool:
    """Is this the column in which rejected rows came back?"""
    return _key(heading) == _key(REASON)


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    return {
        _key(name): field.code for field in FIELDS.values() for name in field.synonyms
    }


@lru_cache(maxsize=1)
def _ready_names() -> list[_Name]:
    return _ready(_names())


def _ready(names: Mapping[str, str]) -> list[_Name]:
    return [
        _Name(name, code, bool(_CJK.search(name)), _signs(name))
        for name, code in names.items()
    ]


def _best(
    heading: str, names: Mapping[str, str], ready: Sequence[_Name]
) -> tuple[str, float]:
    """The field and how sure: as it stands, with its number, or without the upper heading."""
    if is_reason(heading):
        return "", 0.0
    # under a common heading, what stands in the column's own cell may be all that counts
    whole, own = fold(heading), fold(heading.rpartition(UNDER)[2])
    texts = [(whole, 1.0)] if own == whole else [(whole, 1.0), (own, 0.95)]
    found = []
    for text, trust in texts:
        plain = _plain(text, names, ready)
        if plain[1] < 1.0:
            plain = _numbered(text, names, ready) or plain
        found.append((plain[0], round(plain[1] * trust, 2)))
    return max(found, key=lambda one: one[1])


def _plain(
    text: str, names: Mapping[str, str], ready: Sequence[_Name]
) -> tuple[str, float]:
    """As it stands, without its remark, its remark, a part."""
    if key := names.get(_key(text)):
        return key, 1.0
    remark = " ".join(_REMARK.findall(text))
    for part, confidence in ((_REMARK.sub("", text), 0.95), (remark, 0.9)):
        if key := names.get(_key(part)):
            return key, confidence
    return _similar(_key(_REMARK.sub("", text)), ready)


def _numbered(
    text: str, names: Mapping[str, str], ready: Sequence[_Name]
) -> tuple[str, float] | None:
    """The n-th entry of a field: ``Contact 2``, ``第二联系人``, ``联系人2电话``."""
    match = _NUMBER.search(text)
    if not match:
        return None
    found = next(part for part in match.groups() if part)
    number = int(_DIGITS.get(found, found))
    rest = text[: match.start()] + text[match.end() :]
    field, confidence = _plain(rest, names, ready)
    if not field or confidence < 0.9 or number >= MAX_ENTRIES:
        return None
    return numbered(field, number), confidence


def _similar(key: str, ready: Iterable[_Name]) -> tuple[str, float]:
    """A name the heading ends in (``主要联系电话``), or one that differs by a slip."""
    best, score = "", 0.0
    size, signs = len(key), _signs(key)
    may_slip = size >= 5 and not _CJK.search(key)
    for name, code, is_cjk, its_signs in ready:
        if len(name) >= (2 if is_cjk else 5) and key.endswith(name):
            found = 0.75 + 0.15 * len(name) / size
        elif may_slip and abs(size - len(name)) <= 2:
            # a letter the other has not is no part of what both have: most are far off
            common = min(
                size - (signs & ~its_signs).bit_count(),
                len(name) - (its_signs & ~signs).bit_count(),
            )
            if 2 * common * _SLIP < ENOUGH * (size + len(name)):
                continue
            found = SequenceMatcher(None, key, name).ratio() * _SLIP
        else:
            continue
        if found > score:
            best, score = code, found
    return (best, round(score, 2)) if score >= ENOUGH else ("", 0.0)


def _signs(text: str) -> int:
    """The characters of a text as bits; different ones may share a bit."""
    return sum({1 << ord(char) % 64 for char in text})


def _key(text: str) -> str:
    return _NOISE.sub("", fold(text))
