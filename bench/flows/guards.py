"""What guarded fields cost: the same work with policies on and off, by the same user.

The baseline is the same work with every policy off. ``free``: fields nobody guards, the
common case; ``guarded``: each customer's new value becomes a request.
"""

from __future__ import annotations

from collections.abc import Callable

from odoo import Command

from ..inside import Bench
from . import flow

CUSTOMERS = 1000
GUARDED = ("vat", "credit_limit", "property_payment_term_id", "name", "user_id")


@flow
def guard_overhead(bench: Bench) -> None:
    """Create, load and write 1,000 customers, policies on five fields against none."""
    user = _maker(bench)
    partners = bench.env["res.partner"].with_user(user)
    ids = bench.env["res.partner"].create(_rows("Kept")).ids
    known = partners.browse(ids)
    numbers = {"n": 0}

    def fresh(name: str) -> str:
        numbers["n"] += 1
        return f"{name} {numbers['n']}"

    works: dict[str, Callable[[], object]] = {
        "create": lambda: partners.create(_rows(fresh("New"))),
        "load": lambda: partners.load(
            ["name", "city"], [[f"{fresh('Load')}", "Lyon"] for _n in range(CUSTOMERS)]
        ),
        "write_same_free": lambda: known.write({"city": fresh("City")}),
        "write_each_free": lambda: [one.write({"city": fresh("C")}) for one in known],
    }
    for name, work in works.items():
        _policies(bench, on=False)
        off = bench.time(work, 3, undo=True)
        _policies(bench, on=True)
        bench.report(
            bench.time(work, 3, undo=True), f"{name}, off", off, rows=CUSTOMERS
        )
    # what an off policy has no equal of: a request for each
    _policies(bench, on=False)
    off = bench.time(lambda: known.write({"vat": fresh("V")}), 3, undo=True)
    _policies(bench, on=True)
    held = bench.time(lambda: known.write({"vat": fresh("V")}), 3, undo=True)
    bench.report(held, "write_same_guarded, off", off, rows=CUSTOMERS)


def _rows(name: str) -> list[dict]:
    return [
        {"name": f"{name} {n}", "is_company": True, "city": "Lyon"}
        for n in range(CUSTOMERS)
    ]


def _maker(bench: Bench):
    roles = ("customer_clerk", "ar_accountant")
    groups = [
        bench.env.ref(f"customer_ar_suite.customer_ar_suite_group_{role}").id
        for role in roles
    ]
    users = bench.env["res.users"].with_context(no_reset_password=True)
    return users.create(
        {
            "name": "bench-maker",
            "login": "bench-maker",
            "group_ids": [Command.set(groups)],
        }
    )


def _policies(bench: Bench, on: bool) -> None:
    """These and no others."""
    policies = bench.env["customer.change.policy"].with_context(active_test=False)
    policies.search([("active", "=", True)]).active = False
    if not on:
        return
    for name in GUARDED:
        known = policies.search([("field_name", "=", name)], limit=1)
        if known:
            known.active = True
        else:
            field = bench.env["ir.model.fields"]._get("res.partner", name)
            policies.create({"field_id": field.id})
