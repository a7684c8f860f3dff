"""Finds what identifies a person in texts and structured data, and takes it out."""

import html
import json
import re
from collections.abc import Iterable
from typing import Any

#: a number is one however it is grouped
GAP = r"[\s()./\-\u2010-\u2015]*"
DIGITS_OF_A_NUMBER = 6
SHORTEST = 2


def pattern(words: Iterable[str], numbers: Iterable[str]) -> re.Pattern[str] | None:
    """What recognises a person: ``words`` (name, e-mail) and ``numbers`` (phone, account).

    Case and spacing do not matter. ``None`` when nothing is left to look for.

    >>> pattern(["Eva Roth"], ["030 1234567"]).sub("*", "EVA  ROTH, Tel (030) 123-45 67")
    '*, Tel (*'
    """
    parts = {_word(text) for word in words for text in _spellings(word)}
    parts |= {_number(number) for number in numbers}
    found = sorted(filter(None, parts), key=lambda part: (-len(part), part))
    return re.compile("|".join(found), re.IGNORECASE) if found else None


def redact(value: Any, found: re.Pattern[str], marker: str) -> Any:
    """``value`` with ``marker`` where the person was; structures keep their form.

    >>> redact({"to": ["Eva Roth", 5]}, pattern(["Eva Roth"], []), "X")
    {'to': ['X', 5]}
    """
    if isinstance(value, str):
        return found.sub(lambda _match: marker, value)
    if isinstance(value, dict):
        return {
            redact(key, found, marker): redact(item, found, marker)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [redact(item, found, marker) for item in value]
    return value


def _spellings(word: str) -> set[str]:
    """The same word as plain text, in HTML and in JSON inside a text."""
    word = " ".join(word.split())
    if len(word) < SHORTEST:
        return set()
    return {word, html.escape(word), json.dumps(word)[1:-1]}


def _word(text: str) -> str:
    """Spaces may be any; Latin letters and digits must not go on left or right."""
    body = r"\s+".join(re.escape(part) for part in text.split())
    left = r"(?<![a-z0-9])" if _is_latin(text[0]) else ""
    right = r"(?![a-z0-9])" if _is_latin(text[-1]) else ""
    return f"{left}{body}{right}"


def _is_latin(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


def _number(number: str) -> str:
    """The signs of a number with any grouping; too short ones would hit anything."""
    signs = re.sub(r"[^0-9A-Za-z]", "", number)
    if sum(sign.isdigit() for sign in signs) < DIGITS_OF_A_NUMBER:
        return ""
    return r"(?<![0-9])" + GAP.join(signs) + r"(?![0-9])"
