"""Sample data, part four: four eyes, with requests in every state and new customers."""

from datetime import timedelta

from odoo import api, fields, models

#: who asks, who decides, who stands in: sample data without demo users has no such story
PEOPLE = ("customer_clerk", "customer_reviewer", "credit_manager")
#: guarded in the Dutch sample company alone: field → group that approves, who stands in
POLICIES = {
    "property_payment_term_id": ("customer_reviewer", "credit_manager", True),
    "trust": ("credit_manager", "customer_reviewer", False),
}
LETTER = b"""Van Rijswijk Pompen B.V.

Our purchasing terms have changed: from next month on we pay after 60 days.
"""
NEW_CUSTOMERS = (
    ("Kade 17 Scheepsservice B.V.", "Vlissingen", "4381 NJ", "Edisonweg 37"),
    ("Brouwershaven Logistics B.V.", "Brouwershaven", "4318 AA", "Haven Noordzijde 9"),
    ("Zandkreek Aquatechniek B.V.", "Goes", "4462 HB", "Columbusweg 12"),
)


class ArDemo(models.AbstractModel):
    _inherit = "ar.demo"

    @api.model
    def _load_suite(self):
        result = super()._load_suite()
        self._load_approvals()
        return result

    @api.model
    def _load_approvals(self):
        """Guarded fields and the approval of new customers, in the Dutch company."""
        people = [
            self.env.ref(f"customer_ar_suite.ar_demo_user_{role}", False)
            for role in PEOPLE
        ]
        if self._sample("change_policy_trust") or not all(people):
            return
        clerk, reviewer, manager = people
        self._load_policies()
        self._load_requests(clerk, reviewer, manager)
        self._load_new_customers(clerk, reviewer)

    def _load_policies(self):
        policies = self.env["customer.change.policy"].create(
            [
                {
                    "field_id": self.env["ir.model.fields"]
                    ._get("res.partner", name)
                    .id,
                    "company_id": self._company("nl").id,
                    "approver_group_id": self.env.ref(
                        f"customer_ar_suite.customer_ar_suite_group_{approver}"
                    ).id,
                    "deputy_ids": [
                        fields.Command.link(
                            self.env.ref(f"customer_ar_suite.ar_demo_user_{deputy}").id
                        )
                    ],
                    "needs_reason": reason,
                }
                for name, (approver, deputy, reason) in POLICIES.items()
            ]
        )
        self._keep(policies, [f"change_policy_{name}" for name in POLICIES])

    def _load_requests(self, clerk, reviewer, manager):
        """One in each state a reader may meet."""
        later = self._terms("60").id
        ask = self._ask_as(clerk)
        ask("C20004", {"property_payment_term_id": later})._explain(
            "New purchasing terms, see their letter.", [("letter.txt", LETTER)]
        )
        ask("C20005", {"property_payment_term_id": later})  # waits for its reason
        ask("C20006", {"trust": "bad"})
        partly = ask("C20012", {"property_payment_term_id": later, "trust": "good"})
        partly._explain("Second largest customer in Spain; asks for better terms.", [])
        self._decide_as(reviewer, partly, "property_payment_term_id", "approved")
        self._decide_as(
            manager, partly, "trust", "rejected", "Paid late twice this year"
        )
        rejected = ask("C20009", {"trust": "good"})
        self._decide_as(manager, rejected, "trust", "rejected", "No figures yet")
        overtaken = ask("C20010", {"trust": "good"})
        self._in_company("res.partner", "nl").browse(
            overtaken.partner_id.id
        ).trust = "bad"
        self._decide_as(manager, overtaken, "trust", "approved")
        # sudo: time passes for nobody else's requests
        expired = ask("C20011", {"trust": "bad"}).sudo()
        self._age(expired, 15)
        expired._close("expired", "change.expire")
        withdrawn = ask("C20008", {"trust": "good"})
        withdrawn.action_cancel()

    def _ask_as(self, user):
        """A function that writes like ``user`` and returns the request that comes of it."""
        requests = self._in_company("customer.change.request", "nl").with_user(user)

        def ask(ref, vals):
            partner = self._sample(f"customer_{ref}")
            known = requests.search([])
            self._in_company("res.partner", "nl").browse(partner.id).with_user(
                user
            ).write(vals)
            return requests.search([]) - known

        return ask

    def _decide_as(self, user, request, field, verdict, reason=""):
        request = request.with_user(user)
        lines = request.line_ids.filtered(lambda line: line.field_name == field)
        request._decide(dict.fromkeys(lines.ids, verdict), reason)

    def _age(self, request, days):
        ago = timedelta(days=days)
        request._set(
            requested_at=fields.Datetime.now() - ago,
            expires_on=fields.Date.context_today(self) - timedelta(days=1),
        )

    def _load_new_customers(self, clerk, reviewer):
        """One is entered, one is in review, one has been approved."""
        company = self._company("nl")
        company.ar_customers_need_approval = True
        country = self._country("NL")
        partners = self._in_company("res.partner", "nl").with_user(clerk)
        made = partners.create(
            [
                {
                    "name": name,
                    "is_company": True,
                    "company_id": company.id,
                    "customer_rank": 1,
                    "street": street,
                    "zip": zip_code,
                    "city": city,
                    "country_id": country.id,
                    "lang": "en_US",
                }
                for name, city, zip_code, street in NEW_CUSTOMERS
            ]
        )
        self._keep(made, [f"new_customer_{n}" for n in range(len(made))])
        made[1:].action_request_approval()
        requests = self._in_company("customer.change.request", "nl").with_user(reviewer)
        requests.search([("partner_id", "=", made[2].id)]).action_approve()
