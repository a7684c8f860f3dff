"""What a matching rule is, and what it leaves behind: evidence, proposals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from ..ledger import Allocation, OpenItem, Receipt
from ..registry import Registry
from .adjustments import Adjustment
from .combine import Combined
from .deductions import Deducted
from .words import Likeness

#: how many invoice numbers one sentence names before it says "and n more"
NAMED_NUMBERS = 5


@dataclass(frozen=True)
class Evidence:
    """One reason that speaks for (or, negative, against) a proposal.

    A rule gives up to 100 ``points``; :func:`weigh` scales them with the rule's weight.
    ``code`` has a sentence in ``models/ar_match_evidence.py``, ``params`` fill it.
    """

    code: str
    points: int
    params: dict[str, str | int] = field(default_factory=dict)
    #: the points of the rule itself, 0 to 100, whatever its weight
    strength: int = field(default=100, repr=False, compare=False)


class RuleWeight(NamedTuple):
    """An active rule and what its evidence is worth; a row of ``ar.match.rule``."""

    code: str
    points: int


class Limits(NamedTuple):
    """The thresholds of a run, all in points of confidence."""

    min_confidence: int = 30  #: weaker proposals are not shown
    rival_margin: int = 10  #: a second solution this close makes the first not unique
    ambiguous_cap: int = 49  #: confidence of a proposal that is not unique


class Found(NamedTuple):
    """How a candidate was found, where that itself says something."""

    combined: Combined
    open_count: int  #: items the customer has open in that currency
    is_oldest: bool  #: it is the oldest of them, none left out


class Advice(NamedTuple):
    """A remittance advice: the payer says which documents a receipt pays."""

    id: int
    company_id: int
    currency_id: int
    partner_id: int  #: commercial partner, 0: not known
    number: str  #: as it may be quoted on the bank line
    total: int
    lines: tuple[
        tuple[str, int], ...
    ]  #: text that quotes a document, amount paid of it


class MatchRule(Protocol):
    """Says what speaks for paying items with a receipt.

    ``keys`` names the parts of the index that propose candidates for this rule; a rule
    without keys only judges what others propose.
    """

    code: str
    label: str
    keys: tuple[str, ...]

    def match(self, receipt: Receipt, item: OpenItem) -> Evidence | None:
        """The evidence for one item, or nothing."""

    def match_all(
        self, receipt: Receipt, items: Sequence[OpenItem], found: Found | None = None
    ) -> Evidence | None:
        """The evidence for a receipt that pays all ``items`` together."""


RULES: Registry[MatchRule] = Registry("matching rule")


class WholeRule:
    """Base of rules that judge a solution as a whole, not its items."""

    keys: tuple[str, ...] = ()

    def match(self, receipt: Receipt, item: OpenItem) -> Evidence | None:
        return None

    def match_all(
        self, receipt: Receipt, items: Sequence[OpenItem], found: Found | None = None
    ) -> Evidence | None:
        return None


class DeductionRule(WholeRule):
    """Base of rules that judge what a solution deducts."""

    def match_deducted(self, receipt: Receipt, deducted: Deducted) -> Evidence | None:
        raise NotImplementedError


class AdviceRule(WholeRule):
    """Base of rules that judge how a remittance advice fits."""

    def match_advice(self, receipt: Receipt, advice: Advice) -> Evidence | None:
        raise NotImplementedError


class LikenessRule(WholeRule):
    """Base of rules that judge how alike text, amount and date are."""

    def match_likeness(self, receipt: Receipt, likeness: Likeness) -> Evidence | None:
        raise NotImplementedError


class CustomRule(WholeRule):
    """Base of rules that follow a custom where there is no evidence; only on request."""

    def match_custom(
        self, receipt: Receipt, items: Sequence[OpenItem]
    ) -> Evidence | None:
        raise NotImplementedError


class ItemRule:
    """Base of rules that judge item by item: together, items are as good as the weakest."""

    def match(self, receipt: Receipt, item: OpenItem) -> Evidence | None:
        raise NotImplementedError

    def match_all(
        self, receipt: Receipt, items: Sequence[OpenItem], found: Found | None = None
    ) -> Evidence | None:
        judged = [self.match(receipt, item) for item in items]
        evidence = [one for one in judged if one]
        if len(evidence) < len(items) or not evidence:
            return None
        return min(evidence, key=lambda one: one.points)


@dataclass(frozen=True)
class Proposal:
    """What a receipt would pay, how sure we are, and why."""

    receipt: Receipt
    partner_id: int
    allocations: tuple[Allocation, ...]
    confidence: int  #: 0 to 100
    evidence: tuple[Evidence, ...]
    alternatives: int  #: other solutions that fit about as well
    remainder: int  #: of the receipt, applied to nothing
    short_amount: int  #: of the items paid, still open afterwards
    open_amounts: tuple[int, ...]  #: what was open of each item, as ``allocations``
    adjustments: tuple[Adjustment, ...] = ()  #: what is settled by no money

    @property
    def is_unique(self) -> bool:
        """No second solution fits about as well."""
        return not self.alternatives


def weigh(evidence: Evidence, weight: RuleWeight) -> Evidence:
    """``evidence`` with its points scaled to the weight of its rule.

    >>> weigh(Evidence("invoice_number", 80), RuleWeight("invoice_number", 60)).points
    48
    """
    scaled = abs(evidence.points) * weight.points // 100
    points = scaled if evidence.points >= 0 else -scaled
    return Evidence(evidence.code, points, evidence.params, abs(evidence.points))


def numbers_param(numbers: Sequence[str]) -> str:
    """The invoice numbers of a sentence, not more than a reader wants to see.

    >>> numbers_param(["A1", "A2"]), numbers_param(list("ABCDEFG"))
    ('A1, A2', 'A, B, C, D, E … (+2)')
    """
    named = ", ".join(numbers[:NAMED_NUMBERS])
    more = len(numbers) - NAMED_NUMBERS
    return f"{named} … (+{more})" if more > 0 else named
