from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..identity import ar_identity_required


class CustomerChangeReview(models.TransientModel):
    """Decide on one or many requests line by line, old and new side by side."""

    _name = "customer.change.review"
    _description = "Review Changes"

    request_ids = fields.Many2many("customer.change.request", readonly=True)
    line_ids = fields.One2many("customer.change.review.line", "review_id")
    reason = fields.Char(help="Needed for every rejection; the maker will read it.")
    result = fields.Text(readonly=True)
    request_reasons = fields.Text(
        string="Reasons Given", compute="_compute_request_reasons"
    )

    @api.depends("request_ids")
    def _compute_request_reasons(self):
        """What the makers say, each reason once."""
        for review in self:
            reasons = review.request_ids.mapped("reason")
            review.request_reasons = "\n".join(dict.fromkeys(filter(None, reasons)))

    @api.model
    def _open(self, requests):
        """The dialog over all changes in ``requests`` that this user may decide."""
        lines = requests.line_ids.filtered("can_decide")
        seen = {request: request._seen_hash() for request in lines.request_id}
        review = self.create(
            {
                "request_ids": [Command.set(requests.ids)],
                "line_ids": [
                    Command.create(
                        {
                            "line_id": line.id,
                            "seen_hash": seen[line.request_id],
                        }
                    )
                    for line in lines
                ],
            }
        )
        return review._action(self.env._("Review Changes"))

    def _action(self, name):
        return self._get_records_action(name=name, target="new", context={})

    def action_reject_all(self):
        """Reject everything shown."""
        self._check_owner()
        self.line_ids.verdict = "rejected"
        return self.action_confirm()

    @ar_identity_required("change_approve", "request_ids.company_id")
    def action_confirm(self):
        """Decide; what is refused is told per request and stops no other."""
        self._check_owner()
        if not self.line_ids:
            raise UserError(self.env._("None of these changes waits for you."))
        ballots = {}
        for request, lines in self.line_ids.grouped("request_id").items():
            verdicts = {
                line.line_id.id: line.verdict
                for line in lines
                if line.verdict != "later"
            }
            if verdicts:
                ballots[request.id] = verdicts, lines[0].seen_hash
        requests = self.env["customer.change.request"].browse(ballots)
        errors = requests._decide_all(ballots, self.reason)
        if not errors:
            return {"type": "ir.actions.act_window_close"}
        if len(requests) == 1:
            raise errors[requests.id]
        self.result = "\n".join(requests._refusals(errors))
        return self._action(self.env._("Not Decided"))

    def _check_owner(self):
        self.ensure_one()
        self.check_access("write")
        self.env["customer.change.request"].check_access("read")


class CustomerChangeReviewLine(models.TransientModel):
    """One change in the dialog, and what is to be done with it."""

    _name = "customer.change.review.line"
    _description = "Reviewed Change"

    review_id = fields.Many2one(
        "customer.change.review", required=True, ondelete="cascade"
    )
    line_id = fields.Many2one("customer.change.line", required=True, ondelete="cascade")
    request_id = fields.Many2one(related="line_id.request_id", string="Request")
    seen_hash = fields.Char()
    label = fields.Char(related="line_id.label")
    old_text = fields.Char(related="line_id.old_text", related_sudo=False)
    new_text = fields.Char(related="line_id.new_text", related_sudo=False)
    verdict = fields.Selection(
        [("approved", "Approve"), ("rejected", "Reject"), ("later", "Later")],
        default="approved",
        required=True,
    )
