"""What tests of the customer import share."""

import base64

from .common_customers import CustomerCase

HEADINGS = "客户编码,客户名称,统一社会信用代码,联系电话,邮箱,城市\n"
TAX_A, TAX_B, TAX_C = "91310116052958608G", "913101203509708598", "91340600MA2PBM9HXD"


class ImportCase(CustomerCase):
    """A clerk of a Chinese company, and short ways through the screens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.country_id = cls.env.ref("base.cn")
        # whatever demo data there is: these keys are free
        partners = cls.env["res.partner"]
        partners.search([("ref", "=like", "T-%")]).ref = False
        partners.search([("vat", "in", (TAX_A, TAX_B, TAX_C))]).vat = False

    def upload(self, content, filename="客户.csv", user=None, **values):
        """The import of a file, as the wizard's button leaves it."""
        content = content.encode() if isinstance(content, str) else content
        wizard = (
            self.env["customer.import.upload"]
            .with_user(user or self.clerk)
            .create(
                {"file_data": base64.b64encode(content), "filename": filename, **values}
            )
        )
        action = wizard.action_parse()
        return (
            self.env[action["res_model"]]
            .with_user(user or self.clerk)
            .browse(action["res_id"])
        )

    def dry_run(self, content, filename="客户.csv", **values):
        batch = self.upload(content, filename, **values)
        batch.action_check()
        # as a person who has compared the totals with the source
        batch.totals_confirmed = True
        return batch

    def statuses(self, batch):
        return [row.status for row in batch.row_ids.sorted("number")]

    def findings(self, batch):
        return {
            row.number: [finding["code"] for finding in row.findings]
            for row in batch.row_ids
            if row.findings
        }

    def partners(self):
        return self.env["res.partner"].search_count([])
