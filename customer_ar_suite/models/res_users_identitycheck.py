from odoo import api, fields, models
from odoo.exceptions import AccessDenied, UserError


class ResUsersIdentitycheck(models.TransientModel):
    """Odoo's identity check, which knows passwords and passkeys, takes codes as well."""

    _inherit = "res.users.identitycheck"

    has_totp = fields.Boolean(compute="_compute_has_totp")
    use_totp = fields.Boolean(string="Use a code of my authenticator app")
    totp_code = fields.Char(string="Code", store=False)

    def _compute_has_totp(self):
        """Two-factor authentication is an addon of Odoo's that may be missing."""
        user = self.env.user
        for check in self:
            check.has_totp = "totp_enabled" in user._fields and user.totp_enabled

    @api.onchange("use_totp")
    def _onchange_use_totp(self):
        """Else the browser would ask for the passkey at the button of the code."""
        if self.use_totp:
            self.auth_method = "password"

    def run_check(self):
        """A message is no reason for Odoo to close the dialog it was asked from."""
        action = super().run_check()
        if isinstance(action, dict) and action.get("tag") == "display_notification":
            close = {"type": "ir.actions.act_window_close"}
            action["params"] = {"next": close, **action.get("params", {})}
        return action

    def _check_identity(self):
        if not self.use_totp:
            return super()._check_identity()
        user = self.create_uid
        code = str(self.env.context.get("password") or "").replace(" ", "")
        if not self.has_totp or not (code.isascii() and code.isdigit()):
            raise UserError(self.env._("Enter the six digits your app shows now."))
        try:
            # counts failed attempts in memory: the refusal below rolls the database back
            with user._assert_can_auth(user=user.id):
                user._check_credentials(
                    {"type": "totp", "token": int(code)}, {"interactive": True}
                )
        except AccessDenied as error:
            raise UserError(str(error)) from error
        return None
