from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ...engine.measure import ems, shorten, wrap
from ...engine.statement import BUILDERS, paginate
from ...engine.statement import fit as columns
from ...engine.statement.builder import Figures
from ...engine.statement.paginate import A4, LETTER, Paper, lay_out
from .case import EngineCase, examples
from .statement_text import CNY, CURRENCIES, ENGLISH, JPY, USD, header, item

HEIGHTS = {
    "row": paginate.ROW,
    "opening": paginate.ROW,
    "carried": paginate.ROW,
    "brought": paginate.ROW,
    "total": paginate.TOTAL,
    "title": paginate.TITLE,
    "words": paginate.TEXT,
    "text": paginate.TEXT,
    "bank": paginate.ROW,
}


def height(block):
    """What a block takes on paper, counted line by line."""
    whole = {
        "aging": paginate.STRIP,
        "summary": paginate.SUMMARY,
        "code": paginate.CODE,
    }
    if block.kind in whole:
        return whole[block.kind]
    lines = sum(HEIGHTS[line.kind] for line in block.lines)
    extra = {
        "table": paginate.HEAD,
        "banks": paginate.HEAD + paginate.GAP,
        "text": paginate.GAP,
        "words": paginate.GAP,
    }
    return lines + extra.get(block.kind, 0)


def statement(rows_by_currency, **values):
    items, line_id = [], 0
    for currency, rows in rows_by_currency.items():
        for i in range(rows):
            line_id += 1
            day = date(2025, 1, 1) + timedelta(i)
            items.append(
                item(line_id, day, day + timedelta(30), 100 + i, None, currency)
            )
    matrix = BUILDERS.get("open_item").build(
        header(**values), Figures(items), CURRENCIES
    )
    return matrix.with_words()


def lines(sheets, kind):
    return [
        line
        for page in sheets.pages
        for block in page.blocks
        for line in block.lines
        if line.kind == kind
    ]


class TestPages(EngineCase):
    @examples()
    @given(
        st.dictionaries(st.sampled_from([CNY, USD, JPY]), st.integers(1, 130)),
        st.sampled_from([A4, LETTER, Paper(661, 300, 340)]),
        st.integers(0, 900),
    )
    def test_no_page_is_too_full_and_no_row_is_lost(self, counts, paper, words):
        matrix = statement(counts, closing="please pay " * (words // 11))
        sheets = lay_out(matrix, ENGLISH, paper)
        # then each page holds what fits
        for page in sheets.pages:
            room = paper.first if page.number == 1 else paper.other
            self.assertLessEqual(sum(map(height, page.blocks)), room)
            self.assertTrue(page.blocks)
            self.assertEqual(page.count, len(sheets.pages))
        # each row is printed once, in order; each currency has its total
        numbers = [row.cells[1] for section in matrix.sections for row in section.rows]
        self.assertEqual([line.cells[1] for line in lines(sheets, "row")], numbers)
        self.assertEqual(len(lines(sheets, "total")), len(counts))
        # what is carried to the next page is brought forward there
        carried = [line.cells[1] for line in lines(sheets, "carried")]
        self.assertEqual([line.cells[1] for line in lines(sheets, "brought")], carried)

    @examples()
    @given(st.integers(1, 200))
    def test_total_never_stands_alone_on_a_page(self, rows):
        sheets = lay_out(statement({CNY: rows}), ENGLISH, A4)
        tables = [
            block.lines
            for page in sheets.pages
            for block in page.blocks
            if block.kind == "table"
        ]
        self.assertIn("row", {line.kind for line in tables[-1]})

    def test_one_page_as_long_as_it_fits(self):
        pages = [
            len(lay_out(statement({CNY: rows}), ENGLISH, A4).pages)
            for rows in range(1, 120)
        ]
        self.assertEqual(pages[0], 1)
        for before, after in pairwise(pages):
            self.assertIn(after - before, (0, 1))

    def test_columns_fill_the_page_and_hold_their_figures(self):
        # given an amount of twelve figures and a long reference
        wide = item(1, date(2026, 1, 1), date(2026, 1, 1), 123456789012345)
        wide = wide._replace(
            reference="Reference without an end " * 20, number="X" * 60
        )
        matrix = BUILDERS.get("open_item").build(header(), Figures([wide]), CURRENCIES)
        # when
        sheets = lay_out(matrix, ENGLISH, A4)
        # then the page is not exceeded, figures are whole, texts are cut
        self.assertLessEqual(sum(fit.width for fit in sheets.columns), A4.width)
        row = lines(sheets, "row")[0]
        self.assertEqual(row.cells[-1], "1,234,567,890,123.45")
        self.assertTrue(row.cells[2].endswith("…"))
        for fit, cell in zip(sheets.columns, row.cells, strict=True):
            room = fit.width - columns.PADDING + 1
            self.assertLessEqual(ems(cell) * sheets.font_size, room, fit.code)

    def test_customer_who_owes_nothing_gets_a_page_that_says_so(self):
        sheets = lay_out(statement({}), ENGLISH, A4)
        self.assertEqual(len(sheets.pages), 1)
        self.assertEqual(lines(sheets, "text")[0].cells, ("Nothing is open.",))


class TestMeasure(EngineCase):
    @examples()
    @given(st.text(max_size=60), st.floats(1.5, 30))
    def test_shortened_text_fits(self, text, width):
        self.assertLessEqual(ems(shorten(text, width)), width + 1e-9)

    @examples()
    @given(st.text("ab 中文W.\n", max_size=80), st.floats(2, 20), st.integers(1, 5))
    def test_wrapped_lines_fit(self, text, width, most):
        found = wrap(text, width, most)
        self.assertLessEqual(len(found), most)
        for line in found:
            self.assertLessEqual(ems(line), width + 1e-9)
