"""Refuses a second customer with the same tax id, also when two users save at once."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..engine.duplicates.identity import identity
from ..engine.duplicates.keys import tax_keys


class CustomerDuplicateClaim(models.Model):
    """A tax id somebody is saving, as a number that tells nothing.

    Two transactions that save the same one meet here: the later waits, is taken again by
    Odoo, and then finds the customer of the first.
    """

    _name = "customer.duplicate.claim"
    _description = "Tax ID Being Saved"
    _log_access = False
    _rec_name = "value"

    value = fields.Integer(required=True)

    _value_unique = models.Constraint("UNIQUE(value)", "One row per number.")

    @api.model
    def _claim(self, values):
        """Let no other transaction save the same numbers before this one has ended."""
        self.env.cr.execute(
            SQL(
                """INSERT INTO customer_duplicate_claim (value)
                SELECT * FROM unnest(%s::int[])
                ON CONFLICT (value) DO UPDATE SET value = EXCLUDED.value""",
                sorted(values),
            )
        )


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        partners._ar_check_tax_id_free()
        return partners

    def write(self, vals):
        result = super().write(vals)
        if not {"vat", "company_registry", "company_id"}.isdisjoint(vals):
            self._ar_check_tax_id_free()
        return result

    def _ar_check_tax_id_free(self):
        """Refuse customers whose tax id another one has, where the company wants it so."""
        company = self.env.company
        # sudo: the rule holds also where another customer is hidden from who saves
        customers = self.sudo().filtered(
            lambda p: (p.company_id or company).ar_duplicate_block
            and p.commercial_partner_id == p
            and (p.vat or p.company_registry)
        )
        if not customers:
            return
        index = customers.env["customer.duplicate.index"]
        index._touch(customers.ids)
        index._refresh_pending()
        asked = {c.key: identity(c) for c, _print in index._load(customers.ids)}
        secret = index._secret()
        numbers = {key: tax_keys(one, secret) for key, one in asked.items()}
        self.env["customer.duplicate.claim"]._claim(set().union(*numbers.values()))
        rows = index.env["customer.duplicate.key"]._read_group(
            [("value", "in", list(set().union(*numbers.values())))],
            ["value"],
            ["partner_id:array_agg"],
        )
        holders = dict(rows)
        others = {id_ for ids in holders.values() for id_ in ids}
        known = {c.key: identity(c) for c, _print in index._load(sorted(others))}
        for customer in customers:
            for value in sorted(numbers.get(customer.id, ())):
                for id_ in holders.get(value, ()):
                    if id_ != customer.id and id_ in known:
                        customer._ar_refuse_second(asked[customer.id], known[id_])

    def _ar_refuse_second(self, one, other):
        number = min(one.tax_ids & other.tax_ids, default="")
        holder = self.env["res.partner"].browse(other.key)
        apart = holder.company_id and self.company_id not in (
            holder.company_id,
            self.env["res.company"],
        )
        if not number or apart:
            return
        # sudo: taken off again, to see whether the user may know who it is
        visible = (
            holder.sudo(False).with_context(active_test=False)._filtered_access("read")
        )
        raise ValidationError(
            self.env._(
                "%(name)s: the number %(number)s belongs to %(holder)s already. Open that "
                "customer instead, or correct the number.",
                name=self.display_name,
                number=number,
                holder=visible.display_name
                or self.env._("a customer you have not been granted"),
            )
        )
