"""What a correction is: a value before and after, and the kinds of change between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

#: kinds of change, in the order in which they are made
SPACES, WIDTH, PUNCTUATION, CASE = "spaces", "width", "punctuation", "case"
LEGAL_FORM, PHONE, EMAIL, TAX_ID, SLIP = (
    "legal_form", "phone", "email", "tax_id", "slip",
)  # fmt: skip
DATE, ADDRESS = "date", "address"
KINDS = (
    SPACES, WIDTH, PUNCTUATION, CASE, LEGAL_FORM, PHONE, EMAIL, TAX_ID, SLIP, DATE,
    ADDRESS,
)  # fmt: skip


class Correction(NamedTuple):
    """A proposal about one field."""

    field: str
    before: str
    after: str
    kinds: tuple[str, ...]


class Step(NamedTuple):
    """One change: its kind, and what it makes of a text in a country."""

    kind: str
    change: Callable[[str, str], str]


def run(
    steps: tuple[Step, ...], text: str, country: str
) -> tuple[str, tuple[str, ...]]:
    """The text after all steps, and the kinds of those that changed it."""
    kinds = []
    for step in steps:
        changed = step.change(text, country)
        if changed != text:
            kinds.append(step.kind)
            text = changed
    return text, tuple(kinds)
