from odoo import api, fields, models


class CustomerPrivacyConsentRecord(models.TransientModel):
    """Someone said yes or no on paper, by mail or at the desk: write it down."""

    _name = "customer.privacy.consent.record"
    _description = "Record Consent"

    partner_id = fields.Many2one("res.partner", string="Person", required=True)
    purpose_id = fields.Many2one("customer.privacy.purpose", required=True)
    kind = fields.Selection(
        [("given", "Given"), ("withdrawn", "Withdrawn")],
        string="Decision",
        required=True,
        default="given",
    )
    at = fields.Datetime(
        string="Decided on", required=True, default=lambda self: fields.Datetime.now()
    )
    channel = fields.Selection(
        [
            ("email", "E-mail"),
            ("phone", "Telephone"),
            ("paper", "Signed Paper"),
            ("person", "In Person"),
        ],
        required=True,
        default="paper",
    )
    consent_text = fields.Text(string="Text Shown", compute="_compute_consent_text")
    evidence = fields.Binary(
        help="The signed form, the e-mail or the note of the call."
    )
    evidence_name = fields.Char()
    note = fields.Char()

    @api.depends("purpose_id", "partner_id")
    def _compute_consent_text(self):
        for wizard in self:
            lang = wizard.partner_id.lang or wizard.env.lang
            wizard.consent_text = wizard.purpose_id.with_context(lang=lang).consent_text

    def action_record(self):
        """Add the decision to the history of the person."""
        self.ensure_one()
        consents = self.env["customer.privacy.consent"]
        consents._check_may_record()
        self.check_access("write")
        self.partner_id.check_access("read")
        self.purpose_id.check_access("read")
        consents._record(
            self.partner_id,
            self.purpose_id,
            self.kind,
            self.channel,
            self.at,
            evidence=self.evidence,
            evidence_name=self.evidence_name,
            note=self.note,
        )
        return {"type": "ir.actions.act_window_close"}
