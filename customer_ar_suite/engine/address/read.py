"""Reading a street line and writing one, by the habits of the country."""

from __future__ import annotations

from ..party_name import is_chinese
from ..text import clean
from . import chinese, western
from .base import Parts

#: where addresses in Chinese characters run from the large to the small
CHINESE = frozenset(("CN", "TW", "HK", "MO", "SG", "MY", ""))


def read(text: str, country: str = "") -> Parts:
    """The parts of a street line.

    >>> read("上海市徐汇区漕溪北路18号", "CN").district, read("Damrak 1", "NL").number
    ('徐汇区', '1')
    """
    if is_chinese(text) and country in CHINESE:
        return chinese.read(text)
    return western.read(text, country)


def compose(parts: Parts, country: str = "", like: str = "") -> str:
    """The street line that says these parts.

    :param like: the line as it was: its order of street and number is kept

    >>> compose(Parts(street="Main Street", number="14"), "DE", like="12 Main Street")
    '14 Main Street'
    >>> compose(Parts(district="徐汇区", street="漕溪北路", number="18号", lead="上海市"), "CN")
    '上海市徐汇区漕溪北路18号'
    """
    written = f"{parts.lead}{parts.district}{parts.street}{parts.number}"
    if is_chinese(written) and country in CHINESE:
        return written
    first = country in western.NUMBER_FIRST
    if (old := western.read(like, country)).number:
        first = clean(like).startswith(old.number)
    pair = (parts.number, parts.street) if first else (parts.street, parts.number)
    line = " ".join(filter(None, pair))
    return ", ".join(filter(None, (line, parts.district)))
