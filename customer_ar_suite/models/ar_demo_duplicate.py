from odoo import api, models

#: second records of customers, as they come to be: what is changed against the first
TWINS = {
    "twin_C20004": (
        "C20004",
        {
            "name": "Rijswijk Pompen BV",
            "street": "Schieweg 61",
            "phone": "010 555 01 13",
        },
    ),
    "twin_C10004": (
        "C10004",
        {
            "name": "寧波市甬泰閥門製造有限責任公司",
            "vat": False,
            "phone": "0574-55578007",
        },
    ),
    "subsidiary_C20004": (
        "C20004",
        {
            "name": "Van Rijswijk Pompen Service B.V.",
            "vat": False,
            "email": "service@vanrijswijk.example",
        },
    ),
}
#: fields a second record has from the first
TAKEN = ("vat", "street", "zip", "city", "email", "phone", "lang")
REVIEWER = "customer_ar_suite.ar_demo_user_customer_reviewer"


class ArDemo(models.AbstractModel):
    """Sample data: customers somebody has entered twice, and what was decided of them."""

    _inherit = "ar.demo"

    @api.model
    def _load_suite(self):
        if not self._sample("twin_C20004"):
            self._load_twins()
            self._load_duplicates()
        return super()._load_suite()

    @api.model
    def _load_twins(self):
        for name, (ref, values) in TWINS.items():
            first = self._sample(f"customer_{ref}")
            twin = self.env["res.partner"].create(
                {
                    **{field: first[field] for field in TAKEN},
                    "country_id": first.country_id.id,
                    "company_id": first.company_id.id,
                    "is_company": True,
                    "customer_rank": 1,
                    **values,
                }
            )
            self._keep(twin, [name])

    @api.model
    def _load_duplicates(self):
        """A search per company; parent and subsidiary are known to be two."""
        for code in ("nl", "cn"):
            runs = self._in_company("customer.duplicate.run", code)
            if code == "nl":
                user = self.env.ref(REVIEWER, raise_if_not_found=False)
                runs = runs.with_user(user or self.env.user)
            run = runs.create({"company_id": self._company(code).id})
            run.action_start()
            self._keep(run, [f"duplicate_run_{code}"])
        pair = self.env["customer.duplicate.pair"].search(
            [
                ("one_id", "=", self._sample("customer_C20004").id),
                ("other_id", "=", self._sample("subsidiary_C20004").id),
            ]
        )
        pair._decide("different", "Parent and service company, invoiced apart")
