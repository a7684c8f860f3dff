"""Evidence to proposals: weighed, without conflicts, in an order that never varies."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from ..ledger import Allocation, OpenItem, Receipt, is_part
from ..money import Tolerance
from .adjustments import Adjustment
from .base import (
    RULES,
    Advice,
    AdviceRule,
    CustomRule,
    DeductionRule,
    Evidence,
    LikenessRule,
    Limits,
    MatchRule,
    Proposal,
    RuleWeight,
    weigh,
)
from .deductions import Deducted, Reasons, deduct
from .index import Candidate, CandidateIndex, by_age

#: item line id -> what is left of it during the run
Remaining = dict[int, int]
#: receipt line id and item line ids of solutions that are not wanted
Refused = Collection[tuple[int, frozenset[int]]]


@dataclass(frozen=True)
class Solution:
    """One way to apply a receipt, with what speaks for it."""

    receipt: Receipt
    parts: tuple[tuple[OpenItem, int], ...]  #: item as it is open now, amount applied
    evidence: tuple[Evidence, ...]
    score: int
    deducted: Deducted | None = None

    def adjustments(self) -> tuple[Adjustment, ...]:
        return self.deducted.adjustments if self.deducted else ()

    def rank(self) -> tuple[object, ...]:
        """Best first: confidence, then age of what is paid, then ids."""
        return -self.score, tuple(by_age(item) for item, _amount in self.parts)

    def fits(self, remaining: Remaining) -> bool:
        """Is everything it applies still there?"""
        return all(
            is_part(amount, remaining[item.line_id]) for item, amount in self.parts
        )

    def is_current(self, remaining: Remaining) -> bool:
        """Was nothing taken from its items since it was judged?"""
        return all(remaining[i.line_id] == i.residual for i, _amount in self.parts)

    def item_ids(self) -> set[int]:
        return {item.line_id for item, _amount in self.parts}


def propose(
    receipts: Iterable[Receipt],
    items: Iterable[OpenItem],
    weights: Sequence[RuleWeight],
    limits: Limits | None = None,
    refused: Refused = frozenset(),
    reasons: Reasons | None = None,
    advices: Iterable[Advice] = (),
) -> list[Proposal]:
    """At most one proposal per receipt; together they never apply more than is open.

    Of two receipts that want the same item, the surer one gets it, then the older, then
    the one with the lower id; the other is offered what is left. The result depends on
    the rows alone, not on their order.

    :param weights: the active rules with their points
    :param refused: solutions a user has rejected; they are not proposed again
    :param reasons: what may be proposed to be deducted, by currency
    :param advices: remittance advices that wait for their money
    :return: proposals by descending confidence, then date and id of the receipt
    """
    open_items = list(items)
    matcher = _Matcher(
        open_items, weights, limits or Limits(), refused, reasons or {}, advices
    )
    incoming = [receipt for receipt in receipts if receipt.amount > 0]
    return matcher.run(sorted(incoming, key=lambda r: (r.date, r.line_id)))


class _Matcher:
    """The state of one call of :func:`propose`."""

    def __init__(
        self,
        items: list[OpenItem],
        weights: Sequence[RuleWeight],
        limits: Limits,
        refused: Refused,
        reasons: Reasons,
        advices: Iterable[Advice],
    ) -> None:
        self.rules: list[tuple[MatchRule, RuleWeight]] = [
            (RULES.get(weight.code), weight) for weight in weights
        ]
        self.keys = tuple(
            dict.fromkeys(key for rule, _weight in self.rules for key in rule.keys)
        )
        self.limits = limits
        self.refused = refused
        self.reasons = reasons
        self.index = CandidateIndex(items, _tolerances(reasons), advices)
        self.remaining: Remaining = {item.line_id: item.residual for item in items}
        self.wanted: dict[int, dict[int, Solution]] = defaultdict(dict)

    def run(self, receipts: list[Receipt]) -> list[Proposal]:
        heap: list[tuple[int, int]] = []
        found: dict[int, list[Solution]] = {}
        for order, receipt in enumerate(receipts):
            self._offer(heap, found, order, receipt)
        proposals = []
        while heap:
            _score, order = heapq.heappop(heap)
            best = found[order][0]
            self._forget(best)
            if best.is_current(self.remaining):
                proposals.append(self._accept(best, found[order]))
            else:
                self._offer(heap, found, order, best.receipt)
        return sorted(
            proposals, key=lambda p: (-p.confidence, p.receipt.date, p.receipt.line_id)
        )

    def _offer(
        self,
        heap: list[tuple[int, int]],
        found: dict[int, list[Solution]],
        order: int,
        receipt: Receipt,
    ) -> None:
        """Put the receipt's best solution of this moment in the queue, if it has one."""
        solutions = self._solutions(receipt)
        if not solutions or solutions[0].score < self.limits.min_confidence:
            return
        found[order] = solutions
        heapq.heappush(heap, (-solutions[0].score, order))
        for item, _amount in solutions[0].parts:
            self.wanted[item.line_id][receipt.line_id] = solutions[0]

    def _solutions(self, receipt: Receipt) -> list[Solution]:
        candidates = self.index.candidates(receipt, self.keys, self.remaining)
        solutions: dict[tuple[tuple[int, int], ...], Solution] = {}
        for candidate in candidates:
            deducted = self._deducted(receipt, candidate)
            parts = self._parts(receipt, candidate, deducted)
            ids = frozenset(item.line_id for item, _amount in parts)
            if parts and (receipt.line_id, ids) not in self.refused:
                key = tuple(sorted((i.line_id, amount) for i, amount in parts))
                solution = self._judge(receipt, parts, candidate, deducted)
                solutions.setdefault(key, solution)
        return sorted(solutions.values(), key=Solution.rank)

    def _now(self, candidate: Candidate) -> tuple[OpenItem, ...]:
        """The items of a candidate as they are open at this point of the run."""
        return tuple(
            item._replace(residual=left)
            for item in candidate.items
            if (left := self.remaining[item.line_id])
        )

    def _deducted(self, receipt: Receipt, candidate: Candidate) -> Deducted | None:
        """What is deducted so that all items of the candidate are settled in full."""
        if (
            candidate.found
            or candidate.advice
            or candidate.is_custom
            or candidate.is_whole
        ):
            return None
        reasons = self.reasons.get(receipt.currency_id)
        return deduct(receipt, self._now(candidate), reasons) if reasons else None

    def _parts(
        self, receipt: Receipt, candidate: Candidate, deducted: Deducted | None
    ) -> tuple[tuple[OpenItem, int], ...]:
        """What of the receipt goes to which item, in the order of the candidate."""
        items = self._now(candidate)
        if candidate.advice:
            return tuple(zip(items, candidate.amounts, strict=True))
        if candidate.found or candidate.is_whole or deducted:
            return tuple((item, item.residual) for item in items)
        parts, left = [], receipt.amount
        for item in items:
            amount = min(left, item.residual)
            if amount > 0:
                parts.append((item, amount))
                left -= amount
        return tuple(parts)

    def _judge(
        self,
        receipt: Receipt,
        parts: tuple[tuple[OpenItem, int], ...],
        candidate: Candidate,
        deducted: Deducted | None,
    ) -> Solution:
        items = [item for item, _amount in parts]
        evidence = tuple(
            weigh(reason, weight)
            for rule, weight in self.rules
            if (reason := _reason(rule, receipt, items, candidate, deducted))
        )
        score = max(0, min(100, sum(one.points for one in evidence)))
        return Solution(receipt, parts, evidence, score, deducted)

    def _forget(self, solution: Solution) -> None:
        for item, _amount in solution.parts:
            self.wanted[item.line_id].pop(solution.receipt.line_id, None)

    def _accept(self, best: Solution, solutions: list[Solution]) -> Proposal:
        alternatives = self._other_items(best, solutions) + self._take(best)
        less = {one.item_line_id: one.amount for one in best.adjustments()}
        allocations = tuple(
            Allocation(
                best.receipt.line_id,
                item.line_id,
                amount,
                amount - less[item.line_id] if item.line_id in less else None,
            )
            for item, amount in best.parts
        )
        applied = sum(one.used for one in allocations)
        cap = self.limits.ambiguous_cap if alternatives else 100
        return Proposal(
            receipt=best.receipt,
            partner_id=best.parts[0][0].partner_id,
            allocations=allocations,
            confidence=min(best.score, cap),
            evidence=best.evidence,
            alternatives=alternatives,
            remainder=best.receipt.amount - applied,
            short_amount=sum(item.residual - amount for item, amount in best.parts),
            open_amounts=tuple(item.residual for item, _amount in best.parts),
            adjustments=best.adjustments(),
        )

    def _other_items(self, best: Solution, solutions: list[Solution]) -> int:
        """How many other sets of items the receipt could pay about as well."""
        mine = best.item_ids()
        return sum(
            1
            for other in solutions[1:]
            if other.score >= best.score - self.limits.rival_margin
            and other.fits(self.remaining)
            and not other.item_ids() <= mine
        )

    def _take(self, best: Solution) -> int:
        """Apply ``best``; how many receipts that fit about as well come too late now."""
        enough = best.score - self.limits.rival_margin
        rivals = {
            line_id: other
            for item_id in best.item_ids()
            for line_id, other in self.wanted[item_id].items()
            if other.score >= enough and other.fits(self.remaining)
        }
        for item, amount in best.parts:
            self.remaining[item.line_id] -= amount
        return sum(1 for other in rivals.values() if not other.fits(self.remaining))


def _reason(
    rule: MatchRule,
    receipt: Receipt,
    items: Sequence[OpenItem],
    candidate: Candidate,
    deducted: Deducted | None,
) -> Evidence | None:
    """What a rule says of a solution, or nothing."""
    if isinstance(rule, DeductionRule):
        return rule.match_deducted(receipt, deducted) if deducted else None
    if isinstance(rule, AdviceRule):
        advice = candidate.advice
        return rule.match_advice(receipt, advice) if advice else None
    if isinstance(rule, LikenessRule):
        likeness = candidate.likeness
        return rule.match_likeness(receipt, likeness) if likeness else None
    if isinstance(rule, CustomRule):
        return rule.match_custom(receipt, items) if candidate.is_custom else None
    return rule.match_all(receipt, items, candidate.found)


def _tolerances(reasons: Reasons) -> dict[int, Tolerance]:
    """The widest tolerance of each currency, by which near amounts are looked for."""
    found: dict[int, Tolerance] = {}
    for currency_id, known in reasons.items():
        wide = [one.tolerance for one in known if one.kind != "discount"]
        if wide:
            found[currency_id] = max(wide, key=lambda t: (t.absolute, t.per_mille))
    return found
