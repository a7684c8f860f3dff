import hashlib

from odoo import api, fields, models

from ..engine.privacy.retention import Retention

#: kinds of documents the law orders to keep although the person asks for erasure
KEPT = [
    ("accounting", "Accounting Documents"),
    ("bank", "Bank Statements"),
    ("evidence", "Consents and Requests"),
    ("tombstone", "Tombstones of Closed Customers"),
]


class CustomerPrivacyPurpose(models.Model):
    """One row of the register of processing: what is done with personal data, and why."""

    _name = "customer.privacy.purpose"
    _description = "Processing Purpose"
    _order = "sequence, id"

    name = fields.Char(string="Purpose", required=True, translate=True)
    code = fields.Char(help="By this code other functions ask for consent.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True)
    lawful_basis = fields.Selection(
        [
            ("consent", "Consent"),
            ("contract", "Contract"),
            ("legal_duty", "Legal Duty"),
            ("legitimate_interest", "Legitimate Interest"),
            ("vital_interest", "Vital Interest or Emergency"),
            ("public_task", "Public Task or News Reporting"),
            ("published_data", "Data Made Public by the Person"),
        ],
        required=True,
        default="contract",
        help="GDPR Art. 6 (1) and PIPL Art. 13. PIPL knows no legitimate interest: in China "
        "choose another basis.",
    )
    basis_note = fields.Char(string="Article and Reason", translate=True)
    data_categories = fields.Text(
        string="Categories of Data", required=True, translate=True
    )
    person_categories = fields.Char(
        string="Categories of Persons", required=True, translate=True
    )
    recipients = fields.Char(
        translate=True, help="Who gets the data, inside and outside."
    )
    is_cross_border = fields.Boolean(string="Leaves the Country")
    cross_border_note = fields.Char(
        string="Cross-Border Transfer",
        translate=True,
        help="Where to, and on what ground: adequacy, standard contract, security "
        "assessment, separate consent.",
    )
    safeguards = fields.Char(string="Security Measures", translate=True)
    country_ids = fields.Many2many(
        "res.country",
        "customer_privacy_purpose_country_rel",
        string="Companies in",
        help="Holds for companies in these countries. Empty: wherever no other row of the "
        "same kind names the country.",
    )
    kept_kind = fields.Selection(
        KEPT,
        string="Orders to Keep",
        help="Documents of this kind survive an erasure until the retention period is over.",
    )
    retention_years = fields.Integer(
        string="Years Kept", help="Counted from the end of the fiscal year."
    )
    retention_note = fields.Char(string="Time of Deletion", translate=True)
    retention_source = fields.Char(string="Legal Source of Retention", translate=True)
    needs_consent = fields.Boolean(compute="_compute_needs_consent", store=True)
    consent_text = fields.Text(
        translate=True,
        help="What the person agrees to, in plain words. A changed text is a new version; "
        "consents name the version they were given to.",
    )
    consent_hash = fields.Char(
        string="Text Version",
        compute="_compute_consent_hash",
        help="SHA-256 of the text in your language.",
    )
    given_count = fields.Integer(
        string="Consents",
        compute="_compute_given_count",
        help="Persons who consent now.",
    )

    _code_uniq = models.Constraint(
        "UNIQUE(code, company_id)", "This code is used by another purpose."
    )
    _years_positive = models.Constraint(
        "CHECK (kept_kind IS NULL OR retention_years > 0)",
        "Say for how many years these documents are kept.",
    )

    @api.depends("lawful_basis")
    def _compute_needs_consent(self):
        for purpose in self:
            purpose.needs_consent = purpose.lawful_basis == "consent"

    @api.depends("consent_text")
    @api.depends_context("lang")
    def _compute_consent_hash(self):
        for purpose in self:
            text = purpose.consent_text or ""
            purpose.consent_hash = hashlib.sha256(text.encode()).hexdigest()

    def _compute_given_count(self):
        current = self.env["customer.privacy.consent"]._current(purposes=self)
        counts = current.filtered(lambda row: row.kind == "given").grouped("purpose_id")
        for purpose in self:
            purpose.given_count = len(counts.get(purpose, ()))

    def action_view_consents(self):
        """Who gave or withdrew consent to these purposes."""
        self.check_access("read")
        self.env["customer.privacy.consent"].check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.customer_privacy_consent_action"
            ),
            "domain": [("purpose_id", "in", self.ids)],
            "context": {},
        }

    @api.model
    def _retentions(self, company):
        """What the register orders to keep, as the engine weighs it.

        :rtype: list[Retention]
        """
        purposes = self.search(
            [("kept_kind", "!=", False), ("company_id", "in", [company.id, False])]
        )
        return [
            Retention(
                purpose.id,
                purpose.kept_kind,
                purpose.retention_years,
                frozenset(purpose.country_ids.mapped("code")),
            )
            for purpose in purposes
        ]

    def _register_day(self):
        """The day on which the register is printed."""
        return fields.Date.context_today(self)

    def _register_groups(self):
        """The purposes of the printed register, by lawful basis in the order of the list."""
        return [
            (
                dict(self._fields["lawful_basis"]._description_selection(self.env))[
                    basis
                ],
                rows,
            )
            for basis, rows in self.grouped("lawful_basis").items()
        ]
