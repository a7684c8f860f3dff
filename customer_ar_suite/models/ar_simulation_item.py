from odoo import api, fields, models

from ..engine.credit_hold import Hit
from .ar_credit_check import VERDICTS

#: sums of the engine that are amounts: name in ``Tally`` -> field
AMOUNTS = {
    "amount_then": "held_then_amount",
    "amount_now": "held_now_amount",
    "new_amount": "new_held_amount",
    "unsold_amount": "unsold_amount",
    "freed_amount": "freed_amount",
}
COUNTS = {
    "judged": "document_count",
    "looks": "look_count",
    "exact": "exact_look_count",
    "held_then": "held_then_count",
    "held_now": "held_now_count",
    "new_held": "new_held_count",
    "unsold": "unsold_count",
    "freed": "freed_count",
    "warned_then": "warned_then_count",
    "warned_now": "warned_now_count",
    "days_then": "days_then",
    "days_now": "days_now",
    "used_then": "used_then_percent",
    "used_now": "used_now_percent",
}


class ArSimulationItem(models.Model):
    """A customer in a simulation: his sums then and under the draft."""

    _name = "ar.simulation.item"
    _description = "Customer in a Simulation"
    _inherit = ["ar.run.item.mixin", "ar.simulation.part.mixin"]
    _ar_is_money = True
    _order = "id"

    document_count = fields.Integer(string="Documents", readonly=True)
    look_count = fields.Integer(string="Looks", readonly=True)
    exact_look_count = fields.Integer(string="Looks Found Again", readonly=True)
    held_then_count = fields.Integer(string="Held Then", readonly=True)
    held_now_count = fields.Integer(string="Held by the Draft", readonly=True)
    held_then_amount = fields.Monetary(string="Amount Held Then", readonly=True)
    held_now_amount = fields.Monetary(string="Amount Held by the Draft", readonly=True)
    new_held_count = fields.Integer(string="Held in Addition", readonly=True)
    new_held_amount = fields.Monetary(string="Sales Delayed", readonly=True)
    unsold_count = fields.Integer(string="Held to the End", readonly=True)
    unsold_amount = fields.Monetary(string="Sales Not Made", readonly=True)
    freed_count = fields.Integer(string="No Longer Held", readonly=True)
    freed_amount = fields.Monetary(string="Sales No Longer Held", readonly=True)
    bad_amount = fields.Monetary(
        string="Losses Avoided",
        readonly=True,
        help="Of what would have been held in addition: still unpaid long after it was due.",
    )
    warned_then_count = fields.Integer(string="Warnings Then", readonly=True)
    warned_now_count = fields.Integer(string="Warnings by the Draft", readonly=True)
    days_then = fields.Integer(string="Days Held Then", readonly=True)
    days_now = fields.Integer(string="Days Held by the Draft", readonly=True)
    used_then_percent = fields.Integer(
        string="Limit Used Then (%)", readonly=True, aggregator="avg"
    )
    used_now_percent = fields.Integer(
        string="Limit Used by the Draft (%)", readonly=True, aggregator="avg"
    )
    rating_count = fields.Integer(string="Ratings", readonly=True)
    exact_rating_count = fields.Integer(string="Ratings Found Again", readonly=True)
    changed_rating_count = fields.Integer(string="Other Grades", readonly=True)
    grade_then_id = fields.Many2one(
        "ar.credit.grade", string="Last Grade Then", readonly=True, ondelete="restrict"
    )
    grade_now_id = fields.Many2one(
        "ar.credit.grade",
        string="Last Grade by the Draft",
        readonly=True,
        ondelete="restrict",
    )
    score_then = fields.Float(digits=(16, 2), readonly=True, aggregator="avg")
    score_now = fields.Float(
        digits=(16, 2), readonly=True, aggregator="avg", string="Score by the Draft"
    )

    _run_state_idx = models.Index("(simulation_id, run_state, id)")

    def _documents(self, compared, looks):
        """Rows of documents that were held, would be, or are told otherwise."""
        amount = self.company_id._ar_amount
        return [
            {
                "simulation_id": self.simulation_id.id,
                "partner_id": one.partner_id,
                "day": one.day,
                "amount": amount(one.amount),
                "verdict_then": one.then,
                "verdict_now": one.now,
                "change": one.change,
                "hits_then": [list(hit) for hit in one.hits_then],
                "hits_now": [list(hit) for hit in one.hits_now],
                "days_then": one.days_then,
                "days_now": one.days_now,
                "bad_amount": looks.bad.get(one.document, 0)
                if one.change == "held"
                else 0,
                **looks.links[one.key],
            }
            for one in compared
            if one.was_held or one.is_held or one.change != "same"
        ]

    def _keep_result(self, sums, graded, documents):
        """What came out for the customer; ``graded`` in the order of days."""
        amount = self.company_id._ar_amount
        last = graded[-1] if graded else None
        # sudo: users have no right to write what came out
        self.sudo().write(
            {
                **{field: getattr(sums, name) for name, field in COUNTS.items()},
                **{field: amount(getattr(sums, n)) for n, field in AMOUNTS.items()},
                "bad_amount": sum(one["bad_amount"] for one in documents),
                "rating_count": len(graded),
                "exact_rating_count": sum(one.is_exact for one in graded),
                "changed_rating_count": sum(
                    one.grade_then != one.grade_now for one in graded
                ),
                "grade_then_id": last and last.grade_then,
                "grade_now_id": last and last.grade_now,
                "score_then": (last.score_then or 0) / 100 if last else 0,
                "score_now": (last.score_now or 0) / 100 if last else 0,
            }
        )

    def action_view_documents(self):
        """Documents of the customer that were held, or would be."""
        self.check_access("read")
        return self.simulation_id._documents_action(
            [("partner_id", "in", self.partner_id.ids)]
        )


class ArSimulationDocument(models.Model):
    """A document that was held, or would be, or of which something else would be said."""

    _name = "ar.simulation.document"
    _description = "Document in a Simulation"
    _inherit = ["ar.locked.mixin", "ar.simulation.part.mixin"]
    _ar_is_money = True
    _order = "day, id"
    _rec_name = "document_name"

    judgement_id = fields.Many2one(
        "ar.credit.judgement", readonly=True, ondelete="set null"
    )
    move_id = fields.Many2one(
        "account.move", string="Invoice", readonly=True, ondelete="set null"
    )
    document_name = fields.Char(string="Document", readonly=True)
    day = fields.Date(string="First Looked at on", readonly=True)
    amount = fields.Monetary(readonly=True)
    verdict_then = fields.Selection(VERDICTS, string="At the Time", readonly=True)
    verdict_now = fields.Selection(VERDICTS, string="By the Draft", readonly=True)
    change = fields.Selection(
        [
            ("held", "Held in Addition"),
            ("freed", "No Longer Held"),
            ("stricter", "Stricter"),
            ("milder", "Milder"),
            ("same", "As Then"),
        ],
        string="What Differs",
        readonly=True,
        index=True,
    )
    hits_then = fields.Json(readonly=True, groups=".")
    hits_now = fields.Json(readonly=True, groups=".")
    why_then = fields.Text(compute="_compute_why")
    why_now = fields.Text(string="Why by the Draft", compute="_compute_why")
    days_then = fields.Integer(
        string="Days Held Then",
        readonly=True,
        help="From the first hold until it passed.",
    )
    days_now = fields.Integer(
        string="Days Held by the Draft",
        readonly=True,
        help="Until the first later look at which nothing would have held the customer. "
        "Empty: until the end of the period there was none.",
    )
    bad_amount = fields.Monetary(
        string="Losses Avoided",
        readonly=True,
        help="Of what would have been held in addition: still unpaid long after it was due.",
    )
    is_past = fields.Boolean(
        string="Rebuilt",
        readonly=True,
        help="Nobody had looked at it: what was known is rebuilt from the books.",
    )

    @api.depends("hits_then", "hits_now")
    @api.depends_context("lang")
    def _compute_why(self):
        check = self.env["ar.credit.check"]
        # sudo: codes and figures that become sentences for who may read the line
        for one in self.sudo():
            for side in ("then", "now"):
                found = [Hit(*hit) for hit in one[f"hits_{side}"] or ()]
                one[f"why_{side}"] = "\n".join(check._sentences(found, one.company_id))

    def action_open_document(self):
        """The document itself."""
        self.check_access("read")
        self.ensure_one()
        target = self.move_id or self.judgement_id
        return target.get_formview_action() if target else False
