from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import clean_context

from ..engine.errors import EngineError
from ..engine.matching.base import Limits
from ..engine.matching.propose import propose
from ..engine.matching.quality import evidence_class
from .engine_messages import user_error
from .garbage import collector_off

_LIMITS = Limits()


class ArMatchRun(models.Model):
    """One pass of the matcher: which receipts, as of when, what came out.

    A run proposes and books nothing. It is decided as a whole, because receipts compete
    for the same items; 10,000 receipts against 50,000 open items take seconds.
    """

    _name = "ar.match.run"
    _description = "Match Run"
    _order = "id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    as_of_date = fields.Date(
        string="As of",
        required=True,
        default=fields.Date.context_today,
        help="Invoices up to this date are looked at.",
    )
    journal_ids = fields.Many2many(
        "account.journal",
        string="Bank Journals",
        check_company=True,
        domain="[('type', 'in', ('bank', 'cash', 'credit'))]",
        help="Empty: all bank and cash journals of the company.",
    )
    statement_line_ids = fields.Many2many(
        "account.bank.statement.line",
        string="Bank Lines",
        check_company=True,
        help="Empty: all bank lines with money that is not applied yet.",
    )
    import_id = fields.Many2one(
        "ar.bank.import",
        string="Bank File",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
        help="A file that is not posted yet: its staged receipts are matched.",
    )
    min_confidence = fields.Integer(
        default=_LIMITS.min_confidence,
        required=True,
        help="Proposals with less confidence are not made.",
    )
    is_oldest_first = fields.Boolean(
        string="Oldest First",
        help="Where nothing else is found, propose the payer's oldest invoices. A custom, "
        "not evidence: such proposals have little confidence.",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("done", "Done")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    matched_at = fields.Datetime(readonly=True, copy=False)
    receipt_count = fields.Integer(string="Receipts", readonly=True, copy=False)
    proposal_ids = fields.One2many("ar.match.proposal", "run_id", readonly=True)
    proposal_count = fields.Integer(string="Proposals", readonly=True, copy=False)
    high_count = fields.Integer(string="High Confidence", readonly=True, copy=False)
    automatic_count = fields.Integer(
        string="Accepted by Machine", readonly=True, copy=False
    )
    ambiguous_count = fields.Integer(string="Not Unique", readonly=True, copy=False)
    unmatched_count = fields.Integer(
        string="Without Proposal", compute="_compute_unmatched_count"
    )

    @api.depends("receipt_count", "proposal_count")
    def _compute_unmatched_count(self):
        for run in self:
            run.unmatched_count = run.receipt_count - run.proposal_count

    @api.depends("as_of_date")
    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._("Match %(date)s", date=run.as_of_date)

    # -- buttons --------------------------------------------------------------------------

    def action_match(self):
        """Make the proposals of a draft run and open them."""
        self._check_match_rights()
        for run in self:
            if run.state != "draft":
                raise UserError(self.env._("This run is done. Start a new one."))
            with collector_off():
                run._match()
        return self.action_open_review()

    def action_open_review(self):
        """The reconciliation screen."""
        self._check_match_rights()
        return self.env["ir.actions.actions"]._for_xml_id(
            "customer_ar_suite.ar_match_review_action"
        )

    def action_open_proposals(self):
        """The proposals of these runs as a list."""
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "customer_ar_suite.ar_match_proposal_action"
        )
        return {**action, "domain": [("run_id", "in", self.ids)], "context": {}}

    @api.model_create_multi
    def create(self, vals_list):
        """Defaults of the screen it is started from are not meant for the run."""
        plain = self.with_context(clean_context(self.env.context))
        return super(ArMatchRun, plain).create(vals_list)

    @api.model
    def match_now(self):
        """Match all open receipts of the active companies; for the reconciliation screen.

        :return: how many receipts were looked at, how many proposals made
        """
        self._check_match_rights()
        runs = self.create(
            [{"company_id": company.id} for company in self.env.companies]
        )
        runs.action_match()
        return {
            "receipts": sum(runs.mapped("receipt_count")),
            "proposals": sum(runs.mapped("proposal_count")),
        }

    def _check_match_rights(self):
        if not self.env.user.has_group(
            "customer_ar_suite.customer_ar_suite_group_ar_clerk"
        ):
            raise AccessError(self.env._("Only AR clerks may match receipts."))
        self.check_access("read")

    @api.model
    def _match_lines(self, statement_lines, as_of):
        """Match some bank lines at once: one run per company, for other flows.

        :return: the runs
        """
        runs = self.browse()
        for company, lines in statement_lines.grouped("company_id").items():
            runs |= self.create(
                {
                    "company_id": company.id,
                    "as_of_date": as_of,
                    "statement_line_ids": [fields.Command.set(lines.ids)],
                }
            )
        runs.action_match()
        return runs

    # -- load, decide, apply --------------------------------------------------------------

    def _match(self):
        """Load receipts and open items, let the engine decide, store what it proposes."""
        self.ensure_one()
        receipts = self._load_receipts()
        items = self._load_items(receipts)
        receipts = self._identify(receipts, items)
        try:
            proposals = propose(
                receipts,
                items,
                self.env["ar.match.rule"]._load_weights(self.is_oldest_first),
                Limits(min_confidence=self.min_confidence),
                refused=self._load_refused(receipts),
                reasons=self._load_reasons(receipts),
                advices=self.env["ar.remittance"]._load_advices(self.company_id),
            )
        except EngineError as error:
            raise user_error(self.env, error) from error
        self._apply_proposals(receipts, proposals)

    def _load_receipts(self):
        """Receipts of the run that nobody has accepted a proposal for yet."""
        if self.import_id:
            return self.import_id._staged_receipts()
        ledger = self.env["ar.ledger"]
        domain = ledger._receipt_domain(
            company_ids=self.company_id.ids,
            journal_ids=self.journal_ids.ids,
            line_ids=self.statement_line_ids.ids or None,
        )
        # sudo: which receipts are decided counts for all, whoever may see the customer
        decided = (
            self.env["ar.match.proposal"]
            .sudo()
            .search_fetch(
                [("company_id", "=", self.company_id.id), ("state", "=", "accepted")],
                ["statement_line_id"],
            )
        )
        return ledger._receipts(
            domain & fields.Domain("id", "not in", decided.statement_line_id.ids)
        )

    def _load_items(self, receipts):
        """What is open, less what live proposals for other receipts already take."""
        items = self.env["ar.ledger"]._open_items(
            self.as_of_date,
            company_ids=self.company_id.ids,
            currency_ids=sorted({receipt.currency_id for receipt in receipts}),
        )
        taken = self.env["ar.match.allocation"]._taken_amounts(
            self.company_id, [receipt.line_id for receipt in receipts]
        )
        return self._with_discounts(
            [
                item._replace(residual=item.residual - taken.get(item.line_id, 0))
                for item in items
                if not item.is_advance
            ]
        )

    def _load_refused(self, receipts):
        """Pairs (bank line, set of items) that a user has rejected before."""
        model = self.env["ar.match.proposal"]
        proposals = model.search_fetch(
            model._of_receipts(receipts) & fields.Domain("state", "=", "rejected"),
            ["statement_line_id", "import_line_id", "allocation_ids"],
        )
        proposals.allocation_ids.fetch(["item_line_id"])
        return {
            (one._receipt_id(), frozenset(one.allocation_ids.item_line_id.ids))
            for one in proposals
        }

    def _apply_proposals(self, receipts, proposals):
        made = self.env["ar.match.proposal"]._create_from_engine(
            self, receipts, proposals
        )
        self.env["ar.match.class"]._note(
            self.company_id, {evidence_class(one) for one in proposals} - {""}
        )
        accepted = made._accept_proven(self.company_id)
        # sudo: counters and state of the run are its own; the right to match was checked
        self.sudo().write(
            {
                "state": "done",
                "matched_at": fields.Datetime.now(),
                "receipt_count": len(receipts),
                "proposal_count": len(proposals),
                "high_count": sum(1 for one in proposals if one.confidence >= 90),
                "automatic_count": len(accepted),
                "ambiguous_count": sum(1 for one in proposals if not one.is_unique),
            }
        )
