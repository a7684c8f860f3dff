"""Is a value in the text of a document? And if not quite: what stands there instead?

>>> page = "名 称：上海测试贸易有限公司\\n统一社会信用代码 91310116052958608G"
>>> compare("vat", "91310116052958608G", page).verdict
'found'
>>> compare("vat", "91310116052958608H", page)
Comparison(verdict='differs', nearest='91310116052958608G', line=2, likeness=94)
>>> compare("phone", "+86 21 5888 1234", page).verdict, compare("vat", "x", "").verdict
('missing', 'no_text')
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import NamedTuple

from ..text import compact, fold

FOUND, DIFFERS, MISSING, NO_TEXT = "found", "differs", "missing", "no_text"

#: how alike a passage must be, in percent, to be called the same thing written otherwise
_ALIKE = {"vat": 75, "bank_account": 75, "phone": 75, "email": 75}
_ALIKE_TEXT = 60
#: what is compared at most; a contract of a hundred pages has about 200,000 characters
_LONGEST = 200_000
_NUMBERS = ("phone", "contact_phone", "bank_account")


class Comparison(NamedTuple):
    """What the text says about one value; ``likeness`` in percent."""

    verdict: str
    nearest: str = ""
    line: int = 0
    likeness: int = 0


def compare(code: str, value: str, text: str) -> Comparison:
    """Look for the ``value`` of a field in a text."""
    wanted = _form(code, value)
    lines = text[:_LONGEST].splitlines()
    if len(wanted) < 2 or not any(line.strip() for line in lines):
        return Comparison(NO_TEXT)
    joined, starts = _joined(code, lines)
    at = _position(code, wanted, joined)
    if at >= 0:
        return Comparison(FOUND, value, _line_at(starts, at), 100)
    return _nearest(code, wanted, lines)


def _form(code: str, value: str) -> str:
    """How a value is compared: digits, or letters without what is written variously."""
    if code in ("phone", "contact_phone"):
        digits = re.sub(r"\D", "", value.split(" ext.")[0])
        # the national part: documents rarely print the country's prefix
        return digits[2:] if value.strip().startswith("+86") else digits[-8:]
    return compact(fold(value)) if code != "bank_account" else compact(value)


def _joined(code: str, lines: list[str]) -> tuple[str, list[int]]:
    """The text in the form in which it is compared, and where each line begins."""
    parts, starts, length = [], [], 0
    for line in lines:
        form = (
            re.sub(r"\D", "", line)
            if code in _NUMBERS and code != "bank_account"
            else (compact(fold(line)))
        )
        starts.append(length)
        parts.append(form)
        length += len(form)
    return "".join(parts), starts


def _position(code: str, wanted: str, joined: str) -> int:
    if code in ("phone", "contact_phone"):
        # trunk zero or not
        return max(joined.find(wanted), joined.find("0" + wanted))
    return joined.find(wanted)


def _line_at(starts: list[int], at: int) -> int:
    return max(i for i, start in enumerate(starts, start=1) if start <= at)


def _nearest(code: str, wanted: str, lines: list[str]) -> Comparison:
    best = Comparison(MISSING)
    limit = _ALIKE.get(code, _ALIKE_TEXT)
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(wanted)
    for number, line in enumerate(lines, start=1):
        for passage in _passages(code, line):
            form = _form(code, passage)
            if not form or not 0.5 <= len(form) / len(wanted) <= 2:
                continue
            matcher.set_seq1(form)
            if matcher.quick_ratio() * 100 < max(limit, best.likeness):
                continue
            likeness = round(matcher.ratio() * 100)
            if likeness >= limit and likeness > best.likeness:
                best = Comparison(DIFFERS, passage.strip(), number, likeness)
    return best


def _passages(code: str, line: str) -> list[str]:
    """What of a line may be the value: the line, what follows its colons, its words."""
    parts = [line, *re.split(r"[:：;；|，,]|\s{2,}", line)]
    if code in (*_NUMBERS, "vat", "email"):
        parts += line.split()
        parts += re.findall(r"[0-9A-Za-z@.+-][0-9A-Za-z@.+ -]{5,}", line)
    elif not line.isascii():
        parts += line.split()
    return [part for part in dict.fromkeys(parts) if part.strip()]
