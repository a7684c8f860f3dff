"""Statements as a workbook: the same matrix as on paper, numbers as numbers."""

import io
import re

from odoo import models
from odoo.exceptions import UserError

from ..engine.aging import BucketSet
from ..engine.money import from_minor
from ..workbook import literal_workbook

WIDTHS = {"date": 12, "text": 24, "kind": 14, "days": 10, "amount": 16}
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\']")
#: what a spreadsheet takes for a formula when somebody edits the cell
_FORMULA = tuple("=+-@\t\r\0")


class ArStatement(models.Model):
    """Prints the frozen figures; decides nothing."""

    _inherit = "ar.statement"

    def _workbook(self):
        """One sheet per statement, in the language of its customer.

        :rtype: bytes
        """
        self.check_access("read")
        if len(self) > self._most_files:
            raise UserError(
                self.env._(
                    "Choose at most %(most)s statements: each has a sheet of its own.",
                    most=self._most_files,
                )
            )
        self._log_printed()
        wordings = {code: self._wording(code) for code in set(self.mapped("language"))}
        target = io.BytesIO()
        with literal_workbook(target) as book:
            styles = _Styles(book)
            for statement in self:
                name = _NOT_IN_SHEET_NAMES.sub("-", statement.name)[-31:]
                sheet = _Sheet(
                    book.add_worksheet(name), styles, wordings[statement.language]
                )
                sheet.put(statement._matrix(), statement.name)
        return target.getvalue()


class _Styles:
    """The formats of a workbook, made once each."""

    def __init__(self, book):
        self.book = book
        self.known = {}

    def __call__(self, **values):
        key = tuple(sorted(values.items()))
        if key not in self.known:
            self.known[key] = self.book.add_format(values)
        return self.known[key]

    def amount(self, digits, **values):
        places = "." + "0" * digits if digits else ""
        return self(num_format=f"#,##0{places};-#,##0{places}", **values)


class _Sheet:
    """One statement, written from top to bottom."""

    def __init__(self, sheet, styles, wording):
        self.sheet, self.styles, self.wording = sheet, styles, wording
        self.row = 0

    def put(self, matrix, number):
        self._set_up(matrix)
        self._head(matrix, number)
        for section in matrix.sections:
            self._section(section, matrix)
        if not matrix.sections:
            self._text(0, self.wording.label("nothing_open"))
            self.row += 1
        self._lines(matrix.header.closing)
        self._banks(matrix.header.banks)

    def _set_up(self, matrix):
        for index, column in enumerate(matrix.columns):
            self.sheet.set_column(index, index, WIDTHS[column.kind])
        self.sheet.hide_gridlines(2)
        self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)
        self.last = len(matrix.columns) - 1

    # -- cells ----------------------------------------------------------------------------

    def _text(self, column, text, **style):
        if text.startswith(_FORMULA):
            style["quote_prefix"] = True
        self.sheet.write_string(self.row, column, text, self.styles(**style))

    def _amount(self, column, minor, digits, **style):
        number = float(from_minor(minor, digits))
        self.sheet.write_number(
            self.row, column, number, self.styles.amount(digits, **style)
        )

    def _cell(self, column, cell, kind, digits):
        if cell is None or cell == "":
            return
        if kind == "amount":
            self._amount(column, cell, digits)
        elif kind == "date":
            # the reader's own way of writing days
            self.sheet.write_datetime(
                self.row, column, cell, self.styles(num_format=14, align="left")
            )
        elif kind == "days":
            self.sheet.write_number(self.row, column, cell)
        elif kind == "kind":
            self._text(column, self.wording.label(f"kind_{cell}"))
        else:
            self._text(column, cell)

    def _lines(self, text, **style):
        for line in text.splitlines():
            self._text(0, line, **style)
            self.row += 1

    # -- parts ----------------------------------------------------------------------------

    def _head(self, matrix, number):
        header, wording = matrix.header, self.wording
        self._text(0, wording.label(f"title_{header.layout}"), bold=True, font_size=16)
        self.row += 1
        self._text(0, header.company.name, bold=True)
        self.row += 2
        for line in (header.customer.name, *header.customer.address):
            self._text(0, line)
            self.row += 1
        self.row += 1
        day = wording.date_text(header.as_of)
        if header.date_from:
            first = wording.date_text(header.date_from)
            day = wording.label("period_value", first=first, last=day)
        facts = (
            ("number", number),
            ("period" if header.date_from else "as_of", day),
            ("customer_number", header.customer.reference),
            ("customer_tax_id", header.customer.tax_id),
        )
        for code, value in facts:
            if value:
                self._text(0, wording.label(code), font_color="#5C6670")
                self._text(1, value)
                self.row += 1
        self.row += 1
        self._lines(header.intro)

    def _section(self, section, matrix):
        wording = self.wording
        title = wording.label("section_title", currency=section.currency)
        self._text(0, title, bold=True, font_size=12)
        self.row += 1
        head = {"bold": True, "bottom": 2, "bottom_color": "#31475E"}
        for index, column in enumerate(matrix.columns):
            right = {"align": "right"} if column.kind in ("amount", "days") else {}
            self._text(index, wording.label(f"column_{column.code}"), **head, **right)
        self.row += 1
        if matrix.header.date_from:
            self._sum("line_opening", section.opening, section, italic=True)
        for row in section.rows:
            for index, (cell, column) in enumerate(
                zip(row.cells, matrix.columns, strict=True)
            ):
                self._cell(index, cell, column.kind, section.digits)
            self.row += 1
        self._sum("line_total", section.closing, section, bold=True, top=1)
        self.row += 1
        self._aging(section, matrix.header.bucket_limits)
        if section.payable:
            self._sum("line_payable", section.payable, section)
            net = section.closing + section.payable
            self._sum("line_net", net, section, bold=True)
        if section.words:
            self._text(0, wording.label("in_words", words=section.words))
            self.row += 1
        self.row += 1

    def _sum(self, code, minor, section, **style):
        self._text(0, self.wording.label(code, currency=section.currency), **style)
        for column in range(1, self.last):
            self._text(column, "", **style)
        self._amount(self.last, minor, section.digits, **style)
        self.row += 1

    def _aging(self, section, limits):
        """Age by age, one below the other: there may be more ages than columns."""
        ranges = BucketSet(limits).ranges()
        ages = [
            (self.wording.bucket(first, last), amount)
            for (first, last), amount in zip(ranges, section.aging, strict=True)
        ]
        if section.unapplied:
            ages.append((self.wording.label("unapplied"), section.unapplied))
        for label, amount in ages:
            self._text(self.last - 1, label, font_color="#5C6670", align="right")
            self._amount(self.last, amount, section.digits)
            self.row += 1

    def _banks(self, banks):
        if not banks:
            return
        self.row += 1
        self._text(0, self.wording.label("banks"), bold=True)
        for bank in banks:
            self.row += 1
            self._text(0, " · ".join(filter(None, bank)))
