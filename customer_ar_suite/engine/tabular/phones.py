"""Telephone numbers as people write them -> E.164.

>>> read_phone("手机：138 0013 8000（张先生）", "CN")
Phone(number='+8613800138000', extension='', rest='')
>>> read_phone("010-62345678转8012", "CN")
Phone(number='+861062345678', extension='8012', rest='')
>>> read_phone("13800138000 / 13900139000", "CN").rest, read_phone("12", "CN")
('13900139000', None)
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import phonenumbers

from ..text import clean

_REMARK = re.compile(r"\([^()0-9]*[^\W\d_][^()0-9]*\)|[(（][^()]*$")
_LABEL = re.compile(r"^[^\d+(]*[:：]?\s*")
_EXTENSION = re.compile(
    r"\s*(?:转接?|分机号?|内线|ext\.?|extension|x|#|,)\s*[:：]?\s*(\d{1,6})\s*$",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"\s*(?:[/;；、|]|\s+or\s+|或)\s*")
_DASHED = re.compile(r"^(.*\d{7,8})-(\d{1,6})$")
_FLOAT = re.compile(r"^(\+?\d+)\.0$")


class Phone(NamedTuple):
    """A number in E.164, its extension, and what else stood in the cell."""

    number: str
    extension: str = ""
    rest: str = ""

    @property
    def shown(self) -> str:
        """As stored on a customer."""
        return f"{self.number} ext. {self.extension}" if self.extension else self.number


@lru_cache(maxsize=4096)
def read_phone(text: str, country: str) -> Phone | None:
    """The (first) telephone number in ``text``, or ``None`` when it is not one.

    :param country: ISO code of the country numbers without prefix belong to
    """
    first, *others = _SEVERAL.split(clean(text))
    phone = _one(first, country)
    if phone:
        return phone._replace(rest=" / ".join(other for other in others if other))
    # 818/762-1221: the stroke parts the area from the number, not two numbers
    return _one(clean(text).replace("/", " "), country) if others else None


def is_international(text: str) -> bool:
    """Is it written as Odoo's own form writes a number it has recognised?

    >>> is_international("+86 10 6234 5678"), is_international("+86 (10) 62345678")
    (True, False)
    """
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return False
    form = phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return bool(phonenumbers.format_number(number, form) == text)


def _one(text: str, country: str) -> Phone | None:
    text = _LABEL.sub("", _REMARK.sub("", text)).strip()
    if match := _FLOAT.match(text):
        text = match[1]  # a number that went through a float column
    extension = ""
    if match := _EXTENSION.search(text):
        extension, text = match[1], text[: match.start()]
    if re.search(r"[^\W\d_]", text):
        return None
    found = _valid(text, country)
    if not found and not extension and (match := _DASHED.match(text)):
        # 010-62345678-801: area, number, extension
        found, extension = _valid(match[1], country), match[2]
    return Phone(found[0], extension or found[1]) if found else None


def _valid(text: str, country: str) -> tuple[str, str] | None:
    for variant in _variants(text, country):
        try:
            parsed = phonenumbers.parse(variant, country or None)
        except phonenumbers.NumberParseException:
            continue
        if _is_valid(parsed):
            number = phonenumbers.format_number(
                parsed, phonenumbers.PhoneNumberFormat.E164
            )
            return number, parsed.extension or ""
    return None


def _is_valid(number: phonenumbers.PhoneNumber) -> bool:
    """Does the number exist in some country? The library's answer, asked once.

    Where several countries share a code, it has tried the number to tell which of them,
    unless the first digits of one tell.
    """
    region = phonenumbers.region_code_for_number(number)
    if not region:
        return False
    code = number.country_code or 0
    if len(phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(code, ())) > 1:
        known = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
        if known and known.leading_digits is None:
            return True
    return bool(phonenumbers.is_valid_number_for_region(number, region))


def _variants(text: str, country: str) -> list[str]:
    """``text``, and without what people put before a number by habit."""
    digits = re.sub(r"[^\d+]", "", text)
    variants = [text]
    if digits.startswith("00"):
        variants.append("+" + digits[2:])
    # 8613800138000: the own country's code without its plus. Another country's is not
    # guessed: 324 377 4804 is a number that lacks something, none of Belgium.
    own = phonenumbers.country_code_for_region(country)
    if own and digits.startswith(str(own)):
        variants.append("+" + digits)
    return variants
