from odoo import fields, models


class ResCompany(models.Model):
    """How a company wants customers to be merged."""

    _inherit = "res.company"

    ar_merge_approval = fields.Boolean(
        string="Merges Need Approval",
        help="Somebody else than the one who prepares a merge has to approve it.",
    )
    ar_merge_core = fields.Selection(
        [
            ("allow", "Allow"),
            ("route", "Prepare a Merge That Can Be Undone"),
            ("refuse", "Refuse"),
        ],
        string="Odoo's Own Merge of Contacts",
        default="allow",
        required=True,
        help="What happens when contacts with receivables are merged by Odoo's own dialog, "
        "which deletes what collides and cannot be undone.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ar_merge_approval = fields.Boolean(
        related="company_id.ar_merge_approval", readonly=False
    )
    ar_merge_core = fields.Selection(
        related="company_id.ar_merge_core", readonly=False, required=True
    )
