import tempfile
from datetime import date
from pathlib import Path

from odoo import models

from ..engine.measure import ems
from ..engine.money import from_minor
from ..engine.report.table import TOTALS
from ..workbook import literal_workbook

#: rows a sheet can hold, less room for head and notes
MOST_ROWS = 1_000_000
#: kinds of columns that hold figures with digits
FIGURES = ("amount", "foreign", "rate")
_STRONG = ("heading", *TOTALS)
#: type of the sheet against an em: column widths are counted in digits
_DIGITS_PER_EM = 1.6
_NOT_IN_SHEET_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


class ArReportXlsx(models.AbstractModel):
    """Writes a :class:`ReportTable` as workbook: figures are figures, texts are texts."""

    _name = "ar.report.xlsx"
    _description = "Receivables Report (workbook)"

    def _write(self, table):
        """The workbook as bytes. Rows go to the disk as they come, whatever their number."""
        with tempfile.TemporaryDirectory(prefix="ar_report.") as folder:
            path = Path(folder, "report.xlsx")
            with literal_workbook(
                str(path), in_memory=False, constant_memory=True, tmpdir=folder
            ) as book:
                self._fill(book, table)
            return path.read_bytes()

    def _fill(self, book, table):
        formats = _Formats(book)
        name = table.title.translate(_NOT_IN_SHEET_NAMES).strip("' ")[:31]
        sheet = book.add_worksheet(name)
        head = len(table.facts) + 2
        self._set_up(sheet, table, head)
        sheet.write_string(0, 0, table.title, formats.title)
        for number, (label, value) in enumerate(table.facts, 1):
            sheet.write_string(number, 0, f"{label}: {value}")
        for number, column in enumerate(table.columns):
            sheet.write_string(head, number, column.heading, formats.head(column.kind))
        line = head
        for line, row in enumerate(table.rows, head + 1):
            for number, (cell, column) in enumerate(
                zip(row.cells, table.columns, strict=True)
            ):
                self._write_cell(sheet, line, number, cell, column, row, formats)
        for note in table.notes:
            line += 1 if line != head + len(table.rows) else 2
            sheet.write_string(line, 0, note)

    def _set_up(self, sheet, table, head):
        """Widths, frozen head, print settings; before the rows, which are not kept."""
        sample = table.rows[:2000]
        for number, column in enumerate(table.columns):
            widths = [ems(column.heading)]
            if column.kind in FIGURES:
                widths.append(
                    max((len(str(r.cells[number] or 0)) for r in table.rows), default=0)
                    * 0.9
                )
            else:
                widths += [
                    ems(str(row.cells[number] or ""))
                    for row in sample
                    if row.kind == "row"
                ]
            sheet.set_column(
                number, number, min(max(max(widths) * _DIGITS_PER_EM, 9), 48) + 1
            )
        texts = sum(column.kind == "text" for column in table.columns[:1])
        sheet.freeze_panes(head + 1, texts)
        sheet.repeat_rows(head)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&R&P / &N")

    def _write_cell(self, sheet, line, number, cell, column, row, formats):
        strong = row.kind in _STRONG
        if (digits := row.figure_digits(column)) is not None:
            style = formats.amount(digits, strong)
            if cell is None:
                sheet.write_blank(line, number, None, style)
            else:
                sheet.write_number(line, number, float(from_minor(cell, digits)), style)
        elif column.kind == "days" and isinstance(cell, int):
            sheet.write_number(line, number, cell, formats.plain(strong))
        elif isinstance(cell, date):
            sheet.write_datetime(line, number, cell, formats.date(strong))
        else:
            # never as formula: whatever the text begins with
            sheet.write_string(line, number, str(cell or ""), formats.plain(strong))


class _Formats:
    """The formats of a workbook, each made once."""

    def __init__(self, book):
        self._book = book
        self._made = {}
        self.title = book.add_format({"bold": True, "font_size": 14})

    def _get(self, **values):
        key = tuple(sorted(values.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(values)
        return self._made[key]

    def _strong(self, strong):
        return {"bold": True, "bg_color": "#F3F5F7", "top": 1} if strong else {}

    def head(self, kind):
        align = "right" if kind in (*FIGURES, "days") else "left"
        return self._get(bold=True, bg_color="#E9ECEF", bottom=2, align=align)

    def amount(self, digits, strong):
        figures = "#,##0" + ("." + "0" * digits if digits else "")
        return self._get(num_format=f"{figures};-{figures};–", **self._strong(strong))

    def date(self, strong):
        return self._get(num_format="yyyy-mm-dd", align="left", **self._strong(strong))

    def plain(self, strong):
        return self._get(**self._strong(strong))
