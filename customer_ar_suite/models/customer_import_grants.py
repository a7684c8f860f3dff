from odoo import models

from ..engine.customer_file.plan import keys_of
from ..engine.customer_file.rows import ERROR

#: keys that name one customer: kind → field of the row that bears it
NAMING = {"ref": "ref", "vat": "vat"}


class CustomerImportBatch(models.Model):
    """A file reaches no customer that its user may not edit, and doubles none of them."""

    _inherit = "customer.import.batch"

    def _refuse_closed(self, rows, run):
        """Rows with the code or tax id of such a customer get an error; no name is told."""
        if not self.env["customer.category.grant"]._is_restricted():
            return rows
        taken = run.once(self._load_closed_keys)
        return [
            row.with_findings(
                row.finding(ERROR, "customer_not_granted", field)
                for kind, field in NAMING.items()
                if not taken[kind].isdisjoint(keys_of(row.values)[kind])
            )
            for row in rows
        ]

    def _load_closed_keys(self):
        """Codes and tax ids of the customers that the user's grants do not open for edit."""
        # sudo: only says which codes and tax ids are taken
        partners = self._partners().sudo()
        partners = partners.search_fetch(
            [("parent_id", "=", False)], list(NAMING.values())
        )
        closed = partners - partners.with_env(self.env)._ar_filtered_right("edit")
        taken = {kind: set() for kind in NAMING}
        # sudo: see above
        for partner in closed.sudo():
            keys = keys_of({name: partner[name] or "" for name in NAMING.values()})
            for kind in NAMING:
                taken[kind] |= keys[kind]
        return taken
