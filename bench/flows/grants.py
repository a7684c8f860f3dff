"""What category grants cost: the same questions of a user, without and with 50 grants."""

from __future__ import annotations

from typing import Any

from odoo import Command

from ..inside import Bench
from . import flow

NODES, GRANTS = 200, 50
LIMIT = 2.0  # with grants ≤ 2 × without


@flow
def grants_partner_search(bench: Bench) -> None:
    """Count, list, page 100, name search, group by and web list of all customers."""
    partners = [("customer_rank", ">", 0)]

    def asked(env: Any) -> dict[str, Any]:
        model = env["res.partner"]
        fields = {"ref": {}, "complete_name": {}, "city": {}, "country_id": {}}
        return {
            "count": lambda: model.search_count(partners),
            "list": lambda: model.search(partners, limit=80),
            "page_100": lambda: model.search(partners, limit=80, offset=8000),
            "name_search": lambda: model.name_search("an", limit=8),
            "group": lambda: model.formatted_read_group(
                partners, ["country_id"], ["__count"]
            ),
            "web_list": lambda: model.web_search_read(partners, fields, limit=80),
        }

    _compare(bench, asked)


@flow
def grants_open_items(bench: Bench) -> None:
    """Count, sum, list of open journal items; the ledger, aging, open invoices."""
    items = [
        ("account_type", "=", "asset_receivable"),
        ("parent_state", "=", "posted"),
        ("reconciled", "=", False),
    ]
    invoices = [("move_type", "=", "out_invoice"), ("payment_state", "=", "not_paid")]

    def asked(env: Any) -> dict[str, Any]:
        lines, moves = env["account.move.line"], env["account.move"]
        aging = env["ar.aging.report"].with_context(ar_as_of=str(bench.today))
        fields = {"partner_id": {"fields": {"display_name": {}}}, "amount_residual": {}}
        return {
            "count": lambda: lines.search_count(items),
            "sum": lambda: lines._read_group(
                items, ["partner_id"], ["amount_residual:sum"]
            ),
            "list": lambda: lines.search(items, limit=80, order="date_maturity, id"),
            "web_list": lambda: lines.web_search_read(items, fields, limit=80),
            "ledger": lambda: env["ar.ledger"]._open_items(bench.today),
            "aging": lambda: aging._read_group(
                [], ["partner_id"], ["residual_amount:sum"]
            ),
            "invoices_count": lambda: moves.search_count(invoices),
            "invoices_list": lambda: moves.search(invoices, limit=80),
        }

    _compare(bench, asked)


def _compare(bench: Bench, asked: Any) -> None:
    user = _user(bench)
    env = bench.env(user=user, su=False)
    plain = {name: bench.time(work, 5) for name, work in asked(env).items()}
    _grant(bench, user)
    env = bench.env(user=user, su=False)
    for name, work in asked(env).items():
        seconds = bench.time(work, 5)
        bench.report(seconds, f"no_grants:{name}", plain[name])
        bench.accuracy(
            name, "with / without grants", round(seconds / plain[name], 2), LIMIT
        )


def _user(bench: Bench) -> Any:
    group = bench.env.ref("customer_ar_suite.customer_ar_suite_group_ar_accountant")
    return bench.env["res.users"].create(
        {
            "name": "Bench",
            "login": "bench-grants",
            "group_ids": [Command.link(group.id)],
            "company_id": bench.company.id,
            "company_ids": [Command.set(bench.company.ids)],
        }
    )


def _grant(bench: Bench, user: Any) -> None:
    """200 categories, most in a tree; 50 grants that open a third of the customers."""
    env = bench.env
    dimension = env.ref("customer_ar_suite.customer_dimension_region")
    nodes = env["customer.category"].create(
        [{"name": f"N{n}", "dimension_id": dimension.id} for n in range(NODES)]
    )
    for n in range(0, GRANTS, 5):
        nodes[NODES - 1 - n : NODES - 1 - n - 3 : -1].parent_id = nodes[n]
    customers = env["res.partner"].search(
        [("customer_rank", ">", 0), ("parent_id", "=", False)], order="id"
    )
    env["customer.category.assignment"]._assign(
        {
            id_: nodes[(index * 7919) % NODES].id
            for index, id_ in enumerate(customers.ids)
        },
        dimension,
        "rule",
        bench.today,
    )
    env["customer.category.grant"].create(
        [
            {
                "user_id": user.id,
                "dimension_id": dimension.id,
                "category_id": nodes[n].id,
            }
            for n in range(GRANTS)
        ]
    )
    env.cr.execute("ANALYZE res_partner")
