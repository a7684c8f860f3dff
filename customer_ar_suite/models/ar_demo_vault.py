from odoo import api, models

#: customer → (name, what he does, identity number, private note)
GUARANTORS = {
    "C20004": (
        "Johanna Visser",
        "Managing Director",
        "NX4471P82",
        "Stands surety for the company with EUR 50,000; do not mention it to the staff.",
    ),
    "C10004": (
        "赵明",
        "法定代表人",
        "110101199003070310",
        "个人担保 50 万元，勿向其员工提及。",
    ),
}


class ArDemo(models.AbstractModel):
    """Sample data, part four: what is confidential about two guarantors."""

    _inherit = "ar.demo"

    @api.model
    def _load_suite(self):
        result = super()._load_suite()
        self._load_confidential()
        return result

    @api.model
    def _load_confidential(self):
        """Contact persons with sealed values, where the server has a key to seal with."""
        if self._sample("guarantor_C20004") or self.env["customer.vault"]._trouble():
            return
        for ref, (name, function, number, note) in GUARANTORS.items():
            customer = self._sample(f"customer_{ref}")
            person = self.env["res.partner"].create(
                {
                    "name": name,
                    "function": function,
                    "parent_id": customer.id,
                    "lang": customer.lang,
                    "ar_identity_number": number,
                    "ar_private_note": note,
                }
            )
            self._keep(person, [f"guarantor_{ref}"])
