import psycopg2

from odoo import fields, models
from odoo.tools import SQL, mute_logger

from ..engine.merge.unmerge import Row, kept
from .customer_merge_image import VAULT

#: rows of one document: they come back together or not at all
UNITS = {
    "account_move": SQL("'move ' || t.id"),
    "account_move_line": SQL("'move ' || t.move_id"),
    "account_payment": SQL(
        "'move ' || COALESCE(t.move_id::text, 'of payment ' || t.id)"
    ),
    "account_bank_statement_line": SQL("'move ' || t.move_id"),
    "ar_item_history": SQL("'move ' || t.move_ref"),
}
#: of these rows each value is compared, not the row: customers change every day
BY_VALUE = frozenset({"res_partner"})


class CustomerMerge(models.Model):
    """The way back: every row that is still as the merge left it becomes what it was."""

    _inherit = "customer.merge"

    undo_text = fields.Text(
        string="Unmerge Preview", compute="_compute_undo_text", readonly=True
    )
    undo_counts = fields.Json(readonly=True)

    def _compute_undo_text(self):
        """What would come back and what would stay, by kind of record."""
        # sudo: what a kind of record is called is no secret
        kinds = self.env["ir.model"].sudo()
        for merge in self:
            lines = []
            for row in merge.undo_counts or []:
                name = row["model"]
                lines.append(
                    self.env._(
                        "%(kind)s: %(back)s come back, %(stay)s stay.",
                        kind=kinds._get(name).name if name else row["table"],
                        back=row["back"],
                        stay=row["stay"],
                    )
                )
            merge.undo_text = "\n".join(lines)

    def _preview_unmerge(self):
        # sudo: the pre-image is read by nobody; counts are told
        known = self.sudo()
        rows, reasons = known._judge()
        known._set(undo_counts=_counts(rows, reasons))

    def _unmerge(self):
        """One transaction; pressed again later, it tries what is left once more."""
        # sudo: the right to unmerge these customers was checked
        known = self.sudo()
        known.env["customer.audit.policy"]._tell_actor()
        known.env.flush_all()
        rows, reasons = known._judge()
        for table in sorted({row[1] for row in rows}):
            ids = [row[0] for row in rows if row[1] == table and row[0] not in reasons]
            if ids:
                reasons |= known._restore(table, ids)
        known._note(rows, reasons)
        known.env.invalidate_all()
        known.env.registry.clear_cache()
        known._finish_undo(_counts(rows, reasons))

    def _finish_undo(self, counts):
        self.member_ids._set_in_force(False)
        self._refresh_derived()
        stay = sum(row["stay"] for row in counts)
        back = sum(row["back"] for row in counts)
        self._set(
            state="partly" if stay else "unmerged",
            undo_counts=counts,
            unmerged_at=fields.Datetime.now(),
            unmerged_by_id=self.env.uid,
        )
        self._log("merge.undo", {"back": back, "stay": stay})
        for partner in self._cluster():
            partner._message_log(body=self.env._("The merge was taken back."))

    # -- judging --------------------------------------------------------------------------

    def _judge(self):
        """Rows (number, table, model) of the merge, {number: why it stays}."""
        finder = self.env["customer.merge.place"]
        tables = self._tables_left()
        columns = finder._columns(tables)
        keys = finder._primary_keys(tables)
        rows, judged, reasons = [], [], {}
        for table, model in tables.items():
            if table not in columns:
                continue
            question = self._state_query(table, keys[table], columns[table])
            for number, unit, touched in self.env.execute_query(question):
                rows.append((number, table, model))
                if table in BY_VALUE:
                    reasons |= {number: touched} if touched else {}
                else:
                    judged.append(Row(number, unit, touched or ""))
        return rows, reasons | kept(judged, self._links())

    def _tables_left(self):
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT table_name, max(model_name) FROM customer_merge_change"
                    " WHERE merge_id = %s AND state <> 'restored' GROUP BY 1 ORDER BY 1",
                    self.id,
                )
            )
        )

    def _state_query(self, table, keys, columns):
        """(number, unit, reason) of each row that is not back yet."""
        name = SQL.identifier(table)
        unit = UNITS.get(table, SQL("%s || ' ' || image.id", table))
        reason = SQL(
            """CASE WHEN image.after IS NULL THEN NULL
                    WHEN t.%s IS NULL THEN 'gone'
                    WHEN NOT to_jsonb(t) @> image.after THEN 'moved'
                    WHEN image.digest IS DISTINCT FROM %s THEN 'edited' END""",
            SQL.identifier(keys[0]),
            self._digest(columns),
        )
        if table in BY_VALUE:
            reason = SQL(
                """CASE WHEN t.id IS NULL THEN 'gone'
                        WHEN NOT to_jsonb(t) @> image.after THEN 'edited' END"""
            )
        return SQL(
            """
            SELECT image.id, COALESCE(%(unit)s, %(table)s || ' ' || image.id), %(reason)s
              FROM customer_merge_change image
             CROSS JOIN LATERAL jsonb_populate_record(NULL::%(name)s, image.res_key) k
              LEFT JOIN %(name)s t ON %(match)s
             WHERE image.merge_id = %(merge)s AND image.table_name = %(table)s
               AND image.state <> 'restored'
             ORDER BY image.id
            """,
            unit=unit,
            table=table,
            reason=reason,
            name=name,
            match=_match(keys),
            merge=self.id,
        )

    def _links(self):
        """What settles each other: entries that share a matching number."""
        return self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT 'move ' || line.move_id,
                       'match ' || line.company_id || ' ' || line.matching_number
                  FROM customer_merge_change image
                  JOIN account_move_line line ON line.id = image.res_id
                 WHERE image.merge_id = %s AND image.table_name = 'account_move_line'
                   AND image.state <> 'restored' AND line.matching_number IS NOT NULL
                """,
                self.id,
            )
        )

    # -- restoring ------------------------------------------------------------------------

    def _restore(self, table, ids):
        """Put rows back; {number: reason} of those whose place has been taken."""
        query = self._restore_query(table)
        shelf = self._shelf_query(table)
        execute = self.env.cr.execute
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                for statement in [*shelf(ids), *query(ids)]:
                    execute(statement)
            return {}
        except psycopg2.IntegrityError:
            return self._restore_singly(query, ids)

    def _restore_singly(self, query, ids):
        """Rare: some row of the archived customer was made anew since; find out which."""
        reasons, execute = {}, self.env.cr.execute
        for id_ in ids:
            try:
                with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                    for statement in query([id_]):
                        execute(statement)
            except psycopg2.IntegrityError:
                reasons[id_] = "taken"
        return reasons

    def _shelf_query(self, table):
        """Rows the survivor had given away make room before both change places again."""
        finder = self.env["customer.merge.place"]
        keys = finder._primary_keys([table])[table]
        keyed = {
            place.column
            for place in finder._places().get(table, ())
            if place.kind == "key" and table not in BY_VALUE
        }
        columns = sorted(keyed.intersection(self._changed_columns(table)))
        shelf, keep = self.env.ref("base.public_partner").id, self.survivor_id.id

        def statements(ids):
            for column in columns:
                yield SQL(
                    """
                    UPDATE %(table)s t SET %(c)s = %(shelf)s
                      FROM customer_merge_change image
                     CROSS JOIN LATERAL jsonb_populate_record(NULL::%(table)s, image.res_key) k
                     WHERE %(match)s AND image.id = ANY(%(ids)s)
                       AND image.before->%(n)s = to_jsonb(%(keep)s::int)
                    """,
                    table=SQL.identifier(table),
                    c=SQL.identifier(column),
                    n=column,
                    shelf=shelf,
                    keep=keep,
                    match=_match(keys),
                    ids=ids,
                )

        return statements if "id" in keys else lambda _ids: ()

    def _restore_query(self, table):
        finder = self.env["customer.merge.place"]
        keys = finder._primary_keys([table])[table]
        changed = self._changed_columns(table)
        name = SQL.identifier(table)
        images = SQL(
            "customer_merge_change image"
            " CROSS JOIN LATERAL jsonb_populate_record(NULL::%s, image.res_key) k"
            " CROSS JOIN LATERAL jsonb_populate_record(NULL::%s, image.before) b",
            name,
            name,
        )

        def statements(ids):
            chosen = SQL("image.id = ANY(%s)", ids)
            given = SQL(
                "EXISTS (SELECT 1 FROM jsonb_each(image.before) old"
                " WHERE old.value = to_jsonb(%s::int))",
                self.survivor_id.id,
            )
            if table == VAULT:
                yield SQL(
                    "DELETE FROM %s t USING %s WHERE %s AND image.before IS NULL AND %s",
                    name, images, _match(keys), chosen,
                )  # fmt: skip
                yield SQL(
                    "INSERT INTO %s SELECT b.* FROM %s WHERE image.after IS NULL AND %s",
                    name, images, chosen,
                )  # fmt: skip
            if changed:
                # first those that leave the customer, then those that come back to it
                for order in (SQL("NOT"), SQL()):
                    yield SQL(
                        "UPDATE %s t SET %s FROM %s WHERE %s AND image.after IS NOT NULL"
                        " AND image.before IS NOT NULL AND %s AND %s %s",
                        name, _back(changed), images, _match(keys), chosen, order, given,
                    )  # fmt: skip

        return statements

    def _changed_columns(self, table):
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT jsonb_object_keys(after) FROM customer_merge_change"
                " WHERE merge_id = %s AND table_name = %s AND after IS NOT NULL ORDER BY 1",
                self.id,
                table,
            )
        )
        return [column for (column,) in rows]

    def _note(self, rows, reasons):
        """Write down what came back, and why the rest did not."""
        stays = [number for number, _table, _model in rows if number in reasons]
        self.env.cr.execute(
            SQL(
                """
                UPDATE customer_merge_change image
                   SET state = CASE WHEN why.reason IS NULL THEN 'restored' ELSE 'kept' END,
                       reason = why.reason
                  FROM customer_merge_change own
                  LEFT JOIN unnest(%s::int[], %s::text[]) AS why(number, reason)
                    ON why.number = own.id
                 WHERE own.id = image.id AND image.id = ANY(%s)
                """,
                stays,
                [reasons[number] for number in stays],
                [number for number, _table, _model in rows],
            )
        )


def _match(keys):
    return SQL(" AND ").join(
        SQL("t.%s = k.%s", SQL.identifier(one), SQL.identifier(one)) for one in keys
    )


def _back(columns):
    """Each column becomes what it was, in the rows that changed it."""
    return SQL(", ").join(
        SQL(
            "%(c)s = CASE WHEN image.before ? %(n)s THEN b.%(c)s ELSE t.%(c)s END",
            c=SQL.identifier(column),
            n=column,
        )
        for column in columns
    )


def _counts(rows, reasons):
    """How many rows of each table come back and how many stay."""
    found = {}
    for number, table, model in rows:
        count = found.setdefault(
            table, {"table": table, "model": model, "back": 0, "stay": 0}
        )
        count["stay" if number in reasons else "back"] += 1
    return list(found.values())
