import gzip
import hashlib
import json
import tempfile

from odoo import api, models
from odoo.tools import SQL

from ..engine.audit import COLUMNS, ERASE
from .customer_audit_seal import TIME

#: links per question to the database
PAGE = 5000
#: one line of the export, written by the database itself
LINE = SQL(
    """json_build_array(
         json_build_array(l.id, l.seal_id, COALESCE(e.id, l.entry_ref), to_char(e.at, %s),
             e.user_id, e.company_id, e.event, e.model, e.res_id, e.partner_ref, e.origin,
             e.xid, l.digest),
         l.mark, l.key_ref, e.payload, e.salt)::text""",
    TIME,
)


class CustomerAuditSeal(models.Model):
    """The log as lines that can be checked anywhere: by the screen and by the auditor."""

    _inherit = "customer.audit.seal"

    @api.model
    def _export_lines(self, first_seal=1, last_seal=None, with_open=True):
        """Lines of the log from one seal to another, and what is not sealed yet."""
        self.env.flush_all()
        seals = self._seal_rows(first_seal, last_seal)
        counts = {"entries": 0, "seals": len(seals)}
        before = (
            self._seal_rows(first_seal - 1, first_seal - 1) if first_seal > 1 else []
        )
        yield json.dumps(
            {
                "kind": "start",
                "columns": COLUMNS,
                "database": self._database(),
                "after": before[0] if before else None,
            }
        )
        position = before[0]["last_seq"] if before else 0
        waiting = list(reversed(seals))
        last = seals[-1]["last_seq"] if last_seal and seals else None
        for seq, line in self._link_lines(position, last):
            while waiting and waiting[-1]["last_seq"] < seq:
                yield json.dumps(waiting.pop())
            counts["entries"] += 1
            yield line
        while waiting:
            yield json.dumps(waiting.pop())
        for line in self._open_lines() if with_open else ():
            counts["entries"] += 1
            yield line
        yield json.dumps({"kind": "end", **counts})

    @api.model
    def _seal_rows(self, first, last):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT json_build_object(
                    'kind', 'seal', 'id', id, 'first_seq', first_seq, 'last_seq', last_seq,
                    'at', to_char(at, %s), 'horizon', horizon,
                    'mark_of_last', mark_of_last, 'previous', previous, 'mark', mark,
                    'key', key_ref)::text
                  FROM customer_audit_seal
                 WHERE id >= %s AND (%s::int IS NULL OR id <= %s) ORDER BY id
                """,
                TIME,
                first,
                last,
                last,
            )
        )
        return [json.loads(row) for (row,) in rows]

    @api.model
    def _link_lines(self, after, last):
        """(position, line) of what is sealed, page by page."""
        while True:
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT l.id, %s
                      FROM customer_audit_link l
                      LEFT JOIN customer_audit_entry e ON e.id = l.entry_ref
                     WHERE l.id > %s AND (%s::int IS NULL OR l.id <= %s)
                     ORDER BY l.id LIMIT %s
                    """,
                    LINE,
                    after,
                    last,
                    last,
                    PAGE,
                )
            )
            yield from rows
            if len(rows) < PAGE:
                return
            after = rows[-1][0]

    @api.model
    def _open_lines(self):
        """Lines of entries without a link."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT %s FROM customer_audit_entry e
                  LEFT JOIN customer_audit_link l ON l.entry_ref = e.id
                 WHERE l.id IS NULL ORDER BY e.id
                """,
                LINE,
            )
        )
        return [line for (line,) in rows]

    @api.model
    def _erasures(self):
        """Ranges of entries whose details were erased on record."""
        entries = self.env["customer.audit.entry"].search([("event", "=", ERASE)])
        return [pair for entry in entries for pair in (entry.payload or {})["entries"]]

    @api.model
    def _export_file(self, first_seal=1, last_seal=None, with_open=True):
        """(content of a .jsonl.gz, SHA-256, number of lines)."""
        count = 0
        with tempfile.TemporaryFile() as target:
            with gzip.GzipFile(
                fileobj=target, mode="wb", mtime=0, compresslevel=6
            ) as file:
                for line in self._export_lines(first_seal, last_seal, with_open):
                    file.write(line.encode("utf-8") + b"\n")
                    count += 1
            target.seek(0)
            content = target.read()
        return content, hashlib.sha256(content).hexdigest(), count

    @api.model
    def _seals_between(self, date_from, date_to):
        """(first, last) seal with entries sealed on these days; none if there is none."""
        self.env.cr.execute(
            SQL(
                """SELECT min(id), max(id) FROM customer_audit_seal
                    WHERE (%(first)s::date IS NULL OR at >= %(first)s)
                      AND (%(last)s::date IS NULL OR at < %(last)s::date + 1)""",
                first=date_from or None,
                last=date_to or None,
            )
        )
        return self.env.cr.fetchone()


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    def button_uninstall(self):
        """Removing the suite removes the audit log: not before it was exported."""
        going = self | self.downstream_dependencies()
        if "customer_ar_suite" in going.mapped("name"):
            self.env["customer.audit.export"]._check_exported()
        return super().button_uninstall()
