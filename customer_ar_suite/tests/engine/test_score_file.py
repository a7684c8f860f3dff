"""Files of external scores: every row gets an answer, whatever is wrong with it."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ...engine.external_score import Scale
from ...engine.score_file.fields import is_known, propose
from ...engine.score_file.plan import Books, Customer, build
from ...engine.score_file.rows import Settings, after, read_scores
from ...engine.tabular.mapped import Column
from ...engine.tabular.numbers import FORMATS
from ...engine.tabular.table import RawRow
from .case import EngineCase, examples

TODAY = date(2026, 6, 30)
HEADINGS = ("VAT", "Company Number", "Customer", "Score", "Date", "Valid until")
MAPPING = [
    Column(place, heading, named.field)
    for place, (heading, named) in enumerate(
        zip(HEADINGS, propose(HEADINGS), strict=True)
    )
]
SETTINGS = Settings(TODAY, Scale(), valid_months=6)
BOOKS = Books(
    [
        Customer(1, "NL001", "555", "C1", "Acme B.V."),
        Customer(2, "NL002", "666", "C2", "Bold B.V."),
        Customer(3, "", "", "", "Twin"),
        Customer(4, "", "", "", "Twin"),
    ]
)


def plan(*rows, settings=SETTINGS, books=BOOKS):
    raw = [RawRow(number, tuple(cells)) for number, cells in enumerate(rows, 2)]
    return build(read_scores(raw, MAPPING, settings), books, TODAY)


class TestScoreFile(EngineCase):
    def test_headings_in_two_languages(self):
        self.assertEqual(
            [column.field for column in MAPPING],
            ["vat", "registry", "name", "score", "scored_on", "expires_on"],
        )
        names = [
            one.field for one in propose(["统一社会信用代码", "企业名称", "信用评分"])
        ]
        self.assertEqual(names, ["vat", "name", "score"])
        self.assertFalse(is_known("Quarterly report of the agency"))

    def test_whom_a_row_means(self):
        day = date(2026, 5, 1)
        found = plan(
            ("nl 001", "", "", "80", day, ""),
            ("", "666", "", "70", day, ""),
            ("", "", "acme b.v.", "60", date(2026, 5, 2), ""),
            ("", "", "Twin", "60", day, ""),
            ("XX", "", "Nobody", "60", day, ""),
            ("NL001", "666", "", "60", date(2026, 5, 3), ""),
        )
        self.assertEqual(
            [(one.status, one.partner_id, one.matched_by) for one in found],
            [
                ("ready", 1, "vat"),
                ("ready", 2, "registry"),
                ("ready", 1, "name"),
                ("unknown", 0, ""),
                ("unknown", 0, ""),
                ("unknown", 0, ""),
            ],
        )
        codes = [one.scored.findings[-1].code for one in found[3:]]
        self.assertEqual(
            codes,
            [
                "score_customer_ambiguous",
                "score_customer_unknown",
                "score_customer_contradicts",
            ],
        )
        chosen = Books(BOOKS.customers, {"Twin": 4})
        (row,) = plan(("", "", "Twin", "60", day, ""), books=chosen)
        self.assertEqual((row.partner_id, row.matched_by), (4, "manual"))

    def test_what_is_refused_says_why(self):
        day = date(2026, 5, 1)
        known = Books(BOOKS.customers, known=frozenset({(2, day, 7000)}))
        found = plan(
            ("NL001", "", "", "80", day, ""),
            ("NL001", "", "", "81", day, ""),
            ("NL002", "", "", "70", day, ""),
            ("NL002", "", "", "70", date(2024, 1, 1), ""),
            ("NL002", "", "", "", day, ""),
            ("NL002", "", "", "AAA", day, ""),
            ("NL002", "", "", "101", day, ""),
            ("NL002", "", "", "70", date(2026, 7, 1), ""),
            ("NL002", "", "", "70", day, date(2026, 4, 1)),
            ("NL002", "", "", "70", "", ""),
            ("NL002", "", "", "70", "01/02/03x", ""),
            ("", "", "", "70", day, ""),
            books=known,
        )
        self.assertEqual(
            [(one.status, *(f.code for f in one.scored.findings)) for one in found],
            [
                ("ready",),
                ("double", "score_twice"),
                ("double", "score_known"),
                ("expired", "score_expired"),
                ("error", "score_missing"),
                ("error", "score_off_scale"),
                ("error", "score_off_scale"),
                ("error", "score_of_tomorrow"),
                ("error", "score_ends_before"),
                ("error", "score_no_date"),
                ("error", "date_not_readable"),
                ("error", "score_no_customer"),
            ],
        )

    def test_foreign_formats(self):
        german = Settings(
            TODAY,
            Scale(best=Decimal(100), worst=Decimal(600)),
            numbers=FORMATS["german"],
            date_order="dmy",
        )
        (row,) = plan(("NL001", "", "", "222,5", "01.02.2026", ""), settings=german)
        self.assertEqual(
            (row.scored.score, row.scored.scored_on), (7550, date(2026, 2, 1))
        )
        self.assertEqual(row.scored.expires_on, date(2027, 2, 1))
        (row,) = plan(("NL001", "", "", Decimal("55.5"), "2026年5月1日", ""))
        self.assertEqual((row.scored.score, row.status), (5550, "ready"))
        self.assertEqual(after(date(2024, 2, 29), 12), date(2025, 2, 28))

    cells = (
        st.text(max_size=12) | st.dates() | st.decimals(-(10**6), 10**6) | st.booleans()
    )

    @examples(25)
    @given(st.lists(st.tuples(*[cells] * 6), max_size=6))
    def test_nothing_is_dropped_silently(self, rows):
        found = plan(*rows)
        self.assertEqual(
            [one.scored.row for one in found], list(range(2, 2 + len(rows)))
        )
        for one in found:
            if one.status != "ready":
                self.assertTrue(one.scored.findings)
            else:
                self.assertTrue(one.partner_id and one.scored.score is not None)
