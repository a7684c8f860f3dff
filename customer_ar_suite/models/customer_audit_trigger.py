"""What the database runs to record changes: one trigger function per watched table."""

import hashlib
from dataclasses import dataclass

from odoo.tools import SQL

PREFIX = "customer_audit_log_"
LONGEST = 63
OPERATIONS = ("insert", "update", "delete", "truncate")
WORDS = {
    "insert": SQL("INSERT"),
    "update": SQL("UPDATE"),
    "delete": SQL("DELETE"),
    "truncate": SQL("TRUNCATE"),
}
#: the user of Odoo who acts; the ORM tells where no column of the row does
TOLD = SQL("NULLIF(current_setting('customer_ar.actor', true), '')::int")
NOW = SQL("now() AT TIME ZONE 'UTC'")
OLD, NEW = SQL("o"), SQL("n")  # a row before and after
COLUMNS = SQL(
    "(at, user_id, company_id, event, model, res_id, partner_ref, origin, payload)"
)
#: changes with how the functions are made, so that an update makes them anew;
#: compiling their many expressions would take longer than running them
FORM = "jit off"
#: which rows of a transition are seen by which operation
SIDES = {
    "insert": SQL("REFERENCING NEW TABLE AS new_rows"),
    "update": SQL("REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows"),
    "delete": SQL("REFERENCING OLD TABLE AS old_rows"),
    "truncate": SQL(),
}


class Watched:
    """A table the database watches; ``body`` is what it does at a change."""

    def function(self):
        name = PREFIX + self.name
        if len(name) > LONGEST:
            short = hashlib.sha256(name.encode()).hexdigest()[:8]
            name = f"{name[: LONGEST - 9]}_{short}"
        return name

    def fingerprint(self):
        """What tells whether the function in the database is this one."""
        body = self.body()
        text = f"{FORM}{body.code}{body.params}{self.operations}"
        return hashlib.sha256(text.encode()).hexdigest()

    def create(self):
        function = SQL.identifier(self.function())
        yield SQL(
            """CREATE OR REPLACE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql
               SECURITY DEFINER SET jit = off SET search_path FROM CURRENT AS $ar$
               BEGIN %s RETURN NULL; END $ar$""",
            function,
            self.body(),
        )
        for operation in OPERATIONS:
            yield SQL(
                "DROP TRIGGER IF EXISTS %s ON %s",
                SQL.identifier(f"customer_audit_{operation}"),
                SQL.identifier(self.name),
            )
        for operation in (*self.operations, "truncate"):
            yield SQL(
                """CREATE TRIGGER %s AFTER %s ON %s %s
                   FOR EACH STATEMENT EXECUTE FUNCTION %s()""",
                SQL.identifier(f"customer_audit_{operation}"),
                WORDS[operation],
                SQL.identifier(self.name),
                SIDES[operation],
                function,
            )
        yield SQL("COMMENT ON FUNCTION %s() IS %s", function, self.fingerprint())

    def truncated(self):
        return SQL(
            """IF TG_OP = 'TRUNCATE' THEN
               INSERT INTO customer_audit_entry %s
               VALUES (%s, COALESCE(%s, 1), NULL, 'record.truncate', %s, 0, NULL,
                       'database', jsonb_build_object('@database', session_user));
               END IF;""",
            COLUMNS,
            NOW,
            TOLD,
            self.model,
        )


@dataclass(frozen=True)
class Table(Watched):
    """The columns of a model's table."""

    name: str
    model: str
    columns: tuple
    structured: frozenset  # columns of JSON: what is empty inside them is kept
    hidden: frozenset
    operations: tuple
    has_log: bool
    has_company: bool
    partner: str | None

    @classmethod
    def of(cls, model, columns, hidden, operations):
        partner = model._fields.get("partner_id")
        has_partner = (
            partner is not None
            and partner.store
            and partner.type == "many2one"
            and partner.comodel_name == "res.partner"
        )
        company = model._fields.get("company_id")
        return cls(
            model._table,
            model._name,
            tuple(columns),
            frozenset(
                name
                for name in columns
                if model._fields[name].column_type[0] == "jsonb"
            ),
            frozenset(hidden),
            operations,
            model._log_access,
            bool(company is not None and company.store and company.type == "many2one"),
            "id"
            if model._name == "res.partner"
            else "partner_id"
            if has_partner
            else None,
        )

    def body(self):
        return SQL(" ").join([*map(self.branch, self.operations), self.truncated()])

    def branch(self, operation):
        row = SQL("o") if operation == "delete" else SQL("n")
        names = [SQL.identifier(name) for name in self.columns]
        changed = SQL("TRUE")
        source = SQL("new_rows n")
        if operation == "delete":
            source = SQL("old_rows o")
        elif operation == "update":
            source = SQL("new_rows n JOIN old_rows o ON o.id = n.id")
            changed = SQL(
                "(%s) IS DISTINCT FROM (%s)",
                SQL(", ").join(SQL("n.%s", name) for name in names),
                SQL(", ").join(SQL("o.%s", name) for name in names),
            )
        return SQL(
            """IF TG_OP = %(operation)s THEN
            INSERT INTO customer_audit_entry %(columns)s
            SELECT %(now)s, COALESCE(actor.id, 1), %(company)s, %(event)s, %(model)s,
                   %(row)s.id, %(partner)s, actor.origin, detail.payload || actor.extra
              FROM %(source)s
             CROSS JOIN LATERAL (SELECT %(plain)s OFFSET 0) v
             CROSS JOIN LATERAL (
                   SELECT jsonb_strip_nulls(to_jsonb(v)) %(structured)s AS payload) detail
             CROSS JOIN LATERAL %(actor)s actor
             WHERE %(changed)s AND detail.payload <> '{}';
            END IF;""",
            operation=operation.upper(),
            columns=COLUMNS,
            now=NOW,
            company=SQL("%s.company_id", row) if self.has_company else SQL("NULL"),
            event="record."
            + {"insert": "create", "update": "write"}.get(operation, "delete"),
            model=self.model,
            row=row,
            partner=SQL("%s.%s", row, SQL.identifier(self.partner))
            if self.partner
            else SQL("NULL::int"),
            source=source,
            plain=SQL(", ").join(
                SQL("%s AS %s", self.logged(name, operation), SQL.identifier(name))
                for name in self.columns
                if name not in self.structured
            ),
            structured=SQL(" ").join(
                SQL("|| %s", self.kept_whole(name, operation))
                for name in self.columns
                if name in self.structured
            ),
            actor=self.actor(operation),
            changed=changed,
        )

    def logged(self, name, operation):
        """What the log keeps of a column; NULL if that is nothing.

        A row is turned into JSON as a whole: column by column takes three times as long.
        """
        column = SQL.identifier(name)

        def shown(row):
            value = SQL("%s.%s", row, column)
            if name in self.hidden:
                return SQL("customer_audit_hide(to_jsonb(%s))", value)
            return value

        if operation != "update":
            return shown(OLD if operation == "delete" else NEW)
        return SQL(
            "CASE WHEN n.%s IS DISTINCT FROM o.%s THEN jsonb_build_array(%s, %s) END",
            column,
            column,
            shown(OLD),
            shown(NEW),
        )

    def kept_whole(self, name, operation):
        """The same of a column of JSON, as an object with that one key or none."""
        logged = self.logged(name, operation)
        return SQL(
            "CASE WHEN (%s) IS NULL THEN '{}' ELSE jsonb_build_object(%s, %s) END",
            logged,
            name,
            logged,
        )

    def actor(self, operation):
        """Who it was: the row says so if Odoo wrote it just now, else the ORM was asked."""
        written = SQL("NULL::int")
        if self.has_log and operation == "insert":
            written = SQL("n.create_uid")
        elif self.has_log and operation == "update":
            written = SQL(
                "CASE WHEN n.write_date IS DISTINCT FROM o.write_date"
                " OR n.write_date = %s THEN n.write_uid END",
                NOW,
            )
        return actor(written)


@dataclass(frozen=True)
class Relation(Watched):
    """The table of a many2many field."""

    name: str
    model: str
    field: str
    own: str
    other: str

    operations = ("insert", "delete")

    @classmethod
    def of(cls, field):
        return cls(
            field.relation, field.model_name, field.name, field.column1, field.column2
        )

    def body(self):
        return SQL(" ").join(
            [
                self.branch("INSERT", SQL("new_rows"), "added"),
                self.branch("DELETE", SQL("old_rows"), "removed"),
                self.truncated(),
            ]
        )

    def branch(self, operation, rows, word):
        return SQL(
            """IF TG_OP = %(operation)s THEN
            INSERT INTO customer_audit_entry %(columns)s
            SELECT %(now)s, COALESCE(actor.id, 1), NULL, 'record.write', %(model)s, r.own,
                   %(partner)s, actor.origin,
                   jsonb_build_object(%(field)s, jsonb_build_object(%(word)s, r.others))
                   || actor.extra
              FROM (SELECT %(own)s AS own, jsonb_agg(%(other)s ORDER BY %(other)s) AS others
                      FROM %(rows)s GROUP BY 1) r
             CROSS JOIN LATERAL %(actor)s actor;
            END IF;""",
            operation=operation,
            columns=COLUMNS,
            now=NOW,
            model=self.model,
            partner=SQL("r.own") if self.model == "res.partner" else SQL("NULL::int"),
            field=self.field,
            word=word,
            own=SQL.identifier(self.own),
            other=SQL.identifier(self.other),
            rows=rows,
            actor=actor(SQL("NULL::int")),
        )


def actor(written):
    """User, where from, and which account of the database if no user of Odoo is known."""
    return SQL(
        """(SELECT known.id, CASE WHEN known.id IS NULL THEN 'database' ELSE 'odoo' END
                   AS origin,
                   CASE WHEN known.id IS NULL
                        THEN jsonb_build_object('@database', session_user)
                        ELSE '{}'::jsonb END AS extra
              FROM (SELECT COALESCE(%s, %s) AS id) known)""",
        written,
        TOLD,
    )
