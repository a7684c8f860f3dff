from odoo import models
from odoo.tools import SQL, html2plaintext

from ..engine.customer_file.fields import ADDRESSES, DIMENSION_PREFIX
from ..engine.customer_file.plan import KEY_FIELDS, Existing, KeyIndex, keys_of
from ..engine.money import from_minor, to_minor

#: field code -> partner field, where the value is the same text
TEXTS = {
    "name": "name", "ref": "ref", "vat": "vat", "company_registry": "company_registry",
    "email": "email", "phone": "phone", "website": "website", "street": "street",
    "street2": "street2", "city": "city", "zip": "zip",
}  # fmt: skip
#: field code -> many2one of the partner
LINKS = {
    "state": "state_id", "payment_term": "property_payment_term_id",
    "salesperson": "user_id", "parent": "parent_id",
    "payment_cycle": "property_payment_term_id",
}  # fmt: skip
#: partner types of what stands beside a customer -> group of the file's fields
CHILD_TYPES = {"contact": "contact", **{kind: kind for kind in ADDRESSES}}
#: part of a contact person or address -> field of the partner
PARTS = {
    "name": "name", "function": "function", "email": "email", "phone": "phone",
    "street": "street", "street2": "street2", "city": "city", "zip": "zip",
    "state": "state_id", "country": "country_id",
}  # fmt: skip
KEYS = ["ref", "vat", "company_registry", "email", "name"]


class CustomerImportBatch(models.Model):
    """The customers there are, in the form in which rows of a file are compared with them."""

    _inherit = "customer.import.batch"

    def _load_existing(self, rows, run):
        """The customers that share a key with a row, with all the values a file can change.

        Internal users and the companies themselves are not customers: a file never
        reaches them.
        """
        customers = run.once(self._customers_by_key)
        found = {
            id_
            for row in rows
            for kind, keys in keys_of(row.values).items()
            for key in keys
            for id_ in customers[kind].ids(key)
        }
        partners = self._partners()
        return self._read_existing(
            partners.search_fetch([("id", "in", list(found))], KEYS)
            if found
            else partners
        )

    def _customers_by_key(self):
        """All customers by their keys, for the kinds of keys the file has."""
        codes = set(self.mapping_ids.mapped("field_code"))
        found = {kind: KeyIndex() for kind in KEY_FIELDS}
        places = [
            (found[kind], field)
            for kind, fields in KEY_FIELDS.items()
            if not codes.isdisjoint(fields)
            for field in fields
        ]
        customers = self._texts_of_customers([field for _index, field in places])
        if not customers:
            return found
        ids, *columns = zip(*customers, strict=True)
        for (index, field), texts in zip(places, columns, strict=True):
            index.add(field, ids, texts)
        return found

    def _texts_of_customers(self, names):
        """(id, fields of these names) of all customers: texts, not a record each."""
        partners = self._partners()
        query = partners._search(self._customers_domain())
        columns = [
            partners._field_to_sql(partners._table, name, query) for name in names
        ]
        id_ = SQL.identifier(partners._table, "id")
        return self.env.execute_query(query.select(id_, *columns))

    def _customers_domain(self):
        """Whom a file may reach."""
        return [
            ("parent_id", "=", False),
            ("company_id", "in", (False, self.company_id.id)),
            ("partner_share", "=", True),
            ("ref_company_ids", "=", False),
        ]

    def _partners(self):
        """Partners as this company sees them, archived ones too."""
        return (
            self.env["res.partner"]
            .with_company(self.company_id)
            .with_context(active_test=False)
        )

    def _read_existing(self, partners):
        codes = {code for code in self.mapping_ids.mapped("field_code") if code}
        children = self._read_children(partners)
        accounts = self._read_accounts(partners)
        return [
            Existing(
                partner.id,
                self._current_values(partner, codes | set(KEYS)),
                {
                    "bank": [entry for _id, entry in accounts.get(partner.id, ())],
                    **{
                        group: [e for _id, e in children.get((partner.id, group), ())]
                        for group in CHILD_TYPES
                    },
                },
                not partner.active,
            )
            for partner in partners
        ]

    def _read_accounts(self, partners):
        """{customer: [(account, what the file's fields would say of it)]}."""
        found = {}
        accounts = self.env["res.partner.bank"].with_context(active_test=False)
        for bank in accounts.search_fetch(
            [("partner_id", "in", partners.ids)],
            ["partner_id", "acc_number", "bank_id", "acc_holder_name"],
        ):
            entry = {"bank_account": bank.acc_number or ""}
            found.setdefault(bank.partner_id.id, []).append((bank, entry))
        return found

    def _read_children(self, partners):
        """{(customer, group): [(contact or address, what the file's fields would say)]}."""
        found = {}
        for child in self._partners().search_fetch(
            [("parent_id", "in", partners.ids), ("type", "in", list(CHILD_TYPES))],
            ["parent_id", "type", *PARTS.values()],
            order="id",
        ):
            group = CHILD_TYPES[child.type]
            entry = {
                f"{group}_{part}": value
                for part, name in PARTS.items()
                if (value := self._part_value(child, name))
            }
            found.setdefault((child.parent_id.id, group), []).append((child, entry))
        return found

    def _part_value(self, child, name):
        if name == "country_id":
            return child.country_id.code or ""
        return child.state_id.id if name == "state_id" else child[name] or ""

    def _current_values(self, partner, codes):
        """The values of a partner in the form in which a file's values are compared."""
        values = {}
        for code in codes:
            value = self._current_value(partner, code)
            if value or value is False and code == "is_company":
                values[code] = value
        return values

    def _current_value(self, partner, code):
        if code in TEXTS:
            return partner[TEXTS[code]] or ""
        if code in LINKS:
            return partner[LINKS[code]].id
        if code.startswith(DIMENSION_PREFIX):
            return partner[self._dimension_column(code)].id
        if code == "country":
            return partner.country_id.code or ""
        if code == "lang":
            return self.env["res.lang"]._get_data(code=partner.lang).id
        if code == "tags":
            return tuple(sorted(partner.category_id.ids))
        if code == "comment":
            return html2plaintext(partner.comment or "").strip()
        if code == "credit_limit":
            digits = self.company_id.currency_id.decimal_places
            return from_minor(to_minor(partner.credit_limit, digits), digits)
        if code == "annual_revenue":
            return self._current_revenue(partner)
        if code == "headcount":
            return partner.ar_headcount
        return partner.is_company if code == "is_company" else ""

    def _current_revenue(self, partner):
        """What a file's number, which is in company currency, is compared with."""
        currency = self.company_id.currency_id
        stored = partner.ar_annual_revenue_currency_id
        if not partner.ar_annual_revenue or stored == currency:
            digits = currency.decimal_places
            return from_minor(to_minor(partner.ar_annual_revenue, digits), digits)
        return f"{partner.ar_annual_revenue:.0f} {stored.name}"

    def _dimension_column(self, code):
        dimension = self.env["customer.dimension"].browse(
            int(code[len(DIMENSION_PREFIX) :])
        )
        return dimension._column_name()
