from odoo import api, fields, models
from odoo.exceptions import ValidationError

STEPS = [
    ("prepare", "Preparation"),
    ("verify", "Verification"),
    ("enter", "Data Entry"),
    ("review", "Four-Eyes Review"),
    ("file", "Filing"),
]
#: fields of an entry that can be compared with a document: code of the engine → field
KEY_FIELDS = {
    "name": "name",
    "vat": "vat",
    "address": "street",
    "city": "city",
    "zip": "zip",
    "phone": "phone",
    "email": "email",
    "bank_name": "bank_name",
    "bank_account": "bank_account",
    "contact_name": "contact_name",
    "contact_phone": "contact_phone",
}


class CustomerEntryChecklist(models.Model):
    """What has to be done and seen in each step of entering a customer; data, not code."""

    _name = "customer.entry.checklist"
    _description = "Checklist of New Customers"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")
    customer_kind = fields.Selection(
        [("all", "All Customers"), ("company", "Companies"), ("person", "Persons")],
        string="Applies to",
        default="all",
        required=True,
    )
    country_ids = fields.Many2many(
        "res.country", string="Countries", help="Empty: customers of all countries."
    )
    needs_document = fields.Boolean(
        string="Source Document Required",
        default=True,
        help="Verification begins once a licence, a contract or another paper is there.",
    )
    skip_group_id = fields.Many2one(
        "res.groups",
        string="May Skip Steps",
        default=lambda self: self.env.ref(
            "customer_ar_suite.customer_ar_suite_group_administrator", False
        ),
        help="Its members may skip a step, with a reason that is logged. Nobody skips the "
        "review where the company approves new customers, nor the filing.",
    )
    line_ids = fields.One2many(
        "customer.entry.checklist.line", "checklist_id", string="Items", copy=True
    )

    @api.model
    def _for(self, company, is_company, country):
        """The first checklist that fits a new customer."""
        # sudo: which checklist applies is no secret
        fitting = self.sudo().search([("company_id", "in", [company.id, False])])
        kind = "company" if is_company else "person"
        fitting = fitting.filtered(
            lambda one: (
                one.customer_kind in ("all", kind)
                and (not one.country_ids or country in one.country_ids)
            )
        )
        return fitting[:1]


class CustomerEntryChecklistLine(models.Model):
    """One item: something to do, or a field to compare with the document."""

    _name = "customer.entry.checklist.line"
    _description = "Checklist Item"
    _order = "checklist_id, sequence, id"

    checklist_id = fields.Many2one(
        "customer.entry.checklist", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="checklist_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    step = fields.Selection(STEPS, default="prepare", required=True)
    kind = fields.Selection(
        [("task", "To Do"), ("field", "Field to Verify")], default="task", required=True
    )
    name = fields.Char(string="Task", translate=True)
    field_code = fields.Selection(
        lambda self: self._field_codes(), string="Field to Compare"
    )
    is_required = fields.Boolean(string="Mandatory", default=True)

    @api.model
    def _field_codes(self):
        entry = self.env["customer.entry"]._fields
        return [
            (code, entry[name]._description_string(self.env))
            for code, name in KEY_FIELDS.items()
        ]

    @api.constrains("kind", "name", "field_code", "step")
    def _check_kind(self):
        for line in self:
            if line.kind == "task" and not line.name:
                raise ValidationError(self.env._("Say what is to be done."))
            if line.kind == "field" and (not line.field_code or line.step != "verify"):
                raise ValidationError(
                    self.env._("A field is compared in the step Verification: name it.")
                )

    @api.depends("name", "field_code")
    def _compute_display_name(self):
        labels = dict(self._field_codes())
        for line in self:
            line.display_name = line.name or labels.get(line.field_code, "")
