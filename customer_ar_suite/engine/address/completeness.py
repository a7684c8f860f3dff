"""What an address lacks for a letter to arrive, and how far it is from that."""

from __future__ import annotations

from .base import Parts

#: countries whose letters need the state or province
WITH_STATE = frozenset((
    "US", "CA", "AU", "BR", "MX", "IN", "IT", "MY", "AR", "JP", "CN", "TW", "ID",
    "TH",
))  # fmt: skip
#: countries without postal codes, or where few use them
WITHOUT_ZIP = frozenset((
    "HK", "MO", "CN", "IE", "AE", "QA", "PA", "JM", "GH", "UG", "ZW", "AO", "BO",
    "BS", "FJ",
))  # fmt: skip


def missing_parts(parts: Parts, country: str) -> tuple[str, ...]:
    """The parts that a complete address in this country has and this one lacks.

    >>> missing_parts(Parts(street="Damrak", number="1", city="Amsterdam"), "NL")
    ('zip',)
    >>> missing_parts(Parts("上海市", "上海市", "", "漕溪北路", ""), "CN")
    ('district', 'number')
    >>> missing_parts(Parts(), "")
    ('country', 'city', 'street', 'number', 'zip')
    """
    return tuple(part for part in _wanted(country) if not _has(parts, part, country))


def score(parts: Parts, country: str) -> int:
    """How complete it is, in percent.

    >>> score(Parts("上海市", "上海市", "徐汇区", "漕溪北路", ""), "CN"), score(Parts(), "")
    (80, 0)
    """
    wanted = _wanted(country)
    return round(100 - 100 * len(missing_parts(parts, country)) / len(wanted))


def _wanted(country: str) -> tuple[str, ...]:
    if country == "CN":
        return ("province", "city", "district", "street", "number")
    wanted = [] if country else ["country"]
    wanted += ["province"] if country in WITH_STATE else []
    wanted += ["city", "street", "number"]
    return (*wanted, *(() if country in WITHOUT_ZIP else ("zip",)))


def _has(parts: Parts, part: str, country: str) -> bool:
    if part == "country":
        return bool(country)
    if part == "number" and not parts.number:
        # a box needs no house
        return parts.street.lower().startswith(("po box", "p.o. box", "postfach"))
    return bool(getattr(parts, part))
