"""Payments the bank took back, in part or whole, as figures of ratings."""

from datetime import datetime, timedelta

from odoo.tests import tagged

from ..engine.rating.base import FACTORS
from .common import date
from .test_returns_partial import PartialReturnCommon

AS_OF = date(2026, 6, 30)


@tagged("post_install", "-at_install")
class TestRatingReturns(PartialReturnCommon):
    def figures(self, partner, as_of=AS_OF, known_on=None):
        card = self.env["ar.scorecard"].new(
            {"month_count": 12, "recent_month_count": 3, "grace_days": 0}
        )
        found = self.env["ar.rating.inputs"]._load(
            self.company, card._window(as_of), partner.ids, known_on
        )
        return found[partner.id]

    def factor(self, partner, as_of=AS_OF):
        return FACTORS.get("returned_payments").value(self.figures(partner, as_of))

    def test_whole_and_in_part_until_it_is_undone(self):
        # given a customer who has paid two invoices with one receipt
        self.assertIsNone(self.factor(self.acme))
        _invoices, receipt = self.paid(300, 200)
        self.assertEqual(self.factor(self.acme), 0)
        # when a part comes back, and later another one
        out = self.taken(100, "2026-06-01", "RETURN in part")
        self.give_back(out, receipt, self.as_offered(out, receipt)[:1])
        self.assertEqual(self.factor(self.acme), 1)
        rest = self.taken(400, "2026-06-10", "RETURN")
        proposal = self.give_back(rest, receipt, self.as_offered(rest, receipt))
        # then each counts once, however many documents it opens again
        self.assertEqual(proposal.allocation_count, 2)
        self.assertEqual(self.factor(self.acme), 2)
        # what came later changes no earlier figure
        self.assertEqual(self.factor(self.acme, date(2026, 6, 9)), 1)
        self.assertEqual(self.factor(self.acme, date(2026, 5, 31)), 0)
        self.assertEqual(self.factor(self.acme, AS_OF + timedelta(days=365)), None)
        # when it is undone, it has not come back
        self.undo(proposal)
        self.assertEqual(self.factor(self.acme), 1)

    def test_only_what_was_known_counts(self):
        (_invoice,), receipt = self.paid(300)
        out = self.taken(300, "2026-06-01", "RETURN")
        self.give_back(out, receipt, self.as_offered(out, receipt))
        self.assertEqual(self.figures(self.acme).returned_count, 1)
        before = self.figures(self.acme, known_on=datetime(2026, 6, 2))
        self.assertIsNone(before.returned_count)
