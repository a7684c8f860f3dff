"""How a statement reaches its customer, and what stands in the way.

Nothing is guessed: a statement goes by the way that was chosen, by the one substitute that
was allowed, or not at all, with the reason.

>>> facts = Facts(emails=("ap@a.example",), has_address=True)
>>> dispatch(Wish("email"), facts).channel
'email'
>>> dispatch(Wish("email", True), facts._replace(emails=()))[:3:2]
('post', ('posted_instead',))
>>> dispatch(Wish("email"), facts._replace(emails=())).problem
'statement_email_missing'
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from ..errors import EngineError
from .matrix import StatementMatrix

EMAIL, POST, FILE, ISSUE = "email", "post", "file", "issue"
CHANNELS = (EMAIL, POST, FILE, ISSUE)
#: why one customer gets no statement; keys of the messages
PROBLEMS = (
    "statement_customer_archived",
    "statement_customer_restricted",
    "statement_email_missing",
    "statement_email_invalid",
    "statement_email_opted_out",
    "statement_address_missing",
    "statement_figures_changed",
    "statement_nothing_to_show",
    "statement_is_cancelled",
    "statement_template_missing",
)
#: what is worth a look before it is sent, and does not stop it
WARNINGS = (
    "posted_instead",
    "language_replaced",
    "email_shared",
    "email_bounced",
    "issued_before",
    "credit_balance",
)


class DispatchError(EngineError):
    """One statement cannot be sent; the others can."""


class Wish(NamedTuple):
    """What was chosen for all: the way, and whether paper may stand in for e-mail."""

    channel: str
    or_post: bool = False


class Facts(NamedTuple):
    """What is known of one customer today.

    :param emails: valid addresses, normalised
    :param opted_out: those of them that asked for no e-mail
    :param shared: those that other customers of the same run have, too
    """

    emails: tuple[str, ...] = ()
    opted_out: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()
    has_email_text: bool = False
    has_address: bool = False
    is_archived: bool = False
    is_restricted: bool = False
    has_bounced: bool = False
    has_own_language: bool = True
    issued_before: bool = False
    is_credit: bool = False
    is_cancelled: bool = False


class Dispatch(NamedTuple):
    """The answer: the way, the addresses, what to look at, and why not."""

    channel: str
    emails: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    problem: str | None = None


def dispatch(wish: Wish, facts: Facts) -> Dispatch:
    """Decide for one customer."""
    if facts.is_cancelled:
        return Dispatch(wish.channel, problem="statement_is_cancelled")
    if facts.is_archived:
        return Dispatch(wish.channel, problem="statement_customer_archived")
    if facts.is_restricted:
        return Dispatch(wish.channel, problem="statement_customer_restricted")
    channel, emails, problem = _way(wish, facts)
    if channel == POST and not facts.has_address and not problem:
        problem = "statement_address_missing"
    found = {
        "posted_instead": channel != wish.channel,
        "language_replaced": not facts.has_own_language,
        "email_shared": not facts.shared.isdisjoint(emails),
        "email_bounced": channel == EMAIL and facts.has_bounced,
        "issued_before": facts.issued_before,
        "credit_balance": facts.is_credit,
    }
    warnings = tuple(code for code in WARNINGS if found[code])
    return Dispatch(channel, emails, warnings, problem)


def _way(wish: Wish, facts: Facts) -> tuple[str, tuple[str, ...], str | None]:
    """Channel, addresses and what is wrong with them."""
    if wish.channel != EMAIL:
        return wish.channel, (), None
    allowed = tuple(email for email in facts.emails if email not in facts.opted_out)
    if allowed:
        return EMAIL, allowed, None
    if wish.or_post:
        return POST, (), None
    if facts.emails:
        return EMAIL, (), "statement_email_opted_out"
    invalid = facts.has_email_text
    return EMAIL, (), f"statement_email_{'invalid' if invalid else 'missing'}"


def figures_key(matrix: StatementMatrix) -> str:
    """Changes with any figure of the statement, not with names and addresses around it."""
    figures = [
        (s.currency, s.digits, s.opening, s.closing, s.aging, s.unapplied, s.rows)
        for s in matrix.sections
    ]
    return hashlib.sha256(repr(figures).encode()).hexdigest()
