"""Dimensions on documents and reports: what the customer is today, and what he was then.

Each dimension has two fields on these models, none with a column of its own: one is related
through the customer, the other looks into the history on the date of the document.
"""

import re

from lxml.builder import E

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from .res_partner_dimensions import COLUMN_PREFIX, USER_GROUP

_THEN = re.compile(rf"^{COLUMN_PREFIX}(\d+)_then_id$")


def then_name(column):
    """Name of the field that says what held on the date of the document."""
    return f"{column.removesuffix('_id')}_then_id"


class ArDimensionMixin(models.AbstractModel):
    """A document or report that can be filtered and grouped by the customer's categories."""

    _name = "ar.dimension.mixin"
    _description = "Has the Dimensions of Its Customer"

    #: a model of core tells everybody what fields it has
    _ar_tells_fields = False

    #: stored fields from a record to the commercial customer
    _ar_dimension_path = "partner_id"
    #: stored date fields, the first that is set counts; none: there is no "then"
    _ar_dimension_dates = ("date",)

    # -- the category on the date of the document -----------------------------------------

    def _field_to_sql(self, alias, field_expr, query=None):
        found = _THEN.match(field_expr)
        if not found or field_expr not in self._fields:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        return self._ar_then_sql(int(found[1]), alias, query)

    def _ar_then_sql(self, dimension_id, alias, query):
        """The category held then: at most one, the database itself sees to that."""
        held = query.make_alias(alias, f"{COLUMN_PREFIX}{dimension_id}_then")
        assignments = self.env["customer.category.assignment"]
        query.add_join(
            "LEFT JOIN",
            held,
            "customer_category_assignment",
            SQL(
                """%(partner)s = %(held_partner)s AND %(held_dimension)s = %(dimension)s
                   AND %(start)s <= %(day)s AND COALESCE(%(end)s, 'infinity') >= %(day)s""",
                partner=self._ar_customer_sql(alias, query),
                held_partner=SQL.identifier(held, "partner_id"),
                held_dimension=SQL.identifier(held, "dimension_id"),
                dimension=dimension_id,
                start=SQL.identifier(held, "valid_from"),
                end=SQL.identifier(held, "valid_to"),
                day=self._ar_day_sql(alias, query),
            ),
        )
        return SQL.identifier(
            held, "category_id", to_flush=assignments._fields["category_id"]
        )

    def _ar_customer_sql(self, alias, query):
        path = self._ar_dimension_path.split(".")
        model = self
        for name in path[:-1]:
            model, alias = (
                self.env[model._fields[name].comodel_name],
                model._fields[name].join(model, alias, query)[1],
            )
        return model._field_to_sql(alias, path[-1], query)

    def _ar_day_sql(self, alias, query):
        days = [
            self._field_to_sql(alias, name, query) for name in self._ar_dimension_dates
        ]
        return SQL("COALESCE(%s)", SQL(", ").join(days))

    def _ar_compute_then(self, name):
        """Read like the database groups: one question for all records."""
        stored = self._origin
        query = stored._as_query(ordered=False)
        rows = {}
        if stored:
            expression = self._field_to_sql(self._table, name, query)
            rows = dict(
                self.env.execute_query(
                    query.select(SQL.identifier(self._table, "id"), expression)
                )
            )
        for record in self:
            record[name] = rows.get(record._origin.id, False)

    def _ar_search_then(self, name, operator, value):
        categories = self.env["customer.category"]
        if operator in ("any", "any!"):
            if isinstance(value, Domain):
                value = categories._search(value)
            operator, value = "in", list(value)
        elif operator in ("child_of", "parent_of"):
            operator, value = "in", list(categories._search([("id", operator, value)]))
        if operator != "in":
            return NotImplemented
        ids = [id_ for id_ in value if id_]
        or_none = len(ids) < len(list(value))

        def to_sql(model, alias, query):
            column = model._field_to_sql(alias, name, query)
            found = SQL("%s = ANY(%s)", column, ids)
            return SQL("(%s OR %s IS NULL)", found, column) if or_none else found

        return Domain.custom(to_sql=to_sql)

    # -- screens --------------------------------------------------------------------------

    @api.model
    def _has_field_access(self, field, operation):
        allowed = super()._has_field_access(field, operation)
        if not allowed or self.env.su or not field.name.startswith(COLUMN_PREFIX):
            return allowed
        return self.env.user.has_group(USER_GROUP)

    @api.model
    def _ar_dimension_fields(self):
        """{field: (column of the customer, what it shows)} of the dimensions shown."""
        partners = self.env["res.partner"]
        found = {}
        for name in partners._shown_columns():
            for field in (name, then_name(name)):
                if field in self._fields:
                    found[field] = name
        return found

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Labels in the user's language; dimensions that are off only on request."""
        if not self._ar_tells_fields:
            self.browse().check_access("read")
        result = super().fields_get(allfields, attributes)
        names = [name for name in result if name.startswith(COLUMN_PREFIX)]
        if not names:
            return result
        shown = self._ar_dimension_fields()
        # Odoo asks for mere names at every invoice line
        wanted = {shown[name] for name in names if name in shown}
        partners = self.env["res.partner"]
        labels = partners.fields_get(list(wanted), ["string"]) if wanted else {}
        for name in names:
            label = labels.get(shown.get(name), {}).get("string")
            if not label:
                if not allfields:
                    del result[name]
            elif "string" in result[name]:
                result[name]["string"] = self._ar_dimension_label(name, label)
        return result

    @api.model
    def _ar_dimension_label(self, name, label):
        if _THEN.match(name):
            return self.env._("%(dimension)s (Then)", dimension=label)
        return label

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        """A company sees its own dimensions and those that are shared."""
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, self.env.company.id)

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Filters, group-bys and optional columns; no view in the database names them."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view.type == "search":
            self._ar_patch_search(arch)
        elif view.type == "list" and arch.tag == "list":
            for name in self._ar_dimension_fields():
                if not _THEN.match(name):
                    arch.append(
                        E.field(
                            name=name, optional="hide", readonly="1", groups=USER_GROUP
                        )
                    )
        return arch, view

    def _ar_patch_search(self, arch):
        group = arch.find(".//group")
        anchor = arch.find("./field")
        for name in reversed(self._ar_dimension_fields()):
            if anchor is not None and not _THEN.match(name):
                last = arch.findall("./field")[-1]
                last.addnext(E.field(name=name, operator="child_of", groups=USER_GROUP))
            if group is not None:
                group.append(
                    E.filter(
                        name=f"group_{name}",
                        context=repr({"group_by": name}),
                        groups=USER_GROUP,
                    )
                )


class IrModelFields(models.Model):
    """Gives the fields "then" their methods: a manual field can name none."""

    _inherit = "ir.model.fields"

    def _instanciate_attrs(self, field_data):
        attrs = super()._instanciate_attrs(field_data)
        name = field_data["name"]
        if attrs and _THEN.match(name):
            attrs["compute"] = api.depends()(
                lambda records: records._ar_compute_then(name)
            )
            attrs["search"] = lambda model, operator, value: model._ar_search_then(
                name, operator, value
            )
            attrs["store"] = False
        return attrs


class CustomerDimension(models.Model):
    """The fields of a dimension on documents and reports."""

    _inherit = "customer.dimension"

    @api.model
    def _linked_models(self):
        return sorted(
            name
            for name in self.env.registry.descendants(
                ["ar.dimension.mixin"], "_inherit"
            )
            if not self.env[name]._abstract
        )

    def _sync_columns(self):
        result = super()._sync_columns()
        self._sync_links()
        return result

    def _sync_links(self):
        """Fields of active dimensions on the models that have none of them yet."""
        partner_fields = self.env["res.partner"]._fields
        for dimension in self.browse(self.ids):
            dimension._rename_links()
        values = [
            vals
            for dimension in self.browse(self.ids)
            if dimension._column_name() in partner_fields
            for model in self._linked_models()
            for vals in dimension._prepare_links(self.env[model])
            if vals["name"] not in self.env[model]._fields
        ]
        if values:
            # sudo: the right to change dimensions was checked; only fields of ours are made
            model_fields = self.env["ir.model.fields"].sudo()
            model_fields.with_context(update_custom_fields=True).create(values)
            self._clear_column_cache()

    def _rename_links(self):
        """Labels in the list of fields follow the name."""
        links = self._find_links()
        for then, some in links.grouped(
            lambda one: bool(_THEN.match(one.name))
        ).items():
            self._label(some, self._then_label() if then else self._column_label())

    def _prepare_links(self, model):
        column = self._column_name()
        common = {
            "model": model._name,
            "model_id": self.env["ir.model"]._get_id(model._name),
            "state": "manual",
            "ttype": "many2one",
            "relation": "customer.category",
            "domain": repr([("dimension_id", "=", self.id)]),
            "on_delete": "restrict",
            "store": False,
            "readonly": True,
            "copied": False,
            "field_description": self._column_label(),
        }
        yield common | {
            "name": column,
            "related": f"{model._ar_dimension_path}.{column}",
        }
        if model._ar_dimension_dates:
            yield common | {
                "name": then_name(column),
                "field_description": self._then_label(),
            }

    def _then_label(self):
        return self.env._("Category then: %(dimension)s", dimension=self.name)

    def _find_links(self):
        columns = [dimension._column_name() for dimension in self]
        # sudo: see _sync_links
        return (
            self.env["ir.model.fields"]
            .sudo()
            .search(
                [
                    ("model", "in", self._linked_models()),
                    ("name", "in", [*columns, *map(then_name, columns)]),
                ]
            )
        )

    def unlink(self):
        self._unlink_except_used()
        columns = [dimension._column_name() for dimension in self]
        names = [*columns, *map(then_name, columns)]
        self.env.flush_all()
        self._find_links().unlink()
        result = super().unlink()
        # sudo: only rows of ours; models that delegate to one with a field list it, too
        left = self.env["ir.model.fields"].sudo().search([("name", "in", names)])
        left.with_context(**{MODULE_UNINSTALL_FLAG: True}).unlink()
        return result

    @api.model
    def _sync_all_links(self):
        """After an update: models that came with it get the fields of all dimensions."""
        self.search([("active", "=", True)])._sync_links()


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "ar.dimension.mixin"]
    _ar_tells_fields = True

    _ar_dimension_path = "commercial_partner_id"
    _ar_dimension_dates = ("invoice_date", "date")


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["account.move.line", "ar.dimension.mixin"]
    _ar_tells_fields = True

    _ar_dimension_path = "partner_id.commercial_partner_id"
    _ar_dimension_dates = ("invoice_date", "date")


class AccountInvoiceReport(models.Model):
    _name = "account.invoice.report"
    _inherit = ["account.invoice.report", "ar.dimension.mixin"]
    _ar_tells_fields = True

    _ar_dimension_path = "commercial_partner_id"
    _ar_dimension_dates = ("invoice_date",)
