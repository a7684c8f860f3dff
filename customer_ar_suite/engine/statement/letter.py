"""What surrounds the figures: sender, address window, facts, footer; text that fits."""

from __future__ import annotations

from typing import NamedTuple

from ..measure import shorten, wrap
from .matrix import StatementMatrix
from .wording import Wording

#: the window of DIN 5008 (and of US #10 envelopes) in ems of the address type, 9 pt
WINDOW_EMS = 27.0
WINDOW_LINES = 8
SENDER_EMS = 42.0
NAME_EMS = 30.0
FACT_EMS = 17.0
FOOTER_EMS = 64.0
MOST_BALANCES = 4


class Balance(NamedTuple):
    """Closing balance of one currency as shown beside the address."""

    currency: str
    closing: str
    overdue: str  #: empty: nothing is overdue


class Letter(NamedTuple):
    """The frame of a statement: text only, each line short enough for its place."""

    title: str
    company: str
    company_lines: tuple[str, ...]
    sender: str
    address: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    balances: tuple[Balance, ...]
    footer: str
    running_title: str  #: head of the following pages
    tagline: str = ""
    reply_to: tuple[str, ...] = ()  #: heading and address, on letters that are answered


def letter(matrix: StatementMatrix, wording: Wording, number: str) -> Letter:
    """The frame for ``matrix`` issued under ``number``."""
    company, customer = matrix.header.company, matrix.header.customer
    title = wording.label(f"title_{matrix.header.layout}")
    contact = [*company.contact, *([company.tax_id] if company.tax_id else [])]
    return Letter(
        title=title,
        company=shorten(company.name, NAME_EMS),
        company_lines=tuple(
            shorten(line, NAME_EMS) for line in (*company.address, *contact)
        )[:7],
        tagline=shorten(matrix.header.tagline, NAME_EMS),
        sender=shorten(" · ".join((company.name, *company.address)), SENDER_EMS),
        address=_window(customer.name, customer.address),
        facts=_facts(matrix, wording, number),
        balances=_balances(matrix, wording),
        footer=shorten(
            matrix.header.footer or " · ".join((company.name, *contact)), FOOTER_EMS
        ),
        running_title=shorten(f"{title} {number} · {customer.name}", FOOTER_EMS),
    )


def _window(name: str, address: tuple[str, ...]) -> tuple[str, ...]:
    """Name and address; where there is too much, the country stays."""
    lines = wrap(name, WINDOW_EMS, 2)
    lines += [line for part in address for line in wrap(part, WINDOW_EMS, 2)]
    if len(lines) > WINDOW_LINES:
        lines[WINDOW_LINES - 1 :] = lines[-1:]
    return tuple(lines)


def _facts(
    matrix: StatementMatrix, wording: Wording, number: str
) -> tuple[tuple[str, str], ...]:
    header = matrix.header
    if header.date_from:
        day = wording.label(
            "period_value",
            first=wording.date_text(header.date_from),
            last=wording.date_text(header.as_of),
        )
    else:
        day = wording.date_text(header.as_of)
    pairs = (
        ("number", number),
        ("period" if header.date_from else "as_of", day),
        ("customer_number", header.customer.reference),
        ("customer_tax_id", header.customer.tax_id),
    )
    return tuple(
        (wording.label(code), shorten(value, FACT_EMS))
        for code, value in pairs
        if value
    )


def _balances(matrix: StatementMatrix, wording: Wording) -> tuple[Balance, ...]:
    return tuple(
        Balance(
            section.currency,
            wording.amount(section.closing, section.digits),
            wording.amount(section.overdue, section.digits)
            if section.overdue > 0
            else "",
        )
        for section in matrix.sections[:MOST_BALANCES]
    )
