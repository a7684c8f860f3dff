"""Naming rules of categories: what the code of a category on a level has to look like."""

from __future__ import annotations

import re

_SIGNS = {"#": r"\d", "@": r"[^\W\d_]", "?": r"\w"}


def matches(mask: str, code: str) -> bool:
    """Does ``code`` follow ``mask``? ``#`` is a digit, ``@`` a letter, ``?`` either.

    >>> matches("@##", "A12"), matches("@##", "A1"), matches("##.##", "01.20")
    (True, False, True)
    """
    pattern = "".join(_SIGNS.get(sign, re.escape(sign)) for sign in mask)
    return re.fullmatch(pattern, code) is not None
