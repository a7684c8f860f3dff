"""Expected payments: learned from the ledger, proven, shown, silent when not worth it."""

from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged

from ..engine.prediction.features import FEATURES
from ..models.ar_demo import SAMPLE
from .common import ArCommon, date

FIRST = date(2025, 10, 1)


def patient(due):
    """Falls due on Monday or Tuesday: paid on Thursday or Friday; else two days early."""
    return due + timedelta(days=3 if due.weekday() < 2 else -2)


def slow(due):
    return due + timedelta(days=5)


class PredictionCase(ArCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.user_with("credit_manager", login="prediction_manager")
        cls.collector = cls.user_with("collector", login="prediction_collector")
        cls.runs = cls.env["ar.prediction.run"].with_user(cls.manager)
        cls.patient = cls.customer("Patient Ltd")
        cls.slow = cls.customer("Slow Ltd")

    @classmethod
    def history(cls, last=None):
        """An invoice per working day and customer, in turn, paid by the customer's habit."""
        last = last or cls.AS_OF
        days = (FIRST + timedelta(days=n) for n in range((last - FIRST).days + 1))
        vals_list = [
            cls.invoice_values(customer, day)
            for number, day in enumerate(day for day in days if day.weekday() < 5)
            for customer in ((cls.patient,) if number % 3 else (cls.patient, cls.slow))
        ]
        invoices = cls.env["account.move"].create(vals_list)
        invoices.action_post()
        paid = invoices.filtered(lambda one: cls.paid_on(one) <= cls.AS_OF)
        cls.pay(paid.grouped(cls.paid_on))
        return invoices

    @classmethod
    def invoice_values(cls, customer, day, amount=100):
        return {
            "move_type": "out_invoice",
            "partner_id": customer.id,
            "invoice_date": day,
            "date": day,
            "invoice_payment_term_id": False,
            "invoice_date_due": day + timedelta(days=14),
            "invoice_line_ids": [
                Command.create(
                    {
                        "name": "Goods",
                        "price_unit": amount,
                        "tax_ids": [Command.clear()],
                    }
                )
            ],
        }

    @classmethod
    def paid_on(cls, move):
        habit = slow if move.partner_id == cls.slow else patient
        return habit(move.invoice_date_due)

    @classmethod
    def pay(cls, moves_of_day):
        """One entry of the bank journal for each day, which pays all of its invoices."""
        bank = cls.bank_journal.default_account_id
        entries = cls.env["account.move"].create(
            [
                {
                    "journal_id": cls.bank_journal.id,
                    "date": day,
                    "line_ids": [
                        Command.create(
                            {
                                "account_id": account.id,
                                "partner_id": move.partner_id.id,
                                "name": move.name,
                                "balance": sign * move.amount_total,
                            }
                        )
                        for move in moves
                        for account, sign in ((cls.receivable_account, -1), (bank, 1))
                    ],
                }
                for day, moves in moves_of_day.items()
            ]
        )
        entries.action_post()
        lines = cls.env["account.move.line"]
        lines._reconcile_plan(
            [
                cls.receivable_lines(move) | line
                for entry, moves in zip(entries, moves_of_day.values(), strict=True)
                for move, line in zip(moves, cls.receivable_lines(entry), strict=True)
            ]
        )

    def run_(self, **values):
        run = self.runs.create(
            {"as_of_date": self.AS_OF, "tested_month_count": 2, **values}
        )
        run.action_start()
        return run

    def settlements(self, as_of=None):
        rows = self.env["ar.ledger"]._settlements(
            FIRST, as_of or self.AS_OF, company_ids=self.company.ids
        )
        return {row[0]: row for row in rows}


@tagged("post_install", "-at_install")
class TestPaymentPredictions(PredictionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoices = cls.history()

    def test_expected_dates_follow_each_habit(self):
        run = self.run_()
        self.assertEqual(run.run_state, "done")
        self.assertEqual(run.model_id.state, "used")
        self.assertIn("foretold", run.verdict)
        opened = self.invoices.filtered(lambda one: one.payment_state == "not_paid")
        self.assertEqual(run.prediction_ids.move_id, opened)
        for one in run.prediction_ids:
            if one.due_date >= self.AS_OF + timedelta(days=3):
                habit = self.paid_on(one.move_id)
                self.assertEqual(one.expected_date, habit, one.move_id.name)
                self.assertEqual(one.late_probability > 0.5, habit > one.due_date)
                self.assertEqual(one.risk == "high", habit > one.due_date)
                self.assertTrue(one.reasons)
            if one.due_date < self.AS_OF:
                self.assertEqual(one.late_probability, 1.0)
                self.assertGreaterEqual(one.expected_date, self.AS_OF)
                self.assertIn("Overdue for", one.reasons)
        self.assertTrue(any(one.due_date < self.AS_OF for one in run.prediction_ids))

    def test_quality_stands_beside_the_naive_methods(self):
        version = self.run_().model_id
        tested = self.invoices.filtered(
            lambda one: one.invoice_date >= date(2026, 4, 1)
            and one.payment_state == "paid"
        )
        self.assertEqual(version.tested_count, len(tested))
        late = tested.filtered(lambda one: self.paid_on(one) > one.invoice_date_due)
        self.assertEqual(version.late_count, len(late))
        # everybody pays on the due date: 3 or 2 days off with the one, 5 with the other
        off = sum(
            abs((self.paid_on(one) - one.invoice_date_due).days) for one in tested
        )
        self.assertAlmostEqual(version.due_days_error, off / len(tested), places=2)
        self.assertLess(version.days_error, version.median_days_error)
        self.assertGreater(version.auc, version.naive_auc)
        self.assertEqual(version.weight_ids.mapped("name"), list(FEATURES))

    def test_payments_made_later_change_no_prediction(self):
        before = self.run_(as_of_date=date(2026, 6, 1))
        values = {
            one.move_line_id: (one.late_probability, one.expected_date, one.reasons)
            for one in before.prediction_ids
        }
        weights = before.model_id.weight_ids.mapped("weight")
        opened = self.invoices.filtered(
            lambda one: one.payment_state == "not_paid" and one.partner_id == self.slow
        )
        self.pay({date(2026, 7, 20): opened})
        again = self.run_(as_of_date=date(2026, 6, 1))
        self.assertEqual(again.model_id.weight_ids.mapped("weight"), weights)
        self.assertEqual(
            {
                one.move_line_id: (one.late_probability, one.expected_date, one.reasons)
                for one in again.prediction_ids
            },
            values,
        )

    def test_shown_on_invoice_items_and_customer(self):
        run = self.run_()
        one = run.prediction_ids.filtered(lambda row: row.partner_id == self.slow)[-1]
        move = one.move_id.with_user(self.collector)
        self.assertEqual(move.ar_expected_date, one.expected_date)
        self.assertEqual(move.ar_late_reasons, one.reasons)
        line = one.move_line_id.with_user(self.collector)
        self.assertEqual(line.ar_expected_date, one.expected_date)
        customer = self.slow.with_user(self.collector)
        likely = run.prediction_ids.filtered(
            lambda row: row.partner_id == self.slow and row.risk == "high"
        )
        self.assertEqual(customer.ar_likely_late_count, len(likely))
        action = customer.action_view_ar_predictions()
        found = self.env["ar.prediction"].search(action["domain"])
        self.assertEqual(found.partner_id, self.slow)
        report = self.env["ar.aging.report"].with_user(self.collector)
        row = report.search([("line_id", "=", line.id)])
        self.assertEqual(row.ar_expected_date, one.expected_date)
        paid = self.invoices.filtered(lambda move: move.payment_state == "paid")[0]
        self.assertFalse(paid.with_user(self.collector).ar_expected_date)

    def test_only_the_latest_predictions_are_kept(self):
        first = self.run_()
        second = self.run_()
        self.assertFalse(first.prediction_ids)
        self.assertTrue(second.prediction_ids)
        self.assertEqual(second.model_id.version, first.model_id.version + 1)
        with self.assertRaises(UserError):
            second.action_start()

    def test_who_may_what(self):
        for role in ("ar_clerk", "collector", "auditor"):
            user = self.user_with(role, login=f"prediction_{role}_2")
            with self.assertRaises(AccessError):
                self.env["ar.prediction.run"].with_user(user).create({})
        run = self.run_()
        with self.assertRaises(AccessError):
            run.with_user(self.collector).action_start()
        one = run.prediction_ids[0]
        with self.assertRaises(AccessError):
            one.with_user(self.manager).write({"expected_date": self.AS_OF})
        with self.assertRaises(AccessError):
            run.model_id.with_user(self.manager).write({"state": "unused"})

    def test_statements_do_not_depend_on_the_number_of_invoices(self):
        run = self.run_()
        items = run.prediction_ids
        counts = []
        for some in (items[:2], items):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            run._apply_items(some)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 3, counts)

    def test_every_night_where_it_is_switched_on(self):
        runs = self.env["ar.prediction.run"].with_user(self.env.ref("base.user_root"))
        before = runs.search_count([])
        runs._cron_predict()
        self.assertEqual(runs.search_count([]), before)
        self.company.ar_predict_payments = True
        runs._cron_predict()
        runs._cron_predict()
        made = runs.search([("company_id", "=", self.company.id)])
        self.assertEqual(len(made), 1)
        self.assertTrue(made.model_id)


@tagged("post_install", "-at_install")
class TestPredictionLimits(PredictionCase):
    """What is read from the ledger, and silence."""

    def test_what_counts_as_paid(self):
        day = date(2026, 3, 2)
        paid, partly, credited, open_ = (
            self.invoice(self.slow, 100, day, day + timedelta(days=10))
            for _n in range(4)
        )
        self.match(paid, self.payment(self.slow, 60, date(2026, 3, 15)))
        self.match(paid, self.payment(self.slow, 40, date(2026, 3, 20)))
        self.match(partly, self.payment(self.slow, 30, date(2026, 3, 21)))
        self.match(credited, self.credit_note(self.slow, 100, date(2026, 3, 22)))
        rows = self.settlements()
        lines = {move: self.receivable_lines(move).id for move in (paid, partly, open_)}
        self.assertEqual(set(rows), set(lines.values()))
        self.assertEqual(
            rows[lines[paid]],
            (
                *(lines[paid], self.slow.id, day, day + timedelta(days=10), 100_00),
                date(2026, 3, 20),
            ),
        )
        self.assertIsNone(rows[lines[partly]][-1])
        # before the second payment it was open
        earlier = self.settlements(date(2026, 3, 19))
        self.assertIsNone(earlier[lines[paid]][-1])
        self.assertNotIn(lines[paid], self.settlements(date(2026, 3, 1)))

    def test_silent_when_there_is_too_little(self):
        self.invoice(self.slow, 100, date(2026, 6, 1), date(2026, 7, 1))
        run = self.run_()
        self.assertEqual(run.run_state, "done")
        self.assertEqual(run.model_id.state, "too_few")
        self.assertIn("too few", run.verdict)
        self.assertFalse(run.prediction_ids)

    def test_another_companys_users_see_nothing(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        run = self.run_()
        stranger = self.user_with(
            "credit_manager", company=other, login="stranger_pred"
        )
        models = ("ar.prediction.run", "ar.prediction.model", "ar.prediction")
        for name in models:
            found = self.env[name].with_user(stranger).search([])
            self.assertNotIn(self.company, found.company_id)
        with self.assertRaises(AccessError):
            run.with_user(stranger).action_start()


@tagged("post_install", "-at_install")
class TestPredictionDemo(TransactionCase):
    """The sample story: what proved itself is shown, what did not stays silent."""

    def test_both_companies_have_learned(self):
        for code in ("cn", "nl"):
            run = self.env.ref(f"{SAMPLE}.prediction_run_{code}")
            version = run.model_id
            self.assertEqual(run.run_state, "done")
            self.assertTrue(version.verdict)
            self.assertEqual(bool(run.prediction_ids), version.state == "used")
            naive = min(version.due_days_error, version.median_days_error)
            is_better = version.days_error < naive and version.auc > version.naive_auc
            self.assertEqual(version.state == "used", is_better)
        self.assertTrue(run.company_id.ar_predict_payments)
