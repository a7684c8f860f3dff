"""A customer file of 2,000 rows: dry run, creation, update, against core's own import."""

from __future__ import annotations

import csv
import io

from odoo import Command

from ..inside import Bench
from . import flow

ROWS = 2000
HEADINGS = ("Code", "Name", "Email", "Phone", "Street", "City", "Country")
FIELDS = ["ref", "name", "email", "phone", "street", "city", "country_id"]


@flow
def customer_import_dry(bench: Bench) -> None:
    """Upload and dry run, every finding stored; core's test import rolls back what it wrote."""
    ours = bench.time(lambda: _checked(bench, _rows()), 1, undo=True)
    core = bench.time(lambda: _core_import(bench, _rows(), dry=True), 1, undo=True)
    bench.report(ours, "core", core, rows=ROWS)
    partners = bench.env["res.partner"]
    load = bench.time(lambda: partners.load(FIELDS, _rows()), 1, undo=True)
    bench.report(ours, "load", load, rows=ROWS)


@flow
def customer_import_create(bench: Bench) -> None:
    """Apply the creation of customers that the dry run has planned."""
    _compare(bench, _rows(), _rows())


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


def _compare(bench: Bench, ours_rows, core_rows, core_fields=None) -> None:
    seconds = []
    for _round in range(3):
        bench.env.cr.execute("SAVEPOINT planned")
        batch = _checked(bench, ours_rows)
        seconds.append(bench.time(lambda batch=batch: _apply(batch), 1, warm=False))
        bench.env.clear()
        bench.env.cr.execute("ROLLBACK TO SAVEPOINT planned")
    partners = bench.env["res.partner"]
    core = bench.time(
        lambda: partners.load(core_fields or FIELDS, core_rows), 3, undo=True
    )
    bench.report(sorted(seconds)[1], "core", core, rows=ROWS)


def _rows() -> list[list[str]]:
    return [
        [
            f"BENCH-{n}",
            f"Bench Customer {n} Ltd",
            f"bench{n}@example.com",
            f"+1 202 555 {n:04d}",
            f"{n} Main Street",
            "Springfield",
            "United States",
        ]
        for n in range(ROWS)
    ]


def _checked(bench: Bench, rows):
    """A batch whose dry run is made, by a clerk as on screen."""
    text = io.StringIO()
    csv.writer(text).writerows([HEADINGS, *rows])
    clerk = _clerk(bench)
    batches = bench.env["customer.import.batch"].with_user(clerk)
    batch = batches._upload("bench.csv", text.getvalue().encode())
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


def _core_import(bench: Bench, rows, dry: bool) -> None:
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
    found = wizard.execute_import(FIELDS, list(HEADINGS), options, dryrun=dry)
    assert not found["messages"], found["messages"][:2]
