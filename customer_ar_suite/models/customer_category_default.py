from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

#: field of a category default → field of the customer it proposes
FIELDS = {
    "payment_term_id": "property_payment_term_id",
    "fiscal_position_id": "property_account_position_id",
    "receivable_account_id": "property_account_receivable_id",
    "pricelist_id": "property_product_pricelist",
    "salesperson_id": "user_id",
    "statement_layout_id": "ar_statement_layout_id",
    "lang": "lang",
}


class CustomerCategoryDefault(models.Model):
    """What customers of a category usually have in one company: proposed, never imposed."""

    _name = "customer.category.default"
    _description = "Defaults of a Category"
    _inherit = ["ar.cached.mixin"]
    _order = "category_id, company_id"
    _rec_name = "category_id"
    _check_company_auto = True

    category_id = fields.Many2one(
        "customer.category", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    payment_term_id = fields.Many2one("account.payment.term", check_company=True)
    fiscal_position_id = fields.Many2one("account.fiscal.position", check_company=True)
    receivable_account_id = fields.Many2one(
        "account.account",
        check_company=True,
        domain="[('account_type', '=', 'asset_receivable')]",
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        check_company=True,
        help="Its currency is that of the customer's offers.",
    )
    salesperson_id = fields.Many2one("res.users", domain="[('share', '=', False)]")
    statement_layout_id = fields.Many2one(
        "ar.statement.layout",
        check_company=True,
        help="How statements of account look unless another layout is chosen.",
    )
    lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(), string="Language"
    )

    _company_uniq = models.Constraint(
        "UNIQUE(category_id, company_id)",
        "The category already has defaults in this company.",
    )

    @api.constrains("category_id", "company_id")
    def _check_company_of_category(self):
        for default in self:
            company = default.category_id.company_id
            if company and company != default.company_id:
                raise ValidationError(
                    self.env._(
                        "“%(category)s” belongs to %(company)s.",
                        category=default.category_id.display_name,
                        company=company.display_name,
                    )
                )

    @api.model
    def _fields_of_customers(self):
        """Field here → field of the customer; an addon adds its own."""
        return FIELDS

    @api.model
    def _targets(self):
        """The fields of customers that may be proposed."""
        return set(self._fields_of_customers().values())

    @api.model
    @ormcache(cache="stable")
    def _all_ids(self):
        """All of them; mostly none, which every assignment asks."""
        # sudo: the same for all users
        return tuple(self.sudo().search([]).ids)

    @api.model
    def _for_categories(self, categories):
        """{(category id, company id): {field of the customer: value}}, parents included.

        What a category says itself goes before what its parents say.
        """
        found = {}
        # sudo: what a category proposes does not depend on who assigned it
        defaults = self.sudo().browse(self._all_ids())
        # sudo: as above
        for category in categories.sudo():
            path = [int(id_) for id_ in (category.parent_path or "").split("/") if id_]
            for default in defaults:
                if default.category_id.id in path:
                    depth = path.index(default.category_id.id)
                    key = category.id, default.company_id.id
                    found.setdefault(key, []).append((depth, default))
        return {
            key: self._merged(sorted(rows, key=lambda row: row[0]))
            for key, rows in found.items()
        }

    def _merged(self, rows):
        values = {}
        for _depth, default in rows:
            for name, target in self._fields_of_customers().items():
                value = default[name]
                if value:
                    values[target] = getattr(value, "id", value)
        return values


class CustomerCategory(models.Model):
    _inherit = "customer.category"

    default_ids = fields.One2many(
        "customer.category.default", "category_id", string="Defaults", copy=True
    )


class CustomerCategoryAssignment(models.Model):
    """A change of category proposes what the new one usually brings."""

    _inherit = "customer.category.assignment"

    @api.model
    def _log_changes(self, changes, dimension, source, valid_from, reason):
        result = super()._log_changes(changes, dimension, source, valid_from, reason)
        if self.env["customer.category.default"]._all_ids():
            self.env["customer.category.proposal"]._propose(
                {
                    change.partner_id: change.category_id
                    for change in changes
                    # what held once and ended does not propose anything any more
                    if change.category_id and change.valid_to is None
                    and change.category_id != change.held_category_id
                },
                dimension,
            )  # fmt: skip
        return result
