"""How often proposals of a kind were right, and how sure that is.

Every decision of a human is a label: accepted as proposed is right, rejected, changed or
undone is wrong. Proposals are counted by *evidence class*, the kinds of evidence that speak
for them. The lower bound of a class is that of Clopper and Pearson, *The Use of Confidence or
Fiducial Limits Illustrated in the Case of the Binomial*, Biometrika 26 (1934), one-sided at
95 %: unlike approximations it never promises more than it keeps, even close to 100 %.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import exp, lgamma, log
from typing import NamedTuple

from .base import Proposal

#: how sure the lower bound is
SURE = 0.95
#: what a class says besides its kinds of evidence
SHORT, REST, DEDUCTED, AMBIGUOUS = "short", "rest", "deducted", "ambiguous"


class Quality(NamedTuple):
    """What humans said of a class."""

    right: int
    wrong: int

    @property
    def labels(self) -> int:
        """Decisions of people, whatever they said."""
        return self.right + self.wrong

    @property
    def precision(self) -> float:
        """Share of right ones; 0 where nobody has decided yet."""
        return self.right / self.labels if self.labels else 0.0

    @property
    def lower(self) -> float:
        """What the precision is at least, with 95 % certainty."""
        return lower_bound(self.right, self.labels)


def lower_bound(right: int, count: int, sure: float = SURE) -> float:
    """One-sided lower Clopper-Pearson bound of ``right`` of ``count``.

    >>> round(lower_bound(3000, 3000), 4), round(lower_bound(2999, 3000), 4)
    (0.999, 0.9984)
    >>> round(lower_bound(10, 10), 3), lower_bound(0, 5), lower_bound(0, 0)
    (0.741, 0.0, 0.0)
    """
    if not right or not count:
        return 0.0
    low, high = 0.0, 1.0
    for _step in range(60):
        middle = (low + high) / 2
        if _chance_of_at_least(right, count, middle) > 1 - sure:
            high = middle
        else:
            low = middle
    return low


def _chance_of_at_least(right: int, count: int, share: float) -> float:
    """Chance of ``right`` or more of ``count`` when each is right with chance ``share``."""
    if share <= 0.0 or share >= 1.0:
        return 1.0 if share >= 1.0 or not right else 0.0
    wrong = range(count - right + 1)
    return min(1.0, sum(exp(_log_chance(count, w, 1.0 - share)) for w in wrong))


def _log_chance(count: int, hits: int, share: float) -> float:
    ways = lgamma(count + 1) - lgamma(hits + 1) - lgamma(count - hits + 1)
    return ways + hits * log(share) + (count - hits) * log(1.0 - share)


def evidence_class(proposal: Proposal) -> str:
    """The class of a proposal: its kinds of evidence, weaker ones marked, and what is left.

    ``~`` marks evidence that is less than full, ``!`` evidence against.
    """
    words = sorted({_word(e.code, e.points, e.strength) for e in proposal.evidence})
    if not proposal.is_unique:
        words.append(AMBIGUOUS)
    if proposal.adjustments:
        words.append(DEDUCTED)
    elif proposal.short_amount:
        words.append(SHORT)
    if proposal.remainder:
        words.append(REST)
    return " ".join(words)


def _word(code: str, points: int, strength: int) -> str:
    if points < 0:
        return f"{code}!"
    return code if strength >= 100 else f"{code}~{strength // 10}"


def may_be_automatic(evidence: str) -> bool:
    """Could a class ever be accepted without a human?

    Never where two solutions fit, where something is deducted, short or left over, or
    where evidence speaks against.

    >>> may_be_automatic("exact_amount invoice_number payer_name")
    True
    >>> may_be_automatic("exact_amount ambiguous"), may_be_automatic("invoice_number short")
    (False, False)
    """
    words = evidence.split()
    never = {SHORT, REST, DEDUCTED, AMBIGUOUS}
    return bool(words) and not never & set(words) and not any("!" in w for w in words)


def tally(labels: Iterable[tuple[str, bool]]) -> dict[str, Quality]:
    """Count labels (class, was it right) per class.

    >>> tally([("a", True), ("a", True), ("a", False)])["a"]
    Quality(right=2, wrong=1)
    """
    counts: dict[str, list[int]] = {}
    for name, is_right in labels:
        counts.setdefault(name, [0, 0])[not is_right] += 1
    return {name: Quality(right, wrong) for name, (right, wrong) in counts.items()}
