from odoo import models

from ..engine.merge.plan import ADD


class CustomerMerge(models.Model):
    """What the customer to keep takes over from the others, written with the user's rights."""

    _inherit = "customer.merge"

    def _survivor_values(self, choices):
        """{company or none: values} to write on the customer to keep."""
        keep = self.survivor_id
        known = keep.sudo()  # sudo: values of a customer the user may change
        values = {}
        for choice in choices:
            if choice.winner == keep.id:
                continue
            winner = known.browse(choice.winner)
            field = known._fields[choice.name]
            if not field.company_dependent:
                values.setdefault(None, {})[choice.name] = field.convert_to_write(
                    winner[choice.name], winner
                )
        for company in self.env.user.company_ids:
            for name, value in self._company_values(company, choices).items():
                values.setdefault(company, {})[name] = value
        allowed = self._writable()
        added = {
            row.name: sum(int(float(one or 0)) for one in row.values.values())
            for row in self.env["customer.merge.field"]._rows(self._cluster())
            if row.rule == ADD
        }
        values.setdefault(None, {}).update(added)
        return {
            company: kept
            for company, vals in values.items()
            if (kept := {name: vals[name] for name in vals if name in allowed})
        }

    def _writable(self):
        """Fields whose values the user may write; the others stay as they are."""
        partners = self.env["res.partner"].with_user(self.env.user)
        return {
            name
            for name, field in partners._fields.items()
            if partners._has_field_access(field, "write")
        }

    def _company_values(self, company, choices):
        """What each company says for itself: chosen where shown, else gaps are filled."""
        winners = {choice.name: choice.winner for choice in choices}
        keep = self.survivor_id.sudo().with_company(company)  # sudo: see above
        found = {}
        for name in self.env["customer.merge.field"]._names():
            field = keep._fields[name]
            if not field.company_dependent:
                continue
            order = [winners.get(name, keep.id), keep.id, *self._losers().ids]
            for id_ in order:
                value = keep.browse(id_)[name]
                if value:
                    if id_ != keep.id:
                        found[name] = field.convert_to_write(value, keep)
                    break
        return found

    def _write_survivor(self, values):
        """As the user: guarded fields become change requests, refusals refuse."""
        for company, vals in values.items():
            keep = self.survivor_id
            if company:
                keep = keep.with_company(company)
            keep.with_context(active_test=False).write(vals)
