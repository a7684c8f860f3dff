"""Real bank files: every figure as counted independently, no crash on any of them."""

import csv
import os
import unittest
from decimal import Decimal
from pathlib import Path

from customer_ar_suite.engine.bank_formats import (
    CsvProfile,
    ReadContext,
    check_balance,
    read_bank_file,
)
from customer_ar_suite.engine.bank_formats.base import render
from customer_ar_suite.engine.errors import EngineError, FileError

FOLDER = Path(os.environ["AR_SHARED_DATA"], "bank_statements")
DIGITS = {
    "EUR": 2,
    "CHF": 2,
    "USD": 2,
    "SEK": 2,
    "GBP": 2,
    "CNY": 2,
    "JPY": 0,
    "BHD": 3,
}
PROFILES = (
    CsvProfile(
        "signed", "Date", amount="Amount", balance="Balance", default_currency="EUR"
    ),
    CsvProfile("two", "Date", debit="Debit", credit="Credit", default_currency="EUR"),
    CsvProfile("cn", "交易日期", debit="支出", credit="收入", default_currency="CNY"),
)


def read(path):
    context = ReadContext(path.name, DIGITS, PROFILES)
    return read_bank_file(path.read_bytes(), context)


def expected(kind):
    with open(FOLDER / "expected_summary_open.csv", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["format"] == kind]


def figures(statements):
    """The columns of the expected summary, from what was read."""
    digits = statements[0].digits
    entries = []
    for statement in statements:
        by_entry = {}
        for line in statement.lines:
            by_entry[line.entry] = by_entry.get(line.entry, 0) + line.amount
        entries += by_entry.values()
    return {
        "statements": len(statements),
        "entries": len(entries),
        "credit": render(sum(a for a in entries if a > 0), digits),
        "debit": render(-sum(a for a in entries if a < 0), digits),
        "opening": "|".join(_balance(one.opening, one.digits) for one in statements),
        "closing": "|".join(_balance(one.closing, one.digits) for one in statements),
    }


def _balance(minor, digits):
    return "None" if minor is None else render(minor, digits)


def same(found, wanted):
    """Equal as lists of decimals; ``None`` only equals itself."""
    pairs = list(zip(str(found).split("|"), wanted.split("|"), strict=True))
    return all(
        f == w or ("None" not in (f, w) and Decimal(f) == Decimal(w)) for f, w in pairs
    )


def balances(statements):
    try:
        for statement in statements:
            check_balance(statement)
    except EngineError:
        return "NO"
    return "yes"


class TestCamt(unittest.TestCase):
    def test_every_figure_as_counted_independently(self):
        refused = {}
        for row in expected("camt"):
            try:
                statements = read(FOLDER / row["file"])
            except EngineError as error:
                # a file may be refused only if the truth calls it broken or empty, too
                refused[row["file"]] = error.code
                broken = row["balance_ok"] == "NO" or row["statements"] == "0"
                negative = row["debit"].startswith("-")
                self.assertTrue(broken or negative, f"{row['file']}: {error}")
                continue
            with self.subTest(file=row["file"]):
                for key, found in figures(statements).items():
                    self.assertTrue(
                        same(found, row[key]), f"{key}: {found} != {row[key]}"
                    )
                if row["balance_ok"]:
                    self.assertEqual(balances(statements), row["balance_ok"])
        self.assertLess(len(refused), 10, refused)

    def test_closing_is_the_opening_of_the_next_day(self):
        by_account = {}
        for row in expected("camt"):
            if "CAMT_053" in row["file"] and "2024-03" in row["file"]:
                for one in read(FOLDER / row["file"]):
                    by_account.setdefault(one.account, []).append(one)
        self.assertTrue(by_account)
        for statements in by_account.values():
            statements.sort(key=lambda one: one.closing_date)
            for before, after in zip(statements, statements[1:], strict=False):
                self.assertEqual(before.closing, after.opening)


class TestEveryFile(unittest.TestCase):
    def test_no_file_crashes_and_other_formats_are_named(self):
        named = {"mt940": "MT940", "ofx": "OFX", "qif": "QIF", "coda": "CODA"}
        named |= {"cfonb": "CFONB 120", "norma43": "Norma 43", "bai2": "BAI2"}
        wrong = []
        for path in sorted(FOLDER.rglob("*")):
            if not path.is_file() or path.stat().st_size > 5_000_000:
                continue
            try:
                read(path)
            except FileError as error:
                name = named.get(path.parent.name)
                if name and error.params.get("format") not in (name, None):
                    wrong.append((path.name, error))
            except EngineError:
                pass  # refused with a code; anything else fails the test
        self.assertEqual(wrong, [])
