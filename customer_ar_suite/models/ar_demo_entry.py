"""Sample data: customers being entered, in every step; number patterns of both companies."""

import base64

from odoo import api, models

from ..demo import papers

CN_PAPER = (
    "营业执照",
    "统一社会信用代码 91330106MA2B1T4X5K",
    "名称 杭州云栖纸业有限公司",
    "住所 浙江省杭州市西湖区转塘街道云栖路66号",
    "开票信息",
    "电话 0571-86543210",
    "开户行 中国工商银行杭州转塘支行",
    "账号 1202021909900123456",
)
#: what is pasted of it: the house number is not that of the licence
CN_VALUES = {
    "name": "杭州云栖纸业有限公司",
    "vat": "91330106MA2B1T4X5K",
    "street": "浙江省杭州市西湖区转塘街道云栖路68号",
    "phone": "+8657186543210",
    "bank_name": "中国工商银行杭州转塘支行",
    "bank_account": "1202021909900123456",
    "contact_name": "沈洁",
    "lang": "zh_CN",
}
#: step the entry has reached → customers of the Dutch company
NL_ENTRIES = (
    ("prepare", "Oosterschelde Zeilmakerij B.V.", "Havenpark 12", "Zierikzee", "4301 JG"),
    ("enter", "Walcheren Koeltechniek B.V.", "Poelendaelesingel 4", "Middelburg", "4335 JA"),
    ("review", "Hollandsche Bries Energie B.V.", "Westerstraat 88", "Enkhuizen", "1601 AK"),
    ("file", "Maasduin Tuinbouw B.V.", "Dorpstraat 31", "Bergen", "5854 AK"),
    ("done", "Veerse Meer Scheepsbouw B.V.", "Kaai 109", "Veere", "4351 AA"),
    ("cancelled", "Nieuwland Handelshuis B.V.", "Markt 3", "Goes", "4461 AC"),
)  # fmt: skip


class ArDemo(models.AbstractModel):
    _inherit = "ar.demo"

    @api.model
    def _load_suite(self):
        result = super()._load_suite()
        self._load_entries()
        return result

    @api.model
    def _load_entries(self):
        """Guided entries of a Dutch and a Chinese clerk; numbers when asked for."""
        people = [
            self.env.ref(f"customer_ar_suite.ar_demo_user_{role}", False)
            for role in ("customer_clerk", "customer_reviewer", "wenyuan")
        ]
        if self._sample("customer_entry_cn") or not all(people):
            return
        clerk, reviewer, wenyuan = people
        self._load_numberings()
        entries = self._in_company("customer.entry", "cn").with_user(wenyuan)
        entry = entries.create(
            {**CN_VALUES, "country_id": self._country("CN").id, "city": "杭州市"}
        )
        self._give_paper(entry, "营业执照.pdf", CN_PAPER)
        self._tick_all(entry)
        entry.action_next()
        self._keep(entry, ["customer_entry_cn"])
        for state, *card in NL_ENTRIES:
            entry = self._load_entry(clerk, reviewer, state, card)
            self._keep(entry, [f"customer_entry_{state}"])

    def _load_numberings(self):
        """Patterns are there, numbers only when somebody asks for them."""
        for code, pattern in (("nl", "C3{seq:04d}"), ("cn", "C5{seq:04d}")):
            company = self._company(code)
            company.ar_numbering_when = "manual"
            numbering = self.env["customer.numbering"].search(
                [("company_id", "=", company.id)], limit=1
            )
            numbering.write({"pattern": pattern, "is_gapless": True})
            self._keep(numbering, [f"customer_numbering_{code}"])

    def _load_entry(self, clerk, reviewer, state, card):
        name, street, city, zip_code = card
        entries = self._in_company("customer.entry", "nl").with_user(clerk)
        entry = entries.create(
            {
                "name": name,
                "street": street,
                "city": city,
                "zip": zip_code,
                "country_id": self._country("NL").id,
                "lang": "en_US",
            }
        )
        self._give_paper(
            entry, "kvk.pdf", ("Uittreksel KVK", name, street, f"{zip_code} {city}")
        )
        if state == "cancelled":
            entry._leave_with_reason("cancel", "Ordered through a dealer instead.")
            return entry
        while entry.state != state and state != "prepare":
            if entry.state == "review":
                entry.request_id.with_user(reviewer).action_approve()
                continue
            if entry.state == "enter":
                entry.action_create_customer()
            self._tick_all(entry)
            entry.action_next()
        return entry

    def _give_paper(self, entry, name, lines):
        entry.add_document(name, base64.b64encode(papers.pdf(*lines)).decode())

    def _tick_all(self, entry):
        items = entry.item_ids.filtered(
            lambda one: (
                one.step == entry.state and not one.is_done and one.verdict != "differs"
            )
        )
        items.filtered(lambda one: one.kind == "task" or one.value).action_toggle()
