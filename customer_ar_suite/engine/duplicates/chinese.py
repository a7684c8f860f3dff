"""Names of Chinese companies: place + own name (字号) + trade + legal form + branch.

The own name tells a company apart; a place that is left out, a trade that is shortened and
the legal form do not.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from ..similar import slips
from ..text import fold
from .regions import INDUSTRIES, PLACES, PROVINCE, SIMPLIFIED

#: legal forms wherever they stand, longest first
_FORMS = re.compile(
    "股份有限责任公司|股份有限公司|有限责任公司|有限公司|股份公司|责任公司|总公司|(?<!分)公司"
    "|有限合伙|普通合伙|合伙企业|个人独资企业|个体工商户"
)
_GROUP = re.compile("集团")
_TRADES = frozenset(INDUSTRIES)
#: stands before a name or not, and tells no place
COUNTRY = "中国"
_NOISE = re.compile(r"[^\w]+")
_SUFFIXES = "省市"
_BRANCH = re.compile("(分行|支行|分公司|营业部|办事处|分店|分理处|储蓄所)$")


class ChineseName(NamedTuple):
    """The parts of a name; all simplified, without punctuation."""

    places: frozenset[str]
    core: str  #: own name, the whole rest where nothing else is left
    trade: str
    has_form: bool
    group: (
        str  #: whether it is the group ("itself"), one of its members, or says nothing
    )
    is_branch: bool
    whole: str  #: place, own name and trade in order, without form


@lru_cache(maxsize=65_536)
def parse(name: str) -> ChineseName:
    """Split a name into its parts.

    >>> parse("上海市騰隆國際貨運代理有限公司")[:3]
    (frozenset({'上海'}), '腾隆', '国际货运代理')
    >>> parse("華信科技（深圳）股份有限公司")[:3]
    (frozenset({'深圳'}), '华信', '科技')
    >>> [parse(f"华信{word}有限公司").group for word in ("集团", "集团物流", "")]
    ['itself', 'member', '']
    """
    text = _NOISE.sub("", fold(name).translate(SIMPLIFIED))
    bare = _FORMS.sub("", text)
    group = _group(bare)
    bare = _GROUP.sub("", bare) or bare
    places, rest = _without_places(bare)
    core, trade = _without_trade(rest)
    return ChineseName(
        frozenset(places) - {COUNTRY},
        core,
        trade,
        bare != text and bool(_FORMS.search(text)),
        group,
        bool(_BRANCH.search(bare)),
        _plain(bare) or text,
    )


def _group(bare: str) -> str:
    """A group is called one at the end; before that the word says whose member one is."""
    if bare.endswith("集团"):
        return "itself"
    return "member" if "集团" in bare else ""


def _without_places(text: str) -> tuple[list[str], str]:
    """Places at the beginning and at the end, and what is between them."""
    places = []
    found = True
    while found:
        found = False
        for place in PLACES:
            if text.startswith(place) and len(text) > len(place):
                places.append(place)
                text = text[len(place) :]
                if text[0] in _SUFFIXES and len(text) > 1:
                    text = text[1:]
                found = True
                break
            if text.endswith(place) and len(text) - len(place) >= 2:
                places.append(place)
                text = text[: -len(place)]
                found = True
                break
    return places, text


def _without_trade(text: str) -> tuple[str, str]:
    """The own name and the words of the trade behind it; an own name has two characters."""
    core, trade, found = text, "", True
    while found:
        found = False
        for word in INDUSTRIES:
            if core.endswith(word) and len(core) - len(word) >= 2:
                core, trade, found = core[: -len(word)], word + trade, True
                break
    return core, trade


def _plain(text: str) -> str:
    return re.sub("[省市]", "", text)


def likeness(one: ChineseName, other: ChineseName) -> float:
    """How likely two names are one company's, from 0 to 1, by the name alone.

    >>> likeness(parse("上海海通资产管理有限公司"), parse("上海通登资产管理有限公司")) < 0.5
    True
    >>> likeness(parse("东吴证券"), parse("东吴证券股份有限公司"))
    1.0
    """
    if one.is_branch or other.is_branch:
        return _branch_likeness(one, other)
    core = _part(one.core, other.core)
    if core < 1.0 and one.whole == other.whole:
        core = 1.0
    if {one.core, other.core} & _TRADES and one.whole != other.whole:
        return core * 0.5  # 江苏银行, 南京银行: the place is the name
    found = core * _places(one, other) * _trades(one, other)
    if one.group != other.group and _are_full(one, other):
        found *= 0.7  # the group and one of its members are two companies
    return found


def _part(one: str, other: str) -> float:
    """Likeness of own names: something left out is no difference, an exchange is."""
    if one == other:
        return 1.0
    short, long = _by_length(one, other)
    if len(short) >= 2 and _is_within(short, long):
        return 0.6 + 0.4 * len(short) / len(long)
    changed = slips(one, other)
    if changed == 1 and len(long) >= 5:
        return 0.82 if len(long) == 5 else 0.9  # a slip in a long name
    return max(0.0, 0.6 - 1.2 * changed / len(long))


def _places(one: ChineseName, other: ChineseName) -> float:
    """A place left out makes a short name of a full one; two full names are two companies."""
    if one.places == other.places:
        return 1.0
    wide = _with_provinces(one.places), _with_provinces(other.places)
    if one.places <= wide[1] or other.places <= wide[0]:
        told = bool(one.places) == bool(other.places)
        return 0.8 if _are_full(one, other) and not told else 0.97
    return 0.55  # 宁波博远 and 海南博远 are two


def _with_provinces(places: frozenset[str]) -> frozenset[str]:
    return places | {PROVINCE[place] for place in places if place in PROVINCE}


def _trades(one: ChineseName, other: ChineseName) -> float:
    if one.trade == other.trade:
        return 1.0
    near = one.places == other.places != frozenset()
    if not one.trade or not other.trade:
        if not _are_full(one, other):
            return 0.95
        return 0.84 if near else 0.75
    short, long = _by_length(one.trade, other.trade)
    if not _is_within(short, long):
        return 0.65
    least = 0.7 if near else 0.6
    return least + (1 - least) * len(short) / len(long)


def _are_full(one: ChineseName, other: ChineseName) -> bool:
    return one.has_form and other.has_form


def _by_length(one: str, other: str) -> tuple[str, str]:
    if (len(one), one) <= (len(other), other):
        return one, other
    return other, one


def _branch_likeness(one: ChineseName, other: ChineseName) -> float:
    """Branches: the same house at the same place, however much of the place is told."""
    if one.is_branch != other.is_branch:
        return 0.3
    first, second = _branch_text(one.whole), _branch_text(other.whole)
    if first == second:
        return 1.0
    short, long = _by_length(first, second)
    if _is_within(short, long):
        return 0.95
    changed = slips(first, second)
    return max(0.0, 1.0 - 2.2 * changed / len(long))


def _branch_text(whole: str) -> str:
    return re.sub("[区县]|分行(?=.*支行)|支行$|分行$", "", whole)


def _is_within(short: str, long: str) -> bool:
    """Whether all characters of ``short`` stand in ``long`` in this order."""
    rest = iter(long)
    return all(char in rest for char in short)
