"""Sample data, part one: the two companies and what they need before they can trade."""

import base64
import random
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import file_open

from ..demo import tables

#: external ids of sample records: ours to find again and to remove, no module's data
SAMPLE = "__ar_sample__"

#: value of one unit in CNY at the end of the story
VALUE_CNY = {"CNY": 1.0, "EUR": 7.78, "USD": 7.16}

COMPANIES = {
    "cn": {
        "name": "苏州澄湖贸易有限公司 Chenghu Trading",
        "country": "CN",
        "state": "JS",
        "city": "苏州市",
        "street": "工业园区金鸡湖大道1355号国际科技园4期B座",
        "zip": "215021",
        "vat": "91320500MACTY8HA2D",
        "phone": "+86 512 5550 8800",
        "email": "ar@chenghu.example",
        "website": "https://www.chenghu.example",
        "currency": "CNY",
        "tax": 13.0,
        "banks": {
            "CNY": ("32250198873600001234", "苏州城湖银行园区支行"),
            "USD": ("32250198873614005678", "苏州城湖银行园区支行"),
            "EUR": ("32250198873614009012", "苏州城湖银行园区支行"),
        },
    },
    "nl": {
        "name": "Meerhoven Components B.V.",
        "country": "NL",
        "state": "",
        "city": "Rotterdam",
        "street": "Waalhaven Oostzijde 481",
        "zip": "3087 BM",
        "vat": "NL577173662B01",
        "phone": "+31 10 555 0100",
        "email": "receivables@meerhoven.example",
        "website": "https://www.meerhoven.example",
        "currency": "EUR",
        "tax": 21.0,
        "banks": {
            "EUR": ("NL79DEMO9444193249", "Demobank Rotterdam"),
            "USD": ("NL92DEMO3787102381", "Demobank Rotterdam"),
        },
    },
}

#: terms of the story that Odoo brings, and those it does not
CORE_TERMS = {
    "15": "account.account_payment_term_15days",
    "30": "account.account_payment_term_30days",
}
TERMS = {
    "60": ("60 Days", "60 天", [(100, 60)]),
    "split": (
        "40 % in 30, 30 % in 60, 30 % in 90 Days",
        "30 天付 40%，60 天付 30%，90 天付 30%",
        [(40, 30), (30, 60), (30, 90)],
    ),
}


class ArDemo(models.AbstractModel):
    """Builds the sample companies; every record it makes carries an external id."""

    _name = "ar.demo"
    _description = "Sample Data"

    # -- finding and keeping records ------------------------------------------------------

    def _sample(self, name):
        """The sample record of that name, or None."""
        return self.env.ref(f"{SAMPLE}.{name}", raise_if_not_found=False)

    def _keep(self, records, names):
        """Give ``records`` their external ids."""
        self.env["ir.model.data"]._update_xmlids(
            [
                {"xml_id": f"{SAMPLE}.{name}", "record": record, "noupdate": True}
                for record, name in zip(records, names, strict=True)
            ]
        )
        return records

    def _company(self, code):
        return self._sample(f"company_{code}")

    def _in_company(self, model, code):
        """``model`` in a sample company, without the noise of tracking and mails."""
        company = self._company(code)
        return (
            self.env[model]
            .with_company(company)
            .with_context(
                allowed_company_ids=company.ids,
                tracking_disable=True,
                mail_create_nosubscribe=True,
                no_reset_password=True,
            )
        )

    # -- companies ------------------------------------------------------------------------

    @api.model
    def _load_companies(self):
        """Two trading companies with charts of accounts, taxes, banks and rates."""
        if self._company("cn"):
            return
        self._load_language()
        currencies = self._currencies()
        currencies.filtered(lambda currency: not currency.active).active = True
        self._load_terms()
        for code, values in COMPANIES.items():
            self._load_company(code, values)
            self._load_chart(code, values)
            self._load_tax(code, values)
            self._load_banks(code, values)
            self._load_rates(code, values)
        self._load_products()

    def _load_language(self):
        Lang = self.env["res.lang"].with_context(active_test=False)
        if Lang.search([("code", "=", "zh_CN")]).active:
            return
        self.env["res.lang"]._activate_lang("zh_CN")
        modules = self.env["ir.module.module"].search([("state", "=", "installed")])
        modules._update_translations(["zh_CN"])

    def _currencies(self):
        Currency = self.env["res.currency"].with_context(active_test=False)
        return Currency.search([("name", "in", list(VALUE_CNY))])

    def _currency(self, code):
        return self._currencies().filtered(lambda currency: currency.name == code)

    def _country(self, code):
        return self.env.ref(f"base.{'uk' if code == 'GB' else code.lower()}")

    def _state(self, country, code):
        """The state of that code; the shorter Chinese codes of the tables are the ids'."""
        if not code:
            return self.env["res.country.state"]
        xmlid = f"base.state_{country.code.lower()}_{code}"
        return self.env.ref(xmlid, raise_if_not_found=False) or self.env[
            "res.country.state"
        ].search([("country_id", "=", country.id), ("code", "=", code)], limit=1)

    def _load_terms(self):
        vals_list = [
            {
                "name": name,
                "note": False,
                "line_ids": [
                    fields.Command.create(
                        {"value": "percent", "value_amount": share, "nb_days": days}
                    )
                    for share, days in parts
                ],
            }
            for name, _name_zh, parts in TERMS.values()
        ]
        terms = self.env["account.payment.term"].create(vals_list)
        for term, (_name, name_zh, _parts) in zip(terms, TERMS.values(), strict=True):
            term.with_context(lang="zh_CN").name = name_zh
        self._keep(terms, [f"terms_{code}" for code in TERMS])

    def _terms(self, code):
        """The payment term; who deleted Odoo's gets customers who pay at once."""
        if code in TERMS:
            return self._sample(f"terms_{code}")
        term = self.env.ref(CORE_TERMS[code], raise_if_not_found=False)
        return term or self.env["account.payment.term"]

    def _load_company(self, code, values):
        country = self._country(values["country"])
        copied = ("name", "city", "street", "zip", "vat", "phone", "email", "website")
        extra = {}
        if "iap_enrich_auto_done" in self.env["res.company"]._fields:
            extra["iap_enrich_auto_done"] = True  # nothing to ask the internet about
        company = (
            self.env["res.company"]
            # Odoo would install the country's localisation otherwise
            .with_context(chart_template_load=True)
            .create(
                {
                    **{name: values[name] for name in copied},
                    "country_id": country.id,
                    "state_id": self._state(country, values["state"]).id,
                    "currency_id": self._currency(values["currency"]).id,
                    **extra,
                }
            )
        )
        company.partner_id.lang = "zh_CN" if code == "cn" else "en_US"
        with file_open(f"customer_ar_suite/demo/files/logo_{code}.png", "rb") as file:
            company.logo = base64.b64encode(file.read())
        self._keep(company, [f"company_{code}"])

    def _load_chart(self, code, values):
        """Odoo's generic chart, which is made for the United States, put to this country."""
        company = self._company(code)
        self.env["account.chart.template"]._load("generic_coa", company, False)
        company.write(
            {
                "currency_id": self._currency(values["currency"]).id,
                "account_fiscal_country_id": company.country_id.id,
            }
        )

    def _load_tax(self, code, values):
        company = self._company(code)
        group = self._in_company("account.tax.group", code).create(
            {"name": f"{values['tax']:.0f}%", "country_id": company.country_id.id}
        )
        self._keep(group, [f"tax_group_{code}"])
        taxes = self._in_company("account.tax", code).create(
            [
                {
                    "name": f"{amount:.0f}%",
                    "amount": amount,
                    "type_tax_use": "sale",
                    "country_id": company.country_id.id,
                    "tax_group_id": group.id,
                    "company_id": company.id,
                }
                for amount in (values["tax"], 0.0)
            ]
        )
        account = self._chart_record(code, "tax_received")
        tax_lines = (
            taxes.invoice_repartition_line_ids + taxes.refund_repartition_line_ids
        ).filtered(lambda line: line.repartition_type == "tax")
        tax_lines.account_id = account
        self._keep(taxes, [f"tax_{code}_domestic", f"tax_{code}_export"])
        company.account_sale_tax_id = taxes[0]

    def _chart_record(self, code, name):
        chart = self.env["account.chart.template"].with_company(self._company(code))
        return chart.ref(name)

    def _load_banks(self, code, values):
        """One bank journal per currency; the chart has made the first."""
        company = self._company(code)
        Journal = self._in_company("account.journal", code)
        for currency, (number, bank_name) in values["banks"].items():
            own = currency == values["currency"]
            if own:
                domain = [("type", "=", "bank"), ("company_id", "=", company.id)]
                journal = Journal.search(domain, limit=1)
                for lang in ("en_US", "zh_CN"):
                    journal.with_context(lang=lang).name = f"{bank_name} {currency}"
            else:
                journal = Journal.create(
                    {
                        "name": f"{bank_name} {currency}",
                        "code": f"BK{currency[0]}",
                        "type": "bank",
                        "currency_id": self._currency(currency).id,
                        "company_id": company.id,
                    }
                )
            bank = self.env["res.bank"].search([("name", "=", bank_name)], limit=1)
            if not bank:
                bank = self.env["res.bank"].create({"name": bank_name})
                self._keep(bank, [f"bank_{code}"])
            journal.set_bank_account(number, bank.id)
            self._keep(journal, [f"journal_{code}_{currency.lower()}"])

    def _load_rates(self, code, values):
        """Month by month, a few percent up and down."""
        company = self._company(code)
        today = fields.Date.context_today(self)
        own_value = VALUE_CNY[values["currency"]]
        vals_list, names = [], []
        for currency in self._currencies():
            draw = random.Random(f"rates {currency.name}")
            for month in range(15, -1, -1):
                wiggle = 1 + draw.uniform(-0.02, 0.02)
                if currency.name == values["currency"]:
                    wiggle = 1
                vals_list.append(
                    {
                        "currency_id": currency.id,
                        "company_id": company.id,
                        "name": today - timedelta(days=30 * month),
                        "rate": own_value / VALUE_CNY[currency.name] * wiggle,
                    }
                )
                names.append(f"rate_{code}_{currency.name.lower()}_{month:02d}")
        self._keep(self.env["res.currency.rate"].create(vals_list), names)

    def _load_products(self):
        rows = tables.products()
        products = self.env["product.product"].create(
            [
                {
                    "name": row.name,
                    "default_code": row.code,
                    "type": "consu",
                    "list_price": row.prices["EUR"],
                    "taxes_id": [fields.Command.clear()],
                    "supplier_taxes_id": [fields.Command.clear()],
                }
                for row in rows
            ]
        )
        self._keep(products, [f"product_{row.code}" for row in rows])
        for product, row in zip(products, rows, strict=True):
            product.with_context(lang="zh_CN").name = row.name_zh
            for code, values in COMPANIES.items():
                cost = row.cost_cny / VALUE_CNY[values["currency"]]
                product.with_company(self._company(code)).standard_price = cost
