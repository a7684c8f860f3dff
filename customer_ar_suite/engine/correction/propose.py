"""Which corrections a field gets, and what they propose about a record."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from . import base, contact, words
from .base import Correction, Step, run
from .legal_form import legal_form

_SPACES = Step(base.SPACES, words.spaces)
_WIDTH = Step(base.WIDTH, words.width)
_MARKS = Step(base.PUNCTUATION, words.punctuation)
_CASE = Step(base.CASE, words.capitals)

#: kind of field -> its corrections, in order
STEPS: Mapping[str, tuple[Step, ...]] = {
    "company": (_SPACES, _WIDTH, _MARKS, _CASE, Step(base.LEGAL_FORM, legal_form)),
    "person": (_SPACES, _WIDTH, _MARKS, _CASE),
    "text": (_SPACES, _WIDTH),
    "address": (_SPACES, _WIDTH, _MARKS),
    "place": (_SPACES, _WIDTH, _MARKS, Step(base.CASE, words.place)),
    "code": (_SPACES, _WIDTH),
    "tax_id": (
        _SPACES,
        Step(base.TAX_ID, contact.tax_id),
        Step(base.SLIP, contact.slip),
    ),
    "phone": (Step(base.PHONE, contact.phone),),
    "email": (_SPACES, Step(base.EMAIL, contact.email)),
    "date": (Step(base.DATE, contact.iso_date),),
}


def propose_value(
    field: str,
    value: str,
    kind: str,
    country: str = "",
    wanted: Collection[str] = base.KINDS,
) -> Correction | None:
    """The correction of one value, or nothing.

    :param kind: kind of the field, a key of ``STEPS``
    :param wanted: kinds of change that are asked for

    >>> propose_value("name", " ACME　co.,ltd ", "company").after
    'ACME Co., Ltd.'
    """
    steps = tuple(step for step in STEPS[kind] if step.kind in wanted)
    after, kinds = run(steps, value, country)
    return Correction(field, value, after, kinds) if after != value else None


def propose(
    values: Mapping[str, str],
    kinds: Mapping[str, str],
    country: str = "",
    wanted: Collection[str] = base.KINDS,
) -> list[Correction]:
    """The corrections of a record: its texts by field, and the kind of each field."""
    found = (
        propose_value(field, values[field], kind, country, wanted)
        for field, kind in kinds.items()
        if values.get(field)
    )
    return [one for one in found if one]
