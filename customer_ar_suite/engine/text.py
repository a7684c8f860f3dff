"""One way of making names, references and account numbers comparable.

>>> compact("INV/2026/00017"), compact("inv 2026-00017"), compact("ＩＮＶ２０２６００００１７")
('INV202600017', 'INV202600017', 'INV2026000017')
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

# Characters that are in a text without being seen: zero-width, bidirectional controls, BOM.
INVISIBLE = dict.fromkeys(
    [
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        0xFEFF,
        0xAD,
    ]
)
_NOT_ALNUM = re.compile(r"[\W_]+")
_SPACES = re.compile(r"\s+")
_TOKEN = re.compile(r"[^\W_]+")
#: parts texts that are worked on together; no text of the database has it
_END = "\0"
#: what is in such a text where spaces are not single ones between words
_WIDE = ("  ", " \0", "\0 ", *"\t\n\v\f\r\x1c\x1d\x1e\x1f")
_AROUND_END = re.compile(r" ?\0 ?")
#: characters below 128 that are neither letters nor digits, but for the one that parts
_TAKEN_OUT = {code: None for code in range(1, 128) if not chr(code).isalnum()}


def clean(text: str) -> str:
    """Visible text: NFKC (full width to half width), no invisible characters, single spaces.

    >>> clean(" ＡＢＣ　Trading\\u200b  Ltd ")
    'ABC Trading Ltd'
    """
    if text.isascii():  # nothing to normalise, and most of what is read
        return " ".join(text.split())
    shown = unicodedata.normalize("NFKC", text).translate(INVISIBLE)
    return _SPACES.sub(" ", shown).strip()


def compact(text: str) -> str:
    """Letters and digits only, upper case: the form in which references are compared."""
    if text.isascii() and text.isalnum():  # nothing to take out
        return text.upper()
    return _NOT_ALNUM.sub("", clean(text).upper())


def fold(text: str) -> str:
    """Lower case without accents; Chinese stays as it is. For names and headings.

    >>> fold("Émile  Zola GmbH"), fold("上海（测试）公司")
    ('emile zola gmbh', '上海(测试)公司')
    """
    shown = clean(text).casefold()
    if shown.isascii():
        return shown
    decomposed = unicodedata.normalize("NFKD", shown)
    return unicodedata.normalize(
        "NFC", "".join(c for c in decomposed if not unicodedata.combining(c))
    )


def fold_all(texts: Sequence[str]) -> list[str]:
    """``fold`` of very many texts, as fast as their longest common way allows.

    >>> fold_all(["ACME  Ltd ", "Émile", ""])
    ['acme ltd', 'emile', '']
    """
    return _plain_together(texts, _fold_plain, fold)


def compact_all(texts: Sequence[str]) -> list[str]:
    """``compact`` of very many texts.

    >>> compact_all(["INV/2026-1", "ＩＮＶ１", ""])
    ['INV20261', 'INV1', '']
    """
    return _plain_together(texts, _compact_plain, compact)


def _plain_together(
    texts: Sequence[str],
    together: Callable[[str], str],
    alone: Callable[[str], str],
) -> list[str]:
    """Texts of plain letters as one long text, which no character of them ends; the others
    one by one."""
    plain = [text for text in texts if text.isascii()]
    made = together(_END.join(plain)).split(_END) if plain else []
    if len(made) != len(plain):  # the character is in one of them
        return [alone(text) for text in texts]
    if len(plain) == len(texts):
        return made
    found = iter(made)
    return [next(found) if text.isascii() else alone(text) for text in texts]


def _fold_plain(joined: str) -> str:
    lower = joined.lower()
    if any(map(lower.__contains__, _WIDE)) or lower != lower.strip(" "):
        lower = _AROUND_END.sub(_END, _SPACES.sub(" ", lower)).strip(" ")
    return lower


def _compact_plain(joined: str) -> str:
    return joined.translate(_TAKEN_OUT).upper()


def tokens(text: str) -> list[str]:
    """The words of a text in comparable form, in order.

    >>> tokens("Pmt INV/2026/00017, thanks")
    ['PMT', 'INV', '2026', '00017', 'THANKS']
    """
    return [token.upper() for token in _TOKEN.findall(clean(text))]


def display_width(text: str) -> int:
    """Columns a text takes in print: wide East Asian characters count two.

    >>> display_width("ABC"), display_width("对账单")
    (3, 6)
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def cut(text: str, width: int) -> str:
    """``text`` cut to ``width`` columns with an ellipsis where something is missing.

    >>> cut("Long customer name", 9), cut("上海测试公司", 7), cut("short", 9)
    ('Long cus…', '上海测…', 'short')
    """
    if display_width(text) <= width:
        return text
    kept, used = [], 1
    for char in text:
        used += display_width(char)
        if used > width:
            break
        kept.append(char)
    return "".join(kept) + "…"
