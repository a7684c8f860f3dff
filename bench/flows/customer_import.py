"""A customer file of 2,000 rows: dry run, creation, update, against core's own import.

``checks``: validation rules, proposed corrections, numbering and the audit log, all on or all
off. Keys of duplicates are kept and the duplicates of a file are searched for in both; what
core's ``load()`` takes is measured with all of them off.
"""

from __future__ import annotations

import csv
import io
import resource
import statistics
import time

from odoo import Command

from ..inside import Bench
from . import flow

ROWS = 2_000
HEADINGS = ("Code", "Name", "Email", "Phone", "Street", "City", "Country")
FIELDS = ["ref", "name", "email", "phone", "street", "city", "country_id"]
#: customers of the volume → rows of a large file: 100,000 at the usual size
LARGE = 5


@flow
def customer_import_dry(bench: Bench) -> None:
    """Dry run, every finding stored; core's test import rolls back what it wrote."""
    _prepare(bench)
    partners = bench.env["res.partner"]
    load = bench.time(lambda: partners.load(FIELDS, _rows()), 2, undo=True)
    whole = bench.time(lambda: _checked(bench, _rows()), 3, undo=True)
    bench.report(whole, "load", load, rows=ROWS, part="upload and dry run")
    core = bench.time(lambda: _core_import(bench, _rows()), 1, warm=False, undo=True)
    bench.report(whole, "core's test import", core, rows=ROWS)
    _dry_runs(bench, _rows(), load, 3)
    # as long as the customers are many: what a run prepares once weighs less
    many = _rows(bench.size["customers"], "MANY")
    load = bench.time(lambda: partners.load(FIELDS, many), 1, warm=False, undo=True)
    _dry_runs(bench, many, load, 1)


def _dry_runs(bench: Bench, rows, load: float, repeat: int) -> None:
    """With the search for duplicates, and without it as ``load()`` has none either."""
    batch = _uploaded(bench, rows)
    for search, part in ((True, "dry run"), (False, "dry run, no duplicates")):
        batch.search_duplicates = search
        dry = bench.time(batch.action_check, repeat, undo=True)
        bench.report(dry, "load", load, rows=len(rows), part=part)


@flow
def customer_import_create(bench: Bench) -> None:
    """Apply the creation of customers that the dry run has planned."""
    _compare(bench, _rows(), _rows(), FIELDS)


@flow
def customer_import_update(bench: Bench) -> None:
    """Apply changes of four fields to customers that are there."""
    bench.env["res.partner"].load(FIELDS, _rows())
    changed = [
        [ref, name, f"new-{email}", phone, f"{street} b", f"New {city}", country]
        for ref, name, email, phone, street, city, country in _rows()
    ]
    bench.env.flush_all()
    by_ref = {
        partner.ref: partner.id
        for partner in bench.env["res.partner"].search([("ref", "like", "BENCH-%")])
    }
    with_id = [[str(by_ref[row[0]]), *row[1:]] for row in changed]
    _compare(bench, changed, with_id, [".id", *FIELDS[1:]])


@flow
def customer_import_volume(bench: Bench) -> None:
    """Five rows per customer of the volume: seconds and memory of both steps.

    Processor seconds are those of the server and of the database, without the process that
    reads the file.

    ``before`` is the peak after the same steps with a file of the usual size.
    """
    _prepare(bench)
    _apply(_checked(bench, _rows()))
    count = LARGE * bench.size["customers"]
    batch = _uploaded(bench, _rows(count, "VOLUME"))
    bench.accuracy(f"{count} rows", "before, peak MB", _peak(), None)
    for part, work in (
        ("dry run", batch.action_check),
        ("apply", lambda: _apply(batch)),
    ):
        started, used = time.perf_counter(), bench.processor()
        work()
        seconds = time.perf_counter() - started
        bench.accuracy(f"{count} rows", f"{part}, seconds", round(seconds), None)
        if used is not None:
            used = round(bench.processor() - used)
            bench.accuracy(f"{count} rows", f"{part}, processor seconds", used, None)
        bench.accuracy(f"{count} rows", f"{part}, peak MB", _peak(), None)
    made = bench.env["res.partner"].search_count([("ref", "=like", "VOLUME-%")])
    bench.accuracy(f"{count} rows", "customers made", made, count)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _prepare(bench: Bench) -> None:
    """The user, and what is read once per process: no part of what is measured."""
    _clerk(bench)
    bench.complete_customers()
    _switch(bench, on=False)


def _switch(bench: Bench, on: bool) -> None:
    """All checks of the suite on or off."""
    policies = bench.env["customer.audit.policy"]
    policies.browse(policies._shipped()).write({"active": on})
    bench.env["res.company"].search([]).write({"ar_numbering_when": "never"})
    bench.company.write(
        {
            "ar_validation_level": "strict" if on else "off",
            "ar_propose_corrections": on,
            "ar_numbering_when": "manual" if on else "never",
        }
    )
    bench.env.flush_all()


def _compare(bench: Bench, ours_rows, core_rows, core_fields) -> None:
    _prepare(bench)
    partners = bench.env["res.partner"]
    core = bench.time(lambda: partners.load(core_fields, core_rows), 2, undo=True)
    for checks in ("off", "on"):
        _switch(bench, on=checks == "on")
        ours = statistics.median(_applied(bench, ours_rows) for _round in range(3))
        bench.report(ours, "load", core, rows=ROWS, checks=checks)


def _applied(bench: Bench, rows) -> float:
    """Seconds of applying what a dry run has planned, taken back afterwards."""
    bench.env.cr.execute("SAVEPOINT planned")
    batch = _checked(bench, rows)
    seconds = bench.time(lambda: _apply(batch), 1, warm=False)
    bench.env.clear()
    bench.env.cr.execute("ROLLBACK TO SAVEPOINT planned")
    return seconds


def _rows(count: int = ROWS, code: str = "BENCH") -> list[list[str]]:
    return [
        [
            f"{code}-{n}",
            f"{code.title()} Customer {n} Ltd",
            f"{code.lower()}{n}@example.com",
            f"+1 202 {555 - n // 10_000} {n % 10_000:04d}",
            f"{n} Main Street",
            "Springfield",
            "United States",
        ]
        for n in range(count)
    ]


def _uploaded(bench: Bench, rows):
    """A batch whose columns are mapped, uploaded by a clerk as on screen."""
    text = io.StringIO()
    csv.writer(text).writerows([HEADINGS, *rows])
    batches = bench.env["customer.import.batch"].with_user(_clerk(bench))
    return batches._upload("bench.csv", text.getvalue().encode())


def _checked(bench: Bench, rows):
    """A batch whose dry run is made."""
    batch = _uploaded(bench, rows)
    batch.action_check()
    return batch


def _clerk(bench: Bench):
    login = "bench-clerk"
    users = bench.env["res.users"].with_context(no_reset_password=True)
    role = bench.env.ref("customer_ar_suite.customer_ar_suite_group_customer_clerk")
    return users.search([("login", "=", login)]) or users.create(
        {"name": login, "login": login, "group_ids": [Command.link(role.id)]}
    )


def _apply(batch) -> None:
    """What the background worker does, without its commits."""
    batch._set_run_state("running")
    while items := batch._next_items():
        batch._process_items(items)
        batch.env.flush_all()
        batch.env.invalidate_all()
    batch._finish_if_done()
    assert not batch.error_count


def _core_import(bench: Bench, rows) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([HEADINGS, *rows])
    wizard = bench.env["base_import.import"].create(
        {
            "res_model": "res.partner",
            "file": text.getvalue().encode(),
            "file_type": "text/csv",
        }
    )
    options = {
        "has_headers": True,
        "quoting": '"',
        "separator": ",",
        "encoding": "utf-8",
    }
    found = wizard.execute_import(FIELDS, list(HEADINGS), options, dryrun=True)
    assert not found["messages"], found["messages"][:2]
