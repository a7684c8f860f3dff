"""Fill a database with a business of a given size, by seed, in minutes.

The ORM sets up what is small (a second company with its chart, currencies, products); sets of
SQL write what is large: customers with child contacts, invoices in three currencies with
instalments and credit notes, receipts, part and over-payments, exchange differences, their
reconciliation, and bank lines that nobody has matched yet. The figures are consistent: every
entry balances, every stored residual equals balance minus partial reconciliations.

    generate.fill(env, customers=20_000)      # 300,000 invoices, about 1.1 million items
"""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

INVOICES_PER_CUSTOMER = 15
#: the day the invented business has reached; benchmarks ask for figures on it
TODAY = date(2026, 11, 20)
STEPS = Path(__file__).parent / "volume"


def fill(env, customers: int, seed: float = 0.42, report=print) -> None:
    """Fill the database of ``env``; the caller commits."""
    _prepare(env)
    parameters = {
        "customers": customers,
        "invoices": customers * INVOICES_PER_CUSTOMER,
        "seed": seed,
        "today": TODAY,
    }
    env.flush_all()
    for step in sorted(STEPS.glob("*.sql")):
        started = time.monotonic()
        env.cr.execute(step.read_text(encoding="utf-8"), parameters)
        report(f"  {step.stem}: {time.monotonic() - started:.1f} s")
    env.invalidate_all()
    _bank_accounts(env)


def sizes(env) -> dict[str, int]:
    """How much there is, for the report of a benchmark."""
    env.cr.execute(
        """SELECT (SELECT count(*) FROM res_partner WHERE ref LIKE 'VC%%'),
                  (SELECT count(*) FROM account_move_line),
                  (SELECT count(*) FROM account_move_line l
                     JOIN account_account a ON a.id = l.account_id
                    WHERE a.account_type = 'asset_receivable'
                      AND NOT l.reconciled AND l.parent_state = 'posted')"""
    )
    customers, items, open_items = env.cr.fetchone()
    return {"customers": customers, "journal_items": items, "open_items": open_items}


def _prepare(env) -> None:
    """A second company with a chart, EUR and JPY beside the dollar, products with costs."""
    first = env["res.company"].browse(1)
    second = env["res.company"].create(
        {"name": "Volume Two", "currency_id": first.currency_id.id}
    )
    template = env["account.chart.template"]
    for company in first | second:
        if not company.chart_template:
            template.try_loading("generic_coa", company=company, install_demo=False)
    env["res.currency"].search(
        [
            ("name", "in", ("EUR", "JPY")),
            ("active", "=", False),
        ]
    ).active = True
    env["product.product"].create(
        [
            {
                "name": f"Volume product {n}",
                "default_code": f"VOL{n:03d}",
                "list_price": 10 * n,
                "standard_price": 6 * n,
            }
            for n in range(1, 51)
        ]
    )


def _bank_accounts(env) -> None:
    """An account per customer, by the ORM: localisations add required columns of their own."""
    env.cr.execute("SELECT id, ref FROM res_partner WHERE ref LIKE 'VC%' ORDER BY id")
    env["res.partner.bank"].with_context(tracking_disable=True).create(
        [
            {"acc_number": f"VOL{int(ref[2:]):010d}", "partner_id": partner}
            for partner, ref in env.cr.fetchall()
        ]
    )
    env.flush_all()
