from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.score_file.fields import SYNONYMS, is_known, propose
from .ar_table_file_mixin import DATE_ORDERS

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
    _inherit = ["ar.table.file.mixin", "customer.file.purge"]
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
    number_format = fields.Selection(string="Numbers Look Like")
    date_order = fields.Selection(
        DATE_ORDERS,
        string="Order of Dates",
        required=True,
        default="ymd",
    )
    column_ids = fields.One2many("ar.score.column", "import_id", string="Columns")
    row_ids = fields.One2many("ar.score.row", "import_id", string="Rows")
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
        same = [
            ("company_id", "=", company.id),
            ("source_id", "=", source.id),
            ("state", "not in", ("cancelled", "undone")),
        ]
        return self._file_create(
            filename,
            content,
            same,
            company_id=company.id,
            source_id=source.id,
            **options,
        )

    def action_reparse(self):
        """Read the file again with what was chosen: encoding, sheet, header."""
        self._check_loader("mapping", "check")
        for one in self:
            one._forget_rows()
            # sudo: columns and figures are what the file says
            one.sudo()._apply_file()

    def _file_propose(self, headings):
        return propose(headings)

    def _file_is_known(self, heading):
        return is_known(heading)

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
        return self._get_records_action(context={})


class ArScoreColumn(models.Model):
    """One column of a file of scores and the field it fills."""

    _name = "ar.score.column"
    _description = "Column of a File of Scores"
    _inherit = ["ar.table.column.mixin"]

    import_id = fields.Many2one(
        "ar.score.import",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="import_id.company_id", store=True)

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

    def _check_mapping(self):
        self.import_id._check_loader("mapping")
