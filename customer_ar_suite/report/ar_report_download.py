import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

_NOT_IN_FILE_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
#: groups a table may have, one inside the other
MOST_GROUPS = 4
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
}


class ArReportDownload(models.TransientModel):
    """One file somebody asked for: which report, which rows, how grouped.

    Only the one who asked gets it; rights are checked when asked and when made.
    """

    _name = "ar.report.download"
    _description = "Download of a Receivables Report"

    report = fields.Char(required=True, readonly=True)
    file_type = fields.Selection(
        [("xlsx", "Excel"), ("pdf", "PDF"), ("html", "Web Page")],
        required=True,
        readonly=True,
    )
    domain = fields.Json(readonly=True)
    group_by = fields.Json(readonly=True)
    parameters = fields.Json(readonly=True)

    @api.model
    def _start(self, report, file_type, domain, group_by):
        """Check the right to export and hand out the address of the file."""
        if file_type not in TYPES:
            raise UserError(
                self.env._("“%s” is no kind of file this report has.", file_type)
            )
        self._check_may_export(report, file_type, domain)
        # sudo: nobody may make one but through here; who asked stays its creator
        download = self.sudo().create(
            {
                "report": report._name,
                "file_type": file_type,
                "domain": list(domain),
                "group_by": self._checked_groups(report, group_by),
                "parameters": {
                    **report._view_context(),
                    "allowed_company_ids": self.env.companies.ids,
                },
            }
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/customer_ar_suite/report/{download.id}",
            "target": "new" if file_type == "html" else "download",
        }

    @api.model
    def _check_may_export(self, report, file_type, domain):
        """Workbooks need Odoo's right to export; all need that of the customers' grants."""
        if file_type == "xlsx" and not self.env.user.has_group(
            "base.group_allow_export"
        ):
            raise AccessError(
                self.env._(
                    "You may not export data to Excel. Print the report as PDF, or ask an "
                    "administrator for “Access to export feature”."
                )
            )
        report._check_export(domain)

    @api.model
    def _checked_groups(self, report, group_by):
        """Stored fields, dates with a granularity: what the screen can group by."""
        groups = []
        for spec in list(group_by or [])[:MOST_GROUPS]:
            name, _sep, granularity = str(spec).partition(":")
            field = report._fields.get(name)
            if not field or field.type not in ("many2one", "selection", "date"):
                raise UserError(self.env._("The report has no groups by “%s”.", spec))
            groups.append(
                f"{name}:{granularity or 'month'}" if field.type == "date" else name
            )
        return groups

    def _make(self):
        """The file as triple of its bytes, type and name; noted in the audit log."""
        self.ensure_one()
        report = self.env[self.report].with_context(**self.parameters)
        report.check_access("read")
        domain = report._checked_domain(self.domain)
        self._check_may_export(report, self.file_type, domain)
        table = report._as_table(domain, self.group_by)
        if self.file_type == "xlsx":
            content = self.env["ar.report.xlsx"]._write(table)
        else:
            content = self.env["ar.report.document"]._write(table, self.file_type)
        self.env["customer.audit.entry"]._ar_log_event(
            "report.export",
            self.report,
            {
                "file_type": self.file_type,
                "rows": len(table.rows),
                **dict(table.facts),
            },
        )
        name = _NOT_IN_FILE_NAMES.sub("-", f"{table.title} {report._as_of()}")
        return content, TYPES[self.file_type], f"{name}.{self.file_type}"
