import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#: what a user may change on a batch, until the dry run
EDITABLE = {
    "name", "encoding", "delimiter", "sheet_name", "header_row", "number_format",
    "country_id", "is_company", "search_duplicates", "mapping_ids", "row_ids",
    "totals_confirmed",
}  # fmt: skip


class CustomerImportBatch(models.Model):
    """A customer file on its way in: read, mapped, compared, applied; nothing by itself.

    Reading and the dry run write no customer. ``customer_import_stage`` makes the dry run,
    ``customer_import_apply`` applies it.
    """

    _name = "customer.import.batch"
    _description = "Customer Import"
    _inherit = ["ar.run.mixin", "ar.table.file.mixin"]
    _order = "id desc"
    _check_company_auto = True

    _run_item_model = "customer.import.row"
    _run_item_field = "batch_id"
    _run_chunk_size = 500
    _run_interactive_limit = 500

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    sha256 = fields.Char(index=True)
    first_batch_id = fields.Many2one(
        "customer.import.batch", string="First Loaded as", readonly=True
    )
    override_reason = fields.Char(string="Loaded Again Because", readonly=True)
    step = fields.Selection(
        [
            ("mapping", "Mapping"),
            ("check", "Dry Run"),
            ("apply", "Applying"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
            ("undone", "Undone"),
        ],
        compute="_compute_step",
    )
    checked_at = fields.Datetime(string="Dry Run at", readonly=True, copy=False)

    # -- how the file is read -------------------------------------------------------------
    encoding_confidence = fields.Float(string="Certainty", readonly=True)
    delimiter = fields.Selection(
        [(",", "Comma ,"), (";", "Semicolon ;"), ("\t", "Tabulator"), ("|", "Bar |")],
        string="Column Separator",
        help="Empty: detected.",
    )
    delimiter_found = fields.Char(string="Separator Found", readonly=True)
    country_id = fields.Many2one(
        "res.country",
        string="Country of Customers Without One",
        help="Telephone numbers and tax IDs are read as of this country, and new customers "
        "get it.",
    )
    is_company = fields.Boolean(
        string="New Customers are Companies",
        default=True,
        help="For files without a column that says so.",
    )
    search_duplicates = fields.Boolean(
        string="Search for Duplicates",
        default=True,
        help="Each new customer is compared with those in the books and with the other rows. "
        "Without, only the same code, tax ID or name tells that a customer is known: for long "
        "files from a system that has no duplicates.",
    )
    signature = fields.Char(readonly=True)
    profile_id = fields.Many2one("customer.import.profile", readonly=True)

    mapping_ids = fields.One2many(
        "customer.import.mapping", "batch_id", string="Columns"
    )
    row_ids = fields.One2many("customer.import.row", "batch_id", string="Rows")
    empty_count = fields.Integer(string="Empty Rows", readonly=True)
    continued_count = fields.Integer(
        string="Continuing Rows",
        readonly=True,
        help="Rows that bring a further contact, account or address of a customer above.",
    )
    footer_count = fields.Integer(
        string="Rows Below the Table",
        readonly=True,
        help="Totals and signatures under the last customer; they are left out.",
    )
    head_raw = fields.Json(string="Head of the Table", readonly=True)
    open_end = fields.Boolean(readonly=True)
    totals_confirmed = fields.Boolean(
        string="The Totals Agree",
        copy=False,
        help="A text file does not say whether it is complete. Compare the number of rows, "
        "the total of the credit limits and the last row with your source.",
    )
    needs_totals = fields.Boolean(compute="_compute_totals")
    limit_total = fields.Monetary(string="Total of Credit Limits", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    last_row_text = fields.Char(string="Last Row Reads", compute="_compute_totals")
    create_count = fields.Integer(string="To Create", compute="_compute_status_counts")
    update_count = fields.Integer(string="To Update", compute="_compute_status_counts")
    same_count = fields.Integer(string="No Change", compute="_compute_status_counts")
    conflict_count = fields.Integer(
        string="Conflicts", compute="_compute_status_counts"
    )
    fault_count = fields.Integer(
        string="Rows with Errors", compute="_compute_status_counts"
    )
    warning_count = fields.Integer(string="Warnings", compute="_compute_status_counts")

    _file_once = models.UniqueIndex(
        "(company_id, sha256) WHERE first_batch_id IS NULL AND run_state != 'cancelled' "
        "AND undone_at IS NULL",
        "This file has been loaded already.",
    )

    @api.depends("run_state", "checked_at", "undo_id")
    def _compute_step(self):
        by_state = {"running": "apply", "done": "done", "cancelled": "cancelled"}
        for batch in self:
            draft = "check" if batch.checked_at else "mapping"
            step = by_state.get(batch.run_state, draft)
            batch.step = "undone" if batch.undo_id else step

    @api.depends("row_ids.status")
    def _compute_status_counts(self):
        tallies = self._tally_statuses()
        for batch in self:
            tally = tallies.get(batch.id, {})
            batch.create_count = tally.get("create", 0)
            batch.update_count = tally.get("update", 0)
            batch.same_count = tally.get("same", 0)
            batch.conflict_count = tally.get("conflict", 0)
            batch.fault_count = tally.get("error", 0)
            batch.warning_count = tally.get("warning", 0)

    @api.depends("kind", "totals_confirmed", "checked_at")
    def _compute_totals(self):
        """What to compare with the source where the file itself proves nothing."""
        for batch in self:
            batch.needs_totals = batch.kind == "csv" and not batch.totals_confirmed
            last = batch.checked_at and self.env["customer.import.row"].search(
                [("batch_id", "in", batch.ids)], order="last_number desc", limit=1
            )
            batch.last_row_text = last and last._raw_text()

    @api.onchange("sheet_name", "delimiter", "encoding")
    def _onchange_reading(self):
        """Another way of reading has its header elsewhere: it is looked for again."""
        self.header_row = 0

    # -- rights ---------------------------------------------------------------------------

    def write(self, vals):
        """Users say how the file is read; what became of it is written by the import."""
        if not self.env.su:
            if set(vals) - EDITABLE:
                raise AccessError(self.env._("This cannot be changed by hand."))
            if self.filtered(lambda batch: batch.run_state != "draft"):
                raise UserError(
                    self.env._("This import has been applied or cancelled.")
                )
        return super().write(vals)

    def _check_step(self, *steps):
        for batch in self:
            if batch.step not in steps:
                raise UserError(
                    self.env._(
                        "“%(import)s” is not at this step any more. Refresh the screen.",
                        **{"import": batch.name},
                    )
                )

    def _check_clerk(self):
        """First line of every button."""
        if not self.env.user.has_group(
            "customer_ar_suite.customer_ar_suite_group_customer_clerk"
        ):
            raise AccessError(self.env._("Only customer clerks import customers."))
        self.check_access("write")

    # -- upload ---------------------------------------------------------------------------

    @api.model
    def _upload(self, filename, content, *, reason=None, **options):
        """A new batch for a file: read, headings found, columns mapped; nothing else.

        :raises UserError: the file cannot be read, or was loaded before and no
            administrator gave a reason
        """
        digest = hashlib.sha256(content).hexdigest()
        first = self._find_first(digest)
        if first and not (reason and self._may_load_again()):
            raise UserError(self._loaded_before_message(first))
        # sudo: batches are made by this method only, for the user who calls it
        batch = self.sudo().create(
            {
                "name": filename,
                "filename": filename,
                "company_id": self.env.company.id,
                "sha256": digest,
                "first_batch_id": first.id,
                "override_reason": reason if first else False,
                "country_id": self.env.company.country_id.id,
                **options,
            }
        )
        batch.file_data = base64.b64encode(content)
        batch._apply_file()
        # sudo: no more, on the contrary
        return batch.sudo(False)

    @api.model
    def _find_first(self, digest):
        """The batch by which this company loaded the same file first."""
        # sudo: also when it is somebody else's; only its name and date are shown
        return self.sudo().search(
            [
                ("sha256", "=", digest),
                ("company_id", "=", self.env.company.id),
                ("first_batch_id", "=", False),
                ("run_state", "!=", "cancelled"),
                ("undone_at", "=", False),
            ],
            limit=1,
        )

    def _may_load_again(self):
        return self.env.user.has_group(
            "customer_ar_suite.customer_ar_suite_group_administrator"
        )

    def _loaded_before_message(self, first):
        return self.env._(
            "The same file was loaded on %(day)s by %(user)s as “%(name)s”. Open that "
            "import instead. To load it again, an administrator has to give a reason.",
            day=fields.Date.to_string(
                fields.Datetime.context_timestamp(self, first.create_date).date()
            ),
            user=first.create_uid.name,
            name=first.name,
        )

    # -- screens --------------------------------------------------------------------------

    def action_view_rows(self):
        """The rows of this import."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_ar_suite.customer_import_row_action"
        )
        return {**action, "domain": [("batch_id", "=", self.id)]}

    def action_view_customers(self):
        """The customers this import created or updated."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.res_partner_action_customer"
        )
        applied = [("batch_id", "=", self.id), ("run_state", "=", "done")]
        return {**action, "domain": [("customer_import_row_ids", "any", applied)]}
