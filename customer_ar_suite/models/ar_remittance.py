from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ..engine.matching.advice import MAX_LINES, read_advice, read_rows
from ..engine.matching.base import Advice
from ..engine.money import to_minor
from .safe_io import run_parser

_CLERK = "customer_ar_suite.customer_ar_suite_group_ar_clerk"
MAX_BYTES = 2_000_000


class ArRemittance(models.Model):
    """The payer says what a payment pays: an advice by mail, as a file or pasted.

    Matching uses it for the receipt of the same total, if that quotes its number or comes
    from the same customer.
    """

    _name = "ar.remittance"
    _inherit = ["ar.partner.rule.mixin"]
    _ar_is_money = True
    _description = "Remittance Advice"
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(
        string="Number",
        help="As the payer quotes it on the bank line; empty: he does not.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", index=True, ondelete="cascade"
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    line_ids = fields.One2many("ar.remittance.line", "remittance_id", string="Lines")
    total_amount = fields.Monetary(
        string="Total", compute="_compute_total_amount", store=True
    )
    source = fields.Selection(
        [("text", "Pasted Text"), ("file", "File"), ("entered", "Entered")],
        default="entered",
        required=True,
        readonly=True,
    )
    filename = fields.Char(readonly=True)
    statement_line_id = fields.Many2one(
        "account.bank.statement.line",
        string="Receipt",
        compute="_compute_statement_line_id",
        help="The bank line that was applied as this advice says.",
    )
    active = fields.Boolean(default=True)

    @api.depends("line_ids.amount")
    def _compute_total_amount(self):
        for advice in self:
            advice.total_amount = sum(advice.line_ids.mapped("amount"))

    @api.depends("name", "partner_id", "date")
    def _compute_display_name(self):
        for advice in self:
            who = advice.partner_id.display_name or ""
            advice.display_name = " ".join(
                part for part in (advice.name or str(advice.date or ""), who) if part
            )

    def _compute_statement_line_id(self):
        used = self.env["ar.match.proposal"].search(
            [("remittance_id", "in", self.ids), ("state", "=", "applied")]
        )
        by_advice = {one.remittance_id: one.statement_line_id for one in used}
        for advice in self:
            advice.statement_line_id = by_advice.get(advice)

    # -- reading -----------------------------------------------------------

    @api.model
    def _read(self, vals, numbers, text="", filename="", data=b""):
        """Make an advice of pasted text or of a file.

        :param numbers: how amounts are written, a key of ``advice.FORMATS``
        """
        if data:
            if len(data) > MAX_BYTES:
                raise UserError(self.env._("The file is too large for an advice."))
            table = run_parser("tabular.reader:read_table", data, filename=filename)
            sheet = table.sheet()
            lines = read_rows((row.cells for row in sheet.rows[:MAX_LINES]), numbers)
        else:
            lines = read_advice(text, numbers)
        if not lines:
            raise UserError(
                self.env._(
                    "No line names a document and an amount. Check how amounts are written, "
                    "or enter the lines by hand."
                )
            )
        return self.create(
            {
                **vals,
                "source": "file" if data else "text",
                "filename": filename or False,
                "line_ids": [
                    Command.create({"text": line.text, "amount": float(line.amount)})
                    for line in lines
                ],
            }
        )

    # -- used by the matcher -----------------------------------------------------------

    @api.model
    def _load_advices(self, company):
        """Advices whose money has not been applied yet.

        :rtype: list[Advice]
        """
        waiting = self.search([("company_id", "=", company.id)])
        used = self.env["ar.match.proposal"].search_fetch(
            [
                ("remittance_id", "in", waiting.ids),
                ("state", "in", ("accepted", "applied")),
            ],
            ["remittance_id"],
        )
        waiting -= used.remittance_id
        waiting.line_ids.fetch(["text", "amount"])
        return [advice._row() for advice in waiting if advice.line_ids]

    def _row(self):
        digits = self.currency_id.decimal_places
        return Advice(
            self.id,
            self.company_id.id,
            self.currency_id.id,
            self.partner_id.commercial_partner_id.id or 0,
            self.name or "",
            to_minor(self.total_amount, digits),
            tuple(
                (line.text or "", to_minor(line.amount, digits))
                for line in self.line_ids
            ),
        )

    def action_match(self):
        """Match what is open now, and look at what comes of it."""
        if not self.env.user.has_group(_CLERK):
            raise AccessError(self.env._("Only AR clerks may match receipts."))
        self.check_access("read")
        self.env["ar.match.run"].match_now()
        return self.env["ir.actions.actions"]._for_xml_id(
            "customer_ar_suite.ar_match_review_action"
        )


class ArRemittanceLine(models.Model):
    """A document the payer names, and what he pays of it."""

    _name = "ar.remittance.line"
    _inherit = ["ar.partner.rule.mixin"]
    _ar_partner_path = "remittance_id.partner_id"
    _ar_is_money = True
    _description = "Line of a Remittance Advice"
    _order = "remittance_id, id"

    remittance_id = fields.Many2one(
        "ar.remittance", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="remittance_id.company_id", store=True, precompute=True
    )
    currency_id = fields.Many2one(related="remittance_id.currency_id")
    text = fields.Char(string="Document as Written", required=True)
    amount = fields.Monetary(
        string="Paid", help="Below zero: a credit note the payer deducts."
    )
