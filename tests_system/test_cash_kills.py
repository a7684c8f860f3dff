"""Receipts with deductions, returns, refunds and settlements: kills and races lose nothing."""

from __future__ import annotations

import random

import pytest

from tools.dev import odoo_run

from . import worker

KILLS = worker.LONG or 3
#: of each kind
COUNT = 6 if worker.LONG else 3
#: places at which a worker can die: after every few
STEPS = worker.small_steps(
    3 if worker.LONG else 2, "ar.allocation.run", "ar.settlement.run"
)
WORK = STEPS + worker.WORK

PREPARED = (
    f"count = {COUNT}\n"
    """
from odoo.fields import Command
env["account.chart.template"].try_loading("generic_coa", env.company, False)
prefix = "customer_ar_suite.customer_ar_suite_group_"
user = env["res.users"].create({
    "name": "Accountant", "login": "accountant-kill", "company_id": env.company.id,
    "group_ids": [Command.link(env.ref(prefix + role).id)
                  for role in ("ar_accountant", "credit_manager")],
})
def find(model, *domain):
    return env[model].search([*domain, ("company_ids", "in", env.company.ids)], limit=1)
expense = find("account.account", ("account_type", "=", "expense"))
bank = env["account.journal"].search(
    [("type", "=", "bank"), ("company_id", "=", env.company.id)], limit=1)
fee = env["ar.adjustment.type"].create({
    "name": "Fee", "kind": "bank_fee", "company_id": env.company.id,
    "account_id": expense.id, "limit_ids": [Command.create(
        {"group_id": env.ref(prefix + "credit_manager").id, "amount": 1000})]})

def paper(customer, amount, kind="out_invoice"):
    move = env["account.move"].create({
        "move_type": kind, "partner_id": customer.id, "invoice_date": "2026-05-01",
        "invoice_line_ids": [Command.create({
            "name": "x", "price_unit": amount, "tax_ids": [Command.clear()]})]})
    move.action_post()
    return move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")

def money(customer, amount):
    return env["account.bank.statement.line"].create({
        "journal_id": bank.id, "date": "2026-06-01", "payment_ref": "kill",
        "partner_id": customer.id, "amount": amount})

proposals = env["ar.match.proposal"].with_user(user)
def choose(line, item, amount, less=0):
    adjustments = [[item.id, fee.id, less, ""]] if less else []
    return proposals.browse(proposals.set_allocations(
        line.id, [[item.id, amount]], adjustments=adjustments))

chosen = proposals.browse()
for n in range(count):
    customer = env["res.partner"].create({
        "name": f"Kill {n}", "is_company": True, "customer_rank": 1})
    chosen |= choose(money(customer, 100), paper(customer, 100), 100)
    chosen |= choose(money(customer, 95), paper(customer, 100), 100, 5)
    chosen |= choose(money(customer, -40), paper(customer, 40, "out_refund"), -40)
    item, receipt = paper(customer, 200), money(customer, 200)
    choose(receipt, item, 200).action_apply()
    ((item_id, source_id, _paid),) = receipt._ar_paid_parts()
    chosen |= proposals.browse(proposals.set_return(
        money(customer, -80).id, receipt.id, parts=[[item_id, source_id, 80]]))
    # by hand: one that pays its invoice and a credit note that does
    paper(customer, 77)
    paper(customer, 77, "out_refund")
assert chosen.mapped("state") == ["accepted"] * len(chosen), chosen.mapped("state")
settling = env["ar.settlement.run"].with_user(user).create({"company_id": env.company.id})
settling.action_propose()
assert len(settling.settlement_ids) >= count, settling.settlement_ids
"""
    + STEPS
    + """
chosen.action_apply()
settling.action_apply()
env.cr.commit()
"""
)
DONE = {"done"}


@pytest.fixture(scope="module")
def undisturbed(prepared, nested):
    """How many statements one worker takes, and what comes of it when nothing happens."""
    odoo_run.copy_database(prepared, nested)
    statements = worker.statements_of_a_whole_run(nested, WORK)
    expected = _picture(nested)
    assert _states(expected) == DONE, expected["states"]
    return statements, expected


def test_what_is_not_paid_in_full_survives_kills(undisturbed, books):
    statements, expected = undisturbed
    # when workers die again and again, at any statement of what is left
    dice, died = random.Random(worker.SEED), 0
    while died < KILLS and "todo" in _states(_picture(books)):
        place = dice.randint(statements // 20, statements // 2)
        died += worker.killed_at(books, place, WORK)
    # and one may finish
    worker.script(books, WORK)
    # then the books are the same: nothing is lost, nothing doubled
    assert died
    assert _picture(books) == expected


def test_two_workers_at_once_book_everything_once(undisturbed, books):
    _statements, expected = undisturbed
    # when two workers share the work, and a third comes after them
    worker.together(books, WORK, WORK)
    worker.script(books, WORK)
    assert _picture(books) == expected


def _picture(database: str) -> dict[str, list[str]]:
    """What is in the books and what the steps say of themselves, without ids."""
    return {
        name: odoo_run.sql(database, statement) for name, statement in PICTURE.items()
    }


def _states(picture: dict[str, list[str]]) -> set[str]:
    return {row.split("\t")[1] for row in picture["states"]}


PICTURE = {
    "ledger": """
        SELECT account_id, move_type, payment_state, count(*), sum(line.balance),
               sum(line.amount_residual), count(*) FILTER (WHERE reconciled)
          FROM account_move_line line JOIN account_move move ON move.id = line.move_id
         WHERE line.parent_state = 'posted' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3""",
    "customers": """
        SELECT partner.name, sum(line.amount_residual), count(*)
          FROM account_move_line line JOIN res_partner partner ON partner.id = partner_id
         WHERE partner.name LIKE 'Kill %' GROUP BY 1 ORDER BY 1""",
    "partials": """
        SELECT amount, count(*), count(full_reconcile_id) FROM account_partial_reconcile
         GROUP BY 1 ORDER BY 1""",
    "states": """
        SELECT kind, run_state, state, count(*) FROM (
            SELECT kind, run_state, state FROM ar_match_proposal
             WHERE allocation_run_id IS NOT NULL
             UNION ALL SELECT 'settlement', run_state, state FROM ar_settlement
             WHERE run_state <> 'skipped') step
         GROUP BY 1, 2, 3 ORDER BY 1, 2, 3""",
    "runs": """
        SELECT run_state, count(*) FROM (SELECT run_state FROM ar_allocation_run
         UNION ALL SELECT run_state FROM ar_settlement_run) run
         GROUP BY 1 ORDER BY 1""",
    "deductions": "SELECT count(*), sum(amount) FROM ar_match_adjustment",
}
