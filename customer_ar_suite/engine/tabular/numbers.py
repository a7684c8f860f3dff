"""Numbers by a declared grammar: fully matched or refused, never "what is not a digit
stripped".

>>> GERMAN.parse("-1.234,56"), ENGLISH.parse("1,234.5"), ENGLISH.parse("1.234,56")
(Decimal('-1234.56'), Decimal('1234.5'), None)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

#: integer digits; more is a number in the wrong column, not an amount
MAX_DIGITS = 15


@dataclass(frozen=True)
class NumberFormat:
    """How a column writes numbers.

    :param decimal: the decimal sign, ``.`` or ``,``
    :param group: the sign between thousands, or ``""`` for none; it may always be left out
    :param parentheses: ``(100)`` is minus 100
    :param trailing_sign: ``100-`` is minus 100
    :param plus: ``+100`` is allowed
    :param marks: words that may stand before or after the number (``¥``, ``CNY``)
    """

    decimal: str = "."
    group: str = ","
    parentheses: bool = False
    trailing_sign: bool = False
    plus: bool = False
    marks: tuple[str, ...] = ()

    def parse(self, text: str) -> Decimal | None:
        """The number, or ``None`` when ``text`` is not exactly one in this format."""
        text = self._without_marks(text.strip(" \t\r\n\xa0"))
        text, negative = self._sign(text)
        match = _pattern(self.decimal, self.group).fullmatch(text)
        if not match:
            return None
        whole = match["whole"].replace(self.group, "") if self.group else match["whole"]
        if len(whole) > MAX_DIGITS:
            return None
        value = Decimal(f"{whole}.{match['part'] or '0'}")
        if match["part"] is None:
            value = Decimal(whole)
        return -value if negative and value else value

    def render(self, value: Decimal) -> str:
        """``value`` written in this format, thousands grouped."""
        whole, _, part = f"{abs(value):f}".partition(".")
        groups: list[str] = []
        while len(whole) > 3 and self.group:
            whole, last = whole[:-3], whole[-3:]
            groups.insert(0, last)
        text = self.group.join([whole, *groups]) + (self.decimal + part if part else "")
        return f"-{text}" if value < 0 else text

    def _without_marks(self, text: str) -> str:
        for mark in self.marks:
            if text.startswith(mark):
                return text[len(mark) :].lstrip(" \xa0")
            if text.endswith(mark):
                return text[: -len(mark)].rstrip(" \xa0")
            if text.startswith(f"-{mark}"):
                return "-" + text[len(mark) + 1 :].lstrip(" \xa0")
        return text

    def _sign(self, text: str) -> tuple[str, bool]:
        if text.startswith("-"):
            return text[1:], True
        if self.parentheses and text.startswith("(") and text.endswith(")"):
            return text[1:-1], True
        if self.trailing_sign and text.endswith("-"):
            return text[:-1], True
        if self.plus and text.startswith("+"):
            return text[1:], False
        return text, False


@lru_cache(maxsize=64)
def _pattern(decimal: str, group: str) -> re.Pattern[str]:
    whole = "0|[1-9][0-9]*"
    if group:
        whole += f"|[1-9][0-9]{{0,2}}(?:{re.escape(group)}[0-9]{{3}})+"
    return re.compile(f"(?P<whole>{whole})(?:{re.escape(decimal)}(?P<part>[0-9]+))?")


ENGLISH = NumberFormat(".", ",")
GERMAN = NumberFormat(",", ".")
FRENCH = NumberFormat(",", "\u202f")
SWISS = NumberFormat(".", "'")
PLAIN = NumberFormat(".", "")

#: what a user may declare for a file
FORMATS = {
    "english": ENGLISH,
    "german": GERMAN,
    "french": FRENCH,
    "space": NumberFormat(",", " "),
    "swiss": SWISS,
    "plain": PLAIN,
}


def fits_digits(value: Decimal, digits: int) -> bool:
    """Can ``value`` be written with ``digits`` decimal places without rounding?

    >>> fits_digits(Decimal("1.50"), 1), fits_digits(Decimal("1.505"), 2)
    (True, False)
    """
    scaled = value.scaleb(digits)
    return scaled == scaled.to_integral_value()
