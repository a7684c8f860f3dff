"""Bank account numbers: an IBAN proves itself, others are at least plausible."""

from __future__ import annotations

import re

from ..text import compact

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{8,30}")
_OTHER = re.compile(r"[A-Z0-9]{5,34}")


def looks_like_iban(number: str) -> bool:
    """Is it written as an IBAN, right or wrong?

    >>> looks_like_iban("DE89 3704 0044 0532 0130 00"), looks_like_iban("6222020200012345678")
    (True, False)
    """
    return bool(_IBAN.fullmatch(compact(number)))


def is_iban(number: str) -> bool:
    """Do the check digits fit (ISO 7064, mod 97-10)?

    >>> is_iban("DE89370400440532013000"), is_iban("DE89370400440532013001")
    (True, False)
    """
    number = compact(number)
    if not _IBAN.fullmatch(number):
        return False
    moved = number[4:] + number[:4]
    return int("".join(str(int(char, 36)) for char in moved)) % 97 == 1


def is_account(number: str) -> bool:
    """May it be an account number of any kind; if an IBAN, a right one?

    >>> is_account("6222 0202 0001 2345 678"), is_account("DE89370400440532013001")
    (True, False)
    """
    number = compact(number)
    if _IBAN.fullmatch(number):
        return is_iban(number)
    return bool(_OTHER.fullmatch(number))
