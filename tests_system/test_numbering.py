"""Customer numbers by several processes at once: none twice, and no gap where none may be."""

from __future__ import annotations

from . import worker

EACH = worker.LONG or 12
WORKERS = 3

SET_UP = """
env.company.ar_numbering_when = "created"
env["customer.numbering"].search([("company_id", "=", env.company.id)]).write(
    {"pattern": "P{seq:06d}", "is_gapless": %s})
env.cr.commit()
"""
#: enters customers one transaction each, as requests do; every fourth is given up
ENTER = """
import logging, random
import psycopg2
logging.getLogger("odoo.sql_db").setLevel(logging.CRITICAL)
rng, again, given_up = random.Random(%(seed)s), 0, 0
for n in range(%(each)s):
    for attempt in range(400):
        try:
            made = env["res.partner"].create(
                {"name": f"Numbered %(seed)s {n}", "customer_rank": 1})
            env.flush_all()
            if rng.random() < 0.25 and not attempt:
                given_up += 1
                env.cr.rollback()
                env.invalidate_all()
                continue
            env.cr.commit()
            break
        except psycopg2.OperationalError:
            env.cr.rollback()
            env.invalidate_all()
            again += 1
print("AGAIN", again, "GIVEN UP", given_up)
"""
LOOK = """
partners = env["res.partner"].search([("name", "=like", "Numbered %")])
numbers = sorted(int(one.ref[1:]) for one in partners)
print("NUMBERS", len(partners), len(set(numbers)), numbers[0], numbers[-1])
"""


def numbers_of(database: str, gapless: bool) -> list[int]:
    """Let the workers enter customers together; how many, how many numbers, from, to."""
    worker.script(database, SET_UP % gapless)
    worker.together(
        database, *(ENTER % {"seed": seed, "each": EACH} for seed in range(WORKERS))
    )
    printed = worker.script(database, LOOK)
    return [int(word) for word in printed.rpartition("NUMBERS ")[2].split()[:4]]


def test_without_gaps_each_number_once(database):
    count, different, first, last = numbers_of(database, gapless=True)
    assert count == different == EACH * WORKERS
    assert last - first + 1 == count, "a gap"


def test_with_gaps_each_number_once(database):
    count, different, first, last = numbers_of(database, gapless=False)
    assert count == different == EACH * WORKERS
    assert last - first + 1 >= count
