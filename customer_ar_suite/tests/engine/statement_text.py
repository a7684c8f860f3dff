"""Helpers of the statement tests: hand-made ledgers, and a matrix as readable text."""

from datetime import date

from ...engine.ledger import Movement, OpenItem
from ...engine.statement.builder import Currency
from ...engine.statement.matrix import BankAccount, Header, Party
from ...engine.statement.paginate import Sheets
from ...engine.statement.wording import Wording

CNY, USD, JPY, BHD = 1, 2, 3, 4
CURRENCIES = {
    CNY: Currency("CNY", 2),
    USD: Currency("USD", 2),
    JPY: Currency("JPY", 0),
    BHD: Currency("BHD", 3),
}

ENGLISH = Wording(
    labels={
        "column_date": "Date",
        "column_kind": "Entry",
        "column_number": "Number",
        "column_reference": "Your reference",
        "column_due_date": "Due",
        "column_days_overdue": "Days",
        "column_amount": "Amount",
        "column_paid": "Paid",
        "column_charge": "Charges",
        "column_credit": "Credits",
        "column_balance": "Balance",
        "kind_invoice": "Invoice",
        "kind_credit_note": "Credit note",
        "kind_payment": "Payment",
        "kind_entry": "Entry",
        "kind_transfer": "Settlement",
        "bucket_not_due": "Not due",
        "unapplied": "Unapplied",
        "bucket_range": "%(first)s-%(last)s days",
        "bucket_over": "Over %(days)s days",
        "section_title": "Account in %(currency)s",
        "section_overdue": "Overdue: %(amount)s",
        "summary_opening": "Opening",
        "summary_charges": "Charged",
        "summary_credits": "Received",
        "summary_closing": "Closing",
        "line_payable": "We owe you",
        "line_net": "Net %(currency)s",
        "scan_to_pay": "Scan to pay",
        "line_opening": "Balance forward",
        "line_brought": "Brought forward",
        "line_carried": "Carried forward",
        "line_total": "Balance %(currency)s",
        "in_words": "In words: %(words)s",
        "nothing_open": "Nothing is open.",
    },
    date_text=date.isoformat,
)


def header(layout="open_item", as_of=date(2026, 6, 30), date_from=None, **values):
    return Header(
        layout=layout,
        company=Party("Seller Ltd", ("1 Quay", "London"), ("seller.example",), "GB1"),
        customer=Party("上海测试贸易有限公司", ("南京路1号", "上海"), (), "", "C-7"),
        as_of=as_of,
        language="en_US",
        bucket_limits=(0, 30, 60),
        date_from=date_from,
        banks=(BankAccount("GB00 TEST 1", "Test Bank", "TESTGB00", "USD"),),
        **values,
    )


def item(line_id, day, due, amount, residual=None, currency=CNY, kind="invoice"):
    return OpenItem(
        line_id=line_id,
        move_id=line_id * 10,
        company_id=1,
        partner_id=7,
        account_id=1,
        currency_id=currency,
        digits=CURRENCIES[currency].digits,
        company_digits=2,
        date=day,
        due_date=due,
        invoice_date=day,
        number=f"INV/2026/{line_id:05}",
        reference=f"PO-{line_id}",
        kind=kind,
        amount=amount,
        residual=amount if residual is None else residual,
        amount_company=amount,
        residual_company=amount if residual is None else residual,
    )


def movement(line_id, day, amount, kind="invoice", currency=CNY, due=None, **values):
    return Movement(
        line_id=line_id,
        move_id=values.pop("move_id", line_id * 10),
        partner_id=7,
        currency_id=currency,
        date=day,
        due_date=due or day,
        number=f"{kind[:3].upper()}/{line_id:05}",
        reference=f"PO-{line_id}",
        kind=kind,
        amount=amount,
        amount_company=amount,
        **values,
    )


def as_text(sheets: Sheets) -> str:
    """The printed pages as text, for golden files."""
    shown = [" | ".join(fit.heading for fit in sheets.columns)]
    for page in sheets.pages:
        shown.append(f"=== page {page.number} of {page.count}")
        for block in page.blocks:
            shown.append(f"[{block.kind}]")
            for line in block.lines:
                mark = "!" if line.is_overdue else " "
                shown.append(f"{mark}{line.kind}: " + " | ".join(line.cells))
    return "\n".join(shown) + "\n"
