import io
import logging
from functools import lru_cache
from json import loads

from babel.dates import format_date
from markupsafe import Markup

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import formatLang, split_every
from odoo.tools.misc import babel_locale_parse, posix_to_ldml
from odoo.tools.pdf import PdfFileReader

from odoo.addons.base.models import ir_actions_report as core

from ..engine.report.charts import draw
from ..engine.report.pages import A4, LETTER, Style, lay_out
from .ar_paper_report import UNPATCHED_ZOOM

_logger = logging.getLogger(__name__)

DOCUMENT = "customer_ar_suite.ar_report_document"
#: pages in one call of the printer
BATCH = 120
#: lines on paper; longer reports are for the workbook
MOST_LINES = 40_000
CHART_HEIGHT = 265


class ArReportDocument(models.AbstractModel):
    """Writes a report table as PDF or as page for the browser: the same sheets."""

    _name = "ar.report.document"
    _description = "Receivables Report (document)"

    def _write(self, table, file_type):
        """The document as bytes."""
        if len(table.rows) > MOST_LINES:
            raise UserError(
                self.env._(
                    "The report has %(count)s lines, more than the %(most)s that are "
                    "printed. Choose fewer customers or groups, or download it for Excel.",
                    count=len(table.rows),
                    most=MOST_LINES,
                )
            )
        is_letter = self._prints_on_letter()
        sheets = lay_out(table, self._style(), LETTER if is_letter else A4)
        drawings = self._drawings(table, LETTER if is_letter else A4)
        if file_type == "html":
            return self._html(sheets, sheets.pages, is_letter, False, drawings).encode()
        return self._pdf(sheets, is_letter, drawings)

    def _drawings(self, table, paper):
        """[(title, shapes)] of the charts, two in a row."""
        digits = max((row.digits for row in table.rows), default=2)

        def drawn(chart):
            units = 0 if chart.is_count else digits
            return draw(
                chart,
                _chart_width(paper),
                CHART_HEIGHT,
                lambda value: self._short(value, units),
            )

        return [(chart.title, drawn(chart)) for chart in table.charts]

    def _short(self, value, digits):
        """1,234.5 thousand is too long for an axis: whole units, k and M."""
        whole = value / 10**digits
        for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
            if abs(whole) >= size:
                return f"{formatLang(self.env, whole / size, digits=1)}{letter}"
        return formatLang(self.env, whole, digits=0)

    def _pdf(self, sheets, is_letter, drawings=()):
        reports = self.env["ir.actions.report"]
        paperformat = self._paperformat(is_letter)
        parts = []
        for pages in split_every(BATCH, sheets.pages, list):
            html = self._html(sheets, pages, is_letter, True, drawings)
            pdf = reports._ar_wkhtmltopdf(html, paperformat)
            printed = len(PdfFileReader(io.BytesIO(pdf), strict=False).pages)
            planned = len(pages) + bool(drawings and pages[-1] == sheets.pages[-1])
            if printed != planned:
                _logger.warning(
                    "report %s: %s pages printed, %s planned",
                    sheets.title,
                    printed,
                    planned,
                )
            parts.append(pdf)
        if len(parts) == 1:
            return parts[0]
        with reports._merge_pdfs([io.BytesIO(part) for part in parts]) as joined:
            return joined.getvalue()

    def _html(self, sheets, pages, is_letter, is_print, drawings=()):
        table_count = len(sheets.pages)
        count = table_count + bool(drawings)
        return str(
            self.env["ir.qweb"]._render(
                DOCUMENT,
                {
                    "doctype": Markup("<!DOCTYPE html>"),
                    "sheets": sheets,
                    "pages": pages,
                    "count": table_count,
                    # after the last row, on a page of their own
                    "drawings": pages[-1].number == table_count and drawings,
                    "page_texts": {
                        number: self.env._(
                            "Page %(number)s of %(count)s", number=number, count=count
                        )
                        for number in (*(page.number for page in pages), count)
                    },
                    "is_print": is_print,
                    "language": (self.env.lang or "en_US")[:2],
                    "zoom": 1 if core._wkhtml().is_patched_qt else UNPATCHED_ZOOM,
                    "chart_width": _chart_width(LETTER if is_letter else A4),
                    "chart_height": CHART_HEIGHT,
                    "page_width": (LETTER if is_letter else A4).width,
                    "page_height": (LETTER if is_letter else A4).height + 46,
                },
            )
        )

    def _prints_on_letter(self):
        # sudo: the name of a paper format is no secret
        return self.env.company.sudo().paperformat_id.format == "Letter"

    def _paperformat(self, is_letter):
        size = "letter" if is_letter else "a4"
        # sudo: page size and margins
        return self.env.ref(f"customer_ar_suite.ar_report_paperformat_{size}").sudo()

    def _style(self):
        """How the reader's language writes days and amounts."""
        code = self.env.lang or "en_US"
        lang = self.env["res.lang"]._get_data(code=code)
        locale = babel_locale_parse(code)
        pattern = posix_to_ldml(lang.date_format or "%Y-%m-%d", locale=locale)

        @lru_cache(2000)
        def date_text(day):
            return format_date(day, format=pattern, locale=locale)

        return Style(
            date_text,
            lang.decimal_point or ".",
            lang.thousands_sep or "",
            tuple(size for size in loads(lang.grouping or "[]") if size >= 0),
        )


def _chart_width(paper):
    return paper.width // 2 - 20
