import json

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.privacy.retention import kept_until

KIND = "tombstone"
EMPTIED = "tombstone.empty"


class CustomerTombstone(models.Model):
    """How long a tombstone tells who the customer was; that there was one, it tells for good.

    The register of processing says for how many years. Then name, data and reason go, also
    from the request it hangs on; who decided when, and the fingerprint, stay.
    """

    _inherit = "customer.tombstone"

    emptied_on = fields.Date(
        readonly=True, help="The day on which the data were removed."
    )
    keep_until = fields.Date(
        string="Kept until",
        compute="_compute_keep_until",
        help="From the register of processing; empty: it does not say.",
    )

    @api.depends("at", "company_id")
    def _compute_keep_until(self):
        # sudo: until when something is kept is no secret of register and companies
        plan, known = self.env["customer.privacy.plan"].sudo(), self.sudo()
        rules = {company: plan._rule(KIND, company) for company in known.company_id}
        for stone in known:
            rule, company = rules[stone.company_id], stone.company_id
            closing = (int(company.fiscalyear_last_month), company.fiscalyear_last_day)
            stone.keep_until = (
                kept_until(stone.at.date(), rule.years, closing) if rule else False
            )

    @api.depends("customer_name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for stone in self:
            name = self.env._("Tombstone %(number)s", number=stone.id)
            stone.display_name = stone.customer_name or name

    @api.autovacuum
    def _gc_over(self):
        """What the register does not order to keep any more is removed."""
        today = fields.Date.context_today(self)
        self.search([("emptied_on", "=", False)]).filtered(
            lambda stone: stone.keep_until and stone.keep_until < today
        )._empty()

    def _empty(self):
        """Forget the customer; the database allows this one change, once."""
        if not self:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
            UPDATE customer_tombstone
               SET emptied_on = %s, content = NULL, reason = NULL, customer_name = NULL,
                   customer_ref = NULL, customer_vat = NULL
             WHERE id = ANY(%s) AND emptied_on IS NULL
            """,
                fields.Date.context_today(self),
                self.ids,
            )
        )
        self.invalidate_recordset()
        requests = self.request_id
        nothing = ("customer_name", "customer_ref", "customer_vat", "reason")
        requests._set(**dict.fromkeys(nothing, False))
        log = self.env["customer.audit.entry"]
        about = [("model", "=", requests._name), ("res_id", "in", requests.ids)]
        log._ar_log(EMPTIED, self)
        log._ar_erase(about, EMPTIED)

    # -- rights of persons ----------------------------------------------------------------

    @api.model
    def _ar_about(self, partner_ids):
        """Tombstones in which one of these contacts stands, himself or below his company."""
        rows = self.env.execute_query(
            SQL(
                """
            SELECT id FROM customer_tombstone
             WHERE former_id = ANY(%(ids)s)
                OR EXISTS (SELECT FROM jsonb_array_elements(content::jsonb -> 'contacts') one
                            WHERE (one ->> 'id')::int = ANY(%(ids)s))
            """,
                ids=list(partner_ids),
            )
        )
        return [id_ for (id_,) in rows]

    def _ar_privacy_own(self, partner_ids):
        """Those of them that tell of nobody else."""
        persons = set(partner_ids)
        return self.filtered(
            lambda stone: ({stone.former_id, *_contacts(stone.content)} <= persons)
        )

    @api.model
    def _ar_privacy_redact(self, ids, _found, _marker):
        """An erasure after the time of keeping: the tombstone is emptied as a whole."""
        self.browse(ids).filtered(lambda stone: not stone.emptied_on)._empty()
        return {name for name, field in self._fields.items() if field.store}


def _contacts(content):
    return {one["id"] for one in json.loads(content or "{}").get("contacts", ())}
