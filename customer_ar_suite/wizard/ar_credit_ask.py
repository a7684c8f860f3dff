from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

#: how long a release or temporary limit is asked for, unless told
USUAL_DAYS = 14


def _in_days(record, days):
    return fields.Date.context_today(record) + timedelta(days=days)


class ArCreditReleaseAsk(models.TransientModel):
    """Asks why a held document shall pass."""

    _name = "ar.credit.release.ask"
    _description = "Request a Credit Release"

    move_id = fields.Many2one("account.move", string="Invoice", ondelete="cascade")
    hits_text = fields.Text(string="Why It Is Held", compute="_compute_paper")
    company_id = fields.Many2one("res.company", compute="_compute_paper")
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(compute="_compute_paper")
    valid_to = fields.Date(
        string="Valid until",
        required=True,
        default=lambda self: _in_days(self, USUAL_DAYS),
    )
    reason = fields.Text(required=True)

    @api.depends("move_id")
    def _compute_paper(self):
        for wizard in self:
            values = wizard._paper_values() if wizard._document() else {}
            wizard.hits_text = values.get("hits_text")
            wizard.company_id = values.get("company_id")
            wizard.amount = values.get("asked_amount", 0)

    def _document(self):
        """The held document."""
        return self.move_id

    def _paper_values(self):
        """What is asked for: the document, its amount, what the rules have found."""
        document = self._document()
        document.check_access("read")
        return self.env["ar.credit.check"]._request_values(document)

    def action_ask(self):
        """Make the request and tell those who decide."""
        self.check_access("write")
        self.ensure_one()
        document = self._document()
        document.check_access("read")
        values = self._paper_values()
        if values.pop("verdict") != "approve":
            raise UserError(self.env._("This document needs no release, or gets none."))
        values.pop("hits_text")
        self.env["ar.credit.release"]._request(
            {**values, "reason": self.reason, "valid_to": self.valid_to}
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}


class ArCreditTemporaryAsk(models.TransientModel):
    """Asks for more than the limit, for a time."""

    _name = "ar.credit.temporary.ask"
    _description = "Request a Temporary Limit"

    profile_id = fields.Many2one("ar.credit.profile", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="profile_id.currency_id")
    limit_amount = fields.Monetary(related="profile_id.limit_amount")
    amount = fields.Monetary(string="Added to the Limit", required=True)
    valid_from = fields.Date(
        required=True, default=lambda self: fields.Date.context_today(self)
    )
    valid_to = fields.Date(
        string="Valid until",
        required=True,
        default=lambda self: _in_days(self, USUAL_DAYS),
    )
    reason = fields.Text(required=True)

    def action_ask(self):
        """Make the request."""
        self.check_access("write")
        self.ensure_one()
        self.profile_id.check_access("read")
        if self.amount <= 0 or self.valid_to < self.valid_from:
            raise UserError(
                self.env._(
                    "Enter an amount to be added, and an end after the beginning."
                )
            )
        if not self.limit_amount:
            raise UserError(
                self.env._(
                    "The customer has no limit that something could be added to."
                )
            )
        self.env["ar.credit.temporary.limit"]._ask(
            [
                {
                    "profile_id": self.profile_id.id,
                    "amount": self.amount,
                    "valid_from": self.valid_from,
                    "valid_to": self.valid_to,
                    "reason": self.reason,
                }
            ]
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}


class ArCreditHoldSet(models.TransientModel):
    """Asks why a customer is put on hold."""

    _name = "ar.credit.hold.set"
    _description = "Put a Customer on Hold"

    profile_id = fields.Many2one("ar.credit.profile", required=True, ondelete="cascade")
    reason = fields.Char(required=True)

    def action_hold(self):
        """Hold all documents of the customer until somebody lets him go."""
        self.check_access("write")
        self.ensure_one()
        self.profile_id.check_access("write")
        self.profile_id._set_hold(True, self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}


class ArCreditDecide(models.TransientModel):
    """Asks for amount, day and comment of a decision."""

    _name = "ar.credit.decide"
    _description = "Decide on a Credit Request"

    release_id = fields.Many2one("ar.credit.release", ondelete="cascade")
    temporary_limit_id = fields.Many2one(
        "ar.credit.temporary.limit", ondelete="cascade"
    )
    verdict = fields.Selection(
        [("approved", "Release"), ("rejected", "Refuse")],
        required=True,
        default="approved",
    )
    reason = fields.Text(string="Reason Given", compute="_compute_request")
    hits_text = fields.Text(string="Why It Is Held", compute="_compute_request")
    currency_id = fields.Many2one("res.currency", compute="_compute_request")
    amount = fields.Monetary(
        compute="_compute_amount", store=True, readonly=False, string="Up to"
    )
    valid_to = fields.Date(
        string="Valid until", compute="_compute_valid_to", store=True, readonly=False
    )
    note = fields.Text(string="Comment")

    def _grant(self):
        return self.release_id or self.temporary_limit_id

    @api.depends("release_id", "temporary_limit_id")
    def _compute_request(self):
        for wizard in self:
            grant = wizard._grant()
            grant.check_access("read")
            wizard.reason = grant.reason if grant else False
            wizard.hits_text = wizard.release_id.hits_text
            wizard.currency_id = grant.currency_id if grant else False

    # two methods: a value that is given would keep the other from being computed
    @api.depends("release_id", "temporary_limit_id")
    def _compute_amount(self):
        for wizard in self:
            grant = wizard._grant()
            grant.check_access("read")
            wizard.amount = grant.amount if grant else 0

    @api.depends("release_id", "temporary_limit_id")
    def _compute_valid_to(self):
        for wizard in self:
            grant = wizard._grant()
            grant.check_access("read")
            wizard.valid_to = grant.valid_to if grant else False

    def action_decide(self):
        """Cast the decision."""
        self.check_access("write")
        self.ensure_one()
        grant = self._grant()
        grant.check_access("read")
        if not grant:
            raise UserError(self.env._("There is nothing to decide."))
        terms = {}
        if self.verdict == "approved":
            if self.amount <= 0 or not self.valid_to:
                raise UserError(self.env._("Enter up to which amount and until when."))
            terms = {"amount": self.amount, "valid_to": self.valid_to}
        grant._decide(self.verdict, self.note, **terms)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
