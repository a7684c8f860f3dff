import base64
from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .customer_privacy_request import ADMINISTRATOR

#: private customers: name, language, company, country, city, street, e-mail, telephone
PERSONS = {
    "mulder": ("Sanne Mulder", "en_US", "nl", "NL", "Utrecht", "Oudegracht 214",
               "sanne.mulder@post.example", "+31 30 555 0141"),
    "hendriks": ("Joris Hendriks", "en_US", "nl", "NL", "Delft", "Voldersgracht 9",
                 "joris.hendriks@post.example", "+31 15 555 0162"),
    "vermeer": ("Lotte Vermeer", "en_US", "nl", "NL", "Leiden", "Rapenburg 71",
                "lotte.vermeer@post.example", "+31 71 555 0187"),
    "chen": ("陈思琪", "zh_CN", "cn", "CN", "苏州市", "平江路88号",
             "chensiqi@youjian.example", "+86 512 5550 0193"),
}  # fmt: skip
#: purposes of one company
PURPOSES = {
    "cn": {
        "name": "Receivables reporting to the group",
        "lawful_basis": "contract",
        "basis_note": "PIPL Art. 13 (1) no. 2 and Art. 38",
        "data_categories": "Name, balance and open items of private customers",
        "person_categories": "Customers who are natural persons",
        "recipients": "Meerhoven Components B.V.",
        "is_cross_border": True,
        "cross_border_note": "To the Netherlands under the standard contract",
        "retention_note": "One year after the report",
        "zh_CN": {
            "name": "向集团报送应收账款",
            "basis_note": "《个人信息保护法》第 13 条第 1 款第 2 项及第 38 条",
            "data_categories": "自然人客户的姓名、余额和未清项",
            "person_categories": "自然人客户",
            "cross_border_note": "依据标准合同向荷兰提供",
            "retention_note": "报送后一年",
        },
    },
    "nl": {
        "name": "Photos of customer events",
        "lawful_basis": "consent",
        "basis_note": "GDPR Art. 6 (1) (a)",
        "data_categories": "Photos, name, company",
        "person_categories": "Guests of our events",
        "recipients": "Visitors of our website",
        "retention_note": "When the consent is withdrawn, at the latest after three years",
        "consent_text": "I agree that photos on which I can be seen are shown on your website.",
        "zh_CN": {
            "name": "客户活动照片",
            "data_categories": "照片、姓名、公司",
            "person_categories": "活动来宾",
            "recipients": "网站访客",
            "retention_note": "撤回同意时，最迟三年后",
            "consent_text": "我同意在贵方网站上展示有我出现的照片。",
        },
    },
}
#: person, purpose, decision, channel, days ago
CONSENTS = (
    ("mulder", "mailing", "given", "paper", 210),
    ("mulder", "credit_score", "given", "person", 120),
    ("hendriks", "mailing", "given", "email", 300),
    ("hendriks", "mailing", "withdrawn", "phone", 25),
    ("chen", "mailing", "given", "email", 90),
    ("vermeer", "mailing", "given", "paper", 400),
)
#: scan of what was signed on paper
SIGNED = b"I agree to the text overleaf.\n\n(signature)\n"


class ArDemo(models.AbstractModel):
    """Private customers: what they agreed to, what they asked for, one who is forgotten."""

    _inherit = "ar.demo"

    @api.model
    def _load_privacy(self):
        user = self._privacy_user()
        if not user or self._sample("privacy_mulder"):
            return
        for key, values in PERSONS.items():
            self._load_person(key, *values)
        self._load_purposes()
        for key, purpose, kind, channel, days in CONSENTS:
            self._load_consent(user, key, purpose, kind, channel, days)
        self._load_subject_access(user)
        self._load_erasures(user)

    def _privacy_user(self):
        """Whoever handles such requests here; nobody: no such samples."""
        admin = self.env.ref("base.user_admin", raise_if_not_found=False)
        users = (admin, self.env.user) if admin else (self.env.user,)
        return next((user for user in users if user.has_group(ADMINISTRATOR)), None)

    def _load_purposes(self):
        """What only one of the companies does with personal data."""
        for code, values in PURPOSES.items():
            texts = dict(values)
            chinese = texts.pop("zh_CN")
            purpose = self._in_company("customer.privacy.purpose", code).create(
                {"company_id": self._company(code).id, **texts}
            )
            purpose.with_context(lang="zh_CN").write(chinese)
            self._keep(purpose, [f"privacy_purpose_{code}"])

    def _load_person(self, key, name, lang, code, country, city, street, email, phone):
        person = self._in_company("res.partner", code).create(
            {
                "name": name,
                "is_company": False,
                "lang": lang,
                "company_id": self._company(code).id,
                "country_id": self._country(country).id,
                "city": city,
                "street": street,
                "email": email,
                "phone": phone,
                "customer_rank": 1,
            }
        )
        self._keep(person, [f"privacy_{key}"])

    def _load_consent(self, user, key, purpose, kind, channel, days):
        person = self._sample(f"privacy_{key}")
        found = self.env.ref(
            f"customer_ar_suite.customer_privacy_purpose_{purpose}",
            raise_if_not_found=False,
        )
        paper = {
            "evidence": base64.b64encode(SIGNED),
            "evidence_name": f"{person.name}.txt",
        }
        if found:
            self._privacy("customer.privacy.consent", user, PERSONS[key][2])._record(
                person,
                found.with_env(person.env),
                kind,
                channel,
                self._moment(days),
                **(paper if channel == "paper" else {}),
            )

    def _moment(self, days):
        day = fields.Date.context_today(self) - timedelta(days=days)
        return datetime.combine(day, time(9, 30))

    def _privacy(self, model, user, code):
        return self._in_company(model, code).with_user(user)

    def _request(self, user, key, kind, days, **values):
        request = self._privacy(
            "customer.privacy.request", user, PERSONS[key][2]
        ).create(
            {
                "partner_id": self._sample(f"privacy_{key}").id,
                "kind": kind,
                "received_date": self._moment(days).date(),
                **values,
            }
        )
        return self._keep(request, [f"privacy_request_{key}"])

    def _load_subject_access(self, user):
        """One request answered with a zip, if the server can print."""
        request = self._request(
            user,
            "hendriks",
            "access",
            20,
            description="Please send me everything you know about me.",
            identity_check="Called back on the telephone number on file",
        )
        try:
            with self.env.cr.savepoint():
                request.action_export()
                request.answer = "Zip file handed over on a USB stick at the front desk"
                request.action_done()
        except UserError:
            return  # no printer on this server: the request stays open
        self._keep(request.export_ids, ["privacy_export_hendriks"])

    def _load_erasures(self, user):
        """One person forgotten whose invoice has to be kept, one who waits at the preview."""
        self._load_paid_invoice("vermeer")
        done = self._request(
            user,
            "vermeer",
            "erasure",
            40,
            identity_check="Signed letter, signature compared with the order",
        )
        done.action_prepare_erasure()
        erasure = done.erasure_ids
        erasure.reason = "Asked for it by letter; business relation ended"
        erasure._erase()
        done.answer = "Letter: erased, but for one invoice that the law orders to keep"
        done.action_done()
        waiting = self._request(
            user, "chen", "erasure", 3, identity_check="已通过登记电话回拨核实"
        )
        waiting.action_prepare_erasure()
        self._keep(done.erasure_ids | waiting.erasure_ids, ["privacy_erasure_vermeer",
                                                           "privacy_erasure_chen"])  # fmt: skip

    def _load_paid_invoice(self, key):
        code = PERSONS[key][2]
        person, day = self._sample(f"privacy_{key}"), self._moment(150).date()
        invoice = self._in_company("account.move", code).create(
            {
                "move_type": "out_invoice",
                "partner_id": person.id,
                "invoice_date": day,
                "invoice_date_due": day,
                "invoice_line_ids": [
                    fields.Command.create(
                        {"name": "Spare part", "price_unit": 64.0, "tax_ids": False}
                    )
                ],
            }
        )
        invoice.action_post()
        pay = (
            self._in_company("account.payment.register", code)
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"payment_date": day})
        )
        pay.action_create_payments()
        self._keep(invoice, [f"privacy_invoice_{key}"])
