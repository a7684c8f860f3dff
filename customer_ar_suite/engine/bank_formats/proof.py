"""Is a statement complete and right? By its own balances, or by totals a person confirms.

Nothing is posted that is not proven: a file that was cut, doubled or altered must not reach
the books because its lines happen to be readable.
"""

from __future__ import annotations

from typing import NamedTuple

BALANCE, CONTROL, NONE = "balance", "control", "none"


class Figures(NamedTuple):
    """What the file says about one statement; minor units."""

    opening: int | None
    closing: int | None
    booked_sum: int
    booked_lines: int
    is_whole: bool = True


class Confirmed(NamedTuple):
    """What a person reads off the bank's own paper or screen."""

    closing: int | None = None
    lines: int | None = None
    total: int | None = None


class Proof(NamedTuple):
    """How a statement is proven and by how much it is not."""

    kind: str  #: BALANCE, CONTROL or NONE
    difference: int = 0  #: minor units that are missing (> 0) or too many (< 0)
    lines_difference: int = 0

    @property
    def holds(self) -> bool:
        return self.kind != NONE and not self.difference and not self.lines_difference


def prove(figures: Figures, confirmed: Confirmed, last_closing: int | None) -> Proof:
    """The strongest proof that the figures allow.

    Balances of the file always have to agree. They are enough where the format shows its own
    end; else a confirmed closing balance (from the file's opening or the last closing of the
    journal) or a confirmed number and sum of lines completes the proof.

    >>> prove(Figures(100, 150, 50, 1), Confirmed(), None)
    Proof(kind='balance', difference=0, lines_difference=0)
    >>> prove(Figures(None, None, 50, 1), Confirmed(closing=150), 100).holds
    True
    >>> prove(Figures(None, None, 50, 1), Confirmed(lines=2, total=70), None)
    Proof(kind='control', difference=20, lines_difference=1)
    >>> prove(Figures(None, None, 50, 1), Confirmed(), 100).kind
    'none'
    """
    if figures.opening is not None and figures.closing is not None:
        difference = figures.closing - figures.opening - figures.booked_sum
        if difference or figures.is_whole:
            return Proof(BALANCE, difference)
    opening = figures.opening if figures.opening is not None else last_closing
    if confirmed.closing is not None and opening is not None:
        return Proof(CONTROL, confirmed.closing - opening - figures.booked_sum)
    if confirmed.lines is not None and confirmed.total is not None:
        return Proof(
            CONTROL,
            confirmed.total - figures.booked_sum,
            confirmed.lines - figures.booked_lines,
        )
    return Proof(NONE)
