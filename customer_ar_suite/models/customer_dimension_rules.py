from odoo import api, fields, models


class CustomerDimension(models.Model):
    """What a dimension has to do with rules: them, their currency, who is without."""

    _inherit = "customer.dimension"

    rule_ids = fields.One2many(
        "customer.category.rule",
        "dimension_id",
        context={"active_test": False},
        copy=False,
    )
    rule_count = fields.Integer(compute="_compute_rule_count", string="Enabled Rules")
    currency_id = fields.Many2one(
        "res.currency",
        help="In which amounts of rules are meant; figures of companies with another currency "
        "are converted at the rate of the day. Empty: the currency of the company, of a shared "
        "dimension that of the first company.",
    )
    unassigned_count = fields.Integer(
        compute="_compute_unassigned_count",
        string="Without a Category",
        help="Customers who have no category of this dimension today.",
    )

    @api.depends("rule_ids.active")
    def _compute_rule_count(self):
        counts = dict(
            self.env["customer.category.rule"]._read_group(
                [("dimension_id", "in", self.ids), ("active", "=", True)],
                ["dimension_id"],
                ["__count"],
            )
        )
        for dimension in self:
            dimension.rule_count = counts.get(dimension, 0)

    def _compute_unassigned_count(self):
        partners = self.env["res.partner"]
        for dimension in self:
            dimension.unassigned_count = (
                partners.search_count(dimension._unassigned_domain())
                if dimension.active and dimension._column_name() in partners._fields
                else 0
            )

    def _rule_currency(self):
        """The same for whoever asks: of the company, or of the first one."""
        # sudo: the currency of a company
        companies, own = self.env["res.company"].sudo(), self.company_id.sudo()
        return (
            self.currency_id
            or own.currency_id
            or companies.search([], order="id", limit=1).currency_id
        )

    def _rule_companies(self):
        """Whose business counts: the dimension's company; shared: that of all."""
        # sudo: a shared dimension classifies by the business of all companies
        return self.company_id or self.env["res.company"].sudo().search([])

    def _customer_domain(self):
        """The customers a dimension classifies: companies and single persons, not archived.

        Who was erased or closed is no customer to be classified any more.
        """
        return fields.Domain(
            [
                ("active", "=", True),
                ("customer_rank", ">", 0),
                ("ar_has_left", "=", False),
                "|",
                ("is_company", "=", True),
                ("parent_id", "=", False),
                ("company_id", "in", (False, self.company_id.id))
                if self.company_id
                else (1, "=", 1),
            ]
        )

    def _unassigned_domain(self):
        return self._customer_domain() & fields.Domain(self._column_name(), "=", False)

    # -- buttons --------------------------------------------------------------------------

    def action_view_rules(self):
        """The rules of this dimension, in their order."""
        self.check_access("read")
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.customer_category_rule_action"
            ),
            "name": self.name,
            "domain": [("dimension_id", "=", self.id)],
            "context": {"default_dimension_id": self.id, "active_test": False},
        }

    def action_view_unassigned(self):
        """The customers that have no category of this dimension."""
        self.check_access("read")
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.res_partner_action_customers"
            ),
            "name": self.env._("Without %(dimension)s", dimension=self.name),
            "context": {"default_customer_rank": 1, "default_is_company": True},
            "domain": list(self._unassigned_domain()),
        }

    def action_preview_rules(self):
        """Who would move by the rules as they are now; nothing is changed."""
        self.check_access("read")
        run = self.env["customer.category.run"].create(
            {
                "dimension_ids": [fields.Command.set(self.ids)],
                "company_id": self.company_id[:1].id,
            }
        )
        return run.action_preview()
