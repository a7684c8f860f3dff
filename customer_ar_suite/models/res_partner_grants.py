from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from .res_partner_dimensions import COLUMN_PREFIX

#: what rules of grants know of our own companies
HOUSE = frozenset({"tz", "parent_id", "is_company"})


class ArMoneyMixin(models.AbstractModel):
    """Money on contacts, and on users who are contacts, is hidden customer by customer."""

    _name = "ar.money.mixin"
    _description = "Tells Money of Customers"

    @api.model
    def _ar_money_fields(self):
        """Fields of contacts that tell of money; extend for fields that are not monetary."""
        fields_ = self.env["res.partner"]._fields
        return {
            "credit_limit",
            "use_partner_credit_limit",
            "days_sales_outstanding",
            "ar_open_item_count",
            "ar_oldest_due_date",
            *(name for name, field in fields_.items() if field.type == "monetary"),
        } & self._fields.keys()

    def _ar_money_partners(self):
        """The contacts of these records, record by record."""
        return {record.id: record.id for record in self}

    def _ar_check_money(self):
        if not self.env["customer.category.grant"]._is_restricted():
            return
        partners = self.env["res.partner"].browse(self._ar_money_partners().values())
        if partners - partners._ar_filtered_right("money"):
            raise AccessError(
                self.env._("You have not been granted the money of these customers.")
            )

    def _read_format(self, fnames, load="_classic_read"):
        result = super()._read_format(fnames, load)
        if not self.env["customer.category.grant"]._lacks("money"):
            return result
        if names := self._ar_money_fields().intersection(fnames):
            partner_ids = self._origin._ar_money_partners()
            partners = self.env["res.partner"].browse(partner_ids.values())
            shown = set(partners._ar_filtered_right("money").ids)
            for row in result:
                id_ = getattr(
                    row["id"], "origin", row["id"]
                )  # of an onchange: its origin
                if id_ and partner_ids[id_] not in shown:
                    row.update(dict.fromkeys(names, False))
        return result

    def _export_rows(self, fields, **kwargs):
        if self.env["customer.category.grant"]._lacks("money"):
            asked = {path[0].partition(":")[0] for path in fields if path}
            if asked & self._ar_money_fields():
                self._ar_check_money()
        return super()._export_rows(fields, **kwargs)


class ResPartner(models.Model):
    """What category grants ask of contacts beyond their record rules.

    Looks at what was done, after all other layers: a new customer has its categories by
    then. Money is hidden customer by customer.
    """

    _name = "res.partner"
    _inherit = ["res.partner", "ar.money.mixin"]

    # -- creating and moving -----------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        if self.env["customer.category.grant"]._is_restricted():
            partners._ar_check_placed()
        return partners

    def write(self, vals):
        is_restricted = self.env["customer.category.grant"]._is_restricted()
        if is_restricted and not self._ar_money_fields().isdisjoint(vals):
            self._ar_check_money()
        result = super().write(vals)
        if is_restricted and any(name.startswith(COLUMN_PREFIX) for name in vals):
            self._ar_check_placed()
        # sudo: whether they are companies of ours, whoever writes
        if not HOUSE.isdisjoint(vals) and self.sudo().ref_company_ids:
            self.env["customer.category.grant"]._rules_changed()
        return result

    def _ar_check_placed(self):
        """Nobody creates customers in, or moves them to, categories he may not edit."""
        if self - self._ar_filtered_right("edit"):
            raise AccessError(
                self.env._(
                    "Customers can only be put into categories you have been granted with "
                    "the right to edit. Choose one of yours in each dimension, or ask a "
                    "colleague who has it."
                )
            )

    def action_explain_access(self):
        """Who may do what with this customer, and why."""
        self.env["customer.access.explain"].check_access("create")
        self.ensure_one()
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.customer_access_explain_action"
            ),
            "context": {"default_partner_id": self.commercial_partner_id.id},
        }

    # -- money -------------------------------------------------------------------------

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **kwargs):
        """Who asks for money is told of those customers only whose money he may see."""
        if not kwargs.get("bypass_access") and self.env[
            "customer.category.grant"
        ]._lacks("money"):
            domain = self._ar_guard_money(Domain(domain))
            self._ar_refuse_money(
                [part.split()[0] for part in (order or "").split(",") if part]
            )
        return super()._search(domain, offset, limit, order, **kwargs)

    @api.model
    def _ar_guard_money(self, domain):
        names = self._ar_money_fields()

        def guarded(condition):
            if condition.field_expr.partition(".")[0] in names:
                return condition & self._ar_money_domain()
            return condition

        return domain.map_conditions(guarded)

    @api.model
    def _ar_money_domain(self):
        return self.env["customer.category.grant"]._rule_domain(
            self.env.uid, self._name, ("see", "money"), self.env.companies.ids
        )

    @api.model
    def _read_group(
        self,
        domain,
        groupby=(),
        aggregates=(),
        having=(),
        offset=0,
        limit=None,
        order=None,
    ):
        if self.env["customer.category.grant"]._lacks("money"):
            self._ar_refuse_money([*groupby, *aggregates])
        return super()._read_group(
            domain, groupby, aggregates, having, offset, limit, order
        )

    @api.model
    def _ar_refuse_money(self, specifications):
        asked = {text.partition(":")[0].partition(".")[0] for text in specifications}
        if self._ar_money_fields() & asked:
            raise AccessError(
                self.env._(
                    "You have been granted the money of some customers only; customers "
                    "cannot be sorted or summed by it."
                )
            )


class ResCompany(models.Model):
    _inherit = "res.company"

    def cache_invalidation_fields(self):
        """Rules of grants know which contacts our own companies are."""
        return super().cache_invalidation_fields() | {"partner_id"}
