"""Tax numbers and Chinese credit codes carry check characters; a slip shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ...identifiers import uscc
from ...identifiers.tax_id import is_valid as is_valid
from ...identifiers.uscc import one_slip as one_slip
from ..checking import CHECKS, Seen
from ..rows import ERROR, WARNING, CustomerRow, Finding, Settings


@CHECKS.register
class TaxId:
    """The check character of the number is right for its country."""

    code = "tax_id"
    label = "Tax ID has the right check character"

    def check(
        self, rows: Sequence[CustomerRow], settings: Settings, seen: Seen
    ) -> Iterator[tuple[int, Finding]]:
        """Numbers whose check character is wrong; a proposal where one slip explains it."""
        for position, row in enumerate(rows):
            number = row.text("vat")
            country = row.text("country") or settings.country
            if number and is_valid(number, country) is False:
                meant = one_slip(number) if country == "CN" else ""
                code = "tax_id_wrong_meant" if meant else "tax_id_wrong"
                yield (
                    position,
                    row.finding(ERROR, code, "vat", country=country, meant=meant),
                )
            registry = row.text("company_registry")
            if country == "CN" and len(registry) == 18 and not uscc.is_valid(registry):
                yield (
                    position,
                    row.finding(
                        WARNING, "tax_id_wrong", "company_registry", country=country
                    ),
                )


def home_of(numbers: Iterable[str]) -> str:
    """The country most of these tax ids belong to by themselves; empty: they do not say.

    Only the Chinese credit code names its country by its shape alone: 18 characters with a
    check character, and no prefix.

    >>> home_of(["91310116052958608G", "91310116052958608H", "", "91310116052958608G"])
    'CN'
    >>> home_of(["DE136695976", "91310116052958608G"]), home_of([])
    ('', '')
    """
    given = [number.strip() for number in numbers if number.strip()]
    chinese = sum(uscc.is_valid(number) for number in given)
    return "CN" if 2 * chinese > len(given) else ""
