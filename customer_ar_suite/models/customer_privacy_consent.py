import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

RECORDERS = ("administrator", "customer_clerk")


class CustomerPrivacyConsent(models.Model):
    """A person agreed to a purpose, or took that back: one row each, never changed.

    The newest row of person and purpose is what holds. ``_record`` is the only writer, and
    the database itself refuses to change or delete what was recorded. Only the note and the
    owner of a merged contact may change.
    """

    _name = "customer.privacy.consent"
    _description = "Consent"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _order = "at desc, id desc"
    _rec_name = "purpose_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Person",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    purpose_id = fields.Many2one(
        "customer.privacy.purpose",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict"
    )
    kind = fields.Selection(
        [("given", "Given"), ("withdrawn", "Withdrawn")],
        string="Decision",
        required=True,
        readonly=True,
    )
    at = fields.Datetime(string="Decided on", required=True, readonly=True)
    channel = fields.Selection(
        [
            ("portal", "Portal"),
            ("email", "E-mail"),
            ("phone", "Telephone"),
            ("paper", "Signed Paper"),
            ("person", "In Person"),
        ],
        required=True,
        readonly=True,
    )
    consent_text = fields.Text(string="Text Shown", readonly=True)
    text_hash = fields.Char(
        string="Text Version",
        required=True,
        readonly=True,
        help="SHA-256 of the text the person was shown.",
    )
    language = fields.Char(readonly=True)
    evidence = fields.Binary(attachment=True, readonly=True)
    evidence_name = fields.Char(readonly=True)
    evidence_hash = fields.Char(string="Evidence (SHA-256)", readonly=True)
    note = fields.Char(readonly=True)
    recorded_by_id = fields.Many2one(
        "res.users", required=True, readonly=True, ondelete="restrict"
    )
    recorded_at = fields.Datetime(string="Recorded on", required=True, readonly=True)
    is_current = fields.Boolean(
        string="Holds Now", compute="_compute_is_current", search="_search_is_current"
    )

    _person_purpose_idx = models.Index("(partner_id, purpose_id, at DESC, id DESC)")

    def init(self):
        """Let the database itself refuse to rewrite the history."""
        self.env.cr.execute(
            SQL("""
            CREATE OR REPLACE FUNCTION customer_privacy_consent_refuse() RETURNS trigger AS $$
            BEGIN
                IF TG_OP = 'UPDATE'
                   AND (NEW.purpose_id, NEW.company_id, NEW.kind, NEW.at, NEW.channel,
                        NEW.consent_text, NEW.text_hash, NEW.language, NEW.evidence_hash,
                        NEW.recorded_by_id, NEW.recorded_at)
                       IS NOT DISTINCT FROM
                       (OLD.purpose_id, OLD.company_id, OLD.kind, OLD.at, OLD.channel,
                        OLD.consent_text, OLD.text_hash, OLD.language, OLD.evidence_hash,
                        OLD.recorded_by_id, OLD.recorded_at)
                THEN
                    RETURN NEW;
                END IF;
                RAISE EXCEPTION 'customer_privacy_consent is append-only';
            END $$ LANGUAGE plpgsql;
            CREATE OR REPLACE TRIGGER customer_privacy_consent_refuse_rows
                BEFORE UPDATE OR DELETE ON customer_privacy_consent
                FOR EACH ROW EXECUTE FUNCTION customer_privacy_consent_refuse();
            CREATE OR REPLACE TRIGGER customer_privacy_consent_refuse_truncate
                BEFORE TRUNCATE ON customer_privacy_consent
                FOR EACH STATEMENT EXECUTE FUNCTION customer_privacy_consent_refuse();
        """)
        )

    # -- recording ------------------------------------------------------------------------

    @api.model
    def _check_may_record(self):
        groups = (
            f"customer_ar_suite.customer_ar_suite_group_{name}" for name in RECORDERS
        )
        if not any(map(self.env.user.has_group, groups)):
            raise AccessError(
                self.env._(
                    "Consents are recorded by customer clerks and administrators of the "
                    "suite."
                )
            )

    @api.model
    def _record(self, partner, purpose, kind, channel, at=None, **extra):
        """Add a decision of ``partner``; the caller has checked that it may be recorded.

        :param extra: ``evidence`` (base64), ``evidence_name``, ``note``
        """
        now = fields.Datetime.now()
        at = at or now
        if at > now:
            raise UserError(self.env._("A decision cannot lie in the future."))
        shown = purpose.with_context(lang=partner.lang or self.env.lang)
        evidence = extra.get("evidence")
        vals = {
            "partner_id": partner.id,
            "purpose_id": purpose.id,
            "company_id": (purpose.company_id or self.env.company).id,
            "kind": kind,
            "at": at,
            "channel": channel,
            "consent_text": shown.consent_text or "",
            "text_hash": shown.consent_hash,
            "language": shown.env.lang,
            "evidence_hash": evidence and _sha256_of(evidence),
            "recorded_by_id": self.env.uid,
            "recorded_at": now,
            **extra,
        }
        # sudo: nobody may create consents but through here; checked by the callers
        row = self.sudo()._insert([vals])
        self.env["customer.audit.entry"]._ar_log(
            f"privacy.consent_{kind}",
            partner,
            {
                "purpose": purpose.id,
                "channel": channel,
                "at": fields.Datetime.to_string(at),
                "text": row.text_hash,
            },
        )
        return row.with_env(self.env)

    # -- what holds -----------------------------------------------------------------------

    @api.model
    def _current(self, partners=None, purposes=None):
        """The rows that hold now: the newest of each person and purpose.

        :param partners: those persons only; ``purposes``: those purposes only
        """
        domain = []
        if partners is not None:
            domain.append(("partner_id", "in", partners.ids))
        if purposes is not None:
            domain.append(("purpose_id", "in", purposes.ids))
        query = self._search(domain)
        rows = self.env.execute_query(
            SQL(
                """
            SELECT DISTINCT ON (partner_id, purpose_id) id FROM customer_privacy_consent
             WHERE id IN %s ORDER BY partner_id, purpose_id, at DESC, id DESC
            """,
                query.subselect(),
            )
        )
        return self.browse(id_ for (id_,) in rows)

    def _compute_is_current(self):
        current = self._current(self.partner_id, self.purpose_id)
        for row in self:
            row.is_current = row in current

    def _search_is_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = set(value)
        if wanted == {True, False}:
            return [(1, "=", 1)]
        return [("id", "in" if True in wanted else "not in", self._current().ids)]

    # -- merging, erasing -----------------------------------------------------------------

    @api.model
    def _ar_privacy_redact(self, ids, found, marker):
        """After an erasure the decision stays as evidence; what was attached goes."""
        # sudo: part of an erasure, which was checked; the trigger lets these through
        self.browse(ids).sudo()._set(note=False, evidence=False, evidence_name=False)
        # the company's own words and the fingerprints are the evidence
        return ("consent_text", "language", "text_hash", "evidence_hash")


def _sha256_of(encoded):
    return hashlib.sha256(base64.b64decode(encoded)).hexdigest()
