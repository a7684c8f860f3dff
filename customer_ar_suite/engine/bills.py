"""Bills receivable and post-dated cheques: which step may follow, what each one books.

A bill is received for what a customer owes, then discounted at a bank, endorsed to a
supplier, collected, given back or dishonoured. Until it is paid the risk stays with the
customer, also after a discount or endorsement with recourse.

>>> [step.code for step in next_steps("received")]
['discount', 'endorse', 'collect', 'dishonour', 'give_back']
>>> state_after(["receive", "discount"])
'discounted'
>>> book("collect", ("receive",), 100_000, 250)
(('clearing', 99750), ('charge', 250), ('notes', -100000))
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date as Date
from typing import NamedTuple

from .errors import BillError

DRAFT = "draft"
#: states in which the customer may still have to pay
AT_RISK = ("received", "discounted", "endorsed")
_AWAY = ("discounted", "endorsed")


class Step(NamedTuple):
    """What may happen to a bill: from which states, to which."""

    code: str
    before: tuple[str, ...]
    after: str


STEPS = (
    Step("receive", (DRAFT,), "received"),
    Step("discount", ("received",), "discounted"),
    Step("endorse", ("received",), "endorsed"),
    Step("collect", AT_RISK, "collected"),
    Step("dishonour", AT_RISK, "dishonoured"),
    Step("give_back", ("received",), "returned"),
)
_BY_CODE = {step.code: step for step in STEPS}


def next_steps(state: str) -> list[Step]:
    """Steps a bill in ``state`` may take, in the order they are offered."""
    return [step for step in STEPS if state in step.before]


def state_after(steps: Sequence[str]) -> str:
    """The state of a bill that has taken these steps."""
    return _BY_CODE[steps[-1]].after if steps else DRAFT


def check_step(
    code: str,
    steps: Sequence[str],
    day: Date,
    last: Date | None,
    due: Date,
    amount: int,
    charge: int = 0,
) -> None:
    """Refuse a step that does not fit the bill.

    :param steps: codes of the steps taken so far
    :param last: day of the latest of them
    :param amount: of the bill, in minor units
    :raises BillError: ``bill_step_not_allowed``, ``bill_step_too_early``,
        ``bill_step_after_due`` or ``bill_charge_too_high``
    """
    state = state_after(steps)
    if code not in (step.code for step in next_steps(state)):
        raise BillError("bill_step_not_allowed", step=code, state=state)
    if last and day < last:
        raise BillError("bill_step_too_early", date=day, last=last)
    if code in ("discount", "endorse") and day >= due:
        raise BillError("bill_step_after_due", date=day, due=due)
    if not 0 <= charge < amount:
        raise BillError("bill_charge_too_high")


def book(
    code: str, steps: Sequence[str], amount: int, charge: int = 0
) -> tuple[tuple[str, int], ...]:
    """What a step books: pairs (role of the account, amount; debit is positive).

    Roles: ``receivable`` of the customer, ``notes`` receivable, ``clearing`` (money on its
    way to or from the bank), ``charge``, ``payable`` of the one it was endorsed to.

    >>> book("dishonour", ("receive", "discount"), 1000, 20)
    (('receivable', 1020), ('clearing', -1020))
    >>> book("collect", ("receive", "endorse"), 1000)
    ()
    """
    state = state_after(steps)
    lines: tuple[tuple[str, int], ...]
    if code == "receive":
        lines = (("notes", amount), ("receivable", -amount))
    elif code == "endorse":
        lines = (("payable", amount), ("charge", charge), ("clearing", -charge))
        lines += (("notes", -amount),)
    elif code == "give_back":
        lines = (("receivable", amount), ("notes", -amount))
    elif code == "dishonour":
        # the costs of a protest are the customer's
        holder = {"discounted": "clearing", "endorsed": "payable"}.get(state, "notes")
        lines = (("receivable", amount + charge), ("clearing", -charge))
        lines += ((holder, -amount),)
    elif state in _AWAY:
        lines = ()  # whoever holds it was paid by the acceptor
    else:
        lines = (("clearing", amount - charge), ("charge", charge), ("notes", -amount))
    return _merged(lines)


def _merged(lines: tuple[tuple[str, int], ...]) -> tuple[tuple[str, int], ...]:
    """One line per account, none without an amount."""
    sums: dict[str, int] = {}
    for role, amount in lines:
        sums[role] = sums.get(role, 0) + amount
    return tuple((role, amount) for role, amount in sums.items() if amount)


def is_at_risk(state: str, has_recourse: bool) -> bool:
    """Whether the customer may still have to pay the amount of the bill."""
    return state == "received" or (has_recourse and state in _AWAY)
