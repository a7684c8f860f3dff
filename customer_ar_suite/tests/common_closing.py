"""What tests of closing and deletion share: makers, approvers, a settled customer."""

from odoo.fields import Command

from .common_books import Books
from .common_people import PREFIX, person

MAKERS = ("customer_clerk", "ar_accountant", "credit_manager")


class ClosingCase(Books):
    """Users of the suite in the company of the accounting tests; identity checks off."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.root = cls.env.ref("base.user_root")
        cls.env = cls.env(user=cls.root)
        cls.maker = cls.account("maker", f"{PREFIX}customer_clerk")
        cls.checker = cls.account("checker", f"{PREFIX}customer_reviewer")
        cls.second = cls.account("second", f"{PREFIX}customer_reviewer")
        cls.auditor = cls.account("auditor", f"{PREFIX}auditor")
        cls.administrator = cls.account("administrator", f"{PREFIX}administrator")
        # proven in test_identity: here calls come without a session
        cls.env["ar.identity.rule"].search(
            [("code", "=", "closing_approve")]
        ).scope = "off"
        cls.customer = cls.new_customer("Ada Ltd", ref="C1", vat="OLD1")
        cls.contact = cls.env["res.partner"].create(
            {
                "name": "Ada Byron",
                "parent_id": cls.customer.id,
                "email": "a@ada.example",
            }
        )

    @classmethod
    def account(cls, name, groups, **values):
        values.setdefault("email", f"{name}@closing.example")
        values.setdefault("company_id", cls.company.id)
        values.setdefault("company_ids", [Command.set(cls.company.ids)])
        return person(cls.env, f"ar_clo_{name}", groups, **values)

    @classmethod
    def new_customer(cls, name, **values):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "customer_rank": 1,
                "company_id": cls.company.id,
                **values,
            }
        )

    def setUp(self):
        super().setUp()
        self.addCleanup(self.registry.clear_cache)

    def draft(self, kind="close", customer=None, user=None, **values):
        return (
            self.env["customer.closing.request"]
            .with_user(user or self.maker)
            .create(
                {
                    "partner_id": (customer or self.customer).id,
                    "kind": kind,
                    "reason": "Out of business",
                    **values,
                }
            )
            .with_user(self.env.user)
        )

    def ask(self, kind="close", customer=None, user=None, **values):
        """A request that waits for an approver."""
        request = self.draft(kind, customer, user, **values)
        request.with_user(user or self.maker).action_request()
        return request

    def approve(self, request, user=None):
        request.with_user(user or self.checker).action_approve()
        self.env.invalidate_all()

    def closed(self, customer=None):
        request = self.ask("close", customer)
        self.approve(request)
        return request

    def invoice(self, customer=None, amount=100, post=True, **values):
        return self.init_invoice(
            "out_invoice",
            partner=customer or self.customer,
            amounts=[amount],
            taxes=[],
            post=post,
            company=self.company,
            **values,
        )

    def other_company(self):
        """A second company with its chart of accounts, which the users do not see."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.root.company_ids += company
        self.env["account.chart.template"].try_loading("generic_coa", company, False)
        return company

    def credit(self, amount):
        return self.init_invoice(
            "out_refund",
            partner=self.customer,
            amounts=[amount],
            taxes=[],
            post=True,
            company=self.company,
        )

    def stops(self, request):
        found = request.finding_ids.filtered(lambda one: one.level == "stop")
        return {one.code: one.count for one in found}

    def stones(self, request):
        return self.env["customer.tombstone"].search([("request_id", "=", request.id)])

    def events(self, request):
        entries = self.env["customer.audit.entry"].search(
            [("model", "=", request._name), ("res_id", "=", request.id)], order="id"
        )
        return [
            event for event in entries.mapped("event") if event.startswith("closing")
        ]
