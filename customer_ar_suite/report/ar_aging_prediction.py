from odoo import fields, models

_PREFIX = "customer_ar_suite.customer_ar_suite_group_"
READERS = ",".join(
    f"{_PREFIX}{role}"
    for role in ("ar_clerk", "ar_accountant", "collector", "credit_manager", "auditor")
)


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
