"""Provinces, prefectures and counties of China, as GB/T 2260 lists them.

The table ships with python-stdnum, which needs it for identity numbers; codes of regions
that were merged or renamed since are in it, because old registrations keep them.

>>> region("110101")
Region(code='110101', province='北京市', city='北京市', county='东城区')
>>> region("340600").city, region("370000").province, region("999999") is None
('淮北市', '山东省', True)
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from io import StringIO
from typing import NamedTuple

from stdnum import numdb

#: prefectures that are headings of the table, not names
_HEADINGS = frozenset(
    ("市辖区", "县", "市", "省直辖县级行政区划", "自治区直辖县级行政区划")
)
#: provinces that are one city
MUNICIPALITIES = ("北京市", "天津市", "上海市", "重庆市")
#: not in the table of the mainland
_OTHERS = {
    "710000": "台湾省",
    "810000": "香港特别行政区",
    "820000": "澳门特别行政区",
}
#: codes of the State Administration itself
NATIONAL = "100000"


class Region(NamedTuple):
    """One line of the table: a county, and what it lies in; empty above its level."""

    code: str
    province: str
    city: str = ""
    county: str = ""


@lru_cache(maxsize=1)
def counties() -> tuple[Region, ...]:
    """All counties, districts and cities of that level, in the order of their codes."""
    return tuple(
        _county(code, values) for _length, code, _to, values, _below in _prefixes()
    )


def region(code: str) -> Region | None:
    """What a code of six digits stands for: county, prefecture (…00) or province."""
    return _by_code().get(code)


@lru_cache(maxsize=1)
def provinces() -> tuple[str, ...]:
    """The official names of the provinces."""
    return tuple(dict.fromkeys([*(r.province for r in counties()), *_OTHERS.values()]))


def short_name(name: str) -> str:
    """The name people say, without what kind of region it is.

    >>> short_name("广西壮族自治区"), short_name("内蒙古自治区"), short_name("上海市")
    ('广西', '内蒙古', '上海')
    """
    for ending in (
        "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "特别行政区", "省", "市",
    ):  # fmt: skip
        if name.endswith(ending):
            return name[: -len(ending)]
    return name


def _prefixes() -> list[tuple[int, str, str, dict[str, str], object]]:
    """The rows of the table; none where an installation lacks it.

    Read from the package that holds it: python-stdnum's own way fails inside Odoo, whose
    import hook stands before that library's data.
    """
    try:
        text = resources.files("stdnum.cn").joinpath("loc.dat").read_text("utf-8")
    except (FileNotFoundError, ModuleNotFoundError):
        return []
    table: list[tuple[int, str, str, dict[str, str], object]]
    table = numdb.read(StringIO(text)).prefixes
    return table


def _county(code: str, values: Mapping[str, str]) -> Region:
    province = values.get("province", "")
    city = values.get("prefecture", "")
    if city in _HEADINGS:
        city = province if province in MUNICIPALITIES else ""
    return Region(code, province, city, values.get("county", ""))


@lru_cache(maxsize=1)
def _by_code() -> dict[str, Region]:
    found = {code: Region(code, name) for code, name in _OTHERS.items()}
    for one in counties():
        found[one.code] = one
        above = one.code[:4] + "00"
        found.setdefault(above, Region(above, one.province, one.city))
        top = one.code[:2] + "0000"
        found.setdefault(top, Region(top, one.province))
    return found
