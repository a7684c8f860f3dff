"""The rows an import did not take, in the layout of the file they came in."""

import io
import re
from datetime import date, datetime
from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError

from ..engine.customer_file.headers import REASON
from ..engine.tabular.cells import unpack
from ..engine.tabular.columns import as_text
from ..workbook import literal_workbook

_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")


class CustomerImportBatch(models.Model):
    """Hands rejected rows back: same headings, same order, and the reason behind them."""

    _inherit = "customer.import.batch"

    def _rejected_rows(self):
        """Rows with errors, rows that failed, and conflicts nobody decided."""
        return self.env["customer.import.row"].search(
            [
                ("batch_id", "=", self.id),
                "|",
                "|",
                ("status", "=", "error"),
                ("run_state", "=", "error"),
                "&",
                ("status", "=", "conflict"),
                ("choice", "=", "skip"),
            ]
        )

    def action_download_rejected(self):
        """The rejected rows as a workbook, to be corrected and loaded again."""
        self.ensure_one()
        self.check_access("read")
        if not self._rejected_rows():
            raise UserError(self.env._("No row of this import was rejected."))
        return {
            "type": "ir.actions.act_url",
            "url": f"/customer_ar_suite/import/{self.id}/rejected.xlsx",
            "target": "download",
        }

    def _rejected_xlsx(self):
        """The workbook as bytes. Texts stay texts: nothing in it is a formula."""
        rows = self._rejected_rows()
        rows._ar_check_export()
        target = io.BytesIO()
        with literal_workbook(target) as book:
            formats = {
                "text": book.add_format({"num_format": "@"}),
                "head": book.add_format({"num_format": "@", "bold": True}),
                "date": book.add_format({"num_format": "yyyy-mm-dd"}),
                "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
                "why": book.add_format({"text_wrap": True, "font_color": "#B02A37"}),
            }
            sheet = book.add_worksheet(self._rejected_sheet_name())
            self._write_rejected(sheet, rows, formats)
        self.env["customer.audit.entry"]._ar_log(
            "import_rejected", self, {"rows": len(rows)}
        )
        return target.getvalue()

    def _write_rejected(self, sheet, rows, formats):
        head = [unpack(cells) for cells in self.head_raw or ()] or [self._headings()]
        lines = [
            (row if place == 0 else None, unpack(cells))
            for row in rows
            for place, (_number, cells) in enumerate(row.raw or ())
        ]
        width = max(len(cells) for cells in [*head, *(cells for _row, cells in lines)])
        own = self._reason_column(head[-1])
        why = width if own is None else own
        for number, cells in enumerate(head):
            for column, cell in enumerate(cells):
                _write(sheet, number, column, cell, formats, formats["head"])
        sheet.write_string(len(head) - 1, why, REASON, formats["head"])
        for number, (row, cells) in enumerate(lines, len(head)):
            for column, cell in enumerate(cells):
                if column != own:
                    _write(sheet, number, column, cell, formats, formats["text"])
            if row:
                sheet.write_string(number, why, row.finding_text or "", formats["why"])
        sheet.set_column(0, max(why - 1, 0), 18)
        sheet.set_column(why, why, 60)
        sheet.freeze_panes(len(head), 0)

    def _reason_column(self, cells):
        """Where a file that was handed back before has its reasons."""
        for column, cell in enumerate(cells):
            if as_text(cell).strip() == REASON:
                return column
        return None

    def _headings(self):
        """Of rows that came without a file: the fields they fill."""
        lines = self.mapping_ids.sorted("position")
        cells = [""] * (max(lines.mapped("position"), default=-1) + 1)
        for line in lines:
            cells[line.position] = line.heading
        return tuple(cells)

    def _rejected_file_name(self):
        name = (self.filename or self.name or "").rpartition(".")[0] or self.name
        return self.env._("%(file)s - rejected rows.xlsx", file=name)

    def _rejected_sheet_name(self):
        name = self.sheet_name or (self.filename or self.name).rpartition(".")[0]
        return _NOT_IN_NAMES.sub(" ", name or self.name)[:31].strip("' ") or "1"


def _write(sheet, row, column, cell, formats, text_format):
    """One cell as what it was; what a number of a workbook cannot hold stays a text."""
    if cell == "":
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, Decimal) and Decimal(f"{float(cell):.15g}") == cell:
        sheet.write_number(row, column, float(cell))
    elif isinstance(cell, datetime):
        sheet.write_datetime(row, column, cell, formats["time"])
    elif isinstance(cell, date) and cell.year > 1900:
        sheet.write_datetime(row, column, cell, formats["date"])
    else:
        sheet.write_string(row, column, as_text(cell), text_format)
