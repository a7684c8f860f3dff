"""Telephone numbers, e-mail addresses, tax ids and dates in one form.

>>> phone("手机：138 0013 8000", "CN"), phone("12", "CN"), phone("+8613800138000", "CN")
('+8613800138000', '12', '+8613800138000')
>>> email(" mailto:Ap＠Example。COM; "), email("no address")
('Ap@example.com', 'no address')
>>> tax_id("91310116 0529 5860 8g", "CN"), slip("9131O116052958608G", "CN")
('91310116052958608G', '91310116052958608G')
>>> iso_date("2026年5月4日", "CN"), iso_date("4.5.2026", "DE"), iso_date("05/04/2026", "")
('2026-05-04', '2026-05-04', '05/04/2026')
"""

from __future__ import annotations

import re
from datetime import date

from ..identifiers import tax_id as tax_ids
from ..identifiers import uscc
from ..identifiers.email import is_email, with_plain_domain
from ..tabular.phones import is_international, read_phone
from ..text import clean

_AROUND = re.compile(
    r"^(?:mailto:|e-?mail\s*[:：]|邮箱\s*[:：])?[\s<'\"(]*|[\s>'\").,;:]+$", re.I
)
_STOPS = str.maketrans({"。": ".", "，": ".", "．": ".", "＠": "@"})
_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


def phone(text: str, country: str = "") -> str:
    """The number in E.164, with its extension; what is none, or several, stays.

    So does what Odoo's form has written in groups: it would do so again.

    >>> phone("13800138000 / 13900139000", "CN"), phone("+86 10 6234 5678", "CN")
    ('13800138000 / 13900139000', '+86 10 6234 5678')
    """
    if is_international(text):
        return text
    found = read_phone(text, country)
    return found.shown if found and not found.rest else text


def email(text: str, country: str = "") -> str:
    """One plain address, if that is what is meant."""
    found = _AROUND.sub("", clean(text.translate(_STOPS))).replace(" ", "")
    return with_plain_domain(found) if is_email(found) else text


def tax_id(text: str, country: str = "") -> str:
    """A tax id without ornaments; what does not prove itself is only tidied up."""
    return tax_ids.normal(text, country) if text.strip() else text


def slip(text: str, country: str = "") -> str:
    """The credit code meant where one slip explains a wrong one."""
    return uscc.one_slip(text) or text if country == "CN" else text


def iso_date(text: str, country: str = "") -> str:
    """A date that can be read in one way only."""
    plain = clean(text)
    if found := _YEAR_FIRST.fullmatch(plain):
        parts = found.groups()
    elif found := _DAY_FIRST.fullmatch(plain):
        parts = found.groups()[::-1]
    else:
        return text
    try:
        return date(*map(int, parts)).isoformat()
    except ValueError:
        return text
