from odoo import fields, models


class CustomerImportBatch(models.Model):
    """New customers of a file go to approval together."""

    _inherit = "customer.import.batch"

    unapproved_count = fields.Integer(
        string="Not Sent for Approval", compute="_compute_unapproved_count"
    )

    def _compute_unapproved_count(self):
        # sudo: how many customers wait is all that is told
        counts = dict(
            self.env["customer.import.row"]
            .sudo()
            ._read_group(
                [
                    ("batch_id", "in", self.ids),
                    ("choice", "=", "create"),
                    ("partner_id.ar_approval_state", "=", "entered"),
                ],
                ["batch_id"],
                ["partner_id:count_distinct"],
            )
        )
        for batch in self:
            batch.unapproved_count = counts.get(batch._origin, 0)

    def action_request_approval(self):
        """Ask reviewers to approve the customers these files brought."""
        self._check_clerk()
        created = self.row_ids.filtered(lambda row: row.choice == "create")
        return created.partner_id.action_request_approval()
