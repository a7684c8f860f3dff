"""E-mail addresses: one address that a mail server can take."""

from __future__ import annotations

import re

_EMAIL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([\w]([\w-]{0,61}[\w])?\.)+[^\W\d_]([\w-]{0,61}[\w])?",
    re.IGNORECASE,
)
_LONGEST = 254


def is_email(text: str) -> bool:
    """Is it exactly one address?

    >>> is_email("ap@example.com"), is_email("ap@example"), is_email("a@b.com; c@d.com")
    (True, False, False)
    """
    return len(text) <= _LONGEST and bool(_EMAIL.fullmatch(text))


def with_plain_domain(text: str) -> str:
    """The address with its domain in lower case; what stands before it is the server's."""
    local, at, domain = text.rpartition("@")
    return f"{local}{at}{domain.lower()}"
