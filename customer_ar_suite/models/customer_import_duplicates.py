from dataclasses import replace

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import split_every

from ..engine.customer_file.plan import CONFLICT, CREATE, RowPlan
from ..engine.customer_file.rows import WARNING, CustomerRow
from .customer_import_stage import kept_finding

#: field of the comparison -> keys of the row, whatever their number
_PLAIN = (
    "name", "vat", "company_registry", "ref", "phone", "email", "street", "street2",
    "city", "zip", "country",
)  # fmt: skip
#: kept rows marked at a time
_CHUNK = 1_000
#: customers shown for one row
_SHOWN = 5


class CustomerImportBatch(models.Model):
    """Rows that would create a customer who is there already, or twice in the file."""

    _inherit = "customer.import.batch"

    def _compared(self, plan, run):
        plan = super()._compared(plan, run)
        if not self.search_duplicates:
            return plan
        asked = {p.row.number: p.row for p in plan.rows if p.status == CREATE}
        if not asked:
            return plan
        finder = self.env["customer.duplicate.finder"]
        rows = [self._as_compared(row) for row in asked.values()]
        if run.is_whole:
            found, pairs = finder._find_among(rows, self.company_id)
            plan = self._with_likely_rows(plan, asked, pairs)
        else:
            run.once(finder._begin_file)
            found = finder._find_and_note(rows, self.company_id)
        return self._with_likely(plan, found)

    def _finish_parts(self, run):
        """Rows of different parts that are alike: seen when all are kept."""
        super()._finish_parts(run)
        finder = self.env["customer.duplicate.finder"]
        if not run.has(finder._begin_file):
            return
        first = self._first_alike(finder._pairs_inside(self.company_id))
        headings = {column.field: column.heading for column in run.columns}
        for numbers in split_every(_CHUNK, sorted(first), list):
            self._mark_alike({n: first[n] for n in numbers}, headings)

    def _kept_rows(self, numbers, *names):
        rows = self.env["customer.import.row"]
        rows.invalidate_model(flush=False)
        return rows.search_fetch(
            [("batch_id", "=", self.id), ("number", "in", list(numbers))],
            ["number", *names],
        )

    def _mark_alike(self, first, headings):
        """Kept rows that are like an earlier one of the file; those still to be created."""
        numbers = {*first, *(number for number, _score in first.values())}
        rows = self._kept_rows(numbers, "values", "status", "findings", "ref")
        read = {
            row.number: CustomerRow(row.number, row._read_values(), headings=headings)
            for row in rows
        }
        changed = {}
        for row in rows:
            if row.number not in first or row.status != CREATE:
                continue
            plan = self._looks_like_row(
                RowPlan(read[row.number], CREATE), read, *first[row.number]
            )
            changed[row.id] = {
                "status": plan.status,
                "choice": plan.status if plan.status == CREATE else "skip",
                "matched_by": plan.matched_by,
                "has_warning": True,
                "findings": [
                    *(row.findings or []),
                    *map(kept_finding, plan.row.findings),
                ],
            }
        self._set_rows(changed)

    def _with_likely(self, plan, found):
        """New customers that may be in the books: somebody has to decide."""
        likely = {
            number: matches[0]
            for number, matches in found.items()
            if matches and matches[0].is_likely
        }
        return replace(
            plan,
            rows=tuple(
                self._looks_like(one, likely.get(one.row.number)) for one in plan.rows
            ),
        )

    def _looks_like(self, one, match):
        if one.status != CREATE or not match:
            return one
        if match.is_hidden:
            finding = one.row.finding(WARNING, "looks_like_hidden", "name")
            return _asked(one, finding)
        partner = self.env["res.partner"].browse(match.partner_id)
        finding = one.row.finding(
            WARNING,
            "looks_like",
            "name",
            customer=partner.display_name,
            score=round(match.score),
        )
        if one.row.text("ref") and partner.ref:
            return _told(one, finding)
        return _asked(one, finding, partner.id)

    def _with_likely_rows(self, plan, asked, pairs):
        """Rows of one file that may be the same customer: the later one waits."""
        first = self._first_alike(pairs)
        return replace(
            plan,
            rows=tuple(
                self._looks_like_row(one, asked, *first[one.row.number])
                if one.row.number in first
                else one
                for one in plan.rows
            ),
        )

    def _first_alike(self, pairs):
        """{row: (the first one it is like, score)}"""
        first = {}
        for one, other, score, _exact, _reasons in pairs:
            if score >= self.company_id.ar_duplicate_threshold:
                first.setdefault(other, (one, score))
        return first

    def _looks_like_row(self, one, asked, number, score):
        finding = one.row.finding(
            WARNING, "looks_like_row", "name", first=number, score=round(score)
        )
        if one.row.text("ref") and asked[number].text("ref"):
            return _told(one, finding)
        return _asked(one, finding)

    def _as_compared(self, row):
        """A row of the file in the form in which customers are compared."""
        values = {code: row.text(code) for code in _PLAIN if row.values.get(code)}
        accounts = [entry.get("bank_account") for entry in row.entries("bank").values()]
        values["accounts"] = [str(number) for number in accounts if number]
        return self.env["customer.duplicate.finder"]._customer(row.number, values)


def _told(one, finding):
    """Two codes tell two customers apart; that they are alike is worth a look."""
    return replace(one, row=one.row.with_findings([finding]))


def _asked(one, finding, partner_id=0):
    """Nothing tells them apart: somebody has to decide."""
    return replace(
        _told(one, finding),
        status=CONFLICT,
        partner_id=partner_id,
        matched_by="likeness",
    )


class CustomerImportRow(models.Model):
    """Customers a row may mean, shown where it is decided."""

    _inherit = "customer.import.row"

    candidates_html = fields.Html(
        string="May Be", compute="_compute_candidates_html", sanitize=False
    )

    @api.depends("values", "status")
    @api.depends_context("uid", "lang")
    def _compute_candidates_html(self):
        """Searched for when it is looked at, with the rights and masks of the reader."""
        finder = self.env["customer.duplicate.finder"]
        for batch, rows in self.grouped("batch_id").items():
            asked = rows.filtered(
                lambda row: row.status in ("create", "conflict") and row.values
            )
            found = finder._find(
                [batch._as_compared(row._as_read()) for row in asked], batch.company_id
            )
            for row in rows:
                matches = found.get(row.number) if row in asked else None
                shown = self.env["res.partner"]._ar_show_matches(
                    (matches or [])[:_SHOWN]
                )
                row.candidates_html = shown or Markup("")
