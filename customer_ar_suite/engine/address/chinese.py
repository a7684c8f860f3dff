"""A Chinese address on one line, from the large to the small.

>>> read("北京市东城区天坛东路甲48号2层214")  # doctest: +NORMALIZE_WHITESPACE
Parts(province='北京市', city='北京市', district='东城区', street='天坛东路',
      number='甲48号2层214', zip='', lead='北京市')
>>> read("江苏昆山市前进西路1号")[:5]
('江苏省', '苏州市', '昆山市', '前进西路', '1号')
>>> read("广东省东莞市长安镇振安东路88号")[:5]
('广东省', '东莞市', '', '长安镇振安东路', '88号')
>>> read("东城区崇文门外大街18号1幢")[2:5], read("Unit 3, Building B")[3]
(('东城区', '崇文门外大街', '18号1幢'), 'Unit 3, Building B')
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from ..china_regions import MUNICIPALITIES, Region, counties, provinces, short_name
from ..text import clean
from .base import Parts

_COUNTRY = re.compile(r"^(?:中国|中华人民共和国|P\.?R\.? ?China)[\s,，]*", re.I)
_ZIP = re.compile(
    r"^(?:邮编[:：]?)?(\d{6})[\s,，]+|[\s,，(（]+(?:邮编[:：]?)?(\d{6})[)）]?$"
)
_SPACES = re.compile(r"(?<=[\u3400-\u9fff\d])[\s,，]+(?=[\u3400-\u9fff\d])")
#: districts that no table knows: development zones and the like
_ZONE = re.compile(
    r"^[\u3400-\u9fff]{2,10}?(?:高新技术产业开发区|经济技术开发区|高新技术开发区|高新区|"
    r"经开区|开发区|工业园区|保税区|自贸区|新区|区|县|旗)(?=[\u3400-\u9fff])"
)
_NUMBER = re.compile(
    r"^(?P<street>.*?(?:大道|大街|胡同|公路|国道|省道|路|街|道|巷|弄|里|村|镇|乡))"
    r"(?P<number>(?:[甲乙丙丁附]?\d|[甲乙丙丁]?[一二三四五六七八九十]+号).*)$"
)
#: an estate or a village instead of a street, and the building in it
_BUILDING = re.compile(
    r"^(?P<street>[^\d]{2,}?)(?P<number>[甲乙丙丁附]?\d+(?:-\d+)?(?:号|幢|栋|弄|座|楼).*)$"
)


class _Found(NamedTuple):
    """A region at the start of a text, and the characters it takes there."""

    name: str
    size: int


def read(text: str) -> Parts:
    """The parts of the line; what cannot be told apart is the street."""
    rest = _COUNTRY.sub("", clean(text).replace("(", "（").replace(")", "）"))
    rest, zip_code = _without_zip(rest)
    rest = _SPACES.sub("", rest)
    line = rest
    province = _province(rest)
    rest = rest[province.size :]
    city = _city(rest, province.name)
    rest = rest[city.size :]
    lead = line[: len(line) - len(rest)]
    county = _county(rest, province.name, city.name)
    district = county.county if county else _zone(rest)
    rest = rest[len(district) :]
    found = _NUMBER.match(rest) or _BUILDING.match(rest)
    return Parts(
        county.province if county else province.name,
        county.city or city.name if county else city.name,
        district,
        found["street"] if found else rest,
        found["number"] if found else "",
        zip_code,
        lead,
    )


def _without_zip(text: str) -> tuple[str, str]:
    found = _ZIP.search(text)
    if not found:
        return text, ""
    return (text[: found.start()] + text[found.end() :]).strip(), found[1] or found[2]


def _province(text: str) -> _Found:
    for name in provinces():
        if text.startswith(name):
            return _Found(name, len(name))
    for name in provinces():
        short = short_name(name)
        if text.startswith(short) and len(text) > len(short):
            # 吉林市 and 海南州 are cities, whatever province is called alike
            follows = text[len(short)]
            is_city = follows in "市州" and name not in MUNICIPALITIES
            return _Found(name, 0 if is_city else len(short))
    return _Found("", 0)


def _city(text: str, province: str) -> _Found:
    if province in MUNICIPALITIES:
        # 上海市上海市闵行区: written twice by forms that ask for both
        size = len(province) if text.startswith(province) else 0
        return _Found(province, size)
    known = [c for p, c in _cities() if not province or p == province]
    for name in known:
        if text.startswith(name):
            return _Found(name, len(name))
    for name in known:
        short = name.removesuffix("市")
        # 吉林昌邑区: a short name, followed by what lies in that city
        if name != short and text.startswith(short) and province:
            if _county(text[len(short) :], province, name):
                return _Found(name, len(short))
    return _Found("", 0)


def _county(text: str, province: str, city: str) -> Region | None:
    """The county the text starts with; alone only if its name is unique in what is known."""
    found = [
        one
        for one in _by_start().get(text[:2], ())
        if text.startswith(one.county)
        and (not province or one.province == province)
        and (not city or not one.city or one.city == city)
    ]
    longest = max((len(one.county) for one in found), default=0)
    found = [one for one in found if len(one.county) == longest]
    homes = {(one.province, one.city) for one in found}
    if len(homes) == 1:
        return found[0]
    if found:  # the name is sure, where it lies is not
        return Region("", province, city, found[0].county)
    return None


def _zone(text: str) -> str:
    found = _ZONE.match(text)
    return found[0] if found else ""


@lru_cache(maxsize=1)
def _cities() -> tuple[tuple[str, str], ...]:
    pairs = dict.fromkeys((one.province, one.city) for one in counties() if one.city)
    # four cities without counties, which the table does not list
    pairs |= dict.fromkeys(
        [
            ("广东省", "东莞市"),
            ("广东省", "中山市"),
            ("甘肃省", "嘉峪关市"),
            ("海南省", "儋州市"),
        ]
    )
    return tuple(pairs)


@lru_cache(maxsize=1)
def _by_start() -> dict[str, list[Region]]:
    found: dict[str, list[Region]] = {}
    for one in counties():
        if one.county not in ("市辖区", ""):
            found.setdefault(one.county[:2], []).append(one)
    return found
