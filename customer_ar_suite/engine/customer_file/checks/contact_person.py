"""A contact person has a name; what belongs to nobody is told, not lost silently."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..checking import CHECKS, Seen
from ..fields import numbered
from ..rows import WARNING, CustomerRow, Finding, Settings


@CHECKS.register
class ContactPerson:
    """Telephone, mail and position of a contact come with a name."""

    code = "contact_person"
    label = "Contact persons have a name"

    def check(
        self, rows: Sequence[CustomerRow], settings: Settings, seen: Seen
    ) -> Iterator[tuple[int, Finding]]:
        """Entries without a name, which are left out."""
        for position, row in enumerate(rows):
            for number, entry in row.entries("contact").items():
                if "contact_name" not in entry:
                    key = numbered(next(iter(entry)), number)
                    yield position, row.finding(WARNING, "contact_without_name", key)
