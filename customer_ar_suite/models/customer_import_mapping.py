from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.customer_file.fields import (
    DIMENSION_PREFIX,
    FIELDS,
    GROUP_OF,
    MAX_ENTRIES,
    numbered,
    parted,
)

#: partner fields that need rights of their own
PARTNER_FIELDS = {
    "credit_limit": "credit_limit",
    "annual_revenue": "ar_annual_revenue",
    "headcount": "ar_headcount",
    "payment_term": "property_payment_term_id",
    "payment_cycle": "property_payment_term_id",
}


class CustomerImportMapping(models.Model):
    """One column of a customer file and the field it fills."""

    _name = "customer.import.mapping"
    _description = "Column of a Customer Import"
    _inherit = ["ar.table.column.mixin"]

    batch_id = fields.Many2one(
        "customer.import.batch",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    number = fields.Integer(
        string="No.",
        default=1,
        help="Which of several contact persons, bank accounts or addresses of the customer "
        "this column is about.",
    )

    _column_uniq = models.Constraint(
        "UNIQUE(batch_id, position)", "A column can be mapped only once."
    )

    @api.model
    def _selection_field_code(self):
        labels = self._field_labels()
        fixed = [(code, labels[code]) for code in FIELDS]
        # sudo: selection values must be the same for all users; rules apply to the import
        dimensions = (
            self.env["customer.dimension"].sudo().with_context(active_test=False)
        )
        return fixed + [
            (f"{DIMENSION_PREFIX}{dimension.id}", dimension.name)
            for dimension in dimensions.search([])
        ]

    @api.model
    def _field_labels(self):
        """What each field of a customer file is called on the screen."""
        return {
            "name": self.env._("Name"),
            "ref": self.env._("Customer Code"),
            "vat": self.env._("Tax ID"),
            "company_registry": self.env._("Company Registry"),
            "is_company": self.env._("Is a Company"),
            "email": self.env._("Email"),
            "phone": self.env._("Phone"),
            "website": self.env._("Website"),
            "street": self.env._("Street"),
            "street2": self.env._("Street 2"),
            "city": self.env._("City"),
            "zip": self.env._("Postal Code"),
            "state": self.env._("State / Province"),
            "country": self.env._("Country"),
            "contact_name": self.env._("Contact: Name"),
            "contact_function": self.env._("Contact: Job Position"),
            "contact_email": self.env._("Contact: Email"),
            "contact_phone": self.env._("Contact: Phone"),
            "bank_account": self.env._("Bank Account Number"),
            "bank_name": self.env._("Bank Name"),
            "bank_bic": self.env._("Bank Identifier Code"),
            "bank_holder": self.env._("Bank Account Holder"),
            "payment_term": self.env._("Payment Terms"),
            "payment_cycle": self.env._("Payment Cycle"),
            "credit_limit": self.env._("Credit Limit"),
            "annual_revenue": self.env._("Annual Revenue"),
            "headcount": self.env._("Employees"),
            "salesperson": self.env._("Salesperson"),
            "lang": self.env._("Language"),
            "tags": self.env._("Tags"),
            "parent": self.env._("Parent Company"),
            "comment": self.env._("Notes"),
            "delivery_name": self.env._("Delivery: Recipient"),
            "delivery_street": self.env._("Delivery: Street"),
            "delivery_street2": self.env._("Delivery: Street 2"),
            "delivery_city": self.env._("Delivery: City"),
            "delivery_zip": self.env._("Delivery: Postal Code"),
            "delivery_state": self.env._("Delivery: State / Province"),
            "delivery_country": self.env._("Delivery: Country"),
            "delivery_phone": self.env._("Delivery: Phone"),
            "delivery_email": self.env._("Delivery: Email"),
            "invoice_name": self.env._("Invoice Address: Recipient"),
            "invoice_street": self.env._("Invoice Address: Street"),
            "invoice_street2": self.env._("Invoice Address: Street 2"),
            "invoice_city": self.env._("Invoice Address: City"),
            "invoice_zip": self.env._("Invoice Address: Postal Code"),
            "invoice_state": self.env._("Invoice Address: State / Province"),
            "invoice_country": self.env._("Invoice Address: Country"),
            "invoice_phone": self.env._("Invoice Address: Phone"),
            "invoice_email": self.env._("Invoice Address: Email"),
        }

    @api.model
    def _key_labels(self):
        """What a key of a row is called, with its number from the second on."""
        labels = dict(self._selection_field_code())

        def label_of(key):
            code, number = parted(key)
            label = labels.get(code, code)
            return f"{label} ({number})" if number > 1 else label

        return label_of

    def _key(self):
        """The key of the values of this column; empty: the column is skipped."""
        self.ensure_one()
        return numbered(self.field_code, self.number) if self.field_code else ""

    @api.constrains("field_code", "number", "batch_id")
    def _check_field_code(self):
        labels = dict(self._selection_field_code())
        for batch, lines in self.grouped("batch_id").items():
            keys = [line._key() for line in batch.mapping_ids if line.field_code]
            for line in lines.filtered("field_code"):
                if line.field_code not in labels:
                    raise ValidationError(
                        self.env._(
                            "“%(code)s” cannot be imported.", code=line.field_code
                        )
                    )
                line._check_number(labels[line.field_code])
                if keys.count(line._key()) > 1:
                    raise ValidationError(
                        self.env._(
                            "Two columns fill the field “%(field)s”. Choose one of them.",
                            field=self._key_labels()(line._key()),
                        )
                    )

    def _check_number(self, label):
        several = self.field_code in GROUP_OF
        if not 1 <= self.number <= (MAX_ENTRIES if several else 1):
            raise ValidationError(
                self.env._(
                    "“%(field)s”: the number goes from 1 to %(limit)s.",
                    field=label,
                    limit=MAX_ENTRIES if several else 1,
                )
            )

    def _column_choices(self):
        return super()._column_choices() | {"number"}

    def _check_mapping(self):
        self.batch_id._check_step("mapping")

    def write(self, vals):
        """Another field is the first of its kind, unless its number is said, too."""
        if vals.get("field_code") and "number" not in vals:
            vals = {**vals, "number": 1}
        return super().write(vals)
