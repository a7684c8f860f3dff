"""How payers quote our invoice numbers in free text, and what only looks like it.

A text and a number are cut into segments of letters and of digits. A number is quoted when
its segments stand in the text in a row, whatever the separators and leading zeros:

>>> quoted("pmt inv 2026-17, thanks", "INV/2026/00017")
100
>>> quoted("INV202600017 货款", "INV/2026/00017"), quoted("2026/00017", "INV/2026/00017")
(100, 80)

Part of a longer number, another document's number, a year or a date is no quotation:

>>> quoted("INV/2026/000171", "INV/2026/00017"), quoted("rent 2026", "INV/2026/00017")
(0, 0)
>>> quoted("RINV/2026/00017", "INV/2026/00017"), quoted("INV-07-007-A", "INV-07-007")
(0, 0)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from ..ledger import OpenItem, Receipt
from ..text import clean

#: points of 100: the number as it is, or only its digits (the prefix left out)
FULL, DIGITS_ONLY = 100, 80
#: an invoice number has no more segments, runs of letters and characters than this
MAX_SEGMENTS, MAX_LETTER_SEGMENTS, MAX_LENGTH = 8, 3, 40
#: characters that may stand between two segments of one number
MAX_GAP = 3
#: digits a quotation without letters needs, so that amounts and counts do not count
MIN_DIGITS = 5
#: how far from the receipt a date in its text may lie (days)
DATE_WINDOW = 400

_SEGMENT = re.compile(r"[0-9]+|[A-Z\u00C0-\u024F]+|[^\W0-9_A-Z\u00C0-\u024F]+")
_STRUCTURED = re.compile(r"RF[0-9]{2}", re.IGNORECASE)
_JOINERS = "-/._\\#"
_DIGIT, _LATIN, _OTHER = "digit", "latin", "other"


class Segment(NamedTuple):
    """A run of digits or letters and where it stands; ``plain`` has no leading zeros."""

    text: str
    kind: str
    start: int
    end: int
    plain: str


class Span(NamedTuple):
    """Where a number is quoted in a text; ``points`` say how completely."""

    start: int
    end: int
    points: int


def _segment(text: str, start: int, end: int) -> Segment:
    if text[0] in "0123456789":
        return Segment(text, _DIGIT, start, end, text.lstrip("0") or "0")
    latin = "A" <= text[0] <= "Z" or "\u00c0" <= text[0] <= "\u024f"
    return Segment(text, _LATIN if latin else _OTHER, start, end, text)


def segments(text: str) -> list[Segment]:
    """The segments of a text that is already cleaned and in upper case.

    >>> [s.text for s in segments("INV2026/00017货款")]
    ['INV', '2026', '00017', '货款']
    """
    return [_segment(m.group(), *m.span()) for m in _SEGMENT.finditer(text)]


@lru_cache(maxsize=65536)
def number_keys(number: str) -> tuple[tuple[str, int], ...]:
    """The forms in which a number may be quoted, each with its points.

    ``=`` letters and digits in one, ``|`` segments without leading zeros, ``#`` a number
    that has digits only, ``~`` the digits alone of a number that has letters: these must
    not follow other letters, which would be the prefix of another document.

    >>> number_keys("INV/2026/00017")
    (('=INV202600017', 100), ('|INV|2026|17', 100), ('~202600017', 80))
    >>> number_keys("100234"), number_keys("17"), number_keys("")
    ((('#100234', 100),), (), ())
    """
    parts = segments(clean(number).upper())
    if not parts or len(parts) > MAX_SEGMENTS:
        return ()
    whole = "".join(part.text for part in parts)
    digits = [part for part in parts if part.kind == _DIGIT]
    if len(digits) == len(parts):
        return ((f"#{whole}", FULL),) if len(whole) >= MIN_DIGITS else ()
    keys = []
    if digits and len(whole) >= MIN_DIGITS:
        keys.append((f"={whole}", FULL))
        if sum(len(part.plain) for part in digits) >= 3:
            keys.append(("|" + "|".join(part.plain for part in parts), FULL))
    tail = _digit_tail(parts)
    if len(tail) > MIN_DIGITS:
        keys.append((f"~{tail}", DIGITS_ONLY))
    return tuple(keys)


@lru_cache(maxsize=65536)
def _references(reference: str, number: str) -> tuple[str, ...]:
    own = set(number_keys(number))
    words = reference.split()
    if len(words) > 1 and _STRUCTURED.match(reference):
        words.append(reference)  # creditor references are written in groups of four
    return tuple(
        word
        for word in dict.fromkeys(words)
        if (keys := number_keys(word)) and not own & set(keys)
    )


def references(item: OpenItem) -> tuple[str, ...]:
    """What of an item's references can be quoted like a number; its own number left out.

    >>> _references("PO-448821 INV/2026/00017", "INV/2026/00017")
    ('PO-448821',)
    """
    return _references(item.reference, item.number) if item.reference else ()


def _digit_tail(parts: list[Segment]) -> str:
    """The digits that end a number, when only letters stand before them."""
    first = next((i for i, part in enumerate(parts) if part.kind == _DIGIT), len(parts))
    tail = parts[first:]
    if any(part.kind != _DIGIT for part in tail):
        return ""
    return "".join(part.text for part in tail)


@lru_cache(maxsize=16384)
def text_keys(receipt: Receipt) -> dict[str, tuple[Span, ...]]:
    """Every form of a number that the text of ``receipt`` could be quoting."""
    text = clean(receipt.text).upper()
    parts = segments(text)
    found: dict[str, list[Span]] = {}
    for first in range(len(parts)):
        for end, keys in _windows(text, parts, first, receipt):
            for key in keys:
                found.setdefault(key, []).append(Span(parts[first].start, end, 0))
    return {key: tuple(spans) for key, spans in found.items()}


def _windows(
    text: str, parts: list[Segment], first: int, receipt: Receipt
) -> Iterator[tuple[int, list[str]]]:
    """The runs of segments from ``first`` on that could be one number: end and keys."""
    before = parts[first - 1] if first else None
    whole, plain = "", ""
    letters, digits, in_one_piece = 0, 0, True
    glued = before is not None and _glued(text, before, parts[first])
    for last in range(first, min(first + MAX_SEGMENTS, len(parts))):
        part = parts[last]
        if last > first:
            gap = text[parts[last - 1].end : part.start]
            if len(gap) > MAX_GAP or "," in gap or ";" in gap:
                return
            in_one_piece = in_one_piece and _touches(text, parts[last - 1], part)
        whole, plain = whole + part.text, f"{plain}|{part.plain}"
        digits += part.kind == _DIGIT
        letters += part.kind != _DIGIT
        if letters > MAX_LETTER_SEGMENTS or len(whole) > MAX_LENGTH:
            return
        if not digits or glued:
            continue
        if last + 1 < len(parts) and _runs_on(text, part, parts[last + 1]):
            continue
        if letters:
            yield part.end, [f"={whole}", plain]
        elif in_one_piece and _is_digit_number(whole, receipt):
            alone = before is None or not _touches(text, before, parts[first])
            yield part.end, [f"#{whole}", f"~{whole}"] if alone else [f"#{whole}"]


def _gap(text: str, left: Segment, right: Segment) -> str:
    return text[left.end : right.start]


def _touches(text: str, left: Segment, right: Segment) -> bool:
    """Nothing, or a single joiner, between two segments that are not Chinese."""
    gap = _gap(text, left, right)
    return _OTHER not in (left.kind, right.kind) and (not gap or gap in _JOINERS)


def _runs_on(text: str, last: Segment, following: Segment) -> bool:
    """Does the number go on, so that what we see is only its beginning?"""
    if not _touches(text, last, following):
        return False
    if not _gap(text, last, following):
        return True
    return following.kind == _DIGIT or len(following.text) <= 2


def _glued(text: str, before: Segment, first: Segment) -> bool:
    """Is the start of the window the continuation of something before it?"""
    if not _touches(text, before, first):
        return False
    if first.kind == _DIGIT and before.kind == _DIGIT:
        return True
    if not _gap(text, before, first):
        return before.kind == _DIGIT or len(before.text) < 2
    return False


def _is_digit_number(digits: str, receipt: Receipt) -> bool:
    """Digits without letters: long enough, not the amount, not a date."""
    return len(digits) >= MIN_DIGITS and not (
        _is_amount(digits, receipt) or _is_date(digits, receipt.date)
    )


def _is_amount(digits: str, receipt: Receipt) -> bool:
    """Is it the amount received, with or without its decimals?"""
    whole, rest = divmod(abs(receipt.amount), 10**receipt.digits)
    return digits == str(abs(receipt.amount)) or (not rest and digits == str(whole))


def _is_date(digits: str, near: date) -> bool:
    """Could these digits be a date not far from ``near``?

    >>> _is_date("20260312", date(2026, 3, 14)), _is_date("120326", date(2026, 3, 14))
    (True, True)
    >>> _is_date("20190312", date(2026, 3, 14)), _is_date("202600017", date(2026, 3, 14))
    (False, False)
    """
    orders = {
        8: ((0, 4, 4, 6, 6, 8), (4, 8, 2, 4, 0, 2), (4, 8, 0, 2, 2, 4)),
        6: ((0, 2, 2, 4, 4, 6), (4, 6, 2, 4, 0, 2), (4, 6, 0, 2, 2, 4)),
    }.get(len(digits), ())
    for y0, y1, m0, m1, d0, d1 in orders:
        year = int(digits[y0:y1])
        try:
            day = date(
                year if year > 99 else 2000 + year,
                int(digits[m0:m1]),
                int(digits[d0:d1]),
            )
        except ValueError:
            continue
        if abs((day - near).days) <= DATE_WINDOW:
            return True
    return False


def quotations(receipt: Receipt, number: str) -> list[Span]:
    """Where ``receipt`` quotes ``number``, with the points of each place."""
    keys = text_keys(receipt)
    spans: dict[tuple[int, int], int] = {}
    for key, points in number_keys(number):
        for span in keys.get(key, ()):
            place = (span.start, span.end)
            spans[place] = max(points, spans.get(place, 0))
    return [Span(start, end, points) for (start, end), points in sorted(spans.items())]


def quoted(text: str, number: str) -> int:
    """The points with which ``text`` alone quotes ``number``; for tests and doctests."""
    receipt = Receipt(0, 0, 0, 0, 2, date(2000, 1, 1), 0, text)
    return max((span.points for span in quotations(receipt, number)), default=0)
