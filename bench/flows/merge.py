"""A customer with tens of thousands of journal items, merged into another and back.

The baseline is Odoo's own merge of contacts, which deletes what collides and has no way
back; it moves the same rows.
"""

from __future__ import annotations

from typing import Any

from ..inside import Bench
from . import flow

ITEMS = 50_000


@flow
def merge_customer(bench: Bench) -> None:
    """Dry run, merge, preview and unmerge of a customer with 50,000 journal items."""
    env = bench.env(su=True)
    keep, twin = env["res.partner"].create(
        [{"name": name, "is_company": True} for name in ("Merge keep", "Merge twin")]
    )
    items = _gather(bench, twin)
    merges = env["customer.merge"]
    merge = merges.create([{"survivor_id": keep.id, "partner_ids": [(6, 0, twin.ids)]}])
    steps: dict[str, Any] = {
        "dry run": merge.action_check,
        "merge": merge.action_merge,
        "preview": merge.action_preview_unmerge,
        "unmerge": merge.action_unmerge,
    }
    core = env["base.partner.merge.automatic.wizard"]
    theirs = bench.time(
        lambda: core._merge((keep | twin).ids, keep), 1, warm=False, undo=True
    )
    # the customers are not committed: another transaction cannot look at them
    type(merges)._check_late = lambda self: None
    for name, work in steps.items():
        before = env.cr.sql_log_count
        ours = bench.time(work, 1, warm=False)
        bench.report(
            ours,
            f"{name}, core's merge",
            theirs,
            items=items,
            statements=env.cr.sql_log_count - before,
        )
    assert merge.state == "unmerged", merge.state


def _gather(bench: Bench, partner: Any) -> int:
    """Give documents of many customers to one, by SQL, until it has enough items."""
    bench.env.cr.execute(
        """
        WITH chosen AS (
            SELECT id FROM (
                SELECT move.id, sum(count(*)) OVER (ORDER BY move.id) AS items
                  FROM account_move move JOIN account_move_line line ON line.move_id = move.id
                 WHERE move.company_id = %(company)s AND move.partner_id IS NOT NULL
                 GROUP BY move.id) counted
             WHERE items <= %(items)s
        ), moves AS (
            UPDATE account_move SET partner_id = %(partner)s,
                   commercial_partner_id = %(partner)s
             WHERE id IN (SELECT id FROM chosen) RETURNING id
        )
        UPDATE account_move_line SET partner_id = %(partner)s
         WHERE move_id IN (SELECT id FROM moves)
        """,
        {"company": bench.company.id, "partner": partner.id, "items": ITEMS},
    )
    count: int = bench.env.cr.rowcount
    bench.env.invalidate_all()
    return count
