from odoo import models
from odoo.tools import SQL

from .customer_merge_conflict import STAMPS

#: changes by itself, or with every look: says nothing about who touched a row
VOLATILE = STAMPS | {"access_token"}
#: sealed values of customers, kept in a table of their own
VAULT = "customer_vault_entry"


class CustomerMerge(models.Model):
    """The pre-image: each row before a merge touches it, and how the merge leaves it."""

    _inherit = "customer.merge"

    def _keep_family(self):
        """Whole rows of the customers, their contacts and what is sealed of them."""
        family = self._family()
        self._insert_images("res_partner", SQL("t.id = ANY(%s)", family.ids))
        self._insert_images(
            VAULT,
            SQL("t.model = 'res.partner' AND t.res_id = ANY(%s)", self._cluster().ids),
        )

    def _family(self):
        partners = self.env["res.partner"].with_context(active_test=False)
        return partners.search([("id", "child_of", self._cluster().ids)])

    def _insert_images(self, table, condition, columns=None):
        """Keep rows as they are, whole or some of their columns; earlier images count."""
        before = SQL("to_jsonb(t)")
        if columns:
            before = SQL(
                "jsonb_build_object(%s)",
                SQL(", ").join(
                    SQL("%s::text, t.%s", name, SQL.identifier(name))
                    for name in columns
                ),
            )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO customer_merge_change AS kept
                       (merge_id, company_id, table_name, model_name, res_id, res_key,
                        partner_id, before, state)
                SELECT %(merge)s, %(company)s, %(table)s, %(model)s, t.id,
                       jsonb_build_object('id', t.id), %(partner)s, %(before)s, 'applied'
                  FROM %(name)s t WHERE %(condition)s
                    ON CONFLICT (merge_id, table_name, res_key)
                    DO UPDATE SET before = excluded.before || kept.before
                """,
                merge=self.id,
                company=self.company_id.id,
                table=table,
                model=self._model_of(table),
                partner=SQL("t.id") if table == "res_partner" else SQL("NULL::int"),
                before=before,
                name=SQL.identifier(table),
                condition=condition,
            )
        )

    def _model_of(self, table):
        owners = self.env["customer.merge.place"]._owners().get(table)
        return owners[0] if owners else None

    def _keep_pending(self, write):
        """Do ``write``; what is computed anew because of it, in any table, is kept first."""
        keep = self.survivor_id
        names = {
            name
            for vals in self._survivor_values(self._choices()).values()
            for name in vals
        }
        keep.modified(names & keep._fields.keys())
        self._keep_computed()
        write()
        self._keep_computed()
        self.env.flush_all()

    def _keep_computed(self):
        """The columns about to be computed anew, of all rows concerned."""
        pending = {}
        for field, ids in list(self.env.transaction.tocompute.items()):
            model = self.env[field.model_name]
            if field.store and field.column_type and model._auto:
                if model._table not in ("res_partner", VAULT):
                    stored = [id_ for id_ in ids if isinstance(id_, int)]
                    pending.setdefault(model._table, {})[field.name] = stored
        for table, columns in pending.items():
            for name, ids in columns.items():
                self._insert_images(table, SQL("t.id = ANY(%s)", ids), [name])

    # -- the image afterwards -------------------------------------------------------------

    def _close_images(self):
        """Write down how the merge leaves each row; what it left alone is no change."""
        finder = self.env["customer.merge.place"]
        tables = self._image_tables()
        columns = finder._columns(tables)
        keys = finder._primary_keys(tables)
        for table in tables:
            if table == VAULT:
                self._note_new_rows(table)
            self.env.cr.execute(self._after_query(table, keys[table], columns[table]))
        self.env.cr.execute(
            SQL(
                "DELETE FROM customer_merge_change WHERE merge_id = %s"
                " AND before IS NOT DISTINCT FROM after",
                self.id,
            )
        )

    def _image_tables(self):
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT table_name FROM customer_merge_change"
                " WHERE merge_id = %s ORDER BY 1",
                self.id,
            )
        )
        return [table for (table,) in rows]

    def _note_new_rows(self, table):
        """Sealed values the customer to keep did not have: rows to delete on the way back."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO customer_merge_change (merge_id, company_id, table_name,
                       model_name, res_id, res_key, before, state)
                SELECT %(merge)s, %(company)s, %(table)s, %(model)s, t.id,
                       jsonb_build_object('id', t.id), NULL, 'applied'
                  FROM %(name)s t
                 WHERE t.model = 'res.partner' AND t.res_id = ANY(%(ids)s)
                    ON CONFLICT DO NOTHING
                """,
                merge=self.id,
                company=self.company_id.id,
                table=table,
                model=self._model_of(table),
                name=SQL.identifier(table),
                ids=self._cluster().ids,
            )
        )

    def _after_query(self, table, keys, columns):
        """Of kept columns only what changed; the digest tells later if a row was touched."""
        return SQL(
            """
            UPDATE customer_merge_change image
               SET after = now.after,
                   before = CASE WHEN image.before IS NOT NULL THEN now.before END,
                   digest = now.digest
              FROM (SELECT kept.id, %(digest)s AS digest, diff.before, diff.after
                      FROM customer_merge_change kept
                     CROSS JOIN LATERAL jsonb_populate_record(NULL::%(name)s, kept.res_key) k
                      JOIN %(name)s t ON %(match)s
                     CROSS JOIN LATERAL (SELECT to_jsonb(t) AS row OFFSET 0) whole
                     CROSS JOIN LATERAL (
                           SELECT COALESCE(jsonb_object_agg(old.key, old.value)
                                    FILTER (WHERE old.value <> cur.value), '{}') AS before,
                                  COALESCE(jsonb_object_agg(old.key, cur.value)
                                    FILTER (WHERE old.value <> cur.value), '{}') AS after
                             FROM jsonb_each(kept.before) old
                            CROSS JOIN LATERAL (SELECT whole.row -> old.key AS value) cur
                            WHERE old.key <> ALL(%(stamps)s)) diff
                     WHERE kept.merge_id = %(merge)s AND kept.table_name = %(table)s) now
             WHERE image.id = now.id
            """,
            digest=self._digest(columns),
            name=SQL.identifier(table),
            match=SQL(" AND ").join(
                SQL("t.%s = k.%s", SQL.identifier(one), SQL.identifier(one))
                for one in keys
            ),
            stamps=list(STAMPS),
            merge=self.id,
            table=table,
        )

    def _digest(self, columns):
        """Fingerprint of a row ``t`` without what changes by itself."""
        return SQL(
            "md5(ROW(%s)::text)",
            SQL(", ").join(
                SQL.identifier("t", name) for name in columns if name not in VOLATILE
            ),
        )
