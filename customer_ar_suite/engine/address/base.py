"""The parts of an address."""

from __future__ import annotations

from typing import NamedTuple


class Parts(NamedTuple):
    """What a street line says; ``lead`` is what stands before the district in it."""

    province: str = ""
    city: str = ""
    district: str = ""
    street: str = ""
    number: str = ""
    zip: str = ""
    lead: str = ""
