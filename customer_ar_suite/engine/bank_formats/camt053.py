"""ISO 20022 bank to customer messages: camt.053 statement, .052 report, .054 notification.

One reader for all versions: they differ in wrappings (``Nm`` or ``Pty/Nm``, ``Sts`` or
``Sts/Cd``), not in meaning. Only booked entries are money; pending and information entries
are handed on with their status so that the user sees that they were in the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from ..errors import FileError, RowError
from ..text import clean, compact
from ..xml_reader import Element, money_of, node_of, nodes_of, read_xml, text_of
from .base import (
    BOOKED,
    FORMATS,
    INFORMATION,
    PENDING,
    BankLine,
    BankStatement,
    Control,
    ReadContext,
    check_chain,
    parse_amount,
    parse_date,
)
from .camt_details import Account, charges_of, code_of, reference_of, split_entry
from .detect import head

_BODIES = {
    "BkToCstmrStmt": ("Stmt", "camt.053"),
    "BkToCstmrAcctRpt": ("Rpt", "camt.052"),
    "BkToCstmrDbtCdtNtfctn": ("Ntfctn", "camt.054"),
}
_STATUS = {"BOOK": BOOKED, "PDNG": PENDING, "FUTR": PENDING, "INFO": INFORMATION}
_OPENING, _CLOSING, _INTERIM = ("OPBD", "PRCD"), ("CLBD",), "ITBD"


class _Balance(NamedTuple):
    amount: int
    day: date | None


@FORMATS.register
class Camt053:
    """Reads camt.052, camt.053 and camt.054 of any version."""

    code = "camt053"
    label = "ISO 20022 CAMT.053 / .052 / .054"

    def detect(self, data: bytes, filename: str) -> bool:
        start = head(data)
        return start.lstrip().startswith("<") and (
            "camt.05" in start or any(body in start for body in _BODIES)
        )

    def parse(self, data: bytes, context: ReadContext) -> list[BankStatement]:
        root = read_xml(data)
        statements = [
            _statement(node, message, context)
            for body, (kind, message) in _BODIES.items()
            for parent in root.iter(body)
            for node in nodes_of(parent, kind)
        ]
        if not statements:
            raise FileError("bank_file_without_statement", filename=context.filename)
        check_chain(statements)
        return statements


# -- statement ----------------------------------------------------------------------------


def _statement(node: Element, message: str, context: ReadContext) -> BankStatement:
    shared = _account(node, message, context)
    entries = nodes_of(node, "Ntry")
    opening, closing = _balances(node, shared)
    fallback = closing.day if closing else _period_end(node, shared)
    lines = tuple(
        line
        for position, entry in enumerate(entries, 1)
        for line in _entry(entry, position, fallback, shared)
    )
    return BankStatement(
        format=Camt053.code,
        account=shared.account,
        currency=shared.currency,
        digits=shared.digits,
        number=shared.number,
        sequence=text_of(node, "ElctrncSeqNb", "LglSeqNb", "StmtPgntn/PgNb"),
        opening=opening.amount if opening else None,
        opening_date=opening.day if opening else None,
        closing=closing.amount if closing else None,
        closing_date=closing.day if closing else None,
        lines=lines,
        controls=tuple(_controls(node, lines, shared)),
        is_whole=text_of(node, "StmtPgntn/LastPgInd", "RptPgntn/LastPgInd")
        not in ("false", "0"),
    )


def _account(node: Element, message: str, context: ReadContext) -> Account:
    number = text_of(node, "Id")
    account = compact(text_of(node, "Acct/Id/IBAN", "Acct/Id/Othr/Id", "Acct/Id"))
    currency = _currency(node, number)

    def digits(code: str) -> int:
        if code not in context.digits:
            raise FileError("bank_currency_unknown", value=code[:10], statement=number)
        return context.digits[code]

    return Account(message, number, account, currency, digits(currency), digits)


def _currency(node: Element, number: str) -> str:
    """The account's currency: its own element, else the one that all amounts name."""
    if stated := text_of(node, "Acct/Ccy"):
        return stated
    balances = _balances_of(node, *_OPENING, *_CLOSING)
    amounts = [one.find("Amt") for one in (*balances, *nodes_of(node, "Ntry"))]
    named: set[str] = {
        amount.get("Ccy", "") for amount in amounts if amount is not None
    }
    if len(named) != 1 or "" in named:
        raise _currency_unclear(number, named)
    return named.pop()


def _currency_unclear(number: str, named: Iterable[str]) -> FileError:
    return FileError(
        "bank_currency_unclear",
        statement=number,
        currencies=", ".join(sorted(named)) or "–",
    )


def _own_balances(node: Element, shared: Account) -> list[Element]:
    """Balances in the account's currency; one that is only there in another is an error.

    Accounts with several currencies repeat each balance in each of them.
    """
    own = [
        bal
        for bal in _balances_of(node, *_OPENING, *_CLOSING, _INTERIM)
        if money_of(bal, "Amt")[0] == shared.currency
    ]
    kinds = {_balance_kind(bal) for bal in own}
    for bal in _balances_of(node, *_OPENING, *_CLOSING):
        if _balance_kind(bal) not in kinds:
            named = (shared.currency, money_of(bal, "Amt")[0])
            raise _currency_unclear(shared.number, named)
    return own


def _balances_of(node: Element, *kinds: str) -> list[Element]:
    return [bal for bal in nodes_of(node, "Bal") if _balance_kind(bal) in kinds]


def _balance_kind(bal: Element) -> str:
    return text_of(bal, "Tp/CdOrPrtry/Cd")


def _balances(
    node: Element, shared: Account
) -> tuple[_Balance | None, _Balance | None]:
    """Booked balances at both ends; interim ones only as the other half of a pair."""
    by_kind: dict[str, list[_Balance]] = {}
    for bal in _own_balances(node, shared):
        by_kind.setdefault(_balance_kind(bal), []).append(_balance(bal, shared))
    interim = by_kind.get(_INTERIM, [])
    opening = next((by_kind[kind][0] for kind in _OPENING if kind in by_kind), None)
    closing = next((by_kind[kind][-1] for kind in _CLOSING if kind in by_kind), None)
    if opening and not closing and interim:
        closing = interim[-1]
    elif closing and not opening and interim:
        opening = interim[0]
    elif not opening and not closing and len(interim) == 2:
        opening, closing = interim
    return opening, closing


def _balance(bal: Element, shared: Account) -> _Balance:
    where = {"statement": shared.number, "column": "Bal"}
    amount = parse_amount(text_of(bal, "Amt"), shared.digits, **where)
    day = text_of(bal, "Dt/Dt", "Dt/DtTm", "Dt")
    debit = text_of(bal, "CdtDbtInd") == "DBIT"
    return _Balance(
        -amount if debit else amount, parse_date(day, **where) if day else None
    )


def _period_end(node: Element, shared: Account) -> date | None:
    day = text_of(node, "FrToDt/ToDtTm", "FrToDt/ToDt", "CreDtTm")
    return parse_date(day, statement=shared.number, column="FrToDt") if day else None


def _controls(
    node: Element, lines: tuple[BankLine, ...], shared: Account
) -> Iterator[Control]:
    """The totals that the file states about itself, against its entries."""
    summary = node_of(node, "TxsSummry")
    if summary is None:
        return
    amounts = _by_entry(lines)
    for name, path, chosen in (
        ("entry", "TtlNtries", amounts),
        ("credit", "TtlCdtNtries", [amount for amount in amounts if amount > 0]),
        ("debit", "TtlDbtNtries", [amount for amount in amounts if amount < 0]),
    ):
        where = {"statement": shared.number, "column": path}
        if count := text_of(summary, f"{path}/NbOfNtries"):
            yield Control(f"{name}_count", parse_amount(count, 0, **where), len(chosen))
        if total := text_of(summary, f"{path}/Sum"):
            stated = parse_amount(total, shared.digits, **where)
            yield Control(f"{name}_sum", stated, sum(map(abs, chosen)))
    yield from _net_control(summary, sum(amounts), shared)


def _net_control(summary: Element, found: int, shared: Account) -> Iterator[Control]:
    """The net of all entries, which versions since 03 state with a sign of its own."""
    total = node_of(summary, "TtlNtries")
    net = text_of(total, "TtlNetNtry/Amt", "TtlNetNtryAmt") if total is not None else ""
    if total is not None and net:
        where = {"statement": shared.number, "column": "TtlNetNtry"}
        stated = parse_amount(net, shared.digits, **where)
        debit = text_of(total, "TtlNetNtry/CdtDbtInd", "CdtDbtInd") == "DBIT"
        yield Control("net_sum", -stated if debit else stated, found)


def _by_entry(lines: tuple[BankLine, ...]) -> list[int]:
    totals: dict[int, int] = {}
    for line in lines:
        totals[line.entry] = totals.get(line.entry, 0) + line.amount
    return list(totals.values())


# -- entries ------------------------------------------------------------------------------


def _entry(
    entry: Element, position: int, fallback: date | None, shared: Account
) -> Iterator[BankLine]:
    where = {"statement": shared.number, "row": position}
    amount = _signed(entry, money_of(entry, "Amt"), shared, **where)
    booked, valued = (
        text_of(entry, "BookgDt/Dt", "BookgDt/DtTm"),
        text_of(entry, "ValDt/Dt", "ValDt/DtTm"),
    )
    value_date = parse_date(valued, column="ValDt", **where) if valued else None
    day = (
        parse_date(booked, column="BookgDt", **where)
        if booked
        else value_date or fallback
    )
    if day is None:
        raise RowError("bank_date_not_readable", value="", column="BookgDt", **where)
    whole = BankLine(
        entry=position,
        status=_status(entry, amount, shared.message),
        booking_date=day,
        value_date=value_date,
        amount=amount,
        bank_reference=reference_of(text_of(entry, "AcctSvcrRef", "NtryRef")),
        info=clean(text_of(entry, "AddtlNtryInf")),
        code=code_of(entry),
        is_reversal=text_of(entry, "RvslInd") in ("true", "1"),
        charges=charges_of(entry, shared),
    )
    details = nodes_of(entry, "NtryDtls/TxDtls")
    yield from split_entry(whole, details, whole.charges, shared)


def _signed(
    node: Element, money: tuple[str, str], shared: Account, **where: object
) -> int:
    currency, value = money
    if currency != shared.currency:
        raise _currency_unclear(shared.number, [shared.currency, currency])
    amount = parse_amount(value, shared.digits, column="Amt", **where)
    side = text_of(node, "CdtDbtInd")
    if side not in ("CRDT", "DBIT"):
        raise RowError(
            "bank_sign_not_readable", value=side[:10], column="CdtDbtInd", **where
        )
    return amount if side == "CRDT" else -amount


def _status(entry: Element, amount: int, message: str) -> str:
    """Booked or not. A statement without a status lists booked entries; nothing else does."""
    if not amount:
        return INFORMATION
    stated = text_of(entry, "Sts/Cd", "Sts/Prtry", "Sts")
    if not stated:
        return BOOKED if message == "camt.053" else INFORMATION
    return _STATUS.get(stated, INFORMATION)
