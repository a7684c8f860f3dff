"""Sample data: a customer that was entered twice and merged, and one still to be decided."""

from odoo import api, models

#: key: company, then the values of the one that stays and of its twin
PAIRS = {
    "merged": (
        "nl",
        {
            "name": "Duinzicht Hotels B.V.",
            "city": "Zandvoort",
            "zip": "2042 AB",
            "website": "https://www.duinzicht.example",
        },
        {
            "name": "Hotel Duinzicht",
            "city": "Zandvoort",
            "phone": "+31 23 555 0144",
            "email": "inkoop@duinzicht.example",
        },
    ),
    "conflict": (
        "cn",
        {
            "name": "杭州云栖茶业有限公司",
            "city": "杭州市",
            "street": "西湖区云栖路18号",
        },
        {"name": "杭州云栖茶业", "city": "杭州市", "email": "caiwu@yunqi.example"},
    ),
}
REASONS = {
    "merged": "Entered twice: by the sales assistant and by an import.",
    "conflict": "同一家客户，业务员重复建档。",
}
ACCOUNT = "6222021202001234560"  # both cards have it


class ArDemo(models.AbstractModel):
    """One merged pair with its contacts, one draft with a conflict to decide."""

    _inherit = "ar.demo"

    @api.model
    def _load_merges(self):
        if self._sample("merge_merged"):
            return
        for key, (code, *cards) in PAIRS.items():
            keep, twin = [self._merge_card(code, values) for values in cards]
            if key == "merged":
                self._merge_contact(twin)
            else:
                self._merge_accounts(keep | twin)
            merge = self._as("clerk", "customer.merge", code).create(
                [
                    {
                        "survivor_id": keep.id,
                        "partner_ids": [(6, 0, twin.ids)],
                        "reason": REASONS[key],
                    }
                ]
            )
            self._keep(merge, [f"merge_{key}"])
            merge.action_check()
            if key == "merged" and not merge.stop_text and not merge.is_approval_needed:
                merge.action_merge()

    def _merge_card(self, code, values):
        company = self._company(code)
        return self._in_company("res.partner", code).create(
            {
                "is_company": True,
                "customer_rank": 1,
                "company_id": company.id,
                "country_id": company.country_id.id,
                "lang": "zh_CN" if code == "cn" else "en_US",
                **values,
            }
        )

    def _merge_contact(self, twin):
        self.env["res.partner"].create(
            {
                "name": "Sanne Duin",
                "parent_id": twin.id,
                "email": "sanne@duinzicht.example",
            }
        )

    def _merge_accounts(self, partners):
        self.env["res.partner.bank"].create(
            [
                {
                    "partner_id": one.id,
                    "acc_number": ACCOUNT,
                    "acc_holder_name": one.name,
                }
                for one in partners
            ]
        )
