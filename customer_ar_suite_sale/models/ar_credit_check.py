from odoo import models


class ArCreditCheck(models.AbstractModel):
    _inherit = "ar.credit.check"

    def _releases(self, records):
        """Invoices without a release of their own: that of the one order they are for."""
        found = super()._releases(records)
        moves = [
            record
            for record in records
            if record._name == "account.move" and record not in found
        ]
        if moves:
            orders = {move: move._ar_only_order() for move in moves}
            every = self.env["sale.order"].union(*orders.values())
            released = self.env["ar.credit.release"]._of_orders(every) if every else {}
            found |= {
                move: released[order]
                for move, order in orders.items()
                if order in released
            }
        return found
