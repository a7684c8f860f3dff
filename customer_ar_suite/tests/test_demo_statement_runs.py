from odoo.tests import TransactionCase, tagged

from ..models.ar_demo import SAMPLE


@tagged("post_install", "-at_install")
class TestDemoStatementRuns(TransactionCase):
    """The sample story of statement runs, as it is told in the documentation."""

    def sample(self, name):
        return self.env.ref(f"{SAMPLE}.{name}")

    def test_finished_run(self):
        run = self.sample("statement_run_nl")
        self.assertEqual(run.state, "done")
        reasons = run.excluded_line_ids.mapped("exclusion_reason")
        self.assertIn("Account is being clarified", reasons)
        self.assertIn("want no e-mail", run.failed_line_ids.mapped("run_error")[0])
        states = run.done_line_ids.mapped("delivery_state")
        self.assertEqual(states.count("failed"), 1)
        self.assertGreater(states.count("sent"), 1)
        self.assertEqual(set(states), {"sent", "failed"})

    def test_nothing_leaves(self):
        waiting = self.env["mail.mail"].search(
            [("state", "=", "outgoing"), ("model", "=", "ar.statement")]
        )
        self.assertFalse(waiting)

    def test_waiting_run_and_schedules(self):
        self.assertEqual(self.sample("statement_run_cn").state, "preview")
        for code in ("nl", "cn"):
            schedule = self.sample(f"statement_schedule_{code}")
            self.assertFalse(schedule.active or schedule.is_automatic)
