from odoo import api, fields, models
from odoo.fields import Command

from ..engine.money import from_minor
from .ar_match_evidence import sentence

#: from which confidence on a proposal counts as high, as medium
HIGH, MEDIUM = 90, 60


class ArMatchProposal(models.Model):
    """What a receipt would pay, how sure the matcher is, and what was decided.

    Nobody has the right to write proposals: they change only through the methods of
    ``ar_match_decision.py``, which check who asks. Decisions stay: every accepted, rejected
    and undone proposal says how good its evidence was.
    """

    _name = "ar.match.proposal"
    _inherit = ["ar.run.item.mixin", "ar.partner.rule.mixin"]
    _ar_is_money = True
    _description = "Match Proposal"
    _order = "confidence desc, date, id"
    _check_company_auto = True

    run_id = fields.Many2one(
        "ar.match.run", readonly=True, ondelete="set null", index=True
    )
    allocation_run_id = fields.Many2one(
        "ar.allocation.run", readonly=True, ondelete="set null", index="btree_not_null"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    statement_line_id = fields.Many2one(
        "account.bank.statement.line",
        string="Bank Line",
        readonly=True,
        ondelete="cascade",
        index=True,
        check_company=True,
    )
    journal_id = fields.Many2one(
        related="statement_line_id.journal_id", store=True, precompute=True
    )
    date = fields.Date(related="statement_line_id.date", store=True, precompute=True)
    payment_ref = fields.Char(related="statement_line_id.payment_ref", string="Text")
    payer_name = fields.Char(related="statement_line_id.partner_name", string="Payer")
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    receipt_amount = fields.Monetary(string="Received", readonly=True)
    applied_amount = fields.Monetary(string="Applied", readonly=True)
    remainder_amount = fields.Monetary(
        string="Remainder", readonly=True, help="Of the receipt, applied to nothing."
    )
    short_amount = fields.Monetary(
        string="Short", readonly=True, help="Of the items paid, still open afterwards."
    )
    allocation_ids = fields.One2many(
        "ar.match.allocation", "proposal_id", readonly=True
    )
    allocation_count = fields.Integer(string="Items", readonly=True)
    adjustment_ids = fields.One2many(
        "ar.match.adjustment", "proposal_id", readonly=True
    )
    kind = fields.Selection(
        [
            ("receipt", "Receipt"),
            ("return", "Returned Payment"),
            ("refund", "Refund"),
        ],
        default="receipt",
        required=True,
        readonly=True,
    )
    returned_line_id = fields.Many2one(
        "account.bank.statement.line",
        string="Returned Receipt",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        help="The earlier bank line whose money goes back with this one.",
    )
    remittance_id = fields.Many2one(
        "ar.remittance", readonly=True, ondelete="set null", index="btree_not_null"
    )
    release_ids = fields.One2many("ar.adjustment.release", "proposal_id", readonly=True)
    approval_state = fields.Selection(
        [
            ("requested", "Waits for Approval"),
            ("approved", "Adjustment Approved"),
            ("rejected", "Adjustment Refused"),
        ],
        string="Approval",
        compute="_compute_approval_state",
    )
    evidence_class = fields.Char(
        readonly=True,
        index="btree_not_null",
        help="Which kinds of evidence speak for it; precision is measured per class.",
    )
    is_automatic = fields.Boolean(
        string="Accepted Automatically",
        readonly=True,
        help="Accepted without a human, because its evidence class has proven itself.",
    )
    confidence = fields.Integer(readonly=True, aggregator="avg")
    confidence_class = fields.Selection(
        [("high", "High"), ("medium", "Medium"), ("low", "Low")],
        compute="_compute_confidence_class",
        store=True,
    )
    evidence = fields.Json(readonly=True)
    evidence_text = fields.Text(string="Why", compute="_compute_evidence_text")
    is_unique = fields.Boolean(string="Unique", readonly=True)
    alternative_count = fields.Integer(string="Alternatives", readonly=True)
    is_manual = fields.Boolean(string="Chosen by Hand", readonly=True)
    keep_as_advance = fields.Boolean(
        string="Keep Remainder as Advance",
        readonly=True,
        help="When applied, what is left becomes unapplied cash of the customer instead of "
        "staying on suspense.",
    )
    state = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("accepted", "Accepted"),
            ("applied", "Applied"),
            ("rejected", "Rejected"),
            ("stale", "Stale"),
            ("undone", "Undone"),
        ],
        default="proposed",
        required=True,
        readonly=True,
        index=True,
    )
    stale_reason = fields.Char(readonly=True)
    decided_by_id = fields.Many2one("res.users", string="Decided by", readonly=True)
    decided_at = fields.Datetime(readonly=True)

    _one_live = models.UniqueIndex(
        "(statement_line_id) WHERE state IN ('proposed', 'accepted')",
        "This bank line has a proposal already. Refresh the screen.",
    )
    _applied_within_receipt = models.Constraint(
        "CHECK((receipt_amount > 0 AND applied_amount > 0 AND remainder_amount >= 0) OR "
        "(receipt_amount < 0 AND applied_amount < 0 AND remainder_amount <= 0))",
        "A proposal cannot apply more than was received.",
    )

    # -- computed -------------------------------------------------------------------------

    @api.depends("confidence")
    def _compute_confidence_class(self):
        for proposal in self:
            proposal.confidence_class = self._class_of(proposal.confidence)

    def _class_of(self, confidence):
        return (
            "high"
            if confidence >= HIGH
            else "medium"
            if confidence >= MEDIUM
            else "low"
        )

    @api.depends("release_ids.state")
    def _compute_approval_state(self):
        """Where the latest request stands; those withdrawn or run out count as refused."""
        known = {"requested": "requested", "approved": "approved"}
        # sudo: whether it waits is no secret to whoever sees the proposal
        for proposal, own in zip(self, self.sudo(), strict=True):
            latest = own.release_ids.sorted("id")[-1:]
            proposal.approval_state = (
                known.get(latest.state, "rejected") if latest else False
            )

    @api.depends("evidence", "alternative_count", "stale_reason")
    @api.depends_context("lang")
    def _compute_evidence_text(self):
        for proposal in self:
            proposal.evidence_text = " ".join(proposal._reasons())

    def _reasons(self):
        """The sentences that explain this proposal, in the reader's language."""
        self.ensure_one()
        reasons = [
            sentence(self.env, one, self.currency_id) for one in self.evidence or []
        ]
        if self.alternative_count:
            reasons.append(
                self.env._(
                    "%(count)s other solutions fit about as well.",
                    count=self.alternative_count,
                )
            )
        if self.stale_reason:
            reasons.append(self.stale_reason)
        return reasons

    @api.depends("statement_line_id", "partner_id", "receipt_amount")
    def _compute_display_name(self):
        for proposal in self:
            amount = proposal.currency_id.format(proposal.receipt_amount)
            who = proposal.partner_id.display_name or proposal.payer_name or ""
            proposal.display_name = f"{amount} {who}".strip()

    # -- accepted by the machine, chosen by hand ------------------------------------------

    def _accept_proven(self, company):
        """Accept what is of a class in force; nothing is booked, nothing ambiguous taken."""
        codes = self.env["ar.match.class"]._codes_in_force(company)
        if not codes:
            return self.browse()
        proven = self.filtered(
            lambda one: one.evidence_class in codes
            and one.is_unique
            and not one.adjustment_ids
        )
        if proven:
            # sudo: nobody has the right to write proposals; a manager let the class pass
            proven.sudo().write(
                {
                    "state": "accepted",
                    "is_automatic": True,
                    "decided_at": fields.Datetime.now(),
                }
            )
        return proven

    def _allocation_vals(self, receipt, allocations, open_amounts, digits=None):
        """Amounts and lines of a proposal; the engine's integers become amounts here.

        :param digits: item -> minor-unit digits of its currency, where not the receipt's
        """
        digits = digits or {}

        def shown(minor):
            return float(from_minor(minor, receipt.digits))

        applied = sum(part.used for part in allocations)
        short = sum(open_amounts) - sum(part.amount for part in allocations)
        return {
            "company_id": receipt.company_id,
            "statement_line_id": receipt.line_id,
            "currency_id": receipt.currency_id,
            "receipt_amount": shown(receipt.amount),
            "applied_amount": shown(applied),
            "remainder_amount": shown(receipt.amount - applied),
            "short_amount": 0.0 if digits else shown(short),
            "allocation_count": len(allocations),
            "allocation_ids": [
                Command.create(
                    {
                        "sequence": sequence,
                        "paid_amount": shown(part.used),
                        **self._part_vals(
                            part,
                            open_amount,
                            digits.get(part.item_line_id, receipt.digits),
                        ),
                    }
                )
                for sequence, (part, open_amount) in enumerate(
                    zip(allocations, open_amounts, strict=True)
                )
            ],
        }

    def _part_vals(self, part, open_amount, digits):
        """What an allocation settles of its item, in the item's currency."""
        return {
            "item_line_id": part.item_line_id,
            "amount": float(from_minor(part.amount, digits)),
            "open_amount": float(from_minor(open_amount, digits)),
        }
