"""Receipts of a company: what they pay, and booking it, against core's one by one."""

from __future__ import annotations

from typing import Any

from ..inside import Bench
from . import flow

APPLIED = 500
#: how many receipts core applies one by one; the time of APPLIED is their multiple
SINGLE = 25
#: how many receipts the OCA addon gets, which takes long for each
PEER_LINES = 10
# The least PostgreSQL can do: both sides read, joined where the text is the number.
FLOOR = """
SELECT line.id, item.id
  FROM account_bank_statement_line line
  LEFT JOIN account_move_line item
    ON item.move_name = split_part(line.payment_ref, ' ', 2)
   AND item.reconciled IS NOT TRUE AND item.parent_state = 'posted'
   AND item.account_id IN (SELECT id FROM account_account
                            WHERE account_type = 'asset_receivable')
 WHERE line.is_reconciled IS NOT TRUE AND line.company_id = %(company)s AND line.amount > 0
"""


@flow
def matching(bench: Bench) -> None:
    """All open receipts of a company against all its open items, proposals stored.

    The OCA addon gets the same question for ten of these receipts: who paid which invoice.
    It recognises payers by bank account, and an invoice only where the bank's whole text
    is part of the invoice's number or reference. So it gets the number alone as text, with
    which it finds what we find; ours reads the texts as they are. Both propose, none books.
    """
    found: dict[str, Any] = {}

    def work() -> None:
        run = _run(bench)
        found["proposals"], found["receipts"] = run.proposal_count, run.receipt_count

    ours = bench.time(work, 1, undo=True)
    seconds = bench.sql(FLOOR, company=bench.company.id)
    bench.report(ours, "sql", seconds, **found)
    _report_accuracy(bench)
    if bench.peers:
        each, right = _peer(bench)
        bench.report(ours, "oca", each * found["receipts"], **found)
        bench.accuracy(f"oca, {PEER_LINES} lines", "invoices found", right, None)


def _peer(bench: Bench) -> tuple[float, int]:
    """Return the seconds the OCA addon needs for one line, and how many it found of ten."""
    truth = dict(sorted(_truth(bench).items())[:PEER_LINES])
    lines = bench.env["account.bank.statement.line"].browse(truth)
    found: list[int] = []

    def work() -> None:
        # what its own create and its screen call, one after the other
        lines._retrieve_partner()
        lines._do_auto_reconcile(False)
        found[:] = [line.id for line in lines if truth[line.id] in _proposed(line)]

    bench.env.cr.execute("SAVEPOINT peer")
    bench.env.cr.execute(
        """UPDATE account_bank_statement_line s
              SET payment_ref = replace(substr(s.payment_ref, 9), ' ', '/')
            WHERE id = ANY(%s)""",
        [list(truth)],
    )
    each = bench.time(work, 1, undo=True) / len(lines)
    bench.env.cr.execute("ROLLBACK TO SAVEPOINT peer")
    bench.env.invalidate_all()
    return each, len(found)


def _proposed(line: Any) -> list[int]:
    """The journal items the OCA addon proposes to reconcile a bank line with."""
    rows = line.reconcile_data_info["data"]
    return [item for row in rows for item in row.get("counterpart_line_ids") or ()]


def _report_accuracy(bench: Bench) -> None:
    """How often the proposal is the invoice whose number the bank line quotes."""
    truth = _truth(bench)
    found = {
        proposal.statement_line_id.id: proposal.allocation_ids.item_line_id.ids
        for proposal in _run(bench).proposal_ids
    }
    quoted = [line for line in found if line in truth]
    right = sum(found[line] == [truth[line]] for line in quoted)
    dataset = "volume, number quoted"
    bench.accuracy(dataset, "precision", round(right / len(quoted), 4), None)
    bench.accuracy(dataset, "recall", round(right / len(truth), 4), None)


def _truth(bench: Bench) -> dict[int, int]:
    """Bank line → the journal item of the invoice it was made from."""
    bench.env.cr.execute(
        """SELECT s.id, l.id
             FROM account_bank_statement_line s
             JOIN account_move_line l
               ON l.move_name = replace(substr(s.payment_ref, 9), ' ', '/')
            WHERE s.account_number LIKE 'VOL%%' AND s.company_id = %s
              AND l.company_id = s.company_id AND l.display_type = 'payment_term'
              AND l.amount_currency = s.amount AND l.move_name LIKE 'INV/V%%'
              AND NOT l.reconciled""",
        [bench.company.id],
    )
    return dict(bench.env.cr.fetchall())


@flow
def matching_apply(bench: Bench) -> None:
    """500 accepted proposals booked: in bulk, and as core does it, receipt by receipt."""
    proposals = _run(bench).proposal_ids.filtered("is_unique")[:APPLIED]
    proposals.action_accept()
    requests = [proposal._receipt_allocation() for proposal in proposals]
    ours = bench.time(
        lambda: bench.env["ar.allocation"]._apply(requests), 1, warm=False, undo=True
    )
    for baseline, rewrite in (
        ("core", _rewrite_lines),
        ("core_short", _rewrite_account),
    ):
        each = _one_by_one(bench, proposals[:SINGLE], rewrite)
        bench.report(ours, baseline, each * len(proposals), receipts=len(proposals))


@flow
def matching_create_apply(bench: Bench) -> None:
    """500 receipts created and applied: in bulk, and as core does both, one by one."""
    _count_on(bench)
    proposals = _run(bench).proposal_ids.filtered("is_unique")[:APPLIED]
    rows = [
        (_line_values(one.statement_line_id), one.allocation_ids.item_line_id[:1].id)
        for one in proposals
    ]
    amounts = {
        item.id: to_minor(item.amount_residual_currency, item.currency_id)
        for item in proposals.allocation_ids.item_line_id
    }

    def ours(wanted: Any = rows) -> Any:
        lines = bench.env["account.bank.statement.line"]
        made = lines.with_context(tracking_disable=True).create(
            [v for v, _id in wanted]
        )
        refused = bench.env["ar.allocation"]._apply(
            [
                _allocation(line, item_id, amounts[item_id])
                for line, (_vals, item_id) in zip(made, wanted, strict=True)
            ]
        )
        if refused:
            raise ValueError(f"refused: {refused}")
        return made

    seconds = bench.time(ours, 1, warm=False, undo=True)
    pictures = [_picture(bench, lambda: ours(rows[:SINGLE]), rows[:SINGLE])]
    for baseline, rewrite in (
        ("core", _rewrite_lines),
        ("core_short", _rewrite_account),
    ):

        def core(rewrite: Any = rewrite) -> Any:
            made = bench.env["account.bank.statement.line"]
            for vals, item_id in rows[:SINGLE]:
                line = bench.env["account.bank.statement.line"].create(vals)
                item = bench.env["account.move.line"].browse(item_id)
                (rewrite(line, item) | item).reconcile()
                made |= line
            return made

        each = bench.time(core, 1, warm=False, undo=True) / SINGLE
        pictures.append(_picture(bench, core, rows[:SINGLE]))
        bench.report(seconds, baseline, each * len(rows), receipts=len(rows))
    equal = [picture == pictures[0] for picture in pictures[1:]]
    bench.accuracy("rows as core writes them", "equal", sum(equal) / len(equal), 1.0)


def _count_on(bench: Bench) -> None:
    """Let new bank lines get numbers after those of the volume, which names them itself."""
    bench.env.cr.execute(
        """UPDATE account_move
              SET sequence_number = substring(name FROM '[0-9]+$')::int
            WHERE name LIKE 'BNK/V%'"""
    )


def _picture(bench: Bench, work: Any, rows: list[Any]) -> list[Any]:
    """What ``work`` writes, without ids: journal items, residuals, numbers, exchange."""
    bench.env.flush_all()
    bench.env.cr.execute("SAVEPOINT picture")
    lines = work()
    bench.env.flush_all()
    bench.env.invalidate_all()
    result = []
    for line, (_vals, item_id) in zip(lines, rows, strict=True):
        items = line.line_ids | line.line_ids.browse(item_id)
        partials = items.matched_debit_ids | items.matched_credit_ids
        fields = [
            "account_id",
            "partner_id",
            "currency_id",
            "name",
            "balance",
            "amount_currency",
            "amount_residual",
            "amount_residual_currency",
            "reconciled",
            "date",
        ]
        result.append(
            (
                sorted(
                    str(item.read(fields, load="")[0] | {"id": 0}) for item in items
                ),
                len(set(items.mapped("matching_number")) - {False}),
                len(items.full_reconcile_id),
                sorted(
                    (
                        part.amount,
                        part.debit_amount_currency,
                        part.credit_amount_currency,
                        str(part.max_date),
                        part.exchange_move_id.line_ids.mapped("balance"),
                    )
                    for part in partials
                ),
                line.move_id.read(["state", "partner_id", "amount_total"], load="")[0]
                | {"id": 0},
                (line.is_reconciled, line.amount_residual, line.move_id.name[:5]),
            )
        )
    bench.env.clear()
    bench.env.cr.execute("ROLLBACK TO SAVEPOINT picture")
    bench.env.cr.execute("RELEASE SAVEPOINT picture")
    return result


def to_minor(amount: float, currency: Any) -> int:
    """Return the amount in minor units, as the writer of allocations takes it."""
    return round(amount * 10**currency.decimal_places)


def _line_values(line: Any) -> dict[str, Any]:
    return {
        "journal_id": line.journal_id.id,
        "date": line.date,
        "payment_ref": line.payment_ref,
        "partner_name": line.partner_name,
        "amount": line.amount,
    }


def _allocation(line: Any, item_id: int, amount: int) -> Any:
    from odoo.addons.customer_ar_suite.models.ar_allocation import ReceiptAllocation

    received = to_minor(line.amount, line.currency_id)
    return ReceiptAllocation(line.id, ((item_id, min(amount, received)),))


def _run(bench: Bench) -> Any:
    runs = bench.env["ar.match.run"].with_company(bench.company)
    run = runs.create({"company_id": bench.company.id, "as_of_date": bench.today})
    run.action_match()
    return run


def _one_by_one(bench: Bench, proposals: Any, rewrite: Any) -> float:
    """Return the seconds core needs for one receipt, taken back afterwards."""
    ids = [
        (proposal.statement_line_id.id, proposal.allocation_ids.item_line_id[:1].id)
        for proposal in proposals
    ]

    def work() -> None:
        for line_id, item_id in ids:
            line = bench.env["account.bank.statement.line"].browse(line_id)
            item = bench.env["account.move.line"].browse(item_id)
            (rewrite(line, item) | item).reconcile()

    return bench.time(work, 1, warm=False, undo=True) / len(ids)


def _rewrite_lines(line: Any, item: Any) -> Any:
    """Exchange the suspense line for a line of the customer's account."""
    _liquidity, suspense, _others = line._seek_for_lines()
    known = line.line_ids
    values = {
        "name": line.payment_ref,
        "account_id": item.account_id.id,
        "partner_id": item.partner_id.id,
        "currency_id": suspense.currency_id.id,
        "amount_currency": suspense.amount_currency,
        "balance": suspense.balance,
    }
    line.with_context(force_delete=True, skip_readonly_check=True).write(
        {"line_ids": [(2, suspense.id), (0, 0, values)]}
    )
    return line.line_ids - known


def _rewrite_account(line: Any, item: Any) -> Any:
    """Write the customer's account on the suspense line: core's shortest correct code."""
    _liquidity, suspense, _others = line._seek_for_lines()
    suspense.write({"account_id": item.account_id.id, "partner_id": item.partner_id.id})
    return suspense
