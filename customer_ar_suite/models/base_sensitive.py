from odoo import models

from ..engine.masking import is_masked
from .sensitive_values import clear_values, typed_values


class Base(models.AbstractModel):
    """What every model does for the fields that ``customer.sensitive.field`` names."""

    _inherit = "base"

    def _ar_is_never_masked(self):
        """Whether this record is the house's own, which everybody may know."""
        return False

    def _fetch_query(self, query, fields):
        # clear: loads the cache; what leaves the cache is masked
        with clear_values():
            return super()._fetch_query(query, fields)

    def onchange(self, values, field_names, fields_spec):
        rows = self.env["customer.sensitive.field"]
        names = {name for model, name in rows._rules_of_user() if model == self._name}
        if not names:
            return super().onchange(values, field_names, fields_spec)
        stale = {name for name in names if is_masked(values.get(name))}
        kept = {name: value for name, value in values.items() if name not in stale}
        changed = [name for name in field_names if name not in stale]
        if field_names and not changed:
            return {"value": {}}
        with typed_values(self._name, {name for name in names if kept.get(name)}):
            return super().onchange(kept, changed, fields_spec)

    # -- search digests -------------------------------------------------------------------

    def _create(self, data_list):
        records = super()._create(data_list)
        if names := self._ar_digest_names():
            self._ar_sync_digests(
                names,
                zip(records._ids, (data["stored"] for data in data_list), strict=True),
            )
        return records

    def _write_multi(self, vals_list):
        result = super()._write_multi(vals_list)
        if names := self._ar_digest_names():
            self._ar_sync_digests(names, zip(self._ids, vals_list, strict=True))
        return result

    def _ar_digest_names(self):
        # while modules are loaded the tables may not be there; a run catches up later
        if not self.env.registry.ready or self._abstract:
            return ()
        return self.env["customer.sensitive.field"]._digest_names(self._name)

    def _ar_sync_digests(self, names, rows):
        rows = list(rows)
        for name in names:
            written = {id_: vals[name] for id_, vals in rows if name in vals}
            if written:
                self.env["customer.vault.entry"]._sync_digests(
                    self._name, name, written
                )

    def unlink(self):
        ids, model = self.ids, self._name
        result = super().unlink()
        if ids and self.env.registry.ready and not self._abstract:
            rows = self.env["customer.sensitive.field"]
            if any(row.model == model for row in rows._treatments()):
                gone = set(ids) - set(self.browse(ids).exists().ids)
                self.env["customer.vault.entry"]._ar_erase(model, gone)
        return result
