from odoo import api, fields, models

#: probability from which an invoice is likely, and from which it may be late
LIKELY, POSSIBLE = 0.5, 0.2


class ArPrediction(models.Model):
    """When an open invoice is expected to be paid, how likely late, and why."""

    _name = "ar.prediction"
    _description = "Payment Prediction"
    _inherit = ["ar.run.item.mixin", "ar.partner.rule.mixin"]
    _ar_is_money = True
    _order = "expected_date, id"
    _rec_name = "move_id"

    run_id = fields.Many2one(
        "ar.prediction.run",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    as_of_date = fields.Date(
        string="Predicted on", related="run_id.as_of_date", store=True
    )
    move_line_id = fields.Many2one(
        "account.move.line",
        string="Journal Item",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    move_id = fields.Many2one(
        related="move_line_id.move_id", string="Invoice", store=True, index=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    invoice_date = fields.Date(readonly=True)
    due_date = fields.Date(readonly=True)
    residual_amount = fields.Monetary(
        string="Open Amount", readonly=True, help="When it was predicted."
    )
    late_probability = fields.Float(
        string="Probability of Late Payment",
        readonly=True,
        aggregator="avg",
        help="That it is paid after the due date, given that it is not paid yet.",
    )
    risk = fields.Selection(
        [("low", "On Time"), ("medium", "May Be Late"), ("high", "Likely Late")],
        string="Outlook",
        readonly=True,
    )
    expected_date = fields.Date(string="Expected Payment", readonly=True)
    early_date = fields.Date(
        string="Hardly before", readonly=True, help="One in ten is paid before."
    )
    late_date = fields.Date(
        string="Hardly after", readonly=True, help="One in ten is paid after."
    )
    expected_late_days = fields.Integer(
        string="Expected Days Late", readonly=True, aggregator="avg"
    )
    reasons_json = fields.Json(readonly=True, groups=".")
    reasons = fields.Text(string="Why", compute="_compute_reasons")

    def _keep(self, forecast):
        """What the engine expects, as values."""
        chance = forecast.probability
        self.write(
            {
                "residual_amount": self.move_line_id.amount_residual,
                "late_probability": chance,
                "risk": "high"
                if chance >= LIKELY
                else "medium"
                if chance >= POSSIBLE
                else "low",
                "expected_date": forecast.expected,
                "early_date": forecast.early,
                "late_date": forecast.late,
                "expected_late_days": (forecast.expected - self.due_date).days,
                "reasons_json": [
                    [one.code, one.params, one.weight] for one in forecast.reasons
                ],
            }
        )

    @api.depends("reasons_json")
    @api.depends_context("lang")
    def _compute_reasons(self):
        # sudo: the sentences tell readers of a prediction what it rests on
        for one in self.sudo():
            one.reasons = "\n".join(
                f"{'▲' if weight > 0 else '▼'} {self._sentence(code, params)}"
                for code, params, weight in one.reasons_json or ()
            )

    def _sentence(self, code, params):
        """A reason in the reader's language."""
        say = self.env._
        return {
            "already_late": lambda: say("Overdue for %(days)s days.", **params),
            "latest": lambda: say(
                "%(late)s of the customer's last %(count)s invoices were paid late.",
                **params,
            ),
            "no_history": lambda: say(
                "No invoice of this customer has fallen due yet; others are the guide."
            ),
            "amounts": lambda: say(
                "%(late)s of %(count)s invoices of about this amount were paid late.",
                **params,
            ),
            "days_late": lambda: say(
                "Payments come %(days)s days after the due date on average.", **params
            ),
            "days_early": lambda: say(
                "Payments come %(days)s days before the due date on average.", **params
            ),
            "overdue": lambda: say(
                "%(overdue)s of %(count)s other open invoices are overdue.", **params
            ),
            "size": lambda: say(
                "The amount is %(percent)s %% of what is usual.", **params
            ),
            "term": lambda: say("There are %(days)s days to pay.", **params),
        }[code]()

    def action_open_document(self):
        """The invoice."""
        self.check_access("read")
        self.ensure_one()
        self.move_id.check_access("read")
        return self.move_id._get_records_action(context={})

    @api.model
    def _latest(self, field, records):
        """{record: predictions of it} that the user may read; newest expected last."""
        if not records.ids or not self.has_access("read"):
            return {}
        found = self.search(
            [(field, "in", records.ids), ("run_state", "=", "done")],
            order="run_id, expected_date, id",
        )
        return found.grouped(field)
