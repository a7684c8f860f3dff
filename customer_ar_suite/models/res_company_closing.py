from odoo import fields, models

#: who loosens one of these loosens a control
CONTROLS = (
    "ar_deletion_by_request",
    "ar_archive_rule",
    "ar_closing_approver_group_id",
    "ar_closing_approver_count",
    "ar_closing_deputy_ids",
    "ar_closing_deputy_days",
)


class ResCompany(models.Model):
    """What a company allows its users to do to customers without asking."""

    _inherit = "res.company"

    ar_deletion_by_request = fields.Boolean(
        string="Delete Customers by Request Only",
        help="Customers of this company, and shared ones, are deleted only by a request "
        "that a second person has approved.",
    )
    ar_archive_rule = fields.Selection(
        [
            ("allow", "Allow"),
            ("warn", "Warn about Open Items"),
            ("refuse", "Refuse with Open Items"),
            ("request", "By Request Only"),
        ],
        string="Archiving Customers",
        default="warn",
        required=True,
    )
    ar_closing_approver_group_id = fields.Many2one(
        "res.groups",
        string="Approvers of Closing Requests",
        help="Its members approve; empty: the customer reviewers. Whoever is a member when "
        "a request is made is on its list.",
    )
    ar_closing_approver_count = fields.Integer(
        string="Approvals of Closing Requests",
        default=1,
        required=True,
        help="How many different people have to approve.",
    )
    ar_closing_deputy_ids = fields.Many2many(
        "res.users",
        "res_company_closing_deputy_rel",
        string="Deputies for Closing Requests",
        domain=[("share", "=", False)],
        help="May decide when nobody has after the given number of days.",
    )
    ar_closing_deputy_days = fields.Integer(
        string="Deputies for Closing after (Days)", default=3, required=True
    )

    _ar_closing_counts = models.Constraint(
        "CHECK (ar_closing_approver_count BETWEEN 1 AND 9 AND ar_closing_deputy_days >= 0)",
        "At least one approval and no more than nine, and no negative number of days.",
    )

    def write(self, vals):
        """A change of the rules is proven and logged, as one of a policy is."""
        names = [name for name in CONTROLS if name in vals]
        before = {company: company._ar_closing_rules(names) for company in self}
        result = super().write(vals)
        for company, old in before.items():
            new = company._ar_closing_rules(names)
            changed = {name: [old[name], new[name]] for name in names}
            changed = {
                name: pair for name, pair in changed.items() if len(set(pair)) > 1
            }
            if changed:
                self.env["ar.identity.rule"]._demand("policy", company)
                self.env["customer.audit.entry"].with_company(company)._ar_log(
                    "closing.rules", company, changed
                )
        return result

    def _ar_closing_rules(self, names):
        return {
            name: tuple(self[name].ids) if self._fields[name].relational else self[name]
            for name in names
        }

    def _ar_by_request(self):
        return any(self.mapped("ar_deletion_by_request"))


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ar_deletion_by_request = fields.Boolean(
        related="company_id.ar_deletion_by_request", readonly=False
    )
    ar_archive_rule = fields.Selection(
        related="company_id.ar_archive_rule", readonly=False
    )
    ar_closing_approver_group_id = fields.Many2one(
        related="company_id.ar_closing_approver_group_id", readonly=False
    )
    ar_closing_approver_count = fields.Integer(
        related="company_id.ar_closing_approver_count", readonly=False
    )
    ar_closing_deputy_ids = fields.Many2many(
        related="company_id.ar_closing_deputy_ids", readonly=False
    )
    ar_closing_deputy_days = fields.Integer(
        related="company_id.ar_closing_deputy_days", readonly=False
    )
