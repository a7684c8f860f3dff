from odoo import api, models
from odoo.exceptions import UserError


class CustomerDimension(models.Model):
    """A dimension that restricts somebody stays until its grants are gone."""

    _inherit = "customer.dimension"

    def write(self, vals):
        if "active" in vals and not vals["active"]:
            self._check_no_grants()
        result = super().write(vals)
        if vals.keys() & {"active", "company_id"}:
            self.env["customer.category.grant"]._rules_changed()
        return result

    @api.ondelete(at_uninstall=False)
    def _check_no_grants(self):
        """Without its dimension a grant would restrict nobody: everything would be open."""
        # sudo: whether there are grants is asked, nothing of them is shown
        grants = self.env["customer.category.grant"].sudo()
        granted = grants.search([("dimension_id", "in", self.ids)]).dimension_id
        if granted:
            raise UserError(
                self.env._(
                    "Category grants restrict users by %(names)s. Archive these grants "
                    "first: the users will see customers of all categories then.",
                    names=", ".join(granted.mapped("name")),
                )
            )

    def unlink(self):
        self._check_no_grants()
        # sudo: archived grants go with their dimension
        archived = (
            self.env["customer.category.grant"].sudo().with_context(active_test=False)
        )
        archived.search([("dimension_id", "in", self.ids)]).unlink()
        return super().unlink()


class CustomerCategory(models.Model):
    """Grants follow the tree."""

    _inherit = "customer.category"

    @api.model_create_multi
    def create(self, vals_list):
        categories = super().create(vals_list)
        self.env["customer.category.grant"]._rules_changed()
        return categories

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"parent_id", "dimension_id"}:
            self.env["customer.category.grant"]._rules_changed()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_granted(self):
        # sudo: whether there are grants is asked, nothing of them is shown
        grants = (
            self.env["customer.category.grant"].sudo().with_context(active_test=False)
        )
        if grants.search_count([("category_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._(
                    "Category grants name this category. Delete or change them first."
                )
            )

    def unlink(self):
        result = super().unlink()
        self.env["customer.category.grant"]._rules_changed()
        return result
