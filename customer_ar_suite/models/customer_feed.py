import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

_SWITCH = "customer_ar_suite.change_feed"
#: so long changes are kept for systems that did not ask
KEEP_DAYS = 90
#: columns that change without anybody changing the customer
_SKIPPED = (
    "write_date", "write_uid", "create_date", "create_uid", "customer_rank",
    "supplier_rank", "message_main_attachment_id", "signup_type", "partner_gid",
    "partner_latitude", "partner_longitude", "date_localization",
    "last_time_entries_checked", "complete_name",
)  # fmt: skip


class CustomerFeed(models.Model):
    """Which customer changed in which transaction, noted by the database itself.

    A reader is given only transactions before which none is under way any more, in the order
    of their numbers: so nothing can appear behind a cursor that has gone by. Off until an
    administrator switches it on; then triggers on contacts and their bank accounts note what
    changes, whoever changes it.
    """

    _name = "customer.feed"
    _description = "Change of a Customer"
    _inherit = ["ar.locked.mixin"]
    _order = "id"
    _log_access = False

    partner_ref = fields.Integer(string="Customer ID", required=True, readonly=True)
    kind = fields.Selection(
        [
            ("created", "Created"),
            ("changed", "Changed"),
            ("archived", "Archived"),
            ("restored", "Restored"),
            ("merged", "Merged"),
            ("deleted", "Deleted"),
        ],
        string="Change",
        required=True,
        readonly=True,
    )
    target_ref = fields.Integer(string="Merged into", readonly=True, aggregator=None)
    company_ref = fields.Integer(string="Company ID", readonly=True, aggregator=None)
    at = fields.Datetime(string="Time", required=True, readonly=True)

    def init(self):
        """The number of the transaction needs 64 bits, which no field has."""
        self.env.cr.execute(
            SQL(
                """
                ALTER TABLE customer_feed ADD COLUMN IF NOT EXISTS xid bigint;
                CREATE UNIQUE INDEX IF NOT EXISTS customer_feed_once
                    ON customer_feed (xid, partner_ref, kind);
                CREATE INDEX IF NOT EXISTS customer_feed_order ON customer_feed (xid, id)
                """
            )
        )

    # -- switching ------------------------------------------------------------------------

    @api.model
    def _epoch(self):
        """The name of this feed, part of each cursor; empty: the feed is off."""
        # sudo: one word of the settings
        return self.env["ir.config_parameter"].sudo().get_param(_SWITCH) or ""

    @api.model
    def _switch(self, is_on):
        """Begin to note changes, or stop; cursors of before are worth nothing then."""
        # sudo: the settings page checked that he is an administrator
        parameters = self.env["ir.config_parameter"].sudo()
        if is_on == bool(self._epoch()):
            return
        self._remove_triggers()
        self.env.cr.execute(SQL("DELETE FROM customer_feed"))
        if is_on:
            self._install_triggers()
        parameters.set_param(_SWITCH, secrets.token_hex(4) if is_on else False)
        self.env["customer.audit.entry"]._ar_log_event(
            "feed.switch", "customer.feed", {"on": is_on}
        )

    @api.model
    def _install_triggers(self):
        self.env.cr.execute(
            SQL(
                """
                CREATE OR REPLACE FUNCTION customer_feed_note() RETURNS trigger
                LANGUAGE plpgsql AS $$
                DECLARE
                    who integer; former integer; what text := 'changed';
                    skipped text[] := %(skipped)s;
                BEGIN
                    IF TG_OP = 'INSERT' THEN
                        who := COALESCE(NEW.commercial_partner_id, NEW.parent_id, NEW.id);
                        IF who = NEW.id THEN what := 'created'; END IF;
                    ELSIF TG_OP = 'DELETE' THEN
                        who := COALESCE(OLD.commercial_partner_id, OLD.id);
                        IF who = OLD.id THEN what := 'deleted'; END IF;
                    ELSE
                        IF to_jsonb(NEW) - skipped = to_jsonb(OLD) - skipped THEN
                            RETURN NULL;
                        END IF;
                        who := COALESCE(NEW.commercial_partner_id, NEW.id);
                        former := OLD.commercial_partner_id;
                        IF who = NEW.id AND OLD.active IS DISTINCT FROM NEW.active THEN
                            what := CASE WHEN NEW.active THEN 'restored'
                                         ELSE 'archived' END;
                        END IF;
                    END IF;
                    INSERT INTO customer_feed (partner_ref, kind, company_ref, xid, at)
                    SELECT id, CASE WHEN id = who THEN what ELSE 'changed' END,
                           CASE TG_OP WHEN 'DELETE' THEN OLD.company_id
                                      ELSE NEW.company_id END,
                           pg_current_xact_id()::text::bigint,
                           clock_timestamp() AT TIME ZONE 'UTC'
                      FROM (SELECT DISTINCT unnest(ARRAY[who, former]) AS id) found
                     WHERE id IS NOT NULL
                        ON CONFLICT DO NOTHING;
                    RETURN NULL;
                END $$;
                CREATE OR REPLACE FUNCTION customer_feed_note_bank() RETURNS trigger
                LANGUAGE plpgsql AS $$
                BEGIN
                    INSERT INTO customer_feed (partner_ref, kind, company_ref, xid, at)
                    SELECT COALESCE(commercial_partner_id, id), 'changed', company_id,
                           pg_current_xact_id()::text::bigint,
                           clock_timestamp() AT TIME ZONE 'UTC'
                      FROM res_partner
                     WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.partner_id
                                           ELSE NEW.partner_id END
                        ON CONFLICT DO NOTHING;
                    RETURN NULL;
                END $$;
                CREATE OR REPLACE TRIGGER customer_feed_note
                    AFTER INSERT OR UPDATE OR DELETE ON res_partner
                    FOR EACH ROW EXECUTE FUNCTION customer_feed_note();
                CREATE OR REPLACE TRIGGER customer_feed_note_bank
                    AFTER INSERT OR UPDATE OR DELETE ON res_partner_bank
                    FOR EACH ROW EXECUTE FUNCTION customer_feed_note_bank()
                """,
                skipped=list(_SKIPPED),
            )
        )

    @api.model
    def _remove_triggers(self):
        self.env.cr.execute(
            SQL(
                """
                DROP FUNCTION IF EXISTS customer_feed_note() CASCADE;
                DROP FUNCTION IF EXISTS customer_feed_note_bank() CASCADE
                """
            )
        )

    # -- reading --------------------------------------------------------------------------

    @api.model
    def _horizon(self):
        """The number below which every transaction is over, and the next one to come.

        As of what this transaction sees. Those surely of other databases of the server do not
        count: they write nothing here.
        """
        [(under_way, ahead)] = self.env.execute_query(
            SQL(
                """
                SELECT MIN(number), pg_snapshot_xmax(pg_current_snapshot())::text::bigint
                  FROM (SELECT pg_snapshot_xip(pg_current_snapshot())::text::bigint) x(number)
                 WHERE NOT EXISTS (
                    SELECT 1 FROM pg_stat_activity other
                     WHERE other.datname <> current_database()
                       AND other.backend_xid::text::bigint = x.number %% (1::bigint << 32))
                """
            )
        )
        return under_way or ahead, ahead

    @api.model
    def _changes_since(self, xid, number, limit):
        """Rows behind a cursor: (xid, id, customer, kind, target, company, time)."""
        horizon, ahead = self._horizon()
        if xid > ahead:
            raise UserError(self._begin_anew())
        return self.env.execute_query(
            SQL(
                """
                SELECT xid, id, partner_ref, kind, target_ref, company_ref, at
                  FROM customer_feed
                 WHERE xid < %s AND (xid, id) > (%s, %s)
                 ORDER BY xid, id LIMIT %s
                """,
                horizon,
                xid,
                number,
                limit,
            )
        )

    @api.model
    def _begin_anew(self):
        return self.env._(
            "This cursor is of another feed or too old: changes behind it were not kept. Begin "
            "again without a cursor; you will get all customers first."
        )

    @api.model
    def _first_kept(self):
        """The cursor must not be before what was removed for its age."""
        # sudo: one number of the settings
        value = self.env["ir.config_parameter"].sudo().get_param(f"{_SWITCH}_from")
        return int(value or 0)

    def _note_merge(self, source_ids, target_id):
        """A merge deletes: the reader is told what became of these customers."""
        if self._epoch():
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO customer_feed (partner_ref, kind, target_ref, xid, at)
                    SELECT id, 'merged', %s, pg_current_xact_id()::text::bigint,
                           clock_timestamp() AT TIME ZONE 'UTC'
                      FROM unnest(%s) id
                        ON CONFLICT DO NOTHING
                    """,
                    target_id,
                    list(source_ids),
                )
            )

    @api.model
    def _ar_merge_partners(self, source_ids, target_id):
        """The merge hook: nothing to move, but something to tell."""
        self._note_merge(source_ids, target_id)

    @api.autovacuum
    def _remove_old(self):
        """Forget what nobody asked for in time; a cursor before that is refused."""
        if not self._epoch():
            return
        rows = self.env.execute_query(
            SQL(
                """
                WITH gone AS (
                    DELETE FROM customer_feed
                     WHERE at < now() AT TIME ZONE 'UTC' - %s * INTERVAL '1 day'
                    RETURNING xid)
                SELECT MAX(xid) FROM gone
                """,
                KEEP_DAYS,
            )
        )
        if rows[0][0]:
            # sudo: see _first_kept
            self.env["ir.config_parameter"].sudo().set_param(
                f"{_SWITCH}_from", str(rows[0][0])
            )
