import time

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.http import request
from odoo.tools import ormcache

from ..identity import ar_identity_required

FRESH_SECONDS = 10 * 60  # as long as Odoo's own checks of identity hold
EVERYWHERE = None


class ArIdentityRule(models.Model):
    """A business action before which users prove who they are, and in which companies.

    Shipped switched off, but for the approval of deletions. An action that has no rule is
    treated as switched on, so that nobody gets around a check by removing its rule.
    """

    _name = "ar.identity.rule"
    _description = "Identity Check"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    name = fields.Char(string="Action", required=True, readonly=True, translate=True)
    code = fields.Char(required=True, readonly=True)
    scope = fields.Selection(
        [
            ("off", "Off"),
            ("companies", "In These Companies"),
            ("everywhere", "In All Companies"),
        ],
        string="Identity Check",
        default="off",
        required=True,
        help="On: the user enters a password, a passkey or the code of an authenticator "
        "app before the action. The check holds for ten minutes. Without a session of the "
        "web client, such as over an interface, the action is refused.",
    )
    company_ids = fields.Many2many("res.company", string="Companies")

    _code_unique = models.Constraint("UNIQUE (code)", "Each action has one rule.")

    # -- what is demanded -----------------------------------------------------------------

    @api.model
    @ormcache()
    def _demands(self):
        """{code: ids of the companies where it is on, or EVERYWHERE}."""
        # sudo: who acts need not be able to read the rules
        return {
            rule.code: EVERYWHERE
            if rule.scope == "everywhere"
            else frozenset(rule.company_ids.ids if rule.scope == "companies" else ())
            for rule in self.sudo().search([])
        }

    @api.model
    def _is_demanded(self, code, companies):
        where = self._demands().get(code, EVERYWHERE)
        return where is EVERYWHERE or not where.isdisjoint(companies.ids)

    @api.model
    def _is_confirmed(self):
        """Has the user of this session proved who he is in the last minutes?

        Calls without a session of the user (interfaces, scheduled jobs) are told that
        they cannot do this at all, instead of getting a dialog nobody sees.
        """
        if not request or request.session.uid != self.env.uid:
            raise UserError(
                self.env._(
                    "This action needs a check of your identity. Log in with the browser "
                    "and do it there; it is not available to interfaces and jobs."
                )
            )
        last = request.session.get("identity-check-last", 0)
        return last > time.time() - FRESH_SECONDS

    @api.model
    def _demand(self, code, companies=None):
        """For ``create``, ``write`` and ``unlink``, which cannot answer with a dialog.

        Whoever is not confirmed gets a message with the button that opens it; after that
        he saves again. What the system does by itself is not stopped.
        """
        companies = companies or self.env.user.company_ids
        if self.env.su or not self._is_demanded(code, companies):
            return
        if not self._is_confirmed():
            raise RedirectWarning(
                self.env._(
                    "This change needs a check of your identity. Confirm who you are, "
                    "then save again."
                ),
                # sudo: the number of the action, nothing else
                self.env.ref("customer_ar_suite.ar_identity_rule_confirm").sudo().id,
                self.env._("Confirm Identity"),
            )

    @api.model
    def _log_confirmed(self, code, records):
        self.env["customer.audit.entry"]._ar_log(
            "identity.confirmed", records, {"action": code}
        )

    @ar_identity_required("confirm")
    def action_confirm(self):
        """Nothing but the proof: the dialog closes and the user may save."""
        self.check_access("read")
        return {"type": "ir.actions.act_window_close"}

    # -- upkeep ---------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules._changed("identity.create")
        return rules

    def write(self, vals):
        self._demand("policy")
        result = super().write(vals)
        self._changed("identity.write")
        return result

    def unlink(self):
        self._demand("policy")
        self.env["customer.audit.entry"]._ar_log("identity.unlink", self)
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    def _changed(self, event):
        self.env.registry.clear_cache()
        by_record = {
            rule.id: {
                "action": rule.code,
                "scope": rule.scope,
                "companies": rule.company_ids.ids,
            }
            for rule in self
        }
        self.env["customer.audit.entry"]._ar_log(event, self, None, by_record)
