"""Two approvals at once, money that arrives at the same moment, a process that dies."""

from __future__ import annotations

import random

from tools.dev import odoo_run

from . import worker

ROUNDS = worker.LONG or 6

PEOPLE = """
from odoo.fields import Command
def person(name, role):
    return env["res.users"].create({
        "name": name, "login": name, "email": name + "@races.example",
        "company_id": env.company.id,
        "group_ids": [Command.link(env.ref(
            "customer_ar_suite.customer_ar_suite_group_" + role).id)],
    })
maker = person("race-maker", "customer_clerk")
first = person("race-first", "customer_reviewer")
second = person("race-second", "customer_reviewer")
env["ar.identity.rule"].search([("code", "=", "closing_approve")]).scope = "off"
def ask(name, kind):
    customer = env["res.partner"].create(
        {"name": name, "is_company": True, "customer_rank": 1})
    request = env["customer.closing.request"].with_user(maker).create(
        {"partner_id": customer.id, "kind": kind, "reason": "race"})
    request.action_request()
    return request
"""

TWO_APPROVERS = (
    PEOPLE
    + """
import threading
from odoo import api
from odoo.tools import mute_logger
requests = [ask(f"Race {n}", ("close", "delete")[n & 1]) for n in range(%(rounds)s)]
env.cr.commit()
ids, users, wins = [one.id for one in requests], [first.id, second.id], []

def approve(request_id, user_id, barrier):
    with env.registry.cursor() as cr:
        mine = api.Environment(cr, user_id, {})["customer.closing.request"]
        try:
            # both have looked at the request before either decides
            state = mine.browse(request_id).state
            barrier.wait()
            mine.browse(request_id).action_approve()
            cr.commit()
            wins.append((request_id, state))
        except Exception as error:
            cr.rollback()
            print("LOST", type(error).__name__)

with mute_logger("odoo.sql_db"):
    for request_id in ids:
        barrier = threading.Barrier(2)
        threads = [threading.Thread(target=approve, args=(request_id, user, barrier))
                   for user in users]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
env.invalidate_all()
print("WON", len(wins), len({request_id for request_id, _state in wins}))
"""
)

LATE_INVOICE = (
    PEOPLE
    + """
from odoo import api
env["account.chart.template"].try_loading("generic_coa", env.company, False)
request = ask("Late", "close")
customer = request.partner_id
journal = env["account.journal"].search([("type", "=", "bank")], limit=1)
env.cr.commit()
# the approver's transaction has begun: it does not see what others commit from now on
cr = env.registry.cursor()
mine = api.Environment(cr, first.id, {})["customer.closing.request"]
assert mine.browse(request.id).state == "requested"
with env.registry.cursor() as other:
    api.Environment(other, 1, {})["account.bank.statement.line"].create({
        "journal_id": journal.id, "partner_id": customer.id, "amount": 9,
        "payment_ref": "late"})
try:
    mine.browse(request.id).action_approve()
    cr.commit()
    print("CLOSED")
except Exception as error:
    cr.rollback()
    print("REFUSED", str(error).replace(chr(10), " "))
cr.close()
"""
)

APPROVE = """
user = env["res.users"].search([("login", "=", "race-first")])
request = env["customer.closing.request"].search([("customer_name", "=", "Doomed")])
request.with_user(user).action_approve()
env.cr.commit()
"""


def test_two_approvals_at_once(database):
    """Exactly one of two approvers closes or deletes each customer."""
    printed = worker.script(database, TWO_APPROVERS % {"rounds": ROUNDS})
    assert f"WON {ROUNDS} {ROUNDS}" in printed, printed[-2000:]
    assert _count(database, "customer_closing_request WHERE state = 'done'") == ROUNDS
    assert _count(database, "customer_tombstone") == ROUNDS
    approvals = "customer_audit_entry WHERE event = 'closing.approve'"
    assert _count(database, approvals) == ROUNDS
    # nothing is half done
    left = "res_partner WHERE name LIKE 'Race %' AND active"
    assert _count(database, left) == 0


def test_money_that_arrives_while_the_approver_looks(database):
    """What is committed after the approval began is seen all the same."""
    printed = worker.script(database, LATE_INVOICE)
    assert "REFUSED" in printed, printed[-2000:]
    assert _count(database, "customer_tombstone") == 0


def test_a_process_that_dies_while_it_deletes(database):
    """Decision and deed are one: after a kill at any statement, both or neither."""
    worker.script(database, PEOPLE + "ask('Doomed', 'delete')\nenv.cr.commit()\n")
    dice = random.Random(worker.SEED)
    for _round in range(3):
        assert worker.killed_at(database, dice.randint(20, 160), APPROVE)
        assert _count(database, "res_partner WHERE name = 'Doomed'") == 1
        assert _count(database, "customer_tombstone") == 0
        waiting = "customer_closing_request WHERE state = 'requested'"
        assert _count(database, waiting) == 1
    worker.script(database, APPROVE)
    assert _count(database, "res_partner WHERE name = 'Doomed'") == 0
    assert _count(database, "customer_tombstone") == 1


def _count(database: str, table: str) -> int:
    return int(odoo_run.sql(database, f"SELECT count(*) FROM {table}")[0])
