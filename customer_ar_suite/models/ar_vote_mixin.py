from odoo import api, fields, models


class ArVoteMixin(models.AbstractModel):
    """Who decided what on a request, when, and on which fingerprint; never changed.

    One row per vote. The model that inherits it says what a vote is about, ``request_id``
    first of all: a request with a maker, a customer and a fingerprint.
    """

    _name = "ar.vote.mixin"
    _description = "Decision on a Request"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _ar_partner_path = "request_id.partner_id"
    _order = "id"
    _rec_name = "verdict"

    user_id = fields.Many2one(
        "res.users",
        string="Decided by",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    maker_id = fields.Many2one(
        "res.users", required=True, readonly=True, ondelete="restrict"
    )
    verdict = fields.Selection(
        [("approved", "Approved"), ("rejected", "Rejected")],
        required=True,
        readonly=True,
    )
    reason = fields.Char(readonly=True)
    payload_hash = fields.Char(string="Fingerprint", required=True, readonly=True)
    decided_at = fields.Datetime(string="Decided on", required=True, readonly=True)

    _not_the_maker = models.Constraint(
        "CHECK (user_id <> maker_id)", "Nobody decides on a request of his own."
    )

    @api.model
    def _cast(self, user, ballots, reason=""):
        """Write down what ``user`` decides: [(request, verdict, more values)].

        Whether he may has been checked.
        """
        now = fields.Datetime.now()
        return self._insert(
            [
                {
                    "request_id": request.id,
                    "user_id": user.id,
                    "maker_id": request.maker_id.id,
                    "verdict": verdict,
                    "reason": reason or False,
                    "payload_hash": request.payload_hash,
                    "decided_at": now,
                    **more,
                }
                for request, verdict, more in ballots
            ]
        )
