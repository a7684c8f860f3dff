from odoo import fields, models
from odoo.tools import SQL

from ..engine.customer_file.fields import DIMENSION_PREFIX

#: what comes with a customer and goes with it, or says what an import did
_OWN = frozenset(
    (
        "res_partner",
        "res_partner_bank",
        "res_partner_res_partner_category_rel",
        "customer_import_row",
        "customer_import_undo_item",
        # a number outlives who had it: nobody else gets it
        "customer_number",
    )
)
#: tables of the suite; what of them is deleted with the customer is kept about him alone
_SUITE = ("customer_", "ar_")


class CustomerImportUndo(models.Model):
    """What hangs on the customers and accounts an import made."""

    _inherit = "customer.import.undo"

    def _load_uses(self, partner_ids, bank_ids):
        """Names of the models whose records refer to these, in the whole database."""
        self.env.flush_all()
        found = set()
        for table, ids in (
            ("res_partner", partner_ids),
            ("res_partner_bank", bank_ids),
        ):
            if ids:
                found |= self._referring(table, ids)
        if partner_ids:
            found |= self._attached(partner_ids)
        by_table = {
            model._table: name
            for name, model in self.env.registry.items()
            if not model._abstract
        }
        return sorted({by_table.get(table, table) for table in found})

    def _referring(self, table, ids):
        """Tables with a row that points to one of these, what goes with it aside."""
        self.env.cr.execute(
            SQL(
                """SELECT source.relname, attribute.attname, fk.confdeltype = 'c'
                     FROM pg_constraint fk
                     JOIN pg_class source ON source.oid = fk.conrelid
                     JOIN pg_attribute attribute ON attribute.attrelid = fk.conrelid
                                                AND attribute.attnum = fk.conkey[1]
                    WHERE fk.contype = 'f' AND fk.confrelid = %s::regclass""",
                table,
            )
        )
        asked = [
            SQL(
                "SELECT %s AS source WHERE EXISTS (SELECT FROM %s WHERE %s = ANY(%s))",
                source,
                SQL.identifier(source),
                SQL.identifier(column),
                list(ids),
            )
            for source, column, goes_along in self.env.cr.fetchall()
            if source not in _OWN and not (goes_along and source.startswith(_SUITE))
        ]
        if table == "res_partner":
            # contacts, family members and accounts that the import did not make
            asked += [
                SQL(
                    """SELECT 'res_partner' AS source WHERE EXISTS (
                           SELECT FROM res_partner WHERE parent_id = ANY(%s)
                              AND NOT id = ANY(%s))""",
                    list(ids),
                    list(ids),
                ),
            ]
        if not asked:
            return set()
        self.env.cr.execute(SQL("%s", SQL(" UNION ALL ").join(asked)))
        return {source for (source,) in self.env.cr.fetchall()}

    def _attached(self, partner_ids):
        """What points to a customer by name and number: tasks, documents, conversations."""
        domain = [("res_id", "in", partner_ids)]
        asked = {
            "mail_activity": ("mail.activity", [("res_model", "=", "res.partner")]),
            "ir_attachment": (
                "ir.attachment",
                [("res_model", "=", "res.partner"), ("res_field", "=", False)],
            ),
            "mail_message": (
                "mail.message",
                [("model", "=", "res.partner"), ("message_type", "=", "comment")],
            ),
        }
        # sudo: only says that there is something
        return {
            table
            for table, (model, more) in asked.items()
            if self.env[model].sudo().search_count([*domain, *more], limit=1)
        }


class CustomerImportBatch(models.Model):
    """Gives categories back."""

    _inherit = "customer.import.batch"

    def _give_back_category(self, partner, code, category_id):
        dimension = self.env["customer.dimension"].browse(
            int(code[len(DIMENSION_PREFIX) :])
        )
        self.env["customer.category.assignment"]._assign(
            {partner.id: category_id},
            dimension,
            "import",
            fields.Date.context_today(self),
            reason=self.name,
        )
