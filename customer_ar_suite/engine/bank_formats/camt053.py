"""ISO 20022 bank to customer messages: camt.053 statement, .052 report, .054 notification.

One reader for all versions: they differ in wrappings (``Nm`` or ``Pty/Nm``, ``Sts`` or
``Sts/Cd``), not in meaning. Only booked entries are money; pending and information entries
are handed on with their status so that the user sees that they were in the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import NamedTuple

from ..errors import FileError, RowError
from ..text import clean, compact
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
from .camt_xml import Element, money_of, node_of, nodes_of, read_xml, text_of
from .detect import head

_BODIES = {
    "BkToCstmrStmt": ("Stmt", "camt.053"),
    "BkToCstmrAcctRpt": ("Rpt", "camt.052"),
    "BkToCstmrDbtCdtNtfctn": ("Ntfctn", "camt.054"),
}
_STATUS = {"BOOK": BOOKED, "PDNG": PENDING, "FUTR": PENDING, "INFO": INFORMATION}
_OPENING, _CLOSING, _INTERIM = ("OPBD", "PRCD"), ("CLBD",), "ITBD"
_NOTHING = {"NOTPROVIDED", "NOT PROVIDED", "NONREF", "NOTAVAILABLE"}


class _Account(NamedTuple):
    """What all entries of a statement share."""

    message: str
    number: str
    account: str
    currency: str
    digits: int
    known_digits: Callable[[str], int]


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
    )


def _account(node: Element, message: str, context: ReadContext) -> _Account:
    number = text_of(node, "Id")
    account = compact(text_of(node, "Acct/Id/IBAN", "Acct/Id/Othr/Id", "Acct/Id"))
    currency = _currency(node, number)

    def digits(code: str) -> int:
        if code not in context.digits:
            raise FileError("bank_currency_unknown", value=code[:10], statement=number)
        return context.digits[code]

    return _Account(message, number, account, currency, digits(currency), digits)


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


def _own_balances(node: Element, shared: _Account) -> list[Element]:
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
    node: Element, shared: _Account
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


def _balance(bal: Element, shared: _Account) -> _Balance:
    where = {"statement": shared.number, "column": "Bal"}
    amount = parse_amount(text_of(bal, "Amt"), shared.digits, **where)
    day = text_of(bal, "Dt/Dt", "Dt/DtTm", "Dt")
    debit = text_of(bal, "CdtDbtInd") == "DBIT"
    return _Balance(
        -amount if debit else amount, parse_date(day, **where) if day else None
    )


def _period_end(node: Element, shared: _Account) -> date | None:
    day = text_of(node, "FrToDt/ToDtTm", "FrToDt/ToDt", "CreDtTm")
    return parse_date(day, statement=shared.number, column="FrToDt") if day else None


def _controls(
    node: Element, lines: tuple[BankLine, ...], shared: _Account
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


def _by_entry(lines: tuple[BankLine, ...]) -> list[int]:
    totals: dict[int, int] = {}
    for line in lines:
        totals[line.entry] = totals.get(line.entry, 0) + line.amount
    return list(totals.values())


# -- entries ------------------------------------------------------------------------------


def _entry(
    entry: Element, position: int, fallback: date | None, shared: _Account
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
        bank_reference=_reference(text_of(entry, "AcctSvcrRef", "NtryRef")),
        info=clean(text_of(entry, "AddtlNtryInf")),
        code=_code(entry),
        is_reversal=text_of(entry, "RvslInd") in ("true", "1"),
        charges=_charges(entry, shared),
    )
    details = nodes_of(entry, "NtryDtls/TxDtls")
    if parts := _parts(details, amount, shared):
        for detail, part in zip(details, parts, strict=True):
            yield _with_detail(whole, [detail], part, shared)
    else:
        yield _with_detail(whole, details, amount, shared)


def _signed(
    node: Element, money: tuple[str, str], shared: _Account, **where: object
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


def _parts(details: list[Element], amount: int, shared: _Account) -> list[int]:
    """Signed amounts of a batch's transactions, if they prove the entry; else nothing."""
    if len(details) < 2:
        return []
    parts = []
    for detail in details:
        currency, value = money_of(detail, "Amt", "AmtDtls/TxAmt/Amt")
        if currency != shared.currency:
            return []
        try:
            part = parse_amount(value, shared.digits)
        except RowError:
            return []
        debit = (
            text_of(detail, "CdtDbtInd") or ("DBIT" if amount < 0 else "")
        ) == "DBIT"
        parts.append(-part if debit else part)
    return parts if all(parts) and sum(parts) == amount else []


def _with_detail(
    whole: BankLine, details: list[Element], amount: int, shared: _Account
) -> BankLine:
    """The line with what its transaction details say about payer and purpose."""
    line = whole._replace(
        amount=amount,
        structured=_distinct(ref for one in details for ref in _structured(one)),
        text=" ".join(
            _distinct(clean(text) for one in details for text in _unstructured(one))
        ),
        info=" ".join(
            _distinct(
                [whole.info, *(clean(text_of(one, "AddtlTxInf")) for one in details)]
            )
        ),
    )
    if len(details) != 1:
        return line
    detail = details[0]
    name, account, bic = _counterparty(detail, line, shared.account)
    currency, original, digits = _original(detail, amount, shared)
    return line._replace(
        bank_reference=_reference(text_of(detail, "Refs/AcctSvcrRef", "Refs/TxId"))
        or line.bank_reference,
        end_to_end=_reference(text_of(detail, "Refs/EndToEndId")),
        counterparty=name,
        counterparty_account=account,
        counterparty_bic=bic,
        code=_code(detail) or line.code,
        is_reversal=line.is_reversal or node_of(detail, "RtrInf") is not None,
        original_currency=currency,
        original_amount=original,
        original_digits=digits,
        charges=_charges(detail, shared) or line.charges,
    )


def _counterparty(
    detail: Element, line: BankLine, own_account: str
) -> tuple[str, str, str]:
    """Name, account and bank of the other side; a returned payment names us the payer."""
    roles = ("Dbtr", "Cdtr") if line.amount > 0 else ("Cdtr", "Dbtr")
    accounts = [_party_account(detail, role) for role in roles]
    other = 1 if accounts[0] and accounts[0] == own_account else 0
    role, account = roles[other], accounts[other]
    parties = f"RltdPties/{role}", f"RltdPties/Ultmt{role}"
    name = text_of(detail, *(f"{p}{n}" for p in parties for n in ("/Pty/Nm", "/Nm")))
    agent = f"RltdAgts/{role}Agt/FinInstnId"
    return clean(name), account, text_of(detail, f"{agent}/BICFI", f"{agent}/BIC")


def _party_account(detail: Element, role: str) -> str:
    path = f"RltdPties/{role}Acct/Id"
    return compact(text_of(detail, f"{path}/IBAN", f"{path}/Othr/Id"))


def _original(detail: Element, amount: int, shared: _Account) -> tuple[str, int, int]:
    """What the payer gave in his own currency, if it is another one that we know."""
    currency, value = money_of(
        detail, "AmtDtls/InstdAmt/Amt", "AmtDtls/CntrValAmt/Amt", "InstdAmt"
    )
    if not currency or currency == shared.currency:
        return "", 0, 0
    try:
        digits = shared.known_digits(currency)
        original = parse_amount(value, digits)
    except (FileError, RowError):
        return "", 0, 0  # a remark about another currency never stops a booked entry
    return (
        (currency, original if amount > 0 else -original, digits)
        if original
        else ("", 0, 0)
    )


def _structured(detail: Element) -> Iterator[str]:
    for strd in nodes_of(detail, "RmtInf/Strd"):
        yield clean(text_of(strd, "CdtrRefInf/Ref", "CdtrRefInf/CdtrRef"))
        for document in nodes_of(strd, "RfrdDocInf"):
            yield clean(text_of(document, "Nb", "RfrdDocNb"))


def _unstructured(detail: Element) -> Iterator[str]:
    # banks break long texts at a fixed width, in the middle of a word
    blocks = [node.text or "" for node in nodes_of(detail, "RmtInf/Ustrd")]
    yield " ".join(block.strip() for block in blocks)
    for extra in nodes_of(detail, "RmtInf/Strd/AddtlRmtInf"):
        yield extra.text or ""


def _charges(node: Element, shared: _Account) -> int:
    total = 0
    for charge in [*nodes_of(node, "Chrgs/Rcrd"), *nodes_of(node, "Chrgs")]:
        currency, value = money_of(charge, "Amt")
        if currency == shared.currency:
            amount = parse_amount(
                value, shared.digits, statement=shared.number, column="Chrgs"
            )
            total += -amount if text_of(charge, "CdtDbtInd") == "CRDT" else amount
    return abs(total)


def _code(node: Element) -> str:
    levels = (
        text_of(node, "BkTxCd/Domn/Cd"),
        text_of(node, "BkTxCd/Domn/Fmly/Cd"),
        text_of(node, "BkTxCd/Domn/Fmly/SubFmlyCd"),
    )
    return "-".join(filter(None, levels)) or text_of(node, "BkTxCd/Prtry/Cd")


def _reference(value: str) -> str:
    reference = clean(value)
    return "" if reference.upper() in _NOTHING else reference


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
