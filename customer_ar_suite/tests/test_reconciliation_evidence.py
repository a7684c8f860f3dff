"""The pack of evidence and its verification; what a scanner reads."""

import base64
import io
import json
import zipfile

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..engine.evidence import MANIFEST
from .common import date
from .common_reconciliation import JUNE, ReconciliationCommon

SAFE_IO = "odoo.addons.customer_ar_suite.models.safe_io"


@tagged("post_install", "-at_install")
class TestReconciliationEvidence(ReconciliationCommon):
    def make(self, **values):
        ask = (
            self.env["ar.evidence.ask"]
            .with_user(self.accountant)
            .create(
                {
                    "company_id": self.company.id,
                    "date_from": "2026-06-01",
                    "as_of_date": "2026-06-30",
                    "lang": "en_US",
                    **values,
                }
            )
        )
        pack = self.env["ar.evidence.pack"].browse(ask.action_make()["res_id"])
        self.assertFalse(
            [(p.code, p.run_error) for p in pack.part_ids if p.run_error],
            "parts failed",
        )
        return pack

    def content(self, pack):
        _name, content = pack.with_user(self.accountant)._file("zip")
        return zipfile.ZipFile(io.BytesIO(content))

    def test_a_pack_opens_without_us(self):
        self.acme.name = "=HYPERLINK(1)"
        invoice = self.invoice(self.acme, 1000, "2026-05-01")
        self.statement(0, 1000, (1000, "2026-06-02", f"near {invoice.name[:-1]}", None))
        self.bank_line(7, "2026-06-20", "=1+1")
        pack = self.make()
        archive = self.content(pack)
        names = archive.namelist()
        listed = json.loads(archive.read(MANIFEST))
        own = {row["name"] for row in listed["files"]}
        self.assertEqual(own | {MANIFEST, "SHA256SUMS"}, set(names))
        self.assertEqual(listed["about"]["as_of"], "2026-06-30")
        for name in (
            "01_aging/aging.xlsx", "01_aging/aging.csv", "01_aging/aging.pdf",
            "02_tie_out/tie_out.csv", "03_statements/statements.csv",
            "04_confirmations/confirmations.csv", "05_checks/unmatched_receipts.csv",
            "06_bank/BNK1.pdf", "07_signatures/tasks.csv", "index.html",
        ):  # fmt: skip
            self.assertIn(name, names)
        # then every link of the first page leads to a file
        page = archive.read("index.html").decode()
        for name in names:
            if name not in (MANIFEST, "SHA256SUMS", "index.html"):
                self.assertIn(f'href="{name}"', page)
        # and no cell begins a formula
        for name in names:
            if name.endswith(".csv"):
                text = archive.read(name).decode("utf-8-sig")
                self.assertNotRegex(text, r'(?m)(^|,)"?[=@]', name)
        aging = archive.read("01_aging/aging.csv").decode("utf-8-sig")
        self.assertIn("'=HYPERLINK(1)", aging)
        self.assertIn("1000.00", aging)
        self.assertTrue(archive.read("01_aging/aging.pdf").startswith(b"%PDF"))

    def test_verification(self):
        self.invoice(self.acme, 1000, "2026-05-01")
        pack = self.make()
        self.assertTrue(pack.is_intact)
        _name, content = pack.with_user(self.auditor)._file("zip")
        dialog = self.env["ar.evidence.verify"].with_user(self.auditor)

        def verdict(data):
            one = dialog.create({"file": base64.b64encode(data)})
            one.action_verify()
            return one

        self.assertEqual(verdict(content).pack_id, pack)
        self.assertEqual(verdict(content).state, "intact")
        # given somebody changes a figure
        source, target = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            for name in source.namelist():
                data = source.read(name)
                if name.endswith("aging.csv"):
                    data = data.replace(b"1000.00", b"9000.00")
                archive.writestr(name, data)
        found = verdict(target.getvalue())
        self.assertEqual(found.state, "changed")
        self.assertIn("01_aging/aging.csv", found.result)
        with self.assertRaises(UserError), mute_logger(SAFE_IO):
            verdict(b"no zip file")
        events = self.env["customer.audit.entry"].search(
            [("event", "=like", "evidence.%")]
        )
        self.assertLessEqual(
            {"evidence.make", "evidence.download", "evidence.verify"},
            set(events.mapped("event")),
        )

    def test_who_may(self):
        ask = self.env["ar.evidence.pack"].with_user(self.clerk)
        with self.assertRaises(AccessError):
            ask._make(self.company, date(2026, 6, 1), JUNE, "en_US")
        self.accountant.group_ids -= self.env.ref("base.group_allow_export")
        with self.assertRaises(AccessError):
            self.make()


@tagged("post_install", "-at_install")
class TestReconciliationScan(ReconciliationCommon):
    def read(self, code, user=None):
        return self.env["ar.scan"].with_user(user or self.clerk).read_scan(code)

    def test_numbers_open_their_document(self):
        invoice = self.invoice(
            self.acme, 300, "2026-05-01", payment_reference="RF18 5390"
        )
        for code in (invoice.name, "RF18 5390"):
            found = self.read(code)
            self.assertEqual(found["action"]["res_id"], invoice.id)
        self.assertEqual(
            found["documents"][0]["item_ids"], self.receivable_lines(invoice).ids
        )
        with self.assertRaises(UserError):
            self.read("NO-SUCH-1")
        with self.assertRaises(AccessError):
            self.read(invoice.name, self.auditor)

    def test_vat_invoice_by_number_or_by_amount_and_day(self):
        invoice = self.invoice(
            self.acme, 884.96, "2026-03-31", ref="26322000000098765432"
        )
        code = "01,31,,26322000000098765432,884.96,20260331,,77AA,"
        self.assertEqual(self.read(code)["action"]["res_id"], invoice.id)
        invoice.ref = False
        found = self.read(code)
        self.assertEqual(found["kind"], "vat_invoice")
        self.assertEqual(found["action"]["res_id"], invoice.id)

    def test_the_code_on_our_statement_fills_the_allocation(self):
        first = self.invoice(self.acme, 300, "2026-05-01")
        second = self.invoice(self.acme, 200, "2026-05-10")
        statements = self.env["ar.statement"].with_user(self.clerk)
        layout = self.env["ar.statement.layout"].search([], limit=1)
        issued, _errors = statements._issue(
            self.company, layout, JUNE, date(2026, 6, 1), self.acme.ids
        )
        code = f"BCD\n002\n1\nSCT\nX\nUs\nNL00\nEUR500.00\n\n\n{issued.name} C1"
        found = self.read(code)
        self.assertEqual(found["kind"], "payment")
        ids = [id_ for row in found["documents"] for id_ in row["item_ids"]]
        self.assertEqual(set(ids), set(self.receivable_lines(first, second).ids))
        # when it came with a receipt of 420
        line = self.bank_line(420, "2026-06-30", "?")
        left = self.env["ar.scan"].with_user(self.clerk).fill_allocation(line.id, ids)
        self.assertEqual(left, "")
        proposal = self.env["ar.match.proposal"].search(
            [("statement_line_id", "=", line.id)]
        )
        self.assertEqual(proposal.state, "accepted")
        self.assertEqual(sorted(proposal.allocation_ids.mapped("amount")), [120, 300])
