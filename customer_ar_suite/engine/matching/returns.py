"""What of an earlier receipt goes back, when the bank takes only a part of it back."""

from __future__ import annotations

from collections.abc import Sequence

from .combine import combine


def taken_back(amount: int, brought: Sequence[int]) -> list[int]:
    """Propose how much of each payment of a receipt is taken back; the user decides.

    Everything, when the money is enough for it. Else the payments that make exactly the
    amount, if only one selection does. Else the last payment first: what was paid with the
    end of the money lacks it first.

    >>> taken_back(300, [100, 200]), taken_back(200, [100, 200]), taken_back(50, [100, 200])
    ([100, 200], [0, 200], [0, 50])
    >>> taken_back(250, [100, 200]), taken_back(100, [100, 100, 50, 50])
    ([50, 200], [0, 0, 50, 50])

    :param amount: what goes back, minor units, positive
    :param brought: the money each document got, in the order in which they were paid
    """
    if amount >= sum(brought):
        return list(brought)
    chosen = _exactly(amount, brought)
    if chosen is not None:
        return [one if place in chosen else 0 for place, one in enumerate(brought)]
    result = [0] * len(brought)
    left = amount
    for place in reversed(range(len(brought))):
        result[place] = min(left, brought[place])
        left -= result[place]
    return result


def _exactly(amount: int, brought: Sequence[int]) -> tuple[int, ...] | None:
    """The only selection of whole payments that makes the amount."""
    found = [(place,) for place, one in enumerate(brought) if one == amount]
    selections = [*found, *combine(brought, amount).found]
    return selections[0] if len(selections) == 1 else None
