"""Tables as banks and wallets write them: also with blanks behind a quoted cell."""

from __future__ import annotations

import re

from ..errors import FileError
from ..tabular.reader import read_table
from ..tabular.table import Table

_BLANKS_BEHIND_QUOTE = re.compile(rb'"[ \t]+(?=[,;\r\n]|\Z)')


def read_bank_table(
    data: bytes, filename: str, encoding: str = "", delimiter: str = ""
) -> Table:
    """The sheets of a file; some exports pad quoted cells with a tab, which csv forbids.

    >>> read_bank_table(b'Day,No\\n2026-03-02,"4711"\\t\\n', "a.csv").sheet().rows[1].cells
    ('2026-03-02', '4711')

    :raises FileError: whatever keeps the file as a whole from being read
    """
    how = {"encoding": encoding or None, "delimiter": delimiter or None}
    try:
        return read_table(data, filename, **how)
    except FileError as error:
        tidy = _BLANKS_BEHIND_QUOTE.sub(b'"', data)
        if error.code != "csv_quote_bad" or tidy == data:
            raise
        return read_table(tidy, filename, **how)
