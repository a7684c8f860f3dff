from odoo import api, fields, models

from .ar_confirmation import ANSWERED, LIVE

_ZERO = (0, 0.0, 0.0)


class ArConfirmationRun(models.Model):
    """What came back: how many answered, how much of the receivables is confirmed."""

    _inherit = "ar.confirmation.run"

    letter_count = fields.Integer(
        string="Letters Issued", compute="_compute_statistics"
    )
    waiting_count = fields.Integer(string="Waiting", compute="_compute_statistics")
    overdue_count = fields.Integer(string="Late Answers", compute="_compute_statistics")
    agreed_count = fields.Integer(string="Agreed", compute="_compute_statistics")
    differing_count = fields.Integer(string="Differing", compute="_compute_statistics")
    silent_count = fields.Integer(
        string="No Objection",
        compute="_compute_statistics",
        help="Negative letters whose day to answer by has passed.",
    )
    superseded_count = fields.Integer(
        string="Superseded", compute="_compute_statistics"
    )
    returned_count = fields.Integer(
        string="Undeliverable", compute="_compute_statistics"
    )
    asked_amount = fields.Monetary(
        string="Balances Asked",
        currency_field="company_currency_id",
        compute="_compute_statistics",
    )
    agreed_amount = fields.Monetary(
        string="Balances Agreed",
        currency_field="company_currency_id",
        compute="_compute_statistics",
    )
    differing_amount = fields.Monetary(
        string="Balances Differing",
        currency_field="company_currency_id",
        compute="_compute_statistics",
    )
    difference_amount = fields.Monetary(
        string="Net Difference",
        currency_field="company_currency_id",
        compute="_compute_statistics",
    )
    coverage = fields.Float(
        string="Asked of All Receivables (%)", compute="_compute_statistics"
    )
    answer_rate = fields.Float(string="Answered (%)", compute="_compute_statistics")
    confirmed_coverage = fields.Float(
        string="Confirmed of All Receivables (%)", compute="_compute_statistics"
    )

    @api.depends("confirmation_ids.state", "receivable_amount")
    def _compute_statistics(self):
        letters = self.env["ar.confirmation"]
        mine = [("run_id", "in", self.ids)]
        figures = {run.id: {} for run in self}
        for run, state, count, balance, difference in letters._read_group(
            mine,
            ["run_id", "state"],
            ["__count", "balance_amount:sum", "difference_amount:sum"],
        ):
            figures[run.id][state] = (count, balance, difference)
        late = self._counts([*mine, ("is_overdue", "=", True)])
        silent = self._counts(
            [
                *mine,
                ("kind", "=", "negative"),
                ("state", "=", "sent"),
                ("reply_by_date", "<", fields.Date.context_today(self)),
            ]
        )
        for run in self:
            run._set_statistics(
                figures.get(run.id, {}), late.get(run.id, 0), silent.get(run.id, 0)
            )

    def _counts(self, domain):
        groups = self.env["ar.confirmation"]._read_group(
            domain, ["run_id"], ["__count"]
        )
        return {run.id: count for run, count in groups}

    def _set_statistics(self, by_state, late, silent):
        def total(states, column):
            return sum(by_state.get(state, _ZERO)[column] for state in states)

        self.letter_count = total(by_state, 0)
        self.waiting_count = total(("issued", "sent"), 0) - silent
        self.overdue_count = late
        self.silent_count = silent
        for state in (*ANSWERED, "superseded", "returned"):
            self[f"{state}_count"] = total((state,), 0)
        self.asked_amount = total(LIVE, 1)
        self.agreed_amount = total(("agreed",), 1)
        self.differing_amount = total(("differing",), 1)
        self.difference_amount = total(("differing",), 2)
        live, whole = total(LIVE, 0), self.receivable_amount
        self.answer_rate = 100 * total(ANSWERED, 0) / live if live else 0.0
        self.coverage = 100 * self.asked_amount / whole if whole else 0.0
        self.confirmed_coverage = 100 * self.agreed_amount / whole if whole else 0.0
