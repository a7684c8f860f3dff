import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError


class ArStagedFileMixin(models.AbstractModel):
    """A file that is read at once, reviewed, taken over as a whole, and taken back.

    A model that inherits it checks the role first; these are the steps behind its buttons.
    """

    _name = "ar.staged.file.mixin"
    _description = "File to Review"
    _order = "id desc"

    name = fields.Char(string="File Name", required=True, readonly=True)
    file = fields.Binary(attachment=True, readonly=True, copy=False)
    sha256 = fields.Char(string="SHA-256", readonly=True, copy=False)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    state = fields.Selection(
        [
            ("staged", "To Review"),
            ("applied", "Taken Over"),
            ("undone", "Undone"),
            ("cancelled", "Cancelled"),
        ],
        default="staged",
        required=True,
        readonly=True,
        copy=False,
    )
    applied_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    applied_at = fields.Datetime(readonly=True, copy=False)

    @api.model
    def _stage_file(self, name, content, company, **values):
        """The record of a file that was read."""
        # sudo: staged rows are written by the steps alone, whose callers checked the role
        staged = self.sudo().create(
            {
                "name": name,
                "file": base64.b64encode(content),
                "sha256": hashlib.sha256(content).hexdigest(),
                "company_id": company.id,
                **values,
            }
        )
        return staged.with_env(self.env)

    def _take_step(self, state, step):
        """Do a step with each file, all in that state; nobody else does it meanwhile."""
        # sudo: only the lock; the role was checked
        self.sudo().lock_for_update()
        for one in self:
            one._check_state(state)
            step(one)

    def _check_state(self, state):
        if self.state != state:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(file)s: this is possible only in the state “%(state)s”.",
                    file=self.name,
                    state=labels[state],
                )
            )

    def _set(self, **values):
        # sudo: bookkeeping after the role was checked; users write no state
        self.sudo().write(values)

    def _set_applied(self):
        self._set(
            state="applied",
            applied_by_id=self.env.uid,
            applied_at=fields.Datetime.now(),
        )

    def _log(self, event, values):
        self.env["customer.audit.entry"].with_company(self.company_id)._ar_log(
            event, self, {"file": self.name, "sha256": self.sha256, **values}
        )
