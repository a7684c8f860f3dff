from odoo import api, fields, models

from ..engine.errors import EngineError
from ..engine.schedule import period
from .engine_messages import user_error
from .safe_io import run_parser

#: files named in a verdict
MOST_NAMED = 50


class ArEvidencePack(models.Model):
    """Is a copy of a pack unchanged? Its files against its manifest, that against ours."""

    _inherit = "ar.evidence.pack"

    @api.model
    def _last_month(self):
        """First and last day of the month before this one."""
        return period("last_month", fields.Date.context_today(self))

    def action_verify(self):
        """Check the file that is kept here."""
        self._check_maker()
        self.ensure_one()
        _name, content = self._file("zip")
        verdict = self._verify(content)
        intact = verdict["state"] == "intact"
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": verdict["result"],
                "type": "success" if intact else "danger",
                "sticky": not intact,
            },
        }

    @api.model
    def _verify(self, content):
        """Values of a verdict: state, text and the pack that was made here."""
        try:
            found = run_parser("evidence:verify", content)
        except EngineError as error:
            raise user_error(self.env, error) from error
        pack = self.search([("fingerprint", "=", found.fingerprint)], limit=1)
        wrong = [one for one in found.files if one.state != "intact"]
        state = "changed" if wrong else "intact" if pack else "unknown"
        names = {
            "changed": self.env._("changed"),
            "missing": self.env._("missing"),
            "added": self.env._("added"),
        }
        lines = [f"{one.name}: {names[one.state]}" for one in wrong[:MOST_NAMED]]
        if not wrong:
            lines.append(
                self.env._(
                    "%(count)s files agree with their hashes.", count=len(found.files)
                )
            )
        if not pack:
            lines.append(
                self.env._(
                    "No pack with this manifest was made here: the manifest may have been "
                    "made anew."
                )
            )
        self.env["customer.audit.entry"]._ar_log_event(
            "evidence.verify",
            self._name,
            {"fingerprint": found.fingerprint, "state": state},
        )
        return {"state": state, "pack_id": pack.id, "result": "\n".join(lines)}
