import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.errors import EngineError
from ..engine.paste.document import is_pdf
from .customer_entry import CLERK, ORDER
from .document_text import ocr_missing, text_of
from .engine_messages import engine_message

MOST_BYTES = 25 * 2**20
#: begins like one of these: pictures a scanner or a telephone makes
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")


class CustomerEntryDocument(models.Model):
    """A paper behind a new customer: kept as it was given, read where it has text."""

    _name = "customer.entry.document"
    _description = "Source Document of a Customer"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _ar_partner_path = "entry_id.partner_id"
    _order = "entry_id, id"

    entry_id = fields.Many2one(
        "customer.entry",
        string="New Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="entry_id.company_id", store=True)
    name = fields.Char(string="File Name", required=True, readonly=True)
    file = fields.Binary(string="Document File", attachment=True, readonly=True)
    mimetype = fields.Char(readonly=True)
    sha256 = fields.Char(string="Fingerprint (SHA-256)", required=True, readonly=True)
    text = fields.Text(string="Text of the Document", readonly=True)
    page_count = fields.Integer(string="Pages", readonly=True)
    read_by = fields.Selection(
        [
            ("pdf", "Text of the PDF"),
            ("ocr", "Text Recognition"),
            ("none", "Picture, Not Read"),
            ("failed", "Could Not Be Read"),
        ],
        string="Text From",
        readonly=True,
    )
    trouble_code = fields.Char(readonly=True)
    trouble_text = fields.Char(compute="_compute_trouble_text", string="Why Not")
    is_dropped = fields.Boolean(
        string="Removed", readonly=True, help="Removed before the entry was filed."
    )

    @api.depends("trouble_code")
    @api.depends_context("lang")
    def _compute_trouble_text(self):
        for document in self:
            document.trouble_text = (
                engine_message(self.env, EngineError(document.trouble_code))
                if document.trouble_code
                else False
            )

    @api.model
    def _add(self, entry, name, content):
        """Keep a document; its text is read at once where it has any."""
        kind = _kind(content)
        if not kind:
            raise UserError(
                self.env._(
                    "%(name)s is neither a PDF nor a picture (PNG, JPEG, TIFF …). Scan the "
                    "paper, or print the file as a PDF.",
                    name=name,
                )
            )
        if len(content) > MOST_BYTES:
            raise UserError(
                self.env._(
                    "%(name)s is larger than %(limit)s MB.",
                    name=name,
                    limit=MOST_BYTES // 2**20,
                )
            )
        digest = hashlib.sha256(content).hexdigest()
        twin = self.search(
            [
                ("entry_id", "=", entry.id),
                ("sha256", "=", digest),
                ("is_dropped", "=", False),
            ],
            limit=1,
        )
        if twin:
            return twin
        document = self._insert(
            [
                {
                    "entry_id": entry.id,
                    "name": name[:200],
                    "file": base64.b64encode(content),
                    "mimetype": kind,
                    "sha256": digest,
                    "read_by": "none",
                }
            ]
        )
        if kind == "application/pdf":
            document._read(content)
        return document

    def _read(self, content, with_ocr=False):
        """Take the text of the document, or say why there is none."""
        try:
            text, pages, way = text_of(content, with_ocr)
        except EngineError as error:
            self._set(read_by="failed", trouble_code=error.code)
            return
        self._set(text=text, page_count=pages, read_by=way, trouble_code=False)

    def action_read_text(self):
        """Recognise the text of a picture or a scan (OCR), and compare."""
        self.check_access("read")
        for document in self:
            document.entry_id._check_documents()
            if trouble := ocr_missing():
                raise UserError(engine_message(self.env, EngineError(trouble)))
            # sudo: texts are written by this step alone; the user works on the entry
            document.sudo()._read(document._content(), with_ocr=True)
            document.entry_id._compare()
        return True

    def action_drop(self):
        """Remove a document that was added by mistake; that it was there stays known."""
        self.check_access("read")
        for document in self:
            document.entry_id._check_documents()
        # sudo: the user works on the entry, checked above
        self.sudo()._drop()
        self.entry_id._compare()
        return True

    def _drop(self):
        self._set(is_dropped=True, file=False, text=False)
        for document in self:
            self.env["customer.audit.entry"]._ar_log(
                "entry.drop_document",
                document.entry_id,
                {"document": document.name, "sha256": document.sha256},
            )

    def _content(self):
        return base64.b64decode(self.with_context(bin_size=False).file or b"")

    def _is_intact(self):
        """Is the file the one that was given?"""
        return hashlib.sha256(self._content()).hexdigest() == self.sha256


class CustomerEntry(models.Model):
    _inherit = "customer.entry"

    def add_document(self, name, data):
        """Add a source document (``data``: base64) while the entry is being worked on."""
        self.ensure_one()
        self.check_access("write")
        self._check_documents()
        try:
            content = base64.b64decode(data or "", validate=True)
        except ValueError:
            content = b""
        if not content or not isinstance(name, str) or not name.strip():
            raise UserError(self.env._("The file is empty."))
        # sudo: documents come in here and nowhere else; the user works on the entry
        document = self.env["customer.entry.document"].sudo()._add(self, name, content)
        self._compare()
        self.env["customer.audit.entry"]._ar_log(
            "entry.add_document", self, {"document": name, "sha256": document.sha256}
        )
        return document.id

    def _check_documents(self):
        """Until the review documents come and go; after it they are kept."""
        if not self.env.user.has_group(CLERK) or self.state not in ORDER[:3]:
            raise AccessError(
                self.env._(
                    "Documents are added and removed by who enters customers, before the "
                    "review."
                )
            )


def _kind(content):
    if is_pdf(content):
        return "application/pdf"
    if content.startswith(PICTURES):
        return _picture_type(content)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return ""


def _picture_type(content):
    types = {b"\x89P": "png", b"\xff\xd8": "jpeg", b"GI": "gif", b"BM": "bmp"}
    return f"image/{types.get(content[:2], 'tiff')}"
