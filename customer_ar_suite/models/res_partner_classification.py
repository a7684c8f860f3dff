from odoo import api, fields, models


class ResPartner(models.Model):
    """Customers and rules: what rules look at, and moving at once where that is cheap."""

    _inherit = "res.partner"

    ar_annual_revenue = fields.Monetary(
        string="Annual Revenue",
        currency_field="ar_annual_revenue_currency_id",
        tracking=True,
        help="What the customer's own business turns over in a year.",
    )
    ar_annual_revenue_currency_id = fields.Many2one(
        "res.currency",
        string="Currency of the Annual Revenue",
        compute="_compute_ar_annual_revenue_currency_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    ar_headcount = fields.Integer(
        string="Employees",
        tracking=True,
        aggregator="sum",
        help="How many people work for the customer.",
    )
    ar_category_reason_ids = fields.Many2many(
        "customer.category.assignment",
        string="Why",
        compute="_compute_ar_category_reason_ids",
    )
    ar_lacks_category = fields.Boolean(
        string="Lacks a Required Category",
        compute="_compute_ar_lacks_category",
        search="_search_ar_lacks_category",
    )

    @api.depends("ar_annual_revenue")
    def _compute_ar_annual_revenue_currency_id(self):
        for partner in self:
            if partner.ar_annual_revenue and not partner.ar_annual_revenue_currency_id:
                partner.ar_annual_revenue_currency_id = self.env.company.currency_id
            else:
                partner.ar_annual_revenue_currency_id = (
                    partner.ar_annual_revenue_currency_id
                )

    @api.depends("customer_category_assignment_ids")
    def _compute_ar_category_reason_ids(self):
        """What holds today, dimension by dimension."""
        rows = self.env["customer.category.assignment"].search(
            [("partner_id", "in", self._origin.ids), ("valid_to", "=", False)],
            order="dimension_id",
        )
        by_partner = rows.grouped("partner_id")
        for partner in self:
            partner.ar_category_reason_ids = by_partner.get(partner._origin, False)

    # -- without a category ---------------------------------------------------------------

    @api.model
    def _required_columns(self):
        return [
            name
            for name, column in self._shown_columns().items()
            if column.is_required and self._has_field_access(self._fields[name], "read")
        ]

    def _compute_ar_lacks_category(self):
        lacking = self.filtered_domain([("ar_lacks_category", "=", True)])
        for partner in self:
            partner.ar_lacks_category = partner in lacking

    @api.model
    def _search_ar_lacks_category(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = fields.Domain.OR(
            fields.Domain(name, "=", False) for name in self._required_columns()
        )
        customers = fields.Domain("customer_rank", ">", 0) & (
            fields.Domain("is_company", "=", True)
            | fields.Domain("parent_id", "=", False)
        )
        return customers & wanted

    # -- at once --------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        partners._reclassify(None)
        return partners

    def write(self, vals):
        result = super().write(vals)
        self._reclassify(vals)
        return result

    def _reclassify(self, vals):
        """Dimensions whose rules need no figures follow the data of a customer at once."""
        watched = self.env["customer.category.rule"]._watched()
        concerned = [
            dimension_id
            for dimension_id, names in watched.items()
            if vals is None or not names.isdisjoint(vals)
        ]
        if not concerned or not self:
            return
        # sudo: rules decide whoever changed the data; the change itself was checked
        system = self.sudo()
        dimensions = system.env["customer.dimension"].browse(concerned)
        today = fields.Date.context_today(self)
        for plan in system.env["customer.classifier"]._plans(
            dimensions, today, self.ids
        ):
            system.env["customer.category.run.line"]._assign_plan(plan, today)

    # -- buttons --------------------------------------------------------------------------

    def action_choose_category(self):
        """Choose a category by hand, with a reason and, if wanted, an end."""
        self.check_access("write")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.customer_category_choose_action"
            ),
            "context": {"default_partner_ids": self.ids},
        }
