from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import ormcache


class DimensionColumn(NamedTuple):
    """The partner column of a dimension, as much of it as views and writes need."""

    dimension_id: int
    active: bool
    editable: bool
    is_required: bool
    company_id: int | bool


class CustomerDimension(models.Model):
    """An axis by which customers are classified: industry, region, size …

    Dimensions are data. Each one that has ever been active owns one many2one column on
    ``res.partner`` (``x_customer_dim<id>_id``), so that lists, pivots, search, import and
    export know it natively; archiving hides the column and keeps its values.
    """

    _name = "customer.dimension"
    _description = "Customer Dimension"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        help="Short unique name, used by imports and rules. Never translated.",
    )
    description = fields.Text(translate=True)
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        help="Leave empty for a dimension that all companies share.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(
        default=True,
        help="Only active dimensions are shown on customers. Switching one off hides it and "
        "keeps its values.",
    )
    is_required = fields.Boolean(
        string="Required",
        help="The customer form asks for a category of this dimension.",
    )
    mode = fields.Selection(
        [("manual", "By Hand"), ("rule", "By Rules"), ("both", "By Rules or by Hand")],
        required=True,
        default="manual",
        help="Who decides the category of a customer.",
    )
    is_mirror = fields.Boolean(
        string="Mirror",
        help="Shows a value that another function owns (credit rating, lifecycle …); "
        "nobody can change it here.",
    )
    category_ids = fields.One2many(
        "customer.category", "dimension_id", string="Categories"
    )
    category_count = fields.Integer(compute="_compute_category_count")
    customer_count = fields.Integer(
        compute="_compute_customer_count", help="Customers that have a category today."
    )
    column_name = fields.Char(
        string="Field Name",
        compute="_compute_column_name",
        help="For imports and the API.",
    )

    _code_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), code)", "Another dimension already has this code."
    )

    @api.depends("category_ids")
    def _compute_category_count(self):
        counts = dict(
            self.env["customer.category"]._read_group(
                [("dimension_id", "in", self.ids)], ["dimension_id"], ["__count"]
            )
        )
        for dimension in self:
            dimension.category_count = counts.get(dimension, 0)

    def _compute_customer_count(self):
        counts = dict(
            self.env["customer.category.assignment"]._read_group(
                [("dimension_id", "in", self.ids), ("valid_to", "=", False)],
                ["dimension_id"],
                ["__count"],
            )
        )
        for dimension in self:
            dimension.customer_count = counts.get(dimension, 0)

    def _compute_column_name(self):
        for dimension in self:
            dimension.column_name = dimension._column_name() if dimension.id else False

    def _column_name(self):
        self.ensure_one()
        return f"x_customer_dim{self.id}_id"

    @api.model
    @ormcache(cache="stable")
    def _columns(self):
        """The partner columns that exist, in the order of the dimensions."""
        partner_fields = self.env["res.partner"]._fields
        # sudo: the same for all users; who may use a column is decided where it is used
        dimensions = self.sudo().with_context(active_test=False).search([])
        return {
            name: DimensionColumn(
                dimension.id,
                dimension.active,
                not dimension.is_mirror and dimension.mode != "rule",
                dimension.is_required,
                dimension.company_id.id,
            )
            for dimension in dimensions
            if (name := dimension._column_name()) in partner_fields
        }

    # -- the column follows the dimension -------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        dimensions = super().create(vals_list)
        dimensions._sync_columns()
        return dimensions

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active") or "name" in vals:
            self._sync_columns()
        self._clear_column_cache()
        return result

    def _sync_columns(self):
        """Give each active dimension its column and keep the labels right.

        All missing columns in one call: each call locks and alters ``res_partner`` and
        reloads the registry. Recordsets taken before must not be used with the columns.
        """
        self.env.flush_all()
        partner_fields = self.env["res.partner"]._fields
        missing = self.filtered(
            lambda dimension: (
                dimension.active and dimension._column_name() not in partner_fields
            )
        )
        # sudo: the right to change dimensions was checked; only columns of ours are made
        model_fields = self.env["ir.model.fields"].sudo()
        if missing:
            model_fields.with_context(update_custom_fields=True).create(
                [dimension._prepare_column() for dimension in missing]
            )
        for dimension in self - missing:
            dimension._label(dimension._find_columns(), dimension._column_label())
        self._clear_column_cache()

    def _label(self, columns, label):
        """Write a label that is another one now; each such step sets up the models."""
        if old := columns.filtered(lambda one: one.field_description != label):
            old.field_description = label

    def _prepare_column(self):
        return {
            "name": self._column_name(),
            "field_description": self._column_label(),
            "state": "manual",
            "model": "res.partner",
            "model_id": self.env["ir.model"]._get_id("res.partner"),
            "ttype": "many2one",
            "relation": "customer.category",
            "domain": repr([("dimension_id", "=", self.id)]),
            "on_delete": "restrict",
            "index": True,
            # a classification is a statement about one customer, not about its copy
            "copied": False,
        }

    def _column_label(self):
        """Label in the list of fields; a plain "Industry" would clash with Odoo's own.

        Screens show the name of the dimension (``res.partner.fields_get``).
        """
        return self.env._("Category: %(dimension)s", dimension=self.name)

    def _find_columns(self):
        # sudo: see _sync_columns
        return (
            self.env["ir.model.fields"]
            .sudo()
            .search(
                [
                    ("model", "=", "res.partner"),
                    ("name", "in", [dimension._column_name() for dimension in self]),
                ]
            )
        )

    def _clear_column_cache(self):
        self.env.registry.clear_cache("stable")
        self.env.registry.clear_cache("templates")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = self.env["customer.category.assignment"]._read_group(
            [("dimension_id", "in", self.ids)], ["dimension_id"]
        )
        if used:
            raise UserError(
                self.env._(
                    "Customers are or were classified by %(names)s. "
                    "Archive the dimension instead: that hides it and keeps the history.",
                    names=", ".join(dimension.name for (dimension,) in used),
                )
            )

    def unlink(self):
        self._unlink_except_used()
        # pending values of a column that goes away would be flushed for ever
        self.env.flush_all()
        self.with_context(active_test=False).category_ids.unlink()
        self._find_columns().unlink()
        result = super().unlink()
        self._clear_column_cache()
        return result

    # -- buttons --------------------------------------------------------------------------

    def action_view_categories(self):
        """The categories of this dimension as a list one can edit in place."""
        self.ensure_one()
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.customer_category_action"
            ),
            "name": self.name,
            "domain": [("dimension_id", "=", self.id)],
            "context": {"default_dimension_id": self.id},
        }

    def action_view_assignments(self):
        """Who has, and had, which category of this dimension."""
        self.ensure_one()
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.customer_category_assignment_action"
            ),
            "domain": [("dimension_id", "=", self.id)],
        }
