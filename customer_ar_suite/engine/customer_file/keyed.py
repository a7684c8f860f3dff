"""Rows of another system: its key of a customer decides which customer a row means.

A key that is known means the customer it is linked to, whatever else the row says. A key
that is new is linked by customer code or tax id; where only name or e-mail are alike,
somebody has to say so: two records of the other system must not become one by chance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from .plan import (
    CONFLICT,
    CREATE,
    FAILED,
    SAME,
    UPDATE,
    Change,
    Existing,
    ImportPlan,
    RowPlan,
    changes_of,
)
from .rows import ERROR, WARNING, CustomerRow

#: keys by which a row surely means a customer
_STRONG = frozenset(("ref", "vat"))
#: findings that are about customers nobody knows yet
_OF_NEW = ("customer_not_named", "looks_like")


@dataclass(frozen=True)
class RowKey:
    """The other system's key of one row, and what is known of it.

    :param partner_id: the customer it is linked to; 0: none
    :param is_gone: it was linked to a customer that has been deleted
    :param link: the customer the caller says it is; 0: he says nothing
    :param is_new: the caller says it is none of the customers that look alike
    """

    text: str
    partner_id: int = 0
    is_gone: bool = False
    link: int = 0
    is_new: bool = False


def decide(
    plan: ImportPlan,
    keys: Sequence[RowKey],
    existing: Mapping[int, Existing],
    taken: Mapping[int, str],
) -> ImportPlan:
    """The plan with each row meaning the customer of its key.

    :param existing: customers by id, those of the keys among them
    :param taken: customer -> another key of the same system that means him
    """
    counted = Counter(key.text for key in keys)
    holders = dict(taken)
    rows = []
    for row_plan, key in zip(plan.rows, keys, strict=True):
        if counted[key.text] > 1:
            planned = _failed(row_plan, "external_key_twice", key)
        else:
            planned = _decide(row_plan, key, existing, holders)
        if planned.status in (UPDATE, SAME):
            holders[planned.partner_id] = key.text
        rows.append(planned)
    return ImportPlan(tuple(rows))


def _decide(
    row_plan: RowPlan,
    key: RowKey,
    existing: Mapping[int, Existing],
    holders: Mapping[int, str],
) -> RowPlan:
    if key.is_gone:
        return _conflict(row_plan.row, "external_key_gone", key)
    wanted = key.partner_id or key.link
    if wanted:
        return _decide_known(row_plan, key, wanted, existing, holders)
    found = row_plan.partner_id
    alike = row_plan.status in (UPDATE, SAME, CONFLICT) and (
        row_plan.matched_by not in _STRONG
    )
    if alike and key.is_new and row_plan.status != FAILED:
        return _create(row_plan.row)
    if row_plan.status in (UPDATE, SAME):
        if alike:
            return _conflict(row_plan.row, "external_key_similar", key, found)
        if holders.get(found, key.text) != key.text:
            return _conflict(
                row_plan.row, "external_key_taken", key, found, other=holders[found]
            )
    return row_plan


def _decide_known(
    row_plan: RowPlan,
    key: RowKey,
    wanted: int,
    existing: Mapping[int, Existing],
    holders: Mapping[int, str],
) -> RowPlan:
    """The row changes the customer of its key, unless it is another one's by code or tax id."""
    row = _of_known(row_plan.row)
    if any(finding.severity == ERROR for finding in row.findings):
        return replace(row_plan, row=row, status=FAILED)
    other = row_plan.partner_id
    if other and other != wanted and row_plan.matched_by in _STRONG:
        return _conflict(row, "external_key_differs", key, other)
    customer = existing.get(wanted)
    if not customer:
        return _conflict(row, "external_customer_unknown", key)
    if customer.archived:
        return _conflict(row, "external_customer_archived", key, wanted)
    if holders.get(wanted, key.text) != key.text:
        return _conflict(row, "external_key_taken", key, wanted, other=holders[wanted])
    changes = changes_of(row, customer)
    return RowPlan(row, UPDATE if changes else SAME, wanted, "key", changes)


def _create(row: CustomerRow) -> RowPlan:
    changes = tuple(Change(code, "", value) for code, value in row.values.items())
    return RowPlan(row, CREATE, changes=changes)


def _of_known(row: CustomerRow) -> CustomerRow:
    """A customer that is known need not be named again, and looks like himself."""
    kept = tuple(
        finding
        for finding in row.findings
        if not finding.code.startswith(_OF_NEW)
        and (
            finding.code != "value_missing"
            or finding.params.get("column") != row.headings.get("name", "name")
        )
    )
    return replace(row, findings=kept)


def _conflict(
    row: CustomerRow, code: str, key: RowKey, partner_id: int = 0, **params: str
) -> RowPlan:
    noted = row.with_findings([row.finding(WARNING, code, "key", key.text, **params)])
    return RowPlan(noted, CONFLICT, partner_id, "key")


def _failed(row_plan: RowPlan, code: str, key: RowKey) -> RowPlan:
    noted = row_plan.row.finding(ERROR, code, "key", key.text)
    return RowPlan(row_plan.row.with_findings([noted]), FAILED)
