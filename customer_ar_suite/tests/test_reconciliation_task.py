"""Reconciliation tasks: made once, prepared, signed by another, locked, taken back."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import date
from .common_reconciliation import JUNE, ReconciliationCommon


@tagged("post_install", "-at_install")
class TestReconciliationTask(ReconciliationCommon):
    def schedule(self, **values):
        return (
            self.env["ar.reconciliation.schedule"]
            .with_user(self.accountant)
            .create(
                {
                    "name": "Month end",
                    "company_id": self.company.id,
                    "journal_ids": [Command.set(self.bank_journal.ids)],
                    "all_customers": True,
                    "user_id": self.clerk.id,
                    "active": True,
                    **values,
                }
            )
        )

    def tasks(self, **values):
        schedule = self.schedule(**values)
        schedule._make_tasks(date(2026, 7, 10))
        return schedule.task_ids.sorted("kind")

    def test_tasks_of_a_period_once_with_their_day_and_reminder(self):
        schedule = self.schedule()
        with self.assertNotSent():
            schedule._make_tasks(date(2026, 7, 10))
            schedule._make_tasks(date(2026, 7, 11))
        bank, customers = schedule.task_ids.sorted("kind")
        self.assertEqual((bank.kind, customers.kind), ("bank", "customers"))
        self.assertEqual((bank.date_from, bank.as_of_date), (date(2026, 6, 1), JUNE))
        # the fifth working day of July 2026: 1, 2, 3, 6, 7
        self.assertEqual(bank.due_date, date(2026, 7, 7))
        activity = bank.activity_ids
        self.assertEqual(
            (activity.user_id, activity.date_deadline), (self.clerk, bank.due_date)
        )
        # a quarter has its own
        quarter = self.tasks(cadence="quarterly", all_customers=False)
        self.assertEqual(
            (quarter.date_from, quarter.as_of_date), (date(2026, 4, 1), JUNE)
        )

    def assertNotSent(self):
        test = self

        class Nothing:
            def __enter__(self):
                self.before = test.env["mail.mail"].search_count([])

            def __exit__(self, *_error):
                test.assertEqual(test.env["mail.mail"].search_count([]), self.before)

        return Nothing()

    def test_inactive_schedules_make_nothing(self):
        schedule = self.schedule(active=False)
        self.env["ar.reconciliation.schedule"]._cron_reconcile()
        self.assertFalse(schedule.task_ids)

    def test_prepare_sign_lock_reopen(self):
        invoice = self.invoice(self.acme, 1000, "2026-05-01")
        self.statement(0, 1000, (1000, "2026-06-02", invoice.name, self.acme))
        bank, _customers = self.tasks()
        with self.assertRaises(UserError):
            bank.with_user(self.accountant).action_sign()  # nothing is prepared
        # when the accountant prepares, he cannot sign
        bank.with_user(self.accountant).action_prepare()
        self.assertTrue(bank.bank_reconciliation_id.is_equal)
        with self.assertRaises(UserError):
            bank.with_user(self.accountant).action_sign()
        with self.assertRaises(AccessError):
            bank.with_user(self.clerk).action_sign()
        bank.with_user(self.manager).action_sign()
        self.assertEqual((bank.state, bank.signed_by_id), ("signed", self.manager))
        self.assertTrue(bank.is_intact)
        self.assertFalse(bank.activity_ids)
        # then nothing of it can be written, computed or deleted
        statement = bank.bank_reconciliation_id
        with self.assertRaises(UserError):
            bank.with_user(self.clerk).write({"remark": "x"})
        with self.assertRaises(UserError):
            bank.with_user(self.clerk).action_prepare()
        with self.assertRaises(UserError):
            statement.with_user(self.clerk).write({"as_of_date": "2026-06-29"})
        with self.assertRaises(UserError):
            statement.with_user(self.clerk).action_compute()
        with self.assertRaises(UserError):
            statement.with_user(self.clerk).unlink()
        signoff = bank.signoff_id
        for call in (
            lambda: signoff.sudo().write({"fingerprint": "x"}),
            lambda: signoff.sudo().unlink(),
            lambda: signoff.sudo().create([{}]),
        ):
            with self.assertRaises(AccessError):
                call()
        # and who goes behind our backs is seen
        self.env.cr.execute(
            "UPDATE ar_bank_reconciliation SET bank_amount = 7 WHERE id = %s",
            [statement.id],
        )
        self.env.invalidate_all()
        self.assertFalse(bank.is_intact)
        self.env.cr.execute(
            "UPDATE ar_bank_reconciliation SET bank_amount = 1000 WHERE id = %s",
            [statement.id],
        )
        self.env.invalidate_all()
        # when it is taken back, with a reason
        with self.assertRaises(AccessError):
            bank.with_user(self.accountant).action_reopen()
        action = bank.with_user(self.manager).action_reopen()
        dialog = self.env["ar.reconciliation.reopen"].with_user(self.manager)
        dialog.with_context(**action["context"]).create(
            {"reason": "late entry"}
        ).action_confirm()
        self.assertEqual((bank.state, bank.signoff_id.id), ("prepared", False))
        self.assertEqual(signoff.withdrawn_reason, "late entry")
        events = self.env["customer.audit.entry"].search(
            [("event", "in", ("reconciliation.sign", "reconciliation.reopen"))]
        )
        self.assertEqual(len(events), 2)

    def test_a_difference_needs_a_word(self):
        self.statement(400, 450, (50, "2026-06-02", "x", None))
        bank, _customers = self.tasks()
        bank.with_user(self.clerk).action_prepare()
        self.assertEqual(bank.difference_amount, 400)
        with self.assertRaises(UserError):
            bank.with_user(self.manager).action_sign()
        bank.with_user(self.clerk).remark = "Opening is booked in July."
        bank.with_user(self.manager).action_sign()
        self.assertEqual(bank.state, "signed")

    def test_figures_of_customers(self):
        self.invoice(self.acme, 1000, "2026-05-01")
        self.invoice(self.bravo, 500, "2026-06-20", "2026-07-20")
        self.payment(self.acme, 200, "2026-06-20")
        self.payment(self.acme, 300, "2026-07-03")
        _bank, customers = self.tasks()
        customers.with_user(self.clerk).action_prepare()
        found = {figure.code: figure.amount for figure in customers.figure_ids}
        self.assertEqual(
            [
                found[code]
                for code in ("balance", "ledger", "tie_out", "overdue", "unapplied")
            ],
            [1300, 1300, 0, 1000, -200],
        )
        customers.with_user(self.manager).action_sign()
        self.assertTrue(customers.is_intact)

    def test_late_ones_are_reminded_of_once(self):
        bank, _customers = self.tasks()
        bank.activity_ids.unlink()
        tasks = self.env["ar.reconciliation.task"]
        tasks._remind(date(2026, 8, 1))
        tasks._remind(date(2026, 8, 1))
        self.assertEqual(len(bank.activity_ids), 1)
