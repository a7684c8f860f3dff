"""Sample data: important customers, offsets, usage by file and by call, scores."""

from odoo import api, fields, models

from ..demo import tables

#: customer → (how he is reached best, what he prefers)
IMPORTANT = {
    "C10001": ("message", "每月 20 日前寄发票，付款事宜找财务王主任"),
    "C10004": ("phone", "对账单请同时发给采购部"),
    "C20001": ("email", "Orders before noon, delivery notes in Dutch"),
    "C20004": ("visit", "Quarterly meeting at their plant"),
}
#: customer → counts of the last months, the latest last, by kind
USAGE = {
    "nl": {
        "C20001": {"active_users": (42, 44, 47, 49), "duration": (310, 330, 352, 371)},
        "C20004": {"active_users": (18, 17, 19, 8), "duration": (95, 99, 92, 31.5)},
        "C20005": {"active_users": (3, 5, 9, 14), "duration": (12, 20, 41, 66)},
        "C20007": {"active_users": (25, 24, 22, 23), "duration": (140, 138, 120, 125)},
        "C20016": {"active_users": (2, 2, 1, 0)},
    },
    "cn": {
        "C10001": {"active_users": (120, 118, 125, 131)},
        "C10003": {"active_users": (35, 38, 36, 37)},
        "C10006": {"active_users": (20, 18, 15, 6)},
        "C10005": {"active_users": (9, 9, 10, 11)},
    },
}
#: product categories: English, Chinese, products by the first letter of their code
CATEGORIES = (
    ("Valves", "阀门", "VG"),
    ("Automation", "自动化", "AS"),
    ("Spare Parts", "备件", "KF"),
)
#: rows another system sent; the last one is refused
CALL = (
    ("C20001", "sign_ins", 880),
    ("C20004", "sign_ins", 140),
    ("C29999", "sign_ins", 1),
)


class ArDemo(models.AbstractModel):
    """What the customer card and the screens on trade and usage show."""

    _inherit = "ar.demo"

    @api.model
    def _load_card(self):
        """Marks and preferences, an offset of each kind, counts and scores."""
        if self._sample("usage_import_nl"):
            return
        for ref, (channel, preferences) in IMPORTANT.items():
            customer = self._sample(f"customer_{ref}")
            if customer:
                customer.write(
                    {
                        "ar_is_important": True,
                        "ar_preferred_channel": channel,
                        "ar_preferences": preferences,
                    }
                )
        self._load_product_categories()
        self._load_offsets()
        for code in USAGE:
            self._load_usage_file(code)
        self._load_usage_call()
        self._load_usage_rule()
        self._load_scores()

    def _load_product_categories(self):
        """What was bought, in groups a salesperson speaks of."""
        products = {
            row.code: self._sample(f"product_{row.code}") for row in tables.products()
        }
        for number, (english, chinese, letters) in enumerate(CATEGORIES):
            # the name of a product category is the same in all languages
            name = f"{english} {chinese}"
            category = self.env["product.category"].create({"name": name})
            self._keep(category, [f"product_category_{number}"])
            for code, product in products.items():
                if code[0] in letters and product:
                    product.categ_id = category

    # -- offsets --------------------------------------------------------------------------

    def _load_offsets(self):
        """A proposal to decide on, one settled, one taken back."""
        self._offset("cn", "C10004", 3000, "proposed")
        self._offset("nl", "C20004", 750, "settled").action_post()
        taken_back = self._offset("nl", "C20004", 400, "taken_back")
        taken_back.action_post()
        taken_back.action_undo()

    def _offset(self, code, ref, amount, name):
        company = self._company(code)
        nettings = self._as("accountant", "ar.netting", code)
        journal = self.env["account.journal"].search(
            [("type", "=", "general"), ("company_id", "=", company.id)], limit=1
        )
        netting = nettings._propose(
            nettings.env["res.partner"].browse(self._sample(f"customer_{ref}").id),
            company,
            company.currency_id,
            fields.Date.context_today(self),
            nettings.env["account.journal"].browse(journal.id),
            amount,
        )
        self._keep(netting, [f"offset_{name}"])
        return netting

    # -- usage ----------------------------------------------------------------------------

    def _usage_lines(self, code):
        today = fields.Date.context_today(self)
        for ref, kinds in USAGE[code].items():
            for kind, counts in kinds.items():
                for back, count in enumerate(reversed(counts)):
                    month = fields.Date.subtract(today, months=back + 1)
                    yield f"{ref},{month:%Y-%m},{kind},{count}"

    def _load_usage_file(self, code):
        """One file loaded; the Chinese one waits, with a customer nobody knows."""
        headings = {
            "nl": "Customer,Month,Metric,Value",
            "cn": "客户编号,月份,指标,数值",
        }
        lines = [headings[code], *self._usage_lines(code)]
        if code == "cn":
            lines.append(f"C19999,{lines[1].split(',')[1]},active_users,5")
        text = "\n".join(lines) + "\n"
        imports = self._as("clerk", "customer.usage.import", code)
        name = "usage portal.csv" if code == "nl" else "平台使用统计.csv"
        staged = imports._stage(name, text.encode(), self._company(code))
        self._keep(staged, [f"usage_import_{code}"])
        if code == "nl":
            staged.action_apply()

    def _load_usage_call(self):
        """What the portal sent by itself."""
        today = fields.Date.context_today(self)
        month = f"{fields.Date.subtract(today, months=1):%Y-%m}"
        self._as("clerk", "customer.usage", "nl").api_upsert(
            [
                {"customer": ref, "month": month, "kind": kind, "value": value}
                for ref, kind, value in CALL
            ]
        )

    def _load_usage_rule(self):
        """Who uses much is a good customer: a rule to look at, not switched on."""
        category = self.env.ref(
            "customer_ar_suite.customer_category_grade_a", raise_if_not_found=False
        )
        kind = self.env.ref("customer_ar_suite.customer_usage_kind_active_users")
        if category:
            rule = self.env["customer.category.rule"].create(
                {
                    "dimension_id": category.dimension_id.id,
                    "category_id": category.id,
                    "sequence": 90,
                    "note": "Does heavy use make a customer important?",
                    "condition_ids": [
                        fields.Command.create(
                            {
                                "metric": "usage",
                                "usage_kind_id": kind.id,
                                "threshold": 100,
                                "month_count": 3,
                            }
                        )
                    ],
                }
            )
            self._keep(rule, ["usage_rule"])

    def _load_scores(self):
        """Both companies scored; in one of them changes are told."""
        company = self._company("nl")
        user = self._as("clerk", "res.users", "nl").env.user
        company.write({"ar_usage_alert_percent": 40, "ar_usage_alert_user_id": user.id})
        for code in USAGE:
            self._in_company("customer.trading.score", code)._score(self._company(code))
