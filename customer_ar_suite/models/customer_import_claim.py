import hashlib
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.customer_file.plan import keys_of

#: how long two transactions may be under way at the same time, amply
_DAYS = 2
#: kinds of keys that name one customer, and only one
_NAMING = ("ref", "vat")


class CustomerImportClaim(models.Model):
    """A code or tax id that an import is about to create: two at once see each other.

    Each transaction looks only at what was there when it began. Whoever claims a key that
    another transaction has just claimed waits, fails and is taken again; then the customer
    is there. Keys are kept as digests and only as long as transactions may overlap.
    """

    _name = "customer.import.claim"
    _description = "Key Claimed by an Import"
    _log_access = False

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    digest = fields.Char(required=True, readonly=True)
    claimed_at = fields.Datetime(required=True, readonly=True)

    _key_uniq = models.Constraint(
        "UNIQUE(company_id, digest)", "This key is being imported already."
    )

    @api.model
    def _claim(self, company, keys):
        """Claim keys for this transaction, in one order for all, so that none dead-locks.

        :raises psycopg2.OperationalError: somebody else has claimed one meanwhile
        """
        digests = sorted({hashlib.sha256(key.encode()).hexdigest() for key in keys})
        if not digests:
            return
        self.env.cr.execute(
            SQL(
                """INSERT INTO customer_import_claim (company_id, digest, claimed_at)
                        SELECT %s, digest, %s FROM unnest(%s) AS digest
                   ON CONFLICT (company_id, digest)
                 DO UPDATE SET claimed_at = excluded.claimed_at""",
                company.id,
                fields.Datetime.now(),
                digests,
            )
        )

    @api.autovacuum
    def _gc_claims(self):
        before = fields.Datetime.now() - timedelta(days=_DAYS)
        self.search([("claimed_at", "<", before)]).unlink()


class CustomerImportBatch(models.Model):
    """Claims what it is about to create."""

    _inherit = "customer.import.batch"

    def _claim_new(self, read):
        """Codes and tax ids of new customers: another import may be about to make them.

        :param read: the values of their rows
        """
        keys = set()
        for values in read:
            found = keys_of(values)
            keys |= {f"{kind}:{key}" for kind in _NAMING for key in found[kind]}
        # sudo: claims are the import's own
        self.env["customer.import.claim"].sudo()._claim(self.company_id, keys)
