from odoo import api, fields, models
from odoo.exceptions import UserError


class ArStatementRunConfirm(models.TransientModel):
    """The last question before statements go: how many customers, by which way."""

    _name = "ar.statement.run.confirm"
    _description = "Confirm Statement Run"

    run_id = fields.Many2one("ar.statement.run", required=True)
    company_id = fields.Many2one(related="run_id.company_id")
    email_count = fields.Integer(
        string="By E-Mail",
        compute="_compute_counts",
        store=True,
        readonly=False,
        precompute=True,
    )
    post_count = fields.Integer(
        string="By Post",
        compute="_compute_counts",
        store=True,
        readonly=False,
        precompute=True,
    )
    file_count = fields.Integer(
        string="As Files",
        compute="_compute_counts",
        store=True,
        readonly=False,
        precompute=True,
    )
    issue_count = fields.Integer(
        string="Issued Only",
        compute="_compute_counts",
        store=True,
        readonly=False,
        precompute=True,
    )
    problem_count = fields.Integer(related="run_id.problem_count")
    excluded_count = fields.Integer(related="run_id.excluded_count")
    warning_count = fields.Integer(related="run_id.warning_count")
    as_of_date = fields.Date(related="run_id.as_of_date")
    template_id = fields.Many2one(related="run_id.template_id")

    @api.depends("run_id")
    def _compute_counts(self):
        """The numbers of the moment: what the user sees is what is compared."""
        for dialog in self:
            counts = dialog.run_id._sendable_lines()._count_by_channel()
            for channel in ("email", "post", "file", "issue"):
                dialog[f"{channel}_count"] = counts.get(channel, 0)

    def action_confirm(self):
        """Let exactly these go."""
        self.check_access("read")
        self.ensure_one()
        self.run_id._check_may_confirm()
        found = {
            "email": self.email_count,
            "post": self.post_count,
            "file": self.file_count,
            "issue": self.issue_count,
        }
        if not any(found.values()):
            raise UserError(self.env._("No customer of this run can be served."))
        self.run_id._confirm({name: count for name, count in found.items() if count})
        return {"type": "ir.actions.act_window_close"}


class ArStatementRunExclude(models.TransientModel):
    """Why customers are left out of a run, or of all runs to come."""

    _name = "ar.statement.run.exclude"
    _description = "Leave Customers out of a Statement Run"

    line_ids = fields.Many2many("ar.statement.run.line", string="Customers")
    reason = fields.Char(required=True)
    is_standing = fields.Boolean(
        string="From Now on",
        help="These customers get no statements until this is ended on their card.",
    )

    def action_exclude(self):
        """Leave them out."""
        self.check_access("read")
        if not self.line_ids:
            raise UserError(self.env._("Choose at least one customer."))
        lines = self.line_ids
        lines._exclude(self.reason)
        if self.is_standing:
            self.env["ar.statement.exclusion"].create(
                [
                    {
                        "partner_id": line.partner_id.id,
                        "company_id": line.company_id.id,
                        "reason": self.reason,
                    }
                    for line in lines
                ]
            )
        return {"type": "ir.actions.act_window_close"}
