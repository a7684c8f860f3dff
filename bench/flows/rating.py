"""The nightly rating of every customer of a company, by the standard scorecard."""

from __future__ import annotations

from ..inside import Bench
from . import flow

#: seconds for 20,000 customers, for which a night is long enough many times over
TARGET = 60.0
FEW = 200


@flow
def rating(bench: Bench) -> None:
    """Figures, scores and storage of all customers; statements of few and of many."""
    env = bench.env
    cards = env["ar.scorecard"].sudo()
    card = cards.create(cards._standard_vals(bench.company))
    card.action_activate()
    few = _rated(bench, card, FEW)
    many = _rated(bench, card, None)
    bench.report(
        many["seconds"], "target", TARGET, **many, statements_of_few=few["statements"]
    )
    again = _rated(bench, card, None)
    bench.report(again["seconds"], "target", TARGET, part="nothing changed", **again)


def _rated(bench: Bench, card, limit: int | None) -> dict:
    """One run: customers, how long it took, statements, customers in a second."""
    env = bench.env
    run = (
        env["ar.rating.run"]
        .sudo()
        .create(
            {
                "company_id": bench.company.id,
                "scorecard_id": card.id,
                "as_of_date": bench.today,
                "by_dates": True,
            }
        )
    )
    run._load_customers()
    items = env["ar.rating.item"].sudo().search([("run_id", "=", run.id)])
    if limit:
        items[limit:].unlink()
    env.flush_all()
    env.invalidate_all()
    counted = {}

    def work():
        before = env.cr.sql_log_count
        while chunk := run._next_items():
            run._process_items(chunk)
        counted["statements"] = env.cr.sql_log_count - before

    seconds = bench.time(work, repeat=1, warm=False)
    count = len(run.item_ids)
    return {
        "seconds": seconds,
        "customers": count,
        "statements": counted["statements"],
        "per_second": round(count / seconds),
    }
