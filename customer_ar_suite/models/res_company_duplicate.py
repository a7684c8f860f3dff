from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.duplicates.score import THRESHOLD
from .customer_duplicate_index import DATE_FIELD


class ResCompany(models.Model):
    _inherit = "res.company"

    ar_duplicate_threshold = fields.Float(
        string="Possible Duplicates from",
        default=THRESHOLD,
        digits=(4, 1),
        help="Score from 0 to 100 from which two customers are shown as possible duplicates.",
    )
    ar_duplicate_banner = fields.Boolean(
        string="Show Possible Duplicates on the Form",
        default=True,
        help="While a customer is entered, those already in the books who may be the same are "
        "shown above the form. Nothing is blocked.",
    )
    ar_duplicate_block = fields.Boolean(
        string="Refuse a Second Customer with the Same Tax ID",
        help="A customer whose tax ID or registry number another customer has is not saved, "
        "whether he is entered, imported or sent by another system.",
    )

    @api.constrains("ar_duplicate_threshold")
    def _check_duplicate_threshold(self):
        for company in self:
            if not 1 <= company.ar_duplicate_threshold <= 100:
                raise ValidationError(
                    self.env._(
                        "The score for possible duplicates lies between 1 and 100."
                    )
                )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ar_duplicate_threshold = fields.Float(
        related="company_id.ar_duplicate_threshold", readonly=False
    )
    ar_duplicate_banner = fields.Boolean(
        related="company_id.ar_duplicate_banner", readonly=False
    )
    ar_duplicate_block = fields.Boolean(
        related="company_id.ar_duplicate_block", readonly=False
    )
    ar_duplicate_date_field_id = fields.Many2one(
        "ir.model.fields",
        string="Date That Tells People Apart",
        config_parameter=DATE_FIELD,
        domain=[
            ("model", "=", "res.partner"),
            ("ttype", "=", "date"),
            ("store", "=", True),
        ],
        help="For example the day of birth, or of foundation, where another module or you "
        "yourself have added it to contacts. It is compared, too.",
    )
