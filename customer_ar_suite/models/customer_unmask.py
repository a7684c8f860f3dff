from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

WINDOW = "customer_ar_suite.unmask_minutes"
WINDOW_MINUTES = 10
MOST_RECORDS = 20


class CustomerUnmask(models.Model):
    """Who saw what behind its mask, why, and until when.

    Rows are written by ``_unmask`` alone and never changed: they are what an auditor reads.
    """

    _name = "customer.unmask"
    _inherit = ["ar.locked.mixin"]
    _description = "Unmasked Value"
    _order = "id desc"
    _rec_name = "reason"

    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, index=True, ondelete="restrict"
    )
    model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record ID", model_field="model", required=True, readonly=True
    )
    record_name = fields.Char(string="Record", compute="_compute_record_name")
    field = fields.Char(string="Technical Field", required=True, readonly=True)
    field_label = fields.Char(string="Field", compute="_compute_record_name")
    reason = fields.Char(required=True, readonly=True)
    until = fields.Datetime(required=True, readonly=True, index=True)

    @api.depends_context("lang", "uid")
    def _compute_record_name(self):
        """Names of records the reader may see; "model,id" for the others."""
        for model, rows in self.grouped("model").items():
            names, labels = {}, {}
            if model in self.env:
                records = self.env[model].browse(set(rows.mapped("res_id"))).exists()
                readable = records._filtered_access("read")
                names = {record.id: record.display_name for record in readable}
                labels = self.env[model].fields_get(attributes=["string"])
            for row in rows:
                row.record_name = names.get(row.res_id) or f"{model},{row.res_id}"
                row.field_label = labels.get(row.field, {}).get("string", row.field)

    @api.model
    def _unmask(self, records, reason):
        """Show the user the sensitive fields of ``records`` for some minutes, and log it."""
        records.check_access("read")
        if not reason or len(reason.strip()) < 5:
            raise UserError(self.env._("Say in a few words why you need the values."))
        if len(records) > MOST_RECORDS:
            raise UserError(
                self.env._("At most %(count)s records at a time.", count=MOST_RECORDS)
            )
        names = self._names_of(records._name)
        if not names:
            raise AccessError(self.env._("You may not unmask these values."))
        until = fields.Datetime.now() + timedelta(minutes=self._minutes())
        # sudo: only this method writes these rows; who may was checked above
        self.sudo()._insert(
            [
                {
                    "user_id": self.env.uid,
                    "model": records._name,
                    "res_id": id_,
                    "field": name,
                    "reason": reason.strip(),
                    "until": until,
                }
                for id_ in records.ids
                for name in names
            ]
        )
        self.env["customer.audit.entry"]._ar_log(
            "unmask",
            records,
            {"reason": reason.strip(), "fields": names, "until": until},
        )
        self.env["customer.sensitive.field"]._forget_rules()
        self.env.invalidate_all()
        return until

    @api.model
    def _names_of(self, model):
        """Fields of ``model`` that are masked for the user and that he may unmask."""
        rules = self.env["customer.sensitive.field"]._rules_of_user()
        return sorted(
            name
            for (owner, name), rule in rules.items()
            if owner == model and rule.may_unmask
        )

    @api.model
    def _minutes(self):
        # sudo: one number of the settings
        value = self.env["ir.config_parameter"].sudo().get_param(WINDOW)
        return min(max(int(value or WINDOW_MINUTES), 1), 60)

    @api.model
    def _until_by_field(self):
        """{(model, field): {record id: end}} of what the user sees unmasked now."""
        # sudo: his own rows, which he has no right to read as records
        rows = self.sudo().search(
            [("user_id", "=", self.env.uid), ("until", ">", fields.Datetime.now())]
        )
        found = defaultdict(dict)
        for row in rows.sorted("until"):
            found[row.model, row.field][row.res_id] = row.until
        return found
