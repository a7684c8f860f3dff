import json
from dataclasses import replace

from odoo import models

from ..engine.customer_file.plan import CREATE, FAILED, UPDATE, ImportPlan
from ..engine.customer_file.rows import ERROR, WARNING
from ..engine.customer_file.rows import Finding as RowFinding
from ..engine.validation.base import CUSTOMER


class CustomerImportBatch(models.Model):
    """A dry run asks the validation rules about every row that would write something."""

    _inherit = "customer.import.batch"

    def _load_part(self, rows, run):
        return self._ar_judged(super()._load_part(rows, run))

    def _ar_judged(self, plan):
        """The plan with what the rules find; a row that may not be stored is an error."""
        rules = self.env["customer.validation.rule"]
        wanted = [row for row in plan.rows if row.status in (CREATE, UPDATE)]
        if not wanted or not rules._rules_of_company(self.company_id.id)[CUSTOMER]:
            return plan
        lookup = self._lookup([row.row.values for row in wanted])
        found = {}
        for status in (CREATE, UPDATE):
            rows = [row for row in wanted if row.status == status]
            for row, findings in zip(rows, self._ar_ask(rows, lookup), strict=True):
                found[row.row.number] = findings
        return ImportPlan(
            tuple(_judged(row, found.get(row.row.number, ())) for row in plan.rows)
        )

    def _ar_ask(self, rows, lookup):
        """The findings of rows that all create, or all update."""
        rules = self.env["customer.validation.rule"]
        if not rows or rows[0].status == CREATE:
            values = [self._prepare_customer(row.row.values, lookup) for row in rows]
            return rules._ar_check_values(values, self.company_id)
        changed = [{change.field for change in row.changes} for row in rows]
        values = [
            self._partner_vals(
                {
                    code: value
                    for code, value in row.row.values.items()
                    if code in codes
                },
                lookup,
            )
            for row, codes in zip(rows, changed, strict=True)
        ]
        partners = self.env["res.partner"].browse([row.partner_id for row in rows])
        found = rules._ar_check_values(values, self.company_id, records=partners)
        # what is there already stops nobody
        return [
            tuple(finding for finding in findings if finding.field in vals)
            for findings, vals in zip(found, values, strict=True)
        ]


def _judged(plan, findings):
    if not findings:
        return plan
    blocked = any(finding.blocks for finding in findings)
    row = plan.row.with_findings(_row_finding(plan.row, one) for one in findings)
    return replace(plan, row=row, status=FAILED if blocked else plan.status)


def _row_finding(row, finding):
    """A finding of a rule as one of a row: stored as data, said in the reader's language."""
    return RowFinding(
        ERROR if finding.blocks else WARNING,
        "rule_broken",
        {
            "row": row.number,
            "rule_id": finding.rule_id,
            "field": finding.field,
            "fault": finding.code,
            "details": json.dumps(dict(finding.params), default=str),
        },
    )
