from odoo import api, fields, models
from odoo.tools import SQL

from .ar_opening_item import KINDS

#: kind of an item → as the ledger names it
LEDGER_KINDS = {
    "invoice": "invoice",
    "credit_note": "credit_note",
    "receipt": "payment",
}


class AccountMove(models.Model):
    """What an opening entry stands for: the document of the system before."""

    _inherit = "account.move"

    ar_opening_number = fields.Char(
        string="Number in the Former System",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    ar_opening_kind = fields.Selection(
        [(LEDGER_KINDS[code], label) for code, label in KINDS if code in LEDGER_KINDS],
        string="Kind in the Former System",
        readonly=True,
        copy=False,
    )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            vals_list = [_without_own(vals) for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        """Only an import says what an entry stood for."""
        return super().write(vals if self.env.su else _without_own(vals))

    def _get_next_sequence_format(self):
        """Entries of one import share journal and day: how they are numbered is found once.

        Kept with the numbers that this transaction has given, and forgotten with them.
        """
        if not self.ar_opening_kind:
            return super()._get_next_sequence_format()
        known = self._get_sequence_cache()
        key = ("ar_opening", self.journal_id.id, self.date)
        if key not in known:
            known[key] = super()._get_next_sequence_format()
        form, values = known[key]
        return form, dict(values)

    def _ar_name_openings(self, documents):
        """Say what these entries stand for, ``(number, kind)`` each: in one statement.

        The lines, totals and taxes of an entry do not hang on it, as ``write`` must assume.
        """
        self.flush_recordset()
        self.env["customer.audit.policy"]._tell_actor()
        numbers, kinds = zip(*documents, strict=True)
        self.env.cr.execute(
            SQL(
                """UPDATE account_move SET ar_opening_number = entry.number,
                          ar_opening_kind = entry.kind
                     FROM unnest(%s::int[], %s::text[], %s::text[])
                          AS entry(id, number, kind)
                    WHERE account_move.id = entry.id""",
                self.ids,
                [number or None for number in numbers],
                [LEDGER_KINDS.get(kind) for kind in kinds],
            )
        )
        self.invalidate_recordset(sorted(_OWN), flush=False)


_OWN = {"ar_opening_number", "ar_opening_kind"}


def _without_own(vals):
    return {name: value for name, value in vals.items() if name not in _OWN}
