"""The unified social credit code of China (GB 32100-2015), its parts and its slips.

Eighteen characters: who registered it (1), what it is (2), the region (3–8), the code of
the organisation with a check character of its own (9–17, GB 11714), the check character.

>>> problem("91310116052958608G"), problem("91310116052958608H"), problem("9131O116052958608G")
('', 'check', 'character')
>>> describe("91310116052958608G").county, describe("91310116052958608G").kind
('金山区', '1')
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from ..china_regions import NATIONAL, counties, region
from ..text import compact

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18
_VALUES = {char: value for value, char in enumerate(ALPHABET)}
_WEIGHTS = tuple(3**i % 31 for i in range(17))
#: characters of the code of the organisation count as in base 36
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
#: registering authority -> kinds it registers
_KINDS = {
    "1": "1239", "2": "19", "3": "123459", "4": "19", "5": "1239", "6": "129",
    "7": "129", "8": "19", "9": "123", "A": "19", "N": "1239", "Y": "1",
}  # fmt: skip


class Parts(NamedTuple):
    """What a credit code says."""

    authority: str
    kind: str
    province: str
    city: str
    county: str
    organisation: str


def check_character(body: str) -> str:
    """The eighteenth character that belongs to the seventeen before it.

    >>> check_character("91310116052958608")
    'G'
    """
    total = sum(
        _VALUES[char] * weight for char, weight in zip(body, _WEIGHTS, strict=True)
    )
    return ALPHABET[-total % 31]


def organisation_fits(code: str) -> bool:
    """Does the check character of the organisation's own code fit (positions 9 to 17)?"""
    total = sum(
        int(char, 36) * weight
        for char, weight in zip(code[8:16], _ORGANISATION_WEIGHTS, strict=True)
    )
    return code[16] == "0123456789X0"[-total % 11]


@lru_cache(maxsize=65_536)
def problem(number: str) -> str:
    """What is wrong with a credit code; empty: its form and its check character are right.

    Answers ``length``, ``character`` or ``check``.
    """
    if len(number) != LENGTH:
        return "length"
    if any(char not in _VALUES for char in number) or not number[2:8].isdigit():
        return "character"
    return "" if check_character(number[:17]) == number[17] else "check"


def is_valid(number: str) -> bool:
    """Is it a credit code?"""
    return not problem(number)


def doubt(number: str) -> str:
    """What is unusual about a code whose check character is right; empty: nothing.

    Answers ``authority``, ``region`` or ``organisation``: tables of kinds and regions grow,
    so these are reasons to look, not to refuse.

    >>> doubt("91310116052958608G")
    ''
    """
    if number[1] not in _KINDS.get(number[0], ""):
        return "authority"
    if number[2:8] != NATIONAL and counties() and not region(number[2:8]):
        return "region"
    return "" if organisation_fits(number) else "organisation"


def describe(number: str) -> Parts:
    """The parts of a credit code in words."""
    place = region(number[2:8])
    return Parts(
        number[0],
        number[1],
        place.province if place else "",
        place.city if place else "",
        place.county if place else "",
        number[8:17],
    )


def slips(number: str) -> tuple[str, ...]:
    """Every code that one wrong character or one swap of neighbours turns into ``number``.

    All substitutions and all adjacent transpositions are tried; those remain that pass as
    a whole: check character, organisation's check character, region and kind.

    >>> slips("9131O116052958608G"), len(slips("19310116052958608G"))
    (('91310116052958608G',), 3)
    """
    number = compact(number)
    if len(number) != LENGTH or is_valid(number):
        return ()
    return tuple(
        sorted({c for c in _neighbours(number) if is_valid(c) and not doubt(c)})
    )


def one_slip(number: str) -> str:
    """The credit code meant, when exactly one slip explains what was written.

    A swap of the first two characters is also explained by a slip elsewhere: no proposal.

    >>> one_slip("913101160S2958608G"), one_slip("19310116052958608G")
    ('91310116052958608G', '')
    """
    found = slips(number)
    return found[0] if len(found) == 1 else ""


def _neighbours(number: str) -> Iterator[str]:
    for i, char in enumerate(number):
        for other in ALPHABET:
            if other != char:
                yield number[:i] + other + number[i + 1 :]
        if i and char != number[i - 1]:
            yield number[: i - 1] + char + number[i - 1] + number[i + 1 :]
