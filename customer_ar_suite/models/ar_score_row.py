from odoo import fields, models
from odoo.exceptions import UserError

from ..engine.score_file.plan import Books, Customer, build
from ..engine.score_file.rows import Settings, read_scores
from ..engine.tabular.mapped import Column
from ..engine.tabular.numbers import FORMATS
from ..identity import ar_identity_required

_STAGE_SIZE = 2_000


class ArScoreRow(models.Model):
    """One row of a file of scores: what was read, whom it means, what became of it."""

    _name = "ar.score.row"
    _description = "Row of a File of Scores"
    _inherit = ["ar.table.row.mixin"]
    _ar_is_money = True
    _rec_name = "customer_text"

    import_id = fields.Many2one(
        "ar.score.import",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="import_id.company_id", store=True, index=True)
    status = fields.Selection(
        [
            ("ready", "Ready"),
            ("unknown", "Customer Not Found"),
            ("double", "Twice"),
            ("expired", "Out of Date"),
            ("error", "Error"),
        ],
        required=True,
        readonly=True,
        index=True,
        default="error",
    )
    matched_by = fields.Selection(
        [
            ("vat", "Tax ID"),
            ("registry", "Registry Number"),
            ("ref", "Customer Number"),
            ("name", "Name"),
            ("manual", "By Hand"),
        ],
        string="Found by",
        readonly=True,
    )
    score_text = fields.Char(string="Score as Given", readonly=True)
    score = fields.Float(
        string="On the Scale from 0 to 100",
        digits=(16, 2),
        readonly=True,
        aggregator="avg",
    )
    scored_on = fields.Date(string="Score of", readonly=True)
    expires_on = fields.Date(string="Counts until", readonly=True)
    advised_amount = fields.Float(string="Advised Limit", digits=(16, 2), readonly=True)
    score_id = fields.Many2one(
        "ar.external.score", string="External Score", readonly=True, ondelete="set null"
    )

    def _differs(self, vals):
        """Is anything else said of the row now?"""
        return (
            self.status != vals["status"]
            or self.partner_id.id != vals["partner_id"]
            or self.matched_by != vals["matched_by"]
            or (self.findings or []) != vals["findings"]
        )

    def _check_choosing(self):
        self.import_id._check_loader("check")

    def _take_choice(self, customer):
        """The choice is kept by what the file calls the customer; the rows are judged anew."""
        # sudo: the customer somebody with the right has chosen
        self.sudo().write({"partner_id": customer.id, "is_chosen": bool(customer)})
        for one in self.import_id:
            one._match()


class ArScoreImport(models.Model):
    """The match report, taking scores over, and taking them back."""

    _inherit = "ar.score.import"

    def action_check(self):
        """Say for every row whom it means and what would become of it."""
        self._check_loader("mapping", "check")
        for one in self:
            codes = set(one.column_ids.mapped("field_code"))
            if not codes & {"vat", "registry", "ref", "name"}:
                raise UserError(
                    self.env._(
                        "No column names the customer. Choose the field of one of them."
                    )
                )
            if "score" not in codes:
                raise UserError(
                    self.env._(
                        "No column is the score. Choose the field of one of them."
                    )
                )
            one._match()

    def action_back_to_mapping(self):
        """Forget the match report and change how the columns are read."""
        self._check_loader("check")
        self._forget_rows()

    def action_apply(self):
        """Keep the scores of the rows that are ready."""
        self._check_loader("check")
        for one in self:
            rows = one.row_ids.filtered(
                lambda row: row.status == "ready" and not row.is_left_out
            )
            if not rows:
                raise UserError(self.env._("No row is ready to be taken over."))
            one._apply_rows(rows)

    @ar_identity_required("undo", "company_id")
    def action_undo(self):
        """Take the scores of this file back; ratings that have used them stay."""
        self._check_loader("done")
        for one in self:
            kept = one.score_ids.filtered(lambda score: score.state == "valid")
            kept._withdraw()
            one._set(state="undone")
            one._log("rating.scores_undo", scores=len(kept))

    def action_cancel(self):
        """Give the file up; nothing has been taken over."""
        self._check_loader("mapping", "check")
        self._set(state="cancelled")

    # -- load, decide, apply --------------------------------------------------------------

    def _match(self):
        """The plan of the file, with the customers somebody has chosen."""
        self.ensure_one()
        chosen = {
            row.customer_key: row.partner_id.id
            for row in self.row_ids
            if row.is_chosen and row.partner_id
        }
        # sudo: rows are what the file says; users only choose customers and leave out
        rows = self.sudo().row_ids
        by_number = {row.row: row for row in rows}
        values = [self._prepare_row(one) for one in self._load_plan(chosen)]
        for vals in values:
            if (row := by_number.pop(vals["row"], None)) and row._differs(vals):
                row.write(vals)
        known = set(rows.mapped("row"))
        new = [vals for vals in values if vals["row"] not in known]
        for start in range(0, len(new), _STAGE_SIZE):
            rows.create(new[start : start + _STAGE_SIZE])
        rows.browse(row.id for row in by_number.values()).unlink()
        self._set(state="check")

    def _load_plan(self, chosen):
        _table, sheet = self._load_table()
        rows = sheet.rows[self._header_position(sheet) + 1 :]
        today = fields.Date.context_today(self)
        settings = Settings(
            today,
            # sudo: the scale of the source the user chose
            self.source_id.sudo()._scale(),
            self.scored_on or None,
            self.source_id.valid_months,
            FORMATS[self.number_format],
            self.date_order,
        )
        columns = [
            Column(column.position, column.heading, column.field_code)
            for column in self.column_ids
            if column.field_code
        ]
        scored = read_scores(rows, columns, settings)
        return build(scored, self._load_books(chosen), today)

    def _load_books(self, chosen):
        """Customers the user may see, and what the source has said already."""
        partners = self.env["res.partner"].search_fetch(
            [
                ("parent_id", "=", False),
                ("company_id", "in", (False, self.company_id.id)),
                ("ref_company_ids", "=", False),
            ],
            ["vat", "company_registry", "ref", "name"],
        )
        # sudo: only whether a score is known is told
        known = (
            self.env["ar.external.score"]
            .sudo()
            .search_fetch(
                [
                    ("company_id", "=", self.company_id.id),
                    ("source_id", "=", self.source_id.id),
                    ("state", "=", "valid"),
                ],
                ["partner_id", "scored_on", "score"],
            )
        )
        return Books(
            [
                Customer(
                    one.id,
                    one.vat or "",
                    one.company_registry or "",
                    one.ref or "",
                    one.name or "",
                )
                for one in partners
            ],
            chosen,
            frozenset(
                (one.partner_id.id, one.scored_on, round(100 * one.score))
                for one in known
            ),
        )

    def _prepare_row(self, planned):
        one = planned.scored
        limit = one.advised_limit
        return {
            "import_id": self.id,
            "row": one.row,
            "status": planned.status,
            "customer_key": one.customer,
            "customer_text": " · ".join(
                dict.fromkeys(filter(None, (one.vat, one.registry, one.ref, one.name)))
            ),
            "partner_id": planned.partner_id or False,
            "matched_by": planned.matched_by or False,
            "is_chosen": planned.matched_by == "manual",
            "score_text": one.score_text,
            "score": (one.score or 0) / 100,
            "scored_on": one.scored_on,
            "expires_on": one.expires_on,
            "advised_amount": float(limit) if limit is not None else 0.0,
            "findings": [
                {
                    "severity": found.severity,
                    "code": found.code,
                    "params": {
                        name: value if isinstance(value, (int, str)) else str(value)
                        for name, value in found.params.items()
                    },
                }
                for found in one.findings
            ],
        }

    def _apply_rows(self, rows):
        # sudo: scores of a file are made by its import; the right was checked
        scores = (
            self.env["ar.external.score"]
            .sudo()
            .create(
                [
                    {
                        "partner_id": row.partner_id.id,
                        "company_id": self.company_id.id,
                        "source_id": self.source_id.id,
                        "score_text": self._plain_score(row),
                        "scored_on": row.scored_on,
                        "expires_on": row.expires_on,
                        "advised_amount": row.advised_amount,
                        "matched_by": row.matched_by,
                        "import_id": self.id,
                    }
                    for row in rows
                ]
            )
        )
        for row, score in zip(rows, scores, strict=True):
            row.sudo().score_id = score  # sudo: what became of the row
        self._set(state="done", done_by_id=self.env.uid, done_at=fields.Datetime.now())
        self._log("rating.scores_apply", scores=len(scores), rows=self.read_count)

    def _plain_score(self, row):
        """The score as its source writes it; numbers without the format of the file."""
        if self.source_id.kind == "words":
            return row.score_text
        number = FORMATS[self.number_format].parse(row.score_text)
        return row.score_text if number is None else f"{number:f}"
