"""Sample data: the favourites an accountant keeps on the reports of receivables."""

from odoo import api, models

#: key → model, domain, group by; names by company, in the language of its people
FAVOURITES = {
    "aging_late": (
        "ar.aging.report",
        [("overdue_days", ">", 60), ("bucket", "!=", "unapplied")],
        ["user_id", "partner_id"],
        {
            "nl": "More than 60 days late, by salesperson",
            "cn": "逾期 60 天以上，按业务员",
        },
    ),
    "comparison_moved": (
        "ar.aging.comparison",
        [("moved_amount", ">", 0)],
        ["bucket_after", "partner_id"],
        {"nl": "Getting older", "cn": "账龄变长"},
    ),
    "balance_credit": (
        "ar.trial.balance.report",
        [("closing_amount", "<", 0)],
        [],
        {"nl": "Customers in credit", "cn": "贷方余额客户"},
    ),
}


class ArDemo(models.AbstractModel):
    _inherit = "ar.demo"

    @api.model
    def _load_suite(self):
        result = super()._load_suite()
        self._load_report_favourites()
        return result

    @api.model
    def _load_report_favourites(self):
        """Favourites of the accountant of each company."""
        for key, (model, domain, group_by, names) in FAVOURITES.items():
            action = self.env.ref(f"customer_ar_suite.{model.replace('.', '_')}_action")
            for code, name in names.items():
                xmlid = f"favourite_{key}_{code}"
                if self._sample(xmlid):
                    continue
                accountant = self._as("accountant", model, code).env.user
                favourite = self.env["ir.filters"].create(
                    {
                        "name": name,
                        "model_id": model,
                        "action_id": action.id,
                        "domain": str(domain),
                        "context": str({"group_by": group_by}),
                        "user_ids": accountant.ids,
                    }
                )
                self._keep(favourite, [xmlid])
