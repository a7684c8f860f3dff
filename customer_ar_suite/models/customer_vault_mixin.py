from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.errors import EngineError
from .sensitive_values import UNAVAILABLE, clear_values


def sealed_field(kind, name, string, **attributes):
    """A field of class ``kind`` whose value is sealed in ``customer.vault.entry``.

    For models that inherit ``customer.vault.mixin``; ``name`` is the field's own name. Add a
    row of ``customer.sensitive.field`` that says who may unmask it.
    """
    return kind(
        string,
        compute=lambda self: self._ar_vault_compute(name),
        inverse=lambda self: self._ar_vault_inverse(name),
        search=lambda self, operator, value: self._ar_vault_search(
            name, operator, value
        ),
        copy=False,
        **attributes,
    )


class CustomerVaultMixin(models.AbstractModel):
    """Gives a model fields that are encrypted at rest (``sealed_field``)."""

    _name = "customer.vault.mixin"
    _description = "Encrypted Fields"

    ar_vault_trouble = fields.Char(
        string="Encryption",
        compute="_compute_ar_vault_trouble",
        groups="customer_ar_suite.customer_ar_suite_group_user",
    )

    def _compute_ar_vault_trouble(self):
        """Why the encrypted fields of these records cannot be read or written now."""
        trouble = self.env["customer.vault"]._trouble()
        missing = self._ar_vault_missing_keys() if not trouble else {}
        for record in self:
            names = missing.get(record._origin.id)
            record.ar_vault_trouble = trouble or (
                names
                and self.env._(
                    "Sealed with the key %(keys)s, which this server does not have. The "
                    "values are kept as they are until it has.",
                    keys=", ".join(names),
                )
            )

    def _ar_vault_missing_keys(self):
        """{record id: names of keys} that are needed and not there."""
        try:
            known = self.env["customer.vault"]._keyring().names()
        except EngineError:
            return {}
        # sudo: the name of a key is no secret
        entries = (
            self.env["customer.vault.entry"]
            .sudo()
            .search(
                [
                    ("model", "=", self._name),
                    ("res_id", "in", self._origin.ids),
                    ("is_sealed", "=", True),
                    ("key_name", "not in", known),
                ]
            )
        )
        return {
            id_: sorted(set(found.mapped("key_name")))
            for id_, found in entries.grouped("res_id").items()
        }

    def _ar_vault_compute(self, name):
        values = self.env["customer.vault.entry"]._read_values(self._origin, name)
        for record in self:
            record[name] = values.get(record._origin.id, False)

    def _ar_vault_inverse(self, name):
        # clear: seals what was written, shows nothing
        with clear_values():
            values = {
                record: record[name] for record in self if record[name] != UNAVAILABLE
            }
        if values:
            self.env["customer.vault.entry"]._write_values(name, values)

    @api.model
    def _ar_vault_search(self, name, operator, value):
        """Whether it is filled in; the exact value for those who may unmask it."""
        if operator != "in":
            return NotImplemented
        found = Domain.FALSE
        if wanted := [text for text in value if text]:
            self._ar_vault_check_search(name)
            found = self._ar_vault_ids(
                lambda entries: entries._ids_with_digest(self._name, name, wanted)
            )
        if len(wanted) < len(value):
            filled = self._ar_vault_ids(lambda e: e._ids_filled(self._name, name))
            found |= ~filled
        return found

    @api.model
    def _ar_vault_check_search(self, name):
        """Who may unmask a field may find a record by its exact value; nobody else."""
        rules = self.env["customer.sensitive.field"]._rules_of_user()
        rule = rules.get((self._name, name))
        if rule and not rule.may_unmask and not self.env.su:
            raise AccessError(
                self.env._("Only those who may unmask this field can search it.")
            )

    @api.model
    def _ar_vault_ids(self, ids):
        """A condition on the ids that ``ids`` gives as SQL when it is needed."""
        entries = self.env["customer.vault.entry"]
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s IN %s", SQL.identifier(alias, "id"), ids(entries)
            )
        )

    def _ar_erase(self):
        """Forget what is sealed of these records, for good; works without the key.

        For the erasure of a person's data; who may do it was checked by the caller.
        """
        return self.env["customer.vault.entry"]._ar_erase(self._name, self.ids)

    def write(self, vals):
        """A record that changes its company takes its sealed values along."""
        if "company_id" not in vals or "company_id" not in self._fields:
            return super().write(vals)
        entries = self.env["customer.vault.entry"]
        values = entries._open_all(self)
        result = super().write(vals)
        if values:
            entries._reseal(self, values)
        return result
