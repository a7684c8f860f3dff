"""What may be shown of a value that not everybody needs to see.

A mask has one shape, ``****`` and at most four characters, whatever the length of the value:
it tells neither how long the value is nor, of a short one, enough to guess the rest. No real
account number, telephone number or identity number looks like it, so a mask that comes back
from a form or a file is recognised and never taken for the value.

>>> mask("NL91 ABNA 0417 1643 00")
'****4300'
>>> mask("12345"), mask("a private remark", visible=0)
('****5', '****')
>>> is_masked("****4300"), is_masked("4300")
(True, False)
"""

from __future__ import annotations

import re

STARS = "****"
VISIBLE = 4

#: also what people, spreadsheets and input methods make of our stars
_MASKED = re.compile(r"\s*[*＊•●∗]{2,}.{0,4}\s*", re.DOTALL)


def mask(value: str, visible: int = VISIBLE) -> str:
    """Stars and the last ``visible`` letters or digits: at most four, at most a quarter."""
    if is_masked(value):
        return value.strip() if visible else STARS
    core = [char for char in value if char.isalnum()]
    shown = max(0, min(visible, VISIBLE, len(core) // 4))
    return STARS + "".join(core[len(core) - shown :])


def is_masked(value: object) -> bool:
    """Whether ``value`` is a mask that came back, not a value.

    >>> is_masked("＊＊＊＊4300"), is_masked("** see file **"), is_masked(None)
    (True, False, False)
    """
    return isinstance(value, str) and _MASKED.fullmatch(value) is not None
