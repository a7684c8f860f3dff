"""Statements of account: the figures of 1,000 customers, and their paper."""

from __future__ import annotations

import time
from datetime import date

from ..inside import Bench
from ..oca import JOBS, PERIOD, STATEMENTS
from . import flow

PRINTED = 1000
#: how many single calls are timed; the time of PRINTED is their multiple
SINGLE = 10
# The least PostgreSQL can do: the open lines, or all lines with a running balance.
FLOOR_OPEN = """
SELECT partner_id, date, date_maturity, move_name, amount_currency, amount_residual_currency
  FROM account_move_line
 WHERE account_id IN (SELECT id FROM account_account WHERE account_type = 'asset_receivable')
   AND reconciled IS NOT TRUE AND parent_state = 'posted' AND partner_id = ANY(%(partners)s)
"""
FLOOR_ACTIVITY = """
SELECT partner_id, date, move_name, amount_currency,
       sum(amount_currency) OVER (PARTITION BY partner_id, currency_id ORDER BY date, id)
  FROM account_move_line
 WHERE account_id IN (SELECT id FROM account_account WHERE account_type = 'asset_receivable')
   AND parent_state = 'posted' AND partner_id = ANY(%(partners)s)
"""


@flow
def statement_open_item(bench: Bench) -> None:
    """Open items of 1,000 customers until the matrix of each is built and proven."""
    _data(bench, "open_item", FLOOR_OPEN, None)


@flow
def statement_activity(bench: Bench) -> None:
    """Balance forward and movements of ten months for the same customers."""
    _data(bench, "activity", FLOOR_ACTIVITY, bench.today - PERIOD)


@flow
def statement_pdf(bench: Bench) -> None:
    """1,000 statements on paper, against one call of the printer each."""
    statements = _issued(bench, PRINTED)
    report = bench.env["ir.actions.report"]
    ours = bench.time(lambda: report._ar_papers_pdf(statements), 1, warm=False)
    singles = statements[:SINGLE]
    for baseline, delay in (("single", "1000"), ("single_nodelay", "0")):
        bench.env["ir.config_parameter"].set_param("report.print_delay", delay)
        started = time.perf_counter()
        for statement in singles:
            _print_as_core_does(bench, statement)
        each = (time.perf_counter() - started) / len(singles)
        bench.report(ours, baseline, each * len(statements), statements=len(statements))


def _data(bench: Bench, kind: str, floor: str, date_from: date | None) -> None:
    partners = bench.customers(STATEMENTS)
    layout = _layout(bench, kind)
    build = bench.env["ar.statement"]._build
    ours = bench.time(
        lambda: build(bench.company, layout, bench.today, date_from, partners)
    )
    size = {"statements": len(partners)}
    bench.report(ours, "sql", bench.sql(floor, partners=partners), **size)
    if bench.peers:
        bench.report(ours, "oca", JOBS[bench.flow](bench), **size)
        bench.report(ours, "oca_alone", bench.alone[bench.flow], **size)


def _layout(bench: Bench, kind: str):
    return bench.env["ar.statement.layout"].search([("kind", "=", kind)], limit=1)


def _issued(bench: Bench, count: int):
    issue = bench.env["ar.statement"]._issue
    statements, errors = issue(
        bench.company,
        _layout(bench, "open_item"),
        bench.today,
        partner_ids=bench.customers(count),
    )
    assert not errors, errors
    return statements


def _print_as_core_does(bench: Bench, statement) -> None:
    """The same document through core's own call, with the delay the system has set."""
    document = "customer_ar_suite.ar_statement_document"
    report = bench.env["ir.actions.report"].search(
        [("report_name", "=", document)], limit=1
    )
    html = report._render_qweb_html(document, statement.ids)[0]
    report._run_wkhtmltopdf([html.decode()], report_ref=document)
