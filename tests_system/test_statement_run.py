"""Statements that go out while workers die and users race: each customer once."""

from __future__ import annotations

import random

from tools.dev import odoo_run

from . import worker

KILLS = worker.LONG or 3
ROUNDS = worker.LONG or 3
EACH = 25 if worker.LONG else 12  # customers of a round
CUSTOMERS = 70 if worker.LONG else 24
STEPS = worker.small_steps(20 if worker.LONG else 6, "ar.statement.run")

#: the printer is another process, slow and not under test here
PRINTER = (
    STEPS
    + """
report = type(env["ir.actions.report"])
report._ar_wkhtmltopdf = lambda self, html, paper: b"a letter"
"""
)
PREPARE = (
    PRINTER
    + """
from datetime import date
from odoo.fields import Command
env["account.chart.template"].try_loading("generic_coa", env.company, False)
env.company.email = "ar@us.example"
def person(name):
    return env["res.users"].create({
        "name": name, "login": name, "email": name + "@us.example",
        "company_id": env.company.id,
        "group_ids": [Command.link(env.ref(
            "customer_ar_suite.customer_ar_suite_group_collector").id)],
    })
first, second = person("send-first"), person("send-second")
journal = env["account.journal"].search(
    [("type", "=", "general"), ("company_id", "=", env.company.id)], limit=1)
accounts = env["account.account"]
owed = accounts.search([("account_type", "=", "asset_receivable")], limit=1)
income = accounts.search([("account_type", "=", "income")], limit=1)
customers = env["res.partner"].create([
    {"name": f"Kill {n:03}", "is_company": True, "customer_rank": 1, "lang": "en_US",
     "email": f"k{n}@customers.example"} for n in range(%(customers)s)])
move = env["account.move"].create({
    "journal_id": journal.id, "date": date(2026, 5, 1), "line_ids": [
        Command.create({"account_id": owed.id, "partner_id": one.id, "balance": 10.0,
                        "name": "x", "date_maturity": date(2026, 5, 31)})
        for one in customers] + [
        Command.create({"account_id": income.id, "balance": -10.0 * len(customers),
                        "name": "x"})]})
move.action_post()
def prepared(user):
    run = env["ar.statement.run"].with_user(user).create({
        "period": False, "as_of_date": date(2026, 6, 30),
        "layout_id": env["ar.statement.layout"].search(
            [("kind", "=", "open_item")], limit=1).id})
    run.action_preview()
    assert run.ready_count == len(customers), (run.ready_count, run.line_ids[:1].problem)
    return run
"""
)
CONFIRMED = (
    PREPARE
    + """
run = prepared(first)
run._confirm({"email": len(customers)})
assert run.run_state == "running", run.run_state
env.cr.commit()
"""
)
RACE = (
    PREPARE
    + """
import threading
from odoo import api
from odoo.tools import mute_logger
runs = [prepared(first).id for n in range(%(rounds)s)]
env.cr.commit()
wins = []

def confirm(run_id, user_id, barrier):
    with env.registry.cursor() as cr:
        run = api.Environment(cr, user_id, {})["ar.statement.run"].browse(run_id)
        try:
            # both have looked at the run before either confirms
            assert run.state == "preview"
            barrier.wait()
            run._confirm({"email": run.ready_count})
            cr.commit()
            wins.append(run_id)
        except Exception as error:
            cr.rollback()
            print("LOST", type(error).__name__)

def cron():
    with env.registry.cursor() as cr:
        try:
            api.Environment(cr, 1, {})["ar.run.mixin"]._cron_process_runs()
        except Exception as error:
            cr.rollback()
            print("CRON", type(error).__name__)

with mute_logger("odoo.sql_db"):
    for run_id in runs:
        barrier = threading.Barrier(2)
        threads = [threading.Thread(target=confirm, args=(run_id, user.id, barrier))
                   for user in (first, second)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        # two workers share what is left
        workers = [threading.Thread(target=cron) for n in range(2)]
        for thread in workers:
            thread.start()
        for thread in workers:
            thread.join()
        cron()
print("WON", len(wins), len(set(wins)))
"""
)


def test_statements_survive_kills(database):
    # given a confirmed run, waiting for a worker
    worker.script(database, CONFIRMED % {"customers": CUSTOMERS})
    with worker.tried(database):
        whole = worker.statements_of_a_whole_run(database, PRINTER + worker.WORK)
        assert _sent(database) == (CUSTOMERS,) * 5
    # when workers die again and again, at any statement of what is left
    dice, died = random.Random(worker.SEED), 0
    while died < KILLS and _left(database):
        died += worker.killed_at(
            database, dice.randint(whole // 20, whole // 2), PRINTER + worker.WORK
        )
    worker.script(database, PRINTER + worker.WORK)
    # then each customer has one statement, one e-mail with its letter, one note of it
    assert died
    assert _sent(database) == (CUSTOMERS,) * 5
    assert not _left(database)


def test_two_users_confirm_at_once(database):
    """One of them wins; two workers do the rest without getting into each other's way."""
    printed = worker.script(database, RACE % {"customers": EACH, "rounds": ROUNDS})
    assert f"WON {ROUNDS} {ROUNDS}" in printed, printed[-2000:]
    assert _sent(database) == (EACH * ROUNDS,) * 5
    assert not _left(database)


def _sent(database: str) -> tuple[int, ...]:
    """Statements, deliveries, e-mails, e-mails to different (customer, run), letters."""
    rows = odoo_run.sql(
        database,
        """SELECT (SELECT count(*) FROM ar_statement),
                  (SELECT count(*) FROM ar_statement_delivery WHERE attempt = 0),
                  (SELECT count(*) FROM mail_mail JOIN mail_message m
                      ON m.id = mail_message_id WHERE m.model = 'ar.statement'),
                  (SELECT count(DISTINCT (partner_id, run_id)) FROM ar_statement_run_line
                    WHERE run_state = 'done' AND delivery_id IS NOT NULL),
                  (SELECT count(*) FROM ir_attachment
                    WHERE res_model = 'ar.statement' AND res_field IS NULL)""",
    )
    return tuple(int(part) for part in rows[0].split("\t"))


def _left(database: str) -> int:
    return int(
        odoo_run.sql(
            database,
            "SELECT count(*) FROM ar_statement_run_line WHERE run_state != 'done'",
        )[0]
    )
