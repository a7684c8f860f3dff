"""Are these two one customer? Points field by field, each with what it rests on.

Points are the logarithm (base 2) of how much more often what is seen occurs between records
of one customer than between records of two (Fellegi and Sunter, *A Theory for Record
Linkage*, 1969). Their sum says how sure it is; the score shows it from 0 to 100.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import pairwise
from math import pow
from typing import NamedTuple

from ..similar import alike, slips
from . import chinese
from .identity import Identity, weight
from .likeness import words_alike


class Level(NamedTuple):
    """What may be seen of a field, and its points unless a company says otherwise."""

    code: str
    field: str
    points: float


LEVELS = {
    level.code: level
    for level in (
        Level("name_same", "name", 10),
        Level("name_different", "name", -6),
        Level("form_different", "name", -5),
        Level("tax_id_same", "tax_id", 20),
        Level("tax_id_slip", "tax_id", 8),
        Level("tax_id_different", "tax_id", -4),
        Level("code_same", "code", 6),
        Level("account_same", "account", 12),
        Level("phone_same", "phone", 8),
        Level("phone_slip", "phone", 3),
        Level("phone_different", "phone", -1.5),
        Level("email_same", "email", 10),
        Level("email_slip", "email", 6),
        Level("email_domain", "email", 2.5),
        Level("email_different", "email", -1),
        Level("street_same", "street", 7),
        Level("street_number", "street", -1),
        Level("street_different", "street", -3),
        Level("zip_same", "zip", 2.5),
        Level("zip_slip", "zip", 1),
        Level("zip_different", "zip", -2),
        Level("city_same", "city", 1.5),
        Level("city_different", "city", -2),
        Level("state_different", "state", -1),
        Level("country_different", "country", -3),
        Level("born_same", "born", 6),
        Level("born_slip", "born", 3),
        Level("born_different", "born", -4),
    )
}
#: fields that say where somebody is reached: they depend on each other, and on who shares
#: a house, so that together they tell no more than this
REACH = ("phone", "email", "street", "zip", "city", "state")
REACH_LIMIT = 13.0
#: sum of points at which it is as likely as not
EVEN = 4.5
#: score from which two are shown as possible duplicates
THRESHOLD = 60.0
#: likeness of names, and how much of the way from different to same it goes
CURVE = ((0.25, 0.0), (0.5, 0.16), (0.7, 0.44), (0.85, 0.78), (1.0, 1.0))
#: likeness of names of which one holds all words of the other
WITHIN = 0.7
#: levels that bring two together however little else agrees
EXACT = frozenset(
    ("tax_id_same", "code_same", "account_same", "phone_same", "email_same")
)

#: texts whose digits, and names whose weight, are remembered: each is met in many pairs
_REMEMBERED = 16_384

Points = Mapping[str, float]


class Reason(NamedTuple):
    """One field of a pair: what is seen, both values as compared, what it counts."""

    code: str
    points: float
    one: str
    other: str


CompareField = Callable[[Identity, Identity, Points], list[Reason]]


class Likeness(NamedTuple):
    """How sure it is that two are one, and why."""

    score: float  #: 0 to 100
    reasons: tuple[Reason, ...]

    @property
    def is_exact(self) -> bool:
        """Whether an identifying number or address is the same."""
        return any(reason.code in EXACT for reason in self.reasons)


def default_points() -> dict[str, float]:
    """The points as shipped."""
    return {code: level.points for code, level in LEVELS.items()}


def compare(
    one: Identity,
    other: Identity,
    points: Points,
    hidden: frozenset[str] = frozenset(),
) -> Likeness:
    """Compare two customers, the same whichever comes first.

    :param points: by code of :data:`LEVELS`
    :param hidden: fields that must not count, because the asker may not know them
    """
    first, second = in_order(one, other)
    swapped = first is not one
    reasons = [
        reason
        for field, compare_field in FIELDS.items()
        if field not in hidden
        for reason in compare_field(first, second, points)
    ]
    if swapped:
        reasons = [Reason(r.code, r.points, r.other, r.one) for r in reasons]
    return Likeness(score(reasons), tuple(reasons))


def may_be_exact(
    one: Identity, other: Identity, hidden: frozenset[str] = frozenset()
) -> bool:
    """Whether an identifying number or address may be the same; False is certain."""
    return (
        ("tax_id" not in hidden and not one.tax_ids.isdisjoint(other.tax_ids))
        or ("code" not in hidden and one.code != "" and one.code == other.code)
        or ("account" not in hidden and not one.accounts.isdisjoint(other.accounts))
        or ("email" not in hidden and not one.emails.isdisjoint(other.emails))
        or ("phone" not in hidden and _may_be_one_line(one.phones, other.phones))
    )


def _may_be_one_line(one: frozenset[str], other: frozenset[str]) -> bool:
    return any(
        first == second or _same_tail("phone", first, second)
        for first in one
        for second in other
    )


def in_order(one: Identity, other: Identity) -> tuple[Identity, Identity]:
    """The two as they are compared: what is found does not depend on who comes first."""
    return (other, one) if other.key < one.key else (one, other)


def score(reasons: list[Reason]) -> float:
    """The score of points that were given: 50 at even odds."""
    reach = sum(r.points for r in reasons if LEVELS[r.code].field in REACH)
    rest = sum(r.points for r in reasons if LEVELS[r.code].field not in REACH)
    total = min(reach, REACH_LIMIT) + rest - EVEN
    odds = pow(2.0, max(-60.0, min(60.0, -total / 2)))
    return round(100.0 / (1.0 + odds), 1)


def _name(one: Identity, other: Identity, points: Points) -> list[Reason]:
    if not one.name or not other.name:
        return []
    found = name_alike(one, other)
    same, different = points["name_same"] * _told(one, other), points["name_different"]
    given = different + (same - different) * share_of_way(found)
    code = "name_same" if given > 0 else "name_different"
    reasons = [Reason(code, round(given, 2), one.name, other.name)]
    if one.form and other.form and one.form != other.form and given > 0:
        reasons.append(
            Reason("form_different", points["form_different"], one.form, other.form)
        )
    return reasons


def share_of_way(alike_: float) -> float:
    """How far from different to same; what is half alike may still be chance."""
    for (low, start), (high, end) in pairwise(CURVE):
        if alike_ <= high:
            return start + (end - start) * max(0.0, alike_ - low) / (high - low)
    return 1.0


def name_alike(one: Identity, other: Identity) -> float:
    """How alike two names are, from 0 to 1."""
    if one.chinese and other.chinese:
        return chinese.likeness(one.chinese, other.chinese)
    if one.name == other.name:
        return 1.0
    by_words = words_alike(one.words, other.words, weight)
    if by_words < WITHIN and _is_within(one.words, other.words):
        by_words = WITHIN  # a short name within a long one speaks neither way
    # written together, parted otherwise; digits must be the same digits
    first, second = "".join(one.words), "".join(other.words)
    if min(len(first), len(second)) < 4 or _digits(first) != _digits(second):
        return by_words
    joined = max(
        alike(first, second),
        alike(one.name.replace(" ", ""), other.name.replace(" ", "")),
    )
    return max(by_words, joined if joined >= 0.9 else 0.0)


def _is_within(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    short, long = sorted((one, other), key=len)
    return any(weight(word) >= 1 for word in short) and set(short) <= set(long)


def _told(one: Identity, other: Identity) -> float:
    """What the shorter name tells at all: a first name alone, or 'Bank', is little."""
    if one.chinese or other.chinese:
        return 1.0
    told = min(_told_by(one.words), _told_by(other.words))
    return min(1.0, 0.5 + told / 10)


@lru_cache(maxsize=_REMEMBERED)
def _told_by(words: tuple[str, ...]) -> float:
    return sum(weight(word) * min(len(word), 6) for word in words)


@lru_cache(maxsize=_REMEMBERED)
def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _tax_id(one: Identity, other: Identity, points: Points) -> list[Reason]:
    return _numbers("tax_id", one.tax_ids, other.tax_ids, points)


def _phone(one: Identity, other: Identity, points: Points) -> list[Reason]:
    return _numbers("phone", one.phones, other.phones, points)


def _numbers(
    field: str, one: frozenset[str], other: frozenset[str], points: Points
) -> list[Reason]:
    """Numbers that should be the same; a slip is possible, another number says otherwise."""
    if not one or not other:
        return []
    if common := one & other:
        number = min(common)
        return [_reason(f"{field}_same", points, number, number)]
    for first in sorted(one):
        for second in sorted(other):
            if _same_tail(field, first, second):
                return [_reason(f"{field}_same", points, first, second)]
            if abs(len(first) - len(second)) <= 1 and slips(first, second) == 1:
                return [_reason(f"{field}_slip", points, first, second)]
    return [_reason(f"{field}_different", points, min(one), min(other))]


def _same_tail(field: str, one: str, other: str) -> bool:
    """A local number and the same with its area code."""
    if field != "phone" or min(len(one), len(other)) < 7:
        return False
    return one.endswith(other) or other.endswith(one)


def _account(one: Identity, other: Identity, points: Points) -> list[Reason]:
    if common := one.accounts & other.accounts:
        return [_reason("account_same", points, min(common), min(common))]
    return []


def _code(one: Identity, other: Identity, points: Points) -> list[Reason]:
    if one.code and one.code == other.code:
        return [_reason("code_same", points, one.code, other.code)]
    return []


def _email(one: Identity, other: Identity, points: Points) -> list[Reason]:
    if not one.emails or not other.emails:
        return []
    if common := one.emails & other.emails:
        return [_reason("email_same", points, min(common), min(common))]
    for first in sorted(one.emails):
        for second in sorted(other.emails):
            if (
                len(first) > 8
                and _same_local(first, second)
                and slips(first, second) <= 2
            ):
                return [_reason("email_slip", points, first, second)]
    if common := one.domains & other.domains:
        return [_reason("email_domain", points, min(common), min(common))]
    return [_reason("email_different", points, min(one.emails), min(other.emails))]


def _same_local(one: str, other: str) -> bool:
    """The same digits before the @: ap12 and ap13 are two desks."""
    return _digits(one.partition("@")[0]) == _digits(other.partition("@")[0])


def _street(one: Identity, other: Identity, points: Points) -> list[Reason]:
    if not has_street(one) or not has_street(other):
        return []
    shown = _shown_street(one), _shown_street(other)
    words = max(
        words_alike(one.street_words, other.street_words, _even),
        alike(one.street, other.street),
    )
    numbers = one.street_numbers & other.street_numbers
    contrary = not numbers and one.street_numbers and other.street_numbers
    if contrary:
        if words >= 0.6:
            return [_reason("street_number", points, *shown)]
        return [_reason("street_different", points, *shown)]
    sure = 1.0 if numbers else 0.6
    low, high = points["street_different"], points["street_same"] * sure
    share = max(0.0, min(1.0, (words - 0.3) / 0.6))
    given = round(low + (high - low) * share, 2)
    code = "street_same" if given > 0 else "street_different"
    return [Reason(code, given, *shown)]


def _even(word: str) -> float:
    return 1.0


def has_street(one: Identity) -> bool:
    """Is anything known of his street?"""
    return bool(one.street_words or one.street_numbers)


def _shown_street(one: Identity) -> str:
    return " ".join((*sorted(one.street_numbers), *one.street_words))


def _zip(one: Identity, other: Identity, points: Points) -> list[Reason]:
    if not one.zip or not other.zip:
        return []
    short, long = sorted((one.zip, other.zip), key=len)
    if one.zip == other.zip or (len(short) >= 5 and long.startswith(short)):
        return [_reason("zip_same", points, one.zip, other.zip)]
    code = "zip_slip" if slips(one.zip, other.zip) == 1 else "zip_different"
    return [_reason(code, points, one.zip, other.zip)]


def _city(one: Identity, other: Identity, points: Points) -> list[Reason]:
    if not one.city or not other.city:
        return []
    same = one.city == other.city or alike(one.city, other.city) >= 0.75
    same = same or one.city in other.city or other.city in one.city
    code = "city_same" if same else "city_different"
    return [_reason(code, points, one.city, other.city)]


def _state(one: Identity, other: Identity, points: Points) -> list[Reason]:
    if one.state and other.state and one.state != other.state:
        return [_reason("state_different", points, one.state, other.state)]
    return []


def _country(one: Identity, other: Identity, points: Points) -> list[Reason]:
    if one.country and other.country and one.country != other.country:
        return [_reason("country_different", points, one.country, other.country)]
    return []


def _born(one: Identity, other: Identity, points: Points) -> list[Reason]:
    if not one.born or not other.born:
        return []
    code = ("born_same", "born_slip", "born_different")[
        min(2, slips(one.born, other.born))
    ]
    return [_reason(code, points, one.born, other.born)]


def _reason(code: str, points: Points, one: str, other: str) -> Reason:
    return Reason(code, points[code], one, other)


FIELDS: dict[str, CompareField] = {
    "name": _name,
    "tax_id": _tax_id,
    "code": _code,
    "account": _account,
    "phone": _phone,
    "email": _email,
    "street": _street,
    "zip": _zip,
    "city": _city,
    "state": _state,
    "country": _country,
    "born": _born,
}
