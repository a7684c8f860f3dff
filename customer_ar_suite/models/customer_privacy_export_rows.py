import re

from odoo import api, models

from .customer_privacy_sweep import PERSONS

#: what gives access to something is nobody's data
SECRET = re.compile(
    r"passw|token|secret|api_?key|(^|_)key$|(^|_)hash$|_hash_|signup_|salt"
)
TEXTS = ("char", "text", "html", "json", "properties")
SILENT = ("one2many", "binary", "properties_definition", "serialized")
STAMPS = ("write_uid", "create_uid", "write_date", "display_name", "id")


class CustomerPrivacySweep(models.AbstractModel):
    """What the records on a person say, as plain data that may be handed to him."""

    _inherit = "customer.privacy.sweep"

    @api.model
    def _rows(self, name, ids, own, persons, seen):
        """The records ``ids`` of a model, without what is on other people.

        :param own: those about this person alone; of the others only what is no text and
            names nobody is told
        :param persons: ids by model of the person himself
        :param seen: {model: ids} of everything found: names of other records stay out
        """
        # sudo: a right of access is complete; the caller checked who may exercise it
        records = self.env[name].sudo().with_context(active_test=False).browse(ids)
        fields_ = [*self._told_fields(name), *self._sealed_fields(records)]
        rows = []
        for record in records.exists():
            row = {"id": record.id}
            for field in fields_:
                value = self._told_value(record, field, record.id in own, persons, seen)
                if value not in (None, False, "", [], {}):
                    row[field.name] = value
            rows.append(row)
        return rows

    def _told_fields(self, name):
        return [
            field
            for field in self.env[name]._fields.values()
            if field.store
            and field.type not in SILENT
            and field.name not in STAMPS
            and field.groups != "."
            and not SECRET.search(field.name)
        ]

    def _sealed_fields(self, records):
        """Encrypted values are the person's own, too; without the key there is no access."""
        # sudo: which fields have values
        entries = self.env["customer.vault.entry"].sudo()
        sealed = entries.search(
            [
                ("model", "=", records._name),
                ("res_id", "in", records.ids),
                ("is_sealed", "=", True),
            ]
        )
        return [records._fields[name] for name in sorted(set(sealed.mapped("field")))]

    def _told_value(self, record, field, is_own, persons, seen):
        if field.type in TEXTS:
            return _plain(record[field.name]) if is_own else None
        if field.type in ("many2one", "many2many"):
            return self._told_names(record[field.name], field, is_own, persons, seen)
        if field.type in ("many2one_reference", "reference"):
            return str(record[field.name]) if is_own and record[field.name] else None
        if field.type in ("integer", "float", "monetary", "boolean", "selection"):
            return record[field.name]
        value = record[field.name]
        return value.isoformat() if value else None

    def _told_names(self, others, field, is_own, persons, seen):
        """Names of what a record points to; of people only his own."""
        if field.comodel_name in PERSONS:
            himself = set(persons[field.comodel_name])
            named = others.filtered(lambda other: other.id in himself)
            if field.comodel_name == "res.partner":
                named |= others.filtered(lambda other: other.ref_company_ids)
        elif not is_own:
            return None
        elif self._points_to_people(field.comodel_name):
            known = set(seen.get(field.comodel_name, ()))
            named = others.filtered(lambda other: other.id in known)
        else:
            named = others
        names = [name for name in named.mapped("display_name") if name]
        return (names[0] if names else None) if field.type == "many2one" else names

    def _points_to_people(self, name):
        return any(link.comodel in PERSONS for link in self._links_of(name))

    # -- files ----------------------------------------------------------------------------

    @api.model
    def _files(self, seen_own):
        """Attachments that belong to records about this person alone.

        :param seen_own: {model: ids about him alone}
        """
        # sudo: a right of access is complete; the caller checked who may exercise it
        return (
            self.env["ir.attachment"]
            .sudo()
            .browse(sorted(seen_own.get("ir.attachment", ())))
            .exists()
        )


def _plain(value):
    return value if isinstance(value, (dict, list)) else str(value) if value else None
