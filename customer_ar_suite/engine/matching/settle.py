"""What of a customer's own items settles each other, without any bank file.

Payments and credit notes on his account against his invoices. The rules are those of
receipts: a payment is a receipt whose payer is known. What fits in two ways is shown and
not taken; the oldest first is paid only where somebody asked for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..ledger import OpenItem, Receipt
from .base import Evidence, Limits, Proposal, RuleWeight
from .index import by_age
from .propose import propose

#: confidence from which a settlement that is unique counts as sure
SURE = 60
#: rules that may say that several credits make one invoice
_TOGETHER = ("exact_amount", "payer", "combination")


class Pair(NamedTuple):
    """So much of a credit pays that item; it uses up one of the two."""

    credit_line_id: int
    debit_line_id: int
    amount: int  #: positive, minor units


class Account(NamedTuple):
    """Items can settle each other within one of these only."""

    company_id: int
    partner_id: int
    account_id: int
    currency_id: int


@dataclass(frozen=True)
class Settlement:
    """Items of one customer that settle each other, and why."""

    account: Account
    digits: int
    pairs: tuple[Pair, ...]
    confidence: int  #: 0 to 100
    evidence: tuple[Evidence, ...]
    alternatives: int = 0  #: other ways that fit about as well
    by_age: bool = False  #: paid oldest first, on request

    @property
    def amount(self) -> int:
        """What is settled, minor units."""
        return sum(pair.amount for pair in self.pairs)

    def is_sure(self, sure_from: int = SURE) -> bool:
        """Does it need nobody's judgement? Never, if anything else fits as well."""
        return self.by_age or (not self.alternatives and self.confidence >= sure_from)


def settle(
    items: Iterable[OpenItem],
    weights: Sequence[RuleWeight],
    *,
    sure_from: int = SURE,
    oldest_first: bool = False,
    refused: Collection[tuple[int, frozenset[int]]] = frozenset(),
    texts: Mapping[int, str] | None = None,
) -> list[Settlement]:
    """What settles each other, customer by customer; no item is used beyond its residual.

    :param oldest_first: what nothing else explains pays the oldest items
    :param refused: (credit, items) that a user has rejected
    :param texts: what else a credit says, by line id: the invoice it reverses
    :return: by customer, the surest first; the order of the rows does not matter
    """
    accounts: dict[Account, list[OpenItem]] = defaultdict(list)
    for item in sorted(items, key=by_age):
        if item.residual and item.partner_id and not item.is_advance:
            key = Account(
                item.company_id, item.partner_id, item.account_id, item.currency_id
            )
            accounts[key].append(item)
    found: list[Settlement] = []
    for account in sorted(accounts):
        own = accounts[account]
        if any(i.residual > 0 for i in own) and any(i.residual < 0 for i in own):
            matcher = _Account(account, own, weights, refused, texts or {})
            found += matcher.settle(sure_from, oldest_first)
    return found


class _Account:
    """The items of one customer, account and currency while they are settled."""

    def __init__(
        self,
        account: Account,
        items: list[OpenItem],
        weights: Sequence[RuleWeight],
        refused: Collection[tuple[int, frozenset[int]]],
        texts: Mapping[int, str],
    ) -> None:
        self.account, self.items, self.weights = account, items, weights
        self.refused, self.texts = refused, texts
        self.left = {item.line_id: abs(item.residual) for item in items}
        self.digits = items[0].digits

    def settle(self, sure_from: int, oldest_first: bool) -> list[Settlement]:
        is_balanced = not sum(item.residual for item in self.items)
        found = self._pays_invoices("payment") + self._pays_invoices("credit_note")
        found += self._paid_together()
        if is_balanced or oldest_first:
            # what is not sure gives way to what settles everything, or to what was asked
            sure = [one for one in found if one.is_sure(sure_from)]
            self._give_back([one for one in found if not one.is_sure(sure_from)])
            rest = self._by_age(is_balanced)
            if not is_balanced or not self._is_refused(rest):
                found = sure + rest
        return sorted(found, key=lambda one: (-one.confidence, one.pairs))

    # -- one credit pays one or several items ----------------------------------------------

    def _pays_invoices(self, kind: str) -> list[Settlement]:
        """Credits of a kind as receipts; a payment may use up credit notes on the way."""
        is_note = kind == "credit_note"
        credits = [i for i in self._open(-1) if (i.kind == "credit_note") == is_note]
        items = self._open(1)
        if not is_note:
            items += [i for i in self._open(-1) if i.kind == "credit_note"]
        proposals = propose(
            map(self._receipt, credits), items, self.weights, Limits(), self.refused
        )
        return [self._take(one, self._pairs(one)) for one in proposals]

    def _paid_together(self) -> list[Settlement]:
        """Several credits that together make one invoice: the same, seen from it."""
        credits = [i._replace(residual=-i.residual) for i in self._open(-1)]
        weights = [one for one in self.weights if one.code in _TOGETHER]
        proposals = propose(
            [self._receipt(item, 1) for item in self._open(1)],
            credits,
            weights,
            Limits(),
            self.refused,
        )
        return [
            self._take(
                one,
                tuple(Pair(part[1], part[0], part[2]) for part in one.allocations),
            )
            for one in proposals
            if len(one.allocations) > 1
        ]

    def _open(self, sign: int) -> list[OpenItem]:
        """Items of one side with what is left of them."""
        return [
            item._replace(residual=sign * self.left[item.line_id])
            for item in self.items
            if item.residual * sign > 0 and self.left[item.line_id]
        ]

    def _receipt(self, item: OpenItem, sign: int = -1) -> Receipt:
        """A credit as money that came in from this customer."""
        words = (item.reference, self.texts.get(item.line_id, ""))
        return Receipt(
            item.line_id,
            item.company_id,
            0,
            item.currency_id,
            item.digits,
            item.date,
            sign * item.residual,
            " ".join(filter(None, words)),
            partner_id=item.partner_id,
        )

    def _pairs(self, proposal: Proposal) -> tuple[Pair, ...]:
        """What each credit of a proposal pays, one after the other."""
        applied = sum(part.amount for part in proposal.allocations)
        credits = [[proposal.receipt.line_id, applied]]
        debits: list[list[int]] = []
        for part in proposal.allocations:
            side = debits if part.amount > 0 else credits
            side.append([part.item_line_id, abs(part.amount)])
        return _walk(credits, debits)

    def _take(self, proposal: Proposal, pairs: tuple[Pair, ...]) -> Settlement:
        self._use(pairs, -1)
        return Settlement(
            self.account,
            self.digits,
            pairs,
            proposal.confidence,
            proposal.evidence,
            proposal.alternatives,
        )

    # -- all of them, or the oldest first --------------------------------------------------

    def _by_age(self, is_balanced: bool) -> list[Settlement]:
        """What is left, oldest against oldest: everything, or on request."""
        sides = (self._open(-1), self._open(1))
        credits, debits = (
            [[item.line_id, abs(item.residual)] for item in side] for side in sides
        )
        pairs = _walk(credits, debits)
        if not pairs:
            return []
        self._use(pairs, -1)
        count = len({line for pair in pairs for line in pair[:2]})
        code = "customer_balanced" if is_balanced else "oldest_first"
        reason = Evidence(code, 100 if is_balanced else 50, {"count": count})
        return [
            Settlement(
                self.account,
                self.digits,
                pairs,
                reason.points,
                (reason,),
                by_age=not is_balanced,
            )
        ]

    def _is_refused(self, found: list[Settlement]) -> bool:
        """Has a user said no to exactly this?"""
        return any(key(one) in self.refused for one in found)

    def _give_back(self, found: list[Settlement]) -> None:
        for one in found:
            self._use(one.pairs, 1)

    def _use(self, pairs: Iterable[Pair], sign: int) -> None:
        for pair in pairs:
            self.left[pair.credit_line_id] += sign * pair.amount
            self.left[pair.debit_line_id] += sign * pair.amount


def key(settlement: Settlement) -> tuple[int, frozenset[int]]:
    """By what a settlement is recognised when it was rejected once.

    One credit with the items it pays; several credits with one invoice: the invoice.
    """
    credits = list(dict.fromkeys(pair.credit_line_id for pair in settlement.pairs))
    debits = list(dict.fromkeys(pair.debit_line_id for pair in settlement.pairs))
    if len(debits) == 1 and len(credits) > 1:
        return debits[0], frozenset(credits)
    return credits[0], frozenset([*credits[1:], *debits])


def _walk(credits: list[list[int]], debits: list[list[int]]) -> tuple[Pair, ...]:
    """Pair after pair, each as much as both have left.

    >>> _walk([[1, 70], [2, 10]], [[8, 50], [9, 30]])
    (Pair(credit_line_id=1, debit_line_id=8, amount=50), \
Pair(credit_line_id=1, debit_line_id=9, amount=20), \
Pair(credit_line_id=2, debit_line_id=9, amount=10))
    """
    pairs = []
    given, taken = [list(one) for one in credits], [list(one) for one in debits]
    while given and taken:
        amount = min(given[0][1], taken[0][1])
        if amount:
            pairs.append(Pair(given[0][0], taken[0][0], amount))
        given[0][1] -= amount
        taken[0][1] -= amount
        given = given if given[0][1] else given[1:]
        taken = taken if taken[0][1] else taken[1:]
    return tuple(pairs)
