from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..engine.aging import STANDARD
from ..engine.money import from_minor

MONEY_GROUPS = "account.group_account_invoice,account.group_account_readonly"


class ResPartner(models.Model):
    """What a customer's card shows of the suite; no rules here."""

    _name = "res.partner"
    _inherit = ["res.partner", "customer.change.mixin"]

    customer_category_assignment_ids = fields.One2many(
        "customer.category.assignment",
        "partner_id",
        string="Category History",
        readonly=True,
        groups="customer_ar_suite.customer_ar_suite_group_user",
    )
    ar_balance_amount = fields.Monetary(
        string="Receivable Balance",
        compute="_compute_ar_figures",
        groups=MONEY_GROUPS,
        help="What the customer owes the current company today, all contacts together, "
        "less credit notes and payments not yet applied.",
    )
    ar_overdue_amount = fields.Monetary(
        string="Overdue",
        compute="_compute_ar_figures",
        groups=MONEY_GROUPS,
        help="The part of the open invoices whose due date has passed.",
    )
    ar_open_item_count = fields.Integer(
        string="Open Items", compute="_compute_ar_figures", groups=MONEY_GROUPS
    )
    ar_oldest_due_date = fields.Date(
        string="Oldest Due Date", compute="_compute_ar_figures", groups=MONEY_GROUPS
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "uid")
    def _compute_ar_figures(self):
        """Figures of the commercial partner in the current company; one query for all."""
        today = fields.Date.context_today(self)
        by_customer = defaultdict(list)
        for item in self.env["ar.ledger"]._open_items(
            today,
            partner_ids=self.commercial_partner_id.ids,
            company_ids=self.env.company.ids,
        ):
            by_customer[item.partner_id].append(item)
        for partner in self:
            items = by_customer[partner.commercial_partner_id.id]
            balance = sum(item.residual_company for item in items)
            residuals = [
                (item.due_date, item.residual_company)
                for item in items
                if not item.is_advance
            ]
            overdue = STANDARD.age(residuals, today).overdue
            digits = partner.currency_id.decimal_places
            partner.ar_balance_amount = from_minor(balance, digits)
            partner.ar_overdue_amount = from_minor(overdue, digits)
            partner.ar_open_item_count = len(items)
            partner.ar_oldest_due_date = min(
                (due for due, residual in residuals if residual > 0), default=False
            )

    def action_view_ar_open_items(self):
        """The open receivable journal items of these customers and their contacts."""
        self.check_access("read")
        self.env["account.move.line"].check_access("read")
        if self.env.user.share:  # reads his own invoices' items, in the portal
            raise AccessError(self.env._("This list is for your colleagues only."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Open Items"),
            "res_model": "account.move.line",
            "views": [
                (
                    self.env.ref(
                        "customer_ar_suite.account_move_line_view_list_open"
                    ).id,
                    "list",
                ),
                (False, "pivot"),
                (False, "form"),
            ],
            "domain": [
                ("partner_id", "child_of", self.commercial_partner_id.ids),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("company_id", "in", self.env.companies.ids),
            ],
            "context": {"create": False},
        }

    def action_view_category_history(self):
        """Which categories these customers have and had."""
        self.check_access("read")
        self.env["customer.category.assignment"].check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.customer_category_assignment_action"
            ),
            "domain": [("partner_id", "in", self.commercial_partner_id.ids)],
            "context": {"search_default_group_dimension": 1},
        }
