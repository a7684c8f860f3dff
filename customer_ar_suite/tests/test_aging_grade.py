"""Aging by the grade a customer had on the date."""

from odoo.tests import tagged

from .common import date
from .test_receivables_reports import JUN_30, ReportCase

MAY_15 = date(2026, 5, 15)


@tagged("post_install", "-at_install")
class TestAgingGrade(ReportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice(cls.acme, 100, date(2026, 4, 1))
        cls.invoice(cls.bolt, 40, date(2026, 4, 1))
        cls.good, cls.poor = cls.env["ar.credit.grade"].search([], limit=2)
        cls.card = cls.env["ar.scorecard"].create(
            cls.env["ar.scorecard"]._standard_vals(cls.company)
        )
        # acme was good from 1 May, is poor from 1 June; bolt was never rated
        for day, grade, is_current in (
            (date(2026, 5, 1), cls.good, False),
            (date(2026, 6, 1), cls.poor, True),
        ):
            cls.env["ar.rating"].sudo()._insert(
                [
                    {
                        "partner_id": cls.acme.id,
                        "company_id": cls.company.id,
                        "scorecard_id": cls.card.id,
                        "as_of_date": day,
                        "confirmed_on": day,
                        "grade_id": grade.id,
                        "is_current": is_current,
                    }
                ]
            )

    def grades(self, as_of=JUN_30):
        """{grade: balance} of both customers"""
        rows = self.report("ar.aging.report", ar_as_of=as_of)._read_group(
            [("partner_id", "in", (self.acme | self.bolt).ids)],
            ["grade_id"],
            ["residual_amount:sum"],
        )
        return dict(rows)

    def test_grade_of_the_date(self):
        none = self.env["ar.credit.grade"]
        self.assertEqual(self.grades(), {self.poor: 100, none: 40})
        self.assertEqual(self.grades(MAY_15), {self.good: 100, none: 40})
        self.assertEqual(self.grades(date(2026, 4, 30)), {none: 140})

    def test_grade_set_by_somebody_goes_before(self):
        self.env["ar.rating.override"].sudo()._insert(
            [
                {
                    "partner_id": self.bolt.id,
                    "company_id": self.company.id,
                    "grade_id": self.poor.id,
                    "reason": "New management",
                    "valid_from": date(2026, 5, 10),
                    "valid_to": date(2026, 5, 31),
                    "state": "expired",
                    "decided_by_id": decided.id if decided else False,
                }
                # a request nobody decided on has ended, too
                for decided in (self.env.user, None)
            ]
        )
        self.assertEqual(self.grades(MAY_15), {self.good: 100, self.poor: 40})
        none = self.env["ar.credit.grade"]
        self.assertEqual(self.grades(), {self.poor: 100, none: 40})

    def test_grade_and_payables_together(self):
        self.company.ar_shows_payables = True
        self.invoice(self.acme, 30, date(2026, 6, 2), move_type="in_invoice")
        rows = self.report("ar.aging.report", ar_as_of=JUN_30)._read_group(
            [("partner_id", "=", self.acme.id)],
            ["grade_id"],
            ["residual_amount:sum", "net_amount:sum"],
        )
        self.assertEqual(rows, [(self.poor, 100, 70)])
