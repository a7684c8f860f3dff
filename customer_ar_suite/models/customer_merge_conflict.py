import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..engine.merge.conflict import KEEP_A, KEEP_B, SAME, Pair, settle
from .customer_merge_place import text

LOGIN, UNIQUE, CHECK = "login", "unique", "check"
#: what becomes of a row that cannot move at all, and of a login
STAY, OFF, TRANSFER = "stay", "off", "transfer"
#: rows that only say "is one of": the same twice is nothing to decide
PLAIN = frozenset({"mail_followers", "mail_notification", "mail_message_reaction"})
#: who wrote a row, and when, is no difference between two
STAMPS = frozenset({"create_uid", "create_date", "write_uid", "write_date"})
MOST = 500
ADMINISTRATORS = "base.group_erp_manager"


class CustomerMergeConflict(models.Model):
    """Two rows of which the customer can have one; a person says which.

    What does not count stays with the archived customer. The rows are found by asking the
    database what its constraints would say of the moved rows, whatever the table.
    """

    _name = "customer.merge.conflict"
    _description = "Conflict of a Merge"
    _inherit = ["ar.partner.rule.mixin"]
    _ar_partner_path = "merge_id.survivor_id"
    _order = "kind, table_name, id"
    _rec_name = "table_name"

    merge_id = fields.Many2one(
        "customer.merge", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="merge_id.company_id", store=True)
    kind = fields.Selection(
        [
            (UNIQUE, "Only One Allowed"),
            (CHECK, "Not Allowed Here"),
            (LOGIN, "Login"),
        ],
        string="Why a Conflict",
        required=True,
        readonly=True,
    )
    table_name = fields.Char(string="Table", required=True, readonly=True)
    model_name = fields.Char(string="Model", readonly=True)
    label = fields.Char(string="Kind of Record", compute="_compute_texts")
    constraint_name = fields.Char(string="Constraint", readonly=True)
    a_key = fields.Json(readonly=True)
    b_key = fields.Json(readonly=True)
    a_text = fields.Text(string="Row of the Customer to Keep", compute="_compute_texts")
    b_text = fields.Text(string="Row of the Other Customer", compute="_compute_texts")
    verdict = fields.Selection(
        [
            (KEEP_A, "The First Counts"),
            (KEEP_B, "The Second Counts"),
            (STAY, "Stays with the Archived Customer"),
            (OFF, "Login Switched Off"),
            (TRANSFER, "Login Moves"),
        ],
        string="Decision",
        help="What does not count stays with the archived customer; nothing is deleted.",
    )

    @api.depends("a_key", "b_key", "model_name")
    @api.depends_context("lang", "uid")
    def _compute_texts(self):
        """The two rows as far as the reader may see them, and where they differ."""
        # sudo: what a kind of record is called is no secret
        kinds = self.env["ir.model"].sudo()
        for conflict in self:
            name = conflict.model_name
            conflict.label = kinds._get(name).name if name else conflict.table_name
            rows = [conflict._row(key) for key in (conflict.a_key, conflict.b_key)]
            told = _difference(*rows)
            conflict.a_text, conflict.b_text = told

    def _row(self, key):
        """A row as (name, {field: text}) with the rights of who looks."""
        if not key:
            return "", {}
        if self.model_name not in self.env or set(key) != {"id"}:
            return json.dumps(key, sort_keys=True), {}
        record = self.env[self.model_name].browse(key["id"]).exists()
        if not record:
            return "", {}
        if not record.has_access("read"):
            return f"{self.model_name}, {record.id}", {}
        described = record.fields_get(attributes=["string", "type"])
        values = {
            info["string"]: str(_text(record[name]))
            for name, info in described.items()
            if record._fields[name].store
            and record._fields[name].column_type
            and name not in STAMPS | {"id", "partner_id"}
            and info["type"] not in ("binary", "json", "html", "properties")
            and record[name]
        }
        return record.display_name or "", values

    # -- deciding -------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse()

    def write(self, vals):
        """Which row counts, as long as the merge is being prepared."""
        if vals.keys() - {"verdict"}:
            self._refuse()
        self.check_access("write")
        for conflict in self:
            conflict.merge_id._demand_state("draft", "checked")
            conflict._check_verdict(vals.get("verdict"))
        return self._set(**vals)

    def _check_verdict(self, verdict):
        allowed = {
            UNIQUE: (KEEP_A, KEEP_B),
            CHECK: (STAY,),
            LOGIN: (OFF, TRANSFER),
        }[self.kind]
        if verdict and verdict not in allowed:
            raise UserError(
                self.env._(
                    "%(table)s: this decision is not possible here.",
                    table=self.label or self.table_name,
                )
            )
        if verdict == TRANSFER and not self.env.user.has_group(ADMINISTRATORS):
            raise AccessError(
                self.env._(
                    "A login that changes its customer sees other documents than before: "
                    "only an administrator of access rights may decide that."
                )
            )

    def action_keep_first(self):
        """The row of the customer to keep counts."""
        self.check_access("write")
        self.write({"verdict": KEEP_A})
        return True

    def action_keep_second(self):
        """The row of the other customer counts."""
        self.check_access("write")
        self.write({"verdict": KEEP_B})
        return True

    def action_stay(self):
        """The row does not move."""
        self.check_access("write")
        self.write({"verdict": STAY})
        return True

    def action_switch_off(self):
        """Nobody logs in with it any more."""
        self.check_access("write")
        self.write({"verdict": OFF})
        return True

    def action_transfer(self):
        """The login works for the customer to keep."""
        self.check_access("write")
        self.write({"verdict": TRANSFER})
        return True

    def _refuse(self):
        raise AccessError(self.env._("Conflicts are found by the dry run."))

    def _insert(self, vals_list):
        # below the locked door
        return super().create(vals_list)  # pylint: disable=super-method-mismatch

    def _set(self, **vals):
        # below the locked door
        return super().write(vals)  # pylint: disable=super-method-mismatch

    # -- finding --------------------------------------------------------------------------

    @api.model
    def _find(self, finder, places, sources, target):
        """Rows that would meet: dicts with kind, table, constraint, two keys, verdict."""
        tables = {table: one for table, one in places.items() if one}
        keys = finder._primary_keys(tables)
        columns = finder._columns(tables)
        for table, name, expressions, predicate, operators in finder._unique_keys(
            tables
        ):
            rows = Mapped(tables[table], keys[table], columns[table], sources, target)
            query = rows.pairs(table, expressions, predicate, operators)
            for a_key, b_key, is_same in self.env.execute_query(query):
                yield {
                    "kind": UNIQUE,
                    "table_name": table,
                    "model_name": tables[table][0].model,
                    "constraint_name": name,
                    "a_key": a_key,
                    "b_key": b_key,
                    "verdict": SAME if is_same or table in PLAIN else False,
                }
        for table, name, expression in finder._checks(tables):
            rows = Mapped(tables[table], keys[table], columns[table], sources, target)
            for (key,) in self.env.execute_query(rows.refused(table, expression)):
                yield {
                    "kind": CHECK,
                    "table_name": table,
                    "model_name": tables[table][0].model,
                    "constraint_name": name,
                    "a_key": False,
                    "b_key": key,
                    "verdict": False,
                }

    @api.model
    def _settle(self, found):
        """{table: keys of rows that do not count}, from conflicts as dicts or records."""
        pairs = [
            Pair(
                number,
                (one["table_name"], _frozen(one["a_key"])),
                (one["table_name"], _frozen(one["b_key"])),
                KEEP_A if one["verdict"] == STAY else one["verdict"] or "",
            )
            for number, one in enumerate(found)
            if one["kind"] != LOGIN
        ]
        losing = {}
        for table, key in settle(pairs).losing:
            if key:
                losing.setdefault(table, []).append(json.loads(key))
        return losing


class Mapped:
    """The rows of a table that concern the merge, as they would be after it."""

    def __init__(self, places, keys, columns, sources, target):
        self.places, self.keys, self.columns = places, keys, columns
        self.sources, self.target = list(sources), target

    def key(self, alias):
        return SQL(
            "jsonb_build_object(%s)",
            SQL(", ").join(
                SQL("%s::text, %s", name, SQL.identifier(alias, name))
                for name in self.keys
            ),
        )

    def rows(self, table):
        """Mapped columns under their own names, the key of the row as it is now."""
        changed = {place.column: place for place in self.places}
        same = [
            name
            for name in self.columns
            if name not in changed and name not in STAMPS and name not in self.keys
        ]
        return SQL(
            """(SELECT %(columns)s, %(key)s AS ar_key,
                       (%(moved)s) IS NOT TRUE AS ar_own,
                       %(rest)s AS ar_rest
                  FROM %(table)s t WHERE %(holds)s)""",
            columns=SQL(", ").join(
                SQL(
                    "%s AS %s",
                    changed[name].value(self.sources, self.target)
                    if name in changed
                    else SQL.identifier("t", name),
                    SQL.identifier(name),
                )
                for name in self.columns
            ),
            key=self.key("t"),
            moved=self.holds(self.sources),
            rest=SQL(
                "md5(ROW(%s)::text)",
                SQL(", ").join(SQL.identifier("t", name) for name in same),
            ),
            table=SQL.identifier(table),
            holds=self.holds([*self.sources, self.target]),
        )

    def holds(self, ids):
        return SQL(" OR ").join(place.holds(ids) for place in self.places)

    def pairs(self, table, expressions, predicate, operators):
        """Pairs of rows that a constraint would not let stand side by side."""
        names = [SQL.identifier(f"ar_{n}") for n in range(len(expressions))]
        operators = operators or ["="] * len(expressions)
        return SQL(
            """
            WITH known AS MATERIALIZED (
                SELECT ar_key, ar_own, ar_rest, %(values)s FROM %(rows)s %(alias)s
                 WHERE %(predicate)s)
            SELECT a.ar_key, b.ar_key, a.ar_rest = b.ar_rest
              FROM known a JOIN known b ON %(meets)s
               AND (a.ar_own, b.ar_key::text) > (b.ar_own, a.ar_key::text)
             ORDER BY 1, 2 LIMIT %(most)s
            """,
            values=SQL(", ").join(
                SQL("(%s) AS %s", text(expression), name)
                for expression, name in zip(expressions, names, strict=True)
            ),
            rows=self.rows(table),
            alias=SQL.identifier(table),
            predicate=text(predicate) if predicate else SQL("TRUE"),
            meets=SQL(" AND ").join(
                SQL("a.%s %s b.%s", name, text(operator), name)
                for operator, name in zip(operators, names, strict=True)
            ),
            most=MOST + 1,
        )

    def refused(self, table, expression):
        """Rows that would break a check once they are moved."""
        return SQL(
            "SELECT ar_key FROM %s %s WHERE NOT ar_own AND NOT (%s) ORDER BY 1 LIMIT %s",
            self.rows(table),
            SQL.identifier(table),
            text(expression),
            MOST + 1,
        )


def _frozen(key):
    return json.dumps(key, sort_keys=True) if key else ""


def _text(value):
    return value.display_name if isinstance(value, models.BaseModel) else value


def _difference(first, second):
    """Two rows as text: what they are called, and the values in which they differ."""
    differing = {
        name
        for name in first[1].keys() | second[1].keys()
        if first[1].get(name) != second[1].get(name)
    }
    return [
        "\n".join(
            [
                name,
                *(f"{one}: {values[one]}" for one in sorted(differing & values.keys())),
            ]
        ).strip()
        for name, values in (first, second)
    ]
