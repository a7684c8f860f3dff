import json

from odoo import models
from odoo.tools import SQL


class CustomerImportBatch(models.Model):
    """How rows of an import are kept: many in one statement.

    Nothing is computed of what the import itself writes on its rows, and nobody follows it.
    """

    _inherit = "customer.import.batch"

    def _enter_rows(self, vals_list):
        """New rows; all have the same fields."""
        columns = self._row_columns(vals_list[0])
        self.env.flush_all()
        self.env["customer.audit.policy"]._tell_actor()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO customer_import_row (%(names)s, run_state, create_uid,
                       create_date, write_uid, write_date)
                SELECT %(names)s, 'todo', %(user)s, now() AT TIME ZONE 'UTC',
                       %(user)s, now() AT TIME ZONE 'UTC'
                  FROM jsonb_to_recordset(%(rows)s::jsonb) AS entry(%(types)s)
                """,
                names=SQL(", ").join(map(SQL.identifier, columns)),
                types=SQL(", ").join(columns.values()),
                user=self.env.uid,
                rows=_as_json(vals_list),
            )
        )
        self.env["customer.import.row"].invalidate_model()
        self.invalidate_recordset()

    def _drop_rows(self):
        """All rows of an import, of which nothing was applied."""
        self.env.flush_all()
        self.env["customer.audit.policy"]._tell_actor()
        self.env.cr.execute(
            SQL("DELETE FROM customer_import_row WHERE batch_id = %s", self.id)
        )
        self.env["customer.import.row"].invalidate_model()
        self.invalidate_recordset()

    def _set_rows(self, by_row):
        """Other values of rows, ``{row id: values}``; all have the same fields."""
        if not by_row:
            return
        rows = self.env["customer.import.row"].browse(by_row)
        columns = self._row_columns(next(iter(by_row.values())))
        rows.flush_recordset()
        self.env["customer.audit.policy"]._tell_actor()
        self.env.cr.execute(
            SQL(
                """
                UPDATE customer_import_row
                   SET %(values)s, write_uid = %(user)s,
                       write_date = now() AT TIME ZONE 'UTC'
                  FROM jsonb_to_recordset(%(rows)s::jsonb) AS entry(id int, %(types)s)
                 WHERE customer_import_row.id = entry.id
                """,
                values=SQL(", ").join(
                    SQL("%s = entry.%s", SQL.identifier(name), SQL.identifier(name))
                    for name in columns
                ),
                types=SQL(", ").join(columns.values()),
                user=self.env.uid,
                rows=_as_json({"id": id_, **vals} for id_, vals in by_row.items()),
            )
        )
        rows.invalidate_recordset([*columns, "write_uid", "write_date"], flush=False)

    def _row_columns(self, names):
        """{column: its name and type} of fields of a row."""
        known = self.env["customer.import.row"]._fields
        return {
            name: SQL(
                "%s %s",
                SQL.identifier(name),
                SQL.identifier(known[name].column_type[0]),
            )
            for name in names
        }


def _as_json(vals_list):
    """Rows as PostgreSQL takes them apart; nothing, where the ORM keeps nothing."""
    return json.dumps(
        [
            {
                name: value if value or isinstance(value, (bool, int, str)) else None
                for name, value in vals.items()
            }
            for vals in vals_list
        ]
    )
