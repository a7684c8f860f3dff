from odoo.tests import TransactionCase, tagged

from ..models.ar_demo import SAMPLE


@tagged("post_install", "-at_install")
class TestReconciliationDemo(TransactionCase):
    """The sample data show every state of a month end."""

    def sample(self, name):
        return self.env.ref(f"{SAMPLE}.{name}")

    def test_unmatched_receipts(self):
        for code in ("nl", "cn"):
            company = self.sample(f"company_{code}")
            rows = self.env["ar.unmatched.receipt"].with_context(
                allowed_company_ids=company.ids
            )
            lines = [self.sample(f"unmatched_{code}_{n}").id for n in range(3)]
            found = {
                row.statement_line_id.id: row
                for row in rows.search([("statement_line_id", "in", lines)])
            }
            mistyped, short, stranger = (found[line] for line in lines)
            self.assertEqual(mistyped.reference_state, "mistyped")
            self.assertEqual(short.amount_state, "less")
            self.assertEqual(stranger.why, "nothing")

    def test_settlements(self):
        for code in ("nl", "cn"):
            self.assertEqual(self.sample(f"settlement_run_{code}_one").state, "applied")
            run = self.sample(f"settlement_run_{code}_all")
            self.assertLessEqual(
                {"accepted", "proposed"}, set(run.settlement_ids.mapped("state"))
            )

    def test_month_end(self):
        states = set()
        for code in ("nl", "cn"):
            schedule = self.sample(f"reconciliation_schedule_{code}")
            self.assertTrue(schedule.active)
            states |= set(schedule.task_ids.mapped("state"))
            self.assertTrue(all(schedule.task_ids.mapped("is_intact")))
        self.assertEqual(states, {"open", "prepared", "signed"})

    def test_evidence(self):
        pack = self.sample("evidence_pack_nl")
        self.assertEqual((pack.run_state, pack.is_intact), ("done", True))
