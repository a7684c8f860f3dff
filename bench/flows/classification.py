"""A night of classification beside the sequential scan of a year's receivable items."""

from __future__ import annotations

import statistics
from typing import Any

from odoo import Command

from ..inside import Bench
from . import flow

#: the yardstick: the receivable items of the last twelve months, read from first to last
SCAN = """
SELECT count(*), sum(balance) FROM account_move_line
 WHERE account_id IN (SELECT id FROM account_account WHERE account_type = 'asset_receivable')
   AND parent_state = 'posted' AND date > %(today)s::date - 365
"""
LIMIT = 30.0
LIST_LIMIT = 1.5

#: dimension → conditions of its rules, first to last: 12 rules on 5 dimensions
RULES: dict[str, list[list[tuple[str, str, float]]]] = {
    "grade": [[("revenue", "top", 20)], [("revenue", "top", 50)], []],
    "sales": [[("revenue", "at_least", 1e6)], [("revenue", "at_least", 1e4)]],
    "activity": [
        [("days_since_last_invoice", "at_most", 90)],
        [("days_since_last_invoice", "known", 0)],
    ],
    "frequency": [
        [("invoice_count", "at_least", 24)],
        [("invoice_count", "at_least", 6)],
    ],
    "risk": [
        [("overdue_share", "at_least", 50), ("average_days_late", "more_than", 30)],
        [("overdue_share", "at_least", 20)],
        [],
    ],
}


@flow
def classification(bench: Bench) -> None:
    """The first night, and one in which nobody moves; then the list by a dimension."""
    dimensions = _dimensions(bench)
    run = bench.env["customer.category.run"]
    rules = sum(len(rules) for rules in RULES.values())
    scan = _scan(bench)
    first = bench.time(lambda: _night(run), 1, warm=False)
    bench.report(first, "scan_first_night", scan, rules=rules, moves=_moves(bench))
    quiet = bench.time(run._cron_classify, 3)
    bench.report(quiet, "scan_no_change", scan, rules=rules, limit=1 / LIMIT)
    bench.accuracy("volume", "times_the_scan_no_change", round(quiet / scan, 1), LIMIT)
    bench.accuracy("volume", "rows_written_no_change", _written(bench, run), 0)
    few = bench.time(lambda: _some_move(bench, dimensions), 3, undo=True)
    bench.report(few, "scan_one_in_a_hundred_moves", scan, rules=rules)
    _list(bench, dimensions)
    _dashboard(bench, dimensions, scan)
    _scores(bench, scan)


def _scan(bench: Bench) -> float:
    for setting in ("indexscan", "bitmapscan", "indexonlyscan"):
        bench.env.cr.execute(f"SET LOCAL enable_{setting} = off")
    seconds = bench.sql(SCAN, today=bench.today)
    for setting in ("indexscan", "bitmapscan", "indexonlyscan"):
        bench.env.cr.execute(f"SET LOCAL enable_{setting} = on")
    return seconds


def _dimensions(bench: Bench) -> Any:
    # rules that come with sample data take no part
    bench.env["customer.category.rule"].search([]).active = False
    dimensions = bench.env["customer.dimension"].create(
        [{"name": code, "code": f"bench_{code}", "mode": "both"} for code in RULES]
    )
    for dimension, (code, rules) in zip(dimensions, RULES.items(), strict=True):
        categories = bench.env["customer.category"].create(
            [
                {"name": f"{code} {number}", "dimension_id": dimension.id}
                for number in range(len(rules))
            ]
        )
        bench.env["customer.category.rule"].create(
            [
                {
                    "dimension_id": dimension.id,
                    "category_id": category.id,
                    "sequence": number,
                    "active": True,
                    "condition_ids": [Command.create(_condition(*one)) for one in rule],
                }
                for number, (category, rule) in enumerate(
                    zip(categories, rules, strict=True)
                )
            ]
        )
    return bench.env["customer.dimension"].browse(dimensions.ids)


def _condition(metric: str, operator: str, bound: float) -> dict[str, Any]:
    name = "share" if operator in ("top", "bottom") else "threshold"
    return {"metric": metric, "operator": operator, name: bound}


def _night(run: Any) -> None:
    """What the two scheduled jobs do, in one transaction."""
    run._cron_classify()
    for found in run.search([("run_state", "=", "running")]):
        while found._work_off_chunk() is not None:
            pass


def _moves(bench: Bench) -> int:
    return int(bench.env["customer.category.assignment"].search_count([]))


def _written(bench: Bench, run: Any) -> int:
    tables = (
        "customer_category_assignment",
        "customer_category_run",
        "customer_category_run_line",
        "customer_audit_entry",
        "res_partner",
    )

    def count() -> int:
        bench.env.flush_all()
        bench.env.cr.execute(
            "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del)"
            "  FROM pg_stat_xact_user_tables WHERE relname = ANY(%s)",
            [list(tables)],
        )
        return int(bench.env.cr.fetchone()[0] or 0)

    before = count()
    run._cron_classify()
    return count() - before


def _some_move(bench: Bench, dimensions: Any) -> None:
    """One customer in a hundred stands in a category in which he does not belong."""
    bench.env.cr.execute(
        """
        UPDATE customer_category_assignment SET category_id = %s
         WHERE dimension_id = %s AND partner_id %% 100 = 0
        """,
        [dimensions[0].category_ids[-1].id, dimensions[0].id],
    )
    _night(bench.env["customer.category.run"])


def _list(bench: Bench, dimensions: Any) -> None:
    partners = bench.env["res.partner"]
    domain = [("customer_rank", ">", 0)]

    def grouped(name: str) -> Any:
        return lambda: partners.formatted_read_group(domain, [name], ["__count"])

    works = [grouped(dimensions[0]._column_name()), grouped("country_id")]
    rounds = [[bench.time(work, 3) for work in works] for _n in range(5)]
    ours, country = (statistics.median(times) for times in zip(*rounds, strict=False))
    bench.report(ours, "list_by_country", country, limit=LIST_LIMIT)


def _dashboard(bench: Bench, dimensions: Any, scan: float) -> None:
    """All figures, trend and totals of the dashboard for a year."""
    board = bench.env["customer.category.dashboard"]
    options = {"dimension_id": dimensions[0].id, "period": "twelve_months"}
    seconds = bench.time(lambda: board.get_data(options), 3)
    bench.report(seconds, "scan_dashboard", scan)


def _scores(bench: Bench, scan: float) -> None:
    """Recency, frequency, monetary of all customers: the first night, and a quiet one."""
    scores = bench.env["customer.trading.score"]
    first = bench.time(lambda: scores._score(bench.company), 1, warm=False)
    bench.report(first, "scan_first_scores", scan)
    quiet = bench.time(lambda: scores._score(bench.company), 3)
    bench.report(quiet, "scan_scores_no_change", scan)
