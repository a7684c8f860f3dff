"""Real customer files: read whole and right, or refused by name."""

import csv
import os
import re
from pathlib import Path

import pytest

from customer_ar_suite.engine.customer_file.checks.tax_id import is_valid
from customer_ar_suite.engine.customer_file.headers import is_known, propose
from customer_ar_suite.engine.errors import EngineError
from customer_ar_suite.engine.tabular.columns import as_text
from customer_ar_suite.engine.tabular.header import find_header
from customer_ar_suite.engine.tabular.phones import read_phone
from customer_ar_suite.engine.tabular.reader import read_table

DATA = Path(os.environ["AR_SHARED_DATA"])
FILES = DATA / "customer_files"


def table(path):
    with open(path, newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def expected():
    return table(FILES / "expected_read_open.csv") if FILES.is_dir() else []


def sizes(text):
    """Sheets and rows of "ok Sheet1:15x2 | Sheet2:0x0"."""
    return [int(rows) for rows in re.findall(r":(\d+)x\d+(?: \||$)", text)]


@pytest.mark.parametrize("row", expected(), ids=lambda row: row["file"])
def test_workbooks_are_read_whole_or_refused(row):
    others = [
        row[r] for r in ("calamine", "openpyxl", "xlrd") if row[r].startswith("ok")
    ]
    try:
        found = read_table((FILES / row["file"]).read_bytes())
    except EngineError as error:
        # then no reader finds a row, or it is a type or a fault that is named
        empty = any(set(sizes(text)) <= {0, 1} for text in others)
        named = error.code in (
            "file_type_unsupported",
            "file_encrypted",
            "file_corrupt",
        )
        assert not others or empty or named or error.code == "too_many_columns", error
        return
    assert others or found.sheet().rows
    counts = [[s.rows[-1].number if s.rows else 0 for s in found.sheets]]
    counts += [[len(s.rows) for s in found.sheets]]
    # readers count from the first row or from the first filled one
    for text in others:
        for ours_last, ours, theirs in zip(*counts, sizes(text), strict=False):
            assert ours <= max(theirs, 1)
            assert ours_last >= min(theirs, ours)


def test_one_list_in_many_dresses():
    folder = FILES / "zh_masters_derived"
    truth = [list(row.values()) for row in table(next(folder.glob("*_utf8_open.csv")))]
    refused = {}
    for path in sorted(folder.iterdir()):
        try:
            rows = read_table(path.read_bytes()).sheet().rows
        except EngineError as error:
            refused[path.name] = error.code
            continue
        position = find_header(rows, is_known).position
        found = [[as_text(c) for c in row.cells] for row in rows[position + 1 :]]
        if found[-1][0] == "合计：":
            found.pop()  # a total, which the checks leave out
        if "truncated" in path.name:
            assert found[:-1] == truth[: len(found) - 1], path.name
        else:
            assert found == truth, path.name
    assert sorted(refused.values()) == ["encoding_mixed", "file_type_unsupported"]


def test_headings_of_real_customer_lists():
    for path in sorted((FILES / "masters").iterdir()):
        rows = read_table(path.read_bytes()).sheet().rows
        header = find_header(rows, is_known)
        fields = {m.field for m in propose([h.name for h in header.headings])}
        if {"name", "email"} & fields:
            assert header.position == 0, path.name


def test_credit_codes():
    for row in table(DATA / "cn_uscc" / "uscc_codes_open.csv"):
        number = re.sub(r"\W", "", row["code"]).upper()
        assert is_valid(number, "CN") is (row["valid"] == "1"), row


def test_written_telephone_numbers():
    rows = table(DATA / "phones" / "phones_cn_written_variants_derived_open.csv")
    wrong = [
        row["raw"]
        for row in rows
        if (phone := read_phone(row["raw"], "CN")) is None
        or (phone.number, phone.extension)
        != (row["intended_e164"], row["intended_extension"])
    ]
    assert not wrong
