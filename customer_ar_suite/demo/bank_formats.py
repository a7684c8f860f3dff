"""Writes payments as MT940 and OFX, the way banks deliver them."""

from datetime import date
from decimal import Decimal
from html import escape

from .payments import Payment


def _amount(minor: int, sign: str) -> str:
    return str(Decimal(abs(minor)).scaleb(-2)).replace(".", sign)


def _side(minor: int) -> str:
    return "D" if minor < 0 else "C"


def mt940(
    lines: list[Payment], account: str, currency: str, opening: int, day: date
) -> bytes:
    """One message with ``lines`` between ``opening`` and the closing that follows."""
    closing = opening + sum(line.amount for line in lines)
    first = min(line.date for line in lines)
    rows = [
        ":20:STARTUMSE",
        f":25:{account}",
        ":28C:00001/001",
        f":60F:{_side(opening)}{first:%y%m%d}{currency}{_amount(opening, ',')}",
    ]
    for line in lines:
        kind = "166?00GUTSCHRIFT" if line.amount > 0 else "805?00ENTGELT"
        rows.append(
            f":61:{line.date:%y%m%d}{line.date:%m%d}{_side(line.amount)}"
            f"{_amount(line.amount, ',')}NTRFNONREF//{line.reference}"
        )
        rows.append(f":86:{kind}?20SVWZ+{line.text}?31{line.account}?32{line.payer}")
    rows.append(f":62F:{_side(closing)}{day:%y%m%d}{currency}{_amount(closing, ',')}")
    return ("\r\n".join([*rows, "-"]) + "\r\n").encode()


_OFX = """OFXHEADER:100
DATA:OFXSGML
VERSION:102
SECURITY:NONE
ENCODING:UTF-8
CHARSET:NONE
COMPRESSION:NONE
OLDFILEUID:NONE
NEWFILEUID:NONE

<OFX>
<BANKMSGSRSV1>
<STMTTRNRS>
<TRNUID>1
<STATUS><CODE>0<SEVERITY>INFO</STATUS>
<STMTRS>
<CURDEF>{currency}
<BANKACCTFROM><BANKID>000<ACCTID>{account}<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST>
<DTSTART>{first:%Y%m%d}<DTEND>{day:%Y%m%d}
{lines}</BANKTRANLIST>
<LEDGERBAL><BALAMT>{closing}<DTASOF>{day:%Y%m%d}</LEDGERBAL>
</STMTRS>
</STMTTRNRS>
</BANKMSGSRSV1>
</OFX>
"""
_MOVEMENT = (
    "<STMTTRN><TRNTYPE>{kind}<DTPOSTED>{day:%Y%m%d}<TRNAMT>{amount}<FITID>{reference}"
    "<NAME>{payer}<MEMO>{text}</STMTTRN>\n"
)


def ofx(
    lines: list[Payment], account: str, currency: str, opening: int, day: date
) -> bytes:
    """A download of ``lines``; of the balances OFX tells the last one alone."""
    closing = opening + sum(line.amount for line in lines)
    movements = "".join(
        _MOVEMENT.format(
            kind="CREDIT" if line.amount > 0 else "FEE",
            day=line.date,
            amount=("-" if line.amount < 0 else "") + _amount(line.amount, "."),
            reference=line.reference,
            payer=escape(line.payer or "Bank", quote=False),
            text=escape(line.text, quote=False),
        )
        for line in lines
    )
    return _OFX.format(
        currency=currency,
        account=account,
        first=min(line.date for line in lines),
        day=day,
        lines=movements,
        closing=("-" if closing < 0 else "") + _amount(closing, "."),
    ).encode()
