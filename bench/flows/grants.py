"""What category grants cost: the same questions of a user, without and with 50 grants."""

from __future__ import annotations

import statistics
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
    """The same data, two users in turn, so that a busy machine is busy for both."""
    nodes = _classify(bench)
    free, granted = _user(bench, "free"), _user(bench, "granted")
    _grant(bench, granted, nodes)
    works = [asked(bench.env(user=user, su=False)) for user in (free, granted)]
    for name in works[0]:
        rounds = [[bench.time(work[name], 3) for work in works] for _n in range(5)]
        without, with_grants = (
            statistics.median(times) for times in zip(*rounds, strict=False)
        )
        bench.report(with_grants, f"no_grants:{name}", without)
        ratio = round(with_grants / without, 2)
        bench.accuracy(name, "with / without grants", ratio, LIMIT)


def _user(bench: Bench, name: str) -> Any:
    group = bench.env.ref("customer_ar_suite.customer_ar_suite_group_ar_accountant")
    return bench.env["res.users"].create(
        {
            "name": f"Bench {name}",
            "login": f"bench-{name}",
            "group_ids": [Command.link(group.id)],
            "company_id": bench.company.id,
            "company_ids": [Command.set(bench.company.ids)],
        }
    )


def _classify(bench: Bench) -> Any:
    """Every customer in one of 200 categories, some of which are below others."""
    env = bench.env
    dimension = env.ref("customer_ar_suite.customer_dimension_region")
    nodes = env["customer.category"].create(
        [{"name": f"N{n}", "dimension_id": dimension.id} for n in range(NODES)]
    )
    for n in range(0, GRANTS, 5):
        for below in range(GRANTS + n // 5 * 2, GRANTS + n // 5 * 2 + 2):
            nodes[below].parent_id = nodes[n]
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
    # what the volume's SQL leaves out: these contacts are no employees
    env.cr.execute(
        "UPDATE res_partner SET partner_share = TRUE WHERE customer_rank > 0"
    )
    env.cr.execute("ANALYZE res_partner")
    return nodes


def _grant(bench: Bench, user: Any, nodes: Any) -> None:
    """50 grants that open 70 of the 200 categories: a third of the customers."""
    bench.env["customer.category.grant"].create(
        [
            {
                "user_id": user.id,
                "dimension_id": node.dimension_id.id,
                "category_id": node.id,
            }
            for node in nodes[:GRANTS]
        ]
    )
