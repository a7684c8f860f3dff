"""Category grants: which customers somebody sees, and why.

A grant opens a category, with or without what is below it, for some rights. Whoever has no
grant in a dimension is not restricted by it; whoever has one sees what his grants add up to
and nothing else of that dimension. Dimensions restrict together. A grant that has run out
still restricts: it opens nothing any more.

>>> parents = {1: None, 2: 1, 3: None}
>>> grants = [Grant(7, dimension_id=1, category_id=1, rights=frozenset({"see"}))]
>>> scope(grants, {1: parents}, ("see",))
(DimensionScope(dimension_id=1, category_ids=frozenset({1, 2}), uncategorized=False),)
>>> scope(grants, {1: parents}, ("see", "edit"))[0].category_ids
frozenset()
>>> explain(grants, {1: parents}, {1: 3}, "see")[0].code
'elsewhere'
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

#: what a grant may give; each grant gives "see"
RIGHTS = ("see", "edit", "money", "export")

#: category → parent, of one dimension
Tree = Mapping[int, int | None]


class Grant(NamedTuple):
    """One grant that reaches the user, himself or through a group."""

    grant_id: int
    dimension_id: int
    category_id: int | None = None  # None: every category of the dimension
    below: bool = True
    uncategorized: bool = False  # also customers without a category in the dimension
    rights: frozenset[str] = frozenset(RIGHTS)
    company_id: int | None = None  # None: in all companies
    valid_from: date | None = None
    valid_to: date | None = None  # the last day


class DimensionScope(NamedTuple):
    """What of a dimension is open; the rest is closed."""

    dimension_id: int
    category_ids: frozenset[int]
    uncategorized: bool


@dataclass(frozen=True)
class Reason:
    """What one dimension says about one customer.

    ``code``: ``granted``; or why not: ``elsewhere`` (other categories are granted),
    ``uncategorized`` (has no category, no grant includes such customers), ``right`` (granted,
    but not for this), ``period`` (granted for this, but not on that day).
    """

    dimension_id: int
    code: str
    grant_ids: tuple[
        int, ...
    ]  # those that open it; if none does, those that come closest

    @property
    def is_open(self) -> bool:
        """Does this dimension let the user see the customer?"""
        return self.code == "granted"


def scope(
    grants: Iterable[Grant],
    trees: Mapping[int, Tree],
    rights: Collection[str],
    company_id: int | None = None,
    day: date | None = None,
) -> tuple[DimensionScope, ...]:
    """What is open for all of ``rights`` at once, by dimension; empty: everything is.

    :param trees: dimension → its categories; a grant of an unknown category opens nothing
    :param day: without one, grants with a period open nothing
    """
    by_dimension = _by_dimension(grants, company_id)
    return tuple(
        _dimension_scope(dimension_id, own, trees.get(dimension_id, {}), rights, day)
        for dimension_id, own in sorted(by_dimension.items())
    )


def explain(
    grants: Iterable[Grant],
    trees: Mapping[int, Tree],
    categories: Mapping[int, int | None],
    right: str,
    company_id: int | None = None,
    day: date | None = None,
) -> tuple[Reason, ...]:
    """Why a customer with these ``categories`` (by dimension) is open for ``right``, or not.

    One reason per dimension that restricts; he is open if all of them are.
    """
    return tuple(
        _reason(
            dimension_id,
            own,
            trees.get(dimension_id, {}),
            categories.get(dimension_id),
            right,
            day,
        )
        for dimension_id, own in sorted(_by_dimension(grants, company_id).items())
    )


def _by_dimension(
    grants: Iterable[Grant], company_id: int | None
) -> dict[int, list[Grant]]:
    found: dict[int, list[Grant]] = {}
    for grant in grants:
        if grant.company_id in (None, company_id):
            found.setdefault(grant.dimension_id, []).append(grant)
    return found


def _dimension_scope(
    dimension_id: int,
    grants: list[Grant],
    tree: Tree,
    rights: Collection[str],
    day: date | None,
) -> DimensionScope:
    open_ids: set[int] = set(tree)
    uncategorized = True
    for right in rights:
        giving = [g for g in grants if right in g.rights and _is_valid(g, day)]
        open_ids &= {category for g in giving for category in _covered(g, tree)}
        uncategorized &= any(g.uncategorized for g in giving)
    return DimensionScope(dimension_id, frozenset(open_ids), uncategorized)


def _reason(
    dimension_id: int,
    grants: list[Grant],
    tree: Tree,
    category_id: int | None,
    right: str,
    day: date | None,
) -> Reason:
    reached = [grant for grant in grants if _reaches(grant, tree, category_id)]
    given = [grant for grant in reached if right in grant.rights]
    valid = [grant for grant in given if _is_valid(grant, day)]
    for found, code in ((valid, "granted"), (given, "period"), (reached, "right")):
        if found:
            return Reason(dimension_id, code, tuple(grant.grant_id for grant in found))
    code = "uncategorized" if category_id is None else "elsewhere"
    return Reason(dimension_id, code, tuple(grant.grant_id for grant in grants))


def _is_valid(grant: Grant, day: date | None) -> bool:
    if day is None:
        return grant.valid_from is None and grant.valid_to is None
    return (grant.valid_from is None or grant.valid_from <= day) and (
        grant.valid_to is None or day <= grant.valid_to
    )


def _reaches(grant: Grant, tree: Tree, category_id: int | None) -> bool:
    if category_id is None:
        return grant.uncategorized
    return category_id in _covered(grant, tree)


def _covered(grant: Grant, tree: Tree) -> set[int]:
    """The categories a grant opens."""
    if grant.category_id is None:
        return set(tree)
    if grant.category_id not in tree:
        return set()
    if not grant.below:
        return {grant.category_id}
    children: dict[int, list[int]] = {}
    for category_id, parent_id in tree.items():
        if parent_id is not None:
            children.setdefault(parent_id, []).append(category_id)
    found, todo = set(), [grant.category_id]
    while todo:
        category_id = todo.pop()
        if category_id not in found:
            found.add(category_id)
            todo += children.get(category_id, ())
    return found
