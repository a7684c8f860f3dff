"""Invoices with their real payment dates: how well late payment is foretold.

Used by ``./dev bench prediction`` and by the tests of the shared data. Columns that grade a
product are read only to say which rows are judged and what was published.
"""

from __future__ import annotations

import csv
import importlib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

#: set -> figure -> what is to be reached, and what others reach
TARGETS: dict[str, dict[str, float]] = {
    "highradius": {"auc": 0.82, "calibration": 0.03, "days": 2.70},
    "ibm": {"auc": 0.86},
}
PUBLISHED: dict[str, dict[str, float]] = {
    "highradius": {"published days": 3.07},
    "ibm": {},
}
#: the invoices of the IBM set from this day on are judged
_IBM_FROM = date(2013, 7, 1)


class Result(NamedTuple):
    """What came out of a set."""

    name: str
    quality: Any
    targets: dict[str, float]
    published: dict[str, float]


def measure(folder: Path, package: str) -> Iterator[Result]:
    """Yield the back-test of every set that is there."""
    base = importlib.import_module(f"{package}.engine.prediction.base")
    quality = importlib.import_module(f"{package}.engine.prediction.quality")
    for name, read in (("highradius", _highradius), ("ibm", _ibm)):
        rows = list(read(folder / "late_payment"))
        if not rows:
            continue
        invoices, ids = [], {}
        for key, (customer, *values, _judged) in enumerate(rows):
            number = ids.setdefault(customer, len(ids))
            invoices.append(base.Invoice(key, number, *values))
        judged = {key for key, row in enumerate(rows) if row[-1]}
        first = min(invoices[key].invoiced for key in judged)
        found = quality.back_test(invoices, first, judged)
        yield Result(name, found, TARGETS[name], PUBLISHED[name])


def _rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    for path in sorted(folder.glob(f"{name}_*.csv")):
        with path.open(newline="", encoding="utf-8-sig") as file:
            yield from csv.DictReader(file)


def _highradius(folder: Path) -> Iterator[tuple[Any, ...]]:
    read = date.fromisoformat
    for row in _rows(folder, "highradius_closed_invoices"):
        yield (
            row["cust_number"],
            read(row["invoice_date"]),
            read(row["due_date"]),
            round(float(row["invoice_amount"]) * 100),
            read(row["clear_date"]),
            row["pub_holdout"] == "1",
        )


def _ibm(folder: Path) -> Iterator[tuple[Any, ...]]:
    for row in _rows(folder, "ibm_accounts_receivable"):
        issued, due, paid = (
            datetime.strptime(row[name], "%m/%d/%Y").date()
            for name in ("InvoiceDate", "DueDate", "SettledDate")
        )
        amount = round(float(row["InvoiceAmount"]) * 100)
        yield row["customerID"], issued, due, amount, paid, issued >= _IBM_FROM
