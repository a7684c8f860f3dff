"""Is the account a file names the one a journal is kept for? Banks write it in many ways."""

from __future__ import annotations

import re

_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{10,30}")
#: a shorter number could be the end of many accounts
_ENOUGH = 7


def same_account(stated: str, known: str) -> bool:
    """Both compact. Equal, or one is the national number at the end of the other's IBAN.

    >>> same_account("370400440532013000", "DE89370400440532013000")
    True
    >>> [same_account(end, "NL91ABNA0417164300") for end in ("0417164300", "417164300", "4300")]
    [True, True, False]
    >>> same_account("DE89370400440532013000", "DE02120300000000202051")
    False
    """
    if not stated or not known:
        return False
    if stated == known:
        return True
    return _is_end_of(stated, known) or _is_end_of(known, stated)


def _is_end_of(number: str, iban: str) -> bool:
    if not _IBAN.fullmatch(iban) or _IBAN.fullmatch(number):
        return False
    endings = number, number.lstrip("0").zfill(10)
    return len(number) >= _ENOUGH and iban[4:].endswith(endings)
