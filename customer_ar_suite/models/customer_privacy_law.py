from odoo import api, fields, models

from ..engine.privacy.deadline import answer_by


class CustomerPrivacyLaw(models.Model):
    """A law on personal data: where it holds and how soon a request must be answered."""

    _name = "customer.privacy.law"
    _description = "Privacy Law"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    country_ids = fields.Many2many(
        "res.country",
        "customer_privacy_law_country_rel",
        string="Persons in",
        help="Requests of persons in these countries fall under this law. Empty: all persons "
        "in countries no other law names.",
    )
    answer_number = fields.Integer(string="Answer within", required=True, default=1)
    answer_unit = fields.Selection(
        [
            ("months", "Months"),
            ("days", "Days"),
            ("working_days", "Working Days"),
        ],
        required=True,
        default="months",
    )
    legal_source = fields.Char(translate=True)

    _number_positive = models.Constraint(
        "CHECK (answer_number > 0)", "The time to answer must be positive."
    )

    @api.model
    def _law_for(self, country):
        """The law a person in ``country`` falls under."""
        laws = self.search([])
        named = laws.filtered(lambda law: country in law.country_ids)
        general = laws.filtered(lambda law: not law.country_ids)
        return (named or general)[:1]

    def _answer_by(self, received):
        self.ensure_one()
        return answer_by(received, self.answer_number, self.answer_unit)
