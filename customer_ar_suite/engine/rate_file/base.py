"""What every reader of rates hands over."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from ..errors import EngineError

MAX_QUOTES = 100_000


class Quote(NamedTuple):
    """On that day one unit of ``base`` was worth ``units`` of ``currency`` (ISO codes)."""

    row: int
    day: date
    base: str
    currency: str
    units: Decimal


class RateFile(NamedTuple):
    """A file that has been read; rows that could not be are among the faults."""

    format: str  #: ecb, pairs, long or wide
    quotes: list[Quote]
    faults: list[EngineError]


#: Chinese names in the tables of 国家外汇管理局 and banks
CURRENCY_NAMES = {
    "人民币": "CNY", "美元": "USD", "欧元": "EUR", "日元": "JPY", "港元": "HKD",
    "港币": "HKD", "英镑": "GBP", "澳元": "AUD", "澳大利亚元": "AUD", "新西兰元": "NZD",
    "新元": "SGD", "新加坡元": "SGD", "瑞士法郎": "CHF", "瑞郎": "CHF", "加元": "CAD",
    "加拿大元": "CAD", "澳门元": "MOP", "林吉特": "MYR", "卢布": "RUB", "兰特": "ZAR",
    "韩元": "KRW", "迪拉姆": "AED", "里亚尔": "SAR", "福林": "HUF", "兹罗提": "PLN",
    "丹麦克朗": "DKK", "瑞典克朗": "SEK", "挪威克朗": "NOK", "里拉": "TRY",
    "比索": "MXN", "泰铢": "THB", "新台币": "TWD", "印度卢比": "INR", "印尼盾": "IDR",
}  # fmt: skip

#: the central parity of these is published as units per 100 yuan, of all others as yuan
#: per 100 units
SAFE_INDIRECT = frozenset(
    [
        "MYR",
        "RUB",
        "ZAR",
        "KRW",
        "AED",
        "SAR",
        "HUF",
        "PLN",
        "DKK",
        "SEK",
        "NOK",
        "TRY",
        "MXN",
        "THB",
    ]
)
