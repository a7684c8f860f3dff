from collections import defaultdict
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ...engine.report.account import Entry, account_lines, fiscal_year
from ...engine.report.pages import A4, LETTER, Style, height, lay_out
from ...engine.report.table import Column, Figures, ReportTable, Row, grouped
from .case import EngineCase, examples

DAY = date(2026, 1, 1)
AMOUNTS = st.integers(-(10**9), 10**9)
CURRENCIES = st.sampled_from([("USD", 2), ("JPY", 0), ("BHD", 3)])
NAMES = st.sampled_from(["Ann", "Bob", "Cid"])
LINES = st.lists(
    st.tuples(st.tuples(NAMES, NAMES), CURRENCIES, st.tuples(AMOUNTS, AMOUNTS)),
    max_size=20,
).map(
    lambda rows: [
        Figures(groups, (f"Customer {n}", str(n)), *currency, amounts)
        for n, (groups, currency, amounts) in enumerate(
            sorted(rows, key=lambda r: r[0])
        )
    ]
)
ENTRIES = st.lists(
    st.tuples(st.integers(0, 900), st.integers(0, 10**6), st.integers(0, 10**6)),
    max_size=30,
).map(
    lambda rows: [
        Entry(DAY + timedelta(days=days), debit, credit)
        for days, debit, credit in sorted(rows)
    ]
)


class TestGroupedTable(EngineCase):
    @examples(100)
    @given(LINES)
    def test_totals_are_the_sums_of_the_lines_of_each_currency(self, lines):
        rows = grouped(lines, "Total", "Total %s", True)
        # given the sums by a second way
        wanted = defaultdict(lambda: [0, 0])
        for line in lines:
            for number, amount in enumerate(line.amounts):
                wanted[line.currency][number] += amount
        # then the grand totals say the same, and every line stands once, in order
        found = {
            row.cells[2]: list(row.cells[3:]) for row in rows if row.kind == "total"
        }
        self.assertEqual(found, dict(wanted))
        self.assertEqual(
            [row.cells[1] for row in rows if row.kind == "row"],
            [line.texts[1] for line in lines],
        )

    @examples(100)
    @given(LINES)
    def test_subtotals_of_each_level_add_up_to_the_total(self, lines):
        rows = grouped(lines, "Total", "Total %s", True)
        headings = sum(row.kind == "heading" for row in rows)
        closed = defaultdict(int)
        for row in rows:
            if row.kind == "subtotal":
                closed[row.cells[2]] += row.cells[3]
        totals = {r.cells[2]: r.cells[3] for r in rows if r.kind == "total"}
        # two levels of groups: each amount is in two subtotals
        self.assertEqual(dict(closed), {c: 2 * amount for c, amount in totals.items()})
        self.assertGreaterEqual(
            sum(row.kind == "subtotal" for row in rows), headings if lines else 0
        )

    def test_nothing_to_show(self):
        self.assertEqual(grouped([], "Total", "Total %s", False), [])


class TestAccountLines(EngineCase):
    def test_by_hand(self):
        # given 100.00 brought forward into March, of a year with 40.00 debit before
        lines = account_lines(
            10000,
            [
                Entry(date(2026, 3, 2), 5000, 0),
                Entry(date(2026, 3, 31), 0, 12000),
                Entry(date(2026, 5, 4), 700, 0),
            ],
            (4000, 1000),
        )
        self.assertEqual(
            [(line.kind, line.debit, line.credit, line.balance) for line in lines],
            [
                ("opening", None, None, 10000),
                ("row", 5000, 0, 15000),
                ("row", 0, 12000, 3000),
                ("month", 5000, 12000, 3000),
                ("year", 9000, 13000, 3000),
                ("row", 700, 0, 3700),
                ("month", 700, 0, 3700),
                ("year", 9700, 13000, 3700),
                ("closing", 5700, 12000, 3700),
            ],
        )

    def test_a_new_fiscal_year_starts_again(self):
        # given a fiscal year that ends on 31 March
        lines = account_lines(
            0,
            [Entry(date(2026, 3, 31), 100, 0), Entry(date(2026, 4, 1), 7, 0)],
            (50, 0),
            (3, 31),
        )
        years = [line.debit for line in lines if line.kind == "year"]
        self.assertEqual(years, [150, 7])

    @examples(100)
    @given(AMOUNTS, ENTRIES)
    def test_opening_debit_credit_closing_add_up(self, opening, entries):
        lines = account_lines(opening, entries)
        closing = lines[-1]
        self.assertEqual(closing.balance, opening + closing.debit - closing.credit)
        months = [line for line in lines if line.kind == "month"]
        self.assertEqual(sum(line.debit for line in months), closing.debit)
        self.assertEqual(sum(line.credit for line in months), closing.credit)
        # the last line of each fiscal year has all of that year
        wanted = defaultdict(int)
        for entry in entries:
            wanted[fiscal_year(entry.date)] += entry.debit
        found = {
            fiscal_year(line.date): line.debit for line in lines if line.kind == "year"
        }
        self.assertEqual(found, dict(wanted))


KINDS = st.sampled_from(["row", "row", "row", "heading", "subtotal", "item"])
COLUMNS = (
    Column("name", "Customer", "text"),
    Column("due", "Due Date", "date"),
    Column("a", "Not due", "amount"),
    Column("b", "Balance", "amount"),
)


@st.composite
def tables(draw):
    rows = [
        Row(kind, (f"Customer number {n} Ltd", DAY, amount, -amount), 2)
        for n, (kind, amount) in enumerate(
            draw(st.lists(st.tuples(KINDS, AMOUNTS), max_size=150))
        )
    ]
    facts = tuple((f"Fact {n}", "x" * 40) for n in range(draw(st.integers(0, 12))))
    notes = tuple("note " * 20 for _n in range(draw(st.integers(0, 4))))
    return ReportTable("Report", facts, COLUMNS, tuple(rows), notes)


class TestReportPages(EngineCase):
    style = Style(date.isoformat)

    @examples(60)
    @given(tables(), st.sampled_from([A4, LETTER]))
    def test_every_row_on_one_page_and_no_page_too_full(self, table, paper):
        sheets = lay_out(table, self.style, paper)
        lines = [line for page in sheets.pages for line in page.lines]
        self.assertEqual(
            [line.kind for line in lines], [row.kind for row in table.rows]
        )
        self.assertEqual(
            [p.number for p in sheets.pages], [*range(1, len(sheets.pages) + 1)]
        )
        for page in sheets.pages:
            used = 24 + sum(map(height, page.lines))
            if page.number == 1:
                used += 40 + 15 * len(sheets.facts) + 10
            if (
                page.number == len(sheets.pages)
                and page.lines
                and len(sheets.pages) > 1
            ):
                used += 15 * len(sheets.notes) + 10 if sheets.notes else 0
            self.assertLessEqual(used, paper.height, page.number)
            if len(sheets.pages) > page.number and page.lines:
                self.assertNotEqual(page.lines[-1].kind, "heading")

    def test_figures_are_never_cut(self):
        huge = 10**15
        columns = (
            Column("name", "Customer", "text"),
            *(Column(str(n), f"Bucket {n}", "amount") for n in range(12)),
        )
        row = Row("row", ("Name " * 30, *([huge] * 12)))
        sheets = lay_out(ReportTable("R", (), columns, (row,)), self.style, A4)
        cells = sheets.pages[0].lines[0].cells
        self.assertEqual(cells[1], "10,000,000,000,000.00")
        self.assertTrue(cells[0].endswith("…"))

    def test_zero_is_blank_in_rows_and_written_in_totals(self):
        rows = (Row("row", ("A", None, 0, 5)), Row("total", ("T", None, 0, 5)))
        sheets = lay_out(ReportTable("R", (), COLUMNS, rows), self.style, A4)
        self.assertEqual(
            [line.cells[2] for line in sheets.pages[0].lines], ["", "0.00"]
        )
