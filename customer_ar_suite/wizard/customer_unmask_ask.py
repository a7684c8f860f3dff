from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..identity import ar_identity_required


class CustomerUnmaskAsk(models.TransientModel):
    """Asks why somebody needs to see what is behind a mask."""

    _name = "customer.unmask.ask"
    _description = "Unmask"

    model = fields.Char(required=True)
    res_ids = fields.Json(string="Records", required=True)
    reason = fields.Char()
    record_text = fields.Char(string="Shown Of", compute="_compute_texts")
    field_text = fields.Char(string="Values", compute="_compute_texts")
    minutes = fields.Integer(compute="_compute_texts")

    @api.depends("model", "res_ids")
    def _compute_texts(self):
        for ask in self:
            records = ask._records()
            names = records.mapped("display_name")
            more = [f"+ {len(names) - 5}"] if len(names) > 5 else []
            ask.record_text = ", ".join(names[:5] + more)
            ask.field_text = ", ".join(ask._labels(records))
            ask.minutes = self.env["customer.unmask"]._minutes()

    def _records(self):
        """The records asked for, those the user may read."""
        known = self.env.get(self.model)
        if known is None or not hasattr(known, "_ar_unmask_models"):
            raise AccessError(self.env._("You may not unmask these values."))
        return known.browse([int(id_) for id_ in self.res_ids or []]).exists()

    def _labels(self, records):
        labels = []
        for name in records._ar_unmask_models():
            model = self.env[name]
            for field in self.env["customer.unmask"]._names_of(name):
                label = model._fields[field].get_description(self.env, ["string"])
                labels.append(label["string"])
        return list(dict.fromkeys(labels))

    @ar_identity_required("unmask")
    def action_unmask(self):
        """Show the values for some minutes; who, what, why and until when are logged."""
        self.check_access("write")
        self.ensure_one()
        records = self._records()
        records.check_access("read")
        until = records._ar_unmask(self.reason)
        shown = fields.Datetime.context_timestamp(self, until)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Unmasked until %(time)s. This was logged.",
                    time=shown.strftime("%H:%M"),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
