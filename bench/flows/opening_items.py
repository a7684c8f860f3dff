"""Opening items of a former system, booked one entry each, against core's own entries."""

from __future__ import annotations

import base64
import csv
import io
from typing import Any

from odoo import Command

from ..inside import Bench
from . import flow

ITEMS, CUSTOMERS, SINGLE = 400, 50, 100
DAY, DUE = "2026-06-30", "2026-03-31"


@flow
def opening_items(bench: Bench) -> None:
    """Book items that the dry run found right, in chunks; core creates and posts."""
    places = _places(bench)
    one = _checked(bench, places)
    ours = bench.time(lambda: _book(one), 1, warm=False)
    if one.done_count != ITEMS:
        raise AssertionError(f"{one.done_count} of {ITEMS} booked")
    single = bench.time(lambda: _one_by_one(bench, places), 1)
    bench.report(
        ours, "core one by one", single / SINGLE * ITEMS, items=ITEMS, timed=SINGLE
    )
    batch = bench.time(lambda: _together(bench, places), 1)
    bench.report(
        ours, "core in batches", batch / SINGLE * ITEMS, items=ITEMS, timed=SINGLE
    )


def _places(bench: Bench) -> dict[str, Any]:
    """Journal, account and customers of the opening."""
    env = bench.env
    return {
        "journal": env["account.journal"].create(
            {"name": "Opening", "code": "BOPN", "type": "general"}
        ),
        "account": env["account.account"].create(
            {"name": "Opening", "code": "999900", "account_type": "equity"}
        ),
        "customers": env["res.partner"].create(
            [
                {"name": f"Opener {n} Ltd", "ref": f"OPN-{n}", "customer_rank": 1}
                for n in range(CUSTOMERS)
            ]
        ),
    }


def _checked(bench: Bench, places: dict[str, Any]) -> Any:
    """An import whose dry run is made and whose totals are confirmed."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(
        ("Customer No", "Document", "Type", "Invoice Date", "Due Date", "Currency",
         "Open Amount")
    )  # fmt: skip
    currency = bench.company.currency_id.name
    for n in range(ITEMS):
        rows.writerow(
            (f"OPN-{n % CUSTOMERS}", f"F-{n}", "Invoice", "2026-03-01", DUE, currency,
             f"{100 + n}.50")
        )  # fmt: skip
    wizard = _accountant(bench)["ar.opening.upload"].create(
        {
            "filename": "opening.csv",
            "file_data": base64.b64encode(text.getvalue().encode()),
            "cut_over_date": DAY,
            "journal_id": places["journal"].id,
            "opening_account_id": places["account"].id,
        }
    )
    action = wizard.action_read()
    one = wizard.env[action["res_model"]].browse(action["res_id"])
    one.action_check()
    for total in one.total_ids:
        total.ledger_amount = total.file_amount
    one.action_confirm_totals()
    return one


def _accountant(bench: Bench) -> Any:
    role = bench.env.ref("customer_ar_suite.customer_ar_suite_group_ar_accountant")
    users = bench.env["res.users"].with_context(no_reset_password=True)
    user = users.create(
        {
            "name": "Accountant",
            "login": "bench-accountant",
            "group_ids": [Command.link(role.id)],
        }
    )
    return bench.env(user=user)


def _book(one: Any) -> None:
    """What the background worker does, without its commits."""
    one._set_run_state("running")
    while items := one._next_items():
        one._process_items(items)
        one.env.flush_all()
        one.env.invalidate_all()
    one._finish_if_done()


def _entry(places: dict[str, Any], n: int) -> dict[str, Any]:
    customer = places["customers"][n % CUSTOMERS]
    shared = {"name": f"X-{n}", "partner_id": customer.id}
    amount = 100 + n
    return {
        "move_type": "entry",
        "journal_id": places["journal"].id,
        "date": DAY,
        "ref": f"X-{n}",
        "line_ids": [
            Command.create(
                {
                    **shared,
                    "account_id": customer.property_account_receivable_id.id,
                    "date_maturity": DUE,
                    "balance": amount,
                }
            ),
            Command.create(
                {**shared, "account_id": places["account"].id, "balance": -amount}
            ),
        ],
    }


def _one_by_one(bench: Bench, places: dict[str, Any]) -> None:
    for n in range(SINGLE):
        bench.env["account.move"].create(_entry(places, n)).action_post()


def _together(bench: Bench, places: dict[str, Any]) -> None:
    for start in range(0, SINGLE, 50):
        moves = bench.env["account.move"].create(
            [_entry(places, n) for n in range(start, start + 50)]
        )
        moves._post(soft=False)
