"""Exposure of every customer of a company, as profile, report and hold rules ask for it."""

from __future__ import annotations

from ..inside import Bench
from . import flow

# The least PostgreSQL can do: one number per customer from the stored residuals.
FLOOR = """
SELECT partner_id, sum(amount_residual) AS r
  FROM account_move_line
 WHERE account_id IN (SELECT id FROM account_account WHERE account_type = 'asset_receivable')
   AND reconciled IS NOT TRUE AND parent_state = 'posted' AND company_id = %(company)s
 GROUP BY 1
"""
LIST_TARGET = 1.2  # seconds
PROFILES = """
INSERT INTO ar_credit_profile (partner_id, company_id, currency_id, limit_amount, version,
                               create_uid, write_uid, create_date, write_date)
SELECT p.id, %(company)s, %(currency)s, 50000, 0, 1, 1, now(), now()
  FROM res_partner p WHERE p.ref LIKE 'VC%%' AND p.parent_id IS NULL
"""


@flow
def exposure(bench: Bench) -> None:
    """All components of all customers, against the floor and OCA account_financial_risk."""
    ours = bench.time(lambda: _ours(bench), repeat=5)
    seconds = bench.sql(FLOOR, company=bench.company.id)
    bench.report(ours, "sql", seconds)
    bench.env.cr.execute(
        PROFILES,
        {"company": bench.company.id, "currency": bench.company.currency_id.id},
    )
    bench.env.invalidate_all()
    report = bench.env["ar.credit.exposure.report"]
    names = ["partner_id", "exposure_amount", "allowed_amount", "headroom_amount"]
    listed = bench.time(
        lambda: report.search_read([], names, limit=80, order="exposure_amount desc")
    )
    bench.report(listed, "target", LIST_TARGET, part="list")
    one = bench.customers(limit=1)
    single = bench.time(
        lambda: bench.env["ar.ledger"]._exposures(bench.today, one, [bench.company.id]),
        repeat=9,
    )
    bench.report(single, "target", 0.05, part="one customer")
    if bench.peers:
        bench.report(ours, "oca", bench.time(lambda: _oca(bench), 1, warm=False))


def _ours(bench: Bench) -> dict:
    return bench.env["ar.ledger"]._exposures(
        bench.today, company_ids=[bench.company.id]
    )


def _oca(bench: Bench) -> list[float]:
    partners = bench.env["res.partner"].browse(bench.customers())
    return partners.mapped("risk_total")
