"""Charts on paper: lengths say what the figures say, whatever the names."""

from hypothesis import given
from hypothesis import strategies as st

from ...engine.report.charts import Chart, Series, draw, fewer, ticks
from .case import EngineCase, examples

AMOUNTS = st.integers(-(10**9), 10**12)
ROWS = st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=1, max_size=14)


def chart(kind, rows, names=None):
    labels = names or [f"category {number}" for number in range(len(rows))]
    first, second = zip(*rows, strict=True)
    return Chart(
        "Revenue",
        kind,
        tuple(labels),
        (Series("Before", "#111111", first), Series("Now", "#222222", second)),
    )


class TestCharts(EngineCase):
    def bars(self, drawn, color):
        rects = [
            shape.attributes
            for shape in drawn
            if shape.tag == "rect" and shape.attributes["fill"] == color
        ]
        return rects[:-1]  # the last one is the legend's

    @examples(40)
    @given(ROWS)
    def test_lengths_are_in_proportion(self, rows):
        for kind in ("bars", "stack"):
            drawn = draw(chart(kind, rows), 500, 260, str)
            for color, place in (("#111111", 0), ("#222222", 1)):
                bars = self.bars(drawn, color)
                self.assertEqual(len(bars), len(rows))
                widest = max(abs(row[place]) for row in rows)
                for bar, row in zip(bars, rows, strict=True):
                    width = float(bar["width"])
                    self.assertGreaterEqual(width, 0)
                    self.assertGreaterEqual(float(bar["x"]), 0)
                    self.assertLessEqual(float(bar["x"]) + width, 500)
                    if widest:
                        share = abs(row[place]) / widest
                        longest = max(float(one["width"]) for one in bars)
                        self.assertAlmostEqual(width, share * longest, delta=0.2)

    @examples(40)
    @given(ROWS)
    def test_lines_stay_on_the_paper(self, rows):
        drawn = draw(chart("lines", rows), 500, 260, str)
        lines = [shape for shape in drawn if shape.tag == "polyline"]
        self.assertEqual(len(lines), 2)
        for line in lines:
            points = [p.split(",") for p in line.attributes["points"].split()]
            self.assertEqual(len(points), len(rows))
            for x, y in points:
                self.assertTrue(0 <= float(x) <= 500 and 0 <= float(y) <= 260)

    @examples(40)
    @given(AMOUNTS, AMOUNTS)
    def test_axes_hold_what_is_drawn(self, one, other):
        low, high = sorted((one, other))
        found = ticks(low, high)
        self.assertTrue(found[0] <= min(low, 0) and max(high, 0) <= found[-1])
        self.assertLessEqual(len(found), 12)
        self.assertEqual(
            len({b - a for a, b in zip(found, found[1:], strict=False)}), 1
        )
        self.assertIn(0, found)

    @examples(40)
    @given(ROWS, st.integers(2, 10))
    def test_what_is_added_up_is_not_lost(self, rows, most):
        whole = chart("bars", rows)
        found = fewer(whole, "others", most)
        self.assertLessEqual(len(found.labels), most)
        for before, after in zip(whole.series, found.series, strict=True):
            self.assertEqual(sum(before.values), sum(after.values))

    def test_names_stand_beside_their_bars_cut_to_fit(self):
        names = ["A & B", "华东大区重点客户事业部第一分部", "Short"]
        drawn = draw(chart("bars", [(1, 2), (3, 4), (5, 6)], names), 500, 260, str)
        texts = {shape.text: shape.attributes for shape in drawn if shape.text}
        self.assertIn("A & B", texts)
        (cut,) = (text for text in texts if text.startswith("华东大区"))
        self.assertTrue(cut.endswith("…"))
        first, last = float(texts["A & B"]["y"]), float(texts["Short"]["y"])
        self.assertLess(first, last)
