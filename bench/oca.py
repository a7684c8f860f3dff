"""Jobs of OCA addons, called as their own reports call them.

They need nothing of the suite, so that they can be timed where it is not installed: its
indexes make them faster than they are in a company that has only them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from .inside import Bench

#: what a statement is timed with, ours as well
STATEMENTS = 1000
PERIOD = timedelta(days=323)


def statement_open_item(bench: Bench) -> float:
    """Return the seconds of the open items of 1,000 customers."""
    return _statements(bench, "outstanding_statement", None)


def statement_activity(bench: Bench) -> float:
    """Return the seconds of balance forward and movements of the same customers."""
    return _statements(bench, "activity_statement", bench.today - PERIOD)


#: by the name of the flow they are the peer of
JOBS: dict[str, Callable[[Bench], float]] = {
    job.__name__: job for job in (statement_open_item, statement_activity)
}


def _statements(bench: Bench, report: str, date_from: date | None) -> float:
    """As often and as warm as ours."""
    partners = bench.customers(STATEMENTS)
    data = {
        "company_id": bench.company.id,
        "partner_ids": partners,
        "date_start": date_from,
        "date_end": bench.today,
        "account_type": "asset_receivable",
        "excluded_accounts_ids": [],
        "show_only_overdue": False,
        "show_aging_buckets": True,
        "filter_non_due_partners": False,
        "filter_negative_balances": False,
        "aging_type": "days",
        "is_activity": date_from is not None,
        "is_outstanding": date_from is None,
    }
    peer = bench.env[f"report.partner_statement.{report}"]
    return bench.time(lambda: peer._get_report_values(partners, data))
