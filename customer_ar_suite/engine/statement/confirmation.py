"""Balance confirmation: what a customer is asked to confirm, as he will read it.

The letter shows gross what is owed either way: invoices are what the customer owes us,
payments and credit notes not yet used are what we owe him. A positive letter asks for an
answer in any case, a negative one only where the customer disagrees, a blank one has the
customer state the balance himself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from ..errors import BalanceError
from ..measure import shorten, wrap
from .fit import Line, fit_tables
from .letter import FACT_EMS, FOOTER_EMS, Letter, letter
from .matrix import Party, Section, StatementMatrix, canonical
from .paginate import (
    GAP,
    HEAD,
    ROW,
    Block,
    Flow,
    Paper,
    Sheets,
    put_section,
    put_text,
)
from .wording import Wording

VERSION = 1
KINDS = ("positive", "negative", "blank")
#: heights of the parts that people write into
SIGNATURE, REPLY, BLANK_ROW = 58, 252, 26
REPLY_TO_LINES = 6
MOST_BALANCES = 3  #: of so many currencies there is a line in the reply part
CODE_LENGTH = 8


@dataclass(frozen=True)
class Confirmation:
    """What one letter says: frozen, and read back from its snapshot."""

    kind: str  #: one of :data:`KINDS`
    matrix: StatementMatrix
    reply_to: Party  #: where the answer goes: us, or the auditor
    by_auditor: bool
    issued_on: date
    reply_by: date
    with_items: bool  #: the open items are listed on pages of their own

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise BalanceError("confirmation_kind_unknown", kind=self.kind)

    def to_json(self) -> str:
        """Canonical text, as of a matrix."""
        content = {**vars(self), "version": VERSION, "matrix": self.matrix.to_dict()}
        return canonical(content)

    @classmethod
    def from_json(cls, text: str) -> Confirmation:
        """Read a snapshot back.

        :raises BalanceError: ``statement_snapshot_unknown`` for a later version
        """
        content = json.loads(text)
        if (version := content.pop("version")) != VERSION:
            raise BalanceError("statement_snapshot_unknown", version=version)
        return cls(**_read(content))


def _read(content: dict[str, Any]) -> dict[str, Any]:
    name, address, contact, tax_id, reference = content["reply_to"]
    return {
        **content,
        "matrix": StatementMatrix.from_dict(content["matrix"]),
        "reply_to": Party(name, tuple(address), tuple(contact), tax_id, reference),
        "issued_on": date.fromisoformat(content["issued_on"]),
        "reply_by": date.fromisoformat(content["reply_by"]),
    }


class Claim(NamedTuple):
    """One currency of the letter, minor units."""

    currency: str
    digits: int
    owed_to_us: int
    owed_by_us: int

    @property
    def balance(self) -> int:
        """What is owed to us on balance."""
        return self.owed_to_us - self.owed_by_us


def claims(matrix: StatementMatrix) -> tuple[Claim, ...]:
    """What is to be confirmed, by currency."""
    return tuple(
        Claim(s.currency, s.digits, sum(s.aging), -s.unapplied) for s in matrix.sections
    )


def with_something_to_confirm(
    matrix: StatementMatrix, currency: str, digits: int
) -> StatementMatrix:
    """A customer without open items confirms that nothing is owed, in our currency."""
    if matrix.sections:
        return matrix
    nothing = (0,) * (len(matrix.header.bucket_limits) + 1)
    return replace(matrix, sections=(Section(currency, digits, (), 0, nothing),))


def check_code(fingerprint: str) -> str:
    """What a reply must quote to belong to the letter with this fingerprint.

    >>> check_code("ab12cd34ef" * 6 + "abcd")
    'AB12-CD34'
    """
    code = fingerprint[:CODE_LENGTH].upper()
    return f"{code[:4]}-{code[4:]}"


# -- the letter ---------------------------------------------------------------------------


def confirmation_letter(
    confirmation: Confirmation, wording: Wording, number: str, fingerprint: str
) -> Letter:
    """What surrounds the text: address window, facts; where the answer goes."""
    matrix = confirmation.matrix
    frame = letter(matrix, wording, number)
    title = wording.label(f"title_{confirmation.kind}")
    code = check_code(fingerprint)
    facts = (
        ("number", number),
        ("as_of", wording.date_text(matrix.header.as_of)),
        ("customer_number", matrix.header.customer.reference),
        ("check_code", code),
    )
    return frame._replace(
        title=title,
        facts=tuple(
            (wording.label(name), shorten(value, FACT_EMS))
            for name, value in facts
            if value
        ),
        balances=(),
        reply_to=_reply_to(confirmation, wording),
        running_title=shorten(
            f"{title} {number} · {matrix.header.customer.name}", FOOTER_EMS
        ),
        footer=shorten(f"{number} · {code} · {frame.footer}", FOOTER_EMS),
    )


def _reply_to(confirmation: Confirmation, wording: Wording) -> tuple[str, ...]:
    party = confirmation.reply_to
    lines = [party.name, *party.address, *party.contact]
    wrapped = [part for line in lines for part in wrap(line, FACT_EMS + 8, 2)]
    return (wording.label("reply_to"), *wrapped[:REPLY_TO_LINES])


def lay_out_confirmation(
    confirmation: Confirmation, wording: Wording, paper: Paper, number: str
) -> Sheets:
    """The pages: the letter with its reply part, then the open items if wanted."""
    flow = Flow(paper)
    matrix = confirmation.matrix
    tables = fit_tables(matrix, wording, paper.width)
    _put_body(flow, confirmation, wording)
    _put_reply(flow, confirmation, wording, number)
    if confirmation.with_items and any(s.rows for s in matrix.sections):
        flow.new_page()
        put_text(flow, wording.label("enclosure"))
        for section, lines in zip(matrix.sections, tables.lines, strict=True):
            if section.rows:
                put_section(flow, section, lines, matrix, wording)
    return flow.sheets(tables)


def _put_body(flow: Flow, confirmation: Confirmation, wording: Wording) -> None:
    header = confirmation.matrix.header
    words: Mapping[str, str] = {
        "customer": header.customer.name,
        "company": header.company.name,
        "reply_to": confirmation.reply_to.name,
        "as_of": wording.date_text(header.as_of),
        "reply_by": wording.date_text(confirmation.reply_by),
    }
    reason = "auditor" if confirmation.by_auditor else "own"
    put_text(flow, wording.label("salutation", **words))
    put_text(
        flow,
        _sentences(
            wording.label(f"reason_{reason}", **words),
            wording.label(f"request_{confirmation.kind}", **words),
        ),
    )
    flow.put(*_grid(confirmation, wording))
    put_text(flow, wording.label("other_matters", **words))
    put_text(flow, wording.label("no_demand", **words))
    sign = Line(
        "sign",
        (
            wording.label("signed_by", **words),
            header.company.name,
            wording.date_text(confirmation.issued_on),
        ),
    )
    flow.put(Block("sign", (sign,)), SIGNATURE)


def _sentences(first: str, second: str) -> str:
    """One after the other; the Chinese full stop is as wide as a space already."""
    gap = "" if first.endswith("。") else " "
    return f"{first}{gap}{second}".strip()


def _grid(confirmation: Confirmation, wording: Wording) -> tuple[Block, int]:
    """The balances, or room for them; and its height."""
    is_blank = confirmation.kind == "blank"
    head = ("grid_as_of", "grid_currency", "owed_to_us", "owed_by_us", "remarks")
    day = wording.date_text(confirmation.matrix.header.as_of)
    lines = [Line("head", tuple(wording.label(code) for code in head))]
    for claim in claims(confirmation.matrix):
        figures = ("", "")
        if not is_blank:
            figures = (
                wording.amount(claim.owed_to_us, claim.digits),
                wording.amount(claim.owed_by_us, claim.digits),
            )
        lines.append(Line("claim", (day, claim.currency, *figures, "")))
    row = BLANK_ROW if is_blank else ROW + 4
    return Block("grid", tuple(lines)), HEAD + row * (len(lines) - 1) + GAP


def _put_reply(
    flow: Flow, confirmation: Confirmation, wording: Wording, number: str
) -> None:
    """The part the customer fills in; never parted from its heading."""
    header = confirmation.matrix.header
    blank_lines: tuple[str, ...] = ("", "")
    if confirmation.kind != "blank":  # else the balances are stated above
        blank_lines = tuple(
            wording.label("their_balance", currency=claim.currency)
            for claim in claims(confirmation.matrix)[:MOST_BALANCES]
        )
    words = {
        "number": number,
        "company": header.company.name,
        "as_of": wording.date_text(header.as_of),
        "reply_by": wording.date_text(confirmation.reply_by),
    }
    names = ("reply_name", "reply_title", "reply_date", "reply_chop")
    lines = (
        Line("heading", (wording.label("reply_heading", **words),)),
        Line("choice", (wording.label(f"agree_{confirmation.kind}", **words),)),
        Line("choice", (wording.label(f"differ_{confirmation.kind}", **words),)),
        Line("amounts", blank_lines),
        Line("sign", tuple(wording.label(name) for name in names)),
    )
    flow.put(Block("reply", lines), REPLY)
