"""Is a statement complete and right? By its own balances, or by totals a person confirms.

Nothing is posted that is not proven: a file that was cut, doubled or altered must not reach
the books because its lines happen to be readable.
"""

from __future__ import annotations

from typing import NamedTuple

BALANCE, CHAIN, CONTROL, NONE = "balance", "chain", "control", "none"


class Figures(NamedTuple):
    """What the file says about one statement; minor units."""

    opening: int | None
    closing: int | None
    booked_sum: int
    booked_lines: int
    is_whole: bool = True
    new_sum: int | None = (
        None  #: of the booked lines not in the books yet; None: of all
    )

    @property
    def fresh(self) -> int:
        return self.booked_sum if self.new_sum is None else self.new_sum


class Confirmed(NamedTuple):
    """What a person reads off the bank's own paper or screen."""

    closing: int | None = None
    lines: int | None = None
    total: int | None = None


class Proof(NamedTuple):
    """How a statement is proven and by how much it is not."""

    kind: str  #: BALANCE, CHAIN, CONTROL or NONE
    difference: int = 0  #: minor units that are missing (> 0) or too many (< 0)
    lines_difference: int = 0

    @property
    def holds(self) -> bool:
        return self.kind != NONE and not self.difference and not self.lines_difference


def prove(figures: Figures, confirmed: Confirmed, last_closing: int | None) -> Proof:
    """The strongest proof that the figures allow.

    Balances of the file always have to agree. They are enough where the format shows its own
    end. A file with a closing balance alone (OFX) is proven if that is what the last closing
    of the journal and the lines that are new make. Else a confirmed closing balance or a
    confirmed number and sum of lines completes the proof; files overlap, so what follows from
    the last closing counts the new lines only.

    >>> prove(Figures(100, 150, 50, 1), Confirmed(), None)
    Proof(kind='balance', difference=0, lines_difference=0)
    >>> prove(Figures(None, 150, 80, 2, new_sum=50), Confirmed(), 100)
    Proof(kind='chain', difference=0, lines_difference=0)
    >>> prove(Figures(None, None, 50, 1), Confirmed(closing=150), 100).holds
    True
    >>> prove(Figures(None, None, 50, 1), Confirmed(lines=2, total=70), None)
    Proof(kind='control', difference=20, lines_difference=1)
    >>> prove(Figures(None, None, 50, 1), Confirmed(), 100).kind
    'none'
    """
    opening, closing = figures.opening, figures.closing
    if opening is not None and closing is not None:
        difference = closing - opening - figures.booked_sum
        if difference or figures.is_whole:
            return Proof(BALANCE, difference)
    chained = None
    if opening is None and closing is not None and last_closing is not None:
        chained = Proof(CHAIN, closing - last_closing - figures.fresh)
        if chained.holds and figures.is_whole:
            return chained
    return _confirmed(figures, confirmed, last_closing) or chained or Proof(NONE)


def _confirmed(
    figures: Figures, confirmed: Confirmed, last_closing: int | None
) -> Proof | None:
    """The proof by what a person read at the bank, if it is enough for one."""
    if confirmed.closing is not None and figures.opening is not None:
        expected = figures.opening + figures.booked_sum
        return Proof(CONTROL, confirmed.closing - expected)
    if confirmed.closing is not None and last_closing is not None:
        return Proof(CONTROL, confirmed.closing - last_closing - figures.fresh)
    if confirmed.lines is not None and confirmed.total is not None:
        return Proof(
            CONTROL,
            confirmed.total - figures.booked_sum,
            confirmed.lines - figures.booked_lines,
        )
    return None
