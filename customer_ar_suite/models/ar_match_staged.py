from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..engine.errors import EngineError
from ..engine.ledger import Receipt
from ..engine.money import to_minor
from .engine_messages import engine_message
from .sensitive_values import clear_values


class ArMatchProposal(models.Model):
    """Proposals for receipts of a bank file that is not posted yet.

    They are reviewed as all others. When the file is confirmed, its lines are posted, and
    what was accepted is applied in the same step: no entry is ever seen on suspense that
    somebody has explained before. Then the proposal belongs to the posted bank line.
    """

    _inherit = "ar.match.proposal"

    import_line_id = fields.Many2one(
        "ar.bank.import.line",
        string="Staged Line",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
        check_company=True,
        help="Line of a bank file that is not posted yet.",
    )

    _one_live_staged = models.UniqueIndex(
        "(import_line_id) WHERE state IN ('proposed', 'accepted')",
        "This bank line has a proposal already. Refresh the screen.",
    )
    _of_one_line = models.Constraint(
        "CHECK((statement_line_id IS NULL) <> (import_line_id IS NULL))",
        "A proposal is for a posted bank line or for a staged one.",
    )

    @api.model
    def _of_receipts(self, receipts):
        """Domain of the proposals for receipts; staged ones have ids below zero."""
        ids = [receipt.line_id for receipt in receipts]
        booked = [line_id for line_id in ids if line_id > 0]
        staged = [-line_id for line_id in ids if line_id < 0]
        return Domain("statement_line_id", "in", booked) | Domain(
            "import_line_id", "in", staged
        )

    def _receipt_id(self):
        """The id the receipt has for the engine."""
        return self.statement_line_id.id or -self.import_line_id.id

    @api.model
    def _drop_staged(self, lines):
        """The lines are not posted (any more): nothing of them is to be decided."""
        # sudo: nobody has the right to write proposals; the caller decided on the file
        live = self.sudo().search(
            [
                ("import_line_id", "in", lines.ids),
                ("state", "in", ("proposed", "accepted")),
            ]
        )
        if live:
            live.write({"state": "stale"})
            live._drop_requests()

    @api.model
    def _post_staged(self, lines):
        """The lines are posted: hand their proposals over, apply what was accepted.

        What cannot be applied any more stays on suspense, with the reason; it does not
        keep the line from being posted.
        """
        # sudo: nobody has the right to write proposals; ar.allocation checks the user
        staged = self.sudo().search([("import_line_id", "in", lines.ids)])
        for line, proposals in staged.grouped("import_line_id").items():
            proposals.write(
                {
                    "statement_line_id": line.statement_line_id.id,
                    "import_line_id": False,
                }
            )
        accepted = staged.filtered(lambda one: one.state == "accepted")
        if accepted:
            accepted.with_env(self.env)._apply_with_posting()

    def _apply_with_posting(self):
        try:
            with self.env.cr.savepoint():
                refused = self._apply_accepted()
                self.env.flush_all()
        except (AccessError, UserError, EngineError) as error:
            reason = (
                engine_message(self.env, error)
                if isinstance(error, EngineError)
                else str(error)
            )
            refused = dict.fromkeys(self, reason)
        # sudo: nobody has the right to write proposals; as above
        own = self.sudo()
        for proposal in own.filtered(lambda one: one in refused):
            proposal.write({"run_state": "error", "run_error": refused[proposal]})
        done = own.filtered(lambda one: one not in refused)
        done.write({"run_state": "done", "run_error": False})


class ArMatchRun(models.Model):
    _inherit = "ar.match.run"

    @api.model
    def _match_staged(self, imports, as_of):
        """Match the staged receipts of bank files; one run per file.

        :return: the runs
        """
        runs = self.create(
            [
                {
                    "company_id": record.company_id.id,
                    "as_of_date": as_of,
                    "import_id": record.id,
                }
                for record in imports
                if record.state == "staged"
            ]
        )
        if runs:
            runs.action_match()
        return runs


class ArBankImport(models.Model):
    _inherit = "ar.bank.import"

    accepted_count = fields.Integer(
        string="Accepted Proposals",
        compute="_compute_accepted_count",
        help="Lines that are posted with the invoices they pay, instead of on suspense.",
    )

    @api.depends("line_ids.status", "state")
    def _compute_accepted_count(self):
        accepted = self.env["ar.match.proposal"].search(
            [("import_line_id.import_id", "in", self.ids), ("state", "=", "accepted")]
        )
        by_file = accepted.grouped(lambda one: one.import_line_id.import_id)
        for record in self:
            record.accepted_count = len(by_file.get(record, ()))

    def _staged_receipts(self):
        """What the new lines of proven statements bring in, as the matcher reads it.

        Their ids are below zero: what is staged is no bank line yet.

        :rtype: list[Receipt]
        """
        lines = self.line_ids.filtered(
            lambda line: (
                line.status == "new"
                and line.statement_id.state == "ready"
                and line.amount > 0
            )
        )
        # sudo: which receipts are decided counts for all, whoever may see the customer
        decided = (
            self.env["ar.match.proposal"]
            .sudo()
            .search([("import_line_id", "in", lines.ids), ("state", "=", "accepted")])
            .import_line_id
        )
        # clear: recognises payers by account; what is proposed shows customers only
        with clear_values():
            return [line._ar_receipt() for line in lines if line not in decided]


class ArBankImportLine(models.Model):
    _inherit = "ar.bank.import.line"

    def _ar_money(self):
        """Amount and currency in which the line will stand on suspense."""
        if self.original_currency_id.active and self.original_amount:
            if self.original_currency_id != self.currency_id:
                return self.original_amount, self.original_currency_id
        return self.amount, self.currency_id

    def _ar_receipt(self):
        """The line as the matcher reads it; the same it will read once it is posted."""
        amount, currency = self._ar_money()
        return Receipt(
            -self.id,
            self.company_id.id,
            self.journal_id.id,
            currency.id,
            currency.decimal_places,
            self.date,
            to_minor(amount, currency.decimal_places),
            self.label or "",
            self.payer_name or "",
            self.payer_account or "",
            self.partner_id.commercial_partner_id.id or 0,
        )

    def _ar_review_row(self):
        """What the reconciliation screen shows of the line."""
        return {
            "line_id": False,
            "move_id": False,
            "staged": self.import_id.name,
            "import_id": self.import_id.id,
            "date": format_date(self.env, self.date),
            "payer": self.payer_name or "",
            "account": self.payer_account or "",
            "text": self.label or "",
            "journal": self.journal_id.name or "",
            "company": self.company_id.name,
            "company_id": self.company_id.id,
        }
