import base64
import io
import logging
import re
import tempfile
import zlib
from pathlib import Path

from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import split_every
from odoo.tools.image import image_data_uri, image_process
from odoo.tools.pdf import PdfFileReader

from odoo.addons.base.models import ir_actions_report as core

_logger = logging.getLogger(__name__)

DOCUMENT = "customer_ar_suite.ar_statement_document"
#: customers in one call of the printer; between 50 and 200 it is equally fast
BATCH = 100
#: what printers without the patched Qt shrink by, undone in the style sheet
UNPATCHED_ZOOM = 1.2986
DEFAULT_COLOUR = "#31475e"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_FILL = re.compile(rb"([\d.]+) ([\d.]+) ([\d.]+) (?:scn?|rg)\b")


class ReportArStatementDocument(models.AbstractModel):
    """Values of the statement document; the gate for everything that renders it."""

    _name = "report.customer_ar_suite.ar_statement_document"
    _description = "Statement of Account (document)"

    @api.model
    def _get_report_values(self, docids, data=None):
        statements = self.env["ar.statement"].browse(docids).exists()
        statements.check_access("read")
        statements._ar_check_export()
        if not statements:
            raise UserError(self.env._("Choose at least one statement to print."))
        documents = statements._documents()
        statements._log("statement_printed", statements)
        logos = {c.id: self._logo(c) for c in statements.company_id}
        for document in documents:
            document["marker"] = f"#{marker(document['index']):06x}"
            document["has_logo"] = bool(logos[document["company"].id])
        is_print = (data or {}).get("report_type") == "pdf"
        is_letter = statements[:1]._prints_on_letter()
        return {
            "doctype": Markup("<!DOCTYPE html>"),
            "documents": documents,
            "document_title": statements._print_name(),
            "companies": [
                {"id": c.id, "logo": logos[c.id], "colour": self._colour(c)}
                for c in statements.company_id
            ],
            "is_print": is_print,
            "zoom": 1 if core._wkhtml().is_patched_qt else UNPATCHED_ZOOM,
            "page_width": 660 if is_letter else 640,
            "page_height": 972 if is_letter else 1040,
        }

    def _logo(self, company):
        """The company's own logo as a data URI, no larger than print needs."""
        if not company.logo or company.uses_default_logo:
            return ""
        logo = base64.b64decode(company.with_context(bin_size=False).logo)
        return image_data_uri(base64.b64encode(image_process(logo, size=(720, 216))))

    def _colour(self, company):
        found = company.primary_color or ""
        return found if _COLOUR.fullmatch(found) else DEFAULT_COLOUR


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        """Statements are printed many in one call; everything else as core does it."""
        if self._get_report(report_ref).report_name != DOCUMENT:
            return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids)
        statements = self.env["ar.statement"].browse(res_ids or [])
        pdf = self._ar_statements_pdf(statements)
        return {False: {"stream": io.BytesIO(pdf), "attachment": None}}

    @api.model
    def _ar_statements_pdf(self, statements):
        """All statements in one file, for printing in the house."""
        statements.check_access("read")
        if core._wkhtml().state == "install":
            raise UserError(
                self.env._(
                    "wkhtmltopdf is not installed on the server; without it no PDF can be "
                    "made. Ask your administrator to install it."
                )
            )
        parts = [
            part
            for same_paper in statements.grouped(
                lambda s: s._prints_on_letter()
            ).values()
            for batch in split_every(BATCH, same_paper.ids, statements.browse)
            for part in self._ar_print_batch(batch)
        ]
        if len(parts) == 1:
            return parts[0]
        with self._merge_pdfs([io.BytesIO(part) for part in parts]) as joined:
            return joined.getvalue()

    @api.model
    def _ar_statement_files(self, statements):
        """One file per statement, safe to leave the house.

        Each is printed on its own: files split from a joint print carry, in their fonts,
        characters of other customers' names.

        :rtype: dict[int, bytes]
        """
        statements.check_access("read")
        return {s.id: self._ar_print(s)[0] for s in statements}

    # -- printing -------------------------------------------------------------------------

    def _ar_print_batch(self, statements):
        """The PDF of a batch as a list of files: one, or one each if something is amiss.

        The pages were made by us, so their number and owners are known. A printer that
        makes more of them has let content overflow: then each customer is printed alone.
        """
        pdf, planned = self._ar_print(statements)
        if page_owners(pdf) == planned:
            return [pdf]
        _logger.warning(
            "statements %s: printed pages differ from the planned ones, printing one by one",
            statements.ids,
        )
        return [self._ar_print(statement)[0] for statement in statements]

    def _ar_print(self, statements):
        """One call of the printer, and to which document each page should belong."""
        values_model = self.env[f"report.{DOCUMENT}"]
        values = values_model._get_report_values(statements.ids, {"report_type": "pdf"})
        planned = [
            document["index"]
            for document in values["documents"]
            for _page in document["sheets"].pages
        ]
        html = self.env["ir.qweb"]._render(DOCUMENT, values)
        return self._ar_wkhtmltopdf(
            html, statements[:1]._statement_paperformat()
        ), planned

    def _ar_wkhtmltopdf(self, html, paperformat):
        """``html`` as PDF: no script, no waiting for any, no session, no local files."""
        args = self._build_wkhtmltopdf_args(paperformat, False)
        delay = args.index("--javascript-delay")
        args[delay : delay + 2] = ["--disable-javascript", "--javascript-delay", "0"]
        with tempfile.TemporaryDirectory(prefix="ar_statement.") as folder:
            source, target = Path(folder, "body.html"), Path(folder, "print.pdf")
            source.write_text(str(html), encoding="utf-8")
            process = core._run_wkhtmltopdf([*args, str(source), str(target)])
            if process.returncode not in (0, 1) or not target.exists():
                raise UserError(
                    self.env._(
                        "The PDF could not be made (wkhtmltopdf error %(code)s): "
                        "%(message)s",
                        code=process.returncode,
                        message=process.stderr[-500:],
                    )
                )
            return target.read_bytes()


def marker(index):
    """Colour that marks the pages of the document ``index``: white to the eye."""
    return 0xFFFFFF - index


def page_owners(pdf):
    """Index of the document each page belongs to, read from the pages' marker colours."""
    reader = PdfFileReader(io.BytesIO(pdf), strict=False)
    return [_owner(page) for page in reader.pages]


def _owner(page):
    """The last near-white fill of a page is its marker: nothing is painted after it."""
    try:
        content = page.get_contents().get_data()
    except (zlib.error, AttributeError):
        return 0
    for fill in reversed(_FILL.findall(content)):
        red, green, blue = (round(float(part) * 255) for part in fill)
        index = 0xFFFFFF - (red * 65536 + green * 256 + blue)
        if 0 < index <= 0xFFFF:
            return index
    return 0
