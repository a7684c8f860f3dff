import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

HIDDEN = "sha256:"


class CustomerAuditEntry(models.Model):
    """What people see of an entry: names instead of numbers, old → new, sealed or not."""

    _inherit = "customer.audit.entry"

    event_name = fields.Char(
        string="What Happened",
        compute="_compute_event_name",
        search="_search_event_name",
    )
    record_name = fields.Char(string="Record", compute="_compute_record_name")
    model_name = fields.Char(string="Kind of Record", compute="_compute_model_name")
    payload_text = fields.Char(
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

    @api.depends("event", "model", "res_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for entry in self:
            entry.display_name = f"{entry.event_name}: {entry.record_name}"

    @api.depends("event")
    @api.depends_context("lang")
    def _compute_event_name(self):
        names = self._event_names()
        for entry in self:
            entry.event_name = names.get(entry.event, entry.event)

    @api.model
    def _search_event_name(self, operator, value):
        if operator not in ("ilike", "=") or not isinstance(value, str):
            return NotImplemented
        wanted = value.casefold()
        return Domain(
            "event",
            "in",
            [
                code
                for code, name in self._event_names().items()
                if wanted == name.casefold()
                or (operator == "ilike" and wanted in name.casefold())
            ],
        )

    @api.model
    def _event_names(self):
        """What happened, in words; events without a name show their code."""
        return {
            "record.create": self.env._("Created"),
            "record.write": self.env._("Changed"),
            "record.delete": self.env._("Deleted"),
            "record.truncate": self.env._("Table Emptied"),
            "data.export": self.env._("List Exported"),
            "report.export": self.env._("Report Exported"),
            "audit.export": self.env._("Audit Log Exported"),
            "audit.check": self.env._("Audit Log Checked"),
            "audit.erase": self.env._("Details Erased"),
            "audit.head": self.env._("Head of the Log Sent"),
            "partner.merge": self.env._("Merged into Another Contact"),
            "partner.absorb": self.env._("Other Contacts Merged into It"),
            "payer_alias.revoke": self.env._("Payer Alias Revoked"),
            "payer_alias.restore": self.env._("Payer Alias Restored"),
            "category.assign": self.env._("Category Assigned"),
            "category.merge": self.env._("Category History Merged"),
            "guarded.create": self.env._("Guarded Values Set by the System"),
            "guarded.write": self.env._("Guarded Values Changed by the System"),
            "change.request": self.env._("Change Requested"),
            "change.approve": self.env._("Change Approved"),
            "change.reject": self.env._("Change Rejected"),
            "payment_cycle.assign": self.env._("Payment Cycle Given"),
            "payment_cycle.change": self.env._("Payment Cycle Changed"),
            "payment_rhythm.accepted": self.env._("Proposed Payment Cycle Accepted"),
            "payment_rhythm.requested": self.env._("Proposed Payment Cycle Requested"),
            "payment_rhythm.rejected": self.env._("Proposed Payment Cycle Rejected"),
            "rates.apply": self.env._("Exchange Rates Imported"),
            "rates.undo": self.env._("Import of Exchange Rates Undone"),
            "statement_issued": self.env._("Statement Issued"),
            "statement_printed": self.env._("Statement Printed"),
            "statement_sent": self.env._("Statement Marked as Sent"),
            "statement_cancelled": self.env._("Statement Cancelled"),
            "confirmation_issued": self.env._("Confirmation Letter Issued"),
            "confirmation_printed": self.env._("Confirmation Letter Printed"),
            "confirmation_emailed": self.env._("Confirmation Letter E-Mailed"),
            "confirmation_sent": self.env._("Confirmation Letter Sent"),
            "confirmation_returned": self.env._("Confirmation Letter Undeliverable"),
            "confirmation_agreed": self.env._("Balance Confirmed by the Customer"),
            "confirmation_differing": self.env._("Balance Disputed by the Customer"),
            "confirmation_reopened": self.env._("Reply to a Confirmation Set Aside"),
            "confirmation_superseded": self.env._("Confirmation Superseded"),
            "confirmation_cancelled": self.env._("Confirmation Letter Cancelled"),
            "confirmation_reminded": self.env._("Reminded of a Confirmation"),
        }

    @api.depends("payload")
    @api.depends_context("lang")
    def _compute_payload_text(self):
        """The payload as a line one can read and search with the eyes."""
        for model, entries in self.grouped("model").items():
            fields_ = entries._described_fields(model)
            names = entries._names_in_payloads(fields_)
            for entry in entries:
                known = fields_ if entry.event.startswith("record.") else {}
                entry.payload_text = " · ".join(
                    entry._item_text(name, value, known.get(name), names)
                    for name, value in (entry.payload or {}).items()
                    if value is not None and value is not False and value != ""
                )

    @api.model
    def _described_fields(self, model):
        if model not in self.env:
            return {}
        # sudo: labels of fields are no secret
        return (
            self.env[model]
            .sudo()
            .fields_get(attributes=["string", "type", "relation", "selection"])
        )

    def _names_in_payloads(self, fields_):
        """{model: {id: name}} of records that changed fields point to."""
        wanted = {}
        for entry in self:
            for name, value in (entry.payload or {}).items():
                model = fields_.get(name, {}).get("relation")
                if model and entry.event.startswith("record."):
                    wanted.setdefault(model, set()).update(_numbers(value))
        return {model: self._names_of(model, ids) for model, ids in wanted.items()}

    def _item_text(self, name, value, field, names):
        if name == "@database":
            return self.env._("account of the database: %(name)s", name=value)
        if not field:
            return f"{name}: {self._readable(value)}"
        known = names.get(field.get("relation"), {})
        if field.get("selection"):
            known = dict(field["selection"])
        elif field["type"] == "boolean":
            known = {False: self.env._("no")}
        label = field["string"]
        if isinstance(value, dict) and value.keys() <= {"added", "removed"}:
            signs = {"added": "+", "removed": "−"}
            changes = [
                f"{signs[word]}{known.get(id_) or id_}"
                for word, ids in value.items()
                for id_ in ids
            ]
            return f"{label}: {', '.join(changes)}"
        return f"{label}: {self._readable(value, known)}"

    def _readable(self, value, known=()):
        if isinstance(value, list) and len(value) == 2:
            if all(isinstance(item, dict) or item is None for item in value):
                return self._readable_parts(*value, known)
            old, new = (self._readable(item, known) for item in value)
            return f"{old} → {new}"
        if value is None or value is False or value == "":
            return known[False] if value is False and False in known else "–"
        if value is True:
            return self.env._("yes")
        if isinstance(value, str) and value.startswith(HIDDEN):
            return self.env._("not shown")
        if isinstance(value, dict) and len(value) == 1:
            # one value per company or per language, and only one
            return self._readable(next(iter(value.values())), known)
        if known and isinstance(value, (int, str)) and value in known:
            return known[value]
        return (
            value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        )

    def _readable_parts(self, old, new, known):
        """A value per language or per company: those that changed."""
        old, new = old or {}, new or {}
        changed = [part for part in {**old, **new} if old.get(part) != new.get(part)]
        texts = [
            self._readable([old.get(part), new.get(part)], known) for part in changed
        ]
        if len({**old, **new}) == 1:
            return texts[0]
        companies = [int(part) for part in changed if part.isdecimal()]
        names = self._names_of("res.company", companies)
        return ", ".join(
            f"{names.get(int(part), part) if part.isdecimal() else part}: {text}"
            for part, text in zip(changed, texts, strict=True)
        )

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


def _numbers(value):
    """All whole numbers in a value, at any depth: ids, where a field points to records."""
    if isinstance(value, bool):
        return set()
    if isinstance(value, int):
        return {value}
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return set().union(*map(_numbers, value))
    return set()
