import json

import psycopg2

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, mute_logger

from .customer_merge_conflict import LOGIN, OFF, Mapped
from .customer_merge_place import MOVE

#: stored fields that only say again who the customer is
DERIVED = {
    "account.move": ("invoice_partner_display_name",),
}


class CustomerMerge(models.Model):
    """Carries a merge out: pre-image first, then one UPDATE per table, all in one go."""

    _inherit = "customer.merge"

    def _apply(self):
        """What the dry run showed, nothing else; the number of statements is that of tables."""
        self.ensure_one()
        found = self._examine()
        if found.fingerprint != (self.payload_hash or self._checked_hash(found)):
            raise UserError(
                self.env._(
                    "Something has changed since the dry run. Look at it again, then merge."
                )
            )
        self._check_late()
        self.env["customer.audit.policy"]._tell_actor()
        values = self._survivor_values(found.choices)
        # sudo: the right to merge these customers, and all that hangs on them, was checked
        known = self.sudo()
        known._keep_family()
        known._keep_pending(lambda: self._write_survivor(values))
        known._move_rows(found)
        known._move_logins()
        known._archive_losers()
        known._close_images()
        known._finish()

    def _check_late(self):
        """Nothing was entered for the merged customers since this transaction began.

        It does not see what others committed meanwhile, not even now that the customers are
        locked and nobody can add anything; another transaction does.
        """
        if not self.env.registry.ready:
            return
        # sudo: numbers of rows, compared and not told
        known = self.sudo()
        sources, own = known._losers().ids, known._cluster().ids
        places = {
            table: moving
            for table, columns in known.env["customer.merge.place"]._places().items()
            if (moving := [one for one in columns if one.effect == MOVE])
        }
        seen = known._counts(places, sources, own)
        with self.env.registry.cursor() as cr:
            # what this transaction itself has locked would be waited for without end
            cr.execute(SQL("SET LOCAL lock_timeout = '5s'"))
            others = api.Environment(cr, SUPERUSER_ID, {})[self._name]
            fresh = others._counts(places, sources, own)
        late = {place.table for place in seen if fresh[place] > seen[place]}
        if late:
            raise UserError(
                self.env._(
                    "Something was entered for one of these customers at this moment "
                    "(%(tables)s). Make the dry run again.",
                    tables=", ".join(sorted(late)),
                )
            )

    def _checked_hash(self, found):
        """Without an approval, what the user saw last is what counts."""
        shown = {
            (one.table_name, one.column_name): one.row_count
            for one in self.table_ids
            if one.effect == MOVE and not one.table_name.startswith("mail_")
        }
        now = {
            (one["table_name"], one["column_name"]): one["row_count"]
            for one in found.tables
            if one["effect"] == MOVE and not one["table_name"].startswith("mail_")
        }
        open_now = [one for one in found.conflicts if not one["verdict"]]
        stops = [one for one in found.findings if one["level"] == "stop"]
        return found.fingerprint if shown == now and not open_now and not stops else ""

    # -- rows -----------------------------------------------------------------------------

    def _move_rows(self, found):
        """Table by table: keep the columns, then let them name the customer to keep."""
        finder = self.env["customer.merge.place"]
        wanted = {
            (one["table_name"], one["column_name"])
            for one in found.tables
            if one["effect"] == MOVE
        }
        places = {
            table: [place for place in columns if place.effect == MOVE]
            for table, columns in finder._places().items()
            if any((table, place.column) in wanted for place in columns)
        }
        keys = finder._primary_keys(places)
        columns = finder._columns(places)
        losing = self.env["customer.merge.conflict"]._settle(found.conflicts)
        self.env.flush_all()
        for table in sorted(places):
            rows = Mapped(
                places[table],
                keys[table],
                columns[table],
                self._losers().ids,
                self.survivor_id.id,
            )
            try:
                with self.env.cr.savepoint(flush=False):
                    self._move_table(table, rows, losing.get(table, []))
            except psycopg2.Error as error:
                raise UserError(
                    self.env._(
                        "The database refuses to move the rows of %(table)s: %(why)s "
                        "Nothing was merged.",
                        table=table,
                        why=(error.diag.message_primary or "").strip() + ".",
                    )
                ) from error
        self.env.invalidate_all()
        self._compute_derived(places)

    def _move_table(self, table, rows, losing):
        """What loses on the survivor's side makes room first: it goes to the archived one."""
        texts = [json.dumps(key, sort_keys=True) for key in losing]
        is_losing = SQL("%s = ANY(%s::jsonb[])", rows.key("t"), texts)
        keep = self.survivor_id.id
        shelf = self.env.ref("base.public_partner").id
        parked = []
        if losing:
            given = Mapped(rows.places, rows.keys, rows.columns, [keep], shelf)
            own = SQL("%s AND (%s) IS NOT TRUE", is_losing, rows.holds(rows.sources))
            parked = self._move_part(table, given, own)
        condition = SQL("NOT (%s)", is_losing) if losing else SQL("TRUE")
        if table == "res_partner":
            condition = SQL("%s AND t.id <> ALL(%s)", condition, self._cluster().ids)
        self._move_part(table, rows, condition)
        if parked and not self._unshelve(
            table, rows, shelf, parked, self._losers()[:1]
        ):
            for key in parked:
                self._unshelve(table, rows, shelf, [key], self._losers())

    def _unshelve(self, table, rows, shelf, parked, cards):
        """Put rows that made room on the first archived card where they meet no other."""
        on_shelf = SQL("%s = ANY(%s::jsonb[])", rows.key("t"), parked)
        for number, card in enumerate(cards, 1):
            back = Mapped(rows.places, rows.keys, rows.columns, [shelf], card.id)
            try:
                with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                    self._move_part(table, back, on_shelf)
                return True
            except psycopg2.IntegrityError:
                if number == len(self._losers()):
                    raise
        return False

    def _move_part(self, table, rows, condition):
        """Keep and rewrite the rows for which ``condition`` holds; their keys afterwards."""
        columns = [place.column for place in rows.places]
        key_after = SQL(
            "jsonb_build_object(%s)",
            SQL(", ").join(
                SQL(
                    "%s::text, %s",
                    name,
                    next(
                        (
                            place.value(rows.sources, rows.target)
                            for place in rows.places
                            if place.column == name
                        ),
                        SQL.identifier("t", name),
                    ),
                )
                for name in rows.keys
            ),
        )
        has_id = rows.keys == ["id"]
        moved = self.env.execute_query(
            SQL(
                """
                WITH chosen AS MATERIALIZED (
                    SELECT %(key)s AS old_key, %(key_after)s AS new_key, %(before)s AS before
                      FROM %(name)s t WHERE (%(holds)s) AND %(condition)s
                ), image AS (
                    INSERT INTO customer_merge_change AS kept
                           (merge_id, company_id, table_name, model_name, res_id, res_key,
                            before, state)
                    SELECT %(merge)s, %(company)s, %(table)s, %(model)s,
                           (chosen.new_key->>'id')::int, chosen.new_key,
                           COALESCE(known.before, chosen.before), 'applied'
                      FROM chosen LEFT JOIN customer_merge_change known
                        ON known.merge_id = %(merge)s AND known.table_name = %(table)s
                       AND known.res_key = chosen.old_key AND NOT %(has_id)s
                        ON CONFLICT (merge_id, table_name, res_key)
                        DO UPDATE SET before = excluded.before || kept.before
                ), stale AS (
                    DELETE FROM customer_merge_change old USING chosen
                     WHERE old.merge_id = %(merge)s AND old.table_name = %(table)s
                       AND old.res_key = chosen.old_key AND NOT %(has_id)s
                )
                SELECT new_key FROM chosen
                """,
                key=rows.key("t"),
                key_after=key_after,
                before=SQL(
                    "jsonb_build_object(%s)",
                    SQL(", ").join(
                        SQL("%s::text, t.%s", name, SQL.identifier(name))
                        for name in columns
                    ),
                ),
                name=SQL.identifier(table),
                holds=rows.holds(rows.sources),
                condition=condition,
                merge=self.id,
                company=self.company_id.id,
                table=table,
                model=rows.places[0].model,
                has_id=has_id,
            )
        )
        self.env.cr.execute(
            SQL(
                "UPDATE %(name)s t SET %(values)s WHERE (%(holds)s) AND %(condition)s",
                name=SQL.identifier(table),
                values=SQL(", ").join(
                    SQL(
                        "%s = %s",
                        SQL.identifier(place.column),
                        place.value(rows.sources, rows.target),
                    )
                    for place in rows.places
                ),
                holds=rows.holds(rows.sources),
                condition=condition,
            )
        )
        return [json.dumps(key, sort_keys=True) for (key,) in moved]

    def _compute_derived(self, places):
        """Stored copies of the customer's name on rows that moved, and on his contacts."""
        for model, names in DERIVED.items():
            if self.env[model]._table in places:
                ids = self._moved_ids(self.env[model]._table)
                for name in names:
                    field = self.env[model]._fields[name]
                    self.env.add_to_compute(field, self.env[model].browse(ids))
        self._keep_computed()
        self.env.flush_all()
        self._compute_family()

    def _compute_family(self):
        """Names and trees of the customer's contacts, one level of what builds on what."""
        partners = self._family() - self._losers()
        stored = [
            field
            for field in partners._fields.values()
            if field.store and field.compute and field.readonly and field.column_type
        ]
        first = ("commercial_partner_id", "commercial_company_name")
        for level in (
            [field for field in stored if field.name == first[0]],
            [field for field in stored if field.name == first[1]],
            [field for field in stored if field.name not in first],
        ):
            for field in level:
                self.env.add_to_compute(field, partners)
            self.env.flush_all()
        for child in (partners - self.survivor_id).filtered(
            lambda one: not one.is_company
        ):
            if child.commercial_partner_id == self.survivor_id:
                child._commercial_sync_from_company()
        self.env.flush_all()

    def _moved_ids(self, table):
        rows = self.env.execute_query(
            SQL(
                "SELECT res_id FROM customer_merge_change"
                " WHERE merge_id = %s AND table_name = %s",
                self.id,
                table,
            )
        )
        return [id_ for (id_,) in rows]

    def _move_logins(self):
        """As decided: switched off, or working for the customer to keep."""
        for line in self.conflict_ids.filtered(lambda one: one.kind == LOGIN):
            id_ = line.b_key["id"]
            column = "active" if line.verdict == OFF else "partner_id"
            value = False if line.verdict == OFF else self.survivor_id.id
            self._insert_images("res_users", SQL("t.id = %s", id_), [column])
            self.env.cr.execute(
                SQL(
                    "UPDATE res_users SET %s = %s WHERE id = %s",
                    SQL.identifier(column),
                    value,
                    id_,
                )
            )
        self.env.registry.clear_cache()

    def _archive_losers(self):
        self.env.cr.execute(
            SQL(
                "UPDATE res_partner SET active = FALSE, write_uid = %s,"
                " write_date = now() AT TIME ZONE 'UTC' WHERE id = ANY(%s)",
                self.env.uid,
                self._losers().ids,
            )
        )
        self.env.invalidate_all()
        cluster = self._cluster().ids
        dimensions = self.env["customer.dimension"].search([("active", "=", True)])
        for dimension in dimensions:
            if dimension._column_name() in self.env["res.partner"]._fields:
                self.env["customer.category.assignment"]._refresh_column(
                    dimension, cluster
                )
        self._keep_computed()
        self.env.flush_all()

    def _finish(self):
        """Pointers, log, chatter."""
        self.member_ids._set_in_force(True)
        self._refresh_derived()
        self._set(
            state="merged",
            merged_at=fields.Datetime.now(),
            merged_by_id=self.env.uid,
        )
        names = self._losers().mapped("display_name")
        rows = self.moved_count
        self._log("merge.apply", {"merged": self._losers().ids, "rows": rows})
        self.survivor_id._message_log(
            body=self.env._(
                "Merged into this customer: %(names)s.", names=", ".join(names)
            )
        )
        for loser in self._losers():
            loser._message_log(
                body=self.env._(
                    "Merged into %(name)s and archived.",
                    name=self.survivor_id.display_name,
                )
            )
        self.env.invalidate_all()

    def _refresh_derived(self):
        """The search for duplicates looks at these customers anew, merged or not."""
        ids = self._cluster().ids
        pairs = self.env["customer.duplicate.pair"]
        pairs.search(
            [
                ("one_id", "in", ids),
                ("other_id", "in", ids),
                ("state", "!=", "different"),
            ]
        )._drop()
        self.env["customer.duplicate.group"]._forget_single()
        self.env["customer.duplicate.index"]._touch(ids)
