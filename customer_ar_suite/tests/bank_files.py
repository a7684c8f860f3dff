"""Bank files for tests, made from a few figures."""

from xml.sax.saxutils import escape

DIGITS = {"EUR": 2, "USD": 2, "GBP": 2, "CHF": 2, "CNY": 2, "JPY": 0, "BHD": 3}

_DOCUMENT = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}">'
    "<BkToCstmrStmt>{statements}</BkToCstmrStmt></Document>"
)
_STATEMENT = (
    "<Stmt><Id>{number}</Id><Acct><Id><IBAN>{account}</IBAN></Id><Ccy>{currency}</Ccy></Acct>"
    "{opening}{closing}{entries}</Stmt>"
)
_BALANCE = (
    "<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>"
    '<Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>'
    "<Dt><Dt>{day}</Dt></Dt></Bal>"
)
_ENTRY = (
    '<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>'
    "<Sts>{status}</Sts><BookgDt><Dt>{day}</Dt></BookgDt>"
    "<AcctSvcrRef>{reference}</AcctSvcrRef><NtryDtls><TxDtls><RltdPties>"
    "<Dbtr><Nm>{payer}</Nm></Dbtr><DbtrAcct><Id><IBAN>{payer_account}</IBAN></Id></DbtrAcct>"
    "</RltdPties><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
)


def shown(minor, digits):
    """Minor units as a bank writes them, unsigned; not the code under test."""
    text = str(abs(minor)).rjust(digits + 1, "0")
    return text if not digits else f"{text[:-digits]}.{text[-digits:]}"


def _side(minor):
    return "DBIT" if minor < 0 else "CRDT"


def entry(amount, day="2026-03-02", **values):
    """Values of one entry; ``amount`` in minor units."""
    defaults = {
        "status": "BOOK",
        "reference": "",
        "payer": "",
        "payer_account": "",
        "text": "",
    }
    return {**defaults, "amount": amount, "day": day, **values}


def camt_statement(account, currency, opening, entries, closing=None, number="S1"):
    """One ``Stmt``; the closing balance is the right one unless another is given."""
    digits = DIGITS[currency]
    booked = sum(one["amount"] for one in entries if one["status"] == "BOOK")
    closing = opening + booked if closing is None else closing
    days = [one["day"] for one in entries] or ["2026-03-02"]

    def balance(kind, amount, day):
        return _BALANCE.format(
            kind=kind,
            currency=currency,
            amount=shown(amount, digits),
            side=_side(amount),
            day=day,
        )

    return _STATEMENT.format(
        number=number,
        account=account,
        currency=currency,
        opening=balance("OPBD", opening, min(days)),
        closing=balance("CLBD", closing, max(days)),
        entries="".join(
            _ENTRY.format(
                **{
                    **{key: escape(str(value)) for key, value in one.items()},
                    "currency": currency,
                    "amount": shown(one["amount"], digits),
                    "side": _side(one["amount"]),
                }
            )
            for one in entries
        ),
    )


def camt(*statements, version="08"):
    """A whole camt.053 message."""
    return _DOCUMENT.format(version=version, statements="".join(statements)).encode()
