from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.category_code import matches


class CustomerDimensionLevel(models.Model):
    """A level of a dimension's tree: its name, and how codes on it look."""

    _name = "customer.dimension.level"
    _description = "Level of a Dimension"
    _order = "dimension_id, number"

    dimension_id = fields.Many2one(
        "customer.dimension", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="dimension_id.company_id", store=True, index=True
    )
    number = fields.Integer(string="Level", required=True, default=1)
    name = fields.Char(required=True, translate=True)
    code_mask = fields.Char(
        string="Pattern of Codes",
        help="# stands for a digit, @ for a letter, ? for either, anything else for itself: "
        "“@##” asks for A12. Empty: any code, or none.",
    )

    _number_uniq = models.Constraint(
        "UNIQUE(dimension_id, number)", "The dimension already has this level."
    )
    _number_positive = models.Constraint(
        "CHECK (number > 0)", "Levels are counted from 1, the top."
    )


class CustomerDimension(models.Model):
    """How deep the tree is and how its categories are called."""

    _inherit = "customer.dimension"

    level_ids = fields.One2many(
        "customer.dimension.level",
        "dimension_id",
        help="Without levels the tree may be of any depth.",
    )
    naming = fields.Selection(
        [
            ("path", "Path: Manufacturing / Electronics"),
            ("name", "Own Name: Electronics"),
            ("code", "Code and Name: C26 Electronics"),
        ],
        string="Shown As",
        required=True,
        default="path",
    )


class CustomerCategory(models.Model):
    """Categories follow the naming rule of their dimension."""

    _inherit = "customer.category"

    level = fields.Integer(compute="_compute_level", recursive=True)
    level_name = fields.Char(compute="_compute_level_name", string="Kind")

    @api.depends("parent_id.level")
    def _compute_level(self):
        for category in self:
            parent = category.parent_id
            category.level = parent.level + 1 if parent else 1

    @api.depends("level", "dimension_id.level_ids.name")
    @api.depends_context("lang")
    def _compute_level_name(self):
        for category in self:
            category.level_name = category._own_level().name

    def _own_level(self):
        return self.dimension_id.level_ids.filtered(
            lambda level: level.number == self.level
        )

    @api.depends("dimension_id.naming", "code", "name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        for category in self:
            if category.dimension_id.naming == "name":
                category.display_name = category.name
            elif category.dimension_id.naming == "code":
                category.display_name = " ".join(
                    filter(None, (category.code, category.name))
                )
        return result

    @api.constrains("parent_id", "code", "dimension_id")
    def _check_level(self):
        for category in self.filtered("dimension_id.level_ids"):
            level = category._own_level()
            if not level:
                raise ValidationError(
                    self.env._(
                        "“%(category)s”: “%(dimension)s” has no level %(number)s. Add the "
                        "level, or choose another parent.",
                        category=category.name,
                        dimension=category.dimension_id.name,
                        number=category.level,
                    )
                )
            if level.code_mask and not matches(level.code_mask, category.code or ""):
                raise ValidationError(
                    self.env._(
                        "“%(category)s”: codes of the level “%(level)s” look like %(mask)s "
                        "(# is a digit, @ a letter, ? either).",
                        category=category.name,
                        level=level.name,
                        mask=level.code_mask,
                    )
                )
