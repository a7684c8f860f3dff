"""Sample data: customers to be closed or deleted, and one that is gone."""

from odoo import api, models
from odoo.fields import Command

#: name, company, what is known of them; nothing was ever sold to them
NEWCOMERS = {
    "twice": ("Grachtenhuis Catering (dubbel)", "nl", "inkoop@grachtenhuis.example"),
    "idle": ("Polderlicht Events B.V.", "nl", "info@polderlicht.example"),
    "idle_cn": ("苏州旧友茶庄", "cn", "caigou@jiuyou.example"),
}
REASONS = {
    "twice": "Entered twice: the customer is Grachtenhuis Catering B.V.",
    "idle": "Gave up the business last month; nothing was ever ordered.",
    "idle_cn": "门店已于上月停业，从未发生交易。",
    "owing": "Has moved abroad, says the sales assistant.",
}
OWING = "C20004"  # a customer of the story with open invoices


class ArDemo(models.AbstractModel):
    """One request that waits per company, one done with its tombstone, one refused."""

    _inherit = "ar.demo"

    @api.model
    def _load_closings(self):
        if self._sample("closing_idle"):
            return
        newcomers = {name: self._newcomer(*row) for name, row in NEWCOMERS.items()}
        done = self._closing("twice", "nl", newcomers["twice"], "delete")
        done.action_request()
        self._approve_as_reviewer(done)
        self._set_quorum()
        for name, code in (("idle", "nl"), ("idle_cn", "cn")):
            kind = "delete" if name == "idle" else "close"
            waiting = self._closing(name, code, newcomers[name], kind)
            waiting.action_request()
            if name == "idle":
                self._approve_as_reviewer(waiting)  # the first of two
        # refused: open items stand in the way, it stays a draft with a red checklist
        self._closing("owing", "nl", self._sample(f"customer_{OWING}"), "delete")

    def _set_quorum(self):
        """From now on two people approve, and a deputy stands in after two days."""
        deputy = self.env.ref(
            "customer_ar_suite.ar_demo_user_credit_manager", raise_if_not_found=False
        )
        if deputy:
            self._company("nl").write(
                {
                    "ar_closing_approver_count": 2,
                    "ar_closing_deputy_ids": [Command.set(deputy.ids)],
                    "ar_closing_deputy_days": 2,
                }
            )

    def _newcomer(self, name, code, email):
        return self.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "customer_rank": 1,
                "email": email,
                "company_id": self._company(code).id,
                "lang": "zh_CN" if code == "cn" else "en_US",
            }
        )

    def _closing(self, name, code, customer, kind):
        request = self._as("clerk", "customer.closing.request", code).create(
            {"partner_id": customer.id, "kind": kind, "reason": REASONS[name]}
        )
        self._keep(request, [f"closing_{name}"])
        return request

    def _approve_as_reviewer(self, request):
        """Sample data that is loaded without demo users has nobody to approve: it waits."""
        reviewer = self.env.ref(
            "customer_ar_suite.ar_demo_user_customer_reviewer", raise_if_not_found=False
        )
        if reviewer:
            request.with_user(reviewer)._approve()
