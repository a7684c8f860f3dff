"""Real bank files: every figure as counted independently, no crash on any of them."""

import csv
import json
import os
import re
import unittest
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from xml.etree import ElementTree

from customer_ar_suite.engine.bank_formats import (
    CsvProfile,
    ReadContext,
    check_balance,
    read_bank_file,
)
from customer_ar_suite.engine.bank_formats.base import render
from customer_ar_suite.engine.bank_formats.csv_guess import guess_layout, preview_layout
from customer_ar_suite.engine.errors import EngineError, FileError

FOLDER = Path(os.environ["AR_SHARED_DATA"], "bank_statements")
CODES = "EUR CHF USD SEK GBP CNY HKD DKK NOK DEM INR BRL CAD AUD NZD CZK HUF PLN LTL"
DIGITS = dict.fromkeys(CODES.split(), 2) | {"JPY": 0, "BHD": 3}
LAYOUTS = Path(__file__).parents[1] / "customer_ar_suite" / "data"
#: fields of a layout record that are lists in the engine's description
LISTS = (
    "debit_marks",
    "credit_marks",
    "neutral_marks",
    "unbooked_marks",
    "footer_marks",
)


def shipped_layouts(currency):
    """The layouts of the data files, as Odoo would hand them to the engine."""
    found = []
    for path in sorted(LAYOUTS.glob("ar_bank_*_data.xml")):
        for record in ElementTree.parse(path).iter("record"):
            values = {one.get("name"): one.text for one in record.iter("field")}
            values.pop("sequence")
            marks = {
                name: tuple(values.pop(name).split("|"))
                for name in LISTS
                if name in values
            }
            plain = {key.removesuffix("_column"): v for key, v in values.items()}
            found.append(CsvProfile(**plain, **marks, default_currency=currency))
    return tuple(found)


PROFILES = shipped_layouts("EUR")


def read(path, profiles=PROFILES, **known):
    context = ReadContext(path.name, DIGITS, profiles, **{"currency": "EUR"} | known)
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


def said(text):
    """The first number a column of the truth names; ``None`` if it names none."""
    try:
        return Decimal(text.split("|")[0].replace(",", "."))
    except InvalidOperation:
        return None


def report(kind, refused):
    """The refusals, for whoever wants to read them."""
    for file, error in sorted(refused.items()):
        print(f"{kind}: {file}: {error}")


class TestMt940(unittest.TestCase):
    #: whole files that repeat a statement are refused as a whole
    DOUBLED = {"bank_statement_twice"}

    def test_every_figure_as_counted_independently(self):
        refused, read_ones = {}, 0
        for row in expected("mt940"):
            path = FOLDER / row["file"]
            try:
                statements = read(path)
            except EngineError as error:
                refused[row["file"]] = error
                if error.code not in self.DOUBLED:
                    # cut, damaged or not MT940: the truth has no proof of it either
                    self.assertNotEqual(row["balance_ok"], "yes", (row, error))
                continue
            read_ones += 1
            with self.subTest(file=row["file"]):
                found = figures(statements)
                texts = path.read_text("latin-1")
                self.assertEqual(len(statements), len(re.findall(r":20:", texts)))
                self.assertEqual(found["entries"], int(row["entries"]))
                if row["parse"] == "regex":
                    for key in ("credit", "debit"):
                        self.assertEqual(Decimal(found[key]), Decimal(row[key]), key)
                if row["balance_ok"]:
                    self.assertEqual(balances(statements), row["balance_ok"])
        report("mt940", refused)
        self.assertGreater(read_ones, 70)

    def test_the_libraries_own_golden_amounts(self):
        compared = 0
        for path in sorted((FOLDER / "mt940").glob("*.json")):
            try:
                statements = read(path.with_suffix(".sta"))
            except (EngineError, FileNotFoundError):
                continue
            golden = json.loads(path.read_text(encoding="utf-8"))
            messages = golden if isinstance(golden, list) else [golden]
            amounts = [
                abs(Decimal(str(line["amount"])))
                for message in messages
                for line in message.get("statement_lines", [])
            ]
            if amounts:
                compared += 1
                found = [
                    abs(Decimal(line.amount)) / 100
                    for statement in statements
                    for line in statement.lines
                ]
                self.assertEqual(found, amounts, path.name)
        self.assertGreater(compared, 10)


class TestOfx(unittest.TestCase):
    REASONS = {
        "ofx_investment": "INVSTMTRS",
        "ofx_status_error": "ERROR",
    }

    def test_every_figure_as_counted_independently(self):
        refused, read_ones = {}, 0
        for row in expected("ofx"):
            path = FOLDER / row["file"]
            try:
                statements = read(path)
            except EngineError as error:
                refused[row["file"]] = error
                if word := self.REASONS.get(error.code):
                    self.assertIn(word, path.read_text("latin-1").upper())
                elif error.code == "bank_amount_too_precise":
                    self.assertRegex(row["credit"] + row["debit"], r"\.\d{3}")
                else:
                    # no statement at all, or values that nobody can read
                    self.assertIn(
                        error.code,
                        {
                            "bank_file_without_statement",
                            "bank_file_unknown",
                            "bank_currency_unknown",
                            "bank_date_not_readable",
                            "bank_amount_not_readable",
                            "ofx_nesting",
                            "ofx_cut",
                        },
                    )
                continue
            read_ones += 1
            with self.subTest(file=row["file"]):
                found = figures(statements)
                self.assertEqual(found["entries"], int(row["entries"]))
                for key in ("credit", "debit"):
                    self.assertEqual(Decimal(found[key]), Decimal(row[key]), key)
                closing, wanted = said(found["closing"]), said(row["closing"])
                if wanted is not None:
                    self.assertEqual(closing, wanted)
        report("ofx", refused)
        self.assertGreaterEqual(read_ones, 24)


class TestQif(unittest.TestCase):
    def test_records_and_dates(self):
        for row in expected("qif"):
            path = FOLDER / row["file"]
            text = path.read_text("latin-1")
            records = len(re.findall(r"^D", text, re.M))
            amounts = sorted(
                Decimal(one.replace(",", ""))
                for one in re.findall(r"^T(\S+)", text, re.M)
            )
            try:
                (statement,) = read(path)
            except EngineError as error:
                self.assertEqual(error.code, "bank_date_order_open", row["file"])
                (statement,) = read(path, date_order="dmy")
            found = sorted(Decimal(line.amount) / 100 for line in statement.lines)
            self.assertEqual((len(found), found), (records, amounts), row["file"])


class TestChina(unittest.TestCase):
    """Exports of Chinese banks and wallets through the shipped layouts."""

    #: what the files themselves leave open, found by looking at them
    REFUSED = {
        "bank_layout_missing": "no sign, no year or no headings",
        "bank_amount_not_readable": "balances made unreadable",
    }

    def test_each_is_read_by_one_layout_or_refused_with_its_reason(self):
        refused, counted = {}, 0
        for path in sorted((FOLDER / "china").iterdir()):
            if path.suffix not in (".csv", ".xls", ".xlsx"):
                continue
            try:
                statements = read(path, shipped_layouts("CNY"))
            except EngineError as error:
                refused[path.name] = error
                self.assertIn(error.code, self.REFUSED, path.name)
                continue
            lines = [line for one in statements for line in one.lines]
            self.assertTrue(lines)
            if path.suffix == ".csv":
                counted += 1
                data = path.read_bytes()
                try:
                    text = data.decode("utf-8-sig")
                except UnicodeDecodeError:
                    text = data.decode("gb18030")
                days = r"^\"?(?:\d{4}-?\d\d-?\d\d|\d\d/\d\d/\d{4})"
                rows = re.findall(days, text, re.M)
                empty = len(rows) - len(lines)
                self.assertEqual(empty, 0, path.name)
        report("china", refused)
        self.assertGreaterEqual(counted, 6)
        self.assertLessEqual(len(refused), 5)


class TestOtherTables(unittest.TestCase):
    def test_a_guessed_layout_reads_or_the_reason_is_named(self):
        good = 0
        for path in sorted((FOLDER / "csv_banks").iterdir()):
            data = path.read_bytes()
            try:
                guess = guess_layout(data, path.name)
                profile = replace(guess.profile, default_currency="EUR")
                found = preview_layout(data, ReadContext(path.name, DIGITS, (profile,)))
            except EngineError:
                continue  # the person corrects the columns; anything else fails here
            good += 1
            self.assertTrue(found.totals)
        self.assertGreater(good, 20)


class TestEveryFile(unittest.TestCase):
    def test_no_file_crashes_and_other_formats_are_named(self):
        named = {"coda": "CODA", "cfonb": "CFONB 120"}
        named |= {"norma43": "Norma 43", "bai2": "BAI2"}
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
