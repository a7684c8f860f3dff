"""Account numbers: an IBAN proves itself, others are at least digits of a likely length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...identifiers.iban import is_account, is_iban, looks_like_iban
from ...text import compact
from ..checking import CHECKS
from ..rows import ERROR, WARNING, CustomerRow, Finding, Settings


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
            number = compact(row.text("bank_account"))
            if not number:
                if row.text("bank_name"):
                    yield (
                        position,
                        row.finding(WARNING, "bank_without_account", "bank_name"),
                    )
            elif looks_like_iban(number):
                if not is_iban(number):
                    yield position, row.finding(ERROR, "iban_wrong", "bank_account")
            elif not is_account(number):
                yield position, row.finding(ERROR, "bank_account_wrong", "bank_account")
