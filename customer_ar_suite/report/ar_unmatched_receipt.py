from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

CLERK = "customer_ar_suite.customer_ar_suite_group_ar_clerk"


class ArUnmatchedReceipt(models.Model):
    """Receipts that nothing was proposed for, with what they come nearest to.

    Which receipts these are, what is open and by how much it differs is read live; what is
    near was looked for (``ar.match.nearest``) when the list was opened.
    """

    _name = "ar.unmatched.receipt"
    _description = "Unmatched Receipt"
    _auto = False
    _rec_name = "payment_ref"
    _order = "date, id"
    _inherit = ["ar.report.mixin"]
    _ar_balance = "amount"
    _ar_measures = ("amount", "nearest_open_amount", "difference_amount")
    _ar_item_fields = (
        "date",
        "journal_id",
        "payer_name",
        "payment_ref",
        "partner_id",
        "nearest_move_id",
        "nearest_partner_id",
        "reference_state",
        "payer_state",
    )

    statement_line_id = fields.Many2one(
        "account.bank.statement.line", string="Bank Line", readonly=True
    )
    company_id = fields.Many2one("res.company", readonly=True)
    journal_id = fields.Many2one("account.journal", readonly=True)
    date = fields.Date(readonly=True)
    age_days = fields.Integer(string="Days Waiting", readonly=True, aggregator="max")
    amount = fields.Monetary(
        string="Received", currency_field="shown_currency_id", readonly=True
    )
    payer_name = fields.Char(string="Payer (Bank)", readonly=True)
    account_number = fields.Char(string="Payer's Account", readonly=True)
    payment_ref = fields.Char(string="Text", readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        help="Who paid, as far as the bank line tells.",
    )
    why = fields.Selection(
        [
            ("new", "Not Looked At"),
            ("nothing", "Nothing Near"),
            ("near", "Near, Not Equal"),
            ("rejected", "Proposal Rejected"),
            ("stale", "Proposal Overtaken"),
            ("undone", "Applied and Undone"),
        ],
        string="Why Unmatched",
        readonly=True,
    )
    nearest_line_id = fields.Many2one("account.move.line", readonly=True)
    nearest_move_id = fields.Many2one(
        "account.move", string="Nearest Document", readonly=True
    )
    nearest_partner_id = fields.Many2one(
        "res.partner", string="Its Customer", readonly=True
    )
    nearest_due_date = fields.Date(string="Its Due Date", readonly=True)
    nearest_open_amount = fields.Monetary(
        string="Open There", currency_field="shown_currency_id", readonly=True
    )
    difference_amount = fields.Monetary(
        string="Amount Difference",
        currency_field="shown_currency_id",
        readonly=True,
        help="Received less open: below zero, too little was paid.",
    )
    amount_state = fields.Selection(
        [
            ("equal", "Equal"),
            ("less", "Too Little"),
            ("more", "Too Much"),
        ],
        string="Amount",
        readonly=True,
    )
    reference_state = fields.Selection(
        lambda self: self._selection_of("reference_state"),
        string="Reference",
        readonly=True,
    )
    payer_state = fields.Selection(
        lambda self: self._selection_of("payer_state"),
        string="Payer",
        readonly=True,
    )
    candidate_count = fields.Integer(string="Candidates", readonly=True)
    candidate_ids = fields.Many2many(
        "ar.match.nearest", string="Nearest Items", compute="_compute_candidate_ids"
    )

    @api.model
    def _selection_of(self, name):
        """What the nearest items call it, in the reader's language."""
        field = self.env["ar.match.nearest"]._fields[name]
        return field._description_selection(self.env)

    def _ar_partner_paths(self):
        """Who paid, and whose item is named."""
        return ("partner_id", "nearest_partner_id")

    def _compute_candidate_ids(self):
        found = self.env["ar.match.nearest"].search(
            [
                ("statement_line_id", "in", self.ids),
                ("item_line_id.reconciled", "=", False),
            ]
        )
        for one in self:
            one.candidate_ids = found.filtered(
                lambda near, id_=one.id: near.statement_line_id.id == id_
            )

    # -- the query ------------------------------------------------------------------------

    @property
    def _table_query(self):
        ledger = self.env["ar.ledger"]
        domain = ledger._receipt_domain() & Domain("date", "<=", self._as_of())
        near = self.env["ar.match.nearest"]
        proposals = self.env["ar.match.proposal"]
        lines = self.env["account.move.line"]
        return SQL(
            """
            SELECT receipt.line_id AS id,
                   receipt.line_id AS statement_line_id,
                   receipt.company_id,
                   receipt.journal_id,
                   receipt.currency_id AS shown_currency_id,
                   receipt.date,
                   %(as_of)s::date - receipt.date AS age_days,
                   receipt.amount / 10::numeric ^ receipt.digits AS amount,
                   receipt.payer_name,
                   receipt.payer_account AS account_number,
                   line.payment_ref,
                   COALESCE(NULLIF(receipt.partner_id, 0), near.payer_id) AS partner_id,
                   CASE WHEN former.state IS NOT NULL THEN former.state
                        WHEN near.looked_at IS NULL THEN 'new'
                        WHEN near.line_id IS NULL THEN 'nothing'
                        ELSE 'near' END AS why,
                   near.line_id AS nearest_line_id,
                   near.move_id AS nearest_move_id,
                   near.partner_id AS nearest_partner_id,
                   near.due_date AS nearest_due_date,
                   near.open_amount AS nearest_open_amount,
                   receipt.amount / 10::numeric ^ receipt.digits - near.open_amount
                       AS difference_amount,
                   CASE WHEN near.open_amount IS NULL THEN NULL
                        WHEN receipt.amount = near.open_amount * 10::numeric ^ receipt.digits
                        THEN 'equal'
                        WHEN receipt.amount < near.open_amount * 10::numeric ^ receipt.digits
                        THEN 'less' ELSE 'more' END AS amount_state,
                   near.reference_state,
                   near.payer_state,
                   COALESCE(near.candidates, 0) AS candidate_count
              FROM (%(receipts)s) receipt
              JOIN account_bank_statement_line line ON line.id = receipt.line_id
              LEFT JOIN LATERAL (
                   SELECT MAX(one.payer_id) OVER () AS payer_id,
                          one.looked_at, item.id AS line_id, item.move_id,
                          customer.commercial_partner_id AS partner_id,
                          item.date_maturity AS due_date,
                          item.amount_residual_currency AS open_amount,
                          one.reference_state, one.payer_state,
                          COUNT(item.id) OVER () AS candidates
                     FROM ar_match_nearest one
                     LEFT JOIN account_move_line item
                       ON item.id = one.item_line_id AND item.reconciled IS NOT TRUE
                     LEFT JOIN res_partner customer ON customer.id = item.partner_id
                    WHERE one.statement_line_id = receipt.line_id
                    ORDER BY item.id IS NULL, one.sequence, one.id
                    LIMIT 1) near ON TRUE
              LEFT JOIN LATERAL (
                   SELECT proposal.state
                     FROM ar_match_proposal proposal
                    WHERE proposal.statement_line_id = receipt.line_id
                      AND proposal.state IN ('rejected', 'stale', 'undone')
                    ORDER BY proposal.id DESC LIMIT 1) former ON TRUE
             WHERE NOT EXISTS (
                   SELECT FROM ar_match_proposal live
                    WHERE live.statement_line_id = receipt.line_id
                      AND live.state IN ('proposed', 'accepted'))
            """,
            as_of=self._as_of(),
            receipts=ledger._receipt_sql(domain),
            to_flush=[
                *(
                    near._fields[name]
                    for name in ("statement_line_id", "item_line_id", "payer_id")
                ),
                *(proposals._fields[name] for name in ("state", "statement_line_id")),
                *(
                    lines._fields[name]
                    for name in (
                        "reconciled",
                        "amount_residual_currency",
                        "date_maturity",
                        "partner_id",
                        "move_id",
                    )
                ),
                self.env["res.partner"]._fields["commercial_partner_id"],
            ],
        )

    # -- what the list shows above and beneath --------------------------------------------

    def _tie_out_lines(self):
        """Receipts on suspense are no receivables: there is nothing to tie out to."""
        return []

    def _currency_facts(self):
        return [(self.env._("Amounts in"), self.env._("currency of the bank line"))]

    def _line_ids(self, domain):
        """Journal items of the bank lines."""
        return self.search(domain).statement_line_id.move_id.line_ids.ids

    def _table_title(self):
        return self.env._("Unmatched Receipts")

    # -- actions --------------------------------------------------------------------------

    def _check_clerk(self):
        if not self.env.user.has_group(CLERK):
            raise AccessError(self.env._("Only AR clerks work on receipts."))
        self.check_access("read")

    def action_open_list(self):
        """The list, after a look for what has come near in the meantime."""
        self.check_access("read")
        if self.env.user.has_group(CLERK):
            self.env["ar.match.nearest"]._refresh(self.env.companies)
        return self.env["ir.actions.act_window"]._for_xml_id(
            "customer_ar_suite.ar_unmatched_receipt_action"
        )

    def action_look_again(self):
        """Look for the nearest items of these receipts once more; of all without a choice."""
        self._check_clerk()
        nearest = self.env["ar.match.nearest"]
        if not self:
            nearest._refresh(self.env.companies, again=True)
        for company, receipts in self.grouped("company_id").items():
            nearest._look(company, receipts.statement_line_id)
        return True

    def action_reconcile(self):
        """The reconciliation screen, on this receipt."""
        self._check_clerk()
        self.ensure_one()
        return self.env["ar.match.nearest"]._open_review(
            self.statement_line_id, "unmatched"
        )

    def action_scan(self):
        """Read the papers that came with the money: their codes fill the allocation."""
        self._check_clerk()
        self.ensure_one()
        return self.env["ar.scan"]._open(self.statement_line_id)

    def action_open_bank_line(self):
        """The bank line with its journal items."""
        self.check_access("read")
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.bank.statement.line",
            "res_id": self.statement_line_id.id,
            "view_mode": "form",
            "views": [
                (
                    self.env.ref(
                        "customer_ar_suite.account_bank_statement_line_view_form"
                    ).id,
                    "form",
                )
            ],
        }
