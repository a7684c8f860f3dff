"""Evidence to proposals: weighed, without conflicts, in an order that never varies."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from ..ledger import Allocation, OpenItem, Receipt, is_part
from .base import RULES, Evidence, Found, Limits, MatchRule, Proposal, RuleWeight, weigh
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
) -> list[Proposal]:
    """At most one proposal per receipt; together they never apply more than is open.

    Of two receipts that want the same item, the surer one gets it, then the older, then
    the one with the lower id; the other is offered what is left. The result depends on
    the rows alone, not on their order.

    :param weights: the active rules with their points
    :param refused: solutions a user has rejected; they are not proposed again
    :return: proposals by descending confidence, then date and id of the receipt
    """
    open_items = list(items)
    matcher = _Matcher(open_items, weights, limits or Limits(), refused)
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
    ) -> None:
        self.rules: list[tuple[MatchRule, RuleWeight]] = [
            (RULES.get(weight.code), weight) for weight in weights
        ]
        self.keys = tuple(
            dict.fromkeys(key for rule, _weight in self.rules for key in rule.keys)
        )
        self.limits = limits
        self.refused = refused
        self.index = CandidateIndex(items)
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
            parts = self._parts(receipt, candidate)
            ids = frozenset(item.line_id for item, _amount in parts)
            if parts and (receipt.line_id, ids) not in self.refused:
                key = tuple(sorted((i.line_id, amount) for i, amount in parts))
                solutions.setdefault(key, self._judge(receipt, parts, candidate.found))
        return sorted(solutions.values(), key=Solution.rank)

    def _parts(
        self, receipt: Receipt, candidate: Candidate
    ) -> tuple[tuple[OpenItem, int], ...]:
        """What of the receipt goes to which item, in the order of the candidate."""
        if candidate.found:
            return tuple(
                (item._replace(residual=left), left)
                for item in candidate.items
                if (left := self.remaining[item.line_id])
            )
        parts, left = [], receipt.amount
        for item in candidate.items:
            still_open = self.remaining[item.line_id]
            amount = min(left, still_open)
            if amount > 0:
                parts.append((item._replace(residual=still_open), amount))
                left -= amount
        return tuple(parts)

    def _judge(
        self,
        receipt: Receipt,
        parts: tuple[tuple[OpenItem, int], ...],
        found: Found | None = None,
    ) -> Solution:
        items = [item for item, _amount in parts]
        evidence = tuple(
            weigh(reason, weight)
            for rule, weight in self.rules
            if (reason := rule.match_all(receipt, items, found))
        )
        score = max(0, min(100, sum(one.points for one in evidence)))
        return Solution(receipt, parts, evidence, score)

    def _forget(self, solution: Solution) -> None:
        for item, _amount in solution.parts:
            self.wanted[item.line_id].pop(solution.receipt.line_id, None)

    def _accept(self, best: Solution, solutions: list[Solution]) -> Proposal:
        alternatives = self._other_items(best, solutions) + self._take(best)
        applied = sum(amount for _item, amount in best.parts)
        cap = self.limits.ambiguous_cap if alternatives else 100
        return Proposal(
            receipt=best.receipt,
            partner_id=best.parts[0][0].partner_id,
            allocations=tuple(
                Allocation(best.receipt.line_id, item.line_id, amount)
                for item, amount in best.parts
            ),
            confidence=min(best.score, cap),
            evidence=best.evidence,
            alternatives=alternatives,
            remainder=best.receipt.amount - applied,
            short_amount=sum(item.residual - amount for item, amount in best.parts),
            open_amounts=tuple(item.residual for item, _amount in best.parts),
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
