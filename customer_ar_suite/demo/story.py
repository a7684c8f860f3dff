"""What happens in the fourteen months before today, decided without a database.

Every date is counted back from ``today`` and every choice is drawn from a generator that is
seeded with the customer's number, so that the story is the same on every installation and
never grows old. Invoices come first; once they are posted, their due amounts come back as
:class:`Due` rows and :func:`receipts` decides who has paid what.
"""

import random
from collections import defaultdict
from datetime import date, timedelta
from typing import NamedTuple

from .tables import Customer

MONTHS_BACK = 425
#: silent customers have had nothing delivered, and have paid nothing, for this many days
SILENCE = 190

#: habit → (days after the due date: from, to)
DELAYS = {
    "early": (-6, -1),
    "on_time": (0, 2),
    "few_days_late": (5, 18),
    "late_30": (25, 55),
    "late_60": (65, 115),
    "instalments": (2, 14),
    "silent": (15, 30),
    "overpayer": (4, 9),
    "disputing": (10, 20),
    "deducts_credit": (1, 5),
    "new": (0, 3),
    "lost": (20, 45),
    "prepays": (-40, -20),
}


class InvoiceLine(NamedTuple):
    product: str
    quantity: int


class Invoice(NamedTuple):
    key: str
    customer: str
    company: str
    currency: str
    date: date
    terms: str
    order: str
    lines: tuple
    domestic: bool


class CreditNote(NamedTuple):
    """Credit for ``quantity_share`` of an invoice; ``use`` says how much of it is applied."""

    key: str
    invoice: str
    date: date
    share: float
    use: str  #: all, part or none
    reason: str


class Due(NamedTuple):
    """One receivable line of a posted invoice as it stands after credit notes."""

    line_id: int
    customer: str
    company: str
    currency: str
    number: str
    invoiced: date
    due: date
    residual: int  #: minor units


class Receipt(NamedTuple):
    """Money in; what ``allocations`` do not cover stays unapplied."""

    customer: str
    company: str
    currency: str
    date: date
    amount: int
    text: str
    allocations: tuple  #: (line_id, amount) pairs


def _active_days(habit):
    """(first, last) day before today on which a customer of this habit is invoiced."""
    return {
        "silent": (MONTHS_BACK, 150),
        "lost": (MONTHS_BACK, 240),
        "new": (85, 6),
    }.get(habit, (MONTHS_BACK, 4))


def _volume(customer):
    """Large, middle and small customers: the factor on quantities."""
    return (1, 2, 4, 9)[sum(map(ord, customer.ref)) % 4]


def invoices(
    customers: list[Customer], products: list[str], today: date
) -> list[Invoice]:
    """All invoices, oldest first."""
    found = []
    for customer in customers:
        for company in customer.companies:
            found += _customer_invoices(customer, company, products, today)
    return sorted(found, key=lambda invoice: (invoice.date, invoice.key))


def _customer_invoices(customer, company, products, today):
    draw = random.Random(f"invoices {customer.ref} {company}")
    first, last = _active_days(customer.habit)
    count = (
        customer.invoices if customer.company != "both" else customer.invoices // 2 + 1
    )
    for index in range(count):
        # business grows: the later, the denser
        share = ((index + draw.random() * 0.7) / count) ** 0.6
        ago = round(first - (first - last) * share)
        lines = tuple(
            InvoiceLine(code, draw.randint(1, 12) * _volume(customer))
            for code in draw.sample(products, draw.choice((1, 2, 2, 3)))
        )
        yield Invoice(
            key=f"{customer.ref}-{company}-{index + 1:02d}",
            customer=customer.ref,
            company=company,
            currency=customer.currency,
            date=today - timedelta(days=max(ago, last)),
            terms=customer.terms,
            order=f"PO-{draw.randint(10000, 99999)}",
            lines=lines,
            domestic=customer.country == {"cn": "CN", "nl": "NL"}[company],
        )


def credit_notes(customers: list[Customer], plan: list[Invoice], today: date):
    """Returns, price corrections and quality claims."""
    habits = {customer.ref: customer.habit for customer in customers}
    found = []
    for index, invoice in enumerate(plan):
        habit = habits[invoice.customer]
        every = {"deducts_credit": 2, "disputing": 3}.get(habit, 19)
        day = invoice.date + timedelta(days=12)
        if index % every or day >= today or invoice.terms == "split":
            continue
        found.append(
            CreditNote(
                key=f"{invoice.key}-R",
                invoice=invoice.key,
                date=day,
                share=0.1 if habit == "disputing" else 0.25,
                use=("all", "all", "part", "none")[len(found) % 4],
                reason=(
                    "Returned goods",
                    "Price correction",
                    "Annual volume bonus",
                    "Short delivery",
                )[len(found) % 4],
            )
        )
    return found


def receipts(customers: list[Customer], dues: list[Due], today: date) -> list[Receipt]:
    """Everything received until yesterday, oldest first."""
    customer_by_ref = {customer.ref: customer for customer in customers}
    groups = defaultdict(list)
    for due in sorted(dues, key=lambda due: (due.due, due.line_id)):
        groups[due.customer, due.company, due.currency].append(due)
    found = []
    for (ref, company, _currency), items in groups.items():
        customer = customer_by_ref[ref]
        pay = {
            "month_end": _pay_monthly,
            "part_payer": _pay_in_parts,
            "round_sums": _pay_round_sums,
        }.get(customer.habit, _pay_each)
        draw = random.Random(f"receipts {ref} {company}")
        found += pay(customer, items, today, draw)
    found = [receipt for receipt in found if receipt.date < today]
    return sorted(found, key=lambda receipt: (receipt.date, receipt.text))


def _receipt(customer, items, day, amount, allocations, text):
    first = items[0]
    return Receipt(
        customer.ref,
        first.company,
        first.currency,
        day,
        amount,
        text,
        tuple(allocations),
    )


def _text(customer, items, draw):
    """What the payer writes: numbers, an order, or next to nothing."""
    numbers = " ".join(item.number for item in items)
    chinese = ("货款 {0}", "付货款{0}", "{0}", "支付发票{0}")
    western = ("{0}", "Payment {0}", "Invoice {0}", "pmt inv {0} thank you")
    return draw.choice(chinese if customer.lang == "zh_CN" else western).format(numbers)


def _pay_each(customer, items, today, draw):
    """One transfer per amount due; over-payers round up, disputing customers deduct."""
    low, high = DELAYS[customer.habit]
    for index, item in enumerate(items):
        day = item.due + timedelta(days=draw.randint(low, high))
        if customer.habit == "silent" and (today - day).days < SILENCE:
            continue
        paid = amount = item.residual
        if customer.habit == "disputing" and index % 2:
            paid = amount = item.residual * 9 // 10
        elif customer.habit == "overpayer" and not index % 3:
            amount = -(-item.residual // 50000) * 50000
        yield _receipt(
            customer,
            [item],
            max(day, item.invoiced - timedelta(days=10)),
            amount,
            [(item.line_id, paid)],
            _text(customer, [item], draw),
        )
    if customer.habit == "prepays":
        # an advance for an order not yet delivered
        text = "预付款" if customer.lang == "zh_CN" else "Advance payment"
        yield _receipt(customer, items, today - timedelta(days=9), 480000, [], text)


def _pay_monthly(customer, items, today, draw):
    """One transfer for everything that fell due since the last one."""
    runs = defaultdict(list)
    for item in items:
        runs[(today - item.due).days // 30].append(item)
    for run, group in runs.items():
        yield _receipt(
            customer,
            group,
            today - timedelta(days=30 * run - 2),
            sum(item.residual for item in group),
            [(item.line_id, item.residual) for item in group],
            _text(customer, group, draw),
        )


def _pay_in_parts(customer, items, today, draw):
    """Sixty percent at once, the rest five weeks later."""
    for item in items:
        part = item.residual * 6 // 10
        for amount, days in ((part, 5), (item.residual - part, 40)):
            day = item.due + timedelta(days=days + draw.randint(0, 4))
            text = _text(customer, [item], draw)
            yield _receipt(
                customer, [item], day, amount, [(item.line_id, amount)], text
            )


def _pay_round_sums(customer, items, today, draw):
    """A round sum on account every month, used up from the oldest item on.

    The last one is left unapplied: nobody has asked yet what it is for.
    """
    left = {item.line_id: item.residual for item in items}
    text = "预付货款" if customer.lang == "zh_CN" else "On account"
    for ago in range(MONTHS_BACK - 60, 0, -30):
        day = today - timedelta(days=ago)
        waiting = [item for item in items if item.due <= day and left[item.line_id]]
        amount = sum(left[item.line_id] for item in waiting) // 50000 * 50000
        if ago <= 60:
            amount = max(amount, 900000)
        elif not amount:
            continue
        spread, rest = [], amount
        for item in waiting if ago > 60 else ():
            part = min(rest, left[item.line_id])
            if part:
                spread.append((item.line_id, part))
                left[item.line_id] -= part
                rest -= part
        yield _receipt(customer, items, day, amount, spread, text)
        if ago <= 60:
            return
