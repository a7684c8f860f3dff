"""Two people merge the same customer, entries that arrive meanwhile, a process that dies."""

from __future__ import annotations

import random

from tools.dev import odoo_run

from . import worker

ROUNDS = worker.LONG or 3
KILLS = worker.LONG or 3

CLERKS = """
from odoo.fields import Command
def person(name):
    return env["res.users"].create({
        "name": name, "login": name, "email": name + "@merge.example",
        "company_id": env.company.id,
        "group_ids": [Command.link(env.ref(
            "customer_ar_suite.customer_ar_suite_group_customer_clerk").id)],
    })
first, second = person("merge-first"), person("merge-second")
def card(name):
    partner = env["res.partner"].create(
        {"name": name, "is_company": True, "customer_rank": 1})
    env["res.partner.bank"].create({"partner_id": partner.id, "acc_number": name})
    env["res.partner"].create({"name": "Bob " + name, "parent_id": partner.id})
    return partner
def prepare(user, keep, other):
    merge = env["customer.merge"].with_user(user).create(
        [{"survivor_id": keep.id, "partner_ids": [Command.set(other.ids)]}])
    merge.action_check()
    return merge
"""

OVERLAPPING = (
    CLERKS
    + """
import threading
from odoo import api
from odoo.tools import mute_logger
pairs = []
for n in range(%(rounds)s):
    a, b, c = card(f"Race {n} a"), card(f"Race {n} b"), card(f"Race {n} c")
    pairs.append((prepare(first, a, b).id, prepare(second, c, b).id))
env.cr.commit()
users, wins, told = [first.id, second.id], [], []

def run(merge_id, user_id, barrier):
    with env.registry.cursor() as cr:
        merge = api.Environment(cr, user_id, {})["customer.merge"].browse(merge_id)
        try:
            merge.state
            barrier.wait()
            merge.action_merge()
            cr.commit()
            wins.append(merge_id)
        except Exception as error:
            cr.rollback()
            told.append(type(error).__name__)

with mute_logger("odoo.sql_db"):
    for ids in pairs:
        barrier = threading.Barrier(2)
        threads = [threading.Thread(target=run, args=(merge, user, barrier))
                   for merge, user in zip(ids, users)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
print("WON", len(wins), "TOLD", len(told), sorted(set(told)))
# who lost and tries again is told that it has happened already
env.invalidate_all()
for ids in pairs:
    loser = env["customer.merge"].browse([one for one in ids if one not in wins][:1])
    try:
        loser.with_user(loser.responsible_id).action_merge()
        print("TWICE")
    except Exception as error:
        env.cr.rollback()
"""
)

LATE = (
    CLERKS
    + """
from odoo import api
a, b = card("Late a"), card("Late b")
merge = prepare(first, a, b)
env.cr.commit()
cr = env.registry.cursor()
mine = api.Environment(cr, first.id, {})["customer.merge"].browse(merge.id)
assert mine.state == "checked"
with env.registry.cursor() as other:
    api.Environment(other, 1, {})["res.partner.bank"].create(
        {"partner_id": b.id, "acc_number": "arrived late"})
try:
    mine.action_merge()
    cr.commit()
    print("MERGED")
except Exception as error:
    cr.rollback()
    print("REFUSED", str(error).replace(chr(10), " "))
cr.close()
"""
)

STEP = """
user = env["res.users"].search([("login", "=", "merge-first")])
merge = env["customer.merge"].with_user(user).search([], limit=1)
merge.action_%s()
env.cr.commit()
"""
ROWS = (
    "SELECT string_agg(partner_id || ' ' || acc_number, ',' ORDER BY id) FROM"
    " res_partner_bank WHERE acc_number LIKE 'Doomed%'"
)
CARDS = (
    "SELECT string_agg(id || ' ' || COALESCE(parent_id, 0) || ' ' || active, ','"
    " ORDER BY id) FROM res_partner WHERE name LIKE '%Doomed%'"
)


def test_two_people_merge_overlapping_sets(database):
    """One wins, the other is told; a customer is merged once."""
    printed = worker.script(database, OVERLAPPING % {"rounds": ROUNDS})
    assert f"WON {ROUNDS} TOLD {ROUNDS}" in printed, printed[-2000:]
    assert "TWICE" not in printed
    assert _one(
        database, "SELECT count(*) FROM customer_merge_member WHERE is_in_force"
    ) == (str(ROUNDS))


def test_what_arrives_while_a_merge_has_begun(database):
    """A row committed after the transaction began is not left behind unseen."""
    printed = worker.script(database, LATE)
    assert "REFUSED" in printed, printed[-2000:]
    assert (
        _one(database, "SELECT count(*) FROM customer_merge_member WHERE is_in_force")
        == "0"
    )


def test_a_process_that_dies_in_the_middle(database):
    """Killed at any statement, a merge or an unmerge has happened whole or not at all."""
    worker.script(
        database,
        CLERKS
        + "prepare(first, card('Doomed a'), card('Doomed b'))\nenv.cr.commit()\n",
    )
    dice = random.Random(worker.SEED)
    for step, state in (("merge", "merged"), ("unmerge", "unmerged")):
        before = [_one(database, ROWS), _one(database, CARDS)]
        for _kill in range(KILLS):
            _die(database, STEP % step, dice.randint(20, 250))
            assert [_one(database, ROWS), _one(database, CARDS)] == before
        worker.script(database, STEP % step)
        assert _one(database, "SELECT state FROM customer_merge") == state
        assert [_one(database, ROWS), _one(database, CARDS)] != before


def _one(database: str, query: str) -> str:
    return (odoo_run.sql(database, query) or [""])[0]


def _die(database: str, text: str, statement: int) -> None:
    """Run ``text`` without its commit, and die at that statement or at its end."""
    worker.killed_at(database, statement, text.replace("env.cr.commit()", ""))
