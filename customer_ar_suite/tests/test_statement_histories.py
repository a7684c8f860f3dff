from datetime import timedelta

from hypothesis import given

from odoo.tests import tagged

from .common import examples
from .common_histories import LedgerHistories, histories


@tagged("post_install", "-at_install")
class TestStatementHistories(LedgerHistories):
    """Whatever happens, balance forward + movements lead to what is open."""

    @examples(12)
    @given(histories())
    def test_every_period_of_every_history_can_be_stated(self, history):
        layout = self.env["ar.statement.layout"].search(
            [("kind", "=", "activity")], limit=1
        )
        partner_ids = [partner.id for partner in self.customers]
        with self.rolled_back():
            self.play(history, mixed=True)
            days = self.days_looked_at()
            for as_of in days:
                drafts, errors = self.env["ar.statement"]._build(
                    self.company,
                    layout,
                    as_of,
                    max(days[0], as_of - timedelta(days=20)),
                    partner_ids,
                )
                self.assertFalse(errors, as_of)
                self.assertEqual(
                    self.closings(drafts), self.residuals(as_of), (as_of, history)
                )

    def closings(self, drafts):
        """What the statements say is owed, by customer and currency."""
        return {
            (draft.partner_id, section.currency): section.closing
            for draft in drafts
            for section in draft.matrix.sections
            if section.closing
        }

    def residuals(self, as_of):
        """What is open by the partial reconciliations, counted one by one."""
        owed = {}
        for line_id, (amount, _company) in self.residuals_by_hand(as_of).items():
            line = self.env["account.move.line"].browse(line_id)
            key = (line.partner_id.commercial_partner_id.id, line.currency_id.name)
            owed[key] = owed.get(key, 0) + amount
        return {key: amount for key, amount in owed.items() if amount}
