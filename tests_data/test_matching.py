"""Real receipts against their open items: what is quoted is found, and nothing is invented."""

import csv
import json
import os
import re
import unittest
from datetime import date
from pathlib import Path

from customer_ar_suite.engine.ledger import OpenItem, Receipt, check_allocations
from customer_ar_suite.engine.matching.base import RuleWeight
from customer_ar_suite.engine.matching.propose import propose
from customer_ar_suite.engine.money import to_minor
from customer_ar_suite.engine.tabular.reader import read_table

FOLDER = Path(os.environ["AR_SHARED_DATA"], "bank_statements", "cash_application")
WEIGHTS = [
    RuleWeight("invoice_number", 60),
    RuleWeight("exact_amount", 35),
    RuleWeight("payer", 25),
]


def item(line_id, number, amount, day, partner=1):
    return OpenItem(
        line_id, line_id, 1, partner, 1, 1, 2, 2, day, day, day, number, "", "invoice",
        amount, amount, amount, amount,
    )  # fmt: skip


def receipt(line_id, text, amount, day):
    return Receipt(line_id, 1, 1, 1, 2, day, amount, text)


class TestRemittanceSamples(unittest.TestCase):
    """Invoices named in the remittance text, with the author's notes as the truth."""

    def samples(self):
        for path in sorted(FOLDER.glob("ar_sample_*_open_ar.json")):
            opened = json.loads(path.read_text())["invoices"]
            bank = path.with_name(path.name.replace("open_ar", "bank_statement"))
            yield path, opened, json.loads(bank.read_text())["transactions"]

    def test_what_is_quoted_is_paid_and_nothing_else(self):
        quoted_receipts = 0
        for path, opened, transactions in self.samples():
            items = [
                item(
                    i + 1,
                    row["invoice_id"],
                    to_minor(str(row["open_amount"]), 2),
                    date.fromisoformat(row["due_date"]),
                )
                for i, row in enumerate(opened)
                if row["open_amount"] > 0
            ]
            receipts = [
                receipt(
                    i + 1,
                    f"{row['remittance_text']}, {row['bank_reference']}",
                    to_minor(str(row["amount"]), 2),
                    date.fromisoformat(row["date"]),
                )
                for i, row in enumerate(transactions)
            ]
            numbers = {one.line_id: one.number for one in items}
            found = propose(receipts, items, WEIGHTS)
            check_allocations(
                receipts, items, [part for one in found for part in one.allocations]
            )
            by_receipt = {one.receipt.line_id: one for one in found}
            for one, row in zip(receipts, transactions, strict=True):
                # a second reading of the text: whole words that are an open number
                words = re.split(r"[\s,;]+", row["remittance_text"] or "")
                expected = [word for word in words if word in set(numbers.values())]
                if not expected:
                    continue
                quoted_receipts += 1
                with self.subTest(path.stem, txn=row["txn_id"]):
                    proposal = by_receipt[one.line_id]
                    paid = [numbers[part.item_line_id] for part in proposal.allocations]
                    self.assertEqual(paid, expected)
                    total = sum(i.residual for i in items if i.number in expected)
                    exact = total == one.amount
                    self.assertEqual(proposal.confidence, 95 if exact else 60)
        self.assertGreater(quoted_receipts, 20)

    def test_sure_proposals_agree_with_the_notes(self):
        with (FOLDER / "ar_samples_truth_from_notes_open.csv").open() as handle:
            truth = {
                (row["txn_ids"], row["invoice_id"])
                for row in csv.DictReader(handle)
                if row["txn_ids"] and row["invoice_id"] != "(txn)"
            }
        told = {txn for txn, _invoice in truth}
        for path, opened, transactions in self.samples():
            items = [
                item(
                    i + 1,
                    row["invoice_id"],
                    to_minor(str(row["open_amount"]), 2),
                    date.fromisoformat(row["due_date"]),
                )
                for i, row in enumerate(opened)
            ]
            receipts = [
                receipt(
                    i + 1,
                    row["remittance_text"],
                    to_minor(str(row["amount"]), 2),
                    date.fromisoformat(row["date"]),
                )
                for i, row in enumerate(transactions)
            ]
            for one in propose(receipts, items, WEIGHTS):
                txn = transactions[one.receipt.line_id - 1]["txn_id"]
                for part in one.allocations:
                    number = opened[part.item_line_id - 1]["invoice_id"]
                    if txn in told:
                        with self.subTest(path.stem, txn=txn):
                            self.assertIn((txn, number), truth)


class TestChineseLines(unittest.TestCase):
    """Chinese bank lines against clearing lines: the amount alone, and no false number."""

    def rows(self, name):
        sheet = read_table((FOLDER / name).read_bytes(), name).sheet()
        head = sheet.rows[0].cells
        return [dict(zip(head, row.cells, strict=False)) for row in sheet.rows[1:]]

    def test_unique_amounts_find_their_partner(self):
        bank = self.rows("zh_bank_transactions.xlsx")
        cleared = self.rows("zh_clear_transactions.xlsx")
        day = date(2026, 6, 30)
        items = [
            item(i + 1, row["reference_no"], to_minor(row["amount"], 2), day)
            for i, row in enumerate(cleared)
        ]
        receipts = [
            receipt(
                i + 1,
                f"{row['summary']} {row['remark']}",
                to_minor(row["amount"], 2),
                day,
            )
            for i, row in enumerate(bank)
        ]
        found = propose(receipts, items, WEIGHTS)
        self.assertTrue(found)
        for one in found:
            (part,) = one.allocations
            self.assertEqual([e.code for e in one.evidence], ["exact_amount"])
            self.assertEqual(
                bank[one.receipt.line_id - 1]["flow_id"],
                cleared[part.item_line_id - 1]["flow_id"],
            )


class TestPaymentsFromBothSides(unittest.TestCase):
    """5,661 payments as two sides wrote them: words, near amounts, near dates."""

    def rows(self, name):
        with (FOLDER / name).open(encoding="utf-8") as handle:
            for row in csv.DictReader(handle):
                yield (
                    int(row["ground_truth"]),
                    date.fromisoformat(row["transaction_date"]),
                    to_minor(row["amount"], 2),
                    row["memo"],
                )

    def test_nearly_all_are_certain_and_right(self):
        items = [
            OpenItem(
                key, key, 1, 0, 1, 1, 2, 2, day, day, day, "", memo, "invoice",
                amount, amount, amount, amount,
            )
            for key, day, amount, memo in self.rows("payments_origin_open.csv")
        ]  # fmt: skip
        receipts = [
            receipt(key, memo, amount, day)
            for key, day, amount, memo in self.rows("payments_destination_open.csv")
        ]
        found = propose(receipts, items, [RuleWeight("similar_text", 100)])
        certain = [one for one in found if one.is_unique]
        right = sum(
            one.allocations[0].item_line_id == one.receipt.line_id for one in certain
        )
        self.assertGreaterEqual(len(certain), 0.95 * len(receipts))
        self.assertGreaterEqual(right, 0.999 * len(certain))
