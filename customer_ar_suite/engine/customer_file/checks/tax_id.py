"""Tax numbers and Chinese credit codes carry check characters; a slip shows.

>>> is_valid("91310116052958608G", "CN"), is_valid("91310116052958608H", "CN")
(True, False)
>>> is_valid("DE136695976", "DE"), is_valid("136695976", "DE"), is_valid("DE136695977", "DE")
(True, True, False)
>>> is_valid("anything", "AF") is None
True
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from stdnum.cn import uscc
from stdnum.eu import vat as eu_vat
from stdnum.util import get_cc_module

from ..checking import CHECKS
from ..rows import ERROR, WARNING, CustomerRow, Finding, Settings


@CHECKS.register
class TaxId:
    """The check character of the number is right for its country."""

    code = "tax_id"
    label = "Tax ID has the right check character"

    def check(
        self, rows: Sequence[CustomerRow], settings: Settings
    ) -> Iterator[tuple[int, Finding]]:
        """Numbers whose check character is wrong; a proposal where one slip explains it."""
        for position, row in enumerate(rows):
            number = row.text("vat")
            country = row.text("country") or settings.country
            if number and is_valid(number, country) is False:
                meant = one_slip(number) if country == "CN" else ""
                code = "tax_id_wrong_meant" if meant else "tax_id_wrong"
                yield (
                    position,
                    row.finding(ERROR, code, "vat", country=country, meant=meant),
                )
            registry = row.text("company_registry")
            if country == "CN" and len(registry) == 18 and not uscc.is_valid(registry):
                yield (
                    position,
                    row.finding(
                        WARNING, "tax_id_wrong", "company_registry", country=country
                    ),
                )


@lru_cache(maxsize=65_536)
def is_valid(number: str, country: str) -> bool | None:
    """Is ``number`` a tax id of ``country``? ``None`` where nobody can tell.

    A number that begins with the code of another country is judged by that country.
    """
    prefix = number[:2]
    if country == "CN":
        return bool(uscc.is_valid(number))
    if (
        prefix != country
        and prefix.isalpha()
        and prefix.lower() in eu_vat.MEMBER_STATES
    ):
        country = prefix
    try:
        module = get_cc_module(country.lower(), "vat") if country else None
    except FileNotFoundError:
        return None  # the scheme needs a table that this installation cannot open
    return bool(module.is_valid(number)) if module else None


def home_of(numbers: Iterable[str]) -> str:
    """The country most of these tax ids belong to by themselves; empty: they do not say.

    Only the Chinese credit code names its country by its shape alone: 18 characters with a
    check character, and no prefix.

    >>> home_of(["91310116052958608G", "91310116052958608H", "", "91310116052958608G"])
    'CN'
    >>> home_of(["DE136695976", "91310116052958608G"]), home_of([])
    ('', '')
    """
    given = [number.strip() for number in numbers if number.strip()]
    chinese = sum(uscc.is_valid(number) for number in given)
    return "CN" if 2 * chinese > len(given) else ""


#: characters that are mistaken for others and do not occur in the alphabet
_MISREAD = {"O": "0", "I": "1", "S": "5", "Z": "2", "V": "U"}


def one_slip(number: str) -> str:
    """The credit code meant, when exactly one misread or swapped character explains it.

    >>> one_slip("913101160S2958608G"), one_slip("9131011605295860BG")
    ('91310116052958608G', '')
    """
    if len(number) != 18:
        return ""
    found = set()
    for i, char in enumerate(number):
        if char in _MISREAD:
            found.add(number[:i] + _MISREAD[char] + number[i + 1 :])
        if i and char != number[i - 1]:
            found.add(number[: i - 1] + char + number[i - 1] + number[i + 1 :])
    valid = {candidate for candidate in found if uscc.is_valid(candidate)}
    return valid.pop() if len(valid) == 1 else ""
