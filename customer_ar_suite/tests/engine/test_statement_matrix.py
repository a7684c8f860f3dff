from dataclasses import replace
from datetime import date, timedelta
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from ...engine.errors import BalanceError
from ...engine.statement import BUILDERS
from ...engine.statement.builder import Figures
from ...engine.statement.matrix import StatementMatrix, fingerprint
from ...engine.statement.paginate import A4, lay_out
from .case import DATA, EngineCase, examples
from .statement_text import (
    BHD,
    CNY,
    CURRENCIES,
    ENGLISH,
    JPY,
    USD,
    as_text,
    header,
    item,
    movement,
)

DAY = date(2026, 6, 30)


def build(kind, figures, **values):
    start = date(2026, 6, 1) if BUILDERS.get(kind).needs_period else None
    return BUILDERS.get(kind).build(
        header(kind, DAY, start, **values), figures, CURRENCIES
    )


class TestOpenItemStatement(EngineCase):
    def test_hand_calculated(self):
        # given one invoice not due, one 30 and one 31 days late, one half paid, a credit
        figures = Figures(
            items=[
                item(1, date(2026, 6, 20), date(2026, 7, 20), 10000),
                item(2, date(2026, 5, 1), date(2026, 5, 31), 20000),
                item(3, date(2026, 4, 30), date(2026, 5, 30), 40000, 15000),
                item(4, date(2026, 6, 1), date(2026, 6, 1), -5000, kind="credit_note"),
            ]
        )
        # when
        section = build("open_item", figures).sections[0]
        # then 30 days late belongs to the bucket that names it, and the credit is apart
        self.assertEqual(section.aging, (10000, 20000, 15000, 0))
        self.assertEqual(section.unapplied, -5000)
        self.assertEqual(section.closing, 40000)
        self.assertEqual(section.overdue, 35000)
        self.assertEqual([row.line_id for row in section.rows], [3, 2, 4, 1])
        self.assertEqual(
            section.rows[0].cells,
            (
                date(2026, 4, 30),
                "INV/2026/00003",
                "PO-3",
                date(2026, 5, 30),
                31,
                40000,
                25000,
                15000,
            ),
        )
        self.assertEqual(
            [row.is_overdue for row in section.rows], [True, True, False, False]
        )

    def test_one_section_per_currency_with_its_own_digits(self):
        figures = Figures(
            items=[
                item(1, DAY, DAY, 123456, currency=USD),
                item(2, DAY, DAY, 5000, currency=JPY),
                item(3, DAY, DAY, 1234567, currency=BHD),
            ]
        )
        matrix = build("open_item", figures).with_words()
        self.assertEqual(
            [(s.currency, s.digits, s.closing) for s in matrix.sections],
            [("BHD", 3, 1234567), ("JPY", 0, 5000), ("USD", 2, 123456)],
        )
        self.assertEqual(matrix.sections[1].words, "Five thousand Japanese yen")

    def test_items_settled_meanwhile_are_listed_with_nothing_left(self):
        figures = Figures(
            items=[item(1, date(2026, 6, 20), date(2026, 7, 20), 10000)],
            movements=[
                movement(1, date(2026, 6, 20), 10000),
                movement(2, date(2026, 6, 5), 7000),
                movement(3, date(2026, 6, 25), -7000, "payment"),
                movement(4, date(2026, 6, 25), 0, "entry", is_exchange=True),
            ],
        )
        rows = build("open_item", figures).sections[0].rows
        self.assertEqual(
            [(row.line_id, row.value) for row in rows], [(2, 0), (1, 10000)]
        )
        self.assertEqual(rows[0].cells[-3:], (7000, 7000, 0))

    def test_item_open_in_company_currency_only_is_not_the_customers_business(self):
        figures = Figures(items=[item(1, DAY, DAY, 10000, 0)])
        self.assertEqual(build("open_item", figures).sections, ())


class TestActivityStatement(EngineCase):
    def test_hand_calculated(self):
        # given 500.00 owed before; an invoice of two instalments, a payment, an exchange
        # entry without an amount in the document currency
        figures = Figures(
            items=[
                item(1, date(2026, 5, 2), date(2026, 6, 1), 50000, 20000),
                item(2, date(2026, 6, 10), date(2026, 7, 10), 10000),
                item(3, date(2026, 6, 10), date(2026, 8, 10), 10000),
            ],
            movements=[
                movement(
                    2, date(2026, 6, 10), 10000, move_id=20, due=date(2026, 7, 10)
                ),
                movement(
                    3, date(2026, 6, 10), 10000, move_id=20, due=date(2026, 8, 10)
                ),
                movement(4, date(2026, 6, 15), -30000, "payment"),
                movement(5, date(2026, 6, 15), 0, "entry", is_exchange=True),
            ],
            opening={CNY: 50000},
        )
        # when
        section = build("activity", figures).sections[0]
        # then the instalments are one charge, the exchange entry is not there
        self.assertEqual(
            [row.cells for row in section.rows],
            [
                (
                    date(2026, 6, 10),
                    "invoice",
                    "INV/00002",
                    "PO-2",
                    date(2026, 7, 10),
                    20000,
                    None,
                    70000,
                ),
                (
                    date(2026, 6, 15),
                    "payment",
                    "PAY/00004",
                    "PO-4",
                    None,
                    None,
                    30000,
                    40000,
                ),
            ],
        )
        self.assertEqual((section.opening, section.closing), (50000, 40000))
        self.assertEqual(section.aging, (20000, 20000, 0, 0))

    def test_ledger_that_disagrees_with_itself_is_refused(self):
        figures = Figures(
            items=[item(1, DAY, DAY, 10000)],
            movements=[movement(1, DAY, 9999)],
        )
        with self.assertRaises(BalanceError) as caught:
            build("activity", figures)
        self.assertEqual(caught.exception.params["closing"], 10000)
        self.assertEqual(caught.exception.params["movements"], 9999)

    def test_customer_at_rest_has_his_balance(self):
        figures = Figures(
            items=[item(1, date(2026, 1, 1), date(2026, 2, 1), 700)], opening={CNY: 700}
        )
        section = build("activity", figures).sections[0]
        self.assertEqual(
            (section.opening, section.rows, section.closing), (700, (), 700)
        )


class TestSnapshot(EngineCase):
    def figures(self):
        return Figures(
            items=[
                item(1, date(2026, 6, 2), date(2026, 6, 20), 50000, 20000),
                item(2, date(2026, 6, 2), DAY, 1234, currency=BHD),
            ],
            movements=[
                movement(1, date(2026, 6, 2), 50000),
                movement(2, date(2026, 6, 2), 1234, currency=BHD),
                movement(3, date(2026, 6, 9), -30000, "payment"),
            ],
        )

    def test_round_trip_and_hash(self):
        for builder in BUILDERS:
            with self.subTest(builder.code):
                matrix = build(builder.code, self.figures()).with_words()
                text = matrix.to_json()
                again = StatementMatrix.from_json(text)
                self.assertEqual(again, matrix)
                self.assertEqual(again.to_json(), text)
                self.assertEqual(fingerprint(text), fingerprint(again.to_json()))

    def test_tampered_snapshot_does_not_load(self):
        text = build("activity", self.figures()).to_json()
        forged = text.replace('"closing":20000', '"closing":2000')
        self.assertNotEqual(fingerprint(text), fingerprint(forged))
        with self.assertRaises(BalanceError):
            StatementMatrix.from_json(forged)

    def test_snapshot_of_a_later_version_is_named(self):
        text = build("open_item", self.figures()).to_json()
        with self.assertRaises(BalanceError) as caught:
            StatementMatrix.from_json(text.replace('"version":1', '"version":2'))
        self.assertEqual(caught.exception.code, "statement_snapshot_unknown")

    def test_golden_pages(self):
        for builder in BUILDERS:
            with self.subTest(builder.code):
                matrix = build(builder.code, self.figures(), intro="Dear customer,")
                found = as_text(lay_out(matrix.with_words(), ENGLISH, A4))
                self.assertGolden(DATA / "statement" / f"{builder.code}.txt", found)


#: amount, day issued, days to pay, currency, [(share paid in percent, days later)]
documents = st.lists(
    st.tuples(
        st.integers(1, 10**9),
        st.integers(0, 180),
        st.integers(0, 60),
        st.sampled_from([CNY, USD, JPY, BHD]),
        st.lists(st.tuples(st.integers(1, 60), st.integers(0, 120)), max_size=3),
    ),
    max_size=12,
)


def history(specs, start, end):
    """The three views of a ledger after a random history, each made on its own."""
    ids = count(1)
    items, movements, opening = [], [], {}
    first = date(2026, 1, 1)
    for amount, age, term, currency, parts in specs:
        issued = first + timedelta(age)
        entries = [(issued, amount, "invoice")]
        left = amount
        for percent, later in parts:
            paid = min(left, amount * percent // 100)
            day = issued + timedelta(later)
            if paid:
                entries.append((day, -paid, "payment"))
                left -= paid
        residual = sum(value for day, value, _kind in entries if day <= end)
        if issued <= end and residual:
            due = issued + timedelta(term)
            items.append(item(next(ids), issued, due, amount, residual, currency))
        for day, value, kind in entries:
            if day < start:
                opening[currency] = opening.get(currency, 0) + value
            elif day <= end:
                movements.append(movement(next(ids), day, value, kind, currency))
    return Figures(items, movements, opening)


class TestRandomHistories(EngineCase):
    @examples()
    @given(documents, st.integers(0, 200), st.integers(0, 100))
    def test_opening_plus_movements_is_closing_is_aging(self, specs, offset, length):
        start = date(2026, 1, 1) + timedelta(offset)
        end = start + timedelta(length)
        figures = history(specs, start, end)
        matrix = BUILDERS.get("activity").build(
            header("activity", end, start), figures, CURRENCIES
        )
        owed = {}
        for row in figures.items:
            code = CURRENCIES[row.currency_id].code
            owed[code] = owed.get(code, 0) + row.residual
        for section in matrix.sections:
            self.assertEqual(section.closing, owed.get(section.currency, 0))
            aged = sum(section.aging) + section.unapplied
            self.assertEqual(aged, section.closing)
            self.assertTrue(0 <= section.overdue <= sum(section.aging))
            balance = section.rows[-1].cells[-1] if section.rows else section.opening
            self.assertEqual(balance, section.closing)

    @examples()
    @given(documents, st.data())
    def test_a_lost_item_is_always_noticed(self, specs, data):
        figures = history(specs, date(2026, 3, 1), date(2026, 12, 31))
        if not figures.items:
            return
        lost = data.draw(st.integers(0, len(figures.items) - 1))
        fewer = [row for i, row in enumerate(figures.items) if i != lost]
        with self.assertRaises(BalanceError):
            BUILDERS.get("activity").build(
                header("activity", date(2026, 12, 31), date(2026, 3, 1)),
                replace(figures, items=fewer),
                CURRENCIES,
            )
