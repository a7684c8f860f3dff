from odoo import api, models
from odoo.exceptions import AccessDenied


class ResUsers(models.Model):
    """Refused passwords and codes are logged where a rule watches for them."""

    _inherit = "res.users"

    def _check_credentials(self, credential, env):
        try:
            return super()._check_credentials(credential, env)
        except AccessDenied:
            kind = credential.get("type") if isinstance(credential, dict) else None
            self._ar_note_denied(kind)
            raise

    def _ar_note_denied(self, kind):
        """Keep it in a transaction of its own: the refusal rolls back the one it is in."""
        if "denied" not in self.env["customer.alert.rule"]._watched_signals():
            return
        user = self.env.uid
        with self.env.registry.cursor() as cr:
            env = api.Environment(cr, user, {})
            env["customer.audit.entry"]._ar_log_event(
                "login.denied", "res.users", {"way": kind or "password"}
            )
