import logging
import os

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, config

from ..engine.audit import GENESIS, Seal, chain, parse_keys, seal_mark

_logger = logging.getLogger(__name__)

#: name in the server's configuration file; in capitals, of the environment
KEY = "customer_ar_audit_key"
#: entries per seal, and seals per call of the job
BATCH = 20000
SEALS = 10
TIME = 'YYYY-MM-DD"T"HH24:MI:SS.US'
#: what of an entry goes into its link, in the order of ``engine.audit.Link``
ENTRY = SQL(
    """e.id, to_char(e.at, %s), e.user_id, e.company_id, e.event, e.model, e.res_id,
       e.partner_ref, e.origin, e.xid""",
    TIME,
)


class CustomerAuditSeal(models.Model):
    """The end of a run of audit entries: from here on nobody can change what is before.

    One job links new entries into a keyed chain and closes them with a seal. The key is in
    the server's configuration or environment, never in the database. Entries are taken in
    the order in which they become visible: whatever a transaction's snapshot shows is
    committed, and what it does not show yet has a transaction number of at least the
    snapshot's oldest running one, which the seal keeps as ``horizon`` for the next time.
    Writers wait for nothing.
    """

    _name = "customer.audit.seal"
    _description = "Audit Seal"
    _order = "id desc"
    _rec_name = "display_name"
    _log_access = False

    at = fields.Datetime(string="Sealed at", required=True, readonly=True)
    first_seq = fields.Integer(string="From Position", required=True, readonly=True)
    last_seq = fields.Integer(string="To Position", required=True, readonly=True)
    entry_count = fields.Integer(string="Entries", compute="_compute_entry_count")
    key_ref = fields.Char(string="Key", required=True, readonly=True)
    mark_of_last = fields.Char(string="Mark of the Last Entry", readonly=True)
    previous = fields.Char(string="Mark of the Seal Before", readonly=True)
    mark = fields.Char(required=True, readonly=True)

    def init(self):
        self.env.cr.execute(
            SQL("""
            ALTER TABLE customer_audit_seal
                ADD COLUMN IF NOT EXISTS horizon bigint NOT NULL;
            CREATE OR REPLACE TRIGGER customer_audit_seal_refuse_rows
                BEFORE UPDATE OR DELETE ON customer_audit_seal
                FOR EACH ROW EXECUTE FUNCTION customer_audit_refuse();
            CREATE OR REPLACE TRIGGER customer_audit_seal_refuse_truncate
                BEFORE TRUNCATE ON customer_audit_seal
                FOR EACH STATEMENT EXECUTE FUNCTION customer_audit_refuse();
        """)
        )

    @api.depends_context("lang")
    def _compute_display_name(self):
        for seal in self:
            seal.display_name = self.env._("Seal %(number)s", number=seal.id)

    @api.depends("first_seq", "last_seq")
    def _compute_entry_count(self):
        for seal in self:
            seal.entry_count = seal.last_seq - seal.first_seq + 1

    def write(self, vals):
        raise UserError(self.env._("Audit seals cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Audit seals cannot be deleted."))

    # -- keys -----------------------------------------------------------------------------

    @api.model
    def _setting(self, name):
        """A setting of the server, which nobody can change through the database."""
        return (config.get(name) or os.environ.get(name.upper()) or "").strip()

    @api.model
    def _keys(self):
        """The keys of the server, the one that seals first; none if there is none.

        :raise UserError: if what is configured cannot be a key
        """
        try:
            return parse_keys(self._setting(KEY))
        except ValueError as error:
            raise UserError(
                self.env._(
                    "The audit key “%(name)s” of the server is not usable: write "
                    "name:secret with a secret of at least 32 characters.",
                    name=error,
                )
            ) from error

    @api.model
    def _key_problem(self):
        """Why nothing can be sealed at present, or False."""
        try:
            if self._keys():
                return False
        except UserError as error:
            return str(error)
        return self.env._(
            "The server has no audit key: entries are kept, but not sealed. Set "
            "customer_ar_audit_key in the server's configuration file or "
            "CUSTOMER_AR_AUDIT_KEY in its environment, and restart it. What waits is "
            "sealed then."
        )

    # -- sealing --------------------------------------------------------------------------

    @api.model
    def _cron_seal(self):
        """Seal what is new; one process at a time."""
        if problem := self._key_problem():
            _logger.info("audit log not sealed: %s", problem)
            return
        self._seal_all()
        self._mail_head()

    @api.model
    def _seal_all(self):
        """Seal whatever is visible; return how many entries."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL("SELECT pg_try_advisory_xact_lock(hashtext('customer_audit_seal'))")
        )
        if not self.env.cr.fetchone()[0]:
            return 0
        total = 0
        for _turn in range(SEALS):
            count = self._seal_batch()
            total += count
            if count < BATCH:
                return total
        # sudo: waking the job is no right of its own
        self.env.ref("customer_ar_suite.customer_audit_cron").sudo()._trigger()
        return total

    @api.model
    def _last(self):
        """The last seal as the chain needs it."""
        self.env.cr.execute(
            SQL(
                "SELECT id, last_seq, mark_of_last, mark, horizon, at::date"
                " FROM customer_audit_seal ORDER BY id DESC LIMIT 1"
            )
        )
        return self.env.cr.fetchone() or (0, 0, GENESIS, GENESIS, 0, None)

    @api.model
    def _seal_batch(self):
        number, seq, mark, previous, reached, day = self._last()
        self.env.cr.execute(
            SQL(
                """SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
                          to_char(clock_timestamp() AT TIME ZONE 'UTC', %s)""",
                TIME,
            )
        )
        horizon, at = self.env.cr.fetchone()
        # once a day, and in a database that was restored elsewhere, look at everything
        is_full = horizon < reached or str(day) != at[:10]
        rows = self._unsealed(0 if is_full else reached)
        if not rows:
            return 0
        if len(rows) == BATCH:
            horizon = min(horizon, reached)  # what is left begins there
        key = self._keys()[0]
        links = list(chain(key, rows, (seq, mark), number + 1))
        last, mark = links[-1]
        seal = Seal(number + 1, seq + 1, last.seq, at, horizon, mark, previous)
        self._insert_seal(key, seal)
        self._insert_links(key, links)
        self._keep_outside(key, seal)
        return len(rows)

    @api.model
    def _unsealed(self, horizon):
        """Visible entries without a link, oldest first, as rows for the chain."""
        self.env.cr.execute(
            SQL(
                """
                WITH fresh AS MATERIALIZED (
                     SELECT e.id FROM customer_audit_entry e
                      WHERE e.xid >= %s
                        AND NOT EXISTS (SELECT FROM customer_audit_link l
                                         WHERE l.entry_ref = e.id))
                SELECT %s, e.payload::text, e.salt
                  FROM customer_audit_entry e
                 WHERE e.id IN (SELECT id FROM fresh ORDER BY id LIMIT %s)
                 ORDER BY e.id
                """,
                horizon,
                ENTRY,
                BATCH,
            )
        )
        return self.env.cr.fetchall()

    @api.model
    def _insert_links(self, key, links):
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO customer_audit_link
                       (id, entry_ref, seal_id, key_ref, digest, mark)
                SELECT link.*
                  FROM unnest(%s::int[], %s::int[], %s::int[], %s::text[], %s::text[],
                              %s::text[]) AS link
                """,
                [link.seq for link, _mark in links],
                [link.id for link, _mark in links],
                [link.seal for link, _mark in links],
                [key.id] * len(links),
                [link.digest for link, _mark in links],
                [mark for _link, mark in links],
            )
        )

    @api.model
    def _insert_seal(self, key, seal):
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO customer_audit_seal
                       (id, first_seq, last_seq, at, horizon, mark_of_last, previous,
                        key_ref, mark)
                VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
                """,
                *seal,
                key.id,
                seal_mark(key, seal),
            )
        )
        self.env["customer.audit.entry"].invalidate_model(["seal_id", "position"])

    # -- screens --------------------------------------------------------------------------

    def action_seal_now(self):
        """Seal without waiting for the job."""
        self.env["customer.audit.policy"].check_access("write")
        if problem := self._key_problem():
            raise UserError(problem)
        self._seal_all()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_view_entries(self):
        """The entries of this seal."""
        self.check_access("read")
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.customer_audit_entry_action"
            ),
            "domain": [("seal_id", "=", self.id)],
            "context": {},
        }


class CustomerAuditLink(models.Model):
    """The place of an entry in the chain; ``id`` is its position."""

    _name = "customer.audit.link"
    _description = "Link of the Audit Chain"
    _order = "id desc"
    _log_access = False

    entry_ref = fields.Integer(string="Entry Number", required=True, readonly=True)
    seal_id = fields.Many2one(
        "customer.audit.seal", readonly=True, index=True, ondelete="restrict"
    )
    key_ref = fields.Char(string="Key", required=True, readonly=True)
    digest = fields.Char(required=True, readonly=True)
    mark = fields.Char(required=True, readonly=True)

    _entry_uniq = models.Constraint("UNIQUE(entry_ref)", "An entry is sealed once.")

    def init(self):
        self.env.cr.execute(
            SQL("""
            CREATE OR REPLACE TRIGGER customer_audit_link_refuse_rows
                BEFORE UPDATE OR DELETE ON customer_audit_link
                FOR EACH ROW EXECUTE FUNCTION customer_audit_refuse();
            CREATE OR REPLACE TRIGGER customer_audit_link_refuse_truncate
                BEFORE TRUNCATE ON customer_audit_link
                FOR EACH STATEMENT EXECUTE FUNCTION customer_audit_refuse();
        """)
        )

    def write(self, vals):
        raise UserError(self.env._("Audit seals cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Audit seals cannot be deleted."))
