import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

HIDDEN = "sha256:"
SKIPPED = (False, None, "")


class CustomerAuditEntry(models.Model):
    """What people see of an entry: names instead of numbers, old → new, sealed or not."""

    _inherit = "customer.audit.entry"

    record_name = fields.Char(string="Record", compute="_compute_record_name")
    model_name = fields.Char(string="Kind of Record", compute="_compute_model_name")
    payload_text = fields.Text(
        string="Details", compute="_compute_payload_text", search="_search_payload_text"
    )
    seal_id = fields.Many2one(
        "customer.audit.seal",
        compute="_compute_seal",
        search="_search_seal",
        help="Sealed entries cannot be changed, moved or taken away without being "
        "noticed. New entries are sealed within a minute.",
    )
    position = fields.Integer(
        compute="_compute_seal", help="Place of the entry in the chain."
    )

    @api.depends_context("lang")
    def _compute_record_name(self):
        """Names of records the reader may see; "model,id" for the others."""
        for model, entries in self.grouped("model").items():
            names = self._names_of(model, entries.mapped("res_id"))
            for entry in entries:
                name = names.get(entry.res_id)
                if not entry.res_id:
                    name = entry.model_name
                entry.record_name = name or f"{model},{entry.res_id}"

    @api.depends_context("lang")
    def _compute_model_name(self):
        names = {
            name: self.env["ir.model"]._get(name).name
            for name in set(self.mapped("model"))
            if name in self.env
        }
        for entry in self:
            entry.model_name = names.get(entry.model, entry.model)

    def _names_of(self, model, ids):
        """Names of the records of a model that the reader may see."""
        if model not in self.env:
            return {}
        records = self.env[model].browse(filter(None, ids)).exists()
        readable = records._filtered_access("read")
        return {record.id: record.display_name for record in readable}

    @api.depends("payload")
    @api.depends_context("lang")
    def _compute_payload_text(self):
        """The payload as lines one can read and search with the eyes."""
        for model, entries in self.grouped("model").items():
            labels = self._labels(model)
            for entry in entries:
                known = labels if entry.event.startswith("record.") else {}
                entry.payload_text = " · ".join(
                    f"{known.get(name, name)}: {self._readable(value)}"
                    for name, value in (entry.payload or {}).items()
                    if value not in SKIPPED
                )

    def _labels(self, model):
        if model not in self.env:
            return {}
        # sudo: labels of fields are no secret
        described = self.env[model].sudo().fields_get(attributes=["string"])
        return {name: field["string"] for name, field in described.items()}

    def _readable(self, value):
        if isinstance(value, list) and len(value) == 2:
            return f"{self._readable(value[0])} → {self._readable(value[1])}"
        if value in SKIPPED:
            return "–"
        if isinstance(value, str):
            return self.env._("not shown") if value.startswith(HIDDEN) else value
        if (
            isinstance(value, dict)
            and len(value) == 1
            and not isinstance(next(iter(value.values())), (dict, list))
        ):
            return self._readable(next(iter(value.values())))
        return json.dumps(value, ensure_ascii=False)

    def _search_payload_text(self, operator, value):
        if operator not in ("ilike", "like", "=") or not isinstance(value, str):
            return NotImplemented
        pattern = value if operator == "=" else f"%{value}%"
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s::text ILIKE %s", SQL.identifier(alias, "payload"), pattern
            )
        )

    # -- sealed or not --------------------------------------------------------------------

    def _compute_seal(self):
        links = self.env["customer.audit.link"].search([("entry_ref", "in", self.ids)])
        by_entry = {link.entry_ref: link for link in links}
        for entry in self:
            link = by_entry.get(entry.id)
            entry.seal_id = link.seal_id if link else False
            entry.position = link.id if link else 0

    def _search_seal(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        wanted = set(value)
        sealed = SQL("SELECT entry_ref FROM customer_audit_link")
        if wanted - {False}:
            sealed = SQL("%s WHERE seal_id = ANY(%s)", sealed, list(wanted - {False}))
        is_in = (operator == "in") != (False in wanted)
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s %s (%s)",
                SQL.identifier(alias, "id"),
                SQL("IN") if is_in else SQL("NOT IN"),
                sealed,
            )
        )

    # -- screens --------------------------------------------------------------------------

    def action_open_record(self):
        """The record the entry is about."""
        self.ensure_one()
        self.check_access("read")
        if (
            self.model not in self.env
            or not self.env[self.model].browse(self.res_id).exists()
        ):
            raise UserError(self.env._("The record does not exist any more."))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
