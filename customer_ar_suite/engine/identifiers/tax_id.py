"""Tax numbers by country: check characters of some ninety schemes, through python-stdnum.

>>> is_valid("91310116052958608G", "CN"), is_valid("91310116052958608H", "CN")
(True, False)
>>> is_valid("DE136695976", "DE"), is_valid("136695976", "DE"), is_valid("DE136695977", "DE")
(True, True, False)
>>> is_valid("anything", "AF") is None
True
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from stdnum.cn import ric
from stdnum.eu import vat as eu_vat
from stdnum.util import get_cc_module

from ..text import clean
from . import uscc

#: what makes a number readable; in Mexico & is part of it
_ORNAMENT = re.compile(r"[^\w&]|_")
#: codes of tax ids that are not those of the countries
_CODES = {"EL": "GR", "XI": "GB"}
_IDENTITY = re.compile(r"[1-9][0-9]{16}[0-9X]")


@lru_cache(maxsize=65_536)
def is_valid(number: str, country: str) -> bool | None:
    """Is ``number`` a tax id of ``country``? ``None`` where nobody can tell.

    A number that begins with the code of another country may be that country's: a Dutch
    tax id of a company in Switzerland. It may also be chance: ATB081212MN5 is Mexican.

    >>> is_valid("NL004495445B01", "CH"), is_valid("ATB081212MN5", "MX")
    (True, True)
    """
    own = _judge(number, country)
    prefix = number[:2].lower()
    if own or country == "CN" or prefix == country.lower():
        return own
    if prefix in eu_vat.MEMBER_STATES:
        return _judge(number, prefix.upper())
    return own


def _judge(number: str, country: str) -> bool | None:
    if country == "CN":
        return uscc.is_valid(number)
    try:
        module = get_cc_module(_CODES.get(country, country).lower(), "vat")
    except FileNotFoundError:
        return None  # the scheme needs a table that this installation cannot open
    return bool(module.is_valid(number)) if module and country else None


def is_valid_of(number: str, country: str, is_company: bool) -> bool | None:
    """As :func:`is_valid`; a person in China is taxed under his identity number.

    >>> person = "11010519491231002X"
    >>> is_valid_of(person, "CN", False), is_valid_of(person, "CN", True)
    (True, False)
    """
    if country == "CN" and not is_company and is_identity_number(number):
        return True
    return is_valid(number, country)


def is_identity_number(number: str) -> bool:
    """Is it the number of a Chinese identity card (GB 11643): birthday and check character?

    >>> is_identity_number("11010519491231002X"), is_identity_number("110105194912310021")
    (True, False)
    """
    if not _IDENTITY.fullmatch(number):
        return False
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return bool(ric.calc_check_digit(number) == number[17])


def plain(number: str) -> str:
    """The number without what only makes it readable; a lone ``/`` says there is none.

    >>> plain(" de 136.695.976 "), plain("９１３１０１１６０５２９５８６０８ｇ"), plain("/")
    ('DE136695976', '91310116052958608G', '/')
    """
    return _ORNAMENT.sub("", clean(number).upper()) or number.strip()


def normal(number: str, country: str) -> str:
    """As the authorities of the country write it, for comparison and storing.

    >>> normal("BE 456.973.433", "BE"), normal("el 094 012 834", "GR"), normal("1234", "CN")
    ('BE0456973433', 'EL094012834', '1234')
    """
    number = plain(number)
    prefix = number[:2]
    if prefix != "EL" and prefix.lower() not in eu_vat.MEMBER_STATES:
        return number
    module = get_cc_module(_CODES.get(prefix, prefix).lower(), "vat")
    if not module or not module.is_valid(number):
        return number
    short = str(module.compact(number))
    return short if short.startswith(prefix) else prefix + short
