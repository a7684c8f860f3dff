"""Plants a word in every table that points to a person, and finds it again anywhere.

Rows are inserted by SQL: the test asks what the sweep finds, not whether somebody could
have made such a row by hand.
"""

import json

import psycopg2

from odoo.tools import SQL, config, mute_logger

SAMPLES = {
    "boolean": False,
    "integer": 0,
    "float": 0,
    "monetary": 0,
    "date": "2026-06-01",
    "datetime": "2026-06-01 08:00:00",
    "char": "x",
    "text": "x",
    "html": "x",
}
#: what rows of a model need besides the required columns
NEEDS = {
    "ar.bill": {"amount": 1},
    "ar.credit.cover": {"amount": 1, "share": 100},
    "ar.credit.temporary.limit": {"amount": 1},
    "account.move.line": {"display_type": "line_note"},
    "ar.match.proposal": {"state": "rejected"},
    "ar.match.adjustment": {"amount": 1},
    "ar.refund": {"amount": 1},
    "ar.confirmation": {"snapshot": '{"header": {"customer": ["x", [], [], "", ""]}}'},
    "ar.statement": {"snapshot": '{"header": {"customer": ["x", [], [], "", ""]}}'},
    "customer.change.request": {"state": "cancelled"},
    "mail.notification": {"notification_type": "inbox", "notification_status": "sent"},
}
TEXTS = ("char", "text", "html", "json")


class Planter:
    """Inserts one row per model that points to a contact."""

    def __init__(self, env):
        self.env, self.skipped = env, {}

    def plant(self, name, link, partner, word, company):
        """Insert a row of model ``name`` that points to ``partner`` and says ``word``.

        :return: its id, or None with the reason in ``skipped``
        """
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                values = self.values(name, link, partner, word, company)
                id_ = self.insert(
                    name, {key: self.as_value(value) for key, value in values.items()}
                )
                field = self.env[name]._fields[link.field]
                if field.type == "many2many":
                    self.env.cr.execute(
                        SQL(
                            "INSERT INTO %s (%s, %s) VALUES (%s, %s)",
                            SQL.identifier(field.relation),
                            SQL.identifier(field.column1),
                            SQL.identifier(field.column2),
                            id_,
                            partner.id,
                        )
                    )
                return id_
        except psycopg2.Error as error:
            self.skipped[name] = str(error).splitlines()[0]
            return None

    def values(self, name, link, partner, word, company):
        model, values = self.env[name], {}
        for field in model._fields.values():
            if not field.store or not field.column_type:
                continue
            if field.name == "company_id":
                values[field.name] = company.id
            elif field.name == "active":
                values[field.name] = True
            elif field.name == link.field:
                values[field.name] = partner.id
            elif field.name == link.by_model:
                values[field.name] = "res.partner"
            elif field.required:
                values[field.name] = self.sample(field)
        if name == "mail.notification":
            values["res_partner_id"] = partner.id
        if name == "account.bank.statement.line":
            journals = self.env["account.journal"].sudo()
            values["journal_id"] = journals.search(
                [("company_id", "=", company.id)], limit=1
            ).id
        if name == "account.bank.statement.line":
            # its company is that of its entry
            values["move_id"] = (
                self.env["account.move"]
                .sudo()
                .search([("company_id", "=", company.id)], limit=1, order="id")
                .id
            )
        values |= self.owner(name) | NEEDS.get(name, {})
        if text := self.text_field(name, link):
            values[text.name] = self.spoken(text, word)
        return values

    def text_field(self, name, link):
        """The text of a row a person would write in, if it has any."""
        found = [
            field
            for field in self.env[name]._fields.values()
            if field.store
            and not field.inherited
            and field.type in TEXTS
            and not getattr(field, "size", None)
            and not field.company_dependent
            and field.name not in (link.field, link.by_model, "parent_path", "model")
            and not any(
                part in field.name for part in ("token", "key", "hash", "passw")
            )
            and not any(
                part in field.name for part in ("model", "secret", "domain", "field")
            )
        ]
        return min(found, key=lambda f: (TEXTS.index(f.type), f.name), default=None)

    def spoken(self, field, word):
        if field.type == "json":
            return {"said": word}
        return {"en_US": word} if field.translate else word

    def any_of(self, name):
        """The id of some record; one that says nothing is made where there is none."""
        records = self.env[name].sudo().with_context(active_test=False)
        found = records.search([("id", "!=", 0)], limit=1, order="id").id
        return found or self.insert(name, self.required(name))

    def required(self, name):
        return self.owner(name) | {
            field.name: self.as_value(self.sample(field))
            for field in self.env[name]._fields.values()
            if field.store and field.column_type and field.required
        }

    def owner(self, name):
        """What a row belongs to, where it may belong to one of several things."""
        if name != "ar.match.proposal":
            return {}
        return {"statement_line_id": self.any_of("account.bank.statement.line")}

    def as_value(self, value):
        return json.dumps(value) if isinstance(value, (dict, list)) else value

    def insert(self, name, values):
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s) VALUES (%s) RETURNING id",
                SQL.identifier(self.env[name]._table),
                SQL(", ").join(map(SQL.identifier, values)),
                SQL(", ").join(SQL("%s", value) for value in values.values()),
            )
        )
        (id_,) = self.env.cr.fetchone()
        return id_

    def sample(self, field):
        if field.type == "selection":
            choices = field.get_values(self.env)
            return "draft" if "draft" in choices else (choices or ["x"])[0]
        if field.type == "many2one":
            return self.any_of(field.comodel_name)
        if field.type == "json":
            return {}
        value = SAMPLES.get(field.type, 0)
        return {"en_US": value} if field.translate else value


def tables_with(env, word):
    """{table: columns} whose texts or JSON hold ``word``, in whatever spelling of JSON."""
    env.flush_all()
    env.cr.execute("""
        SELECT c.table_name, array_agg(c.column_name::text)
          FROM information_schema.columns c
          JOIN information_schema.tables t USING (table_schema, table_name)
         WHERE c.table_schema = current_schema AND t.table_type = 'BASE TABLE'
           AND (c.data_type IN ('text', 'character varying', 'json', 'jsonb', 'ARRAY')
                OR c.udt_name = 'bytea')
         GROUP BY 1
    """)
    found = {}
    for table, columns in env.cr.fetchall():
        holds = (
            SQL("bool_or(%s::text ILIKE %s)", SQL.identifier(column), f"%{word}%")
            for column in columns
        )
        env.cr.execute(
            SQL("SELECT %s FROM %s", SQL(", ").join(holds), SQL.identifier(table))
        )
        hits = {one for one, hit in zip(columns, env.cr.fetchone(), strict=True) if hit}
        if hits:
            found[table] = hits
    return found


def files_with(env, word):
    """Attachments still in use whose content holds ``word``."""
    assert config["data_dir"]
    found = []
    for attachment in env["ir.attachment"].sudo().search([("id", "!=", 0)]):
        if attachment.type == "binary" and word.encode() in (attachment.raw or b""):
            found.append((attachment.res_model, attachment.name))
    return found
