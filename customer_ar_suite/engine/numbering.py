"""Patterns of customer numbers: what they may hold, and the numbers they make.

>>> pattern = parse("{category_code}{yy}-{seq:05d}")
>>> pattern.render(17, {"category_code": "RET", "yy": "26"})
'RET26-00017'
>>> pattern.names, parse("K{seq}").names
(('category_code', 'yy'), ())
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from .errors import NumberingError

NAMES = ("category_code", "country", "yy", "yyyy", "mm")
#: longest number anybody wants to type
LONGEST = 32
_PART = re.compile(r"\{(?P<name>[a-z_]+)(?::0?(?P<width>\d{1,2})d)?\}|(?P<text>[^{}]+)")
_PLAIN = re.compile(r"[^\W_]|[-_./ #]")


class Part(NamedTuple):
    """Text as it is, or a placeholder with its number of digits."""

    text: str
    name: str = ""
    width: int = 0


class Pattern(NamedTuple):
    """A pattern that was read; makes numbers of it."""

    parts: tuple[Part, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The placeholders besides the running number."""
        return tuple(p.name for p in self.parts if p.name and p.name != "seq")

    def render(self, number: int, values: Mapping[str, str]) -> str:
        """The number with everything put in; raises where a value is missing."""
        return "".join(self._pieces(number, values))

    def _pieces(self, number: int, values: Mapping[str, str]) -> Iterator[str]:
        for part in self.parts:
            if part.name == "seq":
                yield f"{number:0{part.width}d}" if part.width else str(number)
            elif part.name:
                if not values.get(part.name):
                    raise NumberingError("numbering_value_missing", name=part.name)
                yield values[part.name]
            else:
                yield part.text

    def scope(self, values: Mapping[str, str]) -> str:
        """Which counter a number is drawn from: each year, category … begins anew.

        >>> parse("{category_code}{yy}{seq}").scope({"category_code": "A", "yy": "26"})
        'A|26'
        """
        return "|".join(values.get(name, "") for name in self.names)

    def fits(self, values: Mapping[str, str]) -> bool:
        """Is there a value for every placeholder?"""
        return all(values.get(name) for name in self.names)


def parse(text: str) -> Pattern:
    """Read a pattern; says what is wrong with it.

    >>> try:
    ...     parse("K{seq:04d}{seq}")
    ... except NumberingError as error:
    ...     print(error.code)
    numbering_no_sequence
    """
    parts, at = [], 0
    for match in _PART.finditer(text):
        if match.start() != at:
            break
        at = match.end()
        if match["text"] is not None:
            if not all(map(_PLAIN.match, match["text"])):
                raise NumberingError("numbering_character", value=match["text"])
            parts.append(Part(match["text"]))
            continue
        if match["name"] != "seq" and (match["name"] not in NAMES or match["width"]):
            raise NumberingError("numbering_placeholder", value=match[0])
        parts.append(Part("", match["name"], int(match["width"] or 0)))
    if at != len(text) or text != text.strip():
        raise NumberingError("numbering_placeholder", value=text[at:] or text)
    if sum(part.name == "seq" for part in parts) != 1:
        raise NumberingError("numbering_no_sequence", value=text)
    pattern = Pattern(tuple(parts))
    if len(pattern.render(1, dict.fromkeys(NAMES, "XX"))) > LONGEST:
        raise NumberingError("numbering_too_long", value=text, most=LONGEST)
    return pattern


def day_values(day: date) -> dict[str, str]:
    """What a pattern may say of the day.

    >>> day_values(date(2026, 3, 1))
    {'yy': '26', 'yyyy': '2026', 'mm': '03'}
    """
    return {"yy": f"{day:%y}", "yyyy": f"{day:%Y}", "mm": f"{day:%m}"}


def number_key(number: str) -> str:
    """Numbers that only differ in case or in spaces around are the same.

    >>> number_key(" k-00017 ") == number_key("K-00017")
    True
    """
    return number.strip().upper()
