"""The revaluation as workbook, PDF and page, and what stands above its list."""

import io

import openpyxl

from odoo.tests import tagged

from .common import date
from .test_flow_exchange import NEW_YEAR, ExchangeCase

JUN_30 = date(2026, 6, 30)


@tagged("post_install", "-at_install")
class TestExchangePrint(ExchangeCase):
    def setUp(self):
        super().setUp()
        # EUR 100 booked at 2.00, worth 3.00 on 30 June; yen have no decimals
        self.invoice(self.acme, 100, date(2026, 1, 10), currency=self.eur)
        jpy = self.foreign_currency("JPY", rates=(("2026-01-01", 150),))
        self.invoice(self.acme, 3000, date(2026, 2, 1), currency=jpy)

    def report(self, as_of=JUN_30):
        self.env.invalidate_all()
        return self.env["ar.exchange.summary"].with_context(
            ar_as_of=str(as_of), ar_date_from=str(NEW_YEAR)
        )

    def table(self, group_by=(), **more):
        domain = [("partner_id", "=", self.acme.id)]
        return self.report(**more)._as_table(domain, list(group_by))

    def test_rates_and_amounts_by_hand(self):
        table = self.table()
        self.assertEqual(
            [column.kind for column in table.columns],
            ["text", "text", "foreign", "rate", "rate", "date", "text", "text"]
            + ["amount"] * 5,
        )
        rows = {row.cells[1]: row for row in table.rows if row.kind == "row"}
        # 100.00 booked at 2 = 200.00, at 3 = 300.00: 100.00 unrealised
        self.assertEqual(
            rows["EUR"].cells[2:6], (10000, 2000000, 3000000, date(2026, 6, 1))
        )
        self.assertEqual(rows["EUR"].cells[-5:], (20000, 30000, 10000, 0, 10000))
        # 3,000 yen at 150 = 20.00
        self.assertEqual((rows["JPY"].cells[2], rows["JPY"].foreign_digits), (3000, 0))
        self.assertEqual(rows["JPY"].cells[-5:], (2000, 2000, 0, 0, 0))
        (total,) = (row for row in table.rows if row.kind == "total")
        self.assertEqual(total.cells[1:7], ("", None, None, None, None, ""))
        self.assertEqual(total.cells[-5:], (22000, 32000, 10000, 0, 10000))

    def test_a_reader_knows_what_he_has(self):
        facts = dict(self.table().facts)
        self.assertIn("06/30/2026", facts["Valued on"])
        self.assertIn("01/01/2026", facts["Realised since"])
        self.assertIn(self.env.user.name, facts["Printed"])

    def test_workbook_has_figures(self):
        content = self.env["ar.report.xlsx"]._write(self.table())
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        self.assertEqual(sheet["A1"].value, "Exchange Results")
        row = next(r for r in sheet.iter_rows() if r[1].value == "EUR")
        self.assertEqual([cell.value for cell in row][2:5], [100, 2, 3])
        self.assertEqual(row[3].number_format, "#,##0.000000;-#,##0.000000;–")
        yen = next(r for r in sheet.iter_rows() if r[1].value == "JPY")
        self.assertEqual(yen[2].number_format, "#,##0;-#,##0;–")

    def test_page_and_groups(self):
        html = self.env["ar.report.document"]._write(self.table(), "html").decode()
        for text in ("3.000000", "300.00", "3,000<", "Rate Used"):
            self.assertIn(text, html)
        grouped = self.table(["currency_id"])
        self.assertEqual(
            {r.cells[0]: r.cells[-1] for r in grouped.rows if r.kind == "row"},
            {"EUR": 10000, "JPY": 0},
        )

    def test_paper(self):
        pdf = self.env["ar.report.document"]._write(self.table(), "pdf")
        self.assertTrue(pdf.startswith(b"%PDF"))

    def test_download_is_for_those_who_may(self):
        clerk = self.user_with("ar_clerk")
        report = self.report().with_user(clerk)
        self.assertIn("/report/", report.action_download("pdf", [], [])["url"])

    def test_strip_ties_out_and_warns(self):
        strip = self.report().get_strip()
        (tie,) = [r for r in strip["tie_out"] if r["company_id"] == self.company.id]
        self.assertEqual((tie["report"], tie["difference"]), (0, 0))
        self.assertEqual(strip["warnings"], [])
        self.company.ar_rate_max_age_days = 28
        text = next(t for t in self.report().get_strip()["warnings"] if "EUR" in t)
        self.assertIn("29 days", text)
        aging = self.env["ar.aging.report"].with_context(ar_as_of=str(JUN_30))
        self.assertIn(text, aging.get_strip()["warnings"])
        self.assertIn(text, self.table().notes)

    def test_missing_rate_stands_above_the_list(self):
        chf = self.foreign_currency("CHF", rates=(("2026-05-01", 0.8),))
        self.invoice(self.acme, 80, date(2026, 1, 20), currency=chf)
        strip = self.report(date(2026, 4, 30)).get_strip()
        self.assertTrue([text for text in strip["warnings"] if "CHF" in text])
        row = next(
            row
            for row in self.table(as_of=date(2026, 4, 30)).rows
            if row.cells[1] == "CHF"
        )
        self.assertEqual(row.cells[4:7], (None, "", "Missing"))

    def test_figures_open_what_they_consist_of(self):
        report = self.report()
        action = report.get_cell_action(
            [("partner_id", "=", self.acme.id)], "unrealised_amount"
        )
        items = self.env["ar.exchange.report"].with_context(**action["context"])
        found = items.search(action["domain"])
        self.assertEqual(set(found.mapped("kind")), {"open"})
        self.assertEqual(sum(found.mapped("unrealised_amount")), 100)
