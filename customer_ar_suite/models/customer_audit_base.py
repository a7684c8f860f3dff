from odoo import api, models

from ..engine.audit import ranges


class Base(models.AbstractModel):
    """What the database cannot see by itself: who deletes, who relates, who exports.

    Costs a look into a cache for models no audit policy names, and decides nothing by the
    context.
    """

    _inherit = "base"

    def _ar_audit_watched(self):
        return self.env["customer.audit.policy"]._watched().get(self._name)

    @api.model_create_multi
    def create(self, vals_list):
        watched = self._ar_audit_watched()
        if watched and watched[0]:
            self.env["customer.audit.policy"]._tell_actor()
        return super().create(vals_list)

    def write(self, vals):
        watched = self._ar_audit_watched()
        if watched and not watched[0].isdisjoint(vals):
            self.env["customer.audit.policy"]._tell_actor()
        return super().write(vals)

    def _write_multi(self, vals_list):
        if self._log_access and self._ar_audit_watched():
            vals_list = self._ar_with_author(vals_list)
        return super()._write_multi(vals_list)

    def _ar_with_author(self, vals_list):
        """Who wrote a record is its author, not who flushes it.

        The ORM flushes the author only if it changed; otherwise it puts in the user of the
        environment that happens to flush, which may be a job or the superuser.
        """
        users = self._fields["write_uid"]._get_cache(self.env)
        dates = self._fields["write_date"]._get_cache(self.env)
        now = self.env.cr.now()
        return [
            {"write_uid": users[id_], **vals}
            if users.get(id_) and vals.get("write_date", dates.get(id_)) == now
            else vals
            for id_, vals in zip(self._ids, vals_list, strict=True)
        ]

    def unlink(self):
        watched = self._ar_audit_watched()
        if watched and watched[1] and self:
            self.env["customer.audit.policy"]._tell_actor()
        return super().unlink()

    def export_data(self, fields_to_export):
        result = super().export_data(fields_to_export)
        watched = self._ar_audit_watched()
        if watched and watched[2] and self:
            self.env["customer.audit.entry"]._ar_log_event(
                "data.export",
                self._name,
                {
                    "count": len(self),
                    "fields": list(fields_to_export),
                    "records": ranges(self.ids),
                },
            )
        return result


class IrModelFields(models.Model):
    _inherit = "ir.model.fields"

    def unlink(self):
        """A column that is about to go must not be watched any more."""
        policies = self.env["customer.audit.policy"]
        if not policies._is_leaving() and self & policies._current().field_ids:
            policies._record(without=self.ids)
        return super().unlink()
