"""Amounts in words: Chinese by the rules for bills, other languages through num2words.

Chinese amounts follow the basic rules for filling in bills and settlement vouchers
(正确填写票据和结算凭证的基本规定). The examples published with them:

>>> for fen in (140950, 600714, 168032, 10700053, 1640902, 32504):
...     print(chinese(fen, 2))
壹仟肆佰零玖元伍角
陆仟零柒元壹角肆分
壹仟陆佰捌拾元零叁角贰分
壹拾万柒仟元零伍角叁分
壹万陆仟肆佰零玖元零贰分
叁佰贰拾伍元零肆分

Where the rules leave the choice of a 零 (after a 万 or 元 whose own digit is 0), the first
of the two published forms is written; after 角 no 整.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from babel import Locale, UnknownLocaleError
from babel.numbers import get_currency_name
from num2words import num2words


class _Script(NamedTuple):
    """Characters of one way of writing Chinese amounts."""

    digits: str
    places: tuple[str, str, str, str]
    ten_thousand: str
    hundred_million: str
    unit: str
    parts: tuple[str, str, str, str]  #: tenth, hundredth, thousandth, ten-thousandth
    whole: str
    minus: str


_SIMPLIFIED = _Script(
    "零壹贰叁肆伍陆柒捌玖",
    ("", "拾", "佰", "仟"),
    "万",
    "亿",
    "元",
    ("角", "分", "厘", "毫"),
    "整",
    "负",
)
_TRADITIONAL = _Script(
    "零壹貳參肆伍陸柒捌玖",
    ("", "拾", "佰", "仟"),
    "萬",
    "億",
    "元",
    ("角", "分", "厘", "毫"),
    "整",
    "負",
)
_TRADITIONAL_LOCALES = ("zh_TW", "zh_HK", "zh_MO", "zh_Hant")


def in_words(minor: int, digits: int, currency: str, language: str) -> str:
    """The amount as it is written out on a document, or ``""`` in a language nobody knows.

    :param currency: ISO code
    :param language: code of the reader's language, such as ``en_US`` or ``zh_CN``

    >>> in_words(123456, 2, "CNY", "zh_CN"), in_words(-500, 0, "JPY", "zh_CN")
    ('人民币壹仟贰佰叁拾肆元伍角陆分', '日元负伍佰元整')
    >>> in_words(123456, 2, "USD", "en_US")
    'One thousand, two hundred and thirty-four US dollars and 56/100'
    >>> in_words(-123400, 2, "EUR", "de_DE")
    'Minus eintausendzweihundertvierunddreißig Euro 00/100'
    >>> in_words(-5, 2, "USD", "en_US")
    'Minus zero US dollars and 05/100'
    >>> in_words(7, 0, "JPY", "en_GB"), in_words(7, 0, "JPY", "xx_XX")
    ('Seven Japanese yen', '')
    """
    if language.startswith("zh"):
        simplified = not language.startswith(_TRADITIONAL_LOCALES)
        name = _currency_name(currency, None, "zh_Hans" if simplified else "zh_Hant")
        script = _SIMPLIFIED if simplified else _TRADITIONAL
        return name + chinese(minor, digits, script)
    return _spelled(minor, digits, currency, language)


def chinese(minor: int, digits: int, script: _Script = _SIMPLIFIED) -> str:
    """``minor`` units in financial numerals (大写), without the name of the currency.

    >>> chinese(0, 2), chinese(5, 2), chinese(50, 2), chinese(-10000, 2)
    ('零元整', '伍分', '伍角', '负壹佰元整')
    >>> chinese(10_0000_0001_00, 2), chinese(10**15, 0), chinese(1001, 3)
    ('壹拾亿零壹元整', '壹仟万亿元整', '壹元零壹厘')
    """
    whole, fraction = divmod(abs(minor), 10**digits)
    sign = script.minus if minor < 0 else ""
    if not fraction:
        number = _number(whole, script) or script.digits[0]
        return f"{sign}{number}{script.unit}{script.whole}"
    text = f"{_number(whole, script)}{script.unit}" if whole else ""
    return sign + text + _fraction(whole, f"{fraction:0{digits}}", script)


def _number(whole: int, script: _Script) -> str:
    """A whole number; 0 is empty. Above 亿 the same words count the 亿 themselves."""
    for size, unit in ((10**8, script.hundred_million), (10**4, script.ten_thousand)):
        if whole >= size:
            high, low = divmod(whole, size)
            gap = script.digits[0] if 0 < low < size // 10 else ""
            return _number(high, script) + unit + gap + _number(low, script)
    return _below_ten_thousand(whole, script)


def _below_ten_thousand(number: int, script: _Script) -> str:
    """Four digits; zeros between figures become one 零, zeros at the end are silent."""
    words, pending_zero = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            zero = script.digits[0] if pending_zero and words else ""
            words += zero + script.digits[digit] + script.places[place]
        pending_zero = not digit
    return words


def _fraction(whole: int, figures: str, script: _Script) -> str:
    """The places after the unit; one 零 where the place before the first figure is 0."""
    words, pending_zero = "", whole > 0 and whole % 10 == 0
    for figure, part in zip(figures, script.parts, strict=False):
        if figure != "0":
            zero = script.digits[0] if pending_zero else ""
            words += zero + script.digits[int(figure)] + part
        pending_zero = figure == "0" and (whole > 0 or bool(words))
    return words


def _spelled(minor: int, digits: int, currency: str, language: str) -> str:
    """Whole units in words, the fraction in figures as on a cheque."""
    whole, fraction = divmod(abs(minor), 10**digits)
    try:
        words = _cardinal(whole, minor < 0, language)
    except NotImplementedError:
        return ""
    text = f"{words} {_currency_name(currency, whole, language)}"
    if digits:
        joint = " and" if language.startswith("en") else ""
        text += f"{joint} {fraction:0{digits}}/{10**digits}"
    return text[0].upper() + text[1:]


def _cardinal(whole: int, negative: bool, language: str) -> str:
    """``whole`` in words; num2words has no minus for what is less than one unit."""
    if negative and not whole:
        one, minus_one, zero = (num2words(n, lang=language) for n in (1, -1, 0))
        return str(minus_one).replace(str(one), str(zero))
    return str(num2words(-whole if negative else whole, lang=language))


def _currency_name(currency: str, count: int | None, language: str) -> str:
    locale = _locale(language)
    return get_currency_name(currency, count, locale=locale) if locale else currency


@lru_cache
def _locale(language: str) -> Locale | None:
    """The nearest locale Babel knows; ``None`` when it knows none."""
    for code in (language.partition("@")[0], language[:2]):
        try:
            return Locale.parse(code)
        except (UnknownLocaleError, ValueError):
            continue
    return None
