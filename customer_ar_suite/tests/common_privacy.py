"""A private person with an account, invoices, messages and files; and her neighbour."""

import base64

from odoo.tests import new_test_user

from .common import ArCommon, date

#: occurs nowhere but in what is planted
CANARY = "Zyxqvorn"
NAME = f"Eva {CANARY}"
MAIL = f"eva.{CANARY.lower()}@example.org"


class PrivacyCase(ArCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tz="UTC"))
        cls.administrator = cls.user_with("administrator")
        cls.clerk = cls.user_with("customer_clerk")
        cls.auditor = cls.user_with("auditor")
        cls.person = cls.someone(NAME, MAIL, "+1 212 555 7788")
        cls.neighbour = cls.someone("Max Nachbar", "max@example.org", "+1 212 555 1122")

    @classmethod
    def someone(cls, name, email, phone):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": False,
                "email": email,
                "phone": phone,
                "street": f"{name.split()[-1]} Street 5",
                "city": "New York",
                "zip": "10001",
                "country_id": cls.env.ref("base.us").id,
                "comment": f"Prefers calls in the evening, {name}",
                "ref": f"P-{name.split()[-1]}",
                "customer_rank": 1,
            }
        )

    @classmethod
    def portal_user(cls, partner, login):
        return new_test_user(
            cls.env,
            login,
            "base.group_portal",
            partner_id=partner.id,
            name=partner.name,
            email=partner.email,
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    @classmethod
    def paid_invoice(cls, partner, amount, on):
        """A posted invoice and the payment that settles it."""
        invoice = cls.invoice(partner, amount, on)
        payment = cls.payment(partner, amount, on)
        cls.match(invoice, payment)
        return invoice

    def purpose(self, code="mailing"):
        return self.env.ref(f"customer_ar_suite.customer_privacy_purpose_{code}")

    def request(self, kind="access", partner=None, **values):
        return (
            self.env["customer.privacy.request"]
            .with_user(self.administrator)
            .create(
                {
                    "partner_id": (partner or self.person).id,
                    "kind": kind,
                    "received_date": date(2026, 6, 1),
                    "identity_check": "called back",
                    **values,
                }
            )
        )

    def consent(self, partner, kind, purpose=None, at=None, **extra):
        return self.env["customer.privacy.consent"]._record(
            partner, purpose or self.purpose(), kind, "paper", at, **extra
        )

    def entries(self, event, partner=None):
        domain = [("event", "=", event)]
        if partner:
            domain.append(("res_id", "=", partner.id))
        return self.env["customer.audit.entry"].sudo().search(domain)

    @staticmethod
    def b64(text):
        return base64.b64encode(text.encode())
