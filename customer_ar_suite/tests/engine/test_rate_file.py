"""Files of rates: central banks and tables, what they may not contain, what they change."""

from datetime import date
from decimal import Decimal

from ...engine.errors import EngineError, FileError
from ...engine.rate_file.base import Quote
from ...engine.rate_file.plan import Books, Known, plan_rates
from ...engine.rate_file.reader import read_rates
from ...engine.rate_file.tables import Reading, currency
from .case import EngineCase

ECB = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"
                 xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
<gesmes:subject>Reference rates</gesmes:subject>
<Cube><Cube time='2026-06-29'>
<Cube currency='USD' rate='1.1000'/><Cube currency='CNY' rate='8.2500'/>
</Cube><Cube time='2026-06-26'>
<Cube currency='USD' rate='1.0900'/><Cube currency='CNY' rate='oops'/>
</Cube></Cube></gesmes:Envelope>"""
CNY = Reading("CNY")
DAY = date(2026, 6, 30)


def quote(base, other, units, day=DAY, row=1):
    return Quote(row, day, base, other, Decimal(units))


class TestRateFile(EngineCase):
    def read(self, text, name="rates.csv", reading=CNY):
        return read_rates(text.encode(), name, reading)

    def quotes(self, text, **reading):
        found = self.read(text, reading=CNY._replace(**reading))
        self.assertEqual(found.faults, [])
        return [
            (q.day.day, q.base, q.currency, f"{q.units.normalize():f}")
            for q in found.quotes
        ]

    # -- central bank ---------------------------------------------------------------------

    def test_european_central_bank(self):
        found = self.read(ECB, "eurofxref.xml")
        self.assertEqual(found.format, "ecb")
        self.assertEqual(
            [
                (q.day.isoformat(), q.base, q.currency, str(q.units))
                for q in found.quotes
            ],
            [
                ("2026-06-29", "EUR", "USD", "1.1000"),
                ("2026-06-29", "EUR", "CNY", "8.2500"),
                ("2026-06-26", "EUR", "USD", "1.0900"),
            ],
        )
        (fault,) = found.faults
        self.assertEqual(
            (fault.code, fault.params["value"]), ("rate_not_readable", "oops")
        )

    def test_hostile_xml_is_refused(self):
        head = '<?xml version="1.0"?>'
        for text, code in (
            (head + '<!DOCTYPE x [<!ENTITY a "b">]><Envelope/>', "xml_dtd_refused"),
            (
                head + '<!DOCTYPE x SYSTEM "file:///etc/passwd"><Envelope/>',
                "xml_dtd_refused",
            ),
            (head + "<Envelope><Cube>", "xml_not_readable"),
            (head + "<html><body>404</body></html>", "rate_file_unknown"),
            (head + "<Envelope/>", "rate_file_unknown"),
        ):
            with self.subTest(text=text), self.assertRaises(FileError) as caught:
                self.read(text, "eurofxref.xml")
            self.assertEqual(caught.exception.code, code)

    # -- tables ---------------------------------------------------------------------------

    def test_one_rate_per_row(self):
        text = "Date,Currency,Rate\n2026-06-30,USD,0.1397\n2026-06-30,EUR,0.1285\n"
        self.assertEqual(
            self.quotes(text),
            [(30, "CNY", "USD", "0.1397"), (30, "CNY", "EUR", "0.1285")],
        )
        self.assertEqual(
            self.quotes(
                "日期,币种,单位,汇率\n2026-06-30,日元,100,4.85\n", direction="value"
            ),
            [(30, "JPY", "CNY", "0.0485")],
        )

    def test_pairs_say_themselves_what_is_worth_what(self):
        text = (
            "日期,货币对,中间价\n"
            "2026-06-30,USD/CNY,7.1586\n"
            "2026-06-30,100JPY/CNY,4.8500\n"
            "2026-06-30,CNY/MYR,0.5900\n"
        )
        self.assertEqual(
            self.quotes(text),
            [
                (30, "USD", "CNY", "7.1586"),
                (30, "JPY", "CNY", "0.0485"),
                (30, "CNY", "MYR", "0.59"),
            ],
        )

    def test_table_of_the_state_administration(self):
        # per 100 units in yuan; ringgit the other way round; no parity for one currency
        text = (
            "人民币汇率中间价\n"
            "\n"
            "日期,美元,日元,林吉特,欧元\n"
            "2026-06-30,715.86,4.8500,59.000,--\n"
            "2026-06-29,716.00,4.8600,59.100,820.00\n"
        )
        self.assertEqual(
            self.quotes(text, direction="safe"),
            [
                (30, "USD", "CNY", "7.1586"),
                (30, "JPY", "CNY", "0.0485"),
                (30, "CNY", "MYR", "0.59"),
                (29, "USD", "CNY", "7.16"),
                (29, "JPY", "CNY", "0.0486"),
                (29, "CNY", "MYR", "0.591"),
                (29, "EUR", "CNY", "8.2"),
            ],
        )

    def test_bad_rows_are_named_and_do_not_stop_the_good(self):
        text = (
            "Date,Currency,Rate\n"
            "2026-06-30,USD,7.1O\n"
            "31.13.2026,USD,7\n"
            "2026-06-30,gold,7\n"
            "2026-06-30,EUR,0\n"
            "2026-06-30,GBP,-1\n"
            "2026-06-30,USD,7.1\n"
        )
        found = self.read(text)
        self.assertEqual(
            [(fault.params["row"], fault.code) for fault in found.faults],
            [
                (2, "amount_not_readable"),
                (3, "date_not_readable"),
                (4, "rate_currency_unreadable"),
                (5, "rate_not_readable"),
                (6, "rate_not_readable"),
            ],
        )
        self.assertEqual(len(found.quotes), 1)

    def test_a_table_of_something_else(self):
        for text in ("Name,City\nA,B\n", "Date,Amount\n2026-06-30,5\n"):
            with self.assertRaises(FileError) as caught:
                self.read(text)
            self.assertEqual(caught.exception.code, "rate_file_unknown")

    def test_names_of_currencies(self):
        found = [
            currency(t) for t in ("usd", "美元", "美元(USD)", "US Dollar", "", "1234")
        ]
        self.assertEqual(found, ["USD", "USD", "USD", "", "", ""])

    def test_errors_cross_to_the_parent(self):
        fault = self.read("Date,Currency,Rate\n2026-06-30,gold,7\n").faults[0]
        self.assertIsInstance(fault, EngineError)


class TestRatePlan(EngineCase):
    def plan(self, *quotes, rates=None, company="CNY", active=("USD", "EUR", "JPY")):
        books = Books(company, DAY, frozenset(active), rates or {})
        return {p.currency: p for p in plan_rates(quotes, books)}

    def test_what_the_company_currency_is_worth(self):
        found = self.plan(
            quote("CNY", "USD", "0.1397"),
            quote("EUR", "CNY", "8.00"),
            quote("EUR", "JPY", "160"),
        )
        self.assertEqual(
            {code: p.rate for code, p in found.items()},
            {
                "USD": Decimal("0.1397"),
                "EUR": Decimal("0.125"),
                "JPY": Decimal("20"),
            },
        )
        self.assertEqual({p.status for p in found.values()}, {"new"})

    def test_without_the_company_currency_nothing_can_be_told(self):
        found = self.plan(quote("EUR", "USD", "1.1"), company="CNY")
        self.assertEqual(found["USD"].status, "no_base")

    def test_by_hand_is_asked_about_imported_is_replaced_same_is_left(self):
        rates = {
            ("USD", DAY): Known(Decimal("0.14"), True),
            ("EUR", DAY): Known(Decimal("0.13"), False),
            ("JPY", DAY): Known(Decimal("20.0000000001"), True),
        }
        found = self.plan(
            quote("CNY", "USD", "0.1397"),
            quote("CNY", "EUR", "0.125"),
            quote("CNY", "JPY", "20"),
            rates=rates,
        )
        self.assertEqual(
            {code: (p.status, p.old) for code, p in found.items()},
            {
                "USD": ("manual", Decimal("0.14")),
                "EUR": ("replace", Decimal("0.13")),
                "JPY": ("same", Decimal("20.0000000001")),
            },
        )

    def test_future_unknown_and_contradicting_rates(self):
        found = plan_rates(
            [
                quote("CNY", "USD", "1", day=date(2026, 7, 1)),
                quote("CNY", "XAU", "1"),
                quote("CNY", "EUR", "1"),
                quote("CNY", "EUR", "2", row=9),
            ],
            Books("CNY", DAY, frozenset(("USD", "EUR"))),
        )
        self.assertEqual(
            [(p.currency, p.status) for p in found],
            [("EUR", "twice"), ("XAU", "unknown"), ("USD", "future")],
        )

    def test_a_rate_far_from_the_last_one_is_marked(self):
        rates = {("USD", date(2026, 6, 1)): Known(Decimal("0.14"), False)}
        self.assertEqual(
            self.plan(quote("CNY", "USD", "0.15"), rates=rates)["USD"].jump, 0
        )
        self.assertEqual(
            self.plan(quote("CNY", "USD", "1.4"), rates=rates)["USD"].jump, 900
        )
        # within the file, too
        found = plan_rates(
            [
                quote("CNY", "USD", "7", day=date(2026, 6, 29)),
                quote("CNY", "USD", "70"),
            ],
            Books("CNY", DAY, frozenset(["USD"])),
        )
        self.assertEqual([p.jump for p in found], [0, 900])
