from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import split_every

from ..engine.matching.nearest import nearest

CLERK = "customer_ar_suite.customer_ar_suite_group_ar_clerk"
#: candidates are looked for again after that many days
FRESH_DAYS = 1


class ArMatchNearest(models.Model):
    """An open item near a receipt that matched nothing, and in what they differ.

    A row without an item says that nothing was near. Amounts are not kept: they are those
    of now. Nobody has the right to write these rows.
    """

    _name = "ar.match.nearest"
    _description = "Nearest Candidate of a Receipt"
    _inherit = ["ar.partner.rule.mixin"]
    _ar_is_money = True
    _order = "statement_line_id, sequence, id"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    statement_line_id = fields.Many2one(
        "account.bank.statement.line",
        string="Bank Line",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    sequence = fields.Integer(readonly=True)
    item_line_id = fields.Many2one(
        "account.move.line",
        string="Nearest Item",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
    )
    move_id = fields.Many2one(related="item_line_id.move_id", string="Document")
    customer_id = fields.Many2one(
        related="item_line_id.partner_id", string="Customer of the Item"
    )
    payer_id = fields.Many2one(
        "res.partner",
        string="Payer Found",
        readonly=True,
        index="btree_not_null",
        help="Who paid, as far as the bank line tells.",
    )
    due_date = fields.Date(related="item_line_id.date_maturity")
    currency_id = fields.Many2one(related="item_line_id.currency_id")
    open_amount = fields.Monetary(
        related="item_line_id.amount_residual_currency", string="Open"
    )
    difference_amount = fields.Monetary(
        string="Amount Difference",
        compute="_compute_differences",
        help="Received less open: below zero, too little was paid.",
    )
    reference_state = fields.Selection(
        [
            ("quoted", "Quoted"),
            ("mistyped", "One Digit Differs"),
            ("none", "Not Quoted"),
        ],
        string="Reference",
        readonly=True,
    )
    payer_state = fields.Selection(
        [
            ("same", "The Customer"),
            ("other", "Another Customer"),
            ("unknown", "Unknown Payer"),
        ],
        string="Payer",
        readonly=True,
    )
    quoted = fields.Char(string="Text Says", readonly=True)
    points = fields.Integer(readonly=True, aggregator=None)
    difference_text = fields.Char(string="Differs In", compute="_compute_differences")
    looked_at = fields.Datetime(string="Looked for on", readonly=True)

    def _ar_partner_paths(self):
        """Whose item it is, and who paid."""
        return ("item_line_id.partner_id", "payer_id")

    @api.depends("statement_line_id", "item_line_id", "reference_state", "payer_state")
    @api.depends_context("lang")
    def _compute_differences(self):
        receipts = {
            one.line_id: one.amount / 10**one.digits
            for one in self.env["ar.ledger"]._receipts(
                Domain("id", "in", self.statement_line_id.ids)
            )
        }
        for one in self:
            received = receipts.get(one.statement_line_id.id)
            difference = 0.0
            if received is not None and one.item_line_id:
                difference = one.currency_id.round(received - one.open_amount)
            one.difference_amount = difference
            one.difference_text = " · ".join(one._differences(difference))

    def _differences(self, difference):
        """What keeps the item from being paid by the receipt, in words."""
        self.ensure_one()
        if not self.item_line_id:
            return [self.env._("Nothing near was found.")]
        found = []
        if difference:
            amount = self.currency_id.format(abs(difference))
            found.append(
                self.env._("%(amount)s more was received than is open", amount=amount)
                if difference > 0
                else self.env._(
                    "%(amount)s less was received than is open", amount=amount
                )
            )
        if self.reference_state == "mistyped":
            found.append(
                self.env._(
                    "the text says %(quoted)s, the document is %(number)s",
                    quoted=self.quoted,
                    number=self.move_id.name or "",
                )
            )
        elif self.reference_state == "none":
            found.append(self.env._("the number is not in the text"))
        if self.payer_state == "other":
            found.append(self.env._("the payer is another customer"))
        elif self.payer_state == "unknown":
            found.append(self.env._("the payer is not known"))
        return found or [self.env._("nothing: match the receipt again")]

    # -- actions --------------------------------------------------------------------------

    def action_choose(self):
        """Accept this item for the receipt: as much as both have."""
        self._check_clerk()
        self.ensure_one()
        receipts = self.env["ar.ledger"]._receipts(
            Domain("id", "=", self.statement_line_id.id)
        )
        if not receipts or not self.item_line_id:
            raise UserError(
                self.env._("Nothing of this bank line is left to be applied.")
            )
        received = receipts[0].amount / 10 ** receipts[0].digits
        amount = self.currency_id.round(min(received, self.open_amount))
        self.env["ar.match.proposal"].set_allocations(
            self.statement_line_id.id, [[self.item_line_id.id, amount]]
        )
        return self._open_review(self.statement_line_id, "accepted")

    def action_open_document(self):
        """The invoice."""
        self.check_access("read")
        self.ensure_one()
        return self.move_id._get_records_action(context={})

    def _check_clerk(self):
        if not self.env.user.has_group(CLERK):
            raise AccessError(self.env._("Only AR clerks work on receipts."))
        self.check_access("read")

    @api.model
    def _open_review(self, line, tab):
        """The reconciliation screen, on this bank line."""
        action = self.env["ir.actions.client"]._for_xml_id(
            "customer_ar_suite.ar_match_review_action"
        )
        return {**action, "params": {"tab": tab, "line_id": line.id}}

    # -- looking for them -----------------------------------------------------------------

    @api.model
    def _refresh(self, companies, again=False):
        """Find candidates for receipts nobody has looked at lately; all, if ``again``."""
        for company in companies:
            domain = self.env["ar.match.review"]._unmatched_domain()
            domain &= Domain("company_id", "=", company.id)
            lines = self.env["account.bank.statement.line"].search(domain)
            if not again:
                since = fields.Datetime.now() - timedelta(days=FRESH_DAYS)
                fresh = self.search(
                    [
                        ("statement_line_id", "in", lines.ids),
                        ("looked_at", ">", since),
                    ]
                )
                lines -= fresh.statement_line_id
            if lines:
                self._look(company, lines)

    @api.model
    def _look(self, company, lines):
        """Load receipts and open items, ask the engine, keep what is near."""
        ledger = self.env["ar.ledger"]
        receipts = ledger._receipts(Domain("id", "in", lines.ids))
        items = ledger._open_items(
            max(fields.Date.context_today(self), *(one.date for one in receipts))
            if receipts
            else fields.Date.context_today(self),
            company_ids=company.ids,
            currency_ids=sorted({one.currency_id for one in receipts}),
        )
        items = [item for item in items if not item.is_advance]
        run = self.env["ar.match.run"].new({"company_id": company.id})
        receipts = run._identify(receipts, items)
        self._keep(company, receipts, nearest(receipts, items))

    @api.model
    def _keep(self, company, receipts, found):
        # sudo: nobody has the right to write candidates; who looks was checked
        model = self.sudo()
        now = fields.Datetime.now()
        for chunk in split_every(5000, receipts):
            model.search(
                [("statement_line_id", "in", [one.line_id for one in chunk])]
            ).unlink()
            model.create(
                [
                    {
                        "company_id": company.id,
                        "statement_line_id": receipt.line_id,
                        "payer_id": receipt.partner_id or False,
                        "looked_at": now,
                        **values,
                    }
                    for receipt in chunk
                    for values in self._candidate_vals(found.get(receipt.line_id))
                ]
            )

    @api.model
    def _candidate_vals(self, candidates):
        if not candidates:
            return [{"sequence": 0}]
        return [
            {
                "sequence": sequence,
                "item_line_id": near.item.line_id,
                "reference_state": near.reference,
                "payer_state": near.payer,
                "quoted": near.quoted,
                "points": near.points,
            }
            for sequence, near in enumerate(candidates, 1)
        ]
