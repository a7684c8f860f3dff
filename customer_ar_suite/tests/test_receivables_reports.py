"""Comparison of two dates, trial balance, customer ledger: on random and hand-made books."""

from collections import defaultdict
from datetime import timedelta

from hypothesis import given

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import float_compare

from . import test_ledger_property as ledger
from .common import ArCommon, date, examples

JAN_1 = date(2026, 1, 1)
MAR_31 = date(2026, 3, 31)
APR_1 = date(2026, 4, 1)
JUN_30 = date(2026, 6, 30)


class ReportCase(ArCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls.customer("Acme Ltd", ref="C-1")
        cls.bolt = cls.customer("Bolt Ltd", ref="C-2")

    def report(self, name, **context):
        self.env.invalidate_all()  # rows of another view share the ids
        texts = {key: str(value) for key, value in context.items() if value}
        return self.env[name].with_context(**texts)

    def sums(self, report, domain, *names):
        ((*found,),) = report._read_group(domain, [], [f"{name}:sum" for name in names])
        return found


@tagged("post_install", "-at_install")
class TestAgingComparison(ReportCase):
    def compare(self, before, after, **context):
        return self.report(
            "ar.aging.comparison", ar_as_of=after, ar_compare_to=before, **context
        )

    def test_what_explains_the_difference(self):
        # given 100 owed at the end of March
        old = self.invoice(self.acme, 100, date(2026, 2, 1), due=date(2026, 3, 1))
        # and in the second quarter a payment of it, an invoice paid at once, another one
        # that stays, a credit note and an entry
        self.match(old, self.payment(self.acme, 30, date(2026, 4, 10)))
        paid = self.invoice(self.acme, 50, date(2026, 5, 1))
        self.match(paid, self.payment(self.acme, 50, date(2026, 5, 2)))
        self.invoice(self.acme, 200, date(2026, 6, 1), due=date(2026, 7, 1))
        self.credit_note(self.acme, 20, date(2026, 6, 2))
        self.entry(self.acme, 5, date(2026, 6, 3))
        # when both dates stand side by side
        report = self.compare(MAR_31, JUN_30)
        found = self.sums(
            report,
            [("partner_id", "=", self.acme.id)],
            "before_amount",
            "invoiced_amount",
            "credited_amount",
            "paid_amount",
            "other_amount",
            "settled_amount",
            "after_amount",
            "difference_amount",
            "moved_amount",
        )
        # then by hand: 100 + 250 - 20 - 80 + 5 = 255, and 70 of the old one grew older
        self.assertEqual(found, [100, 250, -20, -80, 5, 0, 255, 155, 70])
        # and the old invoice went from 1-30 to more than 120 days... 121: over 120
        row = report.search([("move_id", "=", old.id)])
        self.assertEqual((row.bucket_before, row.bucket_after), ("1", "5"))
        self.assertEqual((row.before_amount, row.after_amount), (100, 70))

    def test_both_sides_are_the_aging_of_their_dates(self):
        invoice = self.invoice(self.acme, 100, date(2026, 2, 1), due=date(2026, 3, 1))
        self.match(invoice, self.payment(self.acme, 30, date(2026, 4, 10)))
        self.payment(self.bolt, 9, date(2026, 3, 1))
        for day, column in ((MAR_31, "before"), (JUN_30, "after")):
            aging = self.report("ar.aging.report", ar_as_of=day)
            wanted = dict(
                aging._read_group([], ["partner_id"], ["residual_amount:sum"])
            )
            found = dict(
                self.compare(MAR_31, JUN_30)._read_group(
                    [], ["partner_id"], [f"{column}_amount:sum"]
                )
            )
            self.assertEqual({k: v for k, v in found.items() if v}, wanted)

    def test_one_pays_for_another(self):
        # a settlement between customers is no booking: it has its own column
        invoice = self.invoice(self.acme, 100, date(2026, 2, 1))
        self.match(invoice, self.payment(self.bolt, 100, date(2026, 4, 1)))
        for partner, wanted in (
            (self.acme, [100, 0, 0, -100, -100]),
            (self.bolt, [0, 0, -100, 100, 0]),
        ):
            found = self.sums(
                self.compare(MAR_31, JUN_30),
                [("partner_id", "=", partner.id)],
                "before_amount",
                "invoiced_amount",
                "paid_amount",
                "settled_amount",
                "difference_amount",
            )
            self.assertEqual(found, wanted)

    def test_dates_the_wrong_way_round_are_refused(self):
        with self.assertRaisesRegex(UserError, "must be before"):
            self.compare(JUN_30, MAR_31).search([])
        with self.assertRaises(ValidationError):
            self.env["ar.aging.open"].create(
                {"as_of_date": MAR_31, "compare_date": JUN_30}
            )

    def test_form_opens_the_comparison(self):
        form = Form(self.env["ar.aging.open"].with_user(self.user_with("ar_clerk")))
        form.as_of_date = JUN_30
        form.compare_date = MAR_31
        action = form.save().action_open()
        self.assertEqual(action["res_model"], "ar.aging.comparison")
        self.assertEqual(action["context"]["ar_compare_to"], "2026-03-31")


@tagged("post_install", "-at_install")
class TestDrillDown(ReportCase):
    def test_every_figure_is_the_sum_of_what_it_opens(self):
        # given items in every bucket, credits, a foreign currency, part payments
        euro = self.foreign_currency("EUR", [("2026-01-01", 2.0)])
        for partner in (self.acme, self.bolt):
            for days in (-10, 0, 5, 30, 31, 75, 100, 119, 130, 300):
                on = JUN_30 - timedelta(days=days + 30)
                self.invoice(partner, 10 + days, on, due=JUN_30 - timedelta(days=days))
            self.invoice(partner, 70, date(2026, 5, 1), currency=euro)
            self.match(
                self.invoice(partner, 90, date(2026, 5, 1)),
                self.payment(partner, 33, date(2026, 6, 1)),
            )
            self.payment(partner, 11, date(2026, 6, 3))
        partners = [self.acme.id, self.bolt.id]
        for name, context, columns in (
            (
                "ar.aging.report",
                {},
                [*(f"bucket_{n}_amount" for n in range(6)), "unapplied_amount",
                 "overdue_amount", "residual_amount"],
            ),
            (
                "ar.aging.comparison",
                {"ar_compare_to": MAR_31},
                ["before_amount", "invoiced_amount", "paid_amount", "after_amount",
                 "difference_amount", "settled_amount", "moved_amount"],
            ),
        ):  # fmt: skip
            with self.subTest(name):
                report = self.report(name, ar_as_of=JUN_30, **context)
                groups = report._read_group(
                    [("partner_id", "in", partners)],
                    ["partner_id"],
                    [f"{column}:sum" for column in columns],
                )
                for partner, *figures in groups:
                    for column, figure in zip(columns, figures, strict=True):
                        action = report.get_cell_action(
                            [("partner_id", "=", partner.id)], column
                        )
                        rows = (
                            self.env[action["res_model"]]
                            .with_context(**action["context"])
                            .search(action["domain"])
                        )
                        self.assertAlmostEqual(sum(rows.mapped(column)), figure)
                        self.assertTrue(all(rows.mapped(column)), "only what counts")

    def test_figures_of_the_trial_balance_open_their_journal_items(self):
        self.invoice(self.acme, 100, date(2026, 1, 15))
        invoice = self.invoice(self.acme, 40, date(2026, 4, 15))
        self.match(invoice, self.payment(self.acme, 25, date(2026, 5, 1)))
        self.invoice(self.bolt, 7, date(2026, 4, 15))
        self.invoice(self.bolt, 3, date(2026, 7, 15))
        report = self.report(
            "ar.trial.balance.report", ar_date_from=date(2026, 4, 1), ar_as_of=JUN_30
        )
        for partner, figures in (
            (self.acme, (100, 40, 25, 115)),
            (self.bolt, (0, 7, 0, 7)),
        ):
            for column, figure in zip(
                ("opening", "debit", "credit", "closing"), figures, strict=True
            ):
                action = report.get_cell_action(
                    [("partner_id", "=", partner.id)], f"{column}_amount"
                )
                lines = self.env["account.move.line"].search(action["domain"])
                measure = column if column in ("debit", "credit") else "balance"
                self.assertAlmostEqual(sum(lines.mapped(measure)), figure)

    def test_figures_of_the_ledger_open_their_journal_items(self):
        self.invoice(self.acme, 100, date(2026, 1, 15))
        self.invoice(self.acme, 40, date(2026, 4, 15))
        report = self.report(
            "ar.customer.ledger.report", ar_date_from=date(2026, 4, 1), ar_as_of=JUN_30
        )
        for column, figure in (("opening", 100), ("debit", 40), ("change", 140)):
            action = report.get_cell_action(
                [("partner_id", "=", self.acme.id)], f"{column}_amount"
            )
            lines = self.env["account.move.line"].search(action["domain"])
            self.assertAlmostEqual(sum(lines.mapped("balance")), figure)

    def test_nonsense_is_refused(self):
        report = self.report("ar.aging.report", ar_as_of=JUN_30)
        for domain, column in (
            ([("no_such_field", "=", 1)], "residual_amount"),
            ("nonsense", "residual_amount"),
            ([], "partner_id"),
            ([], "no_such_column"),
        ):
            with self.assertRaises(UserError):
                report.get_cell_action(domain, column)
        with self.assertRaises(AccessError):
            report.with_user(self.user_with()).get_cell_action([], "residual_amount")


@tagged("post_install", "-at_install")
class TestTrialBalance(ReportCase):
    def balances(self, first=APR_1, last=JUN_30, **context):
        return self.report(
            "ar.trial.balance.report", ar_date_from=first, ar_as_of=last, **context
        )

    def figures(self, report, partner):
        return self.sums(
            report,
            [("partner_id", "=", partner.id)],
            "opening_amount",
            "debit_amount",
            "credit_amount",
            "closing_amount",
        )

    def test_by_hand(self):
        self.invoice(self.acme, 100, date(2026, 3, 31))
        self.invoice(self.contact(self.acme), 40, date(2026, 4, 1))
        self.payment(self.acme, 60, date(2026, 6, 30))
        self.invoice(self.acme, 9, date(2026, 7, 1))
        self.invoice(self.acme, 8, date(2026, 5, 1), post=False)
        self.assertEqual(self.figures(self.balances(), self.acme), [100, 40, 60, 80])

    def test_settled_before_and_quiet_since_is_left_out(self):
        invoice = self.invoice(self.bolt, 10, date(2026, 1, 1))
        self.match(invoice, self.payment(self.bolt, 10, date(2026, 2, 1)))
        self.assertFalse(self.balances().search([("partner_id", "=", self.bolt.id)]))

    def test_document_currency(self):
        euro = self.foreign_currency("EUR", [("2026-01-01", 2.0)])
        self.invoice(self.acme, 100, date(2026, 4, 15), currency=euro)
        self.invoice(self.acme, 30, date(2026, 4, 15))
        report = self.balances(ar_amounts_in="document")
        found = report._read_group(
            [("partner_id", "=", self.acme.id)],
            ["shown_currency_id"],
            ["debit_amount:sum"],
        )
        self.assertEqual(
            {currency.name: amount for currency, amount in found},
            {"EUR": 100, "USD": 30},
        )

    def test_reporting_currency_with_its_rate_and_rate_date(self):
        # given two companies with books in dollars and a reporting currency
        other = self.setup_other_company(name="Other Ltd")["company"]
        euro = self.foreign_currency(
            "EUR", [("2026-01-01", 2.0), ("2026-06-15", 4.0), ("2026-07-15", 9.0)]
        )
        companies = self.company | other
        self.invoice(self.acme, 100, date(2026, 4, 15))
        self.invoice(self.acme, 10, date(2026, 4, 15), company=other)
        report = self.balances(ar_amounts_in=euro.id).with_context(
            allowed_company_ids=companies.ids
        )
        # then (100 + 10) × 4 at the rate of 15 June, and the report says so
        self.assertEqual(self.figures(report, self.acme), [0, 440, 0, 440])
        facts = dict(report._parameter_facts())
        self.assertIn("1 USD = 4.000000 EUR", facts["Amounts in"])
        self.assertIn("06/15/2026", facts["Amounts in"])
        # and with another rate date the rate of that day
        report = self.balances(
            ar_amounts_in=euro.id, ar_rate_date=date(2026, 3, 1)
        ).with_context(allowed_company_ids=companies.ids)
        self.assertEqual(self.figures(report, self.acme), [0, 220, 0, 220])

    def test_missing_rate_is_told(self):
        euro = self.foreign_currency("EUR", [("2026-05-01", 2.0)])
        self.env["res.currency.rate"].search(
            [("currency_id", "=", euro.id), ("name", "<", "2026-05-01")]
        ).unlink()
        self.invoice(self.acme, 100, date(2026, 4, 15))
        with self.assertRaisesRegex(UserError, "no exchange rate of EUR"):
            self.balances(ar_amounts_in=euro.id, ar_rate_date=date(2026, 4, 30)).search(
                []
            )
        with self.assertRaisesRegex(UserError, "no exchange rate of EUR"):
            self.env["ar.ledger.open"].create(
                {
                    "amounts_in": "currency",
                    "reporting_currency_id": euro.id,
                    "rate_date": date(2026, 4, 30),
                }
            )

    def test_reversed_period_is_refused(self):
        with self.assertRaisesRegex(UserError, "Exchange the two dates"):
            self.balances(first=JUN_30, last=MAR_31).search([])
        with self.assertRaises(ValidationError):
            self.env["ar.ledger.open"].create(
                {"first_date": JUN_30, "as_of_date": MAR_31}
            )

    def test_closing_balances_tie_out(self):
        invoice = self.invoice(self.acme, 100, date(2026, 1, 15))
        self.match(invoice, self.payment(self.bolt, 100, date(2026, 5, 1)))
        self.entry(None, 12, date(2026, 5, 1))
        for name in (
            "ar.aging.report",
            "ar.trial.balance.report",
            "ar.customer.ledger.report",
            "ar.aging.comparison",
        ):
            with self.subTest(name):
                report = self.report(name, ar_as_of=JUN_30)
                strip = report.get_strip()
                (line,) = [
                    line
                    for line in strip["tie_out"]
                    if line["account_id"] == self.receivable_account.id
                ]
                self.assertEqual(line["report"], 12)
                self.assertEqual((line["ledger"], line["difference"]), (12, 0))

    def test_rights(self):
        self.invoice(self.acme, 10, date(2026, 5, 1))
        readers = [self.user_with(r) for r in ("ar_clerk", "collector", "auditor")]
        strangers = [self.user_with(), self.user_with("customer_clerk")]
        for name in ("ar.trial.balance.report", "ar.customer.ledger.report"):
            for user in readers:
                report = self.report(name, ar_as_of=JUN_30).with_user(user)
                rows = report.search([("partner_id", "=", self.acme.id)])
                self.assertEqual(len(rows), 1, (name, user.login))
            for user in strangers:
                report = self.report(name, ar_as_of=JUN_30).with_user(user)
                with self.assertRaises(AccessError):
                    report.search([])
                with self.assertRaises(AccessError):
                    report.get_strip()
                with self.assertRaises(AccessError):
                    report.action_download("pdf", [], [])

    def test_other_companies_stay_hidden(self):
        other = self.setup_other_company(name="Other Ltd")["company"]
        self.invoice(self.acme, 10, date(2026, 5, 1), company=other)
        user = self.user_with("collector")
        for name in ("ar.trial.balance.report", "ar.customer.ledger.report"):
            report = self.report(name, ar_as_of=JUN_30).with_user(user)
            self.assertFalse(report.search([("partner_id", "=", self.acme.id)]))

    def test_few_statements(self):
        counts = set()
        for number in range(6):
            self.invoice(self.customer(f"C {number}"), 10, date(2026, 5, 1))
            report = self.balances()
            report._read_group([], [], ["__count"])  # rights and rules are cached now
            before = self.env.cr.sql_log_count
            groups = report._read_group([], ["partner_id"], ["closing_amount:sum"])
            counts.add(self.env.cr.sql_log_count - before)
            self.assertEqual(len(groups), number + 1)
        self.assertEqual(len(counts), 1, counts)


@tagged("post_install", "-at_install")
class TestCustomerLedger(ReportCase):
    def entries(self, first=APR_1, last=JUN_30, **context):
        return self.report(
            "ar.customer.ledger.report", ar_date_from=first, ar_as_of=last, **context
        )

    def test_running_balance(self):
        self.invoice(self.acme, 100, date(2026, 3, 31))
        invoice = self.invoice(self.acme, 40, date(2026, 4, 1))
        payment = self.payment(self.acme, 60, date(2026, 6, 30))
        rows = self.entries().search([("partner_id", "=", self.acme.id)])
        self.assertEqual(
            [
                (
                    r.is_opening,
                    r.opening_amount,
                    r.debit_amount,
                    r.credit_amount,
                    r.balance_amount,
                )
                for r in rows
            ],
            [
                (True, 100, 0, 0, 100),
                (False, 0, 40, 0, 140),
                (False, 0, 0, 60, 80),
            ],
        )
        self.assertEqual(rows[1].move_id, invoice)
        self.assertEqual(rows[2].move_id, payment.move_id)
        self.assertEqual(rows[1].action_open_document()["res_id"], invoice.id)
        opened = rows[0].action_open_document()
        lines = self.env["account.move.line"].search(opened["domain"])
        self.assertEqual(sum(lines.mapped("balance")), 100)

    def test_a_filter_does_not_change_running_balances(self):
        self.invoice(self.acme, 100, date(2026, 3, 31))
        self.invoice(self.acme, 40, date(2026, 4, 1))
        late = self.invoice(self.acme, 7, date(2026, 5, 1))
        row = self.entries().search([("move_id", "=", late.id)])
        self.assertEqual(row.balance_amount, 147)

    def test_trial_balance_leads_to_the_ledger(self):
        self.invoice(self.acme, 40, date(2026, 4, 1))
        self.invoice(self.bolt, 9, date(2026, 4, 1))
        balances = self.report(
            "ar.trial.balance.report", ar_date_from=date(2026, 4, 1), ar_as_of=JUN_30
        )
        row = balances.search([("partner_id", "=", self.acme.id)])
        action = row.action_open_ledger()
        rows = (
            self.env[action["res_model"]]
            .with_context(**action["context"])
            .search(action["domain"])
        )
        self.assertEqual(rows.mapped("debit_amount"), [40])

    def test_paper_has_totals_of_months_and_year(self):
        self.invoice(self.acme, 5, date(2025, 12, 31))  # the year before: opening only
        self.invoice(self.acme, 100, date(2026, 2, 1))  # this year, before the period
        self.invoice(self.acme, 40, date(2026, 4, 1))
        self.payment(self.acme, 60, date(2026, 6, 30))
        report = self.entries()
        table = report._as_table(
            report._checked_domain([("partner_id", "=", self.acme.id)]), []
        )
        found = [(row.kind, *row.cells[4:]) for row in table.rows]
        self.assertEqual(
            found,
            [
                ("heading", None, None, None),
                ("opening", None, None, 10500),
                ("row", 4000, 0, 14500),
                ("month", 4000, 0, 14500),
                ("year", 14000, 0, 14500),
                ("row", 0, 6000, 8500),
                ("month", 0, 6000, 8500),
                ("year", 14000, 6000, 8500),
                ("closing", 4000, 6000, 8500),
            ],
        )


@tagged("post_install", "-at_install")
class TestReportProperties(ledger.TestLedgerProperties):
    """On random histories every report is the general ledger."""

    # the ledger's own properties are tested where they stand
    test_open_items_add_up_to_the_general_ledger = None
    test_open_items_are_what_the_partials_leave = None

    def by_partner(self, name, column, **context):
        self.env.invalidate_all()
        report = self.env[name].with_context(
            **{key: str(value) for key, value in context.items()}
        )
        found = defaultdict(float)
        for partner, amount in report._read_group(
            [("partner_id", "in", [p.id for p in self.customers])],
            ["partner_id"],
            [f"{column}:sum"],
        ):
            found[partner.id] += amount
        return found

    def assertSame(self, found, wanted, message):
        for partner in self.customers:
            self.assertFalse(
                float_compare(
                    found[partner.id], wanted[partner.id], precision_digits=2
                ),
                (message, found[partner.id], wanted[partner.id]),
            )

    @examples(15)
    @given(ledger.histories())
    def test_reports_agree_with_the_ledger_and_each_other(self, history):
        with self.rolled_back():
            self.play(history, mixed=True)
            days = self.days_looked_at()
            first, last = days[len(days) // 2], days[-1]
            gl = defaultdict(float)
            for line in self.env["account.move.line"].search(
                [
                    ("account_type", "=", "asset_receivable"),
                    ("parent_state", "=", "posted"),
                    ("date", "<=", last),
                    ("partner_id", "child_of", [p.id for p in self.customers]),
                ]
            ):
                gl[line.partner_id.commercial_partner_id.id] += line.balance
            period = {"ar_date_from": first, "ar_as_of": last}
            closing = self.by_partner(
                "ar.trial.balance.report", "closing_amount", **period
            )
            self.assertSame(closing, gl, "trial balance")
            self.assertSame(
                self.by_partner("ar.customer.ledger.report", "change_amount", **period),
                gl,
                "customer ledger",
            )
            for name in ("opening", "debit", "credit"):
                self.assertSame(
                    self.by_partner(
                        "ar.customer.ledger.report", f"{name}_amount", **period
                    ),
                    self.by_partner(
                        "ar.trial.balance.report", f"{name}_amount", **period
                    ),
                    name,
                )
            if first < last:
                self.check_comparison(first, last)

    def check_comparison(self, first, last):
        pair = {"ar_compare_to": first, "ar_as_of": last}

        def column(name):
            return self.by_partner("ar.aging.comparison", f"{name}_amount", **pair)

        for name, day in (("before", first), ("after", last)):
            self.assertSame(
                column(name),
                self.by_partner("ar.aging.report", "residual_amount", ar_as_of=day),
                name,
            )
        parts = [
            column(n) for n in ("invoiced", "credited", "paid", "other", "settled")
        ]
        explained = {p.id: sum(part[p.id] for part in parts) for p in self.customers}
        self.assertSame(explained, column("difference"), "explanation")
