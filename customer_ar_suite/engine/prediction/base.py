"""What the prediction of payments reads and says.

>>> one = Invoice(1, 7, Date(2026, 1, 5), Date(2026, 2, 4), 120_00, Date(2026, 2, 9))
>>> one.days_late
5
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as Date
from typing import Any, NamedTuple


class Invoice(NamedTuple):
    """One invoice and, if it has been paid, when.

    ``amount`` is in minor units of the company's currency; ``cleared`` None: still open.
    """

    key: int
    customer: int
    invoiced: Date
    due: Date
    amount: int
    cleared: Date | None = None

    @property
    def days_late(self) -> int | None:
        """Days between the due date and the payment; negative: paid early."""
        return None if self.cleared is None else (self.cleared - self.due).days


class Reason(NamedTuple):
    """Why a probability is what it is: a code, its parameters, and how much it weighs."""

    code: str
    params: dict[str, Any]
    weight: float  #: on the log-odds; positive: speaks for late


@dataclass(frozen=True)
class Forecast:
    """What is expected of one open invoice."""

    key: int
    probability: float  #: of being paid after the due date
    expected: Date
    early: Date  #: one in ten is paid before
    late: Date  #: one in ten is paid after
    reasons: tuple[Reason, ...] = ()
