"""Ratings: figures against a second calculation, exact again, nothing of what comes later."""

from datetime import timedelta

from hypothesis import given
from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common_credit import CreditCase
from .engine.case import examples
from .engine.rating_histories import AS_OF, Window, figures, histories

DAY = timedelta(days=1)


class RatingCase(CreditCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ar.scorecard"].search([("state", "=", "in_force")])._keep(
            state="superseded"
        )
        cls.cards = cls.env["ar.scorecard"]
        cls.grades = {
            grade.name: grade for grade in cls.env["ar.credit.grade"].search([])
        }

    @classmethod
    def card(cls, activate=True, **values):
        """The standard scorecard, in force."""
        card = cls.cards.with_user(cls.manager).create(
            {
                **cls.cards._standard_vals(cls.company),
                "least_percent": 20,
                "grace_days": 0,
                **values,
            }
        )
        if activate:
            card.action_activate()
        return card

    @classmethod
    def rate(cls, card, day=None, by_dates=True, **values):
        run = cls.env["ar.rating.run"].create(
            {
                "company_id": cls.company.id,
                "scorecard_id": card.id,
                "as_of_date": day or cls.today,
                "by_dates": by_dates,
                **values,
            }
        )
        run.action_start()
        return run

    @classmethod
    def current(cls, partner):
        return cls.env["ar.rating"].search(
            [("partner_id", "=", partner.id), ("is_current", "=", True)]
        )

    def book(self, partner, history):
        """The invoices and payments of a history, reconciled pairwise."""
        self.settled(
            [
                (
                    partner,
                    one.amount / 100,
                    one.invoiced_on,
                    one.due,
                    [(day, amount / 100) for day, amount in one.paid],
                )
                for one in history
            ]
        )

    def loaded(self, partner, day, window, known_on=None):
        found = self.env["ar.rating.inputs"]._load(
            self.company, window, partner.ids, known_on
        )
        return found[partner.id]

    def window(self, day=AS_OF, months=12, recent=3, grace=0):
        card = self.cards.new(
            {
                "month_count": months,
                "recent_month_count": recent,
                "grace_days": grace,
            }
        )
        return card._window(day)


@tagged("post_install", "-at_install")
class TestRatingFigures(RatingCase):
    @examples(6)
    @given(histories(most=4))
    def test_the_database_finds_what_the_second_way_finds(self, history):
        with self.rolled_back():
            acme = self.customer()
            self.book(acme, history)
            for grace, months in ((0, 12), (5, 6)):
                found = self.loaded(acme, AS_OF, self.window(AS_OF, months, 2, grace))
                expected = figures(history, AS_OF, Window(months, 2, grace))
                if expected.tenure_months is None:
                    self.assertIsNone(found.due_count)
                    continue
                self.assertEqual(
                    found._replace(company_invoiced_amount=None, open_amount=0),
                    expected._replace(open_amount=0),
                )
                self.assertEqual(found.open_amount or 0, expected.open_amount)

    def test_credit_notes_are_no_payments(self):
        acme = self.customer()
        invoice = self.invoice(acme, 1000, AS_OF - 60 * DAY, AS_OF - 30 * DAY)
        self.match(invoice, self.credit_note(acme, 400, AS_OF - 10 * DAY))
        self.match(invoice, self.payment(acme, 600, AS_OF - 20 * DAY))
        found = self.loaded(acme, AS_OF, self.window())
        self.assertEqual((found.due_amount, found.late_amount_days), (60_000, 600_000))
        self.assertEqual((found.overdue_amount, found.open_amount or 0), (0, 0))

    def test_another_company_does_not_count(self):
        other = self.setup_other_company(name="Elsewhere")["company"]
        acme = self.customer()
        self.invoice(acme, 500, AS_OF - 60 * DAY, company=other)
        found = self.loaded(acme, AS_OF, self.window())
        self.assertIsNone(found.due_count)

    def test_limits_accounts_and_scores_of_others(self):
        acme = self.customer()
        self.invoice(acme, 500, self.today - 60 * DAY, self.today + DAY)
        euro = self.foreign_currency("EUR", (("2020-01-01", 2.0),))
        profile = self.profile(acme, 1000)
        profile.write({"limit_amount": 2000, "currency_id": euro.id})
        self.env["ar.financial.statement"].create(
            {
                "partner_id": acme.id,
                "company_id": self.company.id,
                "year_end": self.today - 200 * DAY,
                "published_on": self.today - 100 * DAY,
                "revenue_amount": 1000,
                "profit_amount": -25,
                "asset_amount": 800,
                "equity_amount": 300,
                "current_asset_amount": 330,
                "current_liability_amount": 220,
            }
        )
        source = self.env["ar.score.source"].create(
            {"name": "Agency", "best_value": 1, "worst_value": 6, "weight": 3}
        )
        words = self.env["ar.score.source"].create(
            {
                "name": "Insurer",
                "kind": "words",
                "word_ids": [Command.create({"name": "A", "points": 80})],
            }
        )
        scores = self.env["ar.external.score"].with_user(self.manager)
        for one, text, day in (
            (source, "6", self.today - 90 * DAY),
            (source, "2.5", self.today - 30 * DAY),
            (words, "A", self.today - 30 * DAY),
            (words, "a", self.today - 700 * DAY),
        ):
            scores.create(
                {
                    "partner_id": acme.id,
                    "source_id": one.id,
                    "score_text": text,
                    "scored_on": day,
                }
            )
        found = self.loaded(acme, self.today, self.window(self.today))
        # 2,000 EUR at 2 EUR per dollar are 1,000; (3 x 70 + 1 x 80) / 4 = 72.5
        self.assertEqual((found.limit_amount, found.open_amount), (100_000, 50_000))
        self.assertEqual(found.external_score, 7250)
        self.assertEqual(
            (found.equity_share, found.current_ratio, found.profit_margin),
            (3750, 150, -250),
        )
        early = self.loaded(
            acme, self.today - 100 * DAY - DAY, self.window(self.today - 101 * DAY)
        )
        self.assertEqual((early.equity_share, early.external_score), (None, None))

    def test_dishonoured_bills(self):
        acme = self.customer()
        inputs = self.env["ar.rating.inputs"]
        self.assertFalse(
            inputs._load_returned(self.company, self.window(), acme.ids, None)
        )


@tagged("post_install", "-at_install")
class TestRating(RatingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.good, cls.bad = cls.customer("Good"), cls.customer("Bad")
        rows = []
        for months in range(1, 10):
            day = cls.today - 30 * months * DAY
            for partner, late in ((cls.good, 0), (cls.bad, 75)):
                paid = day + late * DAY
                parts = [(paid, 1000)] if paid <= cls.today else []
                rows.append((partner, 1000, day - 30 * DAY, day, parts))
        cls.settled(rows)

    def test_a_night_rates_all_and_says_why(self):
        card = self.card()
        run = self.rate(card, by_dates=False)
        good, bad = self.current(self.good), self.current(self.bad)
        self.assertEqual(run.run_state, "done")
        self.assertGreater(good.score, 85)
        self.assertLess(bad.score, 40)
        self.assertEqual(good.grade_id.color, "success")
        for one in good | bad:
            # points add up to the score, to the hundredth
            total = sum(line[4] for line in one.lines)
            self.assertEqual(total, round(one.score * 100))
            self.assertTrue(one.is_exact)
            self.assertEqual(one.movement, "first")
            one.with_user(self.manager).action_recompute()
        # what nobody keeps yet is named, and its weight spread
        self.assertIn("its weight of 3 is spread", bad.lines_html)
        self.assertIn("late on average", bad.lines_html)
        self.assertTrue(bad.lift_text)
        self.assertIn("<svg", bad.history_html)

    def test_tampered_figures_are_noticed(self):
        self.rate(self.card(), by_dates=False)
        bad = self.current(self.bad)
        self.env.cr.execute(
            "UPDATE ar_rating SET score = 99.99 WHERE id = %s", [bad.id]
        )
        bad.invalidate_recordset()
        self.assertFalse(bad.is_exact)
        with self.assertRaises(UserError):
            bad.action_recompute()
        for write in (
            lambda: bad.write({"score": 1}),
            lambda: bad.sudo().write({"grade_id": False}),
            lambda: bad.sudo().unlink(),
        ):
            with self.assertRaises(AccessError):
                write()

    def test_the_same_figures_are_confirmed_and_changes_are_told(self):
        card = self.card()
        first = self.rate(card, by_dates=False)
        self.assertFalse(first.message_ids.filtered(lambda m: "Grades" in m.body))
        again = self.rate(card, by_dates=False)
        ratings = self.env["ar.rating"].search([("partner_id", "=", self.good.id)])
        self.assertEqual((len(ratings), again.up_count + again.down_count), (1, 0))
        self.assertFalse(again.message_ids.filtered(lambda m: "Grades" in m.body))
        # the good one stops paying: an old invoice appears that nobody paid
        self.invoice(self.good, 9000, self.today - 200 * DAY, self.today - 170 * DAY)
        third = self.rate(card, by_dates=False)
        now = self.current(self.good)
        self.assertEqual((third.down_count, third.up_count), (1, 0))
        self.assertEqual(
            (now.movement, now.previous_grade_id), ("down", ratings.grade_id)
        )
        self.assertEqual(
            len(third.message_ids.filtered(lambda m: "Grades have changed" in m.body)),
            1,
        )
        items = self.env["ar.rating.item"].search(
            [("run_id", "=", third.id), ("movement", "=", "down")]
        )
        self.assertEqual(items.partner_id, self.good)

    def test_what_happens_later_changes_no_earlier_score(self):
        card = self.card()
        day = self.today - 45 * DAY
        run = self.rate(card, day)
        before = run.item_ids.rating_id.filtered(lambda r: r.partner_id == self.bad)
        figures_before = before.inputs
        # then everything is paid, invoiced and credited after that day
        for partner in (self.good, self.bad):
            self.invoice(partner, 70_000, day + DAY, day + 20 * DAY)
            for move in self.env["account.move"].search(
                [
                    ("partner_id", "=", partner.id),
                    ("payment_state", "!=", "paid"),
                    ("invoice_date", "<=", day),
                ]
            ):
                self.match(move, self.payment(partner, move.amount_residual, day + DAY))
        again = self.rate(card, day)
        after = again.item_ids.rating_id.filtered(lambda r: r.partner_id == self.bad)
        self.assertEqual(after, before)
        self.assertEqual(after.inputs, figures_before)

    def test_only_what_was_known_counts_for_a_day_in_the_past(self):
        # everything here was entered just now: on a day in the past nothing was known
        run = self.rate(self.card(), self.today - 45 * DAY, by_dates=False)
        self.assertFalse(run.item_ids.rating_id)
        self.assertEqual(run.unrated_count, len(run.item_ids))
        profile = self.profile(self.good, 500)
        profile.limit_amount = 900
        moment = fields.Datetime.now() - timedelta(hours=1)
        former = self.env["ar.rating.inputs"]._former_limits(profile, moment)
        self.assertEqual(former[profile.id][0], 0)

    def test_an_earlier_day_is_history_not_the_present(self):
        card = self.card()
        self.rate(card, by_dates=False)
        now = self.current(self.bad)
        self.rate(card, self.today - 90 * DAY)
        self.assertEqual(self.current(self.bad), now)
        rows = self.env["ar.rating"].search([("partner_id", "=", self.bad.id)])
        self.assertEqual(len(rows), 2)

    def test_versions_of_scorecards(self):
        first = self.card()
        with self.assertRaises(UserError):
            first.month_count = 3
        with self.assertRaises(UserError):
            first.sudo().factor_ids[0].weight = 99
        with self.assertRaises(UserError):
            first.sudo().factor_ids[0].step_ids[0].points = 1
        with self.assertRaises(AccessError):
            first.sudo().write({"state": "draft"})
        self.rate(first, by_dates=False)
        old = self.current(self.bad)
        draft = self.cards.browse(
            first.with_user(self.manager).action_new_version()["res_id"]
        )
        with Form(draft) as form:
            form.name = "Second"
            with form.factor_ids.edit(0) as line:
                line.weight = 60
        draft.with_user(self.manager).action_activate()
        self.assertEqual(
            (first.state, draft.state, draft.version), ("superseded", "in_force", 2)
        )
        self.rate(draft, by_dates=False)
        new = self.current(self.bad)
        self.assertNotEqual(new, old)
        self.assertTrue(old.is_exact and new.is_exact)
        with self.assertRaises(UserError):
            self.rate(first)
        refused = self.assertRaises(IntegrityError)
        with mute_logger("odoo.sql_db"), refused, self.env.cr.savepoint():
            first._keep(state="in_force")
            first.flush_recordset()

    def test_scorecards_that_would_rate_by_chance_are_not_activated(self):
        card = self.card(activate=False)
        best = card.band_ids.filtered(lambda band: band.grade_id == self.grades["AAA"])
        best.from_score = 1
        with self.assertRaises(UserError):
            card.action_activate()
        best.from_score = 95
        line = card.factor_ids[0]
        line.step_ids[0].points = 5
        with self.assertRaisesRegex(UserError, "fewer points"):
            card.action_activate()
        self.assertEqual(card.state, "draft")

    def test_who_may(self):
        card = self.card()
        for user in (
            self.clerk,
            self.user_with("auditor"),
            self.user_with("collector"),
        ):
            with self.assertRaises(AccessError):
                card.with_user(user).action_rate()
            with self.assertRaises(AccessError):
                card.with_user(user).action_new_version()
        self.assertTrue(card.with_user(self.manager).action_rate())

    def test_statements_do_not_depend_on_the_number_of_customers(self):
        card = self.card()
        counts = []
        for _round in range(2):
            run = self.env["ar.rating.run"].create(
                {"company_id": self.company.id, "scorecard_id": card.id}
            )
            run._load_customers()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            run._apply_items(run._next_items())
            self.env.flush_all()
            counts.append((self.env.cr.sql_log_count - before, len(run.item_ids)))
            self.invoices(
                self.customers_named("More", 12),
                100,
                self.today - 90 * DAY,
                self.today - 60 * DAY,
            )
        (few, _), (many, count) = counts
        self.assertGreater(count, 13)
        self.assertLessEqual(many, few)

    def test_nobody_is_rated_before_a_scorecard_is_activated(self):
        self.card(activate=False)
        self.env["ar.rating.run"]._cron_rate()
        self.assertFalse(
            self.env["ar.rating.run"].search([("company_id", "=", self.company.id)])
        )

    def test_one_run_a_night(self):
        self.card()
        for _again in range(2):
            self.env["ar.rating.run"]._cron_rate()
        runs = self.env["ar.rating.run"].search([("company_id", "=", self.company.id)])
        self.assertEqual(
            (len(runs), runs.run_state, runs.is_nightly), (1, "done", True)
        )
        refused = self.assertRaises(IntegrityError)
        with mute_logger("odoo.sql_db"), refused, self.env.cr.savepoint():
            runs.copy({"is_nightly": True}).flush_recordset()

    def test_migration_between_grades(self):
        card = self.card()
        end = self.today.replace(day=1) - DAY
        before = end.replace(day=1) - DAY
        self.rate(card, before)
        self.rate(card, end)
        report = self.env["ar.rating.migration"].search(
            [("partner_id", "=", self.bad.id), ("month", "=", end)]
        )
        grades = {
            day: self.env["ar.rating"]
            .search(
                [("partner_id", "=", self.bad.id), ("as_of_date", "<=", day)], limit=1
            )
            .grade_id
            for day in (before, end)
        }
        self.assertEqual(report.from_grade_id, grades[before])
        self.assertEqual(report.to_grade_id, grades[end])
        pivot = self.env["ar.rating.migration"]._read_group(
            [], ["from_grade_id", "to_grade_id"], ["__count"]
        )
        self.assertTrue(pivot)
