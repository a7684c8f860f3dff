"""The dashboard of categories against SQL written independently, the pivot, and grants."""

from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_grants import USERS, GrantCase

FIRST = "2026-04-01"
LAST = "2026-06-30"
OPTIONS = {"period": "custom", "date_from": FIRST, "date_to": LAST}


@tagged("post_install", "-at_install")
class TestCategoryDashboard(GrantCase):
    """Customers of two regions with invoices, payments, a credit note and limits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.day = cls.AS_OF
        cls.asia, cls.china, cls.europe = (
            cls.categories[name] for name in ("asia", "china", "europe")
        )
        cls.region = cls.dimensions["region"]
        cls.column = cls.columns["region"]
        cls.one = cls.classified("One Ltd", {"region": "china"})
        cls.two = cls.classified("Two Ltd", {"region": "china"})
        cls.three = cls.classified("Three Ltd", {"region": "europe"})
        cls.none = cls.classified("Four Ltd", {})
        cls.quiet = cls.classified("Quiet Ltd", {"region": "europe"})
        before = cls.day - timedelta(days=120)
        cls.invoice(
            cls.one, 1000, cls.day - timedelta(days=60), cls.day - timedelta(days=30)
        )
        cls.invoice(cls.one, 500, before, before)
        paid = cls.invoice(cls.two, 700, cls.day - timedelta(days=20), cls.day)
        cls.match(paid, cls.payment(cls.two, 700, cls.day - timedelta(days=2)))
        cls.credit_note(cls.three, 40, cls.day - timedelta(days=5))
        cls.invoice(
            cls.three, 240, cls.day - timedelta(days=9), cls.day + timedelta(days=9)
        )
        # after the period: what is owed on its last day does not know of it
        cls.payment(cls.three, 50, cls.day + timedelta(days=1))
        cls.invoice(
            cls.none, 90, cls.day - timedelta(days=1), cls.day + timedelta(days=30)
        )
        cls.manager = cls.user_with("credit_manager", login="board_manager")
        cls.manager.group_ids = [
            Command.link(cls.env.ref("base.group_allow_export").id)
        ]
        cls.clerk = cls.user_with("customer_clerk", login="board_clerk")
        cls.options = {**OPTIONS, "dimension_id": cls.region.id}
        cls.ours = (cls.one | cls.two | cls.three | cls.none | cls.quiet).ids

    def board(self, user=None, company=None):
        return (
            self.env["customer.category.dashboard"]
            .with_user(user or self.manager)
            .with_context(allowed_company_ids=(company or self.company).ids)
        )

    def rows(self, data):
        return {row["id"]: row for row in data["rows"]}

    def independent(self):
        """{category or 0: figures}, by SQL that knows nothing of the suite's."""
        self.env.flush_all()
        self.env.cr.execute(
            f"""
            WITH customer AS (
                SELECT id, COALESCE({self.column}, 0) AS category FROM res_partner
                 WHERE active AND customer_rank > 0
                   AND (is_company OR parent_id IS NULL)
                   AND (company_id IS NULL OR company_id = %(company)s)),
            sold AS (
                SELECT commercial_partner_id AS id,
                       SUM(amount_untaxed_signed) FILTER (
                           WHERE invoice_date BETWEEN %(first)s AND %(last)s) AS revenue,
                       SUM(amount_untaxed_signed) FILTER (
                           WHERE invoice_date BETWEEN %(first)s::date - 91
                             AND %(first)s::date - 1) AS before
                  FROM account_move
                 WHERE state = 'posted' AND company_id = %(company)s
                   AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                 GROUP BY 1),
            item AS (
                SELECT contact.commercial_partner_id AS id, line.date_maturity AS due,
                       line.balance
                       - COALESCE((SELECT SUM(part.amount) FROM account_partial_reconcile part
                                    WHERE part.debit_move_id = line.id
                                      AND part.max_date <= %(last)s), 0)
                       + COALESCE((SELECT SUM(part.amount) FROM account_partial_reconcile part
                                    WHERE part.credit_move_id = line.id
                                      AND part.max_date <= %(last)s), 0) AS open
                  FROM account_move_line line
                  JOIN account_account account ON account.id = line.account_id
                  JOIN res_partner contact ON contact.id = line.partner_id
                 WHERE account.account_type = 'asset_receivable'
                   AND line.parent_state = 'posted' AND line.date <= %(last)s
                   AND line.company_id = %(company)s),
            owed AS (
                SELECT id, SUM(open) AS receivable,
                       SUM(open) FILTER (WHERE open > 0 AND due < %(last)s) AS overdue
                  FROM item GROUP BY 1)
            SELECT customer.category, COUNT(*), COALESCE(SUM(revenue), 0),
                   COALESCE(SUM(before), 0), COALESCE(SUM(receivable), 0),
                   COALESCE(SUM(overdue), 0)
              FROM customer LEFT JOIN sold USING (id) LEFT JOIN owed USING (id)
             GROUP BY 1
            """,
            {"company": self.company.id, "first": FIRST, "last": LAST},
        )
        return {row[0]: tuple(map(float, row[1:])) for row in self.env.cr.fetchall()}

    def shown(self, row):
        names = (
            "count", "revenue_amount", "before_revenue_amount",
            "receivable_amount", "overdue_amount",
        )  # fmt: skip
        return tuple(float(row[name]) for name in names)

    def test_figures_are_those_of_independent_sql(self):
        data = self.board().get_data(self.options)
        found = {id_: self.shown(row) for id_, row in self.rows(data).items()}
        self.assertEqual(found, self.independent())
        # and by hand
        self.assertEqual(found[self.china.id][1:], (1700.0, 500.0, 1500.0, 1500.0))
        self.assertEqual(found[self.europe.id][1:], (200.0, 0.0, 200.0, 0.0))
        rows = self.rows(data)
        self.assertEqual(rows[self.europe.id]["dso"], 91.0)
        self.assertEqual(rows[self.china.id]["growth"], 240.0)
        self.assertAlmostEqual(
            sum(row["share"] for row in data["rows"]), 100, delta=0.1
        )

    def test_total_is_the_general_ledger(self):
        data = self.board().get_data(self.options)
        lines = self.env["account.move.line"].search(
            [
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("date", "<=", LAST),
                ("company_id", "=", self.company.id),
            ]
        )
        ledger = sum(lines.mapped("balance"))
        self.assertAlmostEqual(data["total"]["receivable_amount"], ledger, 2)
        figures, _currency = self.board()._figures(
            self.company, *self.board()._days(self.options)
        )
        (line,) = figures.get_strip()["tie_out"]
        self.assertEqual(line["difference"], 0)

    def test_pivot_has_the_same_figures(self):
        data = self.board().get_data(self.options)
        action = self.board().action_pivot(self.options)
        self.assertEqual(action["views"][0][1], "pivot")
        rows = (
            self.env["customer.category.figure"]
            .with_user(self.manager)
            .with_context(
                allowed_company_ids=self.company.ids,
                **{k: v for k, v in action["context"].items() if k.startswith("ar_")},
            )
            .formatted_read_group(
                [],
                [self.column],
                [
                    "customer_count:sum", "revenue_amount:sum",
                    "receivable_amount:sum", "exposure_amount:sum",
                ],
            )
        )  # fmt: skip
        pivot = {
            (row[self.column] or (0,))[0]: (
                row["customer_count:sum"],
                row["revenue_amount:sum"],
                row["receivable_amount:sum"],
                row["exposure_amount:sum"],
            )
            for row in rows
        }
        board = {
            id_: (
                row["count"],
                row["revenue_amount"],
                row["receivable_amount"],
                row["exposure_amount"],
            )
            for id_, row in self.rows(data).items()
        }
        self.assertEqual(pivot, board)

    def test_exposure_and_limit_are_those_of_the_credit_profile(self):
        profile = self.env["ar.credit.profile"].create(
            {
                "partner_id": self.one.id,
                "company_id": self.company.id,
                "limit_amount": 3000,
            }
        )
        row = self.rows(self.board().get_data(self.options))[self.china.id]
        self.assertEqual(row["allowed_amount"], 3000)
        one = self.one.with_company(self.company)
        self.assertEqual(row["limited_exposure_amount"], one.ar_exposure_amount)
        self.assertEqual(row["limit_use"], 50.0)
        self.assertEqual(profile.partner_id, self.one)

    def test_trend_adds_up_to_the_revenue_of_a_year(self):
        options = {**self.options, "date_from": "2025-07-01"}
        data = self.board().get_data(options)
        lines = {line["id"]: sum(line["amounts"]) for line in data["trend"]["lines"]}
        self.assertEqual(len(data["trend"]["months"]), 12)
        for row in data["rows"]:
            if row["id"] in lines:
                self.assertEqual(lines[row["id"]], row["revenue_amount"])

    def test_drill_down(self):
        board = self.board()
        action = board.action_open(self.options, self.china.id, "count")
        partners = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(
            partners & self.env["res.partner"].browse(self.ours), self.one | self.two
        )
        action = board.action_open(self.options, self.china.id, "overdue_amount")
        figures = (
            self.env[action["res_model"]]
            .with_user(self.manager)
            .with_context(allowed_company_ids=self.company.ids, **action["context"])
        )
        rows = figures.search(action["domain"])
        self.assertEqual(rows.partner_id, self.one)
        cell = figures.get_cell_action([("id", "in", rows.ids)], "revenue_amount")
        self.assertEqual(
            sum(self.env["account.move"].search(cell["domain"]).mapped("amount_total")),
            1000,
        )
        with self.assertRaises(UserError):
            board.action_open(self.options, None, "id")

    def test_who_sees_what(self):
        # a clerk of customers: numbers, no money
        data = self.board(self.clerk).get_data(self.options)
        self.assertFalse(data["has_money"])
        self.assertNotIn("revenue_amount", data["total"])
        with self.assertRaises(AccessError):
            self.board(self.clerk).action_pivot(self.options)
        with self.assertRaises(AccessError):
            self.board(self.clerk).action_picture(self.options)
        # nobody outside the suite
        stranger = self.user_with(login="board_stranger")
        stranger.group_ids = [Command.set(self.env.ref("base.group_user").ids)]
        for method in ("get_choices", "get_data"):
            arguments = [] if method == "get_choices" else [self.options]
            with self.assertRaises(AccessError):
                getattr(self.board(stranger), method)(*arguments)

    def test_grants_of_money_and_export(self):
        poor = self.granted_user("board_poor", USERS["europe_poor"])
        data = self.board(poor).get_data(self.options)
        rows = self.rows(data)
        self.assertEqual(set(rows) & {self.china.id}, set())
        self.assertTrue(data["is_partial"])
        self.assertNotIn("revenue_amount", rows[self.europe.id])
        rich = self.granted_user("board_rich", USERS["europe_money"])
        row = self.rows(self.board(rich).get_data(self.options))[self.europe.id]
        self.assertEqual(row["receivable_amount"], 200)
        for call in (
            lambda: self.board(rich).action_picture(self.options),
            lambda: self.board(rich).action_download(self.options, "pdf"),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_files(self):
        name = self.board().action_picture(self.options)["name"]
        self.assertTrue(name.endswith(".png"))
        for kind in ("xlsx", "pdf"):
            action = self.board().action_download(self.options, kind)
            self.assertIn("/customer_ar_suite/report/", action["url"])
        action = self.board().action_download(self.options, "xlsx")
        id_ = int(action["url"].rsplit("/", 1)[1])
        download = self.env["ar.report.download"].with_user(self.manager).sudo()
        content, _type, title = download.browse(id_)._make()
        self.assertTrue(content)
        self.assertTrue(title.endswith(".xlsx"))
        entry = self.env["customer.audit.entry"].search(
            [("event", "=", "report.export")], limit=1
        )
        self.assertEqual(entry.model, "customer.category.figure")

    def test_table_for_paper(self):
        figures, _currency = self.board()._figures(
            self.company, *self.board()._days(self.options)
        )
        table = figures._as_table([], [self.column])
        data = self.rows(self.board().get_data(self.options))
        place = [column.code for column in table.columns].index("revenue_amount")
        by_name = {row.cells[0]: row for row in table.rows}
        china = by_name[data[self.china.id]["name"]]
        self.assertEqual(
            (china.cells[1], china.cells[place]), (data[self.china.id]["count"], 170000)
        )
        self.assertEqual(table.rows[-1].kind, "total")

    def test_charts_on_paper_say_what_the_table_says(self):
        figures, _currency = self.board()._figures(
            self.company, *self.board()._days(self.options)
        )
        table = figures._as_table([], [self.column])
        data = self.board().get_data(self.options)
        customers, revenue, receivable, trend = table.charts
        names = [row["name"] for row in data["rows"]]
        for chart in (customers, revenue, receivable):
            self.assertEqual(list(chart.labels), names)
        cents = {
            figure: [round(row[figure] * 100) for row in data["rows"]]
            for figure in (
                "before_revenue_amount",
                "revenue_amount",
                "receivable_amount",
                "overdue_amount",
            )
        }
        before, now = revenue.series
        self.assertEqual(list(before.values), cents["before_revenue_amount"])
        self.assertEqual(list(now.values), cents["revenue_amount"])
        not_due, overdue = receivable.series
        self.assertEqual(list(overdue.values), cents["overdue_amount"])
        self.assertEqual(
            [a + b for a, b in zip(not_due.values, overdue.values, strict=True)],
            cents["receivable_amount"],
        )
        counts = [row["count"] for row in data["rows"]]
        self.assertEqual(list(customers.series[0].values), counts)
        self.assertEqual(
            [list(line.values) for line in trend.series],
            [
                [round(amount * 100) for amount in line["amounts"]]
                for line in data["trend"]["lines"]
            ],
        )
        # a page of its own behind the table; a workbook has none
        html = self.env["ar.report.document"]._write(table, "html").decode()
        self.assertEqual(html.count("<svg"), 4)
        self.assertIn(">Test asia / Test china</text>", html)
        self.assertGreater(html.count("<rect "), 10)
        self.assertIn("Page 2 of 2", html)
        plain = figures._as_table([], ["country_id"])
        self.assertFalse(plain.charts)
        html = self.env["ar.report.document"]._write(plain, "html").decode()
        self.assertNotIn("<svg", html)
        self.assertIn("Page 1 of 1", html)

    def test_refuses_what_it_cannot_show(self):
        for options in (
            {"dimension_id": 0},
            {**self.options, "company_id": 999_999_999},
            {**self.options, "date_from": False},
            {**self.options, "date_from": "x"},
            {**self.options, "date_from": LAST, "date_to": FIRST},
            {**self.options, "date_from": "1900-01-01"},
        ):
            with self.assertRaises(UserError):
                self.board().get_data(options)
        for period in ("month", "quarter", "year", "twelve_months", "last_year"):
            data = self.board().get_data({**self.options, "period": period})
            self.assertLessEqual(data["first"], data["last"])

    def test_statements_do_not_depend_on_the_customers(self):
        few = self.count(lambda: self.board().get_data(self.options))
        for number in range(12):
            customer = self.classified(f"More {number}", {"region": "asia"})
            self.invoice(customer, 10 + number, self.day)
        many = self.count(lambda: self.board().get_data(self.options))
        self.assertLessEqual(many, few + 2)

    def count(self, call):
        call()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        call()
        return self.env.cr.sql_log_count - before
