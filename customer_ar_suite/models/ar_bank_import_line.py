from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.bank_formats import Identity
from .sensitive_values import clear_values


class ArBankImportLine(models.Model):
    """One movement of a bank file, with what makes it recognisable in the next file."""

    _name = "ar.bank.import.line"
    _description = "Line of a Bank File"
    _inherit = ["ar.run.item.mixin", "ar.partner.rule.mixin"]
    _ar_partner_path = "statement_line_id.partner_id"
    _ar_is_money = True
    _order = "import_id desc, statement_id, sequence"
    _rec_name = "label"

    import_id = fields.Many2one(
        "ar.bank.import", required=True, index=True, ondelete="cascade"
    )
    statement_id = fields.Many2one(
        "ar.bank.import.statement", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="import_id.company_id", store=True)
    journal_id = fields.Many2one(related="statement_id.journal_id", store=True)
    sequence = fields.Integer()
    entry_number = fields.Integer(
        string="Entry",
        help="Lines with the same number are parts of one batch booking.",
    )
    status = fields.Selection(
        [
            ("new", "New"),
            ("known", "Known"),
            ("unbooked", "Not Booked"),
            ("left_out", "Left Out"),
        ],
        required=True,
        help="Known: the same line is in the books already. "
        "Not Booked: the bank only announces it.",
    )
    date = fields.Date(required=True)
    value_date = fields.Date()
    amount = fields.Monetary()
    currency_id = fields.Many2one("res.currency", required=True)
    original_currency_id = fields.Many2one("res.currency")
    original_amount = fields.Monetary(currency_field="original_currency_id")
    label = fields.Char(string="Text")
    payer_name = fields.Char(string="Payer")
    payer_account = fields.Char()
    partner_id = fields.Many2one(
        "res.partner", compute="_compute_partner_id", string="Customer"
    )
    transaction_code = fields.Char()
    details = fields.Json()
    fingerprint = fields.Char(required=True)
    bank_key = fields.Char(
        index="btree_not_null", help="The bank's own id of the line, to find it again."
    )
    occurrence = fields.Integer(default=1)
    is_twin = fields.Boolean(
        string="Twin",
        help="A person decided that this is another line that looks the same.",
    )
    is_taken = fields.Boolean(help="Posted or being posted: known to every later file.")
    statement_line_id = fields.Many2one(
        "account.bank.statement.line",
        string="Bank Line",
        index="btree_not_null",
        ondelete="set null",
    )

    _identity_uniq = models.UniqueIndex(
        "(journal_id, fingerprint, occurrence) WHERE is_taken",
        "This bank line is in the books already.",
    )

    def _compute_partner_id(self):
        # clear: recognises the payer by his account; shows the customer, not the number
        with clear_values():
            partners = self._partners_by_account()
            for line in self:
                line.partner_id = partners.get(line.payer_account)

    def _partners_by_account(self):
        """Customer of each payer's account: only where the account belongs to one."""
        owners = {}
        for account in self.env["res.partner.bank"].search(
            [
                ("sanitized_acc_number", "in", self.mapped("payer_account")),
                ("company_id", "in", [False, *self.company_id.ids]),
            ]
        ):
            partner = account.partner_id.commercial_partner_id
            owners.setdefault(account.sanitized_acc_number, set()).add(partner)
        return {
            number: next(iter(partners))
            for number, partners in owners.items()
            if len(partners) == 1
        }

    def action_take_as_new(self):
        """The user knows that a line which looks known is another one; it will be posted."""
        if not self.env.user.has_group(
            "customer_ar_suite.customer_ar_suite_group_ar_accountant"
        ):
            raise AccessError(
                self.env._("Only an AR accountant decides about known lines.")
            )
        self.import_id.check_access("write")
        if self.filtered(
            lambda line: (
                line.status != "known" or line.import_id.state not in ("staged", "held")
            )
        ):
            raise UserError(
                self.env._("Only known lines of a staged file can be taken.")
            )
        # sudo: users write nothing on staged lines; role and state were checked above
        self.sudo().is_twin = True
        self.import_id._log("take_as_new")
        self.import_id._check()

    def _known_identities(self, journal):
        """Which of these lines the books have: one query for the file."""
        taken = self.search(
            [
                ("journal_id", "=", journal.id),
                ("fingerprint", "in", self.mapped("fingerprint")),
                ("is_taken", "=", True),
            ]
        )
        # somebody deleted the bank line in accounting: it is not in the books any more
        gone = taken.filtered(
            lambda line: line.run_state == "done" and not line.statement_line_id
        )
        gone.is_taken = False
        return {line._identity() for line in taken - gone}

    def _reused_ids(self):
        """Ids of the bank that the books know with another amount or day.

        An id that several lines of one file carry names a batch, not a line, and says
        nothing.
        """
        single = {
            key: lines for key, lines in self.grouped("bank_key").items() if key
            and len(lines) == 1
        }  # fmt: skip
        known = self.search(
            [
                ("journal_id", "in", self.journal_id.ids),
                ("bank_key", "in", list(single)),
                ("is_taken", "=", True),
                ("import_id", "not in", self.import_id.ids),
            ]
        )
        return sorted(
            key
            for key, lines in known.grouped("bank_key").items()
            if len(lines) == 1 and lines.fingerprint != single[key].fingerprint
        )

    def _identity(self):
        return Identity(self.fingerprint, self.occurrence)

    def _number_twins(self, used):
        """Give decided twins the next free number, so that they are unique once more."""
        for line in self:
            while line._identity() in used:
                line.occurrence += 1
            used.add(line._identity())

    def _set_status(self, status):
        changed = self.filtered(lambda line: line.status != status)
        run_state = "todo" if status == "new" else "skipped"
        changed.write({"status": status, "run_state": run_state})

    def _bank_line_values(self):
        """What Odoo's bank line is created with; the matcher reads all of it."""
        self.ensure_one()
        # clear: the bank line keeps the payer's account, and masks it itself
        with clear_values():
            payer_account = self.payer_account
        values = {
            "journal_id": self.journal_id.id,
            "statement_id": self.statement_id.bank_statement_id.id,
            "date": self.date,
            "amount": self.amount,
            "payment_ref": self.label,
            "partner_id": self.partner_id.id,
            "partner_name": self.payer_name or False,
            "account_number": payer_account or False,
            "transaction_type": self.transaction_code or False,
            "transaction_details": self.details,
        }
        if self.original_currency_id.active and self.original_amount:
            values["foreign_currency_id"] = self.original_currency_id.id
            values["amount_currency"] = self.original_amount
        return values
