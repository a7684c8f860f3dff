from odoo import fields, models


class ResCompany(models.Model):
    """What a company always says on its statements, in each language it writes."""

    _inherit = "res.company"

    ar_statement_tagline = fields.Char(
        string="Below the Name",
        translate=True,
        help="One line in the head of statements and confirmation letters.",
    )
    ar_statement_intro = fields.Text(
        string="Opening Text of Statements",
        translate=True,
        help="In plain text, before the figures. A layout that has its own text wins.",
    )
    ar_statement_closing = fields.Text(
        string="Closing Text of Statements",
        translate=True,
        help="In plain text, after the figures. A layout that has its own text wins.",
    )
    ar_statement_footer = fields.Char(
        string="Footer of Statements",
        translate=True,
        help="One line at the foot of each page. Empty: name, telephone, e-mail, website "
        "and tax ID of the company.",
    )
