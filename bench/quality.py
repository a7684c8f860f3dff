"""How well the matcher does on receipts as people pay: ``./dev bench matching_quality``.

No database: the generator's world becomes rows of the engine. The first receipts are decided
by their truth, as humans would, and measure the classes of evidence; the others are what the
figures are about. A class counts as acceptable without a human when the lower 95 % bound of
its precision on the first receipts reaches :data:`THRESHOLD`.
"""

from __future__ import annotations

import importlib
import sys
import time
import types
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from bench.payers import BEHAVIOURS, World, world

THRESHOLD = 0.999
#: lines that teach, lines that are measured
TAUGHT, MEASURED = 30_000, 24_000
CURRENCY = {"EUR": 1, "USD": 2}
#: the largest difference a bank charge may explain, in minor units
CHARGE = 2_500
WEIGHTS = {
    "invoice_number": 60, "order_number": 50, "remittance": 60, "exact_amount": 35,
    "discount": 35, "tolerance": 25, "payer": 25, "combination": 30,
}  # fmt: skip


class Judged(NamedTuple):
    """One bank line, what was proposed for it, and whether that is right."""

    behaviour: str
    name: str  #: class of evidence, "" without proposal
    is_right: bool
    is_guess: bool
    has_truth: bool


def engine() -> types.SimpleNamespace:
    """Load the engine without Odoo."""
    root = Path(__file__).parents[1]
    if "customer_ar_suite" not in sys.modules:
        package = types.ModuleType("customer_ar_suite")
        package.__path__ = [str(root / "customer_ar_suite")]
        sys.modules["customer_ar_suite"] = package
    names = {
        "ledger": "ledger", "money": "money", "base": "matching.base",
        "propose": "matching.propose", "identify": "matching.identify",
        "quality": "matching.quality", "deductions": "matching.deductions",
        "party_name": "party_name",
    }  # fmt: skip
    return types.SimpleNamespace(
        **{
            key: importlib.import_module(f"customer_ar_suite.engine.{name}")
            for key, name in names.items()
        }
    )


def judge(found: World, parts: Any) -> tuple[list[Judged], float]:
    """Match a world and compare with its truth; with the seconds per 1,000 lines."""
    items, receipts, advices = _rows(found, parts)
    started = time.perf_counter()
    receipts = _identified(found, receipts, items, parts)
    weights = [parts.base.RuleWeight(code, points) for code, points in WEIGHTS.items()]
    proposals = parts.propose.propose(
        receipts, items, weights, reasons=_reasons(parts), advices=advices
    )
    seconds = (time.perf_counter() - started) * 1000 / len(receipts)
    by_line = {one.receipt.line_id: one for one in proposals}
    return [_judged(line, by_line.get(line.id), parts) for line in found.lines], seconds


def _rows(found: World, parts: Any) -> tuple[list[Any], list[Any], list[Any]]:
    ledger, base = parts.ledger, parts.base
    items = [
        ledger.OpenItem(
            one.id, one.id, 1, one.customer_id, 1, CURRENCY[one.currency], 2, 2, one.date,
            one.due, one.date, one.number, "" if one.reference == "used" else one.reference,
            "invoice" if one.amount > 0 else "credit_note", one.amount, one.amount,
            one.amount, one.amount, discount=one.discount,
            discount_until=one.discount_until,
        )
        for one in found.items
    ]  # fmt: skip
    receipts = [
        ledger.Receipt(
            one.id, 1, 1, CURRENCY[one.currency], 2, one.date, one.amount, one.text,
            one.payer_name, one.payer_account,
        )
        for one in found.lines
    ]  # fmt: skip
    advices = [
        base.Advice(
            one.id,
            1,
            CURRENCY[one.currency],
            one.customer_id,
            "",
            one.amount,
            one.advice,
        )
        for one in found.lines
        if one.advice
    ]
    return items, receipts, advices


def _identified(found: World, receipts: list[Any], items: list[Any], parts: Any) -> Any:
    """Who paid: accounts of the books first, as the ledger does, then names."""
    owners: dict[str, set[int]] = defaultdict(set)
    for customer in found.customers:
        owners[customer.account].add(customer.id)
    directory = parts.identify.Directory(
        [parts.identify.Party(c.id, c.name, c.tax_id) for c in found.customers],
        (),
        parts.party_name.likeness(),
    )
    result = []
    for one in receipts:
        owner = owners.get(one.payer_account, set()) if one.payer_account else set()
        if len(owner) == 1:
            one = one._replace(partner_id=next(iter(owner)))
        elif payer := directory.identify(one):
            one = one._replace(partner_id=payer.partner_id, payer_code=payer.code)
        result.append(one)
    return result


def _reasons(parts: Any) -> dict[int, list[Any]]:
    reason, tolerance = parts.deductions.Reason, parts.money.Tolerance
    return {
        currency: [
            reason(1, "discount"),
            reason(2, "bank_fee", tolerance(CHARGE, 30)),
        ]
        for currency in CURRENCY.values()
    }


def _judged(line: Any, proposal: Any, parts: Any) -> Judged:
    if not proposal:
        return Judged(line.behaviour, "", not line.paid, line.is_guess, bool(line.paid))
    chosen = {part.item_line_id for part in proposal.allocations}
    return Judged(
        line.behaviour,
        parts.quality.evidence_class(proposal),
        chosen == set(line.paid),
        line.is_guess,
        bool(line.paid),
    )


def acceptable(judged: Iterable[Judged], parts: Any) -> dict[str, Any]:
    """The classes a machine may accept, by what was decided so far."""
    tally = parts.quality.tally((one.name, one.is_right) for one in judged if one.name)
    return {
        name: found
        for name, found in tally.items()
        if parts.quality.may_be_automatic(name) and found.lower >= THRESHOLD
    }


def figures(seed: int = 7) -> Iterable[dict[str, Any]]:
    """One row per figure: quality by behaviour, then the class accepted by machine."""
    parts = engine()
    taught, _seconds = judge(world(seed, TAUGHT), parts)
    classes = acceptable(taught, parts)
    judged, seconds = judge(world(seed + 1, MEASURED), parts)
    for name in BEHAVIOURS:
        yield from _by_behaviour(
            name, [j for j in judged if j.behaviour == name], classes
        )
    machine = [one for one in judged if one.name in classes]
    right = sum(one.is_right for one in machine)
    yield _row("acceptable class", "classes", len(classes), None)
    yield _row("acceptable class", "lines", len(machine), 10_000)
    yield _row("acceptable class", "wrong", len(machine) - right, None)
    yield _row("acceptable class", "precision", _share(right, len(machine)), 0.999)
    yield _row(
        "acceptable class", "recall of all lines", _share(right, len(judged)), None
    )
    guessed = sum(one.is_guess for one in machine)
    yield _row("acceptable class", "accepted where two solutions fit", guessed, 0)
    yield _row("all lines", "seconds per 1,000", round(seconds, 3), None)


def _by_behaviour(
    name: str, judged: list[Judged], classes: dict[str, Any]
) -> Iterable[dict[str, Any]]:
    proposed = [one for one in judged if one.name]
    knowable = [one for one in judged if one.has_truth]
    right = sum(one.is_right for one in proposed)
    yield _row(name, "precision", _share(right, len(proposed)), None)
    yield _row(
        name,
        "recall",
        _share(sum(one.is_right for one in knowable), len(knowable)),
        None,
    )
    machine = sum(one.name in classes for one in judged)
    yield _row(name, "accepted by machine", _share(machine, len(judged)), None)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _row(dataset: str, metric: str, value: Any, anchor: Any) -> dict[str, Any]:
    return {
        "flow": "matching_quality", "dataset": dataset, "metric": metric,
        "value": value, "anchor": anchor,
    }  # fmt: skip


def wrong(judged: Iterable[Judged], classes: Iterable[str]) -> Counter[tuple[str, str]]:
    """Which behaviours go wrong in which classes: for whoever tunes the rules."""
    known = set(classes)
    return Counter(
        (one.name, one.behaviour)
        for one in judged
        if one.name in known and not one.is_right
    )


__all__ = ["acceptable", "engine", "figures", "judge", "replace", "wrong"]
