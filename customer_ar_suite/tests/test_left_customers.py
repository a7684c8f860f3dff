"""Customers who have left for good, erased or closed: no rating, no rule, no proposal."""

from odoo.tests import tagged

from .common_closing import ClosingCase
from .test_classification import ClassificationCase
from .test_rating import DAY, RatingCase


@tagged("post_install", "-at_install")
class TestLeftErased(ClassificationCase):
    def setUp(self):
        super().setUp()
        self.acme, self.gone = self.customer("Acme"), self.customer("Person")

    def erase(self):
        """As the erasure leaves a person."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET ar_erased_on = %s WHERE id = %s",
            [self.today, self.gone.id],
        )
        self.env.invalidate_all()
        self.gone._ar_withdraw_proposals()

    def test_rules_leave_them_alone(self):
        self.invoice(self.acme, 100, self.today)
        self.invoice(self.gone, 100, self.today)
        self.erase()
        self.rule(self.gold, ("revenue", "at_least", 1))
        self.assertEqual(self.preview().line_ids.partner_id & self.gone, self.gone[:0])
        self.night()
        self.assertEqual(self.held(self.acme).category_id, self.gold)
        self.assertFalse(self.held(self.gone))
        self.assertNotIn(
            self.gone, self.env["res.partner"].search(self.tier._unassigned_domain())
        )

    def test_nor_those_that_decide_at_once(self):
        self.erase()
        self.rule(self.gold, domain="[('city', '=', 'X')]")
        (self.acme + self.gone).city = "X"
        self.assertTrue(self.held(self.acme))
        self.assertFalse(self.held(self.gone))

    def test_they_are_not_scored(self):
        self.invoice(self.acme, 100, self.today)
        self.invoice(self.gone, 100, self.today)
        self.erase()
        scores = self.env["customer.trading.score"]
        scores._score(self.company)
        scored = scores.search([("company_id", "=", self.company.id)]).partner_id
        self.assertIn(self.acme, scored)
        self.assertNotIn(self.gone, scored)

    def test_their_data_are_not_looked_at(self):
        self.erase()
        facts = self.env["customer.quality.facts"]
        found = self.env["res.partner"].search(facts._customers_domain(self.company))
        self.assertIn(self.acme, found)
        self.assertNotIn(self.gone, found)

    def test_what_was_proposed_is_settled(self):
        terms = self.env["account.payment.term"].create({"name": "60 days"})
        self.env["customer.category.default"].create(
            {
                "category_id": self.gold.id,
                "company_id": self.company.id,
                "payment_term_id": terms.id,
            }
        )
        assign = self.env["customer.category.assignment"]._assign
        both = self.acme + self.gone
        assign(dict.fromkeys(both.ids, self.gold.id), self.tier, "import", self.today)
        proposals = self.env["customer.category.proposal"].search(
            [("partner_id", "in", both.ids)]
        )
        self.assertEqual(set(proposals.mapped("state")), {"open"})
        self.erase()
        by_partner = {one.partner_id: one.state for one in proposals}
        self.assertEqual(by_partner, {self.acme: "open", self.gone: "outdated"})
        # and nothing new is
        assign({self.gone.id: False}, self.tier, "import", self.today)
        assign({self.gone.id: self.gold.id}, self.tier, "import", self.today)
        self.assertFalse(
            proposals.search(
                [("partner_id", "=", self.gone.id), ("state", "=", "open")]
            )
        )


@tagged("post_install", "-at_install")
class TestLeftRating(RatingCase):
    def test_nobody_rates_who_was_erased(self):
        # given two customers who pay alike, one of them erased afterwards
        acme, gone = self.customer("Acme"), self.customer("Person")
        for months in range(1, 8):
            day = self.today - 30 * months * DAY
            for partner in (acme, gone):
                self.invoice(partner, 1200, day - 30 * DAY, day)
        self.env["ar.grade.policy"].create(
            [
                {
                    "company_id": self.company.id,
                    "grade_id": grade.id,
                    "month_count": 2,
                    "round_to_amount": 100,
                }
                for grade in self.grades.values()
            ]
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET ar_erased_on = %s WHERE id = %s",
            [self.today, gone.id],
        )
        self.env.invalidate_all()
        # when the night comes
        self.rate(self.card(), by_dates=False)
        # then he has neither grade nor proposal
        self.assertTrue(self.current(acme))
        self.assertFalse(self.current(gone))
        asked = self.env["ar.grade.proposal"].search([]).partner_id
        self.assertIn(acme, asked)
        self.assertNotIn(gone, asked)


@tagged("post_install", "-at_install")
class TestLeftClosed(ClosingCase):
    def test_closed_until_reopened(self):
        partners = self.env["res.partner"].with_context(active_test=False)
        self.assertFalse(self.customer.ar_has_left)
        self.closed()
        self.assertTrue(self.customer.ar_has_left)
        self.assertTrue(self.contact.ar_has_left)
        self.assertIn(self.customer, partners.search([("ar_has_left", "=", True)]))
        self.assertNotIn(self.customer, partners.search([("ar_has_left", "=", False)]))
        self.approve(self.ask("reopen"))
        self.assertFalse(self.customer.ar_has_left)
        self.assertIn(self.customer, partners.search([("ar_has_left", "=", False)]))
