"""Money on suspense whose payer is known: unapplied cash where a company wants it so."""

from odoo.tests import tagged

from .test_adjustments import AdjustmentCommon


@tagged("post_install", "-at_install")
class TestCreditSuspense(AdjustmentCommon):
    def setUp(self):
        super().setUp()
        self.owed = self.invoice(self.acme, 500, "2026-05-01")
        self.known = self.bank_line(300, "2026-05-20", "pmt", partner=self.acme)
        self.bank_line(70, "2026-05-21", "from somebody")
        self.bank_line(-20, "2026-05-22", "to Acme", partner=self.acme)
        self.profile = self.env["ar.credit.profile"].create(
            {"partner_id": self.acme.id, "company_id": self.company.id}
        )

    def unapplied(self):
        self.profile.invalidate_recordset()
        return self.profile.unapplied_amount, self.profile.exposure_amount

    def test_by_default_it_counts_when_it_is_applied(self):
        self.assertFalse(self.company.ar_counts_suspense)
        self.assertEqual(self.unapplied(), (0, 500))
        self.apply(self.choose(self.known, [(self.owed, 300)]))
        self.assertEqual(self.unapplied(), (0, 200))

    def test_switched_on_it_counts_once(self):
        # the switch in the settings; money without a payer and money out do not count
        self.env["res.config.settings"].create({"ar_counts_suspense": True}).execute()
        self.assertTrue(self.company.ar_counts_suspense)
        self.assertEqual(self.unapplied(), (-300, 200))
        # the list behind the figure has it
        opened = self.profile.action_view_unapplied()
        items = self.env["account.move.line"].search(opened["domain"])
        self.assertEqual(items.mapped("balance"), [-300])
        # applied in part: on the receivable account, and no longer on suspense
        self.apply(self.choose(self.known, [(self.owed, 300)]))
        self.assertEqual(self.unapplied(), (0, 200))
        self.assertFalse(self.env["account.move.line"].search(opened["domain"]))

    def test_a_hold_sees_it(self):
        self.profile.limit_amount = 600
        self.env["ar.hold.rule"].search([]).active = False
        self.env["ar.hold.rule"].create(
            {"name": "Limit", "action": "approve", "company_id": self.company.id}
        )
        move = self.invoice(self.acme, 200, "2026-05-25", post=False)
        self.assertEqual(move.ar_credit_verdict, "approve")
        self.company.ar_counts_suspense = True
        move.invalidate_recordset()
        self.assertEqual(move.ar_credit_verdict, "free")
