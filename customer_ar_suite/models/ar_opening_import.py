from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.opening_items.fields import is_known, propose
from .ar_table_file_mixin import DATE_ORDERS

_PREFIX = "customer_ar_suite.customer_ar_suite_group_"
CLERK, ACCOUNTANT = f"{_PREFIX}ar_clerk", f"{_PREFIX}ar_accountant"
#: how the file is read, and where its items go: chosen until it is applied
EDITABLE = {
    "name", "encoding", "sheet_name", "header_row", "number_format", "date_order",
    "negative_kind", "cut_over_date", "journal_id", "opening_account_id",
    "advance_account_id", "column_ids", "item_ids", "total_ids",
}  # fmt: skip
#: with another one of these the dry run says nothing any more
_DECIDING = EDITABLE - {"name", "column_ids", "item_ids", "total_ids"}


class ArOpeningImport(models.Model):
    """What customers owed in the system before: read, compared, confirmed, booked, undone.

    Reading and the dry run book nothing. Each item becomes one entry of the cut-over date
    that keeps the dates of its document, so that aging and statements go on as if the
    document had always been here.
    """

    _name = "ar.opening.import"
    _description = "Opening Items"
    _inherit = ["ar.run.mixin", "ar.table.file.mixin", "customer.file.purge"]
    _order = "id desc"
    _check_company_auto = True

    _purge_field = "file_data"
    _run_item_model = "ar.opening.item"
    _run_item_field = "import_id"
    _run_interactive_limit = 50
    _run_chunk_size = 50

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    step = fields.Selection(
        [
            ("mapping", "Mapping"),
            ("check", "Dry Run"),
            ("apply", "Booking"),
            ("done", "Booked"),
            ("undo", "Undoing"),
            ("undone", "Undone"),
            ("cancelled", "Cancelled"),
        ],
        compute="_compute_step",
    )
    checked_at = fields.Datetime(string="Dry Run at", readonly=True, copy=False)
    is_undone = fields.Boolean(readonly=True, copy=False)

    # -- where the items go ---------------------------------------------------------------
    cut_over_date = fields.Date(
        string="Cut-Over Date",
        required=True,
        help="The entries are booked on this day: usually the last one of the system before.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        required=True,
        check_company=True,
        domain="[('type', '=', 'general')]",
    )
    opening_account_id = fields.Many2one(
        "account.account",
        required=True,
        check_company=True,
        domain="[('account_type', 'not in', ('asset_receivable', 'liability_payable'))]",
        help="The other side of each entry: an account that is zero once the opening balance "
        "sheet is entered.",
    )
    advance_account_id = fields.Many2one(
        "account.account",
        string="Account of Receipts and Advances",
        check_company=True,
        domain="[('ar_advance_company_ids', 'in', company_id)]",
        help="Empty: receipts stand on the customer's receivable account.",
    )

    # -- how the file is read -------------------------------------------------------------
    date_order = fields.Selection(
        DATE_ORDERS,
        string="Order of Dates",
        required=True,
        default="ymd",
    )
    negative_kind = fields.Selection(
        [("receipt", "Receipts"), ("credit_note", "Credit Notes")],
        string="Negative Amounts Are",
        required=True,
        default="receipt",
        help="Where no column says what an item is.",
    )

    column_ids = fields.One2many("ar.opening.column", "import_id", string="Columns")
    item_ids = fields.One2many("ar.opening.item", "import_id", string="Open Items")
    total_ids = fields.One2many("ar.opening.total", "import_id", string="Totals")
    ready_count = fields.Integer(string="Ready", compute="_compute_status_counts")
    unknown_count = fields.Integer(
        string="Customer Not Found", compute="_compute_status_counts"
    )
    double_count = fields.Integer(
        string="Booked Already", compute="_compute_status_counts"
    )
    fault_count = fields.Integer(
        string="Rows with Errors", compute="_compute_status_counts"
    )
    warning_count = fields.Integer(string="Warnings", compute="_compute_status_counts")
    confirmed_by_id = fields.Many2one(
        "res.users", string="Totals Confirmed by", readonly=True, copy=False
    )
    confirmed_at = fields.Datetime(
        string="Totals Confirmed at", readonly=True, copy=False
    )
    are_equal = fields.Boolean(
        string="Totals Agree",
        compute="_compute_are_equal",
        help="Each total of the file is that of the old ledger.",
    )
    proof_text = fields.Text(compute="_compute_proof_text")

    _file_once = models.UniqueIndex(
        "(company_id, sha256) WHERE run_state != 'cancelled' AND is_undone IS NOT TRUE",
        "This file of opening items has been loaded already.",
    )

    @api.depends("run_state", "checked_at", "is_undone")
    def _compute_step(self):
        by_state = {"running": "apply", "done": "done", "cancelled": "cancelled"}
        for one in self:
            draft = "check" if one.checked_at else "mapping"
            one.step = by_state.get(one.run_state, draft)
            if one.is_undone:
                one.step = "undo" if one.run_state == "running" else "undone"

    @api.depends("item_ids.status", "item_ids.has_warning")
    def _compute_status_counts(self):
        tallies = self._tally_statuses()
        for one in self:
            tally = tallies.get(one.id, {})
            one.ready_count = tally.get("ready", 0)
            one.unknown_count = tally.get("unknown", 0)
            one.double_count = tally.get("double", 0)
            one.fault_count = tally.get("error", 0)
            one.warning_count = tally.get("warning", 0)

    @api.depends("total_ids.difference_amount")
    def _compute_are_equal(self):
        for one in self:
            one.are_equal = bool(one.total_ids) and all(
                total.currency_id.is_zero(total.difference_amount)
                for total in one.total_ids
            )

    # -- rights ---------------------------------------------------------------------------

    def write(self, vals):
        """Users say how the file is read and where it goes; the rest the steps write."""
        if not self.env.su:
            if set(vals) - EDITABLE:
                raise AccessError(self.env._("This cannot be changed by hand."))
            if self.filtered(lambda one: one.run_state != "draft"):
                raise UserError(
                    self.env._("These opening items have been booked or cancelled.")
                )
            if _DECIDING & set(vals):
                self.filtered("checked_at")._forget_check()
        return super().write(vals)

    def _check_role(self, group, *steps):
        """First line of every button: the role, the right, the step."""
        if not self.env.user.has_group(group):
            raise AccessError(
                self.env._("Your role does not allow this step with opening items.")
            )
        self.check_access("write")
        for one in self:
            if steps and one.step not in steps:
                raise UserError(
                    self.env._(
                        "“%(import)s” is not at this step any more. Refresh the screen.",
                        **{"import": one.name},
                    )
                )

    def _check_run_access(self):
        self._check_role(ACCOUNTANT)

    def _set(self, **values):
        # sudo: bookkeeping of the steps; who may take them was checked by the caller
        self.sudo().write(values)

    def _log(self, event, **values):
        for one in self:
            self.env["customer.audit.entry"].with_company(one.company_id)._ar_log(
                event, one, {"file": one.filename, "sha256": one.sha256, **values}
            )

    def _purge_domain(self):
        """What was booked or given up needs its file no more; its items stay."""
        return [("run_state", "in", ("done", "cancelled"))]

    # -- reading --------------------------------------------------------------------------

    @api.model
    def _upload(self, filename, content, company, **options):
        """A new import for a file: read, headings found, columns mapped; nothing else."""
        same = [
            ("company_id", "=", company.id),
            ("run_state", "!=", "cancelled"),
            ("is_undone", "=", False),
        ]
        return self._file_create(
            filename, content, same, company_id=company.id, **options
        )

    def action_reparse(self):
        """Read the file again with what was chosen: encoding, sheet, header."""
        self._check_role(CLERK, "mapping", "check")
        for one in self:
            one._forget_check()
            # sudo: columns and figures are what the file says
            one.sudo()._apply_file()

    def _file_propose(self, headings):
        return propose(headings)

    def _file_is_known(self, heading):
        return is_known(heading)

    # -- screens --------------------------------------------------------------------------

    def _open(self):
        return self._get_records_action(context={})

    def action_view_items(self):
        """The items of this import, the ones that need a look first."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_ar_suite.ar_opening_item_action"
        )
        return {**action, "domain": [("import_id", "=", self.id)]}

    def action_view_moves(self):
        """The entries these items became."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Journal Entries"),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", self.item_ids.move_id.ids)],
        }
