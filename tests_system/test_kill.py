"""A worker dies in the middle: after the next one nothing is lost and nothing doubled."""

from __future__ import annotations

import random

from tools.dev import odoo_run

from . import worker

KILLS = worker.LONG or 3
ROWS = 600 if worker.LONG else 120
STEPS = worker.small_steps(20, "customer.import.batch", "customer.import.undo")
WORK = STEPS + worker.WORK

IMPORT = (
    STEPS
    + """
import base64
from odoo.fields import Command
user = env["res.users"].create({
    "name": "Clerk", "login": "clerk-kill", "company_id": env.company.id,
    "group_ids": [Command.link(env.ref(
        "customer_ar_suite.customer_ar_suite_group_customer_clerk").id)],
})
lines = ["Code,Name,Email,Contact"] + [
    f"KILL-{n},Kill Test {n} Ltd,k{n}@example.com,Person {n}" for n in range(%(rows)s)]
env = env(user=user)
wizard = env["customer.import.upload"].create({
    "filename": "kill.csv", "file_data": base64.b64encode("\\n".join(lines).encode())})
action = wizard.action_parse()
batch = env["customer.import.batch"].browse(action["res_id"])
batch.action_check()
batch.totals_confirmed = True
batch.action_apply()
assert batch.run_state == "running", batch.run_state
env.cr.commit()
"""
)


def test_import_survives_kills(database):
    # given an import of customers with a contact each, waiting for a worker
    worker.script(database, IMPORT % {"rows": ROWS})
    # and how many statements it takes when nothing happens
    with worker.tried(database):
        whole = worker.statements_of_a_whole_run(database, WORK)
        expected = _customers(database)
    assert expected == (ROWS, ROWS, ROWS)
    # when workers die again and again, at any statement of what is left
    dice, died = random.Random(worker.SEED), 0
    while died < KILLS and _todo(database):
        died += worker.killed_at(database, dice.randint(whole // 20, whole // 2), WORK)
    # and one may finish
    worker.script(database, WORK)
    # then everything is there once, and the run knows it
    assert died
    assert _customers(database) == expected
    assert _states(database) == [f"done\tdone\t{ROWS}"]


def _customers(database: str) -> tuple[int, int, int]:
    """Customers of the file, different ones among them, and their contacts."""
    rows = odoo_run.sql(
        database,
        """SELECT count(*) FILTER (WHERE ref LIKE 'KILL-%'),
                  count(DISTINCT ref) FILTER (WHERE ref LIKE 'KILL-%'),
                  count(*) FILTER (WHERE parent_id IS NOT NULL AND name LIKE 'Person %')
             FROM res_partner""",
    )
    first, second, third = rows[0].split("\t")
    return int(first), int(second), int(third)


def _states(database: str) -> list[str]:
    """State of the import, state of its rows, how many of them."""
    return odoo_run.sql(
        database,
        """SELECT batch.run_state, item.run_state, count(*)
             FROM customer_import_batch batch
             JOIN customer_import_row item ON item.batch_id = batch.id
            WHERE batch.filename = 'kill.csv' GROUP BY 1, 2 ORDER BY 1, 2""",
    )


def _todo(database: str) -> bool:
    return any("\ttodo\t" in state for state in _states(database))
