"""Exposure: against an independent calculation, for every viewer, in few questions."""

import random
from collections import defaultdict
from datetime import date

from odoo import Command
from odoo.tests import tagged

from .common_credit import CreditCase, timedelta

RATES = {"EUR": 2.0, "GBP": 4.0}


@tagged("post_install", "-at_install")
class TestCreditExposure(CreditCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.setup_other_company(name="Other Inc")["company"]
        cls.currencies = {
            code: cls.foreign_currency(code, (("2020-01-01", rate),))
            for code, rate in RATES.items()
        }
        cls.env["res.currency.rate"].create(
            [
                {
                    "name": "2020-01-01",
                    "currency_id": cls.currencies[code].id,
                    "company_id": cls.other.id,
                    "rate": rate,
                }
                for code, rate in RATES.items()
            ]
        )

    def exposure(self, partner, company=None):
        rows = self.env["ar.ledger"]._exposures(
            self.today, partner.ids, (company or self.company).ids
        )
        row = rows.get((partner.id, (company or self.company).id))
        return [amount / 100 for amount in row.parts] if row else [0.0] * 5

    def test_each_component(self):
        acme = self.customer()
        jo = self.contact(acme)
        self.invoice(jo, 1000, "2026-01-10", "2026-02-10")
        self.invoice(acme, 200, "2026-01-10", currency=self.currencies["EUR"])
        self.credit_note(acme, 50, "2026-02-01")
        self.payment(jo, 300, "2026-03-01")
        self.draft(jo, 70)
        self.draft(acme, 40, currency=self.currencies["GBP"])
        self.draft(acme, 999, move_type="out_refund")  # lowers nothing before its time
        # hand: 1000 + 200/2; -(50 + 300); 70 + 40/4
        self.assertEqual(self.exposure(acme), [1100.0, -350.0, 0.0, 80.0, 0.0])

    def test_paid_in_part_and_in_full(self):
        acme = self.customer()
        first = self.invoice(acme, 1000, "2026-01-10")
        second = self.invoice(acme, 400, "2026-01-11")
        self.match(first, self.payment(acme, 600, "2026-01-20"))
        self.match(second, self.payment(acme, 400, "2026-01-21"))
        self.assertEqual(self.exposure(acme)[:2], [400.0, 0.0])

    def test_what_is_booked_in_the_future_is_at_risk_already(self):
        acme = self.customer()
        self.invoice(acme, 500, self.today + timedelta(days=40))
        self.assertEqual(self.exposure(acme)[0], 500.0)

    def test_random_business_against_an_independent_calculation(self):
        dice = random.Random(8)
        customers = [self.customer(f"Random {n}") for n in range(5)]
        contacts = {
            one: [one, self.contact(one), self.contact(one, "Bo")] for one in customers
        }
        expected = defaultdict(lambda: [0] * 5)
        for _n in range(45):
            one = dice.choice(customers)
            partner = dice.choice(contacts[one])
            company = dice.choice([self.company, self.company, self.other])
            code = dice.choice(["USD", "EUR", "GBP"])
            currency = company.currency_id if code == "USD" else self.currencies[code]
            cents = dice.randrange(400, 100_000, 4)  # divisible by the rates
            booked = cents // int(RATES.get(code, 1))
            kind = dice.choice(
                ["invoice", "invoice", "draft", "credit", "part", "paid"]
            )
            row = expected[one.id, company.id]
            values = {"company": company, "currency": currency}
            if kind == "draft":
                self.invoice(partner, cents / 100, self.today, post=False, **values)
                row[3] += booked
                continue
            move_type = "out_refund" if kind == "credit" else "out_invoice"
            move = self.invoice(
                partner, cents / 100, date(2026, 3, 1), move_type=move_type, **values
            )
            if kind == "credit":
                row[1] -= booked
            elif kind in ("part", "paid"):
                share = booked if kind == "paid" else booked // 2
                self.pay_by_entry(move, share)
                row[0] += booked - share
            else:
                row[0] += booked
        companies = self.company | self.other
        found = self.env["ar.ledger"]._exposures(
            self.today, [one.id for one in customers], companies.ids
        )
        self.assertEqual(
            {key: list(row.parts) for key, row in found.items() if any(row.parts)},
            {key: row for key, row in expected.items() if any(row)},
        )
        # and the report shows the same, whatever its reader has ticked first
        report = self.env["ar.credit.exposure.report"].with_context(
            allowed_company_ids=companies.ids[::-1]
        )
        shown = {
            (row.partner_id.id, row.company_id.id): round(row.exposure_amount * 100)
            for row in report.search(
                [("partner_id", "in", [one.id for one in customers])]
            )
        }
        self.assertEqual(
            {key: total for key, total in shown.items() if total},
            {key: sum(row) for key, row in expected.items() if sum(row)},
        )

    def pay_by_entry(self, move, cents):
        """Take so much of the company's money off an invoice, at its own rate."""
        line = move.line_ids.filtered(
            lambda one: one.account_type == "asset_receivable"
        )
        company = move.company_id
        share = cents / round(line.balance * 100)
        other = self.env["account.account"].search(
            [("company_ids", "in", company.ids), ("account_type", "=", "income")],
            limit=1,
        )
        entry = (
            self.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": "entry",
                    "date": move.date,
                    "line_ids": [
                        Command.create(
                            {
                                "account_id": line.account_id.id,
                                "partner_id": line.partner_id.id,
                                "currency_id": line.currency_id.id,
                                "amount_currency": -line.amount_currency * share,
                                "balance": -cents / 100,
                            }
                        ),
                        Command.create(
                            {
                                "account_id": other.id,
                                "currency_id": line.currency_id.id,
                                "amount_currency": line.amount_currency * share,
                                "balance": cents / 100,
                            }
                        ),
                    ],
                }
            )
        )
        entry.action_post()
        (line | entry.line_ids.filtered("partner_id")).reconcile()

    def test_never_depends_on_the_company_ticked_or_on_who_looks(self):
        acme = self.customer()
        self.invoice(acme, 700, "2026-01-10")
        self.invoice(acme, 90, "2026-01-10", company=self.other)
        profile = self.profile(acme, 1000)
        both = self.user_with(
            "credit_manager",
            company=self.company,
            companies=self.company | self.other,
            login="both",
        )
        for user in (self.manager, self.clerk, both, self.env.user):
            for company in user.company_ids:
                seen = profile.with_user(user).with_context(
                    allowed_company_ids=(company | self.company).ids
                )
                self.assertEqual(
                    (seen.exposure_amount, seen.headroom_amount), (700, 300)
                )
        sales = self.user_with(login="sells")  # sees no entries at all
        rows = self.env(user=sales)["ar.ledger"]._exposures(
            self.today, acme.ids, self.company.ids
        )
        self.assertEqual(rows[acme.id, self.company.id].parts.total, 70000)

    def test_bills_count_once_their_receipt_is_booked(self):
        acme = self.customer()
        bill = self.env["ar.bill"].create(
            {
                "number": "B-1",
                "partner_id": acme.id,
                "amount": 250,
                "due_date": self.today + timedelta(days=30),
            }
        )
        bill.step_ids._take(bill, "receive", self.today)
        # no entry has taken the amount off the open items: nothing counts twice
        self.assertEqual(self.exposure(acme)[2], 0.0)

    def test_the_same_questions_for_one_and_for_many(self):
        customers = self.customers_named("Many", 6)
        for n, one in enumerate(customers):
            self.invoice(one, 100 + n, "2026-01-10")
            self.profile(one, 1000)
        profiles = self.env["ar.credit.profile"].search(
            [("partner_id", "in", customers.ids)]
        )
        counts = []
        for some in (profiles[:1], profiles):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(
                [one.exposure_amount for one in some],
                [100 + customers.ids.index(one.partner_id.id) for one in some],
            )
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1)

    def test_profile_report_card_and_engine_say_the_same(self):
        acme = self.customer()
        self.invoice(acme, 900, "2026-01-10", "2026-01-20")
        self.payment(acme, 150, "2026-02-01")
        profile = self.profile(
            acme, 2000, currency_id=self.currencies["EUR"].id, valid_to="2030-01-01"
        )
        self.env["ar.credit.cover"].create(
            {
                "profile_id": profile.id,
                "provider": "Insurer",
                "amount": 100,
                "share": 90,
                "valid_from": "2026-01-01",
            }
        )
        asked = (
            self.env["ar.credit.temporary.limit"]
            .with_user(self.clerk)
            ._ask(
                [
                    {
                        "profile_id": profile.id,
                        "amount": 60,
                        "valid_from": self.today,
                        "valid_to": self.today,
                        "reason": "Fair",
                    }
                ]
            )
        )
        self.decide(asked)
        # hand: (2000 + 90 + 60) EUR at 2 per dollar = 1075; exposure 750
        row = self.env["ar.credit.exposure.report"].search(
            [("partner_id", "=", acme.id), ("company_id", "=", self.company.id)]
        )
        for record in (profile, row):
            self.assertEqual(
                (record.exposure_amount, record.allowed_amount, record.headroom_amount),
                (750, 1075, 325),
            )
            self.assertEqual(record.used_percent, 70)
            self.assertEqual(record.overdue_amount, 900)
        self.assertEqual(
            (acme.ar_exposure_amount, acme.ar_allowed_amount, acme.ar_headroom_amount),
            (750, 1075, 325),
        )
        found = self.env["ar.credit.profile"].search(
            [("headroom_amount", "<=", 325), ("exposure_amount", ">", 749)]
        )
        self.assertIn(profile, found)
        self.assertNotIn(
            profile,
            self.env["ar.credit.profile"].search([("headroom_amount", "<", 325)]),
        )

    def test_a_family_shares_its_limit(self):
        one, two = self.customer("One"), self.customer("Two")
        self.invoice(one, 400, "2026-01-10")
        self.invoice(two, 350, "2026-01-10")
        self.invoice(two, 5000, "2026-01-10", company=self.other)
        profiles = self.profile(one, 1000) | self.profile(two, 1000)
        family = self.env["ar.credit.family"].create(
            {
                "name": "Kin",
                "company_id": self.company.id,
                "limit_amount": 800,
                "profile_ids": [Command.set(profiles.ids)],
            }
        )
        self.assertEqual((family.exposure_amount, family.headroom_amount), (750, 50))

    def test_drill_down_opens_what_the_figure_is_made_of(self):
        acme = self.customer()
        self.invoice(acme, 900, "2026-01-10")
        self.payment(acme, 150, "2026-02-01")
        self.draft(acme, 77)
        profile = self.profile(acme)
        for method, field, column in (
            ("action_view_open_items", "open_items_amount", "amount_residual"),
            ("action_view_unapplied", "unapplied_amount", "amount_residual"),
            ("action_view_drafts", "draft_invoices_amount", "amount_total_signed"),
        ):
            action = getattr(profile.with_user(self.manager), method)()
            records = self.env[action["res_model"]].search(action["domain"])
            self.assertEqual(sum(records.mapped(column)), profile[field], method)
