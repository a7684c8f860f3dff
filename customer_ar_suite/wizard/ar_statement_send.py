from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import clean_context

#: more are printed by a statement run in the background, not in a user's click
MOST_PRINTED = 500


class ArStatementSend(models.TransientModel):
    """Ask whose statements shall be issued, as of when and how they look."""

    _name = "ar.statement.send"
    _description = "Issue Statements"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    selection = fields.Selection(
        [
            ("chosen", "The customers listed below"),
            ("open", "All customers with open items"),
            ("overdue", "All customers with overdue items"),
        ],
        string="Customers",
        required=True,
        default="open",
    )
    partner_ids = fields.Many2many("res.partner", string="Chosen Customers")
    layout_id = fields.Many2one(
        "ar.statement.layout",
        required=True,
        domain="[('company_id', 'in', [company_id, False])]",
        compute="_compute_layout_id",
        store=True,
        precompute=True,
        readonly=False,
    )
    layout_kind = fields.Selection(related="layout_id.kind")
    as_of_date = fields.Date(
        string="As of", required=True, default=lambda s: fields.Date.context_today(s)
    )
    period_start_date = fields.Date(
        string="Period from",
        compute="_compute_period_start_date",
        store=True,
        readonly=False,
        help="First day of the movements shown.",
    )

    is_future = fields.Boolean(compute="_compute_is_future")

    @api.depends("as_of_date")
    def _compute_is_future(self):
        today = fields.Date.context_today(self)
        for wizard in self:
            wizard.is_future = wizard.as_of_date and wizard.as_of_date > today

    @api.depends("partner_ids", "company_id")
    def _compute_layout_id(self):
        """The one all chosen customers have on their cards, else the company's first."""
        layouts = self.env["ar.statement.layout"]
        for wizard in self:
            partners = wizard.partner_ids.with_company(wizard.company_id)
            own = {one.ar_statement_layout_id for one in partners}
            first = layouts.search(
                [("company_id", "in", [wizard.company_id.id, False])], limit=1
            )
            wizard.layout_id = (own.pop() if len(own) == 1 else None) or first

    @api.depends("as_of_date")
    def _compute_period_start_date(self):
        """The month of the statement date."""
        for wizard in self:
            wizard.period_start_date = wizard.as_of_date and wizard.as_of_date.replace(
                day=1
            )

    def action_print(self):
        """Issue the statements and print them as one PDF."""
        statements = self._issue()
        if len(statements) > MOST_PRINTED:
            return self._open(statements)
        return {**statements.action_print(), "close_on_report_download": True}

    def action_issue(self):
        """Issue the statements and show them in a list."""
        return self._open(self._issue())

    def action_prepare_run(self):
        """Make a statement run of it, whose preview is looked at before anything is sent."""
        self.ensure_one()
        self.check_access("read")
        self._check_input()
        chosen = self.selection == "chosen"
        runs = self.env["ar.statement.run"].with_context(
            clean_context(self.env.context)
        )
        run = runs.create(
            {
                "company_id": self.company_id.id,
                "layout_id": self.layout_id.id,
                "period": False,
                "as_of_date": self.as_of_date,
                "period_start_date": self.period_start_date,
                "include": "all" if chosen else self.selection,
                "partner_domain": str(
                    [("id", "in", self.partner_ids.ids)] if chosen else []
                ),
            }
        )
        run.action_preview()
        return run._open()

    def _issue(self):
        self.ensure_one()
        self._check_input()
        statements, errors = self.env["ar.statement"]._issue(
            self.company_id,
            self.layout_id,
            self.as_of_date,
            self.period_start_date,
            self.partner_ids.ids if self.selection == "chosen" else None,
            "overdue" if self.selection == "overdue" else None,
        )
        if errors:  # all or nothing: who is missing would not be noticed
            raise UserError(statements._error_text(errors))
        if not statements:
            raise UserError(
                self.env._(
                    "No customer of %s has open items on this date.",
                    self.company_id.name,
                )
            )
        return statements

    def _check_input(self):
        if self.selection == "chosen" and not self.partner_ids:
            raise UserError(self.env._("Choose at least one customer."))
        starts, ends = self.period_start_date, self.as_of_date
        if self.layout_kind == "activity" and (not starts or starts > ends):
            raise UserError(self.env._("The period must start on or before %s.", ends))

    def _open(self, statements):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_ar_suite.ar_statement_action"
        )
        action["domain"] = [("id", "in", statements.ids)]
        action["context"] = {}
        if len(statements) == 1:
            action.update(
                res_id=statements.id, views=[(False, "form")], view_mode="form"
            )
        return action
