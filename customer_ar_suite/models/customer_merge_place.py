"""Where the database points to customers: found in its catalog, not in a list."""

import re
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL, ormcache

#: what happens to a column at a merge
MOVE, STAY, LOGIN = "move", "stay", "login"
#: models whose rows keep the customer they were written for, besides the locked ones:
#: evidence, documents as they were issued, results of runs, devices of a person
KEPT = frozenset(
    {
        "customer.audit.entry", "customer.ar.check.finding", "customer.vault.entry",
        "customer.unmask", "customer.import.row", "customer.change.request",
        "customer.closing.request", "customer.privacy.request", "customer.privacy.export",
        "customer.privacy.erasure", "customer.privacy.consent", "ar.statement",
        "ar.statement.delivery", "ar.statement.run.line", "ar.confirmation",
        "ar.confirmation.run", "ar.confirmation.run.item", "ar.payment.rhythm",
        "ar.payment.cycle.assignment", "mail.push.device", "discuss.channel.rtc.session",
        "discuss.channel.member", "res.users.settings.volumes", "res.company",
        # derived, made anew by those who derive it
        "customer.duplicate.index", "customer.duplicate.key", "customer.duplicate.pair",
        "customer.duplicate.group", "customer.duplicate.claim", "customer.duplicate.slice",
    }
)  # fmt: skip
#: locked rows that nevertheless follow the customer: they say who somebody is today
MOVED = frozenset({"ar.payer.alias", "ar.bill.step"})
PARTNER = "res.partner"
#: for what the catalog itself says: expressions of indexes and constraints are asked of
#: the rows as they would be, and only the database can read them
VERBATIM = SQL


class Place(NamedTuple):
    """A column that names customers.

    ``kind``: ``key`` a number, ``json`` numbers by company, ``reference`` text like
    ``res.partner,7``, ``record`` a number whose model another column names, ``default`` a
    default value.
    """

    table: str
    column: str
    kind: str
    model: str | None
    effect: str
    model_column: str | None = None

    def holds(self, ids):
        """Condition: the row ``t`` names one of these customers."""
        column = SQL.identifier("t", self.column)
        if self.kind == "key":
            return SQL("%s = ANY(%s)", column, list(ids))
        if self.kind == "record":
            # pictures and files of a field belong to the values, not to the documents
            is_file = self.table == "ir_attachment"
            plain = SQL("AND t.res_field IS NULL") if is_file else SQL("")
            return SQL(
                "(%s = ANY(%s) AND %s = %s %s)",
                column,
                list(ids),
                SQL.identifier("t", self.model_column),
                PARTNER,
                plain,
            )
        if self.kind == "json":
            return SQL(
                "EXISTS (SELECT 1 FROM jsonb_each_text(%s) held WHERE held.value = ANY(%s))",
                column,
                [str(id_) for id_ in ids],
            )
        texts = [str(id_) for id_ in ids]
        if self.kind == "reference":
            texts = [f"{PARTNER},{id_}" for id_ in ids]
            return SQL("%s = ANY(%s)", column, texts)
        return SQL(
            "(%s = ANY(%s) AND t.field_id IN (SELECT id FROM ir_model_fields"
            " WHERE relation = %s AND ttype = 'many2one'))",
            column,
            texts,
            PARTNER,
        )

    def value(self, sources, target):
        """The column of ``t`` once ``target`` has taken the place of ``sources``."""
        column = SQL.identifier("t", self.column)
        if self.kind == "json":
            return SQL(
                """(SELECT jsonb_object_agg(held.key, CASE WHEN held.value #>> '{}' = ANY(%s)
                           THEN to_jsonb(%s::int) ELSE held.value END)
                      FROM jsonb_each(%s) held)""",
                [str(id_) for id_ in sources],
                target,
                column,
            )
        new = f"{PARTNER},{target}" if self.kind == "reference" else target
        return SQL(
            "CASE WHEN %s THEN %s ELSE %s END",
            self.holds(sources),
            str(new) if self.kind == "default" else new,
            column,
        )


class CustomerMergePlace(models.AbstractModel):
    """Finds every column that names a customer, and what the database demands of it."""

    _name = "customer.merge.place"
    _description = "Where Customers Are Named"

    @api.model
    def _places(self):
        """{table: places}; dialogs and the merges' own tables left out."""
        owners = self._owners()
        found = {}
        for table, column, kind, model_column in [
            *self._keys(),
            *self._references(),
            ("ir_default", "json_value", "default", None),
        ]:
            names = owners.get(table, ())
            if table.startswith(("customer_merge", "base_partner_merge")):
                continue
            if names and all(self.env[name]._transient for name in names):
                continue
            model = names[0] if names else None
            place = Place(
                table, column, kind, model, self._effect(table, names), model_column
            )
            found.setdefault(table, []).append(place)
        return found

    @api.model
    def _effect(self, table, names):
        if table == "res_users":
            return LOGIN
        return STAY if any(map(self._is_kept, names)) else MOVE

    @api.model
    def _is_kept(self, name):
        """Evidence keeps the customer it speaks of; other models say so themselves."""
        if getattr(self.env[name], "_ar_merge_kept", False):
            return True
        locked = isinstance(self.env[name], self.env.registry["ar.locked.mixin"])
        return name in KEPT or (locked and name not in MOVED)

    @api.model
    @ormcache(cache="stable")
    def _owners(self):
        """{table: models that write there}; the model of a table of its own comes first."""
        found = {}
        for name, model in sorted(self.env.registry.items()):
            if model._abstract or not model._auto:
                continue
            found.setdefault(model._table, []).insert(0, name)
            for field in model._fields.values():
                if field.type == "many2many" and field.store and field.relation:
                    found.setdefault(field.relation, []).append(name)
        return {table: tuple(names) for table, names in found.items()}

    @api.model
    def _keys(self):
        """Columns with a foreign key, many2one columns without one, values by company."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT class.relname, attr.attname
                  FROM pg_constraint con
                  JOIN pg_class class ON class.oid = con.conrelid
                  JOIN pg_attribute attr ON attr.attrelid = con.conrelid
                                        AND attr.attnum = con.conkey[1]
                 WHERE con.contype = 'f' AND con.confrelid = 'res_partner'::regclass
                   AND array_length(con.conkey, 1) = 1
                   AND class.relnamespace = current_schema::regnamespace
                 ORDER BY 1, 2
                """
            )
        )
        found = dict.fromkeys((*rows, *self._pointers()))
        keys = [(table, column, "key", None) for table, column in found]
        return keys + [
            (self.env[field.model_name]._table, field.name, "json", None)
            for field in self.env.registry.many2one_company_dependents[PARTNER]
        ]

    @api.model
    @ormcache(cache="stable")
    def _pointers(self):
        """Columns of many2one fields, with and without a foreign key."""
        return tuple(
            (table, field.name)
            for table, names in self._owners().items()
            if self.env[names[0]]._table == table
            for field in self.env[names[0]]._fields.values()
            if field.type == "many2one" and field.store and field.column_type
            if field.comodel_name == PARTNER and not field.company_dependent
        )

    @api.model
    @ormcache(cache="stable")
    def _references(self):
        """Columns that name the model beside the number, or within the text."""
        return tuple(
            found
            for _name, model in sorted(self.env.registry.items())
            if not (model._abstract or not model._auto or model._transient)
            for found in _named_by_text(model)
        )

    # -- what the database demands --------------------------------------------------------

    @api.model
    def _primary_keys(self, tables):
        """{table: columns by which a row is known}"""
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT class.relname, array_agg(attr.attname::text ORDER BY attr.attnum)
                      FROM pg_index ix
                      JOIN pg_class class ON class.oid = ix.indrelid
                      JOIN pg_attribute attr ON attr.attrelid = class.oid
                                            AND attr.attnum = ANY(ix.indkey)
                     WHERE ix.indisprimary AND class.relname = ANY(%s)
                       AND class.relnamespace = current_schema::regnamespace
                     GROUP BY class.relname
                    """,
                    list(tables),
                )
            )
        )

    @api.model
    def _columns(self, tables):
        """{table: its columns in order}"""
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT class.relname, array_agg(attr.attname::text ORDER BY attr.attnum)
                      FROM pg_class class
                      JOIN pg_attribute attr ON attr.attrelid = class.oid
                     WHERE class.relname = ANY(%s) AND attr.attnum > 0
                       AND NOT attr.attisdropped
                       AND class.relnamespace = current_schema::regnamespace
                     GROUP BY class.relname
                    """,
                    list(tables),
                )
            )
        )

    @api.model
    def _unique_keys(self, places):
        """Constraints and unique indexes that meet one of these columns.

        :return: rows of (table, name, expressions, predicate, operators)
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT class.relname, ix.indexrelid::regclass::text,
                       ARRAY(SELECT pg_get_indexdef(ix.indexrelid, pos, true)
                               FROM generate_series(1, ix.indnkeyatts) pos),
                       pg_get_expr(ix.indpred, ix.indrelid),
                       ARRAY(SELECT format('OPERATOR(%%I.%%s)', space.nspname, op.oprname)
                               FROM unnest(con.conexclop) WITH ORDINALITY one(oid, pos)
                               JOIN pg_operator op ON op.oid = one.oid
                               JOIN pg_namespace space ON space.oid = op.oprnamespace
                              ORDER BY one.pos)
                  FROM pg_index ix
                  JOIN pg_class class ON class.oid = ix.indrelid
                  LEFT JOIN pg_constraint con ON con.conindid = ix.indexrelid
                                             AND con.contype = 'x'
                 WHERE class.relname = ANY(%s) AND (ix.indisunique OR ix.indisexclusion)
                   AND class.relnamespace = current_schema::regnamespace
                 ORDER BY 1, 2
                """,
                list(places),
            )
        )
        return [row for row in rows if _meets(places[row[0]], [*row[2], row[3] or ""])]

    @api.model
    def _checks(self, places):
        """Check constraints that meet one of these columns: (table, name, expression)."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT class.relname, con.conname::text,
                       pg_get_expr(con.conbin, con.conrelid)
                  FROM pg_constraint con JOIN pg_class class ON class.oid = con.conrelid
                 WHERE con.contype = 'c' AND class.relname = ANY(%s)
                   AND class.relnamespace = current_schema::regnamespace
                 ORDER BY 1, 2
                """,
                list(places),
            )
        )
        return [row for row in rows if _meets(places[row[0]], [row[2]])]


def _named_by_text(model):
    for field in model._fields.values():
        if not field.store or not field.column_type:
            continue
        if field.type == "reference":
            yield model._table, field.name, "reference", None
        elif field.type == "many2one_reference":
            if model._fields[field.model_field].store:
                yield model._table, field.name, "record", field.model_field


def _meets(places, texts):
    """Whether one of the expressions speaks of one of the columns."""
    words = "|".join(re.escape(place.column) for place in places)
    return any(re.search(rf"\b(?:{words})\b", text) for text in texts)


def text(sql):
    """An expression from the catalog of the database as it is; it comes from no user."""
    return VERBATIM(sql.replace("%", "%%"))
