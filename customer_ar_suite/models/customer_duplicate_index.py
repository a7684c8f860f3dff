"""The keys by which two records of one customer are brought together, kept in step."""

from collections import defaultdict
from operator import itemgetter

from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ..engine.duplicates.identity import Customer, identity
from ..engine.duplicates.keys import keys

#: another number makes all keys anew; raise it when the engine makes other keys
VERSION = 1
#: fields of contacts, and of their accounts, whose change makes other keys
WATCHED = frozenset(
    (
        "name", "vat", "company_registry", "ref", "phone", "email", "street", "street2",
        "city", "zip", "state_id", "country_id", "parent_id", "is_company",
    )
)  # fmt: skip
#: parameter: which date of contacts tells people apart
DATE_FIELD = "customer_ar_suite.duplicate_date_field"
_PENDING = "customer_ar_suite.duplicate_keys"
_CHUNK = 2_000
#: customers are commercial partners, but for colleagues, the companies themselves and those
#: who are merged into another one
CUSTOMERS = SQL(
    """p.commercial_partner_id = p.id AND p.partner_share IS NOT FALSE
    AND NOT EXISTS (SELECT FROM res_company own WHERE own.partner_id = p.id)
    AND NOT EXISTS (SELECT FROM customer_merge_member gone
                     WHERE gone.partner_id = p.id AND gone.is_in_force)"""
)
#: one row per customer, what hangs on contacts gathered; ends with the fingerprint
SOURCE = """
SELECT source.*, md5(concat_ws('|', %(version)s, source)) AS fingerprint FROM (
    SELECT p.id, p.name, p.vat, p.company_registry, p.ref,
           (SELECT string_agg(a.sanitized_acc_number, ' ' ORDER BY a.id)
              FROM res_partner_bank a WHERE a.partner_id = p.id AND a.active) AS accounts,
           string_agg(DISTINCT c.phone, chr(31)) AS phones,
           string_agg(DISTINCT c.email, chr(31)) AS emails,
           concat_ws(' ', p.street, p.street2) AS street, p.city, p.zip,
           s.code AS state, n.code AS country, %(born)s AS born
      FROM res_partner p
      JOIN res_partner c ON c.commercial_partner_id = p.id
      LEFT JOIN res_country_state s ON s.id = p.state_id
      LEFT JOIN res_country n ON n.id = p.country_id
     WHERE %(where)s
     GROUP BY p.id, s.code, n.code) source
"""


class CustomerDuplicateIndex(models.Model):
    """One row per customer: his name in the form in which names are compared.

    Made from the customer by the suite alone. A row is as old as its fingerprint says: what
    reaches the database around the ORM is found by it and made good before each search of
    all customers.
    """

    _name = "customer.duplicate.index"
    _description = "Comparable Form of a Customer"
    _inherit = ["ar.partner.rule.mixin"]
    _log_access = False
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True, ondelete="cascade"
    )
    name_key = fields.Char(string="Comparable Name", index="trigram")
    fingerprint = fields.Char(help="Of the values the keys were made from.")

    # -- keeping in step -----------------------------------------------------------------

    @api.model
    def _touch(self, partner_ids):
        """Have the keys of these contacts' customers made anew before the commit."""
        data = self.env.cr.precommit.data
        if _PENDING not in data:
            data[_PENDING] = set()
            self.env.cr.precommit.add(self._refresh_pending)
        data[_PENDING].update(partner_ids)

    @api.model
    def _refresh_pending(self):
        """Make the keys of what this transaction has changed so far."""
        pending = self.env.cr.precommit.data.get(_PENDING)
        if not pending:
            return
        ids = sorted(pending)
        pending.clear()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT commercial_partner_id FROM res_partner WHERE id = ANY(%s)",
                ids,
            )
        )
        customers = sorted({*ids, *(id_ for (id_,) in rows if id_)})
        for chunk in split_every(_CHUNK, customers, list):
            self._refresh(chunk)

    @api.model
    def _refresh_stale(self):
        """Make the keys that are missing or older than their customer; drop the rest.

        :return: for how many customers
        """
        self.env.flush_all()
        stale = self.env.execute_query(
            SQL(
                """SELECT now_.id FROM (%s) now_
                LEFT JOIN customer_duplicate_index i ON i.partner_id = now_.id
                WHERE i.fingerprint IS DISTINCT FROM now_.fingerprint
                UNION SELECT i.partner_id FROM customer_duplicate_index i
                  JOIN res_partner p ON p.id = i.partner_id WHERE NOT (%s)""",
                self._source(CUSTOMERS),
                CUSTOMERS,
            )
        )
        for chunk in split_every(_CHUNK, [id_ for (id_,) in stale], list):
            self._refresh(chunk)
        return len(stale)

    @api.model
    def _cron_refresh(self):
        """Every night: what was changed below the ORM."""
        self._refresh_stale()

    @api.model
    def _refresh(self, partner_ids):
        """Make index and keys of these customers anew: five statements for any number."""
        cr, secret = self.env.cr, self._secret()
        entries, pairs = [], []
        for customer, fingerprint in self._load(partner_ids):
            one = identity(customer)
            entries.append((customer.key, one.name or None, fingerprint))
            pairs += [(customer.key, key) for key in keys(one, secret)]
        # entered in the order of their index
        pairs.sort(key=itemgetter(1))
        for table in ("customer_duplicate_key", "customer_duplicate_index"):
            cr.execute(
                SQL(
                    "DELETE FROM %s WHERE partner_id = ANY(%s)",
                    SQL.identifier(table),
                    list(partner_ids),
                )
            )
        cr.execute(
            SQL(
                """INSERT INTO customer_duplicate_index (partner_id, name_key, fingerprint)
                SELECT * FROM unnest(%s::int[], %s::text[], %s::text[])""",
                *([list(column) for column in zip(*entries, strict=True)] or [[]] * 3),
            )
        )
        cr.execute(
            SQL(
                """INSERT INTO customer_duplicate_key (partner_id, value)
                SELECT * FROM unnest(%s::int[], %s::int[]) ON CONFLICT DO NOTHING""",
                int_column(id_ for id_, _key in pairs),
                int_column(key for _id, key in pairs),
            )
        )
        self.invalidate_model()

    # -- reading -------------------------------------------------------------------------

    @api.model
    def _load(self, partner_ids):
        """Customers as they are now, with their fingerprints; one statement.

        :rtype: list[tuple[Customer, str]]
        """
        where = SQL("p.id = ANY(%s) AND %s", list(partner_ids), CUSTOMERS)
        rows = self.env.execute_query(self._source(where))
        return [(_customer(row), row[-1]) for row in rows]

    @api.model
    def _source(self, where):
        return SQL(SOURCE, version=VERSION, where=where, born=self._born())

    @api.model
    def _born(self):
        """The column that says since when there has been a customer, if one is chosen."""
        # sudo: parameters are the system's; which field it is, is no secret
        system = self.sudo().env
        chosen = int(system["ir.config_parameter"].get_param(DATE_FIELD) or 0)
        field = system["ir.model.fields"].browse(chosen)
        known = self.env["res.partner"]._fields.get(field.exists().name)
        if not known or not known.store or known.type != "date":
            return SQL("NULL")
        return SQL("%s::text", SQL.identifier("p", known.name))

    @api.model
    def _secret(self):
        """What the keys are made with, so that a table of them tells no number."""
        # sudo: parameters are the system's; the value does not leave this process
        parameters = self.env["ir.config_parameter"].sudo()
        return parameters.get_param("database.secret", "").encode()[:64]

    # -- merging -------------------------------------------------------------------------

    def _ar_merge_partners(self, source_ids, target_id):
        """Keys of the merged contacts go; those of the remaining one are made anew."""
        self.search([("partner_id", "in", list(source_ids))]).unlink()
        self._touch([target_id])


class CustomerDuplicateKey(models.Model):
    """A value customers are brought together by, as a number that tells nothing."""

    _name = "customer.duplicate.key"
    _description = "Key of a Customer"
    _inherit = ["ar.partner.rule.mixin"]
    _log_access = False
    _rec_name = "value"

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True, ondelete="cascade"
    )
    value = fields.Integer(required=True)

    _value_unique = models.Constraint(
        "UNIQUE(value, partner_id)", "A customer has each key once."
    )

    @api.model
    def _ar_merge_partners(self, source_ids, target_id):
        """Keys are made anew from what the remaining contact says."""
        self.search([("partner_id", "in", list(source_ids))]).unlink()


def int_column(numbers):
    """Numbers as an array, written as PostgreSQL reads many of them fastest."""
    return f"{{{','.join(map(str, numbers))}}}"


def by_value(keyed):
    """Keys and the rows that have them, each key once: as an array, and one of arrays."""
    holders = defaultdict(list)
    for row, (_form, found) in keyed.items():
        for value in found:
            holders[value].append(row)
    rows = ",".join(f'"{int_column(numbers)}"' for numbers in holders.values())
    return int_column(holders), f"{{{rows}}}"


def _customer(row):
    (key, name, vat, registry, ref, accounts, phones, emails, street, city, zip_, state,
     country, born) = (row[0], *(value or "" for value in row[1:14]))  # fmt: skip
    return Customer(
        key,
        name,
        tuple(filter(None, (vat, registry))),
        ref,
        tuple(accounts.split()),
        tuple(filter(None, phones.split("\x1f"))),
        tuple(filter(None, emails.split("\x1f"))),
        street,
        city,
        zip_,
        state,
        country,
        born,
    )


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        self.env["customer.duplicate.index"]._touch(partners.ids)
        return partners

    def write(self, vals):
        if not WATCHED.isdisjoint(vals):
            index = self.env["customer.duplicate.index"]
            # sudo: whose customer a contact was before, which the user may not see
            index._touch([*self.ids, *self.sudo().commercial_partner_id.ids])
        return super().write(vals)


class ResPartnerBank(models.Model):
    _inherit = "res.partner.bank"

    @api.model_create_multi
    def create(self, vals_list):
        accounts = super().create(vals_list)
        # sudo: whose account it is, for the system's own keys
        self.env["customer.duplicate.index"]._touch(accounts.sudo().partner_id.ids)
        return accounts

    def write(self, vals):
        if not {"acc_number", "partner_id", "active"}.isdisjoint(vals):
            # sudo: whose account it was, for the system's own keys
            self.env["customer.duplicate.index"]._touch(self.sudo().partner_id.ids)
        result = super().write(vals)
        if "partner_id" in vals:
            self.env["customer.duplicate.index"]._touch([vals["partner_id"]])
        return result

    def unlink(self):
        # sudo: whose account it was, for the system's own keys
        self.env["customer.duplicate.index"]._touch(self.sudo().partner_id.ids)
        return super().unlink()


class CustomerPrivacyApply(models.AbstractModel):
    """An erasure writes below the ORM; the comparable form may not outlive what it erases."""

    _inherit = "customer.privacy.apply"

    @api.model
    def _put(self, field, changed):
        result = super()._put(field, changed)
        if field.model_name == "res.partner" and field.name in WATCHED:
            index = self.env["customer.duplicate.index"]
            index._touch(changed)
            index._refresh_pending()
        return result
