"""Spaces, widths, punctuation and case of words.

>>> spaces(" ACME \\u200b  Trading "), width("ＡＢＣ　Ｌｔｄ"), width("上海ＡＢＣ（集团）")
('ACME Trading', 'ABC Ltd', '上海ABC（集团）')
>>> punctuation("上海(集团) 有限公司，"), punctuation("Acme ,Ltd .")
('上海（集团）有限公司', 'Acme, Ltd.')
>>> capitals("acme trading ltd")
'Acme Trading Ltd'
"""

from __future__ import annotations

import re
import unicodedata

from ..party_name import is_chinese
from ..text import INVISIBLE

#: punctuation of Chinese texts, which stays as wide as their characters
_CHINESE_MARKS = frozenset("（），。：；、！？“”‘’【】《》")
#: full and half width forms, and the space as wide as a character
_HALF = {
    code: unicodedata.normalize("NFKC", chr(code))
    for code in (0x3000, *range(0xFF01, 0xFFEF))
    if unicodedata.east_asian_width(chr(code)) in "FH"
}
_HALF_BUT_MARKS = {
    code: half for code, half in _HALF.items() if chr(code) not in _CHINESE_MARKS
}
_SPACES = re.compile(r"\s+")
_HAN = r"[\u3400-\u9fff（）]"
_INSIDE = re.compile(rf"(?<={_HAN}) (?={_HAN})")
#: Japanese names part their words
_KANA = re.compile("[\u3040-\u30ff]")
_BRACKETS = str.maketrans({"(": "（", ")": "）"})
_LOOSE = re.compile(r"(?<=\w) +(?=[,.;:!?)](?:\s|\w|$))")
_TIGHT = re.compile(r"([,;])(?=[^\W\d_])")
_TAIL = re.compile(r"[\s,，、;；。:：]+$")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_SMALL = frozenset((
    "and", "of", "the", "und", "der", "die", "das", "von", "van", "de", "la", "le",
    "les", "et", "y", "e", "du", "di", "da", "del", "&",
))  # fmt: skip


def spaces(text: str, country: str = "") -> str:
    """Visible text with single spaces, none around it."""
    return _SPACES.sub(" ", text.translate(INVISIBLE)).strip()


def width(text: str, country: str = "") -> str:
    """Letters, digits and signs in half width; the marks of Chinese texts stay."""
    if text.isascii():
        return text
    changed = text.translate(_HALF_BUT_MARKS if is_chinese(text) else _HALF)
    return _SPACES.sub(" ", changed).strip() if changed != text else text


def punctuation(text: str, country: str = "") -> str:
    """Marks where the language puts them: none dangling, brackets of one kind."""
    text = _TAIL.sub("", text)
    if is_chinese(text) and not _KANA.search(text):
        return _INSIDE.sub("", text.translate(_BRACKETS))
    return _TIGHT.sub(r"\1 ", _LOOSE.sub("", text))


def capitals(text: str, country: str = "") -> str:
    """Words that are all small letters, as names are written; others are left alone."""
    if not text.islower():
        return text
    changed = _WORD.sub(lambda word: _capital(word[0]), text)
    return changed[:1].upper() + changed[1:]


def place(text: str, country: str = "") -> str:
    """The name of a town, written neither all small nor all large.

    >>> place("MÜNCHEN"), place("new york"), place("上海"), place("Den Haag")
    ('München', 'New York', '上海', 'Den Haag')
    """
    loud = text.isupper() and len(text) > 3
    return capitals(text.lower(), country) if loud else capitals(text, country)


def _capital(word: str) -> str:
    return word if word in _SMALL else word[:1].upper() + word[1:]
