"""What a bank writes is read exactly: MT940, OFX and QIF from figures, layouts from samples."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ...demo.bank_formats import mt940, ofx
from ...demo.payments import Payment
from ...engine.bank_formats import (
    Confirmed,
    Figures,
    ReadContext,
    check_balance,
    prove,
    read_bank_file,
)
from ...engine.bank_formats.csv_guess import guess_layout, preview_layout
from ...engine.errors import EngineError
from ..bank_files import DIGITS, shown
from .case import EngineCase, examples

few = examples()
DAY = date(2026, 3, 2)
amounts = st.integers(-(10**11), 10**11).filter(bool)
movements = st.lists(st.tuples(amounts, st.integers(0, 20)), min_size=1, max_size=12)


def payments(rows):
    return [
        Payment(
            DAY + timedelta(days=days),
            amount,
            f"Payer {i}",
            "",
            f"INV {i}",
            f"R{i}",
            "",
        )
        for i, (amount, days) in enumerate(rows)
    ]


def read(data, name="bank.bin", **known):
    return read_bank_file(data, ReadContext(name, DIGITS, **known))


class TestWritten(EngineCase):
    @few
    @given(movements, st.integers(-(10**11), 10**11))
    def test_mt940(self, rows, opening):
        data = mt940(payments(rows), "DE89370400440532013000", "EUR", opening, DAY)
        (found,) = read(data)
        check_balance(found)
        self.assertEqual(
            [line.amount for line in found.lines], [one for one, _d in rows]
        )
        self.assertEqual(
            [line.booking_date for line in found.lines],
            [DAY + timedelta(days=days) for _amount, days in rows],
        )
        self.assertEqual(found.opening, opening)
        self.assertEqual(found.lines[0].text, "INV 0")

    @few
    @given(movements, st.integers(-(10**11), 10**11))
    def test_ofx_follows_from_the_last_closing(self, rows, opening):
        (found,) = read(ofx(payments(rows), "123456789", "USD", opening, DAY))
        self.assertEqual(
            [line.amount for line in found.lines], [one for one, _d in rows]
        )
        figures = Figures(None, found.closing, found.booked_sum, len(rows))
        self.assertTrue(prove(figures, Confirmed(), opening).holds)
        self.assertFalse(prove(figures, Confirmed(), opening + 1).holds)
        self.assertEqual(prove(figures, Confirmed(), None).kind, "none")

    @few
    @given(movements, st.sampled_from(("dmy", "mdy", "ymd")))
    def test_qif_in_the_order_that_is_said(self, rows, order):
        form = {"dmy": "%d/%m/%Y", "mdy": "%m/%d/%Y", "ymd": "%Y/%m/%d"}[order]
        text = "!Type:Bank\n" + "".join(
            f"D{one.date:{form}}\nT{'-' if one.amount < 0 else ''}{shown(one.amount, 2)}\n^\n"
            for one in payments(rows)
        )
        (found,) = read(text.encode(), currency="EUR", date_order=order)
        self.assertEqual(
            [(line.booking_date, line.amount) for line in found.lines],
            [(one.date, one.amount) for one in payments(rows)],
        )
        self.assertFalse(found.is_whole)


class TestGuessedLayouts(EngineCase):
    def preview(self, text, **known):
        data = text.encode()
        profile = guess_layout(data, "sample.csv").profile
        profile = type(profile)(**{**vars(profile), "default_currency": "EUR", **known})
        context = ReadContext("sample.csv", DIGITS, (profile,))
        return profile, preview_layout(data, context)

    def test_header_and_footer_rows_two_columns_and_balance(self):
        profile, found = self.preview(
            "My bank,,,,\nPrinted,2026-03-31,,,\n"
            "Date,Description,Debit,Credit,Balance\n"
            '2026-03-02,a,,"1,200.00","1,200.00"\n2026-03-03,b,0.50,,1199.50\n'
            "Total,,0.50,1200.00,\n"
        )
        self.assertEqual((profile.debit, profile.credit), ("Debit", "Credit"))
        (total,) = found.totals
        self.assertEqual(
            (total.lines, total.money_in, total.money_out, total.adds_up),
            (2, Decimal("1200.00"), Decimal("0.50"), True),
        )

    def test_a_column_that_says_in_or_out_and_what_was_cancelled(self):
        profile, found = self.preview(
            "交易时间,收/支,金额(元),交易状态,交易对方\n"
            "2026-03-02 10:00:00,支出,¥10.00,交易成功,甲\n"
            "2026-03-02 11:00:00,收入,¥30.00,交易成功,乙\n"
            "2026-03-02 12:00:00,不计收支,¥99.00,交易成功,丙\n"
            "2026-03-02 13:00:00,支出,¥7.00,交易关闭,丁\n"
        )
        self.assertEqual(profile.debit_marks, ("支出",))
        (total,) = found.totals
        self.assertEqual(
            (total.lines, total.money_in, total.money_out),
            (2, Decimal(30), Decimal(10)),
        )
        self.assertEqual(
            [line.is_booked for line in found.lines], [True, True, False, False]
        )

    def test_a_signed_amount_beside_such_a_column_is_refused_not_turned_round(self):
        text = "Date,Amount,D/C\n2026-03-02,-5.00,D\n"
        with self.assertRaises(EngineError) as caught:
            self.preview(text, sign="D/C", debit_marks=("D",), credit_marks=("C",))
        self.assertEqual(caught.exception.code, "bank_sign_twice")

    def test_orders_of_dates_and_signs_of_decimals(self):
        for text, order, form in (
            ("Datum;Betrag\n13.03.26;1.190,00\n", "dmy", "german"),
            ('Date,Amount\n03/13/2026,"1,190.00"\n', "mdy", "english"),
            ("Date,Amount\n13-Mar-2026,1190.00\n", "ymd", "english"),
        ):
            with self.subTest(text=text):
                profile, found = self.preview(text)
                self.assertEqual(
                    (profile.date_order, profile.number_format), (order, form)
                )
                self.assertEqual(found.lines[0].day, date(2026, 3, 13))
                self.assertEqual(found.lines[0].amount, Decimal(1190))
