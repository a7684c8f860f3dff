"""Who holds which role, which two meet in one hand, and how safe the settings are.

>>> graph = {1: {1, 2}, 2: {2}, 9: {9, 1, 2}}
>>> [(h.role, h.through) for h in holdings({7: {9, 2}}, graph, roles=[1, 2])]
[(1, (9,)), (2, (9,))]
>>> in_one_hand({7: {1, 2}, 8: {1}}, [Pair(5, 1, 2)])
[(7, 5)]
>>> [finding.state for finding in judge({"password_length": 10, "signup": "b2c"})]
['watch', 'act']
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple

GOOD, WATCH, ACT = "good", "watch", "act"
LONG_PASSWORD, SHORT_PASSWORD = 12, 8
WORKING_DAY, FULL_DAY = 12, 24  # hours
FEW_ADMINISTRATORS = 4


class Holding(NamedTuple):
    """One role of one user; ``through`` names the groups it comes with, if not itself."""

    user: int
    role: int
    direct: bool
    through: tuple[int, ...]


class Pair(NamedTuple):
    """Two groups that should not meet in one hand."""

    rule: int
    one: int
    other: int


class Finding(NamedTuple):
    """What is to be said of one setting."""

    code: str
    state: str
    value: Any


def holdings(
    given: Mapping[int, Collection[int]],
    implied: Mapping[int, Collection[int]],
    roles: Collection[int],
) -> list[Holding]:
    """Every role that the users hold, and through which of the groups given to them.

    :param given: user → groups somebody ticked for him
    :param implied: group → all groups it brings, itself among them
    """
    found = []
    for user in sorted(given):
        for role in sorted(roles):
            through = [group for group in given[user] if role in implied.get(group, ())]
            if through:
                direct = role in through
                others = tuple(sorted(group for group in through if group != role))
                found.append(Holding(user, role, direct, others))
    return found


def in_one_hand(
    held: Mapping[int, Collection[int]], pairs: Iterable[Pair]
) -> list[tuple[int, int]]:
    """(user, rule) of everybody who holds both groups of a pair."""
    listed = list(pairs)
    return [
        (user, pair.rule)
        for user in sorted(held)
        for pair in listed
        if pair.one in held[user] and pair.other in held[user]
    ]


def judge(facts: Mapping[str, Any]) -> list[Finding]:
    """A finding for each known setting, in the order of ``RULES``."""
    return [
        Finding(code, rule(facts[code]), facts[code])
        for code, rule in RULES.items()
        if code in facts
    ]


def _band(good: Callable[[Any], bool], watch: Callable[[Any], bool]) -> Any:
    """Tell in which of three bands a value lies."""
    return lambda value: GOOD if good(value) else WATCH if watch(value) else ACT


def _never(_value: Any) -> bool:
    return False


def _always(_value: Any) -> bool:
    return True


def _nothing(value: Any) -> bool:
    return not value


#: setting → how its value is judged
RULES: dict[str, Callable[[Any], str]] = {
    "password_length": _band(
        lambda length: length >= LONG_PASSWORD, lambda length: length >= SHORT_PASSWORD
    ),
    "default_passwords": _band(_nothing, _never),
    "second_factor_policy": _band(bool, _never),
    "second_factor_missing": _band(_nothing, _always),
    "session_hours": _band(
        lambda hours: hours <= WORKING_DAY, lambda hours: hours <= FULL_DAY
    ),
    "endless_keys": _band(_nothing, _always),
    "signup": _band(lambda scope: scope != "b2c", _never),
    "outsiders_with_role": _band(_nothing, _never),
    "idle_users": _band(_nothing, _always),
    "administrators": _band(
        lambda count: 1 < count <= FEW_ADMINISTRATORS, lambda count: count > 0
    ),
    "demo_data": _band(_nothing, _never),
    "database_list": _band(_nothing, _never),
    "master_password": _band(_nothing, _never),
    "https": _band(bool, _never),
    "proxy_mode": _band(bool, _always),
    "workers": _band(bool, _always),
    "developer_mode": _band(_nothing, _never),
}
