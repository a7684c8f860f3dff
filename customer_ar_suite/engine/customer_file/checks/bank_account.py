"""Account numbers: an IBAN proves itself, others are at least digits of a likely length."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ...identifiers.iban import is_account, is_iban, looks_like_iban
from ...text import compact
from ..checking import CHECKS, Seen
from ..fields import numbered
from ..rows import ERROR, WARNING, CustomerRow, Finding, Settings, Value


@CHECKS.register
class BankAccount:
    """The account number can be one."""

    code = "bank_account"
    label = "Bank account number is plausible"

    def check(
        self, rows: Sequence[CustomerRow], settings: Settings, seen: Seen
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
    elif looks_like_iban(number):
        if not is_iban(number):
            yield ERROR, "iban_wrong", "bank_account"
    elif not is_account(number):
        yield ERROR, "bank_account_wrong", "bank_account"
