"""What tests of the audit trail share: a key, sealing, the stand-alone checker."""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest.mock import patch

from odoo.tools import SQL

from .common_customers import CustomerCase

ADDON = Path(__file__).parents[1]
SECRET = "a secret of the server that is long enough"
TABLES = ("customer_audit_entry", "customer_audit_link", "customer_audit_seal")


class AuditCase(CustomerCase):
    """The shipped policies are on, the server has a key."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.use_key(f"2026:{SECRET}")
        cls.env["customer.audit.policy"].action_recommended()

    @classmethod
    def use_key(cls, text="", **more):
        """Have the server configured with this key and other settings."""
        values = {
            "CUSTOMER_AR_AUDIT_KEY": text,
            "CUSTOMER_AR_AUDIT_ANCHOR_DIR": "",
            **more,
        }
        patcher = patch.dict(os.environ, values)
        patcher.start()
        cls.addClassCleanup(patcher.stop)

    # -- the log --------------------------------------------------------------------------

    def sql(self, statement, *parameters):
        self.env.flush_all()
        self.env.cr.execute(statement, parameters)
        self.env.invalidate_all()
        return self.env.cr.fetchall() if self.env.cr.description else None

    def mark(self):
        """Position in the log, for :meth:`entries_since`."""
        self.env.flush_all()
        (last,) = self.sql("SELECT COALESCE(max(id), 0) FROM customer_audit_entry")[0]
        return last

    def since(self, last, *models):
        """Entries written since, oldest first, of these models only."""
        self.env.flush_all()
        domain = [("id", ">", last)]
        if models:
            domain.append(("model", "in", models))
        return self.env["customer.audit.entry"].search(domain, order="id")

    def changes(self, last, model="res.partner"):
        """[(event, record id, payload)] of recorded changes since."""
        return [
            (entry.event, entry.res_id, entry.payload)
            for entry in self.since(last, model)
            if entry.event.startswith("record.")
        ]

    def seal(self):
        return self.env["customer.audit.seal"]._seal_all()

    def head(self):
        (row,) = self.sql(
            "SELECT id, last_seq, mark FROM customer_audit_seal ORDER BY id DESC LIMIT 1"
        )
        return dict(zip(("seal", "seq", "mark"), row, strict=True))

    # -- the attacker ---------------------------------------------------------------------

    def attack(self, *statements):
        """Do in the database what its superuser can: with all triggers of ours off."""
        self.env.flush_all()
        for table in TABLES:
            self.env.cr.execute(
                SQL("ALTER TABLE %s DISABLE TRIGGER USER", SQL.identifier(table))
            )
        self.env.cr.execute(
            SQL(
                "ALTER TABLE customer_audit_link"
                " DROP CONSTRAINT IF EXISTS customer_audit_link_seal_id_fkey"
            )
        )
        for statement in statements:
            self.env.cr.execute(statement)
        for table in TABLES:
            self.env.cr.execute(
                SQL("ALTER TABLE %s ENABLE TRIGGER USER", SQL.identifier(table))
            )
        self.env.invalidate_all()

    # -- the stand-alone checker ----------------------------------------------------------

    def verify(self, heads=(), key=f"2026:{SECRET}", content=None):
        """(exit code, lines printed) of ``verify_audit.py`` on an export of the log."""
        if content is None:
            content, _sha, _lines = self.env["customer.audit.seal"]._export_file()
        with tempfile.TemporaryDirectory() as folder:
            export, kept = Path(folder, "log.jsonl.gz"), Path(folder, "heads.jsonl")
            export.write_bytes(content)
            kept.write_text("\n".join(json.dumps(head) for head in heads))
            words = ["--heads", str(kept)] if heads else []
            done = subprocess.run(
                [
                    sys.executable,
                    "-I",
                    "-S",
                    ADDON / "tools/verify_audit.py",
                    export,
                    *words,
                ],
                env={"CUSTOMER_AR_AUDIT_KEY": key},
                capture_output=True,
                text=True,
                check=False,
            )
        self.assertNotIn("Traceback", done.stderr)
        return done.returncode, done.stdout.splitlines() + done.stderr.splitlines()

    def assert_intact(self, heads=()):
        code, lines = self.verify(heads)
        self.assertEqual((code, lines[-1]), (0, "INTACT"), "\n".join(lines[:20]))

    def assert_named(self, entries=(), seals=(), heads=()):
        """The checker refuses the log and names exactly these entries and seals."""
        code, lines = self.verify(heads)
        self.assertEqual((code, lines[-1]), (1, "TAMPERED WITH"))
        text = "\n".join(lines)
        named = {int(number) for number in re.findall(r"\bentry (-?\d+)", text)}
        self.assertEqual(named, set(entries), text)
        for seal in seals:
            self.assertRegex(text, rf"\bseal {seal}\b")
        return text
