"""Transactions of a CAMT entry: who paid, what for, and the parts of a batch booking."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from ..errors import FileError, RowError
from ..text import clean, compact
from ..xml_reader import Element, money_of, node_of, nodes_of, text_of
from .base import BankLine, parse_amount

_NOTHING = {"NOTPROVIDED", "NOT PROVIDED", "NONREF", "NOTAVAILABLE"}
#: where a transaction says how much it is; banks differ in which of them they fill
_ORIGINALS = (
    "AmtDtls/InstdAmt/Amt",
    "AmtDtls/CntrValAmt/Amt",
    "InstdAmt",
    "AmtDtls/TxAmt/Amt",
    "Amt",
)
_AMOUNTS = (
    "Amt",
    "AmtDtls/TxAmt/Amt",
    "AmtDtls/CntrValAmt/Amt",
    "AmtDtls/InstdAmt/Amt",
)


class Account(NamedTuple):
    """What all entries of a statement share."""

    message: str
    number: str
    account: str
    currency: str
    digits: int
    known_digits: Callable[[str], int]


def split_entry(
    whole: BankLine, details: list[Element], charges: int, shared: Account
) -> Iterator[BankLine]:
    """A batch as its transactions, if they prove the entry; else the entry as it is.

    Banks book some batches less their charges, which then are a line of their own.
    """
    parts = _parts(details, whole.amount, shared)
    rest = whole.amount - sum(parts)
    if not parts or (rest and abs(rest) != charges):
        yield _with_detail(whole, details, whole.amount, shared)
        return
    share = whole._replace(charges=0)
    for detail, part in zip(details, parts, strict=True):
        yield _with_detail(share, [detail], part, shared)
    if rest:
        yield share._replace(amount=rest, end_to_end="", text="", code="CHRG")


def _parts(details: list[Element], amount: int, shared: Account) -> list[int]:
    """Signed amounts of a batch's transactions in the account's currency; all or none."""
    if len(details) < 2:
        return []
    parts = []
    for detail in details:
        stated = dict(
            reversed([money_of(detail, path) for path in _AMOUNTS])
        )  # the first path wins
        try:
            part = parse_amount(stated.get(shared.currency, ""), shared.digits)
        except RowError:
            return []
        side = text_of(detail, "CdtDbtInd") or ("DBIT" if amount < 0 else "")
        parts.append(-part if side == "DBIT" else part)
    return parts if all(parts) else []


def _with_detail(
    whole: BankLine, details: list[Element], amount: int, shared: Account
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
                [whole.info, *(info for one in details for info in _information(one))]
            )
        ),
    )
    if len(details) != 1:
        return line
    detail = details[0]
    name, account, bic = _counterparty(detail, line, shared.account)
    currency, original, digits = _original(detail, amount, shared)
    return line._replace(
        bank_reference=reference_of(text_of(detail, "Refs/AcctSvcrRef", "Refs/TxId"))
        or line.bank_reference,
        end_to_end=reference_of(text_of(detail, "Refs/EndToEndId")),
        counterparty=name,
        counterparty_account=account,
        counterparty_bic=bic,
        code=code_of(detail) or line.code,
        is_reversal=line.is_reversal or node_of(detail, "RtrInf") is not None,
        original_currency=currency,
        original_amount=original,
        original_digits=digits,
        charges=charges_of(detail, shared) or line.charges,
    )


def _counterparty(
    detail: Element, line: BankLine, own_account: str
) -> tuple[str, str, str]:
    """Name, account and bank of the other side; a returned payment names us the payer."""
    roles = ("Dbtr", "Cdtr") if line.amount > 0 else ("Cdtr", "Dbtr")
    accounts = [_party_account(detail, role) for role in roles]
    names = [_party_name(detail, role) for role in roles]
    is_own = bool(accounts[0]) and accounts[0] == own_account
    other = int(is_own or not (accounts[0] or names[0]))
    role, account, name = roles[other], accounts[other], names[other]
    agent = f"RltdAgts/{role}Agt/FinInstnId"
    return clean(name), account, text_of(detail, f"{agent}/BICFI", f"{agent}/BIC")


def _party_name(detail: Element, role: str) -> str:
    parties = f"RltdPties/{role}", f"RltdPties/Ultmt{role}"
    return text_of(detail, *(f"{p}{n}" for p in parties for n in ("/Pty/Nm", "/Nm")))


def _party_account(detail: Element, role: str) -> str:
    path = f"RltdPties/{role}Acct/Id"
    return compact(text_of(detail, f"{path}/IBAN", f"{path}/Othr/Id"))


def _original(detail: Element, amount: int, shared: Account) -> tuple[str, int, int]:
    """What the payer gave in his own currency, if it is another one that we know."""
    stated = [money_of(detail, path) for path in _ORIGINALS]
    foreign = [one for one in stated if one[0] not in ("", shared.currency)]
    if not foreign:
        return "", 0, 0
    currency, value = foreign[0]
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


def _information(detail: Element) -> Iterator[str]:
    """The bank's own words, and why a payment came back (``AC04``: account closed)."""
    yield clean(text_of(detail, "AddtlTxInf"))
    for reason in nodes_of(detail, "RtrInf"):
        yield clean(text_of(reason, "Rsn/Cd", "Rsn/Prtry"))
        for text in nodes_of(reason, "AddtlInf"):
            yield clean(text.text or "")


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


def charges_of(node: Element, shared: Account) -> int:
    total = 0
    for charge in [*nodes_of(node, "Chrgs/Rcrd"), *nodes_of(node, "Chrgs")]:
        currency, value = money_of(charge, "Amt")
        if currency == shared.currency:
            amount = parse_amount(
                value, shared.digits, statement=shared.number, column="Chrgs"
            )
            total += -amount if text_of(charge, "CdtDbtInd") == "CRDT" else amount
    return abs(total)


def code_of(node: Element) -> str:
    levels = (
        text_of(node, "BkTxCd/Domn/Cd"),
        text_of(node, "BkTxCd/Domn/Fmly/Cd"),
        text_of(node, "BkTxCd/Domn/Fmly/SubFmlyCd"),
    )
    return "-".join(filter(None, levels)) or text_of(node, "BkTxCd/Prtry/Cd")


def reference_of(value: str) -> str:
    reference = clean(value)
    return "" if reference.upper() in _NOTHING else reference


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
