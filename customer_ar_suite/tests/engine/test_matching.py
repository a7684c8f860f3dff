"""Matching: scenarios a collector can read, and properties on random worlds."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ...engine.errors import UnknownCode
from ...engine.ledger import OpenItem, Receipt, check_allocations
from ...engine.matching.base import Limits, RuleWeight
from ...engine.matching.propose import propose
from ...engine.matching.quotes import quotations
from ...engine.money import from_minor, to_minor
from .case import EngineCase, examples, walk

WEIGHTS = [
    RuleWeight("invoice_number", 60),
    RuleWeight("exact_amount", 35),
    RuleWeight("payer", 25),
    RuleWeight("combination", 30),
]
DAY = date(2026, 3, 31)


def item(line_id, number="", partner=1, amount=100, due=DAY, **values):
    defaults = {"move_id": line_id, "company_id": 1, "currency_id": 1}
    return OpenItem(
        line_id=line_id, partner_id=partner, account_id=1, digits=2, company_digits=2,
        date=due - timedelta(days=30), due_date=due, invoice_date=None, number=number,
        reference="", kind="invoice", amount=amount, residual=amount,
        amount_company=amount, residual_company=amount, **{**defaults, **values},
    )  # fmt: skip


def receipt(line_id, text="", amount=100, partner=0, day=DAY, **values):
    defaults = {"company_id": 1, "currency_id": 1}
    return Receipt(
        line_id=line_id, journal_id=1, digits=2, date=day, amount=amount, text=text,
        partner_id=partner, **{**defaults, **values},
    )  # fmt: skip


class Scenario:
    """A text with open items, receipts and what a collector expects."""

    def __init__(self, text):
        parts = {"": []}
        rows = parts[""]
        for line in text.splitlines():
            if line.startswith("# "):
                rows = parts.setdefault(line[2:].strip(), [])
            elif line.strip():
                rows.append([cell.strip() for cell in line.split("|")])
        partners: dict[str, int] = {"": 0}
        moves: dict[str, int] = {}
        for row in [*parts["OPEN ITEMS"], *parts["RECEIPTS"]]:
            partners.setdefault(row[1] if row in parts["OPEN ITEMS"] else row[2],
                                len(partners))  # fmt: skip
        self.items = [
            item(
                100 + i, number, partners[who], to_minor(amount, 2),
                date.fromisoformat(due), move_id=moves.setdefault(number, 100 + i),
            )
            for i, (number, who, due, amount) in enumerate(parts["OPEN ITEMS"])
        ]  # fmt: skip
        self.names = {}
        self.receipts = []
        for i, (name, day, who, amount, text) in enumerate(parts["RECEIPTS"]):
            self.names[i + 1] = name
            self.receipts.append(
                receipt(i + 1, text, to_minor(amount, 2), partners[who],
                        date.fromisoformat(day))
            )  # fmt: skip
        self.expected = [" | ".join(row) for row in parts["EXPECTED"]]

    def found(self):
        """What the engine proposes, written like the expectation."""
        number = {one.line_id: one.number for one in self.items}
        by_receipt = {
            one.receipt.line_id: one
            for one in propose(self.receipts, self.items, WEIGHTS)
        }
        return [
            f"{name} | {described(by_receipt.get(line_id), number)}"
            for line_id, name in self.names.items()
        ]


def described(proposal, number):
    if not proposal:
        return "nothing"
    cells = [
        ", ".join(
            f"{number[part.item_line_id]} {from_minor(part.amount, 2)}"
            for part in proposal.allocations
        ),
        str(proposal.confidence),
        " ".join(evidence.code for evidence in proposal.evidence),
    ]
    if proposal.short_amount:
        cells.append(f"short {from_minor(proposal.short_amount, 2)}")
    if proposal.remainder:
        cells.append(f"rest {from_minor(proposal.remainder, 2)}")
    if proposal.alternatives:
        cells.append(f"alternatives {proposal.alternatives}")
    return " | ".join(cells)


class TestScenarios(EngineCase):
    def test_scenarios(self):
        paths = walk("match", ".txt")
        self.assertGreaterEqual(len(paths), 5)
        for path in paths:
            with self.subTest(path.stem):
                scenario = Scenario(path.read_text(encoding="utf-8"))
                self.assertEqual(scenario.expected, scenario.found())


class TestQuotes(EngineCase):
    def test_ways_to_quote(self):
        for text in (
            "INV/2026/00017",
            "inv-2026-00017",
            "Re: INV 2026 00017.",
            "INV202600017",
            "/RFB/INV/2026/00017/TXT/thanks",
            "(INV/2026/17)",
            "invoices: INV/2026/00016,INV/2026/00017",
            "发票INV/2026/00017付款",
            "ＩＮＶ／２０２６／０００１７",
            "INV\u200b/2026/00017",
        ):
            with self.subTest(text):
                self.assertTrue(quotations(receipt(1, text), "INV/2026/00017"))

    def test_what_only_looks_like_it(self):
        for text in (
            "",
            "2026",
            "00017",
            "INV/2026/000170",
            "XINV/2026/00017",
            "INV/2026/00017/2",
            "INV/2025/00017",
            "INV, 2026, 17 pieces",
            "1INV202600017",
            "CN/2026/00017",
        ):
            with self.subTest(text):
                self.assertEqual(quotations(receipt(1, text), "INV/2026/00017"), [])

    def test_digits_that_are_the_amount_or_a_date(self):
        for amount, text, number, is_quoted in (
            (1250000, "pays 12500", "12500", False),
            (1250055, "pays 1250055", "1250055", False),
            (1250000, "pays 12501", "12501", True),
            (100, "on 20260331", "20260331", False),
            (100, "on 31032026", "31032026", False),
            (100, "on 260331", "260331", False),
            (100, "on 20190331", "20190331", True),
        ):
            with self.subTest(text):
                found = quotations(receipt(1, text, amount), number)
                self.assertEqual(bool(found), is_quoted)


# -- random worlds: few numbers, amounts and customers, so that everything collides --------

NUMBERS = ["INV/2026/00001", "INV/2026/00011", "INV/2026/00111", "RINV/2026/00001"]
WORDS = [*NUMBERS, "2026", "INV202600011", "2026/00111", "paid", "款"]
AMOUNTS = st.sampled_from([50, 100, 150, 200])


@st.composite
def worlds(draw, size=5):
    items = [
        item(
            i + 1,
            draw(st.sampled_from(NUMBERS)),
            draw(st.integers(1, 3)),
            draw(st.one_of(AMOUNTS, st.just(-100))),
            DAY + timedelta(days=draw(st.integers(-2, 2))),
            move_id=draw(st.integers(1, 4)),
            currency_id=draw(st.sampled_from([1, 1, 2])),
            company_id=draw(st.sampled_from([1, 1, 2])),
        )
        for i in range(draw(st.integers(0, size)))
    ]
    receipts = [
        receipt(
            i + 1,
            " ".join(draw(st.lists(st.sampled_from(WORDS), max_size=3))),
            draw(st.one_of(AMOUNTS, st.just(-100))),
            draw(st.integers(0, 3)),
            DAY + timedelta(days=draw(st.integers(0, 2))),
            currency_id=draw(st.sampled_from([1, 1, 2])),
            company_id=draw(st.sampled_from([1, 1, 2])),
        )
        for i in range(draw(st.integers(0, size)))
    ]
    return receipts, items


class TestProperties(EngineCase):
    @examples(100)
    @given(worlds())
    def test_never_more_than_there_is(self, world):
        receipts, items = world
        proposals = propose(receipts, items, WEIGHTS)
        check_allocations(
            receipts, items, [a for p in proposals for a in p.allocations]
        )
        by_id = {one.line_id: one for one in items}
        self.assertEqual(
            len(proposals), len({one.receipt.line_id for one in proposals})
        )
        for one in proposals:
            applied = sum(part.amount for part in one.allocations)
            self.assertTrue(one.allocations)
            self.assertEqual(applied + one.remainder, one.receipt.amount)
            self.assertGreaterEqual(one.short_amount, 0)
            self.assertTrue(30 <= one.confidence <= 100)
            self.assertTrue(one.is_unique or one.confidence <= 49)
            for part in one.allocations:
                paid = by_id[part.item_line_id]
                self.assertEqual(
                    (paid.company_id, paid.currency_id),
                    (one.receipt.company_id, one.receipt.currency_id),
                )

    @examples(50)
    @given(worlds(), st.randoms(use_true_random=False))
    def test_order_of_rows_does_not_matter(self, world, chance):
        receipts, items = world
        straight = propose(receipts, items, WEIGHTS)
        chance.shuffle(receipts)
        chance.shuffle(items)
        self.assertEqual(straight, propose(receipts, items, WEIGHTS))

    @examples(100)
    @given(worlds(size=4))
    def test_all_pairs_find_no_better_receipt(self, world):
        """A second way: score every receipt against every item, without index or queue.

        With the rules for one item the best receipt of all must be proposed first, with
        at least the score of its best single item.
        """
        receipts, items = world
        scores = {}
        for money in receipts:
            for owed in items:
                same = (money.company_id, money.currency_id) == (
                    owed.company_id,
                    owed.currency_id,
                )
                if same and money.amount > 0 and owed.residual > 0:
                    scores[money.line_id, owed.line_id] = score(money, owed, items)
        best = max(scores.values(), default=0)
        found = propose(receipts, items, WEIGHTS, Limits(ambiguous_cap=100))
        if best >= 30:
            self.assertGreaterEqual(max(p.confidence for p in found), best)

    def test_unknown_rule_is_an_error(self):
        with self.assertRaises(UnknownCode):
            propose([], [], [RuleWeight("crystal_ball", 50)])


def score(money, owed, items):
    """Points of one pair, written out by hand instead of through rules and index."""
    words = money.text.upper().split()
    forms = {owed.number: 60, owed.number.replace("/", ""): 60, owed.number[4:]: 48}
    points = max((forms.get(word, 0) for word in words), default=0)
    if owed.number.startswith("R"):
        points = 60 if owed.number in words else 0
    same_number = [
        one
        for one in items
        if one.number == owed.number
        and one.residual > 0
        and (one.company_id, one.currency_id) == (owed.company_id, owed.currency_id)
    ]
    if points and len(same_number) > 1:
        return 0  # instalments or shared numbers are judged together: not this test
    if (
        sum(1 for word in words if word != "2026" and any(c.isdigit() for c in word))
        > 1
    ):
        return 0  # several quotations as well
    if owed.residual == money.amount:
        rivals = [
            one
            for one in items
            if one.residual == owed.residual
            and (one.company_id, one.currency_id) == (owed.company_id, owed.currency_id)
        ]
        known = money.partner_id == owed.partner_id
        if points or known or (not money.partner_id and len(rivals) == 1):
            points += 35
    if not points:
        return 0
    if money.partner_id:
        points += 25 if money.partner_id == owed.partner_id else -25
    return max(0, min(100, points))


class TestExact(EngineCase):
    def test_amounts_are_decimal_exact(self):
        # given amounts whose floats do not add up (0.1 + 0.2)
        items = [item(1, "INV/1001", amount=10), item(2, "INV/1002", amount=20)]
        paid = to_minor(Decimal("0.3"), 2)
        # when both are quoted
        (found,) = propose([receipt(9, "INV/1001 INV/1002", paid)], items, WEIGHTS)
        # then they are paid to the cent
        self.assertEqual([part.amount for part in found.allocations], [10, 20])
        self.assertEqual(
            [e.code for e in found.evidence], ["invoice_number", "exact_total"]
        )
