from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.errors import RowError
from ..engine.tabular.cells import unpack
from ..engine.tabular.columns import as_text
from .engine_messages import engine_message

#: what a user may change on a row
EDITABLE = {"choice", "partner_id"}
_IMAGES = "customer_ar_suite.customer_ar_suite_group_auditor"


class CustomerImportRow(models.Model):
    """One row of a customer file: what was read, what was found, what it will do."""

    _name = "customer.import.row"
    _description = "Row of a Customer Import"
    _inherit = ["ar.run.item.mixin", "ar.partner.rule.mixin"]
    _order = "number, id"
    _rec_name = "name"

    batch_id = fields.Many2one(
        "customer.import.batch",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    parent_step = fields.Selection(related="batch_id.step", string="Step of the Import")
    number = fields.Integer(string="Row", readonly=True)
    name = fields.Char(readonly=True)
    ref = fields.Char(string="Customer Code", readonly=True)
    vat = fields.Char(string="Tax ID", readonly=True)
    last_number = fields.Integer(
        string="Last Row",
        readonly=True,
        help="The last of the rows of the file that this customer is made of.",
    )
    # wide, and needed of few rows at a time: not read with the others
    raw = fields.Json(string="As in the File", readonly=True, prefetch=False)
    values = fields.Json(string="Values as Data", readonly=True)
    status = fields.Selection(
        [
            ("create", "Create"),
            ("update", "Update"),
            ("same", "No Change"),
            ("conflict", "Conflict"),
            ("error", "Error"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    choice = fields.Selection(
        [
            ("create", "Create"),
            ("update", "Update"),
            ("merge", "Merge into"),
            ("skip", "Skip"),
        ],
        string="Action",
        required=True,
        default="skip",
        help="Update: the file's values replace those of the customer. Merge into: they "
        "fill what is empty there, and contacts, accounts and addresses are added.",
    )
    is_corrected = fields.Boolean(
        string="Corrected", readonly=True, help="A value was changed after the upload."
    )
    has_warning = fields.Boolean(readonly=True)
    matched_by = fields.Char(readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Customer", index="btree_not_null", ondelete="set null"
    )
    findings = fields.Json(string="Findings as Data", readonly=True)
    finding_text = fields.Text(string="Findings", compute="_compute_finding_text")
    diff = fields.Json(string="Changes as Data", readonly=True)
    diff_html = fields.Html(
        string="Changes", compute="_compute_diff_html", sanitize=False
    )
    # stored values as they are, not as a clerk may see them
    before_json = fields.Json(
        string="Before",
        readonly=True,
        prefetch=False,
        groups=_IMAGES,
        help="Values before the import, for undoing it.",
    )
    after_json = fields.Json(
        string="Values After",
        readonly=True,
        prefetch=False,
        groups=_IMAGES,
        help="Values the import wrote, for undoing it.",
    )
    beside_json = fields.Json(
        string="Beside the Customer",
        readonly=True,
        prefetch=False,
        groups=_IMAGES,
        help="Contacts, addresses and accounts the import made or changed, for undoing it.",
    )
    held_json = fields.Json(
        string="Awaiting Approval", readonly=True, help="Changes of guarded fields."
    )

    _batch_status_idx = models.Index("(batch_id, run_state, id)")

    @api.depends("findings", "run_error")
    @api.depends_context("lang")
    def _compute_finding_text(self):
        for row in self:
            lines = [
                engine_message(row.env, RowError(finding["code"], **finding["params"]))
                for finding in row.findings or []
            ]
            row.finding_text = "\n".join(lines + [row.run_error or ""]).strip()

    @api.depends("diff", "status", "choice")
    @api.depends_context("lang")
    def _compute_diff_html(self):
        label_of = self.env["customer.import.mapping"]._key_labels()
        for row in self:
            replaces = row.choice in ("update", "merge") or row.status == "update"
            values = [
                _diff_line(label_of(code), old, new, replaces)
                for code, old, new in row.diff or []
            ]
            row.diff_html = Markup("").join(values) if replaces else _paragraph(values)

    def write(self, vals):
        """Users choose what a row does; what it says is the file's."""
        if not self.env.su:
            if set(vals) - EDITABLE:
                raise AccessError(self.env._("Only the action of a row can be chosen."))
            self.batch_id._check_step("check")
            self._check_choice(vals)
        result = super().write(vals)
        if not self.env.su and EDITABLE & vals.keys():
            for batch, rows in self.grouped("batch_id").items():
                batch._show_changes(rows.filtered(lambda row: row.choice != "skip"))
        return result

    def _check_choice(self, vals):
        choice = vals.get("choice")
        if partner_id := vals.get("partner_id"):
            partner = self.env["res.partner"].browse(partner_id)
            for batch in self.batch_id:
                batch._check_customers(partner)
        for row in self:
            if row.status == "error" and choice not in (None, "skip"):
                raise UserError(
                    self.env._(
                        "Row %(row)s has errors and can only be skipped. Correct it "
                        "first.",
                        row=row.number,
                    )
                )
            if "partner_id" in vals and row.status == "update":
                raise UserError(
                    self.env._(
                        "Row %(row)s: the customer is certain and cannot be exchanged.",
                        row=row.number,
                    )
                )
            partner = vals.get("partner_id", row.partner_id.id)
            if choice in ("update", "merge") and not partner:
                raise UserError(
                    self.env._(
                        "Row %(row)s: choose the customer to update first.",
                        row=row.number,
                    )
                )
            if choice == "create" and not row.name:
                raise UserError(
                    self.env._("Row %(row)s has no name to create.", row=row.number)
                )
            if choice == "create" and row.status == "update":
                raise UserError(
                    self.env._(
                        "Row %(row)s: this customer is there already and is not created "
                        "once more.",
                        row=row.number,
                    )
                )

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """Who names the customer wants the row to go there."""
        if self.partner_id and self.choice in ("skip", "create"):
            self.choice = "update"
        elif not self.partner_id and self.choice in ("update", "merge"):
            self.choice = "skip"

    def _raw_text(self):
        """The last line of the row as it stands in the file."""
        self.ensure_one()
        cells = unpack(self.raw[-1][1]) if self.raw else ()
        return " · ".join(filter(None, (as_text(cell) for cell in cells)))[:500]

    def action_correct(self):
        """The cells of this row, to be corrected and checked again."""
        self.ensure_one()
        self.check_access("write")
        return self.env["customer.import.correction"]._open(self)

    def action_open_partner(self):
        """The customer this row is about."""
        self.ensure_one()
        self.check_access("read")
        return self.partner_id._get_records_action(context={})


def _paragraph(values):
    return Markup("<div class='text-wrap'>%s</div>") % Markup(" · ").join(values)


def _diff_line(label, old, new, shows_old):
    """One value: struck through what goes, then what comes.

    Those of a new customer are many: they follow each other in one paragraph.
    """
    if not shows_old:
        return Markup("<span class='text-muted'>%s:</span> <b>%s</b>") % (
            label,
            new,
        )
    before = Markup("<del class='text-muted'>%s</del> → ") % old if old else ""
    return Markup(
        "<div class='text-wrap'><span class='text-muted'>%s:</span> %s<b>%s</b></div>"
    ) % (label, before, new)
