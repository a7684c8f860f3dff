"""Aging of every customer with open items: today, and five months back."""

from __future__ import annotations

from datetime import date, timedelta

from odoo.addons.customer_ar_suite.report.ar_aging_report import BUCKET_FIELDS

from ..inside import Bench
from . import flow

# The least PostgreSQL can do for the figures of today: two buckets from stored residuals.
FLOOR_TODAY = """
SELECT partner_id, sum(amount_residual) FILTER (WHERE date_maturity >= %(as_of)s),
       sum(amount_residual) FILTER (WHERE date_maturity < %(as_of)s)
  FROM account_move_line
 WHERE account_id IN (SELECT id FROM account_account WHERE account_type = 'asset_receivable')
   AND reconciled IS NOT TRUE AND parent_state = 'posted' AND company_id = %(company)s
 GROUP BY 1
"""
# Open then = open now and older, or reconciled later.
FLOOR_PAST = """
WITH later AS (
    SELECT debit_move_id AS id, sum(amount) AS a FROM account_partial_reconcile
     WHERE max_date > %(as_of)s GROUP BY 1
    UNION ALL
    SELECT credit_move_id, -sum(amount) FROM account_partial_reconcile
     WHERE max_date > %(as_of)s GROUP BY 1),
l AS (SELECT id, sum(a) AS a FROM later GROUP BY 1),
ar AS (SELECT id FROM account_account WHERE account_type = 'asset_receivable')
SELECT partner_id, sum(r) FILTER (WHERE due >= %(as_of)s), sum(r) FILTER (WHERE due < %(as_of)s)
  FROM (
    SELECT m.partner_id, m.date_maturity AS due, m.amount_residual + l.a AS r
      FROM l JOIN account_move_line m USING (id)
     WHERE m.date <= %(as_of)s AND m.account_id IN (SELECT id FROM ar)
       AND m.parent_state = 'posted' AND m.company_id = %(company)s
    UNION ALL
    SELECT m.partner_id, m.date_maturity, m.amount_residual FROM account_move_line m
     WHERE m.account_id IN (SELECT id FROM ar) AND m.reconciled IS NOT TRUE
       AND m.parent_state = 'posted' AND m.date <= %(as_of)s AND m.company_id = %(company)s
       AND NOT EXISTS (SELECT 1 FROM l WHERE l.id = m.id)) c
 WHERE r <> 0 GROUP BY 1
"""


@flow
def aging_today(bench: Bench) -> None:
    """Amounts per bucket of every customer, as the screen asks for them, on the last day."""
    _measure(bench, bench.today, FLOOR_TODAY)


@flow
def aging_past(bench: Bench) -> None:
    """The same as it stood five months earlier."""
    _measure(bench, bench.today - timedelta(days=150), FLOOR_PAST)


#: what the web client asks the aged receivable list for, besides the buckets
LIST_COLUMNS = ("overdue_amount", "residual_amount", "unapplied_amount")
LIST_TARGET = 1.2  # seconds


@flow
def aging_list(bench: Bench) -> None:
    """The list of today as the web client asks for it: first 80 customers, all columns."""
    report = bench.env["ar.aging.report"].with_context(
        ar_as_of=str(bench.today), allowed_company_ids=bench.company.ids
    )
    count = len(report._bucket_set()._buckets())
    buckets = [name for name, number in BUCKET_FIELDS.items() if number < count]
    amounts = [*buckets, *LIST_COLUMNS]
    aggregates = [
        "overdue_days:max",
        *(f"{name}:sum" for name in amounts),
        "shown_currency_id:array_agg_distinct",
        *(f"{name}:sum_currency" for name in amounts),
    ]
    ours = bench.time(
        lambda: report.web_read_group([], ["partner_id"], aggregates, limit=80),
        repeat=5,
    )
    bench.report(ours, "target", LIST_TARGET)
    strip = bench.time(report.get_strip, repeat=5)
    bench.report(strip, "target", LIST_TARGET, part="tie-out")
    balances = bench.env["ar.trial.balance.report"].with_context(
        ar_as_of=str(bench.today), allowed_company_ids=bench.company.ids
    )
    ours = bench.time(
        lambda: balances._read_group([], ["partner_id"], ["closing_amount:sum"])
    )
    bench.report(ours, "target", LIST_TARGET, part="trial balance")
    table = bench.time(
        lambda: bench.env["ar.report.xlsx"]._write(
            report._as_table([], ["partner_id"])
        ),
        1,
        warm=False,
    )
    bench.report(table, "target", 60.0, part="workbook")


def _measure(bench: Bench, as_of: date, floor: str) -> None:
    ours = bench.time(lambda: _ours(bench, as_of))
    seconds = bench.sql(floor, as_of=as_of, company=bench.company.id)
    bench.report(ours, "sql", seconds)
    if bench.peers:
        bench.report(ours, "oca", bench.time(lambda: _oca(bench, as_of), 1, warm=False))


def _ours(bench: Bench, as_of: date) -> list:
    """The report's figures grouped by customer, and every customer's name."""
    report = bench.env["ar.aging.report"].with_context(ar_as_of=str(as_of))
    count = len(report._bucket_set()._buckets())
    sums = [f"{name}:sum" for name, number in BUCKET_FIELDS.items() if number < count]
    rows = report._read_group(
        [("company_id", "=", bench.company.id)], ["partner_id"], sums
    )
    return [(partner.complete_name, *amounts) for partner, *amounts in rows]


def _oca(bench: Bench, as_of: date) -> dict:
    accounts = bench.env["account.account"].search(
        [
            ("account_type", "=", "asset_receivable"),
            ("company_ids", "in", bench.company.ids),
        ]
    )
    data = {
        "company_id": bench.company.id,
        "date_at": str(as_of),
        "wizard_name": "aged.partner.balance.report.wizard",
        "wizard_id": False,
        "only_posted_moves": True,
        "account_ids": accounts.ids,
        "partner_ids": [],
        "show_move_line_details": False,
        "date_from": False,
        "age_partner_config_id": False,
    }
    report = bench.env["report.account_financial_report.aged_partner_balance"]
    return report._get_report_values([], data)
