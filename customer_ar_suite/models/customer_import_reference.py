from babel import Locale

from odoo import models

from ..engine.customer_file.fields import DIMENSION_PREFIX
from ..engine.text import fold

# What people write instead of the name of the country.
_COUNTRY_ALIASES = {
    "prc": "CN", "p.r. china": "CN", "中国大陆": "CN", "中国": "CN", "中国香港": "HK",
    "中国澳门": "MO", "中国台湾": "TW", "usa": "US", "u.s.a.": "US", "uk": "GB",
    "u.k.": "GB", "england": "GB", "korea": "KR", "holland": "NL", "uae": "AE",
}  # fmt: skip
_LANG_ALIASES = {
    "zh_CN": ("中文", "简体中文", "汉语", "chinese", "zh", "cn"),
    "en_US": ("英文", "英语", "english", "en"),
}
# What a province may be written without.
_STATE_ENDINGS = (
    "省",
    "市",
    "维吾尔自治区",
    "壮族自治区",
    "回族自治区",
    "自治区",
    "特别行政区",
)


class CustomerImportBatch(models.Model):
    """The records that cells of a customer file name: looked up once per file."""

    _inherit = "customer.import.batch"

    def _load_countries(self):
        """Folded names and codes of countries, in English, Chinese and all languages here."""
        names = {fold(alias): code for alias, code in _COUNTRY_ALIASES.items()}
        countries = self.env["res.country"].search([])
        for lang in {
            "en",
            "zh",
            *(c for c, _n in self.env["res.lang"].get_installed()),
        }:
            territories = Locale.parse(lang.split("@")[0]).territories
            for country in countries:
                if name := territories.get(country.code):
                    names.setdefault(fold(name), country.code)
        for country in countries:
            names[fold(country.code)] = country.code
            names[fold(country.name)] = country.code
        return names

    def _load_references(self, codes):
        """For each reference field among ``codes``: folded name -> id, 0 when ambiguous."""
        references = {}
        for code in codes:
            if code.startswith(DIMENSION_PREFIX):
                pairs = self._category_names(int(code[len(DIMENSION_PREFIX) :]))
            else:
                pairs = self._reference_loaders()[code]()
            references[code] = _index(pairs)
        return references

    def _reference_loaders(self):
        """What lists the names of each reference field."""
        return {
            "state": self._names_of_state,
            "delivery_state": self._names_of_state,
            "invoice_state": self._names_of_state,
            "payment_term": self._names_of_payment_term,
            "payment_cycle": self._names_of_payment_cycle,
            "salesperson": self._names_of_salesperson,
            "lang": self._names_of_lang,
            "tags": self._names_of_tags,
            "parent": self._names_of_parent,
        }

    def _category_names(self, dimension_id):
        categories = self.env["customer.category"].search(
            [("dimension_id", "=", dimension_id)]
        )
        for category in self._in_all_languages(categories):
            yield from (
                (n, category.id) for n in (category.name, category.complete_name)
            )
            if category.code:
                yield category.code, category.id

    def _names_of_state(self):
        """Provinces of the country the file is about, with and without their ending."""
        country = self.country_id or self.company_id.country_id
        states = self.env["res.country.state"].search([("country_id", "=", country.id)])
        for state in states:
            yield state.name, state.id
            yield state.code, state.id
            for ending in _STATE_ENDINGS:
                if state.name.endswith(ending):
                    yield state.name.removesuffix(ending), state.id

    def _names_of_payment_term(self):
        terms = self.env["account.payment.term"].search(
            [("company_id", "in", (False, self.company_id.id))]
        )
        return ((term.name, term.id) for term in self._in_all_languages(terms))

    def _names_of_payment_cycle(self):
        """Names and codes of payment cycles, which stand for their payment terms."""
        cycles = self.env["ar.payment.cycle"].search(
            [("company_id", "in", (False, self.company_id.id))]
        )
        cycles._ensure_payment_terms()
        for cycle in self._in_all_languages(cycles):
            yield cycle.name, cycle.payment_term_id.id
            yield cycle.code, cycle.payment_term_id.id

    def _names_of_salesperson(self):
        # sudo: names of colleagues, of which the user may assign any
        users = (
            self.env["res.users"]
            .sudo()
            .search([("share", "=", False), ("company_ids", "in", self.company_id.ids)])
        )
        for user in users:
            yield user.name, user.id
            yield user.login, user.id

    def _names_of_lang(self):
        for lang in self.env["res.lang"].search([]):
            for name in (lang.name, lang.code, lang.iso_code):
                yield name, lang.id
            for alias in _LANG_ALIASES.get(lang.code, ()):
                yield alias, lang.id

    def _names_of_tags(self):
        tags = self.env["res.partner.category"].search([])
        return ((tag.name, tag.id) for tag in self._in_all_languages(tags))

    def _names_of_parent(self):
        companies = self.env["res.partner"].search_fetch(
            [
                ("is_company", "=", True),
                ("company_id", "in", (False, self.company_id.id)),
            ],
            ["name", "ref"],
        )
        for company in companies:
            yield company.name, company.id
            if company.ref:
                yield company.ref, company.id

    def _in_all_languages(self, records):
        for code, _name in self.env["res.lang"].get_installed():
            yield from records.with_context(lang=code)


def _index(pairs):
    """Folded name -> id; a name of two records leads to neither."""
    index = {}
    for name, record_id in pairs:
        key = fold(name or "")
        if key and index.setdefault(key, record_id) != record_id:
            index[key] = 0
    return index
