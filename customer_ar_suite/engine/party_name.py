"""Names of companies and people in a form in which they can be compared.

What the law adds to a name (Ltd, GmbH, 有限公司) and how it is written (case, accents,
full width, punctuation) does not tell two parties apart; every other word does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from .text import fold

# Legal forms as they stand at the end (or, Western ones, at the beginning) of a name, in
# folded form. Sources: GLEIF, *ISO 20275 Entity Legal Forms code list*; 公司法 (2023), 第七条.
_WESTERN = frozenset((
    "ab", "ag", "aktiengesellschaft", "aps", "as", "asa", "bhd", "bv", "bvba", "co",
    "company", "corp", "corporation", "cv", "doo", "eg", "ek", "gbr", "gesmbh",
    "gmbh", "inc", "incorporated", "kft", "kg", "kgaa", "lda", "limited", "llc",
    "llp", "lp", "ltd", "ltda", "mbh", "nv", "oao", "ohg", "ooo", "oy", "oyj", "ou",
    "pjsc", "plc", "pte", "pt", "pty", "pvt", "sa", "sab", "sarl", "sas", "sdn",
    "se", "sia", "sl", "snc", "spa", "spzoo", "srl", "sro", "ug", "uab", "vof",
    "zao", "zrt",
))  # fmt: skip
_CHINESE = (
    "股份有限公司", "有限责任公司", "有限責任公司", "有限公司", "股份公司", "责任公司",
    "总公司", "公司", "有限合伙", "普通合伙", "合伙企业", "个人独资企业", "個人獨資企業",
    "个体工商户", "個體工商戶",
)  # fmt: skip
_CONNECTORS = frozenset(("and", "und", "et", "en", "y", "e", "the"))
_INITIALS = re.compile(r"\b(?:\w\.\s?){2,}")
_WORD = re.compile(r"[^\W_]+")
_HAN = re.compile("[\u4e00-\u9fff]")


def name_key(name: str) -> str:
    """The words of a name without its legal form; equal keys mean the same name.

    >>> name_key("The Émile Zola G.m.b.H. & Co. KG"), name_key("ZOLA, Emile")
    ('emile zola', 'zola emile')
    >>> name_key("上海测试贸易（集团）有限公司"), name_key("上海测试贸易(集团)股份有限公司")
    ('上海测试贸易集团', '上海测试贸易集团')

    A name that is nothing but a legal form stays as it is:

    >>> name_key("Co., Ltd.")
    'co ltd'
    """
    words = _words(name)
    if any(map(is_chinese, words)):
        return _without_form("".join(words))
    return " ".join(_telling(words) or words)


def text_keys(text: str) -> tuple[str, str]:
    """A text in which names are looked for: its words, and its characters without spaces.

    >>> text_keys("Rent paid by ACME Ltd, 上海测试有限公司")
    ('rent paid by acme 上海测试', 'rentpaidbyacmeltd上海测试有限公司')
    """
    words = _words(text)
    return " ".join(_telling(map(_without_form, words))), "".join(words)


def likeness() -> Callable[[str, str], float] | None:
    """A measure from 0 to 100 for keys that are not equal; None without rapidfuzz."""
    try:
        from rapidfuzz import fuzz
    except ImportError:  # optional: names are then equal or not
        return None
    return fuzz.token_sort_ratio


def is_chinese(text: str) -> bool:
    """Does a text hold Chinese characters?"""
    return not text.isascii() and bool(_HAN.search(text))


def _words(text: str) -> list[str]:
    joined = _INITIALS.sub(lambda found: _together(found[0]), fold(text))
    return _WORD.findall(joined)


def _telling(words: Iterable[str]) -> list[str]:
    return [w for w in words if w not in _WESTERN and w not in _CONNECTORS]


def _together(initials: str) -> str:
    return re.sub(r"[.\s]", "", initials) + " "


def _without_form(word: str) -> str:
    form = next((form for form in _CHINESE if word.endswith(form)), "")
    return word[: -len(form)] or word if form else word
