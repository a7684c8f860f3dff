"""Sample data: rules that warn, contacts that could be written better, a search for them."""

from odoo import api, models

#: contact persons as people enter them: company, customer, name, e-mail, telephone
CONTACTS = (
    (
        "cn",
        "C10004",
        "王　芳",
        "wang.fang＠sample-customer.example",
        "手机：138 0013 8000",
    ),
    (
        "cn",
        "C10006",
        "李 伟",
        "mailto:li.wei@sample-customer.example",
        "０１０－６２３４５６７８",
    ),
    ("nl", "C20004", "jan de groot", "Jan@Sample-Customer.EXAMPLE", "020 123 4567"),
    (
        "nl",
        "C20007",
        "anna  jansen",
        "anna@sample-customer.example ;",
        "+31 (0)10 2345678",
    ),
)
#: values of the rule that the sample adds to the shipped ones
RULE = {
    "name": "Customer code is a letter and five digits",
    "condition": "format",
    "pattern": "[A-Z]\\d{5}",
    "severity": "warn",
    "party": "company",
}


class ArDemo(models.AbstractModel):
    _inherit = "ar.demo"

    @api.model
    def _load_suite(self):
        result = super()._load_suite()
        self._load_rules()
        return result

    @api.model
    def _load_rules(self):
        """Both companies are warned; one search for corrections each waits for decisions."""
        if self._sample("validation_rule_ref"):
            return
        field = self.env["ir.model.fields"]._get("res.partner", "ref")
        rule = self.env["customer.validation.rule"].create(
            {**RULE, "field_id": field.id}
        )
        self._keep(rule, ["validation_rule_ref"])
        for code in ("cn", "nl"):
            company = self._company(code)
            company.write(
                {"ar_validation_level": "warn", "ar_propose_corrections": True}
            )
            self._load_untidy_contacts(code)
            search = self._as("clerk", "customer.correction.run", code).create(
                {"company_id": company.id}
            )
            search.action_search()
            self._keep(search, [f"correction_run_{code}"])
            self._decide_some(search)

    def _load_untidy_contacts(self, code):
        for home, ref, name, email, phone in CONTACTS:
            if home == code:
                contact = self._in_company("res.partner", code).create(
                    {
                        "parent_id": self._sample(f"customer_{ref}").id,
                        "name": name,
                        "email": email,
                        "phone": phone,
                    }
                )
                self._keep(contact, [f"untidy_contact_{ref}"])

    def _decide_some(self, search):
        """One correction written, one refused, the rest to be decided."""
        people = search.item_ids.filtered(lambda item: item.partner_id.parent_id)
        if len(people) > 2:
            people[0].action_accept_and_apply()
            people[1].action_refuse()
