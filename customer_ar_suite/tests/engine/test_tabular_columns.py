"""Cells are read by strict grammars: exact, or refused with row, column and value."""

from datetime import date, datetime
from decimal import Decimal

import phonenumbers
from hypothesis import given, settings
from hypothesis import strategies as st

from ...engine.errors import RowError
from ...engine.tabular import columns, dates
from ...engine.tabular.numbers import ENGLISH, FORMATS, GERMAN, NumberFormat
from ...engine.tabular.phones import read_phone
from ...engine.tabular.table import CellFault
from .case import EngineCase

amounts = st.decimals(
    min_value=-(10**12),
    max_value=10**12,
    places=2,
    allow_nan=False,
    allow_infinity=False,
)
few = settings(max_examples=25, derandomize=True, deadline=None)


class TestNumbers(EngineCase):
    @few
    @given(amounts, st.sampled_from(sorted(FORMATS)))
    def test_every_rendering_parses_back(self, value, name):
        style = FORMATS[name]
        self.assertEqual(style.parse(style.render(value)), value)

    @few
    @given(st.text(max_size=12))
    def test_what_is_read_is_what_was_written(self, text):
        # an independent second reading: strip the group sign and compare with Decimal
        value = ENGLISH.parse(text)
        if value is not None:
            self.assertEqual(value, Decimal(text.strip(" \t\r\n\xa0").replace(",", "")))

    def test_everything_else_is_refused(self):
        for text in (
            "abc", "nan", "inf", "1e5", "1.234,56", "(100)", "100-", "100 CR", "１２", "٣",
            "0x1F", "--1", "+5", "", " ", "1,23", "1,2345", ",123", "1,,234", "01", ".5",
            "5.", "1 000", "¥100", "1_000", "1,234.5.6", "9" * 16,
        ):  # fmt: skip
            self.assertIsNone(ENGLISH.parse(text), text)

    def test_declared_signs(self):
        style = NumberFormat(
            parentheses=True, trailing_sign=True, plus=True, marks=("¥", "CNY")
        )
        for text, value in {
            "(1,000.50)": "-1000.50", "100-": "-100", "+5": "5", "¥ 7.00": "7.00",
            "-¥7": "-7", "12 CNY": "12",
        }.items():  # fmt: skip
            self.assertEqual(style.parse(text), Decimal(value), text)
        self.assertEqual(str(ENGLISH.parse("-0")), "0")


class TestColumns(EngineCase):
    def refused(self, code, column, cell):
        with self.assertRaises(RowError) as caught:
            column.read(cell, 7)
        self.assertEqual(caught.exception.code, code)
        self.assertEqual(caught.exception.params["row"], 7)
        self.assertEqual(caught.exception.params["column"], column.heading)

    def test_money_never_rounds(self):
        money = columns.Money("Limit", GERMAN, 2)
        self.assertEqual(money.read("1.234,5", 7), Decimal("1234.5"))
        self.assertEqual(money.read_minor("1.234,5", 7, 2), 123450)
        self.assertEqual(money.read(Decimal("10.5"), 7), Decimal("10.5"))
        self.refused("amount_too_precise", money, "1,005")
        self.refused("amount_not_readable", money, "1,234.50")
        self.refused("amount_not_readable", money, date(2026, 1, 1))
        self.refused("amount_not_readable", money, Decimal(10**15))
        self.refused("cell_formula_error", money, CellFault("#REF!"))

    def test_codes_keep_zeros_and_refuse_lost_digits(self):
        code = columns.Code("No.")
        self.assertEqual(code.read("00017", 7), "00017")
        self.assertEqual(code.read(Decimal("17"), 7), "17")
        self.refused("code_digits_lost", code, Decimal("6222021234567890000"))
        self.refused("code_digits_lost", code, "6.22202E+18")
        self.refused("code_not_readable", code, Decimal("1.5"))

    def test_text_is_visible_text(self):
        text = columns.Text("Name", max_length=20)
        self.assertEqual(text.read("  ACME\u202e  Ltd\u200b ", 7), "ACME Ltd")
        self.assertEqual(text.read("Cafe\u0301", 7), "Café")
        self.assertIsNone(text.read("\u3000 ", 7))
        self.refused("text_control_character", text, "A\x07B")
        self.refused("text_too_long", text, "x" * 21)
        self.refused("value_missing", columns.Text("Name", required=True), " ")

    def test_email_phone_country(self):
        email = columns.Email("E-mail")
        self.assertEqual(email.read("Wang.Li@Example.COM", 7), "Wang.Li@example.com")
        for bad in ("a@b", "a@@b.cn", "a b@c.cn", "a@b.cn;c@d.cn", "johndoe@", "@x.cn"):
            self.refused("email_not_readable", email, bad)
        phone = columns.Phone("Tel", country="CN")
        self.assertEqual(phone.read("010-62345678转801", 7), "+861062345678 ext. 801")
        self.assertEqual(phone.read(Decimal("13800138000"), 7), "+8613800138000")
        self.refused("phone_not_readable", phone, "12345")
        country = columns.Country(
            "Country", {"cn": "CN", "中国": "CN", "germany": "DE"}
        )
        self.assertEqual(
            [country.read(c, 7) for c in ("CN", " 中国", "GERMANY")], ["CN", "CN", "DE"]
        )
        self.refused("country_unknown", country, "Atlantis")

    def test_phones_are_numbers_that_exist(self):
        """Whatever country: what is read is what the library itself calls valid."""
        told = 0
        for region in sorted(phonenumbers.SUPPORTED_REGIONS):
            example = phonenumbers.example_number(region)
            text = phonenumbers.format_number(
                example, phonenumbers.PhoneNumberFormat.E164
            )
            for digits in (text, text[:-1], text[:4] + "0" + text[5:], text + "7"):
                try:
                    is_valid = phonenumbers.is_valid_number(phonenumbers.parse(digits))
                except phonenumbers.NumberParseException:
                    is_valid = False
                told += is_valid
                found = read_phone(digits, "")
                self.assertEqual(bool(found), is_valid, digits)
        self.assertGreater(told, 250)

    def test_dates(self):
        iso = columns.Date("Day")
        for cell in (
            "2026-01-05",
            "2026/1/5",
            "2026年1月5日",
            "20260105",
            date(2026, 1, 5),
        ):
            self.assertEqual(iso.read(cell, 7), date(2026, 1, 5), cell)
        for bad in (
            "05/01/2026",
            "2026-02-30",
            "26-01-05",
            "2026-01-05 10:00",
            "46027",
        ):
            self.refused("date_not_readable", iso, bad)
        self.refused("date_not_readable", iso, datetime(2026, 1, 5, 10))
        self.refused("date_not_readable", iso, Decimal(46027))
        self.assertEqual(
            columns.Date("Day", "dmy").read("05.01.2026", 7), date(2026, 1, 5)
        )
        self.assertEqual(
            columns.Date("Day", "mdy").read("05/01/2026", 7), date(2026, 5, 1)
        )
        loose = columns.Date("Day", with_time=True, serial=True)
        self.assertEqual(loose.read("2026-01-05 10:00:00", 7), date(2026, 1, 5))
        self.assertEqual(loose.read(Decimal(46027), 7), date(2026, 1, 5))
        self.refused("date_not_readable", loose, Decimal(60))

    def test_ambiguous_orders_are_told(self):
        self.assertEqual(dates.orders(["01/02/2026", "03/04/2026"]), ("dmy", "mdy"))
        self.assertEqual(dates.orders(["01/02/2026", "03/31/2026"]), ("mdy",))
        self.assertEqual(dates.orders(["2026-01-02"]), ("ymd",))
        self.assertEqual(dates.orders(["31/31/2026"]), ())

    def test_integer_percent_boolean(self):
        self.assertEqual(columns.Integer("Days").read("1,200", 7), 1200)
        self.refused("integer_not_readable", columns.Integer("Days"), "1.0")
        self.refused("integer_not_readable", columns.Integer("Days"), Decimal("1.5"))
        self.assertEqual(columns.Percent("Rate").read("15.5 %", 7), Decimal("0.155"))
        self.refused("percent_not_readable", columns.Percent("Rate"), "15")
        self.assertIs(columns.Boolean("Co.").read("是", 7), True)
        self.assertIs(columns.Boolean("Co.").read("No", 7), False)
        self.refused("boolean_not_readable", columns.Boolean("Co."), "maybe")
