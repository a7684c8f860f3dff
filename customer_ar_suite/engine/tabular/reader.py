"""Bytes of a file from outside -> sheets of rows. Runs in the child process.

>>> table = read_table("客户名称,城市\\n上海测试有限公司,上海\\n".encode(), "a.csv")
>>> table.encoding, table.delimiter, table.sheet().rows[1]
('utf-8', ',', RawRow(number=2, cells=('上海测试有限公司', '上海')))
"""

from __future__ import annotations

from ..errors import FileError
from .csv_reader import read_csv
from .filetype import identify
from .packed import pack_table
from .table import Table


def read_table(
    data: bytes,
    filename: str = "",
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Table:
    """Read a csv, xls, xlsx or ods file; which one it is, its bytes say.

    :param filename: only named in errors; never decides anything
    :param encoding: of a csv, when the user knows better than the detection
    :param delimiter: of a csv, likewise
    :raises FileError: whatever keeps the file as a whole from being read
    """
    kind = identify(data, filename)
    if kind == "csv":
        table = read_csv(data, encoding, delimiter)
    else:
        table = _read_workbook(kind, data)
    if not any(sheet.rows for sheet in table.sheets):
        raise FileError("file_no_rows")
    return table


def read_packed(
    data: bytes,
    filename: str = "",
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Table:
    """The same, for files of any length: the rows stay small until they are looked at."""
    table = read_table(data, filename, encoding=encoding, delimiter=delimiter)
    return pack_table(table)


def _read_workbook(kind: str, data: bytes) -> Table:
    # imported when needed: the child process starts faster without them
    if kind == "xls":
        from .xls_reader import read_xls as read
    elif kind == "xlsx":
        from .xlsx_reader import read_xlsx as read
    else:
        from .ods_reader import read_ods as read
    return read(data)
