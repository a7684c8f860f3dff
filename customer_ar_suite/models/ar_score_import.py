import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..engine.errors import EngineError
from ..engine.score_file.fields import SYNONYMS, is_known, propose
from ..engine.tabular.columns import as_text
from ..engine.tabular.encoding import CHOICES
from ..engine.tabular.header import find_header, headings_of
from .engine_messages import user_error
from .safe_io import run_parser

_PREFIX = "customer_ar_suite.customer_ar_suite_group_"
LOADERS = ("credit_manager", "ar_accountant", "administrator")
#: how the file is read: chosen until it is taken over
EDITABLE = {
    "name", "encoding", "sheet_name", "header_row", "number_format", "date_order",
    "scored_on", "column_ids", "row_ids",
}  # fmt: skip


class ArScoreImport(models.Model):
    """A file of external scores: read, matched, looked at, taken over, taken back.

    Every row of the file has a line here that says what became of it, and why.
    """

    _name = "ar.score.import"
    _description = "File of External Scores"
    _inherit = ["customer.file.purge"]
    _order = "id desc"
    _check_company_auto = True

    _purge_field = "file_data"

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    source_id = fields.Many2one(
        "ar.score.source",
        required=True,
        readonly=True,
        ondelete="restrict",
        check_company=True,
    )
    file_data = fields.Binary(string="File", attachment=True, readonly=True, copy=False)
    filename = fields.Char(readonly=True)
    sha256 = fields.Char(string="SHA-256", readonly=True, copy=False)
    state = fields.Selection(
        [
            ("mapping", "Mapping"),
            ("check", "Match Report"),
            ("done", "Taken Over"),
            ("undone", "Undone"),
            ("cancelled", "Cancelled"),
        ],
        default="mapping",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    scored_on = fields.Date(
        string="Day of the Scores", help="Where no column of the file says it."
    )
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
        [
            ("english", "1,234.56"),
            ("german", "1.234,56"),
            ("space", "1 234,56"),
            ("swiss", "1'234.56"),
            ("plain", "1234.56"),
        ],
        string="Numbers Look Like",
        required=True,
        default="english",
    )
    date_order = fields.Selection(
        [
            ("ymd", "Year, Month, Day"),
            ("dmy", "Day, Month, Year"),
            ("mdy", "Month, Day, Year"),
        ],
        string="Order of Dates",
        required=True,
        default="ymd",
    )
    column_ids = fields.One2many("ar.score.column", "import_id", string="Columns")
    row_ids = fields.One2many("ar.score.row", "import_id", string="Rows")
    read_count = fields.Integer(string="Rows Read", readonly=True)
    ready_count = fields.Integer(string="Ready", compute="_compute_counts")
    unknown_count = fields.Integer(
        string="Customer Not Found", compute="_compute_counts"
    )
    double_count = fields.Integer(string="Twice", compute="_compute_counts")
    expired_count = fields.Integer(string="Out of Date", compute="_compute_counts")
    fault_count = fields.Integer(string="Rows with Errors", compute="_compute_counts")
    score_ids = fields.One2many("ar.external.score", "import_id", readonly=True)
    done_by_id = fields.Many2one(
        "res.users", string="Taken Over by", readonly=True, ondelete="restrict"
    )
    done_at = fields.Datetime(string="Taken Over on", readonly=True)

    _file_once = models.UniqueIndex(
        "(company_id, source_id, sha256) WHERE state NOT IN ('cancelled', 'undone')",
        "This file of scores has been loaded already.",
    )

    @api.depends("row_ids.status")
    def _compute_counts(self):
        counts = {}
        for one, status, count in self.env["ar.score.row"]._read_group(
            [("import_id", "in", self.ids)], ["import_id", "status"], ["__count"]
        ):
            counts.setdefault(one.id, {})[status] = count
        for one in self:
            tally = counts.get(one.id, {})
            one.ready_count = tally.get("ready", 0)
            one.unknown_count = tally.get("unknown", 0)
            one.double_count = tally.get("double", 0)
            one.expired_count = tally.get("expired", 0)
            one.fault_count = tally.get("error", 0)

    # -- rights ---------------------------------------------------------------------------

    def write(self, vals):
        """Users say how the file is read; the rest the steps write."""
        if not self.env.su:
            if set(vals) - EDITABLE:
                raise AccessError(self.env._("This cannot be changed by hand."))
            self._check_loader("mapping", "check")
            if set(vals) - {"name", "row_ids"}:
                self.filtered(lambda one: one.state == "check")._forget_rows()
        return super().write(vals)

    def _check_loader(self, *states):
        """First line of every button: the role, the right, the step."""
        if not self.env.su and not any(
            self.env.user.has_group(_PREFIX + role) for role in LOADERS
        ):
            raise AccessError(
                self.env._("Credit managers and AR accountants load external scores.")
            )
        self.check_access("write")
        for one in self:
            if states and one.state not in states:
                raise UserError(
                    self.env._(
                        "“%(name)s” is not at this step any more. Refresh the screen.",
                        name=one.name,
                    )
                )

    def _set(self, **values):
        # sudo: bookkeeping of the steps; who may take them was checked by the caller
        self.sudo().write(values)

    def _forget_rows(self):
        # sudo: rows are made and dropped by the import alone
        self.sudo().row_ids.unlink()
        self._set(state="mapping")

    def _log(self, event, **values):
        for one in self:
            self.env["customer.audit.entry"].with_company(one.company_id)._ar_log(
                event, one, {"file": one.filename, "sha256": one.sha256, **values}
            )

    def _purge_domain(self):
        return [("state", "in", ("done", "undone", "cancelled"))]

    # -- reading --------------------------------------------------------------------------

    @api.model
    def _upload(self, filename, content, company, source, **options):
        """A new import for a file: read, headings found, columns mapped; nothing else."""
        digest = hashlib.sha256(content).hexdigest()
        # sudo: also when a colleague loaded it; only name and day are told
        first = self.sudo().search(
            [
                ("sha256", "=", digest),
                ("company_id", "=", company.id),
                ("source_id", "=", source.id),
                ("state", "not in", ("cancelled", "undone")),
            ],
            limit=1,
        )
        if first:
            raise UserError(
                self.env._(
                    "The same file was loaded on %(day)s as “%(name)s”. Open that import, or "
                    "undo it first.",
                    day=format_date(self.env, first.create_date),
                    name=first.name,
                )
            )
        # sudo: made by this method only, for the user whose role the wizard checked
        one = self.sudo().create(
            {
                "name": filename,
                "filename": filename,
                "company_id": company.id,
                "source_id": source.id,
                "sha256": digest,
                **options,
            }
        )
        one.file_data = base64.b64encode(content)
        one._apply_file()
        return one.sudo(self.env.su)  # sudo: back to the rights of the user

    def action_reparse(self):
        """Read the file again with what was chosen: encoding, sheet, header."""
        self._check_loader("mapping", "check")
        for one in self:
            one._forget_rows()
            # sudo: columns and figures are what the file says
            one.sudo()._apply_file()

    def _apply_file(self):
        """What the file says about itself, and a field for each of its columns."""
        table, sheet = self._load_table()
        position = self._header_position(sheet)
        headings = headings_of(sheet.rows, position)
        self.write(
            {
                "kind": table.kind,
                "encoding_found": table.encoding,
                "sheet_name": sheet.name or False,
                "sheet_names": ", ".join(s.name for s in table.sheets) or False,
                "header_row": sheet.rows[position].number,
                "read_count": len(sheet.rows) - position - 1,
            }
        )
        self.column_ids.unlink()
        rows = sheet.rows[position + 1 : position + 21]
        named = propose([heading.name for heading in headings])
        self.env["ar.score.column"].create(
            [
                {
                    "import_id": self.id,
                    "position": heading.column,
                    "heading": heading.name,
                    "samples": _samples(rows, heading.column),
                    "field_code": one.field or False,
                    "confidence": one.confidence,
                }
                for heading, one in zip(headings, named, strict=True)
            ]
        )

    def _load_table(self):
        """The table of the file and the sheet meant; errors are told to the user."""
        self.ensure_one()
        try:
            table = run_parser(
                "tabular.reader:read_table",
                base64.b64decode(self.with_context(bin_size=False).file_data or b""),
                filename=self.filename or "",
                encoding=self.encoding or None,
            )
            return table, table.sheet(self.sheet_name)
        except EngineError as error:
            raise user_error(self.env, error) from error

    def _header_position(self, sheet):
        for position, row in enumerate(sheet.rows):
            if row.number == self.header_row:
                return position
        return find_header(sheet.rows, is_known).position

    # -- screens --------------------------------------------------------------------------

    def action_view_scores(self):
        """The scores that came of the file."""
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.ar_external_score_action"
            ),
            "domain": [("import_id", "in", self.ids)],
        }

    def _action_form(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }


class ArScoreColumn(models.Model):
    """One column of a file of scores and the field it fills."""

    _name = "ar.score.column"
    _description = "Column of a File of Scores"
    _order = "position, id"
    _rec_name = "heading"

    import_id = fields.Many2one(
        "ar.score.import",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="import_id.company_id", store=True)
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

    @api.model
    def _selection_field_code(self):
        labels = {
            "vat": self.env._("Tax ID"),
            "registry": self.env._("Registry Number"),
            "ref": self.env._("Customer Number"),
            "name": self.env._("Customer Name"),
            "score": self.env._("Score as Given"),
            "scored_on": self.env._("Score of"),
            "expires_on": self.env._("Counts until"),
            "advised_limit": self.env._("Advised Limit"),
        }
        return [(code, labels[code]) for code in SYNONYMS]

    def write(self, vals):
        """Users choose the field of a column; the column itself is what the file says."""
        if not self.env.su:
            if set(vals) - {"field_code"}:
                raise AccessError(
                    self.env._("Only the field of a column can be chosen.")
                )
            self.import_id._check_loader("mapping")
        return super().write(vals)


def _samples(rows, column):
    """The first three values of a column, for recognising it."""
    texts = (
        as_text(row.cells[column]).strip() for row in rows if column < len(row.cells)
    )
    return " · ".join(list(dict.fromkeys(text[:40] for text in texts if text))[:3])
