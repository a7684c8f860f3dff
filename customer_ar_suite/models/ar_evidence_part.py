import re

from odoo import models
from odoo.fields import Domain

from ..engine.evidence import as_csv
from ..engine.money import from_minor

_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f\s]+')
#: papers of one kind that are printed one by one
MOST_PAPERS = 500


class ArEvidencePackPart(models.Model):
    """What is in each folder: the same reports and papers as on the screen, and tables."""

    _inherit = "ar.evidence.pack.part"

    # -- aging ----------------------------------------------------------------------------

    def _aging_files(self):
        """The aging of the last day by customer, as workbook, on paper, as table."""
        report = self.env["ar.aging.report"].with_context(
            ar_as_of=str(self.pack_id.as_of_date)
        )
        table = report._as_table(Domain.TRUE, ["partner_id"])
        yield "aging.xlsx", self.env["ar.report.xlsx"]._write(table)
        yield "aging.csv", self._table_csv(table)
        documents = self.env["ar.report.document"]
        for kind in ("pdf", "html"):
            yield f"aging.{kind}", documents._write(table, kind)

    def _table_csv(self, table):
        """A report table as csv: facts, headings, rows, notes."""

        def cell(value, column, row):
            if column.kind == "amount" and value is not None:
                return from_minor(value, row.digits)
            return "" if value is None else value

        rows = [list(fact) for fact in table.facts]
        rows.append([column.heading for column in table.columns])
        rows += [
            [cell(*pair, row) for pair in zip(row.cells, table.columns, strict=True)]
            for row in table.rows
        ]
        return as_csv([*rows, *([note] for note in table.notes)])

    # -- tie-out --------------------------------------------------------------------------

    def _tie_out_files(self):
        """Open items against the general ledger, per account, and who differs."""
        day = self.pack_id.as_of_date
        report = self.env["ar.aging.report"].with_context(ar_as_of=str(day))
        head = [
            self.env._("Account"),
            self.env._("Aging"),
            self.env._("General Ledger"),
            self.env._("Difference"),
        ]
        rows = [
            [line["account"], line["report"], line["ledger"], line["difference"]]
            for line in report._tie_out_lines()
        ]
        yield "tie_out.csv", as_csv([head, *rows])
        company_ids = self.pack_id.company_id.ids
        _totals, different = self.env["ar.ledger"]._tie_out(
            day, company_ids=company_ids
        )
        partners = self.env["res.partner"].browse(
            [row.partner_id for row in different if row.partner_id]
        )
        names = {partner.id: partner.display_name for partner in partners}
        head[0] = self.env._("Customer")
        yield (
            "customers_that_differ.csv",
            as_csv(
                [
                    head,
                    *(
                        [
                            names.get(row.partner_id, ""),
                            from_minor(row.open_amount, row.company_digits),
                            from_minor(row.ledger_amount, row.company_digits),
                            from_minor(
                                row.open_amount - row.ledger_amount, row.company_digits
                            ),
                        ]
                        for row in different
                    ),
                ]
            ),
        )

    # -- papers ---------------------------------------------------------------------------

    def _period_domain(self):
        pack = self.pack_id
        return (
            Domain("company_id", "=", pack.company_id.id)
            & Domain("as_of_date", ">=", pack.date_from)
            & Domain("as_of_date", "<=", pack.as_of_date)
        )

    def _statements_files(self):
        """Statements issued in the period, each with the hash of its figures."""
        yield from self._paper_files(
            "ar.statement",
            "statements",
            ("name", "partner_id", "as_of_date", "state", "balance_amount", "sent_at"),
        )

    def _confirmations_files(self):
        """Confirmations of the period: what was asked, answered, differs."""
        yield from self._paper_files(
            "ar.confirmation",
            "confirmations",
            (
                "name",
                "partner_id",
                "as_of_date",
                "state",
                "balance_amount",
                "difference_amount",
                "replied_on",
            ),
        )

    def _paper_files(self, model, name, names):
        papers = self.env[model].search(self._period_domain(), order="id")
        papers._ar_check_export()
        yield f"{name}.csv", self._records_csv(papers, (*names, "snapshot_hash"))
        if self.pack_id.with_papers:
            chosen = papers[:MOST_PAPERS]
            files = self.env["ir.actions.report"]._ar_paper_files(chosen)
            for paper in chosen:
                yield f"{_NOT_IN_NAMES.sub('-', paper.name)}.pdf", files[paper.id]

    def _records_csv(self, records, names):
        """Fields of records with their labels, as the reader's screen shows them."""
        info = records.fields_get(names, ["string", "type", "selection"])
        rows = [[info[name]["string"] for name in names]]
        for record in records:
            rows.append([self._csv_value(record, name, info[name]) for name in names])
        return as_csv(rows)

    def _csv_value(self, record, name, info):
        value = record[name]
        if info["type"] == "many2one":
            return value.display_name or ""
        if info["type"] == "selection":
            return dict(info["selection"]).get(value, value or "")
        if info["type"] in ("float", "monetary", "integer"):
            return value
        return value or ""

    # -- exceptions -----------------------------------------------------------------------

    def _checks_files(self):
        """Unmatched receipts, the latest proof of the books and its red lines."""
        pack = self.pack_id
        report = self.env["ar.unmatched.receipt"].with_context(
            ar_as_of=str(pack.as_of_date)
        )
        unmatched = report._as_table(Domain.TRUE, [])
        yield "unmatched_receipts.csv", self._table_csv(unmatched)
        yield "unmatched_receipts.xlsx", self.env["ar.report.xlsx"]._write(unmatched)
        check = self.env["customer.ar.check"]._health(pack.company_id)
        # sudo: whether the books were proven is part of the evidence of who may take it out
        results = check.sudo().result_ids
        yield (
            "proofs.csv",
            self._records_csv(
                results, ("title", "checked_count", "red_count", "error")
            ),
        )
        findings = self.env["customer.ar.check.finding"].search(
            [("check_id", "=", check.id), ("company_id", "=", pack.company_id.id)]
        )
        findings._ar_check_export()
        yield (
            "faults.csv",
            self._records_csv(
                findings,
                (
                    "description",
                    "partner_id",
                    "expected_amount",
                    "found_amount",
                    "difference_amount",
                ),
            ),
        )

    # -- banks ----------------------------------------------------------------------------

    def _bank_files(self):
        """The reconciliation statement of each bank account on the last day."""
        pack = self.pack_id
        journals = self.env["account.journal"].search(
            [
                ("company_id", "=", pack.company_id.id),
                ("type", "in", ("bank", "credit")),
            ]
        )
        for journal in journals:
            statement = self._bank_statement(journal)
            statement.line_ids._ar_check_export()
            table = statement._as_table()
            name = _NOT_IN_NAMES.sub("-", journal.code)
            yield f"{name}.csv", self._table_csv(table)
            for kind in ("xlsx", "pdf", "html"):
                yield f"{name}.{kind}", statement._write_table(table, kind)

    def _bank_statement(self, journal):
        """The one that was signed, else one made now, which stays."""
        model = self.env["ar.bank.reconciliation"]
        domain = Domain("journal_id", "=", journal.id) & Domain(
            "as_of_date", "=", self.pack_id.as_of_date
        )
        found = model.search(domain, order="is_signed desc, id desc", limit=1)
        # sudo: auditors write nothing themselves; the pack's own step makes what it shows
        made = found or model.sudo().create(
            {"journal_id": journal.id, "as_of_date": self.pack_id.as_of_date}
        )
        if found and not found.is_signed:
            # sudo: as above; figures of an older statement that nobody signed
            found.sudo()._count()
        return made.with_env(self.env)

    # -- signatures -----------------------------------------------------------------------

    def _signatures_files(self):
        """Tasks of the period and who signed them."""
        tasks = self.env["ar.reconciliation.task"].search(self._period_domain())
        yield (
            "tasks.csv",
            self._records_csv(
                tasks,
                (
                    "display_name",
                    "state",
                    "due_date",
                    "prepared_by_id",
                    "prepared_at",
                    "difference_amount",
                    "remark",
                    "signed_by_id",
                    "signed_at",
                ),
            ),
        )
        yield (
            "signatures.csv",
            self._records_csv(
                tasks.signoff_ids,
                (
                    "task_id",
                    "signed_by_id",
                    "signed_at",
                    "fingerprint",
                    "withdrawn_by_id",
                    "withdrawn_reason",
                ),
            ),
        )
        for signoff in tasks.signoff_ids:
            yield f"{signoff.fingerprint[:16]}.json", signoff.snapshot.encode()
