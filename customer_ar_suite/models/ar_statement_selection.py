import ast
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..engine.money import to_minor


class Filter(NamedTuple):
    """Which of the statements that could be issued are wanted."""

    include: str
    least_overdue: int


class ArStatementSelectionMixin(models.AbstractModel):
    """Who gets a statement, which one and by which way: asked by runs and schedules."""

    _name = "ar.statement.selection.mixin"
    _description = "Selection of Statements"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")

    # -- who --------------------------------------------------------------------------
    include = fields.Selection(
        [
            ("open", "With open items"),
            ("nonzero", "With a balance other than zero"),
            ("overdue", "With overdue items"),
            ("all", "All, also with nothing open"),
        ],
        string="Customers",
        required=True,
        default="open",
    )
    least_overdue_amount = fields.Monetary(
        string="Overdue at Least",
        help="In the company's currency; 0: any amount.",
    )
    category_ids = fields.Many2many(
        "customer.category",
        string="Categories",
        help="Customers of one of these categories; of several dimensions, in each of "
        "them: grade, payment cycle, region … Sub-categories are included.",
    )
    partner_domain = fields.Char(
        string="Further Conditions",
        default="[]",
        help="On fields of the customer or its contacts.",
    )

    # -- what -------------------------------------------------------------------------
    layout_id = fields.Many2one(
        "ar.statement.layout",
        required=True,
        domain="[('company_id', 'in', [company_id, False])]",
        default=lambda self: self.env["ar.statement.layout"].search(
            [("company_id", "in", [self.env.company.id, False])], limit=1
        ),
    )
    layout_kind = fields.Selection(related="layout_id.kind", string="Kind of Layout")
    period = fields.Selection(
        [
            ("today", "Today"),
            ("last_month", "Last month"),
            ("last_quarter", "Last quarter"),
            ("last_year", "Last year"),
            ("this_quarter", "This quarter so far"),
            ("this_year", "This year so far"),
        ],
        default="today",
        help="Open items are shown as of its last day.",
    )

    # -- how --------------------------------------------------------------------------
    channel = fields.Selection(
        "_channel_selection", string="Send by", required=True, default="email"
    )
    or_post = fields.Boolean(
        string="Post Those without E-Mail",
        help="Customers without a usable e-mail address are put on the post list.",
    )
    template_id = fields.Many2one(
        "mail.template",
        string="E-Mail Template",
        domain="[('model', '=', 'ar.statement')]",
        default=lambda self: self.env.ref(
            "customer_ar_suite.ar_statement_mail", raise_if_not_found=False
        ),
        help="Written in the language of each customer: translate subject and text of the "
        "template.",
    )
    release_portal = fields.Boolean(
        string="Release for Portal",
        help="Customers with a portal account may open these statements there.",
    )

    @api.model
    def _channel_selection(self):
        labels = {
            "email": self.env._("E-Mail"),
            "post": self.env._("Print and Post"),
            "file": self.env._("One PDF File Each"),
            "issue": self.env._("Issue Only"),
        }
        return list(labels.items())

    @api.constrains("partner_domain")
    def _check_partner_domain(self):
        for record in self:
            record._partner_condition()

    @api.constrains("least_overdue_amount")
    def _check_least_overdue_amount(self):
        for record in self:
            if record.least_overdue_amount < 0:
                raise ValidationError(
                    self.env._("The least overdue amount cannot be negative.")
                )

    @api.constrains("layout_id", "company_id")
    def _check_layout_company(self):
        for record in self:
            # sudo: only compared
            if record.sudo().layout_id.company_id not in (
                self.env["res.company"],
                record.company_id,
            ):
                raise ValidationError(
                    self.env._("The layout belongs to another company.")
                )

    def _partner_condition(self):
        """The further conditions as a domain; nothing in it is run as a program."""
        try:
            found = Domain(ast.literal_eval(self.partner_domain or "[]"))
            found.validate(self.env["res.partner"])
        except (ValueError, SyntaxError, TypeError, KeyError) as error:
            raise UserError(
                self.env._(
                    "The further conditions on customers cannot be read: %(error)s. "
                    "Choose fields and fixed values.",
                    error=str(error)[:200],
                )
            ) from error
        return found

    def _selected_partner_ids(self):
        """Customers by their master data; None: whoever has open items.

        Archived customers are among them: what they owe does not disappear.
        """
        condition = self._partner_condition() & self._category_condition()
        if condition.is_true():
            if self.include != "all":
                return None
            condition = Domain("customer_rank", ">", 0)
        condition &= Domain("company_id", "in", [self.company_id.id, False])
        contacts = (
            self.env["res.partner"].with_context(active_test=False).search(condition)
        )
        # sudo: ids only; what is built of them is filtered by the user's rules
        customers = contacts.sudo().commercial_partner_id.with_env(self.env)
        return customers._filtered_access("read")._ar_filtered_right("money").ids

    def _category_condition(self):
        """One of the categories in each of their dimensions, sub-categories included."""
        columns = {
            column.dimension_id: name
            for name, column in self.env["customer.dimension"]._columns().items()
        }
        condition = Domain.TRUE
        for dimension, categories in self.category_ids.grouped("dimension_id").items():
            if dimension.id not in columns:
                raise UserError(
                    self.env._(
                        "The dimension “%s” has never been used: no customer has one of "
                        "its categories.",
                        dimension.display_name,
                    )
                )
            condition &= Domain(columns[dimension.id], "child_of", categories.ids)
        return condition

    def _wanted(self):
        digits = self.company_id.currency_id.decimal_places
        return Filter(self.include, to_minor(self.least_overdue_amount, digits))

    @api.model
    def _is_wanted(self, draft, wanted):
        """Whether the figures are what was asked for; ``draft`` from ``_build``."""
        if wanted.include == "overdue":
            return draft.overdue > 0 and draft.overdue >= wanted.least_overdue
        closings = [section.closing for section in draft.matrix.sections]
        return {
            "open": bool(draft.matrix.sections),
            "nonzero": any(closings),
            "all": True,
        }[wanted.include]
