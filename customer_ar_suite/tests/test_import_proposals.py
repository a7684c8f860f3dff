"""Corrections in the dry run of a file; annual revenue and employees from a file."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_import import ImportCase

WIDE = "客户编码,客户名称,城市,年营业额,员工人数\n"


@tagged("post_install", "-at_install")
class TestImportProposals(ImportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.ar_propose_corrections = True

    def test_proposed_taken_over_applied(self):
        batch = self.dry_run(
            WIDE + 'T-01,"acme  trading co.,ltd",上海,,\nT-02,合格公司,上海,,\n'
        )
        odd, fine = batch.row_ids.sorted("number")
        self.assertEqual((odd.has_correction, fine.has_correction), (True, False))
        self.assertIn("Acme Trading Co., Ltd.", odd.finding_text)
        self.assertEqual((odd.status, odd.has_warning), ("create", False))
        (odd | fine).action_take_corrections()
        self.assertEqual((odd.name, odd.is_corrected), ("Acme Trading Co., Ltd.", True))
        self.assertFalse(odd.has_correction)
        self.assertFalse(fine.is_corrected)
        with self.assertRaisesRegex(UserError, "No correction"):
            (odd | fine).action_take_corrections()
        batch.action_apply()
        made = self.env["res.partner"].search([("ref", "=", "T-01")])
        self.assertEqual(made.name, "Acme Trading Co., Ltd.")

    def test_not_taken_over_nothing_changes(self):
        batch = self.dry_run(WIDE + 'T-01,"acme  trading co.,ltd",上海,,\n')
        batch.action_apply()
        made = self.env["res.partner"].search([("ref", "=", "T-01")])
        self.assertEqual(made.name.casefold(), "acme trading co.,ltd")

    def test_off_where_the_company_wants_none(self):
        self.env.company.ar_propose_corrections = False
        batch = self.dry_run(WIDE + 'T-01,"acme  trading co.,ltd",上海,,\n')
        self.assertFalse(batch.row_ids.has_correction)

    def test_only_the_clerk(self):
        batch = self.dry_run(WIDE + 'T-01,"acme  trading co.,ltd",上海,,\n')
        with self.assertRaises(AccessError):
            batch.row_ids.with_user(self.employee).action_take_corrections()

    def test_revenue_and_employees(self):
        batch = self.dry_run(WIDE + 'T-01,合格公司,上海,"1,250,000.50",320\n')
        codes = set(batch.mapping_ids.mapped("field_code"))
        self.assertLessEqual({"annual_revenue", "headcount"}, codes)
        batch.action_apply()
        made = self.env["res.partner"].search([("ref", "=", "T-01")])
        self.assertEqual((made.ar_annual_revenue, made.ar_headcount), (1250000.5, 320))
        currency = self.env.company.currency_id
        self.assertEqual(made.ar_annual_revenue_currency_id, currency)
        # the same again is no change; another number is one
        again = self.dry_run(
            WIDE + 'T-01,合格公司,上海,"1,250,000.50",320\nT-02,另一公司,上海,,\n',
            "客户2.csv",
        )
        self.assertEqual(self.statuses(again), ["same", "create"])
        more = self.dry_run(WIDE + "T-01,合格公司,上海,1300000,twelve\n", "客户3.csv")
        self.assertEqual(self.statuses(more), ["error"])

    def test_revenue_in_another_currency_is_told(self):
        other = self.env["res.currency"].search(
            [("id", "!=", self.env.company.currency_id.id)], limit=1
        )
        self.env["res.partner"].create(
            {
                "name": "合格公司",
                "ref": "T-01",
                "is_company": True,
                "ar_annual_revenue": 5000,
                "ar_annual_revenue_currency_id": other.id,
            }
        )
        batch = self.dry_run(WIDE + "T-01,合格公司,,5000,\n")
        self.assertEqual(self.statuses(batch), ["update"])
        self.assertIn(other.name, batch.row_ids.diff_html)
