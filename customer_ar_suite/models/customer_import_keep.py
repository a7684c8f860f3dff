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
                SELECT %(values)s, 'todo', %(user)s, now() AT TIME ZONE 'UTC',
                       %(user)s, now() AT TIME ZONE 'UTC'
                  FROM %(entry)s
                """,
                names=SQL(", ").join(map(SQL.identifier, columns)),
                values=SQL(", ").join(columns.values()),
                user=self.env.uid,
                entry=_as_table(columns, vals_list),
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
                  FROM %(entry)s
                 WHERE customer_import_row.id = entry.id::int
                """,
                values=SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(name), value)
                    for name, value in columns.items()
                ),
                user=self.env.uid,
                entry=_as_table(
                    ["id", *columns],
                    [{"id": id_, **vals} for id_, vals in by_row.items()],
                ),
            )
        )
        rows.invalidate_recordset([*columns, "write_uid", "write_date"], flush=False)

    def _row_columns(self, names):
        """{column: how its value is taken from an entry}."""
        known = self.env["customer.import.row"]._fields
        return {
            name: SQL(
                "entry.%s::%s",
                SQL.identifier(name),
                SQL.identifier(known[name].column_type[0]),
            )
            for name in names
        }


def _as_table(names, vals_list):
    """Rows as PostgreSQL reads many of them fastest: an array of texts for each column."""
    columns = [[_as_text(vals[name]) for vals in vals_list] for name in names]
    return SQL(
        "unnest(%s) AS entry(%s)",
        SQL(", ").join(SQL("%s::text[]", column) for column in columns),
        SQL(", ").join(map(SQL.identifier, names)),
    )


def _as_text(value):
    """A value as PostgreSQL writes it; nothing, where the ORM keeps nothing."""
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, int)):
        return str(value)
    return json.dumps(value) if value else None
