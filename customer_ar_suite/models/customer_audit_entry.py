import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, json_default

from ..engine.audit import ERASE, ranges


class CustomerAuditEntry(models.Model):
    """Who did what to which record: written once, never changed, never deleted.

    Nobody has the right to create, write or delete entries. ``_ar_log`` writes what the
    suite does, triggers of the database write what happens to the records an audit policy
    watches, by whatever route. The database itself refuses UPDATE, DELETE and TRUNCATE; the
    one thing it allows is to empty the details of an entry for good, where the law asks for
    it. Rows carry no ``create_uid``/``write_uid``: Odoo would update those when a user is
    deleted.
    """

    _name = "customer.audit.entry"
    _description = "Audit Entry"
    _order = "id desc"
    _log_access = False

    at = fields.Datetime(string="Time", required=True, readonly=True, index=True)
    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company",
        readonly=True,
        ondelete="restrict",
        help="Empty: a record that all companies share.",
    )
    event = fields.Char(required=True, readonly=True, index=True)
    model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record ID", model_field="model", required=True, readonly=True
    )
    partner_ref = fields.Integer(
        string="Customer ID",
        readonly=True,
        index="btree_not_null",
        help="Number of the contact the record belongs to, also after it was deleted or "
        "merged.",
    )
    origin = fields.Selection(
        [("odoo", "Odoo"), ("database", "Outside Odoo")],
        required=True,
        readonly=True,
        default="odoo",
        help="Outside Odoo: changed in the database, without a user of Odoo.",
    )
    payload = fields.Json(readonly=True)

    _record_idx = models.Index("(model, res_id)")

    def _auto_init(self):
        """Older logs get the new columns without an UPDATE, which the database refuses."""
        self.env.cr.execute(
            SQL(
                "ALTER TABLE IF EXISTS customer_audit_entry ADD COLUMN IF NOT EXISTS"
                " origin varchar NOT NULL DEFAULT 'odoo'"
            )
        )
        return super()._auto_init()

    def init(self):
        """Give entries their transaction and salt; let the database refuse every change."""
        self.env.cr.execute(
            SQL("""
            ALTER TABLE customer_audit_entry
                ADD COLUMN IF NOT EXISTS xid bigint NOT NULL
                    DEFAULT pg_current_xact_id()::text::bigint,
                ADD COLUMN IF NOT EXISTS salt text DEFAULT gen_random_uuid()::text;
            ALTER TABLE customer_audit_entry ALTER COLUMN origin SET DEFAULT 'odoo';
            CREATE INDEX IF NOT EXISTS customer_audit_entry_xid_idx
                ON customer_audit_entry (xid);
            CREATE OR REPLACE FUNCTION customer_audit_refuse() RETURNS trigger AS $$
            BEGIN
                RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME;
            END $$ LANGUAGE plpgsql;
            CREATE OR REPLACE FUNCTION customer_audit_entry_refuse() RETURNS trigger AS $$
            BEGIN
                -- the details of an entry may be erased for good, and nothing else
                IF TG_OP = 'UPDATE' AND new.payload IS NULL AND new.salt IS NULL
                    AND (to_jsonb(new) - 'payload' - 'salt')
                      = (to_jsonb(old) - 'payload' - 'salt')
                THEN
                    RETURN new;
                END IF;
                RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME;
            END $$ LANGUAGE plpgsql;
            CREATE OR REPLACE TRIGGER customer_audit_entry_refuse_rows
                BEFORE UPDATE OR DELETE ON customer_audit_entry
                FOR EACH ROW EXECUTE FUNCTION customer_audit_entry_refuse();
            CREATE OR REPLACE TRIGGER customer_audit_entry_refuse_truncate
                BEFORE TRUNCATE ON customer_audit_entry
                FOR EACH STATEMENT EXECUTE FUNCTION customer_audit_refuse();
        """)
        )

    def write(self, vals):
        raise UserError(self.env._("Audit entries cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Audit entries cannot be deleted."))

    # -- writing --------------------------------------------------------------------------

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
        self._ar_insert(
            event, records._name, ids, self._ar_partner_refs(records), payloads
        )

    @api.model
    def _ar_log_event(self, event, model, values):
        """Log one thing that concerns no single record, such as an export of many."""
        self._ar_insert(event, model, [0], [None], [values])

    @api.model
    def _ar_partner_refs(self, records):
        """Ids of the contacts the records belong to."""
        if records._name == "res.partner":
            return records.ids
        field = records._fields.get("partner_id")
        if field and field.comodel_name == "res.partner" and field.type == "many2one":
            # sudo: keeps the number of a contact, shows nothing
            return [record.partner_id.id or None for record in records.sudo()]
        return [None] * len(records)

    @api.model
    def _ar_insert(self, event, model, ids, partners, payloads):
        # written by SQL because nobody, not even a superuser's mistake, has the right to
        self.env.cr.execute(
            SQL(
                """
            INSERT INTO customer_audit_entry
                   (at, user_id, company_id, event, model, res_id, partner_ref, payload)
            SELECT now() AT TIME ZONE 'UTC', %(user)s, %(company)s, %(event)s,
                   %(model)s, entry.res_id, entry.partner_ref, entry.payload::jsonb
              FROM unnest(%(ids)s::int[], %(partners)s::int[], %(payloads)s::text[])
                   AS entry(res_id, partner_ref, payload)
            """,
                user=self.env.uid,
                company=self.env.company.id,
                event=event,
                model=model,
                ids=ids,
                partners=partners,
                payloads=[
                    # PostgreSQL keeps no NUL and no lone surrogate
                    json.dumps(payload, ensure_ascii=False, default=json_default)
                    .replace("\\u0000", "\N{REPLACEMENT CHARACTER}")
                    .encode("utf-8", "replace")
                    .decode()
                    for payload in payloads
                ],
            )
        )

    @api.model
    def _ar_erase(self, domain, reason):
        """Empty the details of entries for good; that it was done is an entry itself.

        For privacy duties: the chain stays whole, because it holds a salted digest of the
        details, and the salt goes with them. The caller has checked the right to do it.

        :return: number of entries
        """
        # sudo: whoever may anonymise a person need not be able to read the log
        entries = self.sudo().search(Domain(domain) & Domain("event", "!=", ERASE))
        if entries:
            self._ar_log_event(
                ERASE, self._name, {"entries": ranges(entries.ids), "reason": reason}
            )
            self.env.cr.execute(
                SQL(
                    "UPDATE customer_audit_entry SET payload = NULL, salt = NULL"
                    " WHERE id = ANY(%s) AND salt IS NOT NULL",
                    entries.ids,
                )
            )
            self.invalidate_model(["payload"])
        return len(entries)
