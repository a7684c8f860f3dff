from odoo import api, fields, models
from odoo.exceptions import UserError

ROLE = "customer_ar_suite.customer_ar_suite_group_customer_clerk"


class CustomerNumberingRun(models.Model):
    """Number many customers that have no number: preview, apply, take back.

    References that exist are left alone; the numbers of the preview are given in its order.
    """

    _name = "customer.numbering.run"
    _description = "Numbering of Customers"
    _inherit = ["ar.run.mixin"]
    _order = "id desc"

    _run_item_model = "customer.numbering.line"
    _run_chunk_size = 500
    _run_interactive_limit = 500

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    scope = fields.Selection(
        [("all", "All Customers Without a Number"), ("chosen", "Chosen Customers")],
        string="Which Customers",
        default="all",
        required=True,
        readonly=True,
    )
    line_ids = fields.One2many(
        "customer.numbering.line", "run_id", string="Customers", readonly=True
    )
    left_count = fields.Integer(
        string="Without a Pattern",
        readonly=True,
        help="Customers no pattern fits: they lack the category or the country it names.",
    )
    undone_at = fields.Datetime(string="Taken Back on", readonly=True)
    kept_count = fields.Integer(compute="_compute_kept_count", string="Kept")

    @api.depends("create_date")
    def _compute_name(self):
        for run in self:
            day = run.create_date and fields.Datetime.context_timestamp(
                run, run.create_date
            )
            run.name = self.env._(
                "Numbering of %(day)s", day=f"{day:%Y-%m-%d %H:%M}" if day else ""
            )

    def _compute_kept_count(self):
        for run in self:
            kept = run.line_ids.filtered(lambda one: one.outcome == "kept")
            run.kept_count = len(kept)

    # -- preview --------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._check_role()
        allowed = {"company_id", "scope"}
        return super().create(
            [{k: v for k, v in vals.items() if k in allowed} for vals in vals_list]
        )

    def _check_role(self):
        self.browse().check_access("create")
        if not self.env["customer.numbering"]._of_company(self.env.company):
            raise UserError(
                self.env._(
                    "%(company)s has no number pattern. Make one under Configuration ▸ "
                    "Customer Number Patterns, and switch numbering on in the settings.",
                    company=self.env.company.name,
                )
            )

    @api.model
    def _open_for(self, partners):
        """A preview for chosen customers."""
        run = self.create([{"scope": "chosen"}])
        run._stage(partners.commercial_partner_id)
        return run._form()

    def _form(self):
        return self._get_records_action(context={})

    def action_preview(self):
        """List the customers without a number, and the numbers they would get."""
        self.ensure_one()
        self._check_draft()
        partners = self.line_ids.partner_id
        if self.scope == "all":
            partners = self.env["res.partner"].search(
                [
                    ("parent_id", "=", False),
                    ("ref", "=", False),
                    ("customer_rank", ">", 0),
                    ("company_id", "in", [self.company_id.id, False]),
                ],
                order="create_date, id",
            )
        self._stage(partners)
        return True

    def _check_draft(self):
        self.check_access("write")
        if self.run_state != "draft":
            raise UserError(self.env._("This numbering has been applied already."))
        if self.company_id.ar_numbering_when == "never":
            raise UserError(
                self.env._(
                    "Customer numbers are switched off for %(company)s: choose when they "
                    "are given under Configuration ▸ Settings.",
                    company=self.company_id.name,
                )
            )

    def _stage(self, partners):
        self._check_draft()
        # a customer is numbered by who may write it
        partners = partners._filtered_access("write").filtered(
            lambda one: one._ar_wants_number()
        )
        shown = self.env["customer.numbering"]._preview(partners, self.company_id)
        # sudo: lines are written by these steps alone; the user's customers, checked above
        lines = self.env["customer.numbering.line"].sudo()
        lines.search([("run_id", "=", self.id)]).unlink()
        lines.create(
            [
                {"run_id": self.id, "partner_id": id_, "planned_number": shown[id_]}
                for id_ in partners.ids
                if id_ in shown
            ]
        )
        # sudo: a figure of the preview
        self.sudo().left_count = len(partners) - len(shown)

    # -- apply ----------------------------------------------------------------------------

    def action_apply(self):
        """Give the numbers."""
        self.ensure_one()
        self._check_draft()
        if not self.line_ids:
            raise UserError(
                self.env._("There is nobody to number. Make a preview first.")
            )
        self._start_run()
        return True

    def _apply_items(self, items):
        waiting = items.filtered(lambda line: line.partner_id._ar_wants_number())
        partners = waiting.partner_id
        partners.check_access("write")
        # in the order of the preview
        partners = partners.browse([line.partner_id.id for line in waiting])
        self.env["customer.numbering"]._number(partners, self.company_id)
        for line in waiting:
            number = line.partner_id.ref
            # sudo: outcome of the run
            line.sudo().write(
                {"number": number, "outcome": "given" if number else False}
            )
        # sudo: outcome of the run: somebody else numbered them meanwhile
        (items - waiting).sudo().write({"outcome": "had"})
        self.env["customer.audit.entry"].with_company(self.company_id)._ar_log(
            "numbering.assign",
            partners,
            {"run": self.id},
            {one.id: {"number": one.ref} for one in partners},
        )

    # -- take back ------------------------------------------------------------------------

    def action_undo(self):
        """Take the numbers back from all who still have them."""
        self.ensure_one()
        self.check_access("write")
        if self.run_state not in ("done", "cancelled") or self.undone_at:
            raise UserError(self.env._("There is nothing to take back."))
        lines = self.line_ids.filtered(lambda line: line.outcome == "given")
        same = lines.filtered(lambda line: line.partner_id.ref == line.number)
        partners = same.partner_id
        partners.check_access("write")
        # sudo: the numbers this run gave are taken back by the same door
        partners.sudo().write({"ref": False})
        self.env["customer.number"]._release(partners, same.mapped("number"))
        # sudo: outcome of the run
        same.sudo().write({"outcome": "back"})
        # sudo: outcome of the run
        (lines - same).sudo().write({"outcome": "kept"})
        # sudo: outcome of the run
        self.sudo().undone_at = fields.Datetime.now()
        self.env["customer.audit.entry"].with_company(self.company_id)._ar_log(
            "numbering.undo", partners, {"run": self.id}
        )
        return True


class CustomerNumberingLine(models.Model):
    """One customer of such a run: the number shown in the preview, and the one given."""

    _name = "customer.numbering.line"
    _description = "Customer to Be Numbered"
    _inherit = ["ar.run.item.mixin", "ar.partner.rule.mixin"]
    _order = "id"

    run_id = fields.Many2one(
        "customer.numbering.run", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True)
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True, ondelete="cascade"
    )
    planned_number = fields.Char(string="Number in the Preview", readonly=True)
    number = fields.Char(string="Number Given", readonly=True)
    outcome = fields.Selection(
        [
            ("given", "Numbered"),
            ("had", "Numbered Meanwhile"),
            ("back", "Taken Back"),
            ("kept", "Changed Since, Kept"),
        ],
        readonly=True,
    )


class CustomerNumber(models.Model):
    _inherit = "customer.number"

    @api.model
    def _release(self, partners, numbers):
        """Numbers that were taken back may be given again."""
        # sudo: the register is kept by the suite; the caller has checked who asks
        rows = self.sudo().search(
            [
                ("partner_id", "in", partners.ids),
                ("number", "in", numbers),
                ("origin", "=", "assigned"),
                ("state", "=", "retired"),
            ]
        )
        for row in rows:
            row._set(state="free")
