import base64
import io
import zipfile
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning
from odoo.tools import file_open

from ..identity import ar_identity_required

#: what an auditor needs to check an export on any computer with Python
CHECKER = ("tools/verify_audit.py", "engine/audit.py")
EXPORTED = "audit.export"


class CustomerAuditExport(models.TransientModel):
    """Takes the audit log out of the database, to keep it or to check it elsewhere."""

    _name = "customer.audit.export"
    _description = "Export of the Audit Log"

    date_from = fields.Date(
        string="Sealed from", help="Empty: from the first entry on."
    )
    date_to = fields.Date(
        string="Sealed to",
        help="Empty: up to now, with the entries that are not sealed yet.",
    )
    export_data_file = fields.Binary(string="File", readonly=True, attachment=True)
    export_filename = fields.Char(readonly=True)
    sha256 = fields.Char(string="SHA-256", readonly=True)
    line_count = fields.Integer(string="Lines", readonly=True)
    checker_file = fields.Binary(
        string="Checker",
        compute="_compute_checker_file",
        help="Two Python files that need nothing but Python: unpack them, then run "
        "python3 verify_audit.py with the export and the key.",
    )
    checker_filename = fields.Char(compute="_compute_checker_file")

    def _compute_checker_file(self):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in CHECKER:
                with file_open(f"customer_ar_suite/{path}", "rb") as source:
                    name = path.rpartition("/")[2]
                    archive.writestr(name, source.read())
        for wizard in self:
            wizard.checker_file = base64.b64encode(target.getvalue())
            wizard.checker_filename = "verify_audit.zip"

    @ar_identity_required("audit_export")
    def action_export(self):
        """Write the log as lines of JSON, packed; the export is an entry itself."""
        self.check_access("read")
        self.ensure_one()
        self.env["customer.audit.check"]._check_auditor()
        # sudo: the log of all companies hangs on one chain; auditors may read it
        seals = self.env["customer.audit.seal"].sudo()
        first, last = 1, None
        if self.date_from or self.date_to:
            first, last = seals._seals_between(self.date_from, self.date_to)
        is_open = not self.date_to
        content, sha256, lines = seals._export_file(
            first or 1, last if self.date_to else None, is_open
        )
        self.write(
            {
                "export_data_file": base64.b64encode(content),
                "export_filename": f"audit_log_{fields.Date.context_today(self)}.jsonl.gz",
                "sha256": sha256,
                "line_count": lines,
            }
        )
        self.env["customer.audit.entry"]._ar_log_event(
            EXPORTED,
            "customer.audit.entry",
            {
                "from": str(self.date_from or ""),
                "to": str(self.date_to or ""),
                "lines": lines,
                "sha256": sha256,
                "complete": not self.date_from and not self.date_to,
            },
        )
        return self._reopened()

    def _reopened(self):
        return self._get_records_action(
            name=self.env._("Export the Audit Log"), target="new", context={}
        )

    @api.model
    def _check_exported(self):
        """Raise unless the whole log was exported during the last day."""
        # sudo: asked on behalf of whoever uninstalls; shows nothing of the log
        entries = self.env["customer.audit.entry"].sudo()
        latest = entries.search(
            [
                ("event", "=", EXPORTED),
                ("at", ">", fields.Datetime.now() - timedelta(days=1)),
            ]
        )
        if any((entry.payload or {}).get("complete") for entry in latest):
            return
        if not entries.search_count([], limit=1):
            return
        action = self.env.ref("customer_ar_suite.customer_audit_export_action")
        raise RedirectWarning(
            self.env._(
                "Uninstalling removes the audit log for good. Export the whole log first, "
                "keep the file, then uninstall within a day."
            ),
            action.id,
            self.env._("Export the Audit Log"),
        )
