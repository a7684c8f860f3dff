from odoo import fields, models

from ..models.account_move_prediction import READERS


class ArAgingReport(models.Model):
    """When what is open is expected to be paid, beside its age."""

    _inherit = "ar.aging.report"

    ar_expected_date = fields.Date(
        related="line_id.ar_expected_date", related_sudo=False, groups=READERS
    )
    ar_late_probability = fields.Float(
        related="line_id.ar_late_probability",
        related_sudo=False,
        aggregator=None,
        groups=READERS,
    )
