import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..engine.errors import EngineError
from ..engine.tabular.columns import as_text
from ..engine.tabular.encoding import CHOICES
from ..engine.tabular.header import find_header, headings_of
from .engine_messages import user_error
from .safe_io import run_parser

NUMBER_FORMATS = [
    ("english", "1,234.56"),
    ("german", "1.234,56"),
    ("space", "1 234,56"),
    ("swiss", "1'234.56"),
    ("plain", "1234.56"),
]
DATE_ORDERS = [
    ("ymd", "Year, Month, Day"),
    ("dmy", "Day, Month, Year"),
    ("mdy", "Month, Day, Year"),
]


#: rows under the headings by which columns are known
_SEEN = 200


class ArTableFileMixin(models.AbstractModel):
    """A table from outside (csv, xls, xlsx, ods) on its way in: how it is read.

    Encoding, sheet and header are found and can be chosen. A model that inherits it says in
    ``_file_is_known`` which headings it knows, and in ``_file_propose`` which field a heading
    is; its columns (``ar.table.column.mixin``) stand in ``column_ids``.
    """

    _name = "ar.table.file.mixin"
    _description = "Table from Outside"

    file_data = fields.Binary(string="File", attachment=True, readonly=True, copy=False)
    filename = fields.Char(readonly=True)
    sha256 = fields.Char(string="SHA-256", readonly=True, copy=False)
    kind = fields.Char(string="File Type", readonly=True)
    encoding = fields.Selection(
        [(code, label) for code, label in CHOICES],
        help="Empty: detected. Choose one when the values below look wrong.",
    )
    encoding_found = fields.Char(readonly=True)
    sheet_name = fields.Char(string="Sheet")
    sheet_names = fields.Char(string="Sheets of the File", readonly=True)
    header_row = fields.Integer(help="Row of the file with the headings.")
    number_format = fields.Selection(
        NUMBER_FORMATS,
        string="Amounts Look Like",
        required=True,
        default="english",
    )
    read_count = fields.Integer(string="Rows Read", readonly=True)

    # -- what the inheriting model says ---------------------------------------------------

    def _file_propose(self, headings):
        """For each heading what is proposed: ``field`` (or "") and ``confidence`` (0–1)."""
        raise NotImplementedError

    def _file_is_known(self, heading):
        """Is this a heading such files have? By them the header row is found."""
        raise NotImplementedError

    def _file_options(self):
        """What the reader is told besides name and encoding."""
        return {}

    # -- reading --------------------------------------------------------------------------

    @api.model
    def _file_create(self, filename, content, same, **values):
        """A new import for a file that none of the imports in the domain ``same`` holds."""
        digest = hashlib.sha256(content).hexdigest()
        self._check_file_new(digest, same)
        # sudo: made by the upload only, for the user whose role it has checked
        one = self.sudo().create(
            {"name": filename, "filename": filename, "sha256": digest, **values}
        )
        one.file_data = base64.b64encode(content)
        one._apply_file()
        return one.sudo(self.env.su)  # sudo: back to the rights of the user

    def _check_file_new(self, digest, same):
        # sudo: also when a colleague loaded it; only name and day are told
        first = self.sudo().search([("sha256", "=", digest), *same], limit=1)
        if first:
            raise UserError(
                self.env._(
                    "The same file was loaded on %(day)s as “%(name)s”. Open that import, or "
                    "undo it first.",
                    day=format_date(self.env, first.create_date),
                    name=first.name,
                )
            )

    def _apply_file(self):
        """What the file says about itself, and a field for each of its columns."""
        self.ensure_one()
        table, sheet = self._load_table()
        position = self._header_position(sheet)
        self.write(self._file_facts(table, sheet, position))
        headings = headings_of(sheet.rows, position)
        self._apply_mapping(headings, sheet.rows[position + 1 : position + _SEEN])

    def _file_facts(self, table, sheet, position):
        """What is remembered of a table; ``position`` of the header among its rows."""
        return {
            "kind": table.kind,
            "encoding_found": table.encoding,
            "sheet_name": sheet.name or False,
            "sheet_names": ", ".join(s.name for s in table.sheets) or False,
            "header_row": sheet.rows[position].number,
            "read_count": len(sheet.rows) - position - 1,
        }

    def _apply_mapping(self, headings, rows):
        """The columns, each with the field its heading names."""
        self.column_ids.unlink()
        proposed = self._file_propose([heading.name for heading in headings])
        self.column_ids.create(
            [
                {
                    "import_id": self.id,
                    "position": heading.column,
                    "heading": heading.name,
                    "samples": samples(rows, heading.column),
                    "field_code": named.field or False,
                    "confidence": named.confidence,
                }
                for heading, named in zip(headings, proposed, strict=True)
            ]
        )

    def _load_table(self):
        """The table of the file and the sheet meant; errors are told to the user."""
        self.ensure_one()
        try:
            table = run_parser(
                "tabular.reader:read_packed",
                base64.b64decode(self.with_context(bin_size=False).file_data or b""),
                filename=self.filename or "",
                encoding=self.encoding or None,
                **self._file_options(),
            )
            return table, table.sheet(self.sheet_name)
        except EngineError as error:
            raise user_error(self.env, error) from error

    def _header_position(self, sheet):
        """Place of the header among the rows: as chosen, else as found."""
        for position, row in enumerate(sheet.rows):
            if row.number == self.header_row:
                return position
            if row.number > self.header_row:
                break
        return find_header(sheet.rows, self._file_is_known).position


class ArTableColumnMixin(models.AbstractModel):
    """One column of a table from outside and the field it fills.

    A model that inherits it names its fields in ``_selection_field_code``, and says in
    ``_check_mapping`` who may choose and when.
    """

    _name = "ar.table.column.mixin"
    _description = "Column of a Table from Outside"
    _order = "position, id"
    _rec_name = "heading"

    position = fields.Integer(readonly=True)
    heading = fields.Char(string="Column of the File", readonly=True)
    samples = fields.Char(string="First Values", readonly=True)
    field_code = fields.Selection(
        selection="_selection_field_code",
        string="Field",
        help="Leave empty to skip the column.",
    )
    confidence = fields.Float(
        readonly=True, help="How surely the heading names the field (1 = certain)."
    )

    def _check_mapping(self):
        """Raise for who may not choose fields now."""
        raise NotImplementedError

    def write(self, vals):
        """Users choose the field of a column; the column itself is what the file says."""
        if not self.env.su:
            if set(vals) - self._column_choices():
                raise AccessError(
                    self.env._("Only the field of a column can be chosen.")
                )
            self._check_mapping()
        return super().write(vals)

    def _column_choices(self):
        return {"field_code"}


def samples(rows, column):
    """The first three values of a column, for recognising it."""
    texts = list(dict.fromkeys(text[:40] for text in head(rows, column) if text))
    return " · ".join(texts[:3])


def head(rows, column):
    """The values at the head of a column, enough to know it by."""
    return [
        as_text(r.cells[column]).strip() for r in rows[:20] if column < len(r.cells)
    ]
