from odoo import api, fields, models


class CustomerImportUndoStart(models.TransientModel):
    """Asks why an import is taken back; decides nothing."""

    _name = "customer.import.undo.start"
    _description = "Undo a Customer Import"

    batch_id = fields.Many2one("customer.import.batch", required=True, readonly=True)
    done_count = fields.Integer(related="batch_id.done_count", string="Rows Applied")
    reason = fields.Char()

    @api.constrains("batch_id")
    def _check_batch(self):
        """Only about imports its user may undo."""
        # sudo: taken away; Odoo runs constraints with all rights
        self.sudo(False).batch_id._check_undo_right()

    @api.model
    def _open(self, batch):
        """The dialogue for this import."""
        start = self.create({"batch_id": batch.id})
        return start._get_records_action(
            name=self.env._("Undo Import"), target="new", context={}
        )

    def action_undo(self):
        """Begin, and show what becomes of each customer."""
        self.ensure_one()
        self.check_access("write")
        undo = self.env["customer.import.undo"]._begin(self.batch_id, self.reason)
        return undo._get_records_action(target="main", context={})
