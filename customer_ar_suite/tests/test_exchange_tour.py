from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common_tour import TourCase
from .test_flow_payment_cycle import CycleCase


@tagged("post_install", "-at_install")
class TestExchangeTour(CycleCase, TourCase):
    """In Chromium: payment rhythms reviewed and accepted, exchange results drilled down."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.today = fields.Date.context_today(cls.env.user)

    def prepare(self):
        """A customer who pays on the 25th of the following month, and owes in euros."""
        self.acme.name = "TOUR-RHYTHM"
        engine = self.next_25._engine()
        for number in range(8, 1, -1):
            on = self.today.replace(day=3) - timedelta(days=30 * number)
            invoice = self.invoice(self.acme, 100, on, on + timedelta(days=30))
            paid_on = engine.due_date(on)
            if paid_on < self.today:
                self.match(invoice, self.payment(self.acme, 100, paid_on))
        before = self.today - timedelta(days=40)
        eur = self.foreign_currency(
            "EUR", rates=((str(before), 2.0), (str(self.today), 1.0))
        )
        self.invoice(self.acme, 50, before, currency=eur)

    def tour(self, user, path, name):
        self.start_tour(
            f"/odoo/{path}",
            f"customer_ar_suite_{name}",
            login=user.login,
            timeout=240,
        )

    def work(self, lang):
        self.prepare()
        users = {
            role: self.user_with(role, login=f"tour_{role}_{lang}", lang=lang)
            for role in ("credit_manager", "customer_clerk")
        }
        # when the credit manager reviews and the clerk accepts
        self.tour(users["credit_manager"], "payment-rhythms", "rhythm_review")
        self.tour(users["customer_clerk"], "payment-rhythms", "rhythm_accept")
        # then the customer has the cycle
        self.assertEqual(self.acme.ar_payment_cycle_id, self.next_25)
        # and the exchange result leads to the invoice
        self.tour(users["credit_manager"], "exchange-results", "exchange_results")

    def test_english(self):
        self.work("en_US")

    def test_chinese(self):
        self.work("zh_CN")
