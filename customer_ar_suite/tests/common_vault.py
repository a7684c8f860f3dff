"""Keys, users and raw looks into the database for the tests of sensitive fields."""

import base64
import os
from contextlib import contextmanager
from unittest.mock import patch

from odoo.tools import SQL

from .common import ArCommon

VARIABLE = "CUSTOMER_AR_VAULT_KEYS"
IDENTITY = "IDCANARY4711XYZ0815"
NOTE = "canary remark about a person, not for everybody"
NUMBER = "5566778899001122"
PHONE = "+31 6 1122 3344 55"


def key(name, byte):
    return f"{name}:{base64.b64encode(bytes([byte]) * 32).decode()}"


class VaultCase(ArCommon):
    """A server with the key ``first``; masks off until a test turns them on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the system itself, which sees no masks; users come with with_user()
        cls.env = cls.env(
            user=cls.env.ref("base.user_root"),
            context={**cls.env.context, "allowed_company_ids": cls.company.ids},
        )
        cls.enterClassContext(patch.dict(os.environ, {VARIABLE: key("first", 1)}))
        cls.entries = cls.env["customer.vault.entry"]
        cls.entries.search([]).unlink()  # of the sample data, under another key
        cls.rows = cls.env["customer.sensitive.field"]
        cls.reviewer = cls.user_with("customer_reviewer", email="reviewer@example.com")
        cls.collector = cls.user_with("collector")
        cls.clerk = cls.user_with("customer_clerk")
        cls.manager = cls.user_with("credit_manager")
        cls.admin = cls.user_with("administrator")

    @classmethod
    def person(cls, name="Ana Person", **values):
        return cls.env["res.partner"].create({"name": name, **values})

    @classmethod
    def confidential(cls, name="Ana Person", **values):
        return cls.person(
            name, ar_identity_number=IDENTITY, ar_private_note=NOTE, **values
        )

    @contextmanager
    def keys(self, *pairs):
        with patch.dict(os.environ, {VARIABLE: ",".join(key(*pair) for pair in pairs)}):
            self.env.invalidate_all()
            yield
        self.env.invalidate_all()

    def masks(self, on=True):
        self.rows._set_masking(on)

    def token(self, record, name="ar_identity_number"):
        return self.env.execute_query(
            SQL(
                "SELECT token FROM customer_vault_entry"
                " WHERE model = %s AND field = %s AND res_id = %s",
                record._name,
                name,
                record.id,
            )
        )[0][0]

    def overwrite(self, record, token, name="ar_identity_number"):
        """What somebody does who can write the database, but has no key."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE customer_vault_entry SET token = %s"
                " WHERE model = %s AND field = %s AND res_id = %s",
                token,
                record._name,
                name,
                record.id,
            )
        )
        self.env.invalidate_all()

    def tables_with(self, *texts):
        """Tables in whose rows one of ``texts`` stands, as text or as bytes."""
        self.env.flush_all()
        names = self.env.execute_query(
            SQL(
                "SELECT table_name FROM information_schema.tables"
                " WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
            )
        )
        wanted = [f"%{text}%" for text in texts]
        wanted += [f"%{text.encode().hex()}%" for text in texts]
        found = set()
        for (name,) in names:
            if self.env.execute_query(
                SQL(
                    "SELECT 1 FROM %s AS row WHERE row::text LIKE ANY(%s) LIMIT 1",
                    SQL.identifier(name),
                    wanted,
                )
            ):
                found.add(name)
        return found
