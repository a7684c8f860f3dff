"""Aging of customers who are suppliers, too: what we owe them, and the net."""

from lxml import etree

from odoo.tests import tagged

from .common import date
from .test_receivables_reports import JUN_30, ReportCase


@tagged("post_install", "-at_install")
class TestAgingNetting(ReportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # acme owes 100 and is owed 30 and 5; bolt only buys; the dealer only sells
        cls.dealer = cls.customer("Dealer Ltd")
        cls.owed = cls.invoice(cls.acme, 100, date(2026, 4, 1))
        cls.bills = [
            cls.invoice(cls.acme, 30, date(2026, 5, 2), move_type="in_invoice"),
            cls.invoice(cls.acme, 5, date(2026, 6, 2), move_type="in_invoice"),
        ]
        cls.invoice(cls.bolt, 40, date(2026, 6, 1))
        cls.invoice(cls.dealer, 70, date(2026, 5, 1), move_type="in_invoice")
        cls.everyone = [("partner_id", "in", (cls.acme | cls.bolt | cls.dealer).ids)]

    def figures(self, as_of=JUN_30, **context):
        """{customer: (balance, what we owe, net)}"""
        rows = self.report("ar.aging.report", ar_as_of=as_of, **context)._read_group(
            self.everyone,
            ["partner_id"],
            ["residual_amount:sum", "payable_amount:sum", "net_amount:sum"],
        )
        return {partner.name: tuple(amounts) for partner, *amounts in rows}

    def test_off_by_default(self):
        self.assertEqual(
            self.figures(), {"Acme Ltd": (100, 0, 100), "Bolt Ltd": (40, 0, 40)}
        )
        report = self.report("ar.aging.report")
        self.assertNotIn("payable_amount", report._measures())
        self.assertNotIn("payable", dict(report._selection_bucket()))
        self.assertFalse(self.columns(report) & {"payable_amount", "net_amount"})

    def columns(self, report):
        arch = etree.fromstring(report.get_view(view_type="list")["arch"])
        return {node.get("name") for node in arch.iter("field")}

    def hidden(self, report, view=None):
        """Columns of a list that are there, but not shown before a click."""
        view_id = view and self.env.ref(f"customer_ar_suite.{view}").id
        arch = etree.fromstring(report.get_view(view_id, "list")["arch"])
        fields = arch.iter("field")
        return {f.get("name") for f in fields if f.get("optional") == "hide"}

    def test_net_has_room_on_a_narrow_screen(self):
        report, pushed = (
            self.report("ar.aging.report"),
            {"overdue_days", "payable_amount"},
        )
        self.assertNotIn("overdue_days", self.hidden(report))
        self.company.ar_shows_payables = True
        self.assertLessEqual(pushed, self.hidden(report))
        self.assertNotIn("net_amount", self.hidden(report))
        # the list of items has no buckets: it has room for all of them
        items = self.hidden(report, "ar_aging_report_view_list_items")
        self.assertFalse(items & pushed)

    def test_by_hand(self):
        self.company.ar_shows_payables = True
        # acme: 100 - 35 = 65; who only sells to us is nobody's customer
        self.assertEqual(
            self.figures(), {"Acme Ltd": (100, -35, 65), "Bolt Ltd": (40, 0, 40)}
        )
        # on 15 May the second bill and bolt's invoice were still to come
        self.assertEqual(self.figures(date(2026, 5, 15)), {"Acme Ltd": (100, -30, 70)})
        self.assertEqual(self.figures(date(2026, 5, 1)), {"Acme Ltd": (100, 0, 100)})

    def test_part_paid_bill_on_any_day(self):
        self.company.ar_shows_payables = True
        payment = self.entry(
            self.acme,
            10,
            date(2026, 5, 20),
            account=self.company_data["default_account_payable"],
        )
        self.match(payment, self.bills[0])
        self.assertEqual(self.figures(date(2026, 5, 19))["Acme Ltd"], (100, -30, 70))
        self.assertEqual(self.figures(date(2026, 5, 20))["Acme Ltd"], (100, -20, 80))

    def test_foreign_bills_in_their_currency_and_in_the_books(self):
        self.company.ar_shows_payables = True
        eur = self.foreign_currency("EUR", rates=(("2026-01-01", 0.5),))
        self.invoice(
            self.acme, 7, date(2026, 6, 3), currency=eur, move_type="in_invoice"
        )
        # 7 euro are 14 in the books: 35 + 14 = 49
        self.assertEqual(self.figures()["Acme Ltd"], (100, -49, 51))
        rows = self.report(
            "ar.aging.report", ar_as_of=JUN_30, ar_amounts_in="document"
        )._read_group(
            [("partner_id", "=", self.acme.id)],
            ["shown_currency_id"],
            ["payable_amount:sum"],
        )
        self.assertEqual(
            {currency.name: amount for currency, amount in rows},
            {self.company.currency_id.name: -35, "EUR": -7},
        )

    def test_receivables_stay_what_they_are(self):
        report = self.report("ar.aging.report", ar_as_of=JUN_30)
        names = [f"{name}:sum" for name in report._measures()]
        before = report._read_group(self.everyone, ["partner_id"], names)
        self.company.ar_shows_payables = True
        report = self.report("ar.aging.report", ar_as_of=JUN_30)
        self.assertEqual(
            report._read_group(self.everyone, ["partner_id"], names), before
        )
        self.assertEqual({r["difference"] for r in report._tie_out_lines()}, {0})
        self.assertEqual(
            report.search([*self.everyone, ("overdue_days", ">", 0)]).move_id,
            report.search([*self.everyone, ("residual_amount", ">", 0)]).move_id,
        )

    def test_screen_file_and_what_the_figure_opens(self):
        self.company.ar_shows_payables = True
        report = self.report("ar.aging.report", ar_as_of=JUN_30)
        self.assertLessEqual({"payable_amount", "net_amount"}, self.columns(report))
        table = report._as_table([("partner_id", "=", self.acme.id)], ["partner_id"])
        headings = [column.heading for column in table.columns]
        self.assertEqual(headings[-2:], ["Our Payables", "Net Position"])
        self.assertEqual(table.rows[0].cells[-3:], (10000, -3500, 6500))
        action = report.get_cell_action(
            [("partner_id", "=", self.acme.id)], "payable_amount"
        )
        found = report.search(action["domain"])
        self.assertEqual(found.move_id, self.bills[0] | self.bills[1])
        self.assertEqual(set(found.mapped("bucket")), {"payable"})

    def test_other_companies_decide_for_themselves(self):
        self.company.ar_shows_payables = True
        other = self.setup_other_company(name="Other Ltd")["company"]
        both = self.report("ar.aging.report", ar_as_of=JUN_30).with_context(
            allowed_company_ids=[self.company.id, other.id]
        )
        self.assertTrue(both._shows_payables())
        alone = both.with_context(allowed_company_ids=[other.id])
        self.assertFalse(alone._shows_payables())
        self.assertFalse(self.columns(alone) & {"payable_amount", "net_amount"})
