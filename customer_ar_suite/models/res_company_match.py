from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    """Whether, and from which precision on, the machine accepts proposals."""

    _inherit = "res.company"

    ar_match_is_automatic = fields.Boolean(
        string="Accept Proven Matches",
        help="Proposals of evidence classes that are switched on and proven are accepted "
        "without a human. Nothing is booked by it: an accountant applies them.",
    )
    ar_match_threshold = fields.Float(
        string="Least Precision (%)",
        digits=(5, 2),
        default=99.9,
        help="Lower 95 % bound of the precision a class must have.",
    )

    @api.constrains("ar_match_threshold")
    def _check_ar_match_threshold(self):
        for company in self:
            if not 90 <= company.ar_match_threshold <= 100:
                raise ValidationError(
                    self.env._("The least precision lies between 90 and 100 percent.")
                )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ar_match_is_automatic = fields.Boolean(
        related="company_id.ar_match_is_automatic", readonly=False
    )
    ar_match_threshold = fields.Float(
        related="company_id.ar_match_threshold", readonly=False
    )
