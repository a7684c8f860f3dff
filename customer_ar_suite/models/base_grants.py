from odoo import api, models
from odoo.exceptions import AccessError


class Base(models.AbstractModel):
    """What record rules do not cover, for users whom category grants restrict.

    Odoo shows the name of a record to everybody who may read what points to it, checks a
    record's rules before it is written but not after, and exports whatever may be read.
    """

    _inherit = "base"

    # -- names -------------------------------------------------------------------------

    def _read_format(self, fnames, load="_classic_read"):
        result = super()._read_format(fnames, load)
        if (
            load == "_classic_read"
            and self.env["customer.category.grant"]._is_restricted()
        ):
            for name in fnames:
                if self._ar_shows_closed(name):
                    self._ar_mask_pairs(name, result)
        return result

    def web_read(self, specification):
        result = super().web_read(specification)
        if self.env["customer.category.grant"]._is_restricted():
            for name, spec in specification.items():
                shown = (spec or {}).get("fields") or {}
                if "display_name" in shown and self._ar_shows_closed(name):
                    self._ar_mask_values(name, result)
        return result

    def _web_read_group_groupby_formatter(self, groupby_spec, values):
        formatter = super()._web_read_group_groupby_formatter(groupby_spec, values)
        if not (
            self.env["customer.category.grant"]._is_restricted()
            and self._ar_shows_closed(groupby_spec)
        ):
            return formatter
        closed = self._ar_closed_ids(groupby_spec, [value.id for value in values])

        def masking_formatter(value):
            if value.id in closed:
                return (value.id, self._ar_masked_name()), [
                    (groupby_spec, "=", value.id)
                ]
            return formatter(value)

        return masking_formatter

    @api.model
    def _read_group_format_result(self, rows_dict, lazy_groupby):
        result = super()._read_group_format_result(rows_dict, lazy_groupby)
        if self.env["customer.category.grant"]._is_restricted():
            for name in lazy_groupby:
                if self._ar_shows_closed(name):
                    self._ar_mask_pairs(name, rows_dict)
        return result

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Records that are called like what they point to are left out with it."""
        result = super().name_search(name, domain, operator, limit)
        if (
            result
            and self._rec_name
            and self.env["customer.category.grant"]._is_restricted()
            and self._ar_shows_closed(self._rec_name)
        ):
            # sudo: compares ids, shows nothing
            named = {
                r.id: r[self._rec_name].id for r in self.browse(dict(result)).sudo()
            }
            closed = self._ar_closed_ids(self._rec_name, named.values())
            result = [pair for pair in result if named[pair[0]] not in closed]
        return result

    @api.model
    def _ar_shows_closed(self, name):
        """Does this field show names of records that grants may close?"""
        field = self._fields.get(name)
        return (
            field is not None
            and field.type == "many2one"
            and field.comodel_name
            in self.env["customer.category.grant"]._masked_models()
        )

    @api.model
    def _ar_closed_ids(self, name, ids):
        """Those of ``ids`` that the user's grants close; other rules do not hide names."""
        records = self.env[self._fields[name].comodel_name].browse(
            {id_ for id_ in ids if isinstance(id_, int) and id_}
        )
        return set((records - records._ar_filtered_right("see")).ids)

    @api.model
    def _ar_mask_pairs(self, name, rows):
        pairs = [row[name] for row in rows if row.get(name)]
        closed = self._ar_closed_ids(name, [pair[0] for pair in pairs])
        for row in rows:
            if row.get(name) and row[name][0] in closed:
                row[name] = (row[name][0], self._ar_masked_name())

    @api.model
    def _ar_mask_values(self, name, rows):
        shown = [row[name] for row in rows if row.get(name)]
        closed = self._ar_closed_ids(name, [values["id"] for values in shown])
        for values in shown:
            if values["id"] in closed:
                values["display_name"] = self._ar_masked_name()

    @api.model
    def _ar_masked_name(self):
        return self.env._("Restricted")

    # -- writing -----------------------------------------------------------------------

    def write(self, vals):
        result = super().write(vals)
        grants = self.env["customer.category.grant"]
        if grants._is_restricted() and not grants._leading_fields(
            self._name
        ).isdisjoint(vals):
            # nobody puts a record where he could not have written it
            self.check_access("write")
        return result

    # -- exports -----------------------------------------------------------------------

    def export_data(self, fields_to_export):
        self._ar_check_export()
        return super().export_data(fields_to_export)

    def _ar_check_export(self):
        """Refuse to take out of the system what is granted for the screen only."""
        grants = self.env["customer.category.grant"]
        if not grants._lacks("export"):
            return
        refused = self - self._ar_filtered_right("export")
        if refused:
            raise AccessError(
                self.env._(
                    "%(count)s of the %(total)s records belong to customers whose data you "
                    "may see but not export. Leave them out, or ask an administrator for "
                    "the right to export.",
                    count=len(refused),
                    total=len(self),
                )
            )

    def _ar_filtered_right(self, right):
        """The records of those customers for whom the user has been granted ``right``."""
        domain = self.env["customer.category.grant"]._rule_domain(
            self.env.uid, self._name, tuple({"see", right}), self.env.companies.ids
        )
        if not self or domain.is_true():
            return self
        # sudo: only filters; what it leaves is read with the user's rights
        kept = self.sudo().with_context(active_test=False).filtered_domain(domain)
        return kept.with_env(self.env)
