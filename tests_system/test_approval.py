"""Two people decide at the same moment, and a decision dies half-way."""

from __future__ import annotations

import random
import re

from tools.dev import odoo_run

from . import worker

ROUNDS = worker.LONG or 4
KILLS = worker.LONG or 4

#: a clerk, two reviewers, a guarded tax id, and so many requests
REQUESTS = """
from odoo.fields import Command
def person(login, role):
    group = env.ref("customer_ar_suite.customer_ar_suite_group_" + role)
    return env["res.users"].create({
        "name": login, "login": login, "email": login + "@example.org",
        "group_ids": [Command.link(group.id)]})
maker = person("race-maker", "customer_clerk")
person("race-one", "customer_reviewer")
person("race-two", "customer_reviewer")
field = env["ir.model.fields"]._get("res.partner", "vat")
env["customer.change.policy"].create({"field_id": field.id})
partners = env["res.partner"].create(
    [{"name": "Race %%s" %% n, "vat": "OLD"} for n in range(%(count)s)])
for partner in partners:
    partner.with_user(maker).write({"vat": "NEW"})
env.cr.commit()
"""

#: decide all requests one by one, each at the same moment as the other process
RACE = """
import os, time
from odoo import api
from odoo.exceptions import UserError
from odoo.service.model import retrying
me, other, folder = %(me)r, %(other)r, %(folder)r
user = env["res.users"].search([("login", "=", me)])
requests = env["customer.change.request"].search(
    [("maker_id.login", "=", "race-maker")], order="id")
plan = [(request.id, request.line_ids.ids) for request in requests]
env.cr.rollback()
def meet(number):
    open(os.path.join(folder, "%%s-%%s" %% (number, me)), "w").close()
    until = time.monotonic() + 120
    while not os.path.exists(os.path.join(folder, "%%s-%%s" %% (number, other))):
        assert time.monotonic() < until, "the other process did not come"
        time.sleep(0.002)
for number, (request_id, line_ids) in enumerate(plan):
    with env.registry.cursor() as cr:
        mine = api.Environment(cr, user.id, {})
        request = mine["customer.change.request"].browse(request_id)
        verdicts = dict.fromkeys(line_ids, %(verdict)r)
        meet(number)
        try:
            retrying(lambda: request._decide(verdicts, "race"), mine)
            print("OUTCOME", number, "decided")
        except UserError as error:
            print("OUTCOME", number, "refused")
"""

APPROVE = """
user = env["res.users"].search([("login", "=", "race-one")])
requests = env["customer.change.request"].search([("maker_id.login", "=", "race-maker")])
requests.with_user(user).action_approve()
env.cr.commit()
"""


def _race(database, folder, verdicts):
    names = ("race-one", "race-two")
    printed = worker.together(
        database,
        *(
            RACE % {"me": me, "other": other, "folder": str(folder), "verdict": verdict}
            for me, other, verdict in zip(names, names[::-1], verdicts, strict=True)
        ),
    )
    return [dict(re.findall(r"OUTCOME (\d+) (\w+)", text)) for text in printed]


def _check_race(database, outcomes, states):
    """Of two decisions one counts; the other is told so."""
    assert all(len(outcome) == ROUNDS for outcome in outcomes)
    for number in map(str, range(ROUNDS)):
        said = sorted(outcome[number] for outcome in outcomes)
        assert said == ["decided", "refused"], number
    rows = odoo_run.sql(
        database,
        """SELECT r.state, p.vat, count(d.id)
             FROM customer_change_request r
             JOIN res_users u ON u.id = r.maker_id AND u.login = 'race-maker'
             JOIN res_partner p ON p.id = r.partner_id
             LEFT JOIN customer_change_decision d ON d.request_id = r.id
            GROUP BY r.id, r.state, p.vat""",
    )
    assert len(rows) == ROUNDS
    assert set(rows) <= states


def test_approved_twice_at_once(database, tmp_path):
    worker.script(database, REQUESTS % {"count": ROUNDS})
    outcomes = _race(database, tmp_path, ("approved", "approved"))
    _check_race(database, outcomes, {"approved\tNEW\t1"})


def test_approved_and_rejected_at_once(database, tmp_path):
    worker.script(database, REQUESTS % {"count": ROUNDS})
    outcomes = _race(database, tmp_path, ("approved", "rejected"))
    _check_race(database, outcomes, {"approved\tNEW\t1", "rejected\tOLD\t1"})


def test_decision_dies_half_way(database):
    """Decision and application are one: all of it or nothing, whenever it dies."""
    worker.script(database, REQUESTS % {"count": 3})
    with worker.tried(database):
        whole = worker.statements_of_a_whole_run(database, APPROVE)
        assert _found(database) == ["approved\tapproved\tNEW\t1\t1"] * 3
    dice = random.Random(worker.SEED)
    for _kill in range(KILLS):
        assert worker.killed_at(database, dice.randint(5, whole - 1), APPROVE)
        assert _found(database) == ["pending\tpending\tOLD\t0\t0"] * 3
    worker.script(database, APPROVE)
    assert _found(database) == ["approved\tapproved\tNEW\t1\t1"] * 3


def _found(database):
    """State of request and line, the customer's value, votes, and entries of votes."""
    return odoo_run.sql(
        database,
        """SELECT r.state, l.state, p.vat,
                  (SELECT count(*) FROM customer_change_decision d
                    WHERE d.request_id = r.id),
                  (SELECT count(*) FROM customer_audit_entry e
                    WHERE e.model = 'customer.change.request' AND e.res_id = r.id
                      AND e.event = 'change.approve')
             FROM customer_change_request r
             JOIN customer_change_line l ON l.request_id = r.id
             JOIN res_users u ON u.id = r.maker_id AND u.login = 'race-maker'
             JOIN res_partner p ON p.id = r.partner_id ORDER BY r.id""",
    )
