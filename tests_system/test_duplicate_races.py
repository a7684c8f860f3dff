"""Two people save the same tax id at the same moment: one customer comes of it."""

from __future__ import annotations

from . import worker

ROUNDS = worker.LONG or 6

AT_ONCE = """
import threading
from odoo import api
from odoo.exceptions import ValidationError
from odoo.service.model import retrying
from odoo.tools import mute_logger
env.company.ar_duplicate_block = True
env.cr.commit()
refused, failed = [], []

def save(number, side, barrier):
    with env.registry.cursor() as cr:
        mine = api.Environment(cr, 2, {})
        def once():
            # both have begun before either saves
            mine["res.partner"].search_count([])
            if not barrier.broken:
                try:
                    barrier.wait(timeout=20)
                except threading.BrokenBarrierError:
                    pass
            barrier.abort()
            mine["res.partner"].create({
                "name": f"Race {side} {number}", "is_company": True,
                "company_registry": f"RACE{number:08d}"})
        try:
            retrying(once, mine)
        except ValidationError:
            cr.rollback()
            refused.append(number)
        except Exception as error:
            cr.rollback()
            failed.append(repr(error))

with mute_logger("odoo.sql_db", "odoo.service.model"):
    for number in range(%(rounds)s):
        barrier = threading.Barrier(2)
        threads = [threading.Thread(target=save, args=(number, side, barrier))
                   for side in ("left", "right")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
env.invalidate_all()
made = env["res.partner"].search_count([("company_registry", "=like", "RACE%%")])
print("MADE", made, "REFUSED", len(refused), "FAILED", failed)
"""


def test_one_customer_per_tax_id(database):
    # given a company that refuses a second customer with the same number
    # when two people save it at once, again and again
    output = worker.script(database, AT_ONCE % {"rounds": ROUNDS})
    # then each number has one customer, and the other person was told
    assert f"MADE {ROUNDS} REFUSED {ROUNDS} FAILED []" in output, output[-2000:]
