from odoo import fields, models


class ArStatementLayout(models.Model):
    """How a statement of account looks: what it lists, and the words around it."""

    _name = "ar.statement.layout"
    _description = "Statement Layout"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, copy=False)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", help="Empty: the layout is offered in every company."
    )
    kind = fields.Selection(
        [
            ("open_item", "Open Items"),
            ("compact", "Open Items, Compact"),
            ("activity", "Account Activity"),
        ],
        required=True,
        default="open_item",
        help="Open items: what is unpaid on a day, item by item.\n"
        "Activity: opening balance, everything that happened, closing balance.",
    )
    qweb_template = fields.Char(
        string="Template",
        required=True,
        default="customer_ar_suite.ar_statement_layout_open_item",
        help="External ID of the QWeb template that prints the pages.",
    )
    bucket_set_id = fields.Many2one(
        "ar.aging.bucket.set",
        string="Aging Buckets",
        domain="[('basis', '=', 'due_date'), ('company_id', 'in', [company_id, False])]",
        help="Empty: the company's default set.",
    )
    settled_days = fields.Integer(
        string="Show Paid Items of",
        help="Days back from the statement date in which invoices paid in the meantime "
        "are still listed, with nothing left to pay. 0: open items only.",
    )
    show_words = fields.Boolean(string="Amount in Words", default=True)
    show_banks = fields.Boolean(string="Bank Details", default=True)
    show_codes = fields.Boolean(
        string="Code to Scan and Pay",
        default=True,
        help="Printed where Odoo has a payment code for one of our bank accounts and the "
        "currency, such as the SEPA code for an IBAN and euros.",
    )
    intro = fields.Text(
        string="Text Before the Figures",
        translate=True,
        help="In plain text. Empty: the text of the company, if it has one.",
    )
    closing = fields.Text(
        string="Text After the Figures",
        translate=True,
        help="In plain text. Empty: the text of the company, if it has one.",
    )

    _code_uniq = models.Constraint(
        "UNIQUE(code)", "The code of a layout must be unique."
    )

    def _bucket_limits(self, company):
        """Upper limits of the aging strip, in days overdue."""
        sets = self.env["ar.aging.bucket.set"]
        chosen = self.bucket_set_id or sets._default_set(company)
        return chosen._buckets().limits
