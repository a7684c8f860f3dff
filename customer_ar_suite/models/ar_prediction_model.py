from odoo import api, fields, models

from ..engine.prediction.features import FEATURES
from ..engine.prediction.logistic import Logistic


class ArPredictionModel(models.Model):
    """What was learned from a company's own paid invoices, and how good it proved.

    Every training leaves a version. Only one whose back-test beats the naive methods
    predicts anything; the others say so and stay silent.
    """

    _name = "ar.prediction.model"
    _description = "Prediction Model"
    _order = "id desc"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    version = fields.Integer(required=True, readonly=True, aggregator=None)
    trained_on = fields.Date(required=True, readonly=True)
    date_from = fields.Date(
        string="Learned from", readonly=True, help="Invoices from this day on."
    )
    invoice_count = fields.Integer(string="Invoices", readonly=True)
    tested_from = fields.Date(readonly=True)
    tested_count = fields.Integer(string="Invoices Foretold", readonly=True)
    late_count = fields.Integer(string="Of Them Late", readonly=True)
    state = fields.Selection(
        [
            ("used", "In Use"),
            ("unused", "Not Better than Naive – Not Used"),
            ("too_few", "Too Few Paid Invoices"),
        ],
        required=True,
        readonly=True,
    )
    auc = fields.Float(
        string="Telling Late from On Time",
        digits=(4, 3),
        readonly=True,
        aggregator=None,
        help="How often a late invoice had the higher probability than one on time (AUC): "
        "0.5 is a guess, 1 is perfect.",
    )
    naive_auc = fields.Float(
        string="… by the Customer's Late Share",
        digits=(4, 3),
        readonly=True,
        aggregator=None,
    )
    calibration_error = fields.Float(
        digits=(4, 3),
        readonly=True,
        aggregator=None,
        help="How far the probabilities are from what happened, on average.",
    )
    days_error = fields.Float(
        string="Days Off",
        digits=(8, 2),
        readonly=True,
        aggregator=None,
        help="Mean distance between the expected and the real day of payment.",
    )
    due_days_error = fields.Float(
        string="Days Off by the Due Date", digits=(8, 2), readonly=True, aggregator=None
    )
    median_days_error = fields.Float(
        string="Days Off by the Customer's Median",
        digits=(8, 2),
        readonly=True,
        aggregator=None,
    )
    intercept = fields.Float(readonly=True, aggregator=None)
    weight_ids = fields.One2many("ar.prediction.weight", "model_id", readonly=True)
    verdict = fields.Char(compute="_compute_verdict")

    _version_unique = models.Constraint(
        "unique (company_id, version)", "Each version of a company has its own number."
    )

    @api.depends("version", "trained_on")
    def _compute_display_name(self):
        for model in self:
            model.display_name = self.env._(
                "Version %(number)s of %(date)s",
                number=model.version,
                date=model.trained_on,
            )

    @api.depends("state", "days_error", "due_days_error", "median_days_error")
    @api.depends_context("lang")
    def _compute_verdict(self):
        for model in self:
            values = {
                "count": model.tested_count,
                "days": f"{model.days_error:.2f}",
                "due": f"{model.due_days_error:.2f}",
                "median": f"{model.median_days_error:.2f}",
            }
            if model.state == "used":
                model.verdict = self.env._(
                    "Of %(count)s invoices the payment was foretold %(days)s days off on "
                    "average; the due date is %(due)s off, the customer's median %(median)s.",
                    **values,
                )
            elif model.state == "unused":
                model.verdict = self.env._(
                    "Not better than naive – not used: of %(count)s invoices the payment was "
                    "foretold %(days)s days off; the due date is %(due)s off, the customer's "
                    "median %(median)s.",
                    **values,
                )
            else:
                model.verdict = self.env._(
                    "%(count)s invoices are too few to learn from.",
                    count=model.invoice_count,
                )

    @api.model
    def _remember(self, company, run, invoices, learned, quality):
        """Keep a version; who may train was checked by the run."""
        is_used = bool(learned and quality.is_better)
        state = "used" if is_used else "unused" if quality.count else "too_few"
        # sudo: result of a run whose starter was checked; nobody writes versions by hand
        models_ = self.sudo()
        latest = models_.search([("company_id", "=", company.id)], limit=1)
        return models_.create(
            {
                "company_id": company.id,
                "version": latest.version + 1,
                "trained_on": run.as_of_date,
                "date_from": run._since(),
                "tested_from": run._tested_from(),
                "invoice_count": sum(1 for one in invoices if one.cleared),
                "tested_count": quality.count,
                "late_count": quality.late_count,
                "state": state,
                "auc": quality.auc,
                "naive_auc": quality.naive_auc,
                "calibration_error": quality.calibration,
                "days_error": quality.days,
                "due_days_error": quality.due_days,
                "median_days_error": quality.median_days,
                "intercept": learned.intercept if learned else 0.0,
                "weight_ids": [
                    fields.Command.create(
                        {"name": name, "weight": weight, "mean": mean, "spread": spread}
                    )
                    for name, weight, mean, spread in zip(
                        FEATURES, *learned[1:], strict=True
                    )
                ]
                if learned
                else [],
            }
        )

    def _fits(self):
        """Does it weigh the figures that are made today?"""
        return self.state != "used" or set(self.weight_ids.mapped("name")) == set(
            FEATURES
        )

    def _as_engine(self):
        """The version as the engine knows it."""
        by_name = {weight.name: weight for weight in self.weight_ids}
        rows = [by_name[name] for name in FEATURES]
        return Logistic(
            self.intercept,
            *(
                tuple(row[name] for row in rows)
                for name in ("weight", "mean", "spread")
            ),
        )


class ArPredictionWeight(models.Model):
    """How much one figure about a customer moves the probability."""

    _name = "ar.prediction.weight"
    _description = "Weight of a Prediction Model"
    _order = "id"

    model_id = fields.Many2one(
        "ar.prediction.model",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="model_id.company_id", store=True, index=True)
    name = fields.Selection(
        [
            ("recent", "Late Share of Late of Invoices like It"),
            ("amounts", "Late Share of Invoices of about This Amount"),
            ("pattern", "The Same, due on This Day of the Week"),
            ("days", "Mean Days after the Due Date"),
            ("overdue", "Share of Open Invoices That Are Overdue"),
            ("size", "Amount beside the Usual"),
            ("term", "Days to Pay"),
        ],
        string="Figure",
        required=True,
        readonly=True,
    )
    weight = fields.Float(
        readonly=True,
        aggregator=None,
        help="Change of the log-odds of late payment when the figure is one spread higher.",
    )
    mean = fields.Float(readonly=True, aggregator=None)
    spread = fields.Float(readonly=True, aggregator=None)
