from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

_PREFIX = "customer_ar_suite.customer_ar_suite_group_"
#: who may enter and load counts
WRITERS = ("customer_clerk", "administrator")


class CustomerUsageKind(models.Model):
    """What is counted of the use of a product or service: active users, hours, sign-ins."""

    _name = "customer.usage.kind"
    _description = "Kind of Usage"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="Short unique name, used by files and the API."
    )
    unit = fields.Char(translate=True)
    sequence = fields.Integer(
        default=10,
        help="The first kind decides the category of the dimension “Usage Frequency”.",
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint(
        "UNIQUE(code)", "Another kind already has this code."
    )


class CustomerUsage(models.Model):
    """How much a customer used in a month, by kind."""

    _name = "customer.usage"
    _description = "Usage of a Customer"
    _inherit = ["ar.partner.rule.mixin"]
    _order = "month desc, partner_id, kind_id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('parent_id', '=', False)]",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    kind_id = fields.Many2one(
        "customer.usage.kind", string="Usage", required=True, ondelete="restrict"
    )
    unit = fields.Char(related="kind_id.unit")
    month = fields.Date(
        required=True,
        default=lambda self: fields.Date.context_today(self).replace(day=1),
        help="Any day of the month; the first is kept.",
    )
    value = fields.Float(
        string="Counted", digits=(16, 2), required=True, aggregator="sum"
    )
    source = fields.Selection(
        [("manual", "By Hand"), ("file", "File"), ("api", "API")],
        required=True,
        readonly=True,
        default="manual",
    )

    _month_uniq = models.Constraint(
        "UNIQUE(partner_id, company_id, kind_id, month)",
        "This month has been counted already for this customer. Change that count.",
    )

    @api.constrains("value")
    def _check_value(self):
        for usage in self:
            if usage.value < 0:
                raise ValidationError(
                    self.env._(
                        "%(customer)s, %(kind)s: counts are zero or more.",
                        customer=usage.partner_id.display_name,
                        kind=usage.kind_id.name,
                    )
                )

    @api.constrains("partner_id")
    def _check_partner(self):
        for usage in self:
            # sudo: compares, shows nothing but the record the user writes
            partner = usage.partner_id.sudo()
            if partner.commercial_partner_id != partner:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact: usage is counted for %(customer)s.",
                        contact=partner.display_name,
                        customer=partner.commercial_partner_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._first_of_month(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._first_of_month(vals))

    @api.model
    def _first_of_month(self, vals):
        if not vals.get("month"):
            return vals
        return {**vals, "month": fields.Date.to_date(vals["month"]).replace(day=1)}

    @api.model
    def _check_writer(self):
        if not any(self.env.user.has_group(_PREFIX + role) for role in WRITERS):
            raise AccessError(
                self.env._("Only customer clerks and administrators load usage.")
            )

    @api.model
    def _ar_merge_partners(self, source_ids, target_id):
        """Months that several of them have counted add up; the others move."""
        rows = self.search([("partner_id", "in", [*source_ids, target_id])])
        kept, double = {}, self.browse()
        for row in rows.sorted(lambda row: row.partner_id.id != target_id):
            first = kept.setdefault((row.company_id, row.kind_id, row.month), row)
            if first != row:
                first.value += row.value
                double |= row
        double.unlink()
        moving = (rows - double).filtered(lambda row: row.partner_id.id != target_id)
        moving.partner_id = target_id

    @api.model
    def _existing(self, company, keys):
        """{(customer id, kind id, month): record} of these in a company."""
        partner_ids = sorted({partner_id for partner_id, _kind, _month in keys})
        months = {month for _partner, _kind, month in keys}
        rows = self.search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", partner_ids),
                ("month", "in", sorted(months)),
            ]
        )
        return {(row.partner_id.id, row.kind_id.id, row.month): row for row in rows}

    @api.model
    def _store(self, company, values, source):
        """Write counts of customers: {(customer id, kind id, month): number}.

        :return: {key: number there was before, or None}
        """
        found = self._existing(company, values)
        before, new = {}, []
        for key, value in values.items():
            row = found.get(key)
            before[key] = row.value if row else None
            if row:
                row.write({"value": value, "source": source})
            else:
                partner_id, kind_id, month = key
                new.append(
                    {
                        "partner_id": partner_id,
                        "company_id": company.id,
                        "kind_id": kind_id,
                        "month": month,
                        "value": value,
                        "source": source,
                    }
                )
        self.create(new)
        return before
