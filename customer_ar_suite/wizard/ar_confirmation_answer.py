import base64

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare


class ArConfirmationAnswer(models.TransientModel):
    """Ask staff what a customer answered to a confirmation letter."""

    _name = "ar.confirmation.answer"
    _description = "Enter a Reply"

    confirmation_id = fields.Many2one("ar.confirmation", required=True)
    company_id = fields.Many2one(related="confirmation_id.company_id")
    kind = fields.Selection(related="confirmation_id.kind")
    partner_id = fields.Many2one(related="confirmation_id.partner_id")
    as_of_date = fields.Date(related="confirmation_id.as_of_date")
    answer = fields.Selection(
        [("agreed", "The information is correct"), ("differing", "It differs")],
        string="The Customer Says",
        required=True,
        default="agreed",
    )
    check_code = fields.Char(
        help="As printed on the reply: it shows that the customer answered to this letter. "
        "Leave it empty if the reply came without our form.",
    )
    signer_name = fields.Char(string="Signed by", required=True)
    signer_title = fields.Char(string="Job Title")
    with_chop = fields.Boolean(string="Company Chop")
    replied_on = fields.Date(
        string="Date on the Reply",
        required=True,
        default=lambda self: fields.Date.context_today(self),
    )
    note = fields.Text()
    document = fields.Binary(string="Scan of the Reply", attachment=False)
    document_name = fields.Char(string="File Name")
    balance_ids = fields.One2many(
        "ar.confirmation.answer.balance",
        "answer_id",
        string="Balances",
        compute="_compute_balance_ids",
        store=True,
        readonly=False,
    )
    line_ids = fields.One2many(
        "ar.confirmation.answer.line", "answer_id", string="Differences"
    )

    @api.depends("confirmation_id")
    def _compute_balance_ids(self):
        """Our balances, to be compared with theirs; a blank letter has only theirs."""
        for answer in self:
            blank = answer.kind == "blank"
            answer.balance_ids = [fields.Command.clear()] + [
                fields.Command.create(
                    {
                        "currency_id": total.currency_id.id,
                        "our_amount": total.balance_amount,
                        "their_amount": 0 if blank else total.balance_amount,
                    }
                )
                for total in answer.confirmation_id.total_ids
            ]

    def action_enter(self):
        """Write the reply down; from here on nobody changes it."""
        self.ensure_one()
        letter = self.confirmation_id
        letter._check_may_issue()
        self._check_input()
        letter._enter_reply(
            {
                "answer": self._outcome(),
                "signer_name": self.signer_name,
                "signer_title": self.signer_title,
                "with_chop": self.with_chop,
                "replied_on": self.replied_on,
                "note": self.note,
                "document_name": self.document_name,
            },
            self._amounts(),
            [line._values() for line in self.line_ids] if self._differs() else [],
            base64.b64decode(self.with_context(bin_size=False).document or b""),
        )
        if letter.state != "superseded":
            return {"type": "ir.actions.act_window_close"}
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "message": self.env._(
                    "The reply is kept, but our ledger of that day has changed since the "
                    "letter was written: the letter is superseded. Issue a new one."
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _differs(self):
        """Whether amounts were asked for at all."""
        return self.answer == "differing" or self.kind == "blank"

    def _amounts(self):
        """What their books say, by currency."""
        if self._differs():
            return {one.currency_id: one.their_amount for one in self.balance_ids}
        totals = self.confirmation_id.total_ids
        return {total.currency_id: total.balance_amount for total in totals}

    def _outcome(self):
        """Amounts decide, not the box that was ticked: a blank letter has none."""
        ours = {t.currency_id: t.balance_amount for t in self.confirmation_id.total_ids}
        theirs = self._amounts()
        same = all(
            float_compare(
                ours.get(currency, 0.0),
                theirs.get(currency, 0.0),
                precision_rounding=currency.rounding,
            )
            == 0
            for currency in {*ours, *theirs}
        )
        return "agreed" if same and not self.line_ids else "differing"

    def _check_input(self):
        letter = self.confirmation_id
        letter._check_answerable()
        code = "".join(filter(str.isalnum, self.check_code or "")).upper()
        if code and code != letter.check_code.replace("-", ""):
            raise UserError(
                self.env._(
                    "The check code %(code)s is not that of %(number)s (%(right)s): the reply "
                    "belongs to another letter.",
                    code=self.check_code,
                    number=letter.name,
                    right=letter.check_code,
                )
            )
        if self.replied_on < letter.as_of_date:
            raise UserError(
                self.env._(
                    "The reply is dated before the day that was to be confirmed (%(day)s).",
                    day=letter.as_of_date,
                )
            )
        if self.replied_on > fields.Date.context_today(self):
            raise UserError(self.env._("The reply is dated in the future."))
        if len(self.balance_ids.currency_id) != len(self.balance_ids):
            raise UserError(self.env._("Enter one balance per currency."))
        if self.answer == "differing" and self._outcome() == "agreed":
            raise UserError(
                self.env._(
                    "Their balances are the same as ours. Enter what differs, or choose that "
                    "the information is correct."
                )
            )


class ArConfirmationAnswerBalance(models.TransientModel):
    """The balance of one currency in both books."""

    _name = "ar.confirmation.answer.balance"
    _description = "Balance in a Reply"

    answer_id = fields.Many2one("ar.confirmation.answer", ondelete="cascade")
    currency_id = fields.Many2one("res.currency", required=True)
    our_amount = fields.Monetary(string="Our Balance", readonly=True)
    their_amount = fields.Monetary(string="Their Balance")
    difference_amount = fields.Monetary(
        string="Difference", compute="_compute_difference_amount"
    )

    @api.depends("our_amount", "their_amount")
    def _compute_difference_amount(self):
        for balance in self:
            balance.difference_amount = balance.their_amount - balance.our_amount


class ArConfirmationAnswerLine(models.TransientModel):
    """One difference, while it is being entered."""

    _name = "ar.confirmation.answer.line"
    _description = "Difference Being Entered"

    answer_id = fields.Many2one("ar.confirmation.answer", ondelete="cascade")
    partner_id = fields.Many2one(related="answer_id.partner_id")
    company_id = fields.Many2one(related="answer_id.company_id")
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        compute="_compute_document",
        store=True,
        readonly=False,
    )
    move_id = fields.Many2one(
        "account.move",
        string="Our Document",
        domain="[('commercial_partner_id', '=', partner_id), ('company_id', '=', company_id),"
        " ('state', '=', 'posted')]",
    )
    our_amount = fields.Monetary(
        compute="_compute_document", store=True, readonly=False
    )
    their_reference = fields.Char(string="Their Number")
    their_amount = fields.Monetary()
    reason = fields.Selection("_selection_reason", required=True, default="other")
    note = fields.Char(string="Remark")

    @api.model
    def _selection_reason(self):
        reasons = self.env["ar.confirmation.reply.line"]._fields["reason"]
        return reasons._description_selection(self.env)

    @api.depends("move_id", "answer_id.balance_ids")
    def _compute_document(self):
        """Currency and open amount of our document, to begin with."""
        for line in self:
            move = line.move_id
            line.currency_id = (
                move.currency_id or line.answer_id.balance_ids.currency_id[:1]
            )
            sign = -1 if move.move_type == "out_refund" else 1
            line.our_amount = sign * move.amount_residual if move else line.our_amount

    def _values(self):
        # the document is named as far as the user may see it
        self.move_id.check_access("read")
        return {
            "currency_id": self.currency_id.id,
            "move_id": self.move_id.id,
            "our_reference": self.move_id.name or False,
            "our_amount": self.our_amount,
            "their_reference": self.their_reference,
            "their_amount": self.their_amount,
            "difference_amount": self.their_amount - self.our_amount,
            "reason": self.reason,
            "note": self.note,
        }
