import base64

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class ArEvidenceAsk(models.TransientModel):
    """Which month end the evidence is of, and in which language."""

    _name = "ar.evidence.ask"
    _description = "Make an Evidence Pack"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    date_from = fields.Date(
        string="From", required=True, default=lambda self: self._last_month()[0]
    )
    as_of_date = fields.Date(
        string="As of", required=True, default=lambda self: self._last_month()[1]
    )
    lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        string="Language of Files",
        required=True,
        default=lambda self: self.env.lang,
    )
    with_papers = fields.Boolean(string="With Each Paper")

    @api.model
    def _last_month(self):
        """First and last day of the month before this one."""
        return self.env["ar.evidence.pack"]._last_month()

    @api.constrains("date_from", "as_of_date")
    def _check_period(self):
        for one in self:
            if one.date_from > one.as_of_date:
                raise ValidationError(
                    self.env._(
                        "The period begins after its end. Exchange the two dates."
                    )
                )

    def action_make(self):
        """Make the pack and show it."""
        self.env["ar.evidence.pack"]._check_maker()
        self.ensure_one()
        if self.company_id not in self.env.companies:
            raise UserError(self.env._("Choose one of your companies."))
        pack = self.env["ar.evidence.pack"]._make(
            self.company_id,
            self.date_from,
            self.as_of_date,
            self.lang,
            self.with_papers,
        )
        return pack._get_records_action(context={})


class ArEvidenceVerify(models.TransientModel):
    """Is this copy of a pack what we made? File by file, and against our own record."""

    _name = "ar.evidence.verify"
    _description = "Verify an Evidence Pack"

    file = fields.Binary(string="Evidence Pack", attachment=False)
    file_name = fields.Char()
    state = fields.Selection(
        [
            ("ask", "Choose a File"),
            ("intact", "Unchanged"),
            ("changed", "Changed"),
            ("unknown", "Intact in Itself, Unknown to Us"),
        ],
        string="Verdict",
        default="ask",
        readonly=True,
    )
    pack_id = fields.Many2one("ar.evidence.pack", string="Made as", readonly=True)
    result = fields.Text(readonly=True)

    def action_verify(self):
        """Read the file in a process of its own and compare."""
        packs = self.env["ar.evidence.pack"]
        packs._check_reader()
        self.ensure_one()
        content = base64.b64decode(self.with_context(bin_size=False).file or b"")
        if not content:
            raise UserError(self.env._("Choose the file of an evidence pack."))
        verdict = packs._verify(content)
        self.write(verdict)
        return self._get_records_action(
            name=self.env._("Verify an Evidence Pack"), target="new", context={}
        )


class ArReconciliationReopen(models.TransientModel):
    """Why a signature is taken back."""

    _name = "ar.reconciliation.reopen"
    _description = "Take a Signature Back"

    task_ids = fields.Many2many(
        "ar.reconciliation.task", string="Reconciliations", required=True
    )
    reason = fields.Char(required=True)

    def action_confirm(self):
        """Take the signatures back; they stay on record."""
        self.check_access("write")
        self.task_ids._reopen(self.reason)
        return {"type": "ir.actions.act_window_close"}
