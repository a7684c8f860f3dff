from odoo import fields, models


class ArAdjustmentRefuse(models.TransientModel):
    """Asks why a deduction is refused."""

    _name = "ar.adjustment.refuse"
    _description = "Refuse an Adjustment"

    release_id = fields.Many2one(
        "ar.adjustment.release", required=True, ondelete="cascade"
    )
    note = fields.Text(string="Why", required=True)

    def action_refuse(self):
        """Refuse with that reason."""
        self.check_access("write")
        self.ensure_one()
        self.release_id.check_access("read")
        self.release_id._refuse_with(self.note)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
