from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.bank_formats import FORMATS, identities
from ..identity import ar_identity_required

#: what a user may change on a staged file; everything else is written by the methods
_USER_FIELDS = {"statement_ids"}
_CLERK = "customer_ar_suite.customer_ar_suite_group_ar_clerk"
_ACCOUNTANT = "customer_ar_suite.customer_ar_suite_group_ar_accountant"


class ArBankImport(models.Model):
    """A bank file on its way into the books: staged, proven, confirmed.

    Staging writes nothing into accounting. Confirming, which is another person's right,
    creates the bank statements and posts their lines on the suspense account.
    """

    _name = "ar.bank.import"
    _description = "Bank File"
    _inherit = ["ar.run.mixin"]
    _order = "id desc"
    _check_company_auto = True

    _run_item_model = "ar.bank.import.line"
    _run_item_field = "import_id"

    name = fields.Char(string="File Name", required=True, readonly=True)
    file = fields.Binary(attachment=True, readonly=True, copy=False)
    sha256 = fields.Char(string="SHA-256", readonly=True, copy=False)
    format_code = fields.Selection(
        selection=lambda self: FORMATS.selection(), string="Format", readonly=True
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    state = fields.Selection(
        [
            ("staged", "Staged"),
            ("held", "On Hold"),
            ("confirmed", "Confirmed"),
            ("cancelled", "Cancelled"),
        ],
        default="staged",
        required=True,
        readonly=True,
        copy=False,
        help="On Hold: at least one statement is not proven or has no journal; "
        "nothing of the file can be posted until that is settled.",
    )
    statement_ids = fields.One2many(
        "ar.bank.import.statement", "import_id", string="Statements", copy=False
    )
    line_ids = fields.One2many(
        "ar.bank.import.line", "import_id", string="Lines", readonly=True, copy=False
    )
    bank_statement_ids = fields.Many2many(
        "account.bank.statement", compute="_compute_bank_statement_ids"
    )
    bank_statement_count = fields.Integer(compute="_compute_bank_statement_ids")
    problem_text = fields.Text(compute="_compute_texts")
    warning_text = fields.Text(compute="_compute_texts")
    new_count = fields.Integer(string="New Lines", compute="_compute_line_counts")
    known_count = fields.Integer(string="Known Lines", compute="_compute_line_counts")
    unbooked_count = fields.Integer(
        string="Unbooked Lines", compute="_compute_line_counts"
    )
    confirmed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    confirmed_at = fields.Datetime(readonly=True, copy=False)

    _sha256_uniq = models.UniqueIndex(
        "(company_id, sha256) WHERE state != 'cancelled'",
        "This bank file has been imported already.",
    )

    @api.depends("statement_ids.bank_statement_id")
    def _compute_bank_statement_ids(self):
        for record in self:
            record.bank_statement_ids = record.statement_ids.bank_statement_id
            record.bank_statement_count = len(record.bank_statement_ids)

    @api.depends("statement_ids.problem", "statement_ids.warning")
    @api.depends_context("lang")
    def _compute_texts(self):
        for record in self:
            problems = record.statement_ids.mapped("problem")
            warnings = record.statement_ids.mapped("warning")
            record.problem_text = "\n".join(filter(None, problems))
            record.warning_text = "\n".join(filter(None, warnings))

    @api.depends("line_ids.status")
    def _compute_line_counts(self):
        counts = {
            (record.id, status): count
            for record, status, count in self.env["ar.bank.import.line"]._read_group(
                [("import_id", "in", self.ids)], ["import_id", "status"], ["__count"]
            )
        }
        for record in self:
            record.new_count = counts.get((record.id, "new"), 0)
            record.known_count = counts.get((record.id, "known"), 0)
            record.unbooked_count = counts.get((record.id, "unbooked"), 0)

    def write(self, vals):
        if not self.env.su and not set(vals) <= _USER_FIELDS:
            raise AccessError(self.env._("A staged bank file cannot be edited."))
        return super().write(vals)

    # -- buttons --------------------------------------------------------------------------

    def action_check(self):
        """Look again for journals, known lines and proof, after something was set up."""
        self._check_role(_CLERK)
        self._check()

    def action_cancel(self):
        """Give up a staged file; it may be uploaded again."""
        self._check_role(_CLERK)
        if self.filtered(lambda record: record.state not in ("staged", "held")):
            raise UserError(self.env._("Only a staged bank file can be cancelled."))
        self._set({"state": "cancelled", "run_state": "cancelled"})
        self.env["ar.match.proposal"]._drop_staged(self.line_ids)
        self._log("cancel")

    @ar_identity_required("bank_confirm", "company_id")
    def action_confirm(self):
        """Post the new lines of proven statements; the second person's decision.

        Lines with an accepted proposal are posted with what they pay, the others on
        suspense.
        """
        self._check_role(_ACCOUNTANT)
        self.lock_for_update()
        self._check()
        for record in self:
            record._check_ready()
        for record in self:
            record._create_bank_statements()
            record._set(
                {
                    "state": "confirmed",
                    "confirmed_by_id": self.env.uid,
                    "confirmed_at": fields.Datetime.now(),
                }
            )
        self._log("confirm")
        self._start_run()

    @ar_identity_required("undo", "company_id")
    def action_undo(self):
        """Take a confirmed file out of the books, as long as nothing of it is reconciled."""
        self._check_role(_ACCOUNTANT)
        self.lock_for_update()
        for record in self:
            record._undo()

    def action_match(self):
        """Look for the invoices that the receipts of this file pay.

        Before the file is confirmed, too: what is accepted then is posted with it.
        """
        self._check_role(_CLERK)
        today = fields.Date.context_today(self)
        staged = self.filtered(lambda record: record.state == "staged")
        runs = self.env["ar.match.run"]._match_staged(staged, today)
        lines = self.line_ids.statement_line_id.filtered(
            lambda line: not line.is_reconciled and line.amount > 0
        )
        if not lines and not runs:
            raise UserError(self.env._("All receipts of this file are applied."))
        runs |= self.env["ar.match.run"]._match_lines(lines, today)
        action = runs.action_open_review()
        if len(self) == 1:  # the screen begins with the receipts of this file
            action["params"] = {"import_id": self.id}
        return action

    def action_open_bank_lines(self):
        """The posted lines of this file."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_ar_suite.account_bank_statement_line_action"
        )
        lines = self.line_ids.statement_line_id
        return {**action, "domain": [("id", "in", lines.ids)], "context": {}}

    def action_open_bank_statements(self):
        """The bank statements this file became."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_ar_suite.account_bank_statement_action"
        )
        statements = self.bank_statement_ids
        if len(statements) == 1:
            form = [view for view in action["views"] if view[1] == "form"]
            return {**action, "views": form, "res_id": statements.id, "context": {}}
        return {**action, "domain": [("id", "in", statements.ids)], "context": {}}

    def _check_role(self, group):
        if not self.env.user.has_group(group):
            raise AccessError(
                self.env._("Your role does not allow this step with bank files.")
            )
        self.check_access("write")

    def _check_run_access(self):
        self._check_role(_ACCOUNTANT)
        if self.filtered(lambda record: record.state != "confirmed"):
            raise UserError(self.env._("Only a confirmed bank file can be posted."))

    def _run_user(self):
        return self.confirmed_by_id

    def _log(self, step):
        """Who did this, when, to which file of which content."""
        for record in self:
            self.env["customer.audit.entry"].with_company(record.company_id)._ar_log(
                f"bank_file.{step}",
                record,
                {"file": record.name, "sha256": record.sha256, "new": record.new_count},
            )

    def _set(self, values):
        # sudo: bookkeeping of the file after the role was checked; users write no state
        self.sudo().write(values)

    def _action_open(self):
        """The form of one file, the list of several."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_ar_suite.ar_bank_import_action"
        )
        if len(self) == 1:
            return {
                **action,
                "views": [(False, "form")],
                "res_id": self.id,
                "context": {},
            }
        return {**action, "domain": [("id", "in", self.ids)], "context": {}}

    # -- deciding -------------------------------------------------------------------------

    def _check(self):
        """Find journals, known lines and proof anew; sets what may be posted and what not."""
        for record in self.filtered(lambda one: one.state in ("staged", "held")):
            # sudo: results of the check; users cannot write them
            staged = record.sudo()
            statements = staged.statement_ids
            statements._find_journals()
            staged._find_known_lines()
            statements._judge()
            held = statements.filtered(lambda one: one.state == "held")
            record._set({"state": "held" if held else "staged"})
            record.env["ar.match.proposal"]._drop_staged(
                record.line_ids.filtered(lambda line: line.status != "new")
            )

    def _find_known_lines(self):
        """Mark what is in the books already; twins are told apart by counting."""
        lines = self.line_ids.filtered(lambda line: line.status != "unbooked")
        left_out = lines.filtered("statement_id.is_left_out")
        left_out._set_status("left_out")
        for journal, booked in (lines - left_out).grouped("journal_id").items():
            known = booked._known_identities(journal)
            found = identities(line.fingerprint for line in booked)
            for line, identity in zip(booked, found, strict=True):
                if line.occurrence != identity.occurrence:
                    line.occurrence = identity.occurrence
            twins = booked.filtered("is_twin")
            twins._number_twins(known | {one._identity() for one in booked - twins})
            is_known = booked.filtered(lambda line, k=known: line._identity() in k)
            is_known._set_status("known")
            (booked - is_known)._set_status("new")

    def _check_ready(self):
        self.ensure_one()
        if self.state == "held":
            raise UserError(
                self.env._(
                    "%(file)s is on hold.\n%(problems)s",
                    file=self.name,
                    problems=self.problem_text,
                )
            )
        if self.state != "staged":
            raise UserError(self.env._("%s is not staged (any more).", self.name))
        if not self.line_ids.filtered(lambda line: line.status == "new"):
            raise UserError(
                self.env._(
                    "%s holds no new lines: there is nothing to post.", self.name
                )
            )

    # -- posting --------------------------------------------------------------------------

    def _create_bank_statements(self):
        """One bank statement per statement with new lines; their lines follow in chunks."""
        self.ensure_one()
        for statement in self.statement_ids.filtered(lambda one: one.state == "ready"):
            new = statement.line_ids.filtered(lambda line: line.status == "new")
            if new:
                statement._create_bank_statement(new)
        # sudo: from here on the lines count as known to every other file
        self.line_ids.filtered(lambda line: line.status == "new").sudo().is_taken = True

    def _apply_items(self, items):
        """Bank lines on the suspense account, in bulk; Odoo posts them at once."""
        journals = items.journal_id
        for journal in journals:
            lines = items.filtered(lambda line, j=journal: line.journal_id == j)
            created = (
                self.env["account.bank.statement.line"]
                .with_context(tracking_disable=True)
                .create([line._bank_line_values() for line in lines])
            )
            for line, bank_line in zip(lines, created, strict=True):
                # sudo: the link to the posted line; users write nothing on staged lines
                line.sudo().statement_line_id = bank_line
        self.env["ar.match.proposal"]._post_staged(items)

    def _undo(self):
        self.ensure_one()
        if self.state != "confirmed" or self.run_state == "running":
            raise UserError(self.env._("Only a confirmed bank file can be undone."))
        bank_lines = self.line_ids.statement_line_id
        reconciled = bank_lines.filtered("is_reconciled")
        if reconciled:
            raise UserError(
                self.env._(
                    "%(count)s lines of %(file)s are reconciled, the first on %(day)s: "
                    "%(label)s. Undo those first.",
                    count=len(reconciled),
                    file=self.name,
                    day=reconciled[-1:].date,
                    label=reconciled[-1:].payment_ref,
                )
            )
        self.bank_statement_ids.unlink()
        bank_lines.unlink()
        # sudo: the staged lines stay as evidence, but no longer count as known
        self.line_ids.sudo().write({"is_taken": False})
        self._set({"state": "cancelled"})
        self._log("undo")
