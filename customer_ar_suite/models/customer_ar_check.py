import logging
import time

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .ar_checks.base import PROOFS, Scope

_logger = logging.getLogger(__name__)

MODULE = "customer_ar_suite"
#: days after which the cron looks at everything again, not only at what was touched
FULL_EVERY = 7


class CustomerArCheck(models.Model):
    """Proves on the live books what must always be true, and names what is not.

    Reads only; what it found is kept. Each invariant is a file in ``ar_checks``.
    """

    _name = "customer.ar.check"
    _description = "Proof of the Books"
    _inherit = ["ar.locked.mixin"]
    _order = "id desc"
    _rec_name = "started_at"

    started_at = fields.Datetime(string="Proven on", readonly=True, required=True)
    as_of_date = fields.Date(string="As of", readonly=True, required=True)
    is_full = fields.Boolean(
        string="Everything",
        readonly=True,
        help="Else only what was touched since the check before.",
    )
    company_ids = fields.Many2many("res.company", string="Companies", readonly=True)
    state = fields.Selection(
        [("green", "Proven"), ("red", "Faults Found"), ("failed", "Not Finished")],
        string="Result",
        readonly=True,
        required=True,
    )
    checked_count = fields.Integer(string="Looked at", readonly=True)
    red_count = fields.Integer(string="Faults", readonly=True)
    seconds = fields.Float(string="Duration (s)", digits=(16, 1), readonly=True)
    watermark = fields.Char(readonly=True)
    result_ids = fields.One2many(
        "customer.ar.check.result", "check_id", string="Proofs", readonly=True
    )
    finding_ids = fields.One2many(
        "customer.ar.check.finding", "check_id", string="Red Lines", readonly=True
    )

    # -- entry points ---------------------------------------------------------------------

    def action_check_now(self):
        """Prove the books of the companies ticked, all of it, and show the result."""
        self._check_checker()
        check = self._prove(self.env.companies, fields.Date.context_today(self))
        return check._get_records_action(
            name=self.env._("Proof of the Books"), context={}
        )

    @api.model
    def _cron_check(self):
        """Prove what was touched since the last time; once a week everything.

        Where nothing was touched there is nothing to prove and nothing is written.
        """
        companies = self.env["res.company"].search([])
        last = self.search([], limit=1)
        watermark = self._watermark()
        if last.watermark == watermark and last.company_ids == companies:
            return
        full = self.search([("is_full", "=", True)], limit=1)
        today = fields.Date.context_today(self)
        is_due = not full or (today - full.as_of_date).days >= FULL_EVERY
        since = None if is_due else last.started_at
        self._prove(companies, today, since)

    def _check_checker(self):
        self.check_access("read")
        roles = ("ar_accountant", "administrator")
        if not any(
            self.env.user.has_group(f"{MODULE}.{MODULE}_group_{r}") for r in roles
        ):
            raise AccessError(
                self.env._(
                    "Only receivables accountants and administrators prove the books."
                )
            )

    # -- proving --------------------------------------------------------------------------

    @api.model
    def _prove(self, companies, as_of, since=None):
        """Run every proof and keep what it found.

        :param since: only what was touched after that; None: everything
        """
        # sudo: the books are proven as a whole; each finding is shown by record rules
        env = self.sudo().env
        started, watermark = fields.Datetime.now(), self._watermark()
        scope = Scope(companies.ids, as_of, since)
        results = [self._run_proof(env, proof, scope) for proof in PROOFS]
        # sudo: nobody has the right to write proofs; who may run them was checked
        check = self.sudo()._insert(
            [
                {
                    "started_at": started,
                    "as_of_date": as_of,
                    "is_full": since is None,
                    "company_ids": companies.ids,
                    "state": self._state(results),
                    "checked_count": sum(one["checked_count"] for one in results),
                    "red_count": sum(one["red_count"] for one in results),
                    "seconds": sum(one["seconds"] for one in results),
                    "watermark": watermark,
                }
            ]
        )
        for values in results:
            faults = values.pop("faults")
            result = env["customer.ar.check.result"]._insert(
                [{"check_id": check.id, **values}]
            )
            env["customer.ar.check.finding"]._keep(result, faults)
        return check.with_env(self.env)

    def _run_proof(self, env, proof, scope):
        """One proof; what it raises does not keep the others from running."""
        values, begun = {"code": proof.code, "error": False}, time.monotonic()
        try:
            with env.cr.savepoint():
                count, faults = proof.prove(env, scope)
        except Exception as error:  # noqa: BLE001 - shown with the result
            _logger.warning("proof %s failed", proof.code, exc_info=True)
            count, faults, values["error"] = 0, [], str(error)[:500]
        return {
            **values,
            "checked_count": count,
            "red_count": len(faults),
            "seconds": time.monotonic() - begun,
            "faults": faults,
        }

    def _state(self, results):
        if any(one["error"] for one in results):
            return "failed"
        return "red" if any(one["red_count"] for one in results) else "green"

    def _watermark(self):
        """What changes when anything in the books does."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT (SELECT MAX(write_date) || '/' || COUNT(*) FROM account_move_line),
                          (SELECT MAX(id) || '/' || COUNT(known_to)
                             FROM ar_reconciliation_history),
                          (SELECT MAX(id) || '/' || COUNT(known_to) FROM ar_item_history),
                          (SELECT MAX(write_date) FROM account_bank_statement),
                          (SELECT MAX(write_date) FROM ar_aging_bucket_set)"""
            )
        )
        return "|".join(map(str, rows[0]))

    # -- health ---------------------------------------------------------------------------

    @api.model
    def _health(self, companies):
        """The latest full proof that covered these companies; empty: never proven."""
        # sudo: whether the books were proven is told, not what was found
        for check in self.sudo().search([("is_full", "=", True)], limit=20):
            if companies <= check.company_ids:
                return check
        return self.browse()
