"""Bank files: whoever dies while matching or posting leaves nothing lost, nothing doubled."""

from __future__ import annotations

import random

from tools.dev import odoo_run

from . import worker

KILLS = worker.LONG or 3
LINES = 40 if worker.LONG else 24

# A staged file: three of four lines pay an invoice each. All is waiting for people.
PREPARED = (
    f"lines = {LINES}\n"
    """
import base64
from datetime import date
from odoo.fields import Command
from odoo.addons.customer_ar_suite.tests.bank_files import camt, camt_statement, entry
env["account.chart.template"].try_loading("generic_coa", env.company, False)
prefix = "customer_ar_suite.customer_ar_suite_group_"
user = env["res.users"].create({
    "name": "Accountant", "login": "bank-kill", "company_id": env.company.id,
    "group_ids": [Command.link(env.ref(prefix + "ar_accountant").id)],
})
iban = "DE89370400440532013000"
bank = env["account.journal"].search(
    [("type", "=", "bank"), ("company_id", "=", env.company.id)], limit=1)
bank.set_bank_account(iban)
numbers = [n for n in range(lines) if n % 4]
customers = env["res.partner"].create([{
    "name": f"Kill {n} Ltd", "is_company": True, "customer_rank": 1} for n in numbers])
moves = env["account.move"].create([{
    "move_type": "out_invoice", "partner_id": customer.id,
    "invoice_date": "2026-02-01", "invoice_line_ids": [Command.create({
        "name": "x", "price_unit": 100 + n, "tax_ids": [Command.clear()]})]}
    for n, customer in zip(numbers, customers)])
moves.action_post()
texts = {n: f"payment {move.name}" for n, move in zip(numbers, moves)}
entries = [entry(10000 + 100 * n, text=texts.get(n, "who knows"), payer=f"Kill {n} Ltd")
           for n in range(lines)]
data = camt(camt_statement(iban, env.company.currency_id.name, 0, entries))
env = env(user=user)
file = env["ar.bank.import"]._stage(
    "kill.xml", data, env["ar.bank.csv.profile"], env["account.journal"])
assert file.state == "staged", file.problem_text
env.cr.commit()
"""
)
USER = """
user = env["res.users"].search([("login", "=", "bank-kill")])
env = env(user=user)
file = env["ar.bank.import"].search([("name", "=", "kill.xml")])
"""
MATCH = USER + "file.action_match()\nenv.cr.commit()\n"
# Two thirds of the proposals are accepted, then the file is confirmed for the workers.
CONFIRM = (
    USER
    + """
proposals = env["ar.match.proposal"].search([("import_line_id.import_id", "=", file.id)])
proposals.filtered(lambda one: one.import_line_id.sequence % 3).action_accept()
file.action_confirm()
assert file.run_state == "running"
env.cr.commit()
"""
)
#: a worker that takes little at a time: more places at which it can die
STEPS = worker.small_steps(3, "ar.bank.import")
WORK = STEPS + worker.WORK


def test_proposals_survive_kills(books):
    # given what comes out when nothing happens
    statements, expected = _whole(books, MATCH)
    assert len(expected["proposals"]) == LINES * 3 // 4
    # when the matcher dies at any statement, again and again
    dice, died = random.Random(worker.SEED), 0
    nothing = _picture(books)
    while died < KILLS:
        died += worker.killed_at(books, dice.randint(1, statements), MATCH)
        # then nothing of it is there: a run is one transaction
        assert _picture(books) == nothing
    # and the next one proposes all of it, once
    worker.script(books, MATCH)
    assert _picture(books) == expected


def test_posting_survives_kills(books):
    # given a confirmed file with accepted proposals, and what comes out undisturbed
    worker.script(books, MATCH)
    worker.script(books, STEPS + CONFIRM)
    statements, expected = _whole(books, WORK)
    assert expected["states"] == [f"done\tdone\t{LINES}"]
    assert any("\tapplied\t" in row for row in expected["proposals"])
    # when workers die again and again, at any statement of what is left
    dice, died = random.Random(worker.SEED), 0
    waiting = f"{books}_waiting"
    odoo_run.copy_database(books, waiting)
    try:
        while died < KILLS:
            died += worker.killed_at(
                books, dice.randint(statements // 20, statements // 2), WORK
            )
            if not _is_open(books):  # all is done: once more from the beginning
                assert _picture(books) == expected
                odoo_run.copy_database(waiting, books)
    finally:
        odoo_run.drop_database(waiting)
    # and one may finish
    worker.script(books, WORK)
    # then each line is in the books once, with what it pays
    assert _picture(books) == expected


def _whole(database: str, text: str) -> tuple[int, dict[str, list[str]]]:
    """How many statements a script takes, and what comes out of it; then undone."""
    with worker.tried(database):
        return worker.statements_of_a_whole_run(database, text), _picture(database)


def _is_open(database: str) -> bool:
    return any("\ttodo\t" in row for row in _picture(database)["states"])


def _picture(database: str) -> dict[str, list[str]]:
    """What is in the books and what is proposed, without ids."""
    return {
        name: odoo_run.sql(database, statement) for name, statement in PICTURE.items()
    }


PICTURE = {
    "ledger": """
        SELECT account_id, move_type, payment_state, count(*), sum(line.balance),
               sum(line.amount_residual), count(*) FILTER (WHERE reconciled)
          FROM account_move_line line JOIN account_move move ON move.id = line.move_id
         WHERE line.parent_state = 'posted' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3""",
    "lines": """
        SELECT payment_ref, amount, is_reconciled, count(*)
          FROM account_bank_statement_line GROUP BY 1, 2, 3 ORDER BY 1, 2, 3""",
    "proposals": """
        SELECT receipt_amount, confidence, state, run_state,
               statement_line_id IS NOT NULL, count(part.id), sum(part.amount)
          FROM ar_match_proposal one
          LEFT JOIN ar_match_allocation part ON part.proposal_id = one.id
         GROUP BY one.id ORDER BY 1, 2, 3""",
    "runs": "SELECT state, receipt_count, proposal_count FROM ar_match_run ORDER BY 1, 2",
    "states": """
        SELECT file.run_state, line.run_state, count(*)
          FROM ar_bank_import file JOIN ar_bank_import_line line ON line.import_id = file.id
         GROUP BY 1, 2 ORDER BY 1, 2""",
}
