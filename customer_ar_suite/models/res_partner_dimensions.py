from lxml.builder import E

from odoo import api, fields, models

USER_GROUP = "customer_ar_suite.customer_ar_suite_group_user"
EDITOR_GROUP = "customer_ar_suite.customer_ar_suite_group_customer_clerk"
COLUMN_PREFIX = "x_customer_dim"


class ResPartner(models.Model):
    """The dimension columns of a customer: who may use them, where they are shown.

    Values are never written by the ORM: every edit, whatever screen or file it comes from,
    ends in ``customer.category.assignment._assign``, which keeps column and history alike.
    """

    _inherit = "res.partner"

    # -- values ---------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        columns = self._editable_columns()
        if not columns:
            return super().create(vals_list)
        defaults = self.default_get(list(columns))
        wanted, rest = [], []
        for vals in vals_list:
            vals = {**defaults, **vals}
            wanted.append({name: vals[name] for name in columns.keys() & vals.keys()})
            rest.append({**vals, **dict.fromkeys(wanted[-1], False)})
        partners = super().create(rest)
        for name in columns:
            partners._assign_categories(
                name,
                {
                    partner.id: values[name]
                    for partner, values in zip(partners, wanted, strict=True)
                    if values.get(name)
                },
            )
        return partners

    def write(self, vals):
        if not any(name.startswith(COLUMN_PREFIX) for name in vals):
            return super().write(vals)
        columns = vals.keys() & self.env["customer.dimension"]._columns().keys()
        # sudo: only compares, so that who saves a value unchanged is not refused
        partners = self.sudo()
        same = {
            name
            for name in columns
            if all(partner[name].id == (vals[name] or False) for partner in partners)
        }
        # columns that this user may not write stay among the others: the ORM refuses them
        ours = (columns - same) & self._editable_columns().keys()
        result = super().write(
            {name: vals[name] for name in vals if name not in ours | same}
        )
        for name in sorted(ours):
            self._assign_categories(name, dict.fromkeys(self.ids, vals[name] or False))
        return result

    def _assign_categories(self, column, values):
        if values:
            dimension_id = (
                self.env["customer.dimension"]._columns()[column].dimension_id
            )
            self.env["customer.category.assignment"]._assign(
                values,
                # sudo: the dimension of a column this user may write
                self.env["customer.dimension"].sudo().browse(dimension_id),
                "manual",
                fields.Date.context_today(self),
            )

    @api.model
    def _editable_columns(self):
        """The dimension columns this user may write."""
        return {
            name: column
            for name, column in self.env["customer.dimension"]._columns().items()
            if self._has_field_access(self._fields[name], "write")
        }

    @api.model
    def _has_field_access(self, field, operation):
        allowed = super()._has_field_access(field, operation)
        if not allowed or self.env.su or not field.name.startswith(COLUMN_PREFIX):
            return allowed
        if operation == "read":
            return self.env.user.has_group(USER_GROUP)
        column = self.env["customer.dimension"]._columns().get(field.name)
        return bool(column and column.editable) and self.env.user.has_group(
            EDITOR_GROUP
        )

    # -- screens --------------------------------------------------------------------------

    @api.model
    def _shown_columns(self):
        """The columns of the active dimensions of this company."""
        return {
            name: column
            for name, column in self.env["customer.dimension"]._columns().items()
            if column.active and column.company_id in (False, self.env.company.id)
        }

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Labels in the user's language; columns of archived dimensions only on request."""
        result = super().fields_get(allfields, attributes)
        shown = self._shown_columns()
        for name, column in self.env["customer.dimension"]._columns().items():
            if name not in result:
                continue
            if name not in shown and not allfields:
                del result[name]
            elif "string" in result[name]:
                # sudo: the label of a column this user may read
                dimension = (
                    self.env["customer.dimension"].sudo().browse(column.dimension_id)
                )
                result[name]["string"] = dimension.name
        return result

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Put the columns into the views; no view in the database names them.

        The result is cached for all users of a company: who may see a node is said by its
        ``groups``, never by the user at hand.
        """
        arch, view = super()._get_view(view_id, view_type, **options)
        patch = {
            "form": self._patch_form,
            "list": self._patch_list,
            "search": self._patch_search,
        }.get(view.type)
        if patch:
            patch(arch)
        elif view.id in self._dimension_pivots():
            self._patch_pivot(arch)
        return arch, view

    def _patch_form(self, arch):
        for slot in arch.iterfind(".//group[@name='ar_card_categories']"):
            for name, column in self._shown_columns().items():
                attributes = {"options": "{'no_create': True}"}
                if column.is_required:
                    attributes["required"] = (
                        "customer_rank > 0 and (is_company or not parent_id)"
                    )
                if not column.editable:
                    attributes["readonly"] = "1"
                slot.append(self._column_node(name, column, **attributes))

    def _patch_list(self, arch):
        if arch.tag != "list":
            return
        anchor = arch.find("./field[@name='category_id']")
        optional = "show" if "o_ar_customers" in arch.get("class", "") else "hide"
        nodes = [
            self._column_node(
                name, column, optional=optional, options="{'no_create': True}"
            )
            for name, column in self._shown_columns().items()
        ]
        for node in reversed(nodes):
            if anchor is None:
                arch.append(node)
            else:
                anchor.addnext(node)

    def _patch_search(self, arch):
        field = arch.find(".//field[@name='category_id']")
        groups = arch.find(".//group[@name='group_by']")
        panel = arch.find(".//searchpanel")
        for name, column in reversed(self._shown_columns().items()):
            if field is not None:
                field.addnext(self._column_node(name, column, operator="child_of"))
            if groups is not None:
                groups.insert(
                    0,
                    E.filter(
                        name=name, context=repr({"group_by": name}), groups=USER_GROUP
                    ),
                )
            if panel is not None:
                panel.insert(
                    0,
                    E.field(
                        name=name,
                        enable_counters="1",
                        icon="fa-tags",
                        groups=USER_GROUP,
                    ),
                )
        if panel is not None and not len(panel):
            panel.getparent().remove(panel)

    def _dimension_pivots(self):
        views = ("res_partner_view_pivot_customers", "res_partner_view_graph_customers")
        references = (f"customer_ar_suite.{view}" for view in views)
        return [self.env["ir.model.data"]._xmlid_to_res_id(name) for name in references]

    def _patch_pivot(self, arch):
        """Begin with the first dimensions instead of the country and the salesperson."""
        for node, name in zip(
            arch.iterfind("./field"), self._shown_columns(), strict=False
        ):
            node.set("name", name)
            node.set("groups", USER_GROUP)

    def _column_node(self, name, column, **attributes):
        return E.field(
            name=name,
            domain=repr([("dimension_id", "=", column.dimension_id)]),
            groups=USER_GROUP,
            **attributes,
        )
