import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, json_default


class CustomerAuditEntry(models.Model):
    """Who did what to which record: written once, never changed, never deleted.

    Nobody has the right to create, write or delete entries; ``_ar_log`` is the only writer
    and the database itself refuses UPDATE, DELETE and TRUNCATE. The rows carry no
    ``create_uid``/``write_uid``: Odoo would update those when a user is deleted.
    """

    _name = "customer.audit.entry"
    _description = "Audit Entry"
    _order = "id desc"
    _rec_name = "event"
    _log_access = False

    at = fields.Datetime(string="Time", required=True, readonly=True, index=True)
    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    event = fields.Char(required=True, readonly=True, index=True)
    model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record ID", model_field="model", required=True, readonly=True
    )
    record_name = fields.Char(string="Record", compute="_compute_record_name")
    payload = fields.Json(readonly=True)
    payload_text = fields.Char(string="Details", compute="_compute_payload_text")

    _record_idx = models.Index("(model, res_id)")

    @api.depends_context("lang")
    def _compute_record_name(self):
        """Names of records the reader may see; "model,id" for the others."""
        for model, entries in self.grouped("model").items():
            names = {}
            if model in self.env:
                records = self.env[model].browse(entries.mapped("res_id")).exists()
                readable = records._filtered_access("read")
                names = {record.id: record.display_name for record in readable}
            for entry in entries:
                entry.record_name = names.get(entry.res_id) or f"{model},{entry.res_id}"

    @api.depends("payload")
    def _compute_payload_text(self):
        """The payload as a line one can read and search with the eyes."""
        for entry in self:
            entry.payload_text = " · ".join(
                f"{name}: {_readable(value)}"
                for name, value in (entry.payload or {}).items()
                if value not in (False, None, "")
            )

    def init(self):
        """Let the database itself refuse to change what was logged."""
        self.env.cr.execute(
            SQL("""
            CREATE OR REPLACE FUNCTION customer_audit_entry_refuse() RETURNS trigger AS $$
            BEGIN
                RAISE EXCEPTION 'customer_audit_entry is append-only';
            END $$ LANGUAGE plpgsql;
            CREATE OR REPLACE TRIGGER customer_audit_entry_refuse_rows
                BEFORE UPDATE OR DELETE ON customer_audit_entry
                FOR EACH ROW EXECUTE FUNCTION customer_audit_entry_refuse();
            CREATE OR REPLACE TRIGGER customer_audit_entry_refuse_truncate
                BEFORE TRUNCATE ON customer_audit_entry
                FOR EACH STATEMENT EXECUTE FUNCTION customer_audit_entry_refuse();
        """)
        )

    def write(self, vals):
        raise UserError(self.env._("Audit entries cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Audit entries cannot be deleted."))

    @api.model
    def _ar_log(self, event, records, values=None, by_record=None):
        """Log ``event`` once per record, in one statement however many there are.

        ``values`` go into every entry, ``by_record[id]`` into the entry of that record.
        The caller has checked the right to do what is being logged.
        """
        if not records:
            return
        ids = records.ids
        payloads = [{**(values or {}), **(by_record or {}).get(id_, {})} for id_ in ids]
        # written by SQL because nobody, not even a superuser's mistake, has the right to
        self.env.cr.execute(
            SQL(
                """
            INSERT INTO customer_audit_entry
                        (at, user_id, company_id, event, model, res_id, payload)
                 SELECT now() AT TIME ZONE 'UTC', %(user)s, %(company)s, %(event)s,
                        %(model)s, entry.res_id, entry.payload::jsonb
                   FROM unnest(%(ids)s::int[], %(payloads)s::text[]) AS entry(res_id, payload)
            """,
                user=self.env.uid,
                company=self.env.company.id,
                event=event,
                model=records._name,
                ids=ids,
                payloads=[
                    json.dumps(payload, ensure_ascii=False, default=json_default)
                    for payload in payloads
                ],
            )
        )


def _readable(value):
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
