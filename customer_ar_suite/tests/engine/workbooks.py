"""Workbooks made in the tests, byte for byte the same at each run."""

import io
import zipfile

import xlsxwriter
import xlwt


def make_xlsx(*sheets, formats=None):
    """An .xlsx with one sheet per list of rows; ``formats`` maps (row, column) to a format."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    for rows in sheets:
        sheet = book.add_worksheet()
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                shown = (formats or {}).get((r, c))
                sheet.write(r, c, value, book.add_format(shown) if shown else None)
    book.close()
    return buffer.getvalue()


def make_xls(*sheets):
    """A BIFF8 .xls with one sheet per list of rows."""
    book = xlwt.Workbook(encoding="utf-8")
    for number, rows in enumerate(sheets, 1):
        sheet = book.add_sheet(f"Sheet{number}")
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                sheet.write(r, c, value)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def change_part(data, name, change):
    """The archive with one part replaced by ``change(its bytes)``."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for member in source.infolist():
            content = source.read(member.filename)
            if member.filename == name:
                content = change(content)
            target.writestr(member.filename, content)
    return buffer.getvalue()


def make_ods(rows):
    """An .ods with one sheet of text cells."""
    body = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p>'
            "</table:table-cell>"
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    uri = "urn:oasis:names:tc:opendocument:xmlns:%s:1.0"
    spaces = " ".join(f'xmlns:{n}="{uri % n}"' for n in ("office", "table", "text"))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body><office:spreadsheet>"
            f'<table:table table:name="A">{body}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return buffer.getvalue()
