"""Pairs put together: who belongs to whom, whatever the order they come in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable


def clusters(pairs: Iterable[tuple[int, int]]) -> list[tuple[int, ...]]:
    """Groups of keys that pairs connect, each sorted, by their smallest key.

    >>> clusters([(3, 2), (5, 4), (2, 1)])
    [(1, 2, 3), (4, 5)]
    """
    leader: dict[int, int] = {}
    for one, other in pairs:
        first, second = _lead(leader, one), _lead(leader, other)
        leader[max(first, second)] = min(first, second)
    groups: dict[int, list[int]] = defaultdict(list)
    for key in sorted(leader):
        groups[_lead(leader, key)].append(key)
    return [tuple(group) for _lead_key, group in sorted(groups.items())]


def _lead(leader: dict[int, int], key: int) -> int:
    path = []
    while leader.setdefault(key, key) != key:
        path.append(key)
        key = leader[key]
    for passed in path:
        leader[passed] = key
    return key
