from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

SEPARATOR = " / "


class CustomerCategory(models.Model):
    """A value of a dimension; values form a tree, and a parent stands for all below it."""

    _name = "customer.category"
    _description = "Customer Category"
    _parent_store = True
    _order = "dimension_id, sequence, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        help="Short name, unique in the dimension; imports accept it too."
    )
    dimension_id = fields.Many2one(
        "customer.dimension", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="dimension_id.company_id", store=True, index=True
    )
    parent_id = fields.Many2one(
        "customer.category",
        index=True,
        ondelete="restrict",
        domain="[('dimension_id', '=', dimension_id), '!', ('id', 'child_of', id)]",
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many(
        "customer.category", "parent_id", string="Subcategories"
    )
    complete_name = fields.Char(compute="_compute_complete_name", recursive=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer(aggregator=None)
    active = fields.Boolean(default=True)
    customer_count = fields.Integer(
        compute="_compute_customer_count",
        help="Customers that have this category or one below it today.",
    )

    _code_uniq = models.Constraint(
        "UNIQUE(dimension_id, code)",
        "Another category of this dimension already has this code.",
    )

    @api.depends("name", "parent_id.complete_name")
    @api.depends_context("lang")
    def _compute_complete_name(self):
        for category in self:
            parent = category.parent_id.complete_name
            category.complete_name = SEPARATOR.join(
                filter(None, (parent, category.name))
            )

    @api.depends("complete_name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for category in self:
            category.display_name = category.complete_name

    @api.model
    def _search_display_name(self, operator, value):
        """Also finds the full path ``Parent / Child``, which is what an export writes."""
        domain = super()._search_display_name(operator, value)
        paths = [value] if isinstance(value, str) else (value or [])
        if operator not in ("=", "in"):
            return domain
        return Domain.OR([domain, *map(self._path_domain, filter(_is_path, paths))])

    @api.model
    def _path_domain(self, path):
        names = [name.strip() for name in path.split(SEPARATOR.strip())]
        return Domain.AND(
            Domain("parent_id." * level + "name", "=", name)
            for level, name in enumerate(reversed(names))
        )

    def _compute_customer_count(self):
        counts = dict(
            self.env["customer.category.assignment"]._read_group(
                [("category_id", "child_of", self.ids), ("valid_to", "=", False)],
                ["category_id"],
                ["__count"],
            )
        )
        for category in self:
            prefix = category.parent_path or "-"
            category.customer_count = sum(
                count
                for below, count in counts.items()
                if (below.parent_path or "").startswith(prefix)
            )

    @api.constrains("parent_id", "dimension_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A category cannot be its own parent."))
        for category in self:
            parent = category.parent_id
            if parent and parent.dimension_id != category.dimension_id:
                raise ValidationError(
                    self.env._(
                        "“%(category)s” and its parent “%(parent)s” must belong to the same "
                        "dimension.",
                        category=category.name,
                        parent=parent.name,
                    )
                )

    def write(self, vals):
        if "dimension_id" in vals and any(
            category.dimension_id.id != vals["dimension_id"] for category in self
        ):
            self._raise_if_used(
                self.env._("A category in use cannot move to another dimension.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._raise_if_used(
            self.env._(
                "Customers have or had this category. Archive it instead: the history stays."
            )
        )

    def _raise_if_used(self, message):
        # sudo: a category is in use whoever may see the customer
        if (
            self.env["customer.category.assignment"]
            .sudo()
            .search_count([("category_id", "in", self.ids)], limit=1)
        ):
            raise UserError(message)

    def action_view_customers(self):
        """The customers that have this category, or one below it, today."""
        self.ensure_one()
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.res_partner_action_customers"
            ),
            "name": self.display_name,
            "context": {"default_customer_rank": 1},
            "domain": [
                (
                    "customer_category_assignment_ids",
                    "any",
                    [("category_id", "child_of", self.id), ("valid_to", "=", False)],
                )
            ],
        }


def _is_path(value):
    return isinstance(value, str) and SEPARATOR.strip() in value
