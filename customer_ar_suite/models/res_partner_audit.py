from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_view_audit_entries(self):
        """What the audit log knows of these customers, and of those merged into them."""
        self.check_access("read")
        entries = self.env["customer.audit.entry"]
        entries.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.customer_audit_entry_action"
            ),
            "domain": [("partner_ref", "in", self._ar_merged_ids())],
            "context": {},
        }

    def _ar_merged_ids(self):
        """Ids of these contacts and of all that were merged into them, step by step."""
        found, todo = set(), set(self.ids)
        entries = self.env["customer.audit.entry"]
        while todo:
            found |= todo
            merges = entries.search(
                [("event", "=", "partner.absorb"), ("partner_ref", "in", list(todo))]
            )
            merged = {
                id_ for entry in merges for id_ in (entry.payload or {})["merged"]
            }
            todo = merged - found
        return sorted(found)
