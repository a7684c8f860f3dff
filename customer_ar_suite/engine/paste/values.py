"""Values as they stand in a pasted block -> as a customer has them, with how sure that is.

OCR mistakes letters for digits; what has a check character is mended only where it fits.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from stdnum.cn import uscc
from stdnum.eu import vat as eu_vat
from stdnum.gb import vat as gb_vat

from ..tabular.phones import read_phone
from ..text import clean

#: confidence: proven by a check character or an exact shape, labelled, likely, mended
PROVEN, LABELLED, LIKELY, MENDED, WEAK = 98, 92, 80, 70, 50

_TO_DIGIT = str.maketrans("OoQDlI|!iZzSsBGTg", "00001111122558679")
_IN_USCC = str.maketrans("OISZVoilszv", "0152U01152U")
#: letters of the alphabet of credit codes that OCR takes for each other
_ALIKE = {
    "8": "B", "B": "83", "0": "DQC", "D": "0", "Q": "0", "6": "G", "G": "6", "1": "LT7",
    "L": "1", "7": "T1", "T": "7", "2": "Z7", "3": "8", "5": "6", "U": "0", "C": "0G",
    "E": "F", "F": "EP", "P": "R", "R": "P", "M": "N", "N": "M", "4": "A", "A": "4", "9": "g",
}  # fmt: skip
_MAIL = re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\s?[.,]\s?[\w-]+)+")
_SITE = re.compile(r"(?:https?://|www\.)[^\s,;，；]+", re.IGNORECASE)
_VAT_OTHER = re.compile(r"(?:[A-Z]{2,3})?[0-9A-Z]{8,15}")

Read = tuple[str, int]  # value, confidence; ("", 0): none


def is_credit_code(number: str) -> bool:
    """Is this a Chinese unified social credit code with the right check character?"""
    return bool(uscc.is_valid(number))


def read_vat(text: str, country: str) -> Read:
    """A tax id; a slip in a credit code is mended when one reading fits.

    >>> read_vat("9131 0116 0529 5860 8G", "CN"), read_vat("9I31O116052958608G", "CN")
    (('91310116052958608G', 98), ('91310116052958608G', 70))
    >>> read_vat("DE 136 695 976", "DE"), read_vat("none", "DE")
    (('DE136695976', 98), ('', 0))
    """
    number = re.sub(r"[^0-9A-Za-z]", "", clean(text))
    upper = number.upper()
    if uscc.is_valid(upper):
        return upper, PROVEN
    if len(upper) == 18 and (meant := mend_uscc(number)):
        return meant, MENDED
    found = _eu_vat(upper, country)
    if found:
        return found, PROVEN
    if _VAT_OTHER.fullmatch(upper) and sum(c.isdigit() for c in upper) >= 6:
        return upper, LIKELY
    if 15 <= len(upper) <= 20 and sum(c.isdigit() for c in upper) >= 10:
        # a code that fits no check: said, not hidden
        return upper, WEAK
    return "", 0


def _eu_vat(number: str, country: str) -> str:
    with_prefix = (
        f"{country}{number}" if country.lower() in eu_vat.MEMBER_STATES else ""
    )
    for candidate in (number, with_prefix):
        if candidate[:2].isalpha() and eu_vat.is_valid(candidate):
            return str(candidate)
        if candidate.startswith("GB") and gb_vat.is_valid(candidate):
            return str(candidate)
    mended = number[:2] + number[2:].translate(_TO_DIGIT)
    if number[:2].isalpha() and mended != number and eu_vat.is_valid(mended):
        return mended
    return ""


def mend_uscc(number: str) -> str:
    """The credit code meant by a misread one, when only one reading has the right check."""
    upper = number.translate(_IN_USCC).upper()
    # kind and region are digits, whatever OCR saw
    base = upper[:2] + upper[2:8].translate(_TO_DIGIT) + upper[8:]
    if uscc.is_valid(base):
        return base
    found = {
        candidate
        for i, char in enumerate(base)
        for other in _ALIKE.get(char, "")
        if uscc.is_valid(candidate := base[:i] + other.upper() + base[i + 1 :])
    }
    return found.pop() if len(found) == 1 else ""


def read_phones(text: str, country: str) -> list[Read]:
    """All telephone numbers of a text.

    >>> read_phones("021-5888 1234 / 13800138000", "CN")
    [('+862158881234', 97), ('+8613800138000', 97)]
    """
    found: list[Read] = []
    rest = clean(text)
    while rest:
        phone = read_phone(rest, country)
        if not phone:
            break
        found.append((phone.shown, 97))
        rest = phone.rest
    if found:
        return found
    mended = clean(text).translate(_TO_DIGIT)
    phone = read_phone(mended, country) if mended != clean(text) else None
    return [(phone.shown, MENDED)] if phone else []


def read_account(text: str) -> Read:
    """An account number: an IBAN proves itself, others have a likely length.

    >>> read_account("DE89 3704 0044 0532 0130 00"), read_account("6222 0200 O123 4567")
    (('DE89370400440532013000', 98), ('6222020001234567', 70))
    """
    number = re.sub(r"[\s\-–.·]", "", clean(text))
    upper = number.upper()
    if re.match(r"[A-Z]{2}\d", upper):
        for candidate in (upper, upper[:2] + upper[2:].translate(_TO_DIGIT)):
            if is_iban(candidate):
                return candidate, PROVEN if candidate == upper else MENDED
    if number.isdigit() and 6 <= len(number) <= 30:
        return number, LABELLED
    digits = number.translate(_TO_DIGIT)
    if digits.isdigit() and 8 <= len(digits) <= 30:
        return digits, MENDED
    return (
        ("", 0) if not 5 <= len(upper) <= 34 or not upper.isalnum() else (upper, WEAK)
    )


def is_iban(number: str) -> bool:
    """Do the check digits fit (ISO 7064, mod 97-10)?"""
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", number):
        return False
    moved = number[4:] + number[:4]
    return int("".join(str(int(char, 36)) for char in moved)) % 97 == 1


def read_email(text: str, _country: str = "") -> Read:
    """An address; the spaces OCR puts around @ and dots are taken out.

    >>> read_email("Mail: a.b @example,com")
    ('a.b@example.com', 98)
    """
    match = _MAIL.search(clean(text).replace("＠", "@"))
    if not match:
        return "", 0
    value = re.sub(r"\s+", "", match[0]).replace(",", ".").lower()
    return value.strip("."), PROVEN


def read_site(text: str) -> Read:
    """A web address."""
    match = _SITE.search(clean(text))
    return (match[0].rstrip("./"), LABELLED) if match else ("", 0)


def read_text(text: str) -> Read:
    """Whatever stands there."""
    value = clean(text).strip(" ,，;；:：|、。-")
    return (value, LABELLED) if value else ("", 0)


def read_zip(text: str) -> Read:
    """A post code."""
    match = re.search(r"\b[0-9A-Z][0-9A-Z -]{2,8}\b", clean(text).upper())
    return (match[0].strip(), LABELLED) if match else ("", 0)


def read_bic(text: str) -> Read:
    """A bank's identifier."""
    match = re.search(
        r"\b[A-Z]{4}\s?[A-Z]{2}\s?[A-Z0-9]{2}(?:\s?[A-Z0-9]{3})?\b", clean(text).upper()
    )
    return (match[0].replace(" ", ""), PROVEN) if match else ("", 0)


def unspaced(text: str) -> str:
    """Chinese without the spaces OCR puts between the characters.

    >>> unspaced("上 海 测 试 有 限 公 司"), unspaced("上海测试有限公司 张三")
    ('上海测试有限公司', '上海测试有限公司 张三')
    """
    words = text.split()
    chinese = [w for w in words if any("\u4e00" <= c <= "\u9fff" for c in w)]
    if len(chinese) < 3 or sum(map(len, chinese)) > 2 * len(chinese):
        return text
    return re.sub(
        r"(?<=[\u4e00-\u9fff()]) (?=[\u4e00-\u9fff()0-9])|(?<=\d) (?=[\u4e00-\u9fff])",
        "",
        text,
    )


READERS: dict[str, Callable[[str], Read]] = {
    "name": read_text,
    "address": read_text,
    "bank_name": read_text,
    "bank_account": read_account,
    "bic": read_bic,
    "email": read_email,
    "contact_name": read_text,
    "website": read_site,
    "zip": read_zip,
}
