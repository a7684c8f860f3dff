from odoo import api, fields, models


class CustomerAuditVerify(models.TransientModel):
    """Where the audit log stands, and the button that checks it."""

    _name = "customer.audit.verify"
    _description = "Check of the Audit Log"

    heads_text = fields.Text(
        string="Heads Kept Elsewhere",
        help="Paste heads from e-mails or from the file outside the database, one per "
        "line. Without them nobody can see that the end of the log was cut off.",
    )
    key_problem = fields.Char(compute="_compute_state")
    key_name = fields.Char(string="Sealing Key", compute="_compute_state")
    sealed_count = fields.Integer(string="Sealed Entries", compute="_compute_state")
    unsealed_count = fields.Integer(string="Not Sealed Yet", compute="_compute_state")
    last_seal_id = fields.Many2one("customer.audit.seal", compute="_compute_state")
    last_sealed_at = fields.Datetime(string="Last Sealed", compute="_compute_state")
    head_outside_count = fields.Integer(
        string="Heads in the Folder", compute="_compute_state"
    )
    recording_problem = fields.Char(compute="_compute_state")

    @api.depends_context("uid", "lang")
    def _compute_state(self):
        # sudo: numbers about the log; who may open the wizard may read the log
        seals = self.env["customer.audit.seal"].sudo()
        problem = seals._key_problem()
        last = seals.search([], limit=1)
        total = seals.env["customer.audit.entry"].search_count([])
        policies = seals.env["customer.audit.policy"]._current()
        silent = policies.filtered(lambda policy: not policy.is_recording)
        for wizard in self:
            wizard.key_problem = problem
            wizard.key_name = False if problem else seals._keys()[0].id
            wizard.sealed_count = last.last_seq
            wizard.unsealed_count = max(total - last.last_seq, 0)
            wizard.last_seal_id = last
            wizard.last_sealed_at = last.at
            wizard.head_outside_count = len(seals._heads_outside())
            wizard.recording_problem = False
            if silent:
                wizard.recording_problem = self.env._(
                    "Not recorded at present: %(names)s",
                    names=", ".join(silent.mapped("display_name")),
                )

    def action_verify(self):
        """Check the whole log."""
        self.check_access("read")
        self.ensure_one()
        check = self.env["customer.audit.check"]._start_check(self.heads_text)
        return check._get_records_action(context={})
