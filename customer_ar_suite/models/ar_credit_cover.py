from odoo import api, fields, models

from ..engine.exposure import covered
from ..engine.money import from_minor, to_minor


class ArCreditCover(models.Model):
    """What somebody else pays if the customer does not: insurance, guarantee, deposit."""

    _name = "ar.credit.cover"
    _description = "Credit Cover"
    _inherit = ["ar.partner.rule.mixin"]
    _ar_partner_path = "profile_id.partner_id"
    _ar_is_money = True
    _order = "profile_id, valid_from desc, id"
    _rec_name = "reference"

    profile_id = fields.Many2one(
        "ar.credit.profile", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="profile_id.company_id", store=True)
    partner_id = fields.Many2one(related="profile_id.partner_id", string="Customer")
    currency_id = fields.Many2one(related="profile_id.currency_id")
    kind = fields.Selection(
        [
            ("insurance", "Credit Insurance"),
            ("guarantee", "Bank Guarantee"),
            ("parent", "Guarantee of a Parent Company"),
            ("credit_letter", "Letter of Credit"),
            ("deposit", "Security Deposit"),
        ],
        required=True,
        default="insurance",
    )
    provider = fields.Char(string="Insurer or Guarantor", required=True)
    reference = fields.Char(string="Policy or Document No.")
    amount = fields.Monetary(string="Insured Amount", required=True)
    share = fields.Integer(
        string="Paid (%)",
        default=100,
        required=True,
        help="What remains after the deductible: 90 where the insurer pays nine tenths.",
    )
    covered_amount = fields.Monetary(
        string="Covers",
        compute="_compute_covered_amount",
        store=True,
        help="By so much the customer's exposure may be higher than his limit.",
    )
    valid_from = fields.Date(
        required=True, default=lambda self: fields.Date.context_today(self)
    )
    valid_to = fields.Date(string="Valid until")

    _amounts = models.Constraint(
        "CHECK(amount > 0 AND share BETWEEN 1 AND 100)",
        "A cover has an amount, and between 1 and 100 percent of it are paid.",
    )
    _validity = models.Constraint(
        "CHECK(valid_to >= valid_from)", "The cover ends before it begins."
    )

    @api.depends("amount", "share", "currency_id")
    def _compute_covered_amount(self):
        for cover in self:
            digits = cover.currency_id.decimal_places
            minor = covered(to_minor(cover.amount, digits), cover.share)
            cover.covered_amount = from_minor(minor, digits)

    @api.model_create_multi
    def create(self, vals_list):
        covers = super().create(vals_list)
        covers._log("credit.cover")
        return covers

    def write(self, vals):
        result = super().write(vals)
        self._log("credit.cover")
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_logged(self):
        self._log("credit.cover_end")

    def _log(self, event):
        for profile, covers in self.grouped("profile_id").items():
            self.env["customer.audit.entry"]._ar_log(
                event,
                profile,
                {
                    "cover": [
                        [cover.kind, cover.provider, cover.covered_amount]
                        for cover in covers
                    ]
                },
            )
