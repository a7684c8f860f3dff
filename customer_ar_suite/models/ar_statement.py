from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..engine.money import from_minor
from ..engine.statement.matrix import StatementMatrix, fingerprint
from .engine_messages import engine_message

#: who may issue, send and cancel statements
ISSUERS = ("ar_clerk", "collector", "credit_manager")


class ArStatement(models.Model):
    """A statement of account as it was issued: numbered, frozen, proven by a hash.

    The figures live in the snapshot. Whatever is invoiced or paid later, the statement can
    be shown again as the customer received it.
    """

    _name = "ar.statement"
    _inherit = ["ar.paper.mixin", "ar.partner.rule.mixin"]
    _ar_is_money = True
    _paper_document = "customer_ar_suite.ar_statement_document"
    _description = "Statement of Account"
    _order = "as_of_date desc, id desc"

    name = fields.Char(string="Number", required=True, readonly=True, copy=False)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    layout_id = fields.Many2one(
        "ar.statement.layout", required=True, readonly=True, ondelete="restrict"
    )
    as_of_date = fields.Date(string="As of", required=True, readonly=True)
    period_start_date = fields.Date(string="Period from", readonly=True)
    language = fields.Char(required=True, readonly=True)
    total_ids = fields.One2many(
        "ar.statement.total", "statement_id", string="Totals", readonly=True
    )
    company_currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    balance_amount = fields.Monetary(
        string="Balance",
        currency_field="company_currency_id",
        readonly=True,
        help="Closing balance of all currencies, in the company's currency.",
    )
    overdue_amount = fields.Monetary(
        string="Overdue", currency_field="company_currency_id", readonly=True
    )
    state = fields.Selection(
        [("issued", "Issued"), ("sent", "Sent"), ("cancelled", "Cancelled")],
        required=True,
        default="issued",
        readonly=True,
        copy=False,
        index=True,
    )
    sent_at = fields.Datetime(readonly=True, copy=False)
    sent_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    preview_html = fields.Html(compute="_compute_preview_html", sanitize=False)

    _name_uniq = models.Constraint(
        "UNIQUE(company_id, name)", "This statement number is already used."
    )
    _partner_date_idx = models.Index("(partner_id, as_of_date DESC)")

    #: the only fields that change after issue
    _open_fields = frozenset({"state", "sent_at", "sent_by_id"})

    @api.depends("snapshot")
    def _compute_preview_html(self):
        for statement in self:
            statement.preview_html = self.env["ir.qweb"]._render(
                "customer_ar_suite.ar_statement_preview", statement._preview_values()
            )

    @api.depends("name", "partner_id.display_name")
    def _compute_display_name(self):
        for statement in self:
            statement.display_name = f"{statement.name} · {statement.partner_id.name}"

    def write(self, vals):
        """An issued statement is a document: only its state moves on."""
        if frozen := set(vals) - self._open_fields:
            raise UserError(
                self.env._(
                    "An issued statement cannot be changed (%(fields)s). Cancel it and "
                    "issue a new one.",
                    fields=", ".join(sorted(frozen)),
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "An issued statement cannot be deleted: its number stays. Cancel it."
            )
        )

    # -- actions --------------------------------------------------------------------------

    def action_print(self):
        """One PDF of all selected statements, each in its customer's language."""
        self.check_access("read")
        self._ar_check_export()
        report = self.env.ref("customer_ar_suite.ar_statement_report")
        return report.report_action(self, config=False)

    def action_confirm(self):
        """Ask the customer to confirm the very figures of this statement."""
        self.check_access("read")
        self.ensure_one()
        letters = self.env["ar.confirmation"]
        letters._check_may_issue()
        letter = letters._issue_for(self, letters._standard_ask(self.company_id))
        return letter._get_records_action(context={})

    def action_mark_sent(self):
        """Note that the statements left the house on paper or otherwise."""
        self._check_may_issue()
        issued = self.filtered(lambda statement: statement.state == "issued")
        # sudo: nobody may write statements but through these actions; checked above
        issued.sudo().write(
            {
                "state": "sent",
                "sent_at": fields.Datetime.now(),
                "sent_by_id": self.env.uid,
            }
        )
        self._log("statement_sent", issued)

    def action_cancel(self):
        """Take a statement back; number and figures stay on record."""
        self._check_may_issue()
        # sudo: nobody may write statements but through these actions; checked above
        self.sudo().write({"state": "cancelled"})
        self._log("statement_cancelled", self)

    def action_download(self):
        """One PDF per statement in a zip file: what may be sent to the customers."""
        self.check_access("read")
        self._ar_check_export()
        if len(self) > self._most_files:
            raise UserError(
                self.env._(
                    "Choose at most %(most)s statements: each is printed on its own. "
                    "Print them together if they stay in the house.",
                    most=self._most_files,
                )
            )
        return self._download("zip")

    def action_download_xlsx(self):
        """The figures as a workbook, one sheet per statement."""
        self.check_access("read")
        self._ar_check_export()
        return self._download("xlsx")

    def action_download_html(self):
        """The statement as a page for the browser, complete in one file."""
        self.check_access("read")
        self._ar_check_export()
        return self._download("html")

    def _download(self, kind):
        ids = ",".join(map(str, self.ids))
        return {
            "type": "ir.actions.act_url",
            "url": f"/customer_ar_suite/statements.{kind}?ids={ids}",
            "target": "download",
        }

    def _log_printed(self):
        self._log("statement_printed", self)

    def _log(self, event, statements):
        """Write ``event`` into the audit log, with what identifies each statement."""
        self.env["customer.audit.entry"]._ar_log(
            event,
            statements,
            by_record={
                statement.id: {
                    "number": statement.name,
                    "sha256": statement.snapshot_hash,
                }
                for statement in statements
            },
        )

    def _check_may_issue(self):
        """Only the roles that deal with customers' accounts; never the auditor."""
        self._check_issuer(
            ISSUERS,
            self.env._(
                "Statements are issued by AR clerks, AR accountants, collectors and "
                "credit managers. Ask your administrator for one of these roles."
            ),
        )

    # -- issuing --------------------------------------------------------------------------

    @api.model
    def _issue(
        self, company, layout, as_of, date_from=None, partner_ids=None, only=None
    ):
        """Number and freeze the statements of many customers at once.

        :param partner_ids: customers or contacts of them; None: all with open items
        :param only: ``"overdue"``: leave out customers of whom nothing is overdue
        :return: the statements, and the error of each customer whose ledger disagrees
        :rtype: tuple[ArStatement, dict[int, EngineError]]
        """
        self._check_may_issue()
        layout.check_access("read")
        if company not in self.env.companies:
            raise AccessError(
                self.env._(
                    "Switch to the company %(name)s to issue its statements.",
                    name=company.display_name,
                )
            )
        drafts, errors = self._build(
            company, layout, as_of, date_from, partner_ids, only
        )
        return self._issue_drafts(drafts, company, layout), errors

    def _issue_drafts(self, drafts, company, layout, numbers=None):
        """Number and freeze figures that were built; who may do that is checked before.

        :param numbers: instead of the next ones of the sequence
        """
        currency_ids = self._currency_ids()
        numbers = numbers or self._next_numbers(company, len(drafts))
        if layout.show_codes and (banks := self._paying_accounts(company)):
            # sudo: name and country of the payer, for the code on his own statement
            partners = (
                self.env["res.partner"].sudo().browse(d.partner_id for d in drafts)
            )
            drafts = [
                draft._replace(
                    matrix=self._with_pay_codes(
                        draft.matrix, partner, number, banks, currency_ids
                    )
                )
                for draft, partner, number in zip(
                    drafts, partners, numbers, strict=True
                )
            ]
        # sudo: nobody may create statements but through here; checked above
        statements = self.sudo().create(
            [
                self._issue_vals(draft, number, company, layout)
                for draft, number in zip(drafts, numbers, strict=True)
            ]
        )
        # sudo: the totals belong to the statements, see above
        self.env["ar.statement.total"].sudo().create(
            [
                statement._total_vals(section, company, currency_ids)
                for statement, draft in zip(statements, drafts, strict=True)
                for section in draft.matrix.sections
            ]
        )
        self._log("statement_issued", statements)
        # sudo: ends here, the caller sees them with his own rights
        return statements.sudo(False)

    def _error_text(self, errors):
        """Whose figures disagree and why, for the user.

        :param errors: errors by customer, from :meth:`_issue`
        """
        partners = self.env["res.partner"].browse(list(errors)[:10])
        return "\n".join(
            f"{partner.display_name}: {engine_message(self.env, errors[partner.id])}"
            for partner in partners
        )

    def _issue_vals(self, draft, number, company, layout):
        """Values of a new statement."""
        matrix = draft.matrix.with_words() if layout.show_words else draft.matrix
        snapshot = matrix.to_json()
        digits = company.currency_id.decimal_places
        header = matrix.header
        return {
            "name": number,
            "partner_id": draft.partner_id,
            "company_id": company.id,
            "company_currency_id": company.currency_id.id,
            "layout_id": layout.id,
            "as_of_date": header.as_of,
            "period_start_date": header.date_from,
            "language": header.language,
            "snapshot": snapshot,
            "snapshot_hash": fingerprint(snapshot),
            "balance_amount": float(from_minor(draft.balance, digits)),
            "overdue_amount": float(from_minor(draft.overdue, digits)),
        }

    def _total_vals(self, section, company, currency_ids):
        """Values of the total of one currency."""
        return {
            "statement_id": self.id,
            "company_id": company.id,
            "currency_id": currency_ids[section.currency],
            "opening_amount": float(from_minor(section.opening, section.digits)),
            "closing_amount": float(from_minor(section.closing, section.digits)),
            "overdue_amount": float(from_minor(section.overdue, section.digits)),
        }

    @api.model
    def _next_numbers(self, company, count, code="ar.statement"):
        """``count`` numbers of the company's sequence of that code, in one question.

        Core draws numbers one by one; a thousand statements would be a thousand
        questions. Sequences of another kind than the one shipped are drawn core's way.
        """
        if not count:
            return []
        # sudo: drawing a number needs no right on sequences, as in core
        sequences = self.env["ir.sequence"].sudo()
        sequence = sequences.search(
            [("code", "=", code), ("company_id", "in", [company.id, False])],
            order="company_id",
            limit=1,
        )
        if not sequence:
            raise UserError(
                self.env._(
                    "There is no number sequence with the code “%(code)s”. Create one "
                    "under Settings, Technical, Sequences.",
                    code=code,
                )
            )
        if sequence.implementation != "standard" or sequence.use_date_range:
            return [sequence.next_by_id() for _i in range(count)]
        rows = self.env.execute_query(
            SQL(
                "SELECT nextval(%s) FROM generate_series(1, %s)",
                f"ir_sequence_{sequence.id:03}",
                count,
            )
        )
        return [sequence.get_next_char(number) for (number,) in rows]

    # -- reading back ---------------------------------------------------------------------

    def _matrix(self):
        """The figures as issued; refuses a snapshot that was tampered with."""
        return StatementMatrix.from_json(self._intact_snapshot())


class ArStatementTotal(models.Model):
    """What a statement says in one currency."""

    _name = "ar.statement.total"
    _description = "Statement Total"
    _inherit = ["ar.partner.rule.mixin"]
    _ar_partner_path = "statement_id.partner_id"
    _ar_is_money = True
    _order = "statement_id, id"

    statement_id = fields.Many2one(
        "ar.statement", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    opening_amount = fields.Monetary(string="Opening Balance", readonly=True)
    closing_amount = fields.Monetary(string="Closing Balance", readonly=True)
    overdue_amount = fields.Monetary(string="Overdue", readonly=True)
