"""Account numbers: an IBAN proves itself, others are at least digits of a likely length."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ...text import compact
from ..checking import CHECKS
from ..fields import numbered
from ..rows import ERROR, WARNING, CustomerRow, Finding, Settings, Value

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{8,30}")
_OTHER = re.compile(r"[A-Z0-9]{5,34}")


@CHECKS.register
class BankAccount:
    """The account number can be one."""

    code = "bank_account"
    label = "Bank account number is plausible"

    def check(
        self, rows: Sequence[CustomerRow], settings: Settings
    ) -> Iterator[tuple[int, Finding]]:
        """IBANs with a wrong checksum, numbers that are none, banks without an account."""
        for position, row in enumerate(rows):
            for number, entry in row.entries("bank").items():
                for severity, code, field in _faults(entry):
                    key = numbered(field, number)
                    yield position, row.finding(severity, code, key)


def _faults(entry: Mapping[str, Value]) -> Iterator[tuple[str, str, str]]:
    """Severity, code and field of what is wrong with one account."""
    number = compact(str(entry.get("bank_account", "")))
    if not number:
        if entry.get("bank_name"):
            yield WARNING, "bank_without_account", "bank_name"
    elif _IBAN.fullmatch(number):
        if not is_iban(number):
            yield ERROR, "iban_wrong", "bank_account"
    elif not _OTHER.fullmatch(number):
        yield ERROR, "bank_account_wrong", "bank_account"


def is_iban(number: str) -> bool:
    """Do the check digits fit (ISO 7064, mod 97-10)?

    >>> is_iban("DE89370400440532013000"), is_iban("DE89370400440532013001")
    (True, False)
    """
    moved = number[4:] + number[:4]
    return int("".join(str(int(char, 36)) for char in moved)) % 97 == 1
