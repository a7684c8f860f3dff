from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.money import to_minor
from ..identity import ar_identity_required
from .ar_allocation_settle import SettlementPair
from .ar_match_evidence import sentence
from .ar_settlement_run import ACCOUNTANT, CLERK


class ArSettlement(models.Model):
    """Items of one customer that settle each other: which, why, and what was decided.

    Nobody has the right to write one: the methods below check who asks.
    """

    _name = "ar.settlement"
    _description = "Settlement of a Customer's Items"
    _inherit = ["ar.run.item.mixin", "ar.partner.rule.mixin"]
    _ar_is_money = True
    _order = "run_id desc, confidence desc, id"

    run_id = fields.Many2one(
        "ar.settlement.run",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="run_id.company_id", store=True, precompute=True, index=True
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, readonly=True, index=True
    )
    account_id = fields.Many2one("account.account", required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary(string="Settled Amount", readonly=True)
    confidence = fields.Integer(readonly=True, aggregator="avg")
    evidence = fields.Json(readonly=True)
    evidence_text = fields.Text(string="Why", compute="_compute_evidence_text")
    credit_text = fields.Char(
        string="Payments and Credits", compute="_compute_part_texts"
    )
    debit_text = fields.Char(string="Invoices Paid", compute="_compute_part_texts")
    alternative_count = fields.Integer(string="Alternatives", readonly=True)
    is_oldest_first = fields.Boolean(string="Paid Oldest First", readonly=True)
    state = fields.Selection(
        [
            ("proposed", "To Decide"),
            ("accepted", "To Settle"),
            ("applied", "Settled"),
            ("rejected", "Rejected"),
            ("stale", "Stale"),
            ("undone", "Taken Back"),
        ],
        default="proposed",
        required=True,
        readonly=True,
        index=True,
    )
    decided_by_id = fields.Many2one("res.users", string="Decided by", readonly=True)
    decided_at = fields.Datetime(readonly=True)
    rejected_key = fields.Json(readonly=True)
    part_ids = fields.One2many("ar.settlement.part", "settlement_id", readonly=True)

    @api.depends("evidence", "alternative_count")
    @api.depends_context("lang")
    def _compute_evidence_text(self):
        for one in self:
            one.evidence_text = " ".join(one._reasons())

    def _reasons(self):
        """The sentences that explain it, in the reader's language."""
        own = {
            "customer_balanced": lambda p: self.env._(
                "All %(count)s open items of the account add up to zero.", **p
            ),
            "oldest_first": lambda p: self.env._(
                "Oldest first, as requested: %(count)s items.", **p
            ),
        }
        reasons = [
            own[one["code"]](one["params"])
            if one["code"] in own
            else sentence(self.env, one, self.currency_id)
            for one in self.evidence or []
        ]
        if self.alternative_count:
            reasons.append(
                self.env._(
                    "%(count)s other solutions fit about as well.",
                    count=self.alternative_count,
                )
            )
        return reasons

    @api.depends("part_ids")
    def _compute_part_texts(self):
        for one in self:
            parts = one.part_ids
            one.credit_text = ", ".join(
                dict.fromkeys(part.credit_line_id.move_name or "" for part in parts)
            )
            one.debit_text = ", ".join(
                dict.fromkeys(part.debit_line_id.move_name or "" for part in parts)
            )

    @api.depends("partner_id", "amount")
    def _compute_display_name(self):
        for one in self:
            amount = one.currency_id.format(one.amount)
            one.display_name = f"{amount} {one.partner_id.display_name or ''}".strip()

    # -- decisions ------------------------------------------------------------------------

    def action_accept(self):
        """It is right: to be settled when the run is applied."""
        self._decide(("proposed",), "accepted")

    def action_reject(self):
        """It is wrong; the same items will not be proposed together again."""
        self._decide(("proposed", "accepted"), "rejected")

    def action_reset(self):
        """Take a decision back; nothing has been booked."""
        self._decide(("accepted", "rejected"), "proposed")

    def _decide(self, states, state):
        self._check_role(CLERK)
        found = self.filtered(lambda one: one.state in states)
        if not found or found.filtered(lambda one: one.run_id.state != "proposed"):
            raise UserError(
                self.env._(
                    "Nothing to do: these matches have been decided or settled in the "
                    "meantime. Refresh the screen."
                )
            )
        # sudo: nobody has the right to write settlements; who decides was checked
        found.sudo().write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
            }
        )

    def _check_role(self, role):
        if not self.env.user.has_group(role):
            raise AccessError(
                self.env._("Only AR clerks decide on matches, and accountants settle.")
            )
        self.check_access("read")

    @ar_identity_required("undo", "company_id")
    def action_undo(self):
        """Take these settlements back; the items are open again as they were before."""
        self._check_role(ACCOUNTANT)
        applied = self.filtered(lambda one: one.state == "applied")
        if not applied:
            raise UserError(self.env._("Nothing of this is settled."))
        applied._undo()

    # -- booking --------------------------------------------------------------------------

    def _settle_marked(self):
        """Settle a chunk; settlement -> reason for those that were refused."""
        marked = self.filtered(lambda one: one.state == "accepted")
        made, refusals = self.env["ar.allocation"]._settle(
            {one.id: one.part_ids._pairs() for one in marked}
        )
        # sudo: nobody has the right to write settlements; ar.allocation checked the user
        rows = marked.sudo()
        for part in rows.part_ids:
            pair = (part.credit_line_id.id, part.debit_line_id.id)
            part.partial_id = made.get(part.settlement_id.id, {}).get(pair)
        rows.filtered(lambda one: one.id not in refusals).state = "applied"
        stale = [id_ for id_, refusal in refusals.items() if refusal.is_stale]
        rows.browse(stale).state = "stale"
        return {self.browse(id_): refusal.reason for id_, refusal in refusals.items()}

    def _undo(self):
        """Take back exactly what was reconciled for these; right and identity were checked."""
        # sudo: reconciliations of these settlements only; ar.allocation checks the user
        partials = self.sudo().part_ids.partial_id.sudo(False)
        wanted = {one.id: one.part_ids.partial_id.ids for one in self}
        undone = set(self.env["ar.allocation"]._unsettle(partials))
        busy = self.filtered(lambda one: set(wanted[one.id]) - undone)
        if busy:
            raise UserError(
                self.env._(
                    "Another user is working on items of %(customers)s. Try again.",
                    customers=", ".join(busy.partner_id.mapped("display_name")),
                )
            )
        # sudo: nobody has the right to write settlements; the accountant was checked
        self.sudo().write({"state": "undone"})
        for run, settlements in self.grouped("run_id").items():
            self.env["customer.audit.entry"]._ar_log(
                "settlement.undo", run, {"settlements": len(settlements)}
            )


class ArSettlementPart(models.Model):
    """So much of a payment or credit note pays that invoice."""

    _name = "ar.settlement.part"
    _description = "Part of a Settlement"
    _inherit = ["ar.partner.rule.mixin"]
    _ar_is_money = True
    _ar_partner_path = "settlement_id.partner_id"
    _order = "settlement_id, sequence, id"

    settlement_id = fields.Many2one(
        "ar.settlement", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="settlement_id.company_id", store=True, precompute=True
    )
    sequence = fields.Integer(readonly=True)
    credit_line_id = fields.Many2one(
        "account.move.line",
        string="Payment or Credit",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    debit_line_id = fields.Many2one(
        "account.move.line",
        string="Invoice Item",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    credit_move_id = fields.Many2one(
        related="credit_line_id.move_id", string="Payment or Credit Note"
    )
    debit_move_id = fields.Many2one(related="debit_line_id.move_id", string="Invoice")
    due_date = fields.Date(related="debit_line_id.date_maturity", readonly=True)
    currency_id = fields.Many2one(related="settlement_id.currency_id")
    amount = fields.Monetary(string="Settled Amount", readonly=True)
    partial_id = fields.Many2one(
        "account.partial.reconcile",
        string="Reconciliation",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )

    def _pairs(self):
        return [
            SettlementPair(
                part.credit_line_id.id,
                part.debit_line_id.id,
                to_minor(part.amount, part.currency_id.decimal_places),
            )
            for part in self
        ]
