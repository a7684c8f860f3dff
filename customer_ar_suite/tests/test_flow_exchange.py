"""Exchange results per customer: hand calculations, tie-outs, and core as second opinion."""

from datetime import timedelta
from decimal import Decimal

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import ArCommon, date

NEW_YEAR = date(2026, 1, 1)
JUNE_10 = date(2026, 6, 10)


class ExchangeCase(ArCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # one euro is worth 2.00, then 2.50, then 3.00 of the company's dollars
        cls.eur = cls.foreign_currency(
            "EUR",
            rates=(
                ("2026-01-01", 0.5),
                ("2026-03-01", 0.4),
                ("2026-06-01", 1 / 3),
            ),
        )
        cls.acme = cls.customer("Acme Ltd")
        cls.ledger = cls.env["ar.ledger"]

    def summary(self, as_of, date_from=NEW_YEAR, user=None):
        self.env.invalidate_all()  # each look is a request of its own
        report = self.env["ar.exchange.summary"].with_user(user or self.env.user)
        return report.with_context(
            ar_as_of=str(as_of), ar_date_from=str(date_from)
        ).search([("partner_id", "=", self.acme.id)])

    def items(self, as_of, date_from=NEW_YEAR):
        self.env.invalidate_all()
        report = self.env["ar.exchange.report"].with_context(
            ar_as_of=str(as_of), ar_date_from=str(date_from)
        )
        return report.search([("partner_id", "=", self.acme.id)])

    def figures(self, *args, **more):
        return [
            (
                row.currency_id.name,
                row.residual_currency_amount,
                row.booked_amount,
                row.value_amount,
                row.unrealised_amount,
                row.realised_amount,
            )
            for row in self.summary(*args, **more)
        ]


@tagged("post_install", "-at_install")
class TestExchange(ExchangeCase):
    def test_unrealised_result_of_an_open_invoice(self):
        # given EUR 100 invoiced in January, booked at 2.00
        self.invoice(self.acme, 100, date(2026, 1, 10), currency=self.eur)
        # then it is worth 250 in March and 300 in June; in January it is worth what is booked
        for as_of, value in (
            (date(2026, 1, 31), 200),
            (date(2026, 2, 28), 200),
            (date(2026, 3, 1), 250),
            (date(2026, 6, 30), 300),
        ):
            with self.subTest(as_of=as_of):
                self.assertEqual(
                    self.figures(as_of), [("EUR", 100, 200, value, value - 200, 0)]
                )
        (row,) = self.summary(date(2026, 6, 30))
        self.assertAlmostEqual(row.booked_rate, 2)
        self.assertAlmostEqual(row.rate, 3)
        self.assertEqual((row.rate_date, row.rate_age), (date(2026, 6, 1), 29))

    def test_realised_result_of_a_payment_at_another_rate(self):
        # given EUR 100 booked at 2.00, of which 40 are paid when a euro is worth 2.50
        invoice = self.invoice(self.acme, 100, date(2026, 1, 10), currency=self.eur)
        payment = self.payment(self.acme, 40, date(2026, 3, 10), currency=self.eur)
        self.match(invoice, payment)
        # then 40 × 0.50 = 20 are gained; the 60 left are worth 150, booked at 120
        self.assertEqual(
            self.figures(date(2026, 3, 31)), [("EUR", 60, 120, 150, 30, 20)]
        )
        # and the day before the payment nothing was realised
        self.assertEqual(
            self.figures(date(2026, 3, 9)), [("EUR", 100, 200, 250, 50, 0)]
        )
        # nor in a later period
        found = self.figures(date(2026, 6, 30), date_from=date(2026, 4, 1))
        self.assertEqual(found, [("EUR", 60, 120, 180, 60, 0)])
        realised = self.items(date(2026, 3, 31)).filtered(
            lambda row: row.kind == "realised"
        )
        self.assertEqual(realised.document_id, invoice)
        self.assertAlmostEqual(realised.booked_rate, 2)
        self.assertAlmostEqual(realised.rate, 2.5)
        self.assertEqual(realised.action_open_document()["res_id"], invoice.id)
        self.assertEqual(
            self.env["account.move"].browse(realised.action_open_entry()["res_id"]),
            realised.line_id.move_id,
        )

    def test_a_loss_is_negative(self):
        invoice = self.invoice(self.acme, 100, date(2026, 6, 10), currency=self.eur)
        self.eur.rate_ids.create(
            {
                "name": "2026-07-01",
                "rate": 0.5,
                "currency_id": self.eur.id,
                "company_id": self.company.id,
            }
        )
        payment = self.payment(self.acme, 100, date(2026, 7, 2), currency=self.eur)
        self.match(invoice, payment)
        self.assertEqual(self.figures(date(2026, 7, 31)), [("EUR", 0, 0, 0, 0, -100)])

    def test_undone_reconciliation_realises_nothing(self):
        invoice = self.invoice(self.acme, 100, date(2026, 1, 10), currency=self.eur)
        payment = self.payment(self.acme, 100, date(2026, 3, 10), currency=self.eur)
        self.match(invoice, payment)
        self.unmatch(invoice)
        later = date(2030, 1, 1)  # wherever core dates the reversal
        (row,) = self.summary(later)
        self.assertEqual(row.realised_amount, 0)

    def test_own_currency_has_no_exchange_result(self):
        self.invoice(self.acme, 100, date(2026, 1, 10))
        self.assertEqual(self.figures(date(2026, 6, 30)), [])

    def test_missing_rate_is_named_and_gives_no_value(self):
        # given a currency that has its first rate only in May, and an item of January
        chf = self.foreign_currency("CHF", rates=(("2026-05-01", 0.8),))
        self.invoice(self.acme, 80, date(2026, 1, 10), currency=chf)
        (row,) = self.summary(date(2026, 4, 30))
        self.assertEqual((row.rate_state, row.value_amount), ("missing", 0))
        self.assertFalse(row.rate_date)
        texts = self.company._ar_rate_warnings(date(2026, 4, 30))
        self.assertEqual(len(texts), 1)
        self.assertIn("CHF", texts[0])
        self.assertIn("04/30/2026", texts[0])
        self.assertEqual(self.company._ar_rate_warnings(date(2026, 5, 1)), [])

    def test_stale_rates_are_pointed_out_where_the_company_says_so(self):
        self.invoice(self.acme, 100, date(2026, 1, 10), currency=self.eur)
        as_of = date(2026, 6, 30)
        self.assertEqual(self.company._ar_rate_warnings(as_of), [])
        self.company.ar_rate_max_age_days = 28
        (text,) = self.company._ar_rate_warnings(as_of)
        self.assertIn("29 days", text)
        self.assertEqual(self.summary(as_of).rate_state, "stale")
        for model, values in (
            ("ar.exchange.open", {"as_of_date": as_of}),
            ("ar.aging.open", {"as_of_date": as_of}),
            ("ar.statement.send", {"as_of_date": as_of}),
            ("ar.statement.run", {"as_of_date": as_of}),
        ):
            with self.subTest(model=model):
                self.assertEqual(self.env[model].new(values).rate_warning_text, text)
        self.company.ar_rate_max_age_days = 29
        self.assertEqual(self.company._ar_rate_warnings(as_of), [])

    def test_customers_and_companies_are_kept_apart(self):
        other = self.customer("Other Ltd")
        contact = self.contact(self.acme)
        self.invoice(self.acme, 100, date(2026, 1, 10), currency=self.eur)
        self.invoice(other, 70, date(2026, 1, 10), currency=self.eur)
        line = self.entry_in_euro(contact, 30)
        self.assertEqual(self.figures(date(2026, 2, 1)), [("EUR", 130, 260, 260, 0, 0)])
        self.assertTrue(line)

    def entry_in_euro(self, partner, amount):
        move = self.env["account.move"].create(
            {
                "journal_id": self.misc_journal.id,
                "date": date(2026, 1, 20),
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": partner.id,
                            "currency_id": self.eur.id,
                            "amount_currency": sign * amount,
                            "balance": sign * amount * 2,
                        }
                    )
                    for account, sign in (
                        (self.receivable_account, 1),
                        (self.company_data["default_account_revenue"], -1),
                    )
                ],
            }
        )
        move.action_post()
        return move

    # -- tie-outs -------------------------------------------------------------------------

    def history(self):
        """Invoices, part payments, a credit note, one undone, in two currencies."""
        jpy = self.foreign_currency(
            "JPY", rates=(("2026-01-01", 100.0), ("2026-04-01", 150.0)), rounding=1.0
        )
        first = self.invoice(self.acme, 333.33, date(2026, 1, 5), currency=self.eur)
        second = self.invoice(self.acme, 70.01, date(2026, 3, 5), currency=self.eur)
        yen = self.invoice(self.acme, 12_345, date(2026, 2, 1), currency=jpy)
        self.match(
            first, self.payment(self.acme, 111.11, date(2026, 3, 3), currency=self.eur)
        )
        self.match(
            first, self.payment(self.acme, 100, date(2026, 6, 3), currency=self.eur)
        )
        self.match(
            second, self.credit_note(self.acme, 20, date(2026, 6, 9), currency=self.eur)
        )
        self.match(yen, self.payment(self.acme, 5_000, date(2026, 5, 2), currency=jpy))
        undone = self.invoice(self.acme, 55, date(2026, 1, 7), currency=self.eur)
        paid = self.payment(self.acme, 55, date(2026, 3, 7), currency=self.eur)
        self.match(undone, paid)
        self.unmatch(undone)
        # unapplied money
        self.payment(self.acme, 10, date(2026, 3, 20), currency=self.eur)

    def test_realised_results_stand_on_the_exchange_accounts(self):
        self.history()
        for date_to in (date(2026, 3, 31), date(2026, 6, 30), date(2030, 1, 1)):
            (tie,) = self.ledger._exchange_ties(
                date(2026, 1, 1), date_to, self.company.ids
            )
            with self.subTest(date_to=date_to):
                self.assertEqual(tie.realised, tie.booked)
                # a second opinion: the balances of the two accounts
                accounts = (
                    self.company.income_currency_exchange_account_id
                    | self.company.expense_currency_exchange_account_id
                )
                lines = self.env["account.move.line"].search(
                    [
                        ("account_id", "in", accounts.ids),
                        ("date", "<=", date_to),
                        ("parent_state", "=", "posted"),
                    ]
                )
                balance = -sum(
                    self.minor(line.balance, self.company.currency_id) for line in lines
                )
                self.assertEqual(tie.booked + tie.other, balance)

    def test_unrealised_is_residual_times_rate_less_booked(self):
        self.history()
        for as_of in (date(2026, 2, 28), date(2026, 3, 31), date(2026, 6, 30)):
            items = [
                item
                for item in self.ledger._open_items(as_of, partner_ids=self.acme.ids)
                if item.currency_id != self.company.currency_id.id
            ]
            wanted = 0
            for item in items:
                currency = self.env["res.currency"].browse(item.currency_id)
                # core's own conversion of the open amount at that day
                value = currency._convert(
                    item.residual / 10**item.digits,
                    self.company.currency_id,
                    self.company,
                    as_of,
                )
                wanted += (
                    self.minor(value, self.company.currency_id) - item.residual_company
                )
            shown = sum(
                self.minor(row.unrealised_amount, self.company.currency_id)
                for row in self.summary(as_of)
            )
            with self.subTest(as_of=as_of):
                self.assertEqual(shown, wanted)
                self.assertTrue(items)

    def test_the_dialog_says_that_it_ties_out(self):
        self.history()
        dialog = self.env["ar.exchange.open"].new(
            {"as_of_date": self.AS_OF, "date_from": date(2026, 1, 1)}
        )
        dialog.company_ids = self.company
        self.assertTrue(dialog.is_tied_out)
        (row,) = dialog.tie_out_ids
        self.assertEqual(row.realised_amount, row.account_amount)
        self.assertAlmostEqual(
            row.unrealised_amount,
            sum(self.summary(self.AS_OF).mapped("unrealised_amount")),
        )

    def test_an_entry_on_another_account_is_found(self):
        # given somebody moved an exchange entry off the exchange account
        self.history()
        accounts = (
            self.company.income_currency_exchange_account_id
            | self.company.expense_currency_exchange_account_id
        )
        line = self.env["account.move.line"].search(
            [("account_id", "in", accounts.ids), ("company_id", "=", self.company.id)],
            limit=1,
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move_line SET account_id = %s WHERE id = %s",
            [self.company_data["default_account_revenue"].id, line.id],
        )
        self.env.invalidate_all()
        (tie,) = self.ledger._exchange_ties(
            date(2026, 1, 1), date(2030, 1, 1), self.company.ids
        )
        self.assertNotEqual(tie.realised, tie.booked)

    def test_rates_are_those_of_core(self):
        self.foreign_currency("JPY", rates=(("2026-02-01", 123.456),))
        for as_of in (date(2026, 2, 1), date(2026, 3, 15), date(2026, 7, 1)):
            found = self.ledger._rates_at(as_of, self.company.ids)
            for (company_id, currency_id), (_day, own, foreign) in found.items():
                self.assertEqual(company_id, self.company.id)
                currency = self.env["res.currency"].browse(currency_id)
                core = self.env["res.currency"]._get_conversion_rate(
                    currency, self.company.currency_id, self.company, as_of
                )
                self.assertAlmostEqual(float(Decimal(own) / Decimal(foreign)), core, 9)

    # -- screens, rights ------------------------------------------------------------------

    def test_report_opens_as_of_the_date_and_leads_to_the_items(self):
        self.invoice(self.acme, 100, date(2026, 1, 10), currency=self.eur)
        form = Form(self.env["ar.exchange.open"])
        form.as_of_date = "2026-03-31"
        form.date_from = "2026-01-01"
        action = form.save().action_open()
        self.assertEqual(action["res_model"], "ar.exchange.summary")
        rows = self.env["ar.exchange.summary"].with_context(**action["context"])
        row = rows.search(action["domain"]).filtered(
            lambda one: one.partner_id == self.acme
        )
        self.assertEqual(row.value_amount, 250)
        items = row.action_view_items()
        found = self.env["ar.exchange.report"].with_context(**items["context"])
        self.assertEqual(sum(found.search(items["domain"]).mapped("value_amount")), 250)

    def test_who_may_not_see_receivables_sees_no_results(self):
        self.invoice(self.acme, 100, date(2026, 1, 10), currency=self.eur)
        clerk = self.user_with("customer_clerk")
        with self.assertRaises(AccessError):
            self.summary(self.AS_OF, user=clerk).read(["value_amount"])
        with self.assertRaises(AccessError):
            self.env["ar.exchange.open"].with_user(clerk).action_open_default()
        self.assertTrue(self.summary(self.AS_OF, user=self.user_with("ar_clerk")))

    def test_statements_do_not_grow_with_customers(self):
        def many(count):
            customers = self.customers_named("Many", count)
            self.invoices(customers, 10, date(2026, 1, 10), currency=self.eur)

        report = self.env["ar.exchange.summary"].with_context(
            ar_as_of="2026-06-30", ar_date_from="2026-01-01"
        )
        counts = []
        for _ in range(2):
            many(6)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            report.search([]).mapped("result_amount")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])


@tagged("post_install", "-at_install")
class TestForeignAmounts(ExchangeCase):
    """Soft warnings at the invoice, and the list."""

    def alerts(self, move):
        move.invalidate_recordset(["alerts"])
        return [
            alert["message"]
            for key, alert in (move.alerts or {}).items()
            if key.startswith("ar_exchange")
        ]

    def draft(self, amount, on=JUNE_10, **values):
        return self.invoice(self.acme, amount, on, post=False, **values)

    def test_large_amounts_warn_and_are_listed_and_can_be_posted(self):
        large = self.draft(400, currency=self.eur)  # 1,200
        small = self.draft(300, currency=self.eur)  # 900
        own = self.draft(5000)
        refund = self.credit_note(
            self.acme, 400, date(2026, 6, 10), currency=self.eur, post=False
        )
        every = large | small | own | refund
        found = self.env["account.move"].search([("ar_is_large_foreign", "=", True)])
        self.assertFalse(found & every)
        self.company.ar_foreign_amount_limit = 1000
        found = self.env["account.move"].search([("ar_is_large_foreign", "=", True)])
        self.assertEqual(found & every, large | refund)
        every.invalidate_recordset(["ar_is_large_foreign"])
        self.assertEqual(every.filtered("ar_is_large_foreign"), large | refund)
        self.assertEqual([len(self.alerts(move)) for move in every], [1, 0, 0, 1])
        large.action_post()
        self.assertEqual(large.state, "posted")
        self.assertEqual(self.alerts(large), [])

    def test_old_and_missing_rates_warn_at_the_invoice(self):
        self.company.ar_rate_max_age_days = 7
        (text,) = self.alerts(self.draft(10, currency=self.eur))
        self.assertIn("EUR", text)
        self.assertEqual(
            self.alerts(self.draft(10, date(2026, 6, 5), currency=self.eur)), []
        )
        (text,) = self.alerts(self.draft(10, date(2025, 12, 31), currency=self.eur))
        self.assertIn("12/31/2025", text)

    def test_days_around_the_limit(self):
        self.company.ar_rate_max_age_days = 5
        for days, count in ((5, 0), (6, 1)):
            on = date(2026, 6, 1) + timedelta(days=days)
            self.assertEqual(
                len(self.alerts(self.draft(10, on, currency=self.eur))), count
            )
