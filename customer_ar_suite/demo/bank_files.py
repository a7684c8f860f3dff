"""Writes payments as the files banks deliver: CAMT.053 and a Chinese bank's csv."""

import csv
import io
from datetime import date
from decimal import Decimal

from lxml import etree

from .payments import Payment

_CAMT = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"


def _amount(minor: int) -> str:
    return str(Decimal(abs(minor)).scaleb(-2))


def _add(parent, path: str, text: str = "", **attributes: str):
    """The element at the end of ``path`` (a/b/c), each step new; returns the last one."""
    for tag in path.split("/"):
        parent = etree.SubElement(parent, f"{{{_CAMT}}}{tag}")
    parent.text = text or None
    parent.attrib.update(attributes)
    return parent


def camt053(
    lines: list[Payment], iban: str, currency: str, opening: int, day: date, number: str
) -> bytes:
    """One statement with ``lines`` between ``opening`` and the closing that follows."""
    root = etree.Element(f"{{{_CAMT}}}Document", nsmap={None: _CAMT})
    message = _add(root, "BkToCstmrStmt")
    header = _add(message, "GrpHdr")
    _add(header, "MsgId", number)
    _add(header, "CreDtTm", f"{day}T06:00:00")
    statement = _add(message, "Stmt")
    _add(statement, "Id", number)
    _add(statement, "CreDtTm", f"{day}T06:00:00")
    account = _add(statement, "Acct")
    _add(account, "Id/IBAN", iban)
    _add(account, "Ccy", currency)
    closing = opening + sum(line.amount for line in lines)
    first = min(line.date for line in lines)
    for code, balance, at in (("OPBD", opening, first), ("CLBD", closing, day)):
        _balance(statement, code, balance, currency, at)
    for line in lines:
        _entry(statement, line, currency)
    return etree.tostring(
        root, xml_declaration=True, encoding="UTF-8", pretty_print=True
    )


def _balance(statement, code, balance, currency, at):
    element = _add(statement, "Bal")
    _add(element, "Tp/CdOrPrtry/Cd", code)
    _add(element, "Amt", _amount(balance), Ccy=currency)
    _add(element, "CdtDbtInd", "DBIT" if balance < 0 else "CRDT")
    _add(element, "Dt/Dt", str(at))


def _entry(statement, line, currency):
    side = "DBIT" if line.amount < 0 else "CRDT"
    entry = _add(statement, "Ntry")
    _add(entry, "Amt", _amount(line.amount), Ccy=currency)
    _add(entry, "CdtDbtInd", side)
    _add(entry, "Sts", "BOOK")
    _add(entry, "BookgDt/Dt", str(line.date))
    _add(entry, "ValDt/Dt", str(line.date))
    _add(entry, "AcctSvcrRef", line.reference)
    code = _add(entry, "BkTxCd/Domn")
    _add(code, "Cd", "PMNT")
    family = _add(code, "Fmly")
    _add(family, "Cd", "ICDT" if line.amount < 0 else "RCDT")
    _add(family, "SubFmlyCd", "CHRG" if line.amount < 0 else "ESCT")
    details = _add(entry, "NtryDtls/TxDtls")
    if line.payer:
        parties = _add(details, "RltdPties")
        _add(parties, "Dbtr/Nm", line.payer)
        if line.account:
            _add(parties, "DbtrAcct/Id/IBAN", line.account)
    _add(details, "RmtInf/Ustrd", line.text)


_CSV_HEADINGS = (
    "本方账号",
    "交易日期",
    "交易流水号",
    "对方户名",
    "对方账号",
    "借方发生额",
    "贷方发生额",
    "余额",
    "币种代码",
    "摘要",
)


def chinese_csv(
    lines: list[Payment], account: str, currency: str, opening: int
) -> bytes:
    """The list of movements as a Chinese bank's web site exports it, in GB18030."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(["账户明细查询"])
    writer.writerow(_CSV_HEADINGS)
    balance = opening
    for line in lines:
        balance += line.amount
        writer.writerow(
            [
                account,
                f"{line.date:%Y-%m-%d}",
                line.reference,
                line.payer,
                line.account,
                _amount(line.amount) if line.amount < 0 else "",
                _amount(line.amount) if line.amount > 0 else "",
                ("-" if balance < 0 else "") + _amount(balance),
                currency,
                line.text,
            ]
        )
    return target.getvalue().encode("gb18030")
