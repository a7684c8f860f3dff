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

#: customers in one call of the printer; between 50 and 200 it is equally fast
BATCH = 100
#: what printers without the patched Qt shrink by, undone in the style sheet
UNPATCHED_ZOOM = 1.2986
DEFAULT_COLOUR = "#31475e"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_FILL = re.compile(rb"([\d.]+) ([\d.]+) ([\d.]+) (?:scn?|rg)\b")


class ArPaperReport(models.AbstractModel):
    """Values of the documents that print papers; the gate for everything that renders them.

    One report for each kind of paper inherits it and names the model of the papers.
    """

    _name = "ar.paper.report"
    _description = "Issued Paper (document)"

    _paper_model = None

    @api.model
    def _get_report_values(self, docids, data=None):
        papers = self.env[self._paper_model].browse(docids).exists()
        papers.check_access("read")
        papers._ar_check_export()
        if not papers:
            raise UserError(self.env._("Choose at least one document to print."))
        papers._log_printed()
        return self._values(papers, (data or {}).get("report_type") == "pdf")

    def _values(self, papers, is_print):
        """What the template needs; who may have it was checked by the caller."""
        documents = papers._documents()
        logos = {c.id: self._logo(c) for c in papers.company_id}
        for document in documents:
            document["marker"] = f"#{marker(document['index']):06x}"
            document["has_logo"] = bool(logos[document["company"].id])
        is_letter = papers[:1]._prints_on_letter()
        return {
            "doctype": Markup("<!DOCTYPE html>"),
            "documents": documents,
            "document_title": papers._print_name(),
            "companies": [
                {"id": c.id, "logo": logos[c.id], "colour": self._colour(c)}
                for c in papers.company_id
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
        """Papers are printed many in one call; everything else as core does it."""
        report = self._get_report(report_ref)
        papers = self.env[report.model].browse(res_ids or [])
        if getattr(papers, "_paper_document", None) != report.report_name:
            return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids)
        pdf = self._ar_papers_pdf(papers)
        return {False: {"stream": io.BytesIO(pdf), "attachment": None}}

    @api.model
    def _ar_papers_pdf(self, papers):
        """All papers in one file, for printing in the house."""
        papers.check_access("read")
        if core._wkhtml().state == "install":
            raise UserError(
                self.env._(
                    "wkhtmltopdf is not installed on the server; without it no PDF can be "
                    "made. Ask your administrator to install it."
                )
            )
        parts = [
            part
            for same_paper in papers.grouped(lambda s: s._prints_on_letter()).values()
            for batch in split_every(BATCH, same_paper.ids, papers.browse)
            for part in self._ar_print_batch(batch)
        ]
        if len(parts) == 1:
            return parts[0]
        with self._merge_pdfs([io.BytesIO(part) for part in parts]) as joined:
            return joined.getvalue()

    @api.model
    def _ar_paper_files(self, papers):
        """One file per paper, safe to leave the house.

        Each is printed on its own: files split from a joint print carry, in their fonts,
        characters of other customers' names.

        :rtype: dict[int, bytes]
        """
        papers.check_access("read")
        return {paper.id: self._ar_print(paper)[0] for paper in papers}

    @api.model
    def _ar_letters(self, papers):
        """The same for the customers themselves: neither an export nor a print of ours.

        Everything is read at once; then each goes through the printer by itself.
        """
        papers.check_access("read")
        files = {}
        for same_paper in papers.grouped(lambda s: s._prints_on_letter()).values():
            template = same_paper._paper_document
            values = self.env[f"report.{template}"]._values(same_paper, True)
            paperformat = same_paper[:1]._printer_format()
            for paper, document in zip(same_paper, values["documents"], strict=True):
                title = paper._print_name()
                one = {**values, "documents": [document], "document_title": title}
                html = self.env["ir.qweb"]._render(template, one)
                files[paper.id] = self._ar_wkhtmltopdf(html, paperformat)
        return files

    # -- printing -------------------------------------------------------------------------

    def _ar_print_batch(self, papers):
        """The PDF of a batch as a list of files: one, or one each if something is amiss.

        The pages were made by us, so their number and owners are known. A printer that
        makes more of them has let content overflow: then each paper is printed alone.
        """
        pdf, planned = self._ar_print(papers)
        if page_owners(pdf) == planned:
            return [pdf]
        _logger.warning(
            "%s: printed pages differ from the planned ones, printing one by one",
            papers,
        )
        return [self._ar_print(paper)[0] for paper in papers]

    def _ar_print(self, papers):
        """One call of the printer, and to which document each page should belong."""
        document = papers._paper_document
        values_model = self.env[f"report.{document}"]
        values = values_model._get_report_values(papers.ids, {"report_type": "pdf"})
        planned = [
            one["index"] for one in values["documents"] for _page in one["sheets"].pages
        ]
        html = self.env["ir.qweb"]._render(document, values)
        return self._ar_wkhtmltopdf(html, papers[:1]._printer_format()), planned

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
