"""Opening items: read by strict grammars, customers found, doubles refused, sums exact."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ...engine.opening_items.fields import propose
from ...engine.opening_items.plan import (
    DOUBLE,
    FAILED,
    NOTHING,
    READY,
    UNKNOWN,
    Books,
    Customer,
    build,
    totals,
)
from ...engine.opening_items.rows import Settings, read_items
from ...engine.tabular.mapped import Column
from ...engine.tabular.numbers import GERMAN
from ...engine.tabular.table import RawRow
from .case import EngineCase, examples

NAMES = ("customer_ref", "number", "kind", "invoice_date", "due_date", "currency",
         "amount", "company_amount")  # fmt: skip
MAPPING = [Column(place, name.title(), name) for place, name in enumerate(NAMES)]
ACME, BETA = Customer(1, "C1", "", "Acme Ltd"), Customer(2, "C2", "", "Beta")


def settings(**values):
    return Settings(
        date(2026, 6, 30),
        "USD",
        {"USD": 2, "EUR": 2, "JPY": 0},
        {"EUR": Decimal("1.25")},
        **values,
    )


def read(*rows, **values):
    raw = [RawRow(number, cells) for number, cells in enumerate(rows, 2)]
    return read_items(raw, MAPPING, settings(**values))


def plan(*rows, chosen=None, booked=(), **values):
    books = Books([ACME, BETA], chosen or {}, frozenset(booked))
    return build(read(*rows, **values), books)


def row(ref="C1", number="I1", kind="", day="2026-05-01", due="2026-05-31", currency="",
        amount="100.00", company=""):  # fmt: skip
    return (ref, number, kind, day, due, currency, amount, company)


def codes(one):
    return [finding.code for finding in one.item.findings]


class TestOpeningItems(EngineCase):
    def test_headings_in_both_languages(self):
        """given headings of old systems, when mapped, then each finds its field"""
        headings = [
            "客户编码",
            "单据号",
            "单据类型",
            "单据日期",
            "到期日",
            "币种",
            "原币余额",
            "本币余额",
        ]
        self.assertEqual([one.field for one in propose(headings)], list(NAMES))
        headings = ["Debtor No.", "Document", "Doc Type", "Doc. Date", "Due", "Ccy",
                    "Outstanding Amount", "Amount in Local Currency"]  # fmt: skip
        self.assertEqual([one.field for one in propose(headings)], list(NAMES))

    def test_kinds_and_signs(self):
        """A receipt and a credit note are negative however the file writes them."""
        found = read(
            row(),
            row(kind="Credit Note", amount="20"),
            row(kind="预收款", amount="-30"),
            row(kind="承兑汇票", amount="40"),
            row(amount="-50"),
        )
        self.assertEqual(
            [(one.kind, one.amount) for one in found],
            [("invoice", 10000), ("credit_note", -2000), ("receipt", -3000),
             ("bill", 4000), ("receipt", -5000)],
        )  # fmt: skip

    def test_negative_may_mean_credit_notes(self):
        (found,) = read(row(amount="-50"), negative="credit_note")
        self.assertEqual(found.kind, "credit_note")

    def test_refused_not_guessed(self):
        """given cells that are not what their column says, then the row is refused"""
        for cells, code in (
            (row(amount="1.234,56"), "amount_not_readable"),
            (row(amount="1e5"), "amount_not_readable"),
            (row(amount="100.005"), "amount_too_precise"),
            (row(currency="JPY", amount="1.5"), "amount_too_precise"),
            (row(currency="XXX"), "opening_currency_unknown"),
            (row(kind="Journal"), "opening_kind_unknown"),
            (row(kind="invoice", amount="-5"), "opening_sign"),
            (row(day="31.05.2026"), "date_not_readable"),
            (row(day="", due=""), "opening_no_date"),
            (row(day="2026-07-01"), "opening_after_cut_over"),
            (row(number=""), "opening_no_number"),
            (row(ref=""), "opening_no_customer"),
            (row(currency="JPY", amount="100"), "opening_no_rate"),
            (row(company="99"), "opening_company_amount"),
            (row(currency="EUR", company="-125"), "opening_company_amount"),
        ):
            with self.subTest(code=code, cells=cells):
                (one,) = plan(cells)
                self.assertEqual(one.status, FAILED)
                self.assertIn(code, codes(one))

    def test_german_amounts(self):
        (one,) = read(row(amount="1.234,56"), numbers=GERMAN)
        self.assertEqual(one.amount, 123456)

    def test_company_amount(self):
        """At the rate of the cut-over date (1 EUR = 1.25 USD), or as the file says."""
        found = read(
            row(currency="EUR", amount="10.01"),
            row(currency="EUR", amount="10.01", company="12.00"),
            row(currency="EUR", amount="10.01", company="99"),
        )
        # 10.01 × 1.25 = 12.5125
        self.assertEqual([one.company_amount for one in found], [1251, 1200, 9900])
        self.assertEqual(
            [[f.code for f in one.findings] for one in found],
            [[], [], ["opening_rate_far"]],
        )

    def test_dates(self):
        """A due date that is missing is the date of the document, and that is said."""
        (one,) = read(row(due=""))
        self.assertEqual(one.due_date, date(2026, 5, 1))
        self.assertEqual([f.code for f in one.findings], ["opening_no_due_date"])

    def test_customers(self):
        """Code, tax id, name; nobody, or several: somebody has to choose."""
        found = plan(row(), row(ref="C9", number="I2"))
        self.assertEqual([one.status for one in found], [READY, UNKNOWN])
        self.assertEqual(found[0].partner_id, 1)
        found = plan(row(ref="C9"), chosen={"C9": 2})
        self.assertEqual((found[0].status, found[0].partner_id), (READY, 2))
        twins = Books([ACME, Customer(3, "c-1", "", "Twin")])
        self.assertEqual(build(read(row()), twins)[0].status, UNKNOWN)

    def test_doubles(self):
        """The same customer and number once: in the file, and beside the books."""
        found = plan(row(), row(number="i-1"), row(ref="C2"), row(number="B7"),
                     booked={(1, "B7")})  # fmt: skip
        self.assertEqual([one.status for one in found], [READY, DOUBLE, READY, DOUBLE])
        self.assertEqual(codes(found[1]), ["opening_twice"])
        self.assertEqual(found[1].item.findings[0].params["first"], 2)

    def test_instalments(self):
        """One invoice due on three days is three items; the third day twice is a double."""
        found = plan(
            row(), row(due="2026-06-30"), row(due="2026-07-31"), row(due="2026-06-30")
        )
        self.assertEqual([one.status for one in found], [READY, READY, READY, DOUBLE])

    def test_receipts_without_number(self):
        found = plan(row(number="", kind="receipt"), row(number="", kind="receipt"))
        self.assertEqual([one.status for one in found], [READY, READY])

    def test_totals_rows_and_nothing(self):
        """The file's own sum is no item; an amount of zero is none either."""
        rows = [
            RawRow(2, ("Acme Ltd", "I1", "5")),
            RawRow(3, ("Acme Ltd", "I2", "0")),
            RawRow(4, ("合 计", "", "5")),
        ]
        names = ("customer_name", "number", "amount")
        mapping = [Column(place, name, name) for place, name in enumerate(names)]
        mapping.append(Column(9, "due", "due_date"))
        rows = [RawRow(r.number, (*r.cells, *[""] * 6, "2026-06-01")) for r in rows]
        found = build(read_items(rows, mapping, settings()), Books([ACME]))
        self.assertEqual([one.status for one in found], [READY, NOTHING])

    @examples()
    @given(
        st.lists(
            st.tuples(st.integers(-(10**9), 10**9), st.sampled_from(["USD", "EUR"]))
        )
    )
    def test_totals_are_the_sums(self, amounts):
        """Whatever the amounts: totals by currency are the sums of what is ready."""
        rows = [
            row(
                number=f"N{place}",
                currency=currency,
                amount=f"{Decimal(minor) / 100:f}",
            )
            for place, (minor, currency) in enumerate(amounts)
        ]
        sums = {total.currency: total for total in totals(plan(*rows))}
        for currency in ("USD", "EUR"):
            minors = [minor for minor, code in amounts if code == currency and minor]
            total = sums.get(currency)
            self.assertEqual(total.amount if total else 0, sum(minors))
            self.assertEqual(total.item_count if total else 0, len(minors))
