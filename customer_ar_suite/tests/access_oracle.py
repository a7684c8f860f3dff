"""Who may do what with whom, decided a second time; imports nothing of the suite.

Grants and customers are plain rows of names. The answer is found customer by customer, by
walking up from his category, never by collecting sets of categories.
"""

from datetime import date
from typing import NamedTuple

#: dimension → category → parent
TREES = {
    "region": {
        "asia": None,
        "china": "asia",
        "shanghai": "china",
        "japan": "asia",
        "europe": None,
    },
    "size": {"big": None, "small": None},
}
EVERYTHING = ("see", "edit", "money", "export")


class Row(NamedTuple):
    """A grant as somebody would write it down."""

    dimension: str
    category: str | None = None
    rights: tuple[str, ...] = EVERYTHING
    below: bool = True
    unclassified: bool = False
    company: str | None = None
    until: date | None = None


def may(rows, customer, right, company="ours", today=date(2026, 6, 30)):
    """May somebody with these grants do this with a customer ``{dimension: category}``?"""
    restricting = {
        row.dimension for row in rows if row.company is None or row.company == company
    }
    for dimension in restricting:
        if not any(
            _opens(row, customer.get(dimension), right, today)
            for row in rows
            if row.dimension == dimension and row.company in (None, company)
        ):
            return False
    return True


def _opens(row, category, right, today):
    if right != "see" and right not in row.rights:
        return False
    if row.until is not None and row.until < today:
        return False
    if category is None:
        return row.unclassified
    if row.category is None:
        return True
    while category is not None:
        if category == row.category:
            return True
        if not row.below:
            return False
        category = TREES[row.dimension][category]
    return False
