from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

_CREATE_SIZE = 2_000


class CustomerImportUndo(models.Model):
    """Takes a whole import back: exact prior state for what nobody has touched since."""

    _name = "customer.import.undo"
    _description = "Undo of a Customer Import"
    _inherit = ["ar.run.mixin"]
    _order = "id desc"
    _rec_name = "batch_id"
    _check_company_auto = True

    _run_item_model = "customer.import.undo.item"
    _run_item_field = "undo_id"
    _run_interactive_limit = 200

    batch_id = fields.Many2one(
        "customer.import.batch",
        string="Import",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="batch_id.company_id", store=True, index=True, string="Company"
    )
    reason = fields.Char(required=True, readonly=True)
    item_ids = fields.One2many("customer.import.undo.item", "undo_id", readonly=True)
    restored_count = fields.Integer(string="Restored", compute="_compute_outcomes")
    removed_count = fields.Integer(string="Removed", compute="_compute_outcomes")
    kept_count = fields.Integer(
        string="Left as They Are",
        compute="_compute_outcomes",
        help="Customers that somebody has changed or used since; the list says why.",
    )

    def _compute_outcomes(self):
        counts = {}
        for undo, outcome, count in self.env["customer.import.undo.item"]._read_group(
            [("undo_id", "in", self.ids)], ["undo_id", "outcome"], ["__count"]
        ):
            counts.setdefault(undo.id, {})[outcome] = count
        for undo in self:
            tally = counts.get(undo.id, {})
            undo.restored_count = tally.get("restored", 0)
            undo.removed_count = tally.get("removed", 0)
            undo.kept_count = sum(
                tally.get(outcome, 0) for outcome in ("archived", "partly", "kept")
            )

    def write(self, vals):
        """What an undo did is no matter of opinion."""
        if not self.env.su:
            raise AccessError(self.env._("This cannot be changed by hand."))
        return super().write(vals)

    def _check_run_access(self):
        self.batch_id._check_undo_right()

    @api.model
    def _begin(self, batch, reason):
        """Undo an import: one item per customer it made or changed."""
        batch.ensure_one()
        batch._check_undo_right()
        # sudo: locking for the rows' sake; the right was checked above
        if not batch.sudo().try_lock_for_update():
            raise UserError(self.env._("Somebody else works on this import just now."))
        batch._check_undo_possible()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the import is undone."))
        # sudo: undos are made by this method only, for the user who calls it
        undo = self.sudo().create({"batch_id": batch.id, "reason": reason.strip()})
        undo._create_items()
        # sudo: that an import is being undone is the undo's to write
        batch.sudo().undo_id = undo
        self.env["customer.audit.entry"]._ar_log(
            "import_undo", batch, {"undo": undo.id, "reason": undo.reason}
        )
        # sudo: no more; the work has the user's rights
        undo = undo.sudo(False)
        undo._start_run()
        return undo

    def _create_items(self):
        values = {}
        applied = self.env["customer.import.row"].search_fetch(
            [("batch_id", "=", self.batch_id.id), ("run_state", "=", "done")],
            ["partner_id", "name", "ref", "number"],
        )
        for row in applied:
            # a customer that is gone has a row to tell it
            key = row.partner_id.id or -row.id
            values.setdefault(
                key,
                {
                    "undo_id": self.id,
                    "partner_id": row.partner_id.id,
                    "name": row.name or row.ref,
                    "number": row.number,
                },
            )
        rows = list(values.values())
        for start in range(0, len(rows), _CREATE_SIZE):
            self.env["customer.import.undo.item"].create(
                rows[start : start + _CREATE_SIZE]
            )

    def _apply_items(self, items):
        items._undo()

    def _on_run_finished(self):
        # sudo: that an import was undone is the undo's to write
        self.batch_id.sudo().undone_at = fields.Datetime.now()

    def _run_user(self):
        return self.create_uid

    def action_view_items(self):
        """What became of each customer."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_ar_suite.customer_import_undo_item_action"
        )
        return {**action, "domain": [("undo_id", "=", self.id)]}


class CustomerImportBatch(models.Model):
    """An import can be taken back as a whole."""

    _inherit = "customer.import.batch"

    undo_id = fields.Many2one("customer.import.undo", readonly=True, copy=False)
    undone_at = fields.Datetime(string="Undone at", readonly=True, copy=False)
    may_undo = fields.Boolean(compute="_compute_may_undo")

    @api.depends_context("uid")
    @api.depends("run_state", "undo_id")
    def _compute_may_undo(self):
        for batch in self:
            batch.may_undo = (
                batch.run_state in ("done", "cancelled")
                and not batch.undo_id
                and batch.done_count
                and batch._has_undo_right()
            )

    def action_resume_run(self):
        """What was undone stays undone; the file is loaded again instead."""
        self._check_run_access()
        if self.undo_id:
            raise UserError(
                self.env._("This import has been undone. Load the file again.")
            )
        return super().action_resume_run()

    def _has_undo_right(self):
        """Clerks take back what they loaded themselves, administrators anything."""
        user = self.env.user
        is_clerk = user.has_group(
            "customer_ar_suite.customer_ar_suite_group_customer_clerk"
        )
        return is_clerk and (self.create_uid == user or self._may_load_again())

    def _check_undo_right(self):
        self.check_access("write")
        for batch in self:
            if not batch._has_undo_right():
                raise AccessError(
                    self.env._(
                        "Customer clerks undo their own imports; those of others are "
                        "undone by an administrator."
                    )
                )

    def _check_undo_possible(self):
        if self.run_state not in ("done", "cancelled"):
            raise UserError(self.env._("This import is not finished. Cancel it first."))
        if self.undo_id:
            raise UserError(self.env._("This import has been undone already."))
        if not self.done_count:
            raise UserError(self.env._("Nothing of this import has been applied."))

    def action_undo(self):
        """Ask for the reason, then take the import back."""
        self.ensure_one()
        self._check_undo_right()
        self._check_undo_possible()
        return self.env["customer.import.undo.start"]._open(self)

    def action_open_undo(self):
        """The undo of this import with what became of each customer."""
        self.ensure_one()
        self.check_access("read")
        return self.undo_id._get_records_action(context={})
