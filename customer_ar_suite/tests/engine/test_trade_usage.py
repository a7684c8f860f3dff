"""Ratios, scores of trade, usage and offsets as the engine decides them."""

import doctest
from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from ...engine import kpi, netting, rfm, usage
from ...engine.errors import FileError, RowError
from ...engine.netting import NettingError, Side
from .case import EngineCase, examples

TODAY = date(2026, 6, 30)
amounts = st.integers(-(10**9), 10**9)


class TestRatios(EngineCase):
    def test_doctests(self):
        for module in (kpi, rfm, usage, netting):
            found = doctest.testmod(module)
            self.assertTrue(found.attempted, module.__name__)
            self.assertFalse(found.failed, module.__name__)

    @examples(25)
    @given(st.integers(-(10**12), 10**12), st.integers(1, 10**12), st.integers(1, 400))
    def test_dso_is_the_formula_to_a_tenth_of_a_day(self, receivable, billed, days):
        exact = Fraction(receivable * days, billed)
        self.assertLessEqual(
            abs(Fraction(kpi.dso(receivable, billed, days), 10) - exact),
            Fraction(1, 20),
        )

    def test_means_nothing_without_sales(self):
        self.assertIsNone(kpi.dso(100, 0, 30))
        self.assertIsNone(kpi.dso(100, -5, 30))
        self.assertIsNone(kpi.share(1, 0))
        self.assertIsNone(kpi.growth(5, 0))


trades = st.lists(
    st.tuples(st.integers(0, 400), st.integers(1, 60), amounts), max_size=60
).map(lambda rows: [rfm.Trade(number, *row) for number, row in enumerate(rows)])


class TestScores(EngineCase):
    def naive(self, values):
        """A second way: count who is better, one by one."""
        return [
            5 - (5 * sum(other > value for other in values)) // len(values)
            for value in values
        ]

    @examples(25)
    @given(trades)
    def test_points_are_fifths_of_those_who_are_better(self, rows):
        found = rfm.score(rows)
        self.assertEqual(set(found), {row.partner_id for row in rows})
        expected = zip(
            self.naive([-row.recency for row in rows]) if rows else [],
            self.naive([row.frequency for row in rows]) if rows else [],
            self.naive([row.monetary for row in rows]) if rows else [],
            strict=True,
        )
        self.assertEqual([tuple(found[row.partner_id]) for row in rows], list(expected))

    @examples(25)
    @given(trades)
    def test_better_never_scores_less(self, rows):
        found = rfm.score(rows)
        for one in rows:
            for other in rows:
                if one.monetary >= other.monetary:
                    self.assertGreaterEqual(
                        found[one.partner_id].monetary, found[other.partner_id].monetary
                    )

    def test_levels(self):
        self.assertEqual(rfm.NOTHING.level, "none")
        self.assertEqual(rfm.Score(5, 5, 5).level, "high")
        self.assertEqual(rfm.Score(1, 1, 1).level, "low")


def items(side):
    return st.lists(
        st.tuples(st.integers(-500, 1000), st.dates(date(2026, 1, 1), TODAY)),
        max_size=8,
    ).map(
        lambda rows: [
            Side(100 * side + n, side, due, residual)
            for n, (residual, due) in enumerate(rows)
        ]
    )


class TestOffsets(EngineCase):
    @examples(60)
    @given(items(1), items(2))
    def test_never_more_than_the_smaller_balance_and_always_balanced(self, owed, owing):
        limit = netting.most(owed, owing)
        balances = [sum(one.residual for one in side) for side in (owed, owing)]
        self.assertEqual(limit, max(0, min(balances)))
        if not limit:
            with self.assertRaises(NettingError):
                netting.propose(owed, owing)
            return
        offset = netting.propose(owed, owing)
        self.assertEqual(offset.amount, limit)
        self.assertEqual(sum(offset.by_account().values()), 0)
        for side, parts in ((owed, offset.receivable), (owing, offset.payable)):
            residuals = {one.line_id: one for one in side}
            self.assertEqual(sum(part.amount for part in parts), limit)
            for part in parts:
                self.assertLessEqual(part.amount, residuals[part.line_id].residual)
            # oldest first: whatever is due before the last part is settled whole
            last = max((residuals[p.line_id].due, p.line_id) for p in parts)
            taken = {part.line_id: part.amount for part in parts}
            for one in side:
                if one.residual > 0 and (one.due, one.line_id) < last:
                    self.assertEqual(taken[one.line_id], one.residual)

    def test_asked_for_too_much(self):
        owed, owing = [Side(1, 1, TODAY, 100)], [Side(2, 2, TODAY, 40)]
        with self.assertRaises(NettingError) as caught:
            netting.propose(owed, owing, 41)
        self.assertEqual(caught.exception.code, "offset_too_large")
        self.assertEqual(netting.propose(owed, owing, 15).by_account(), {1: -15, 2: 15})
        with self.assertRaises(NettingError):
            netting.propose(owed, owing, 0)


class TestUsage(EngineCase):
    def read(self, text, name="usage.csv"):
        return usage.read_usage(text.encode(), name, TODAY)

    def test_months_as_people_write_them(self):
        found = self.read(
            "Customer,Month,Metric,Value\n"
            'C1,2026-05,logins,"1,200"\n'
            "C1,2026/4,logins,3\n"
            "C1,2026年3月,logins,2.5\n"
            "C1,2026-02-17,logins,0\n"
        )
        self.assertEqual(found.faults, [])
        self.assertEqual(
            [(one.month.month, one.value) for one in found.counts],
            [(5, 120_000), (4, 300), (3, 250), (2, 0)],
        )

    def test_chinese_headings_and_faults_by_row(self):
        found = self.read(
            "客户编号,月份,指标,数值\nC1,2026-05,登录,7\nC2,2026-05,登录,-1\n"
            "C3,2026-07,登录,1\nC4,2026-05,登录,abc\n,2026-05,登录,1\n"
        )
        self.assertEqual([one.customer for one in found.counts], ["C1"])
        self.assertEqual(
            [(fault.code, fault.params["row"]) for fault in found.faults],
            [
                ("usage_negative", 3),
                ("usage_future", 4),
                ("amount_not_readable", 5),
                ("value_missing", 6),
            ],
        )

    def test_headings_missing(self):
        with self.assertRaises(FileError) as caught:
            self.read("Customer,Month\nC1,2026-05\n")
        self.assertEqual(caught.exception.code, "usage_headings")
        self.assertEqual(caught.exception.params["missing"], "kind, value")

    def test_a_call_is_read_by_the_same_grammar(self):
        with self.assertRaises(RowError):
            usage.read_count(
                1, {"customer": "C1", "month": "x", "kind": "a", "value": "1"}, TODAY
            )

    @examples(25)
    @given(st.dictionaries(st.integers(1, 99), st.integers(0, 50), max_size=30))
    def test_levels_by_counting_one_by_one(self, values):
        found = usage.levels(values)
        for id_, value in values.items():
            better = sum(other > value for other in values.values())
            worse = sum(other < value for other in values.values())
            if not value:
                level = "low"
            elif len(values) < 4:
                level = "medium"
            elif worse and 4 * better < len(values):
                level = "high"
            elif better and 4 * worse < len(values):
                level = "low"
            else:
                level = "medium"
            self.assertEqual(found[id_], level)

    def test_change_against_the_three_months_before(self):
        counts = {
            date(2026, 1, 1): 9_999, date(2026, 3, 1): 100, date(2026, 4, 1): 200,
            date(2026, 5, 1): 300, date(2026, 6, 1): 50,
        }  # fmt: skip
        found = usage.trend(counts)
        self.assertEqual((found.value, found.usual, found.change), (50, 200, -7500))
        self.assertTrue(usage.is_alarming(found.change, 75))
        self.assertFalse(usage.is_alarming(found.change, 76))
        self.assertFalse(usage.is_alarming(found.change, 0))
        first = usage.trend({date(2026, 6, 1): 5})
        self.assertEqual((first.usual, first.change), (None, None))
