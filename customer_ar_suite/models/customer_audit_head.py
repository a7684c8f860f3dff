import json
import logging
import os
from pathlib import Path

from markupsafe import Markup

from odoo import api, fields, models

from ..engine.audit import seal_mark

_logger = logging.getLogger(__name__)

#: name in the server's configuration file; in capitals, of the environment
FOLDER = "customer_ar_audit_anchor_dir"
MAILED = "audit.head"


class CustomerAuditSeal(models.Model):
    """Heads of the chain, kept where nobody who changes the database can change them too.

    Only they show that the end of the log was cut off or an old state was restored. The
    folder is named in the server's configuration, not in the database, so that nobody has
    the server write where he likes.
    """

    _inherit = "customer.audit.seal"

    @api.model
    def _database(self):
        """What tells this database from others, also on the heads of other servers."""
        # sudo: a name, no secret
        return self.env["ir.config_parameter"].sudo().get_param("database.uuid")

    @api.model
    def _keep_outside(self, key, seal):
        """Write the head beside the database as soon as the seal is committed."""
        if not (folder := self._setting(FOLDER)):
            return
        head = {
            "database": self._database(), "seal": seal.id, "seq": seal.last_seq,
            "at": seal.at, "key": key.id, "mark": seal_mark(key, seal),
        }  # fmt: skip
        target = Path(folder) / f"{self._database()}.heads.jsonl"

        @self.env.cr.postcommit.add
        def append():
            try:
                with target.open("a", encoding="ascii") as file:
                    file.write(json.dumps(head) + "\n")
                    file.flush()
                    os.fsync(file.fileno())
            except OSError:
                _logger.exception("the head of the audit log could not be written")

    @api.model
    def _heads_outside(self):
        """Heads of this database in the configured folder."""
        folder = self._setting(FOLDER)
        source = Path(folder) / f"{self._database()}.heads.jsonl" if folder else None
        if source is None or not source.exists():
            return []
        lines = source.read_text(encoding="ascii", errors="replace").splitlines()
        return self._parse_heads(lines)

    @api.model
    def _parse_heads(self, lines):
        """Heads of this database among the lines of a file or message."""
        heads = []
        for line in lines:
            try:
                head = json.loads(line[line.index("{") : line.rindex("}") + 1])
                if head["database"] == self._database():
                    heads.append(
                        {
                            "seal": int(head["seal"]),
                            "seq": int(head["seq"]),
                            "mark": str(head["mark"]),
                        }
                    )
            except (ValueError, KeyError, TypeError):
                continue  # a line of a message that is no head
        return heads

    @api.model
    def _mail_head(self):
        """Send the head to the configured addresses, once a day if it moved."""
        # sudo: a setting of the audit log, read by its job
        parameters = self.env["ir.config_parameter"].sudo()
        addresses = parameters.get_param("customer_ar_suite.audit_anchor_emails")
        number, seq, _mark, mark, _horizon, day = self._last()
        if not addresses or not number or not self._head_moved(seq):
            return
        head = {
            "database": self._database(), "seal": number, "seq": seq, "at": str(day),
            "mark": mark,
        }  # fmt: skip
        # sudo: the job has no user whose mailbox it were
        self.env["mail.mail"].sudo().create(
            {
                "subject": self.env._(
                    "Head of the audit log: seal %(number)s", number=number
                ),
                "body_html": Markup("<p>%s</p><pre>%s</pre>")
                % (
                    self.env._(
                        "Keep this message. With it, the audit check finds out whether the "
                        "end of the log was cut off or an old state was restored."
                    ),
                    json.dumps(head),
                ),
                "email_to": addresses,
                "auto_delete": False,
            }
        )
        self.env["customer.audit.entry"]._ar_log_event(
            MAILED, self._name, {"to": addresses, "seal": number, "seq": seq}
        )

    @api.model
    def _head_moved(self, seq):
        """Whether the head was not sent today and is not just the record of sending it."""
        # sudo: asked by the job
        sent = self.env["customer.audit.entry"].sudo()
        sent = sent.search([("event", "=", MAILED)], order="id desc", limit=1)
        today = fields.Datetime.now().date()
        return not sent or (sent.at.date() < today and seq > sent.payload["seq"] + 1)
