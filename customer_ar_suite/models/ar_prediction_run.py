from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..engine.prediction.base import Invoice
from ..engine.prediction.features import walk
from ..engine.prediction.model import forecasts, learn
from ..engine.prediction.quality import judge, trials

GROUPS = ("ar_accountant", "credit_manager", "administrator")
_PREFIX = "customer_ar_suite.customer_ar_suite_group_"
#: days after which the nightly run learns anew
RELEARN_DAYS = 30


class ArPredictionRun(models.Model):
    """Learns from a company's paid invoices and foretells when the open ones are paid.

    The invoices come from the ledger in one question, whoever starts the run: what was
    learned about a company does not depend on who looks.
    """

    _name = "ar.prediction.run"
    _description = "Prediction Run"
    _inherit = ["ar.run.mixin"]
    _order = "id desc"

    _check_company_auto = True

    _run_item_model = "ar.prediction"
    _run_chunk_size = 5_000
    _run_interactive_limit = 5_000

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    as_of_date = fields.Date(
        string="As of", required=True, default=fields.Date.context_today
    )
    month_count = fields.Integer(
        string="Months to Learn from",
        required=True,
        default=24,
        help="How far back invoices count.",
    )
    tested_month_count = fields.Integer(
        string="Months to Test on",
        required=True,
        default=6,
        help="The latest months are foretold month by month, each with what was known "
        "then, to see how good the predictions are.",
    )
    model_id = fields.Many2one(
        "ar.prediction.model", readonly=True, copy=False, check_company=True
    )
    verdict = fields.Char(related="model_id.verdict")
    prediction_ids = fields.One2many("ar.prediction", "run_id", readonly=True)

    @api.depends("as_of_date")
    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._(
                "Payment predictions, %(date)s", date=run.as_of_date
            )

    @api.constrains("month_count", "tested_month_count")
    def _check_months(self):
        for run in self:
            if not 1 <= run.tested_month_count < run.month_count <= 120:
                raise ValidationError(
                    self.env._(
                        "Learn from 2 to 120 months, and test on fewer than these."
                    )
                )

    # -- buttons --------------------------------------------------------------------------

    def action_start(self):
        """Learn, prove it on the latest months, and predict if it is worth it."""
        self._check_run_access()
        self.check_access("write")
        for run in self:
            if run.run_state != "draft":
                raise UserError(self.env._("This run is done. Start a new one."))
            run._train()
            run._load_open()
            run._start_run()
        return True

    def action_view_predictions(self):
        """What is expected of the open invoices."""
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.ar_prediction_action"
            ),
            "domain": [("run_id", "in", self.ids)],
        }

    def _check_run_access(self):
        user = self.env.user
        if not self.env.su and not any(user.has_group(_PREFIX + one) for one in GROUPS):
            raise AccessError(
                self.env._("Only AR accountants and credit managers predict payments.")
            )
        self.check_access("read")

    @api.model
    def _cron_predict(self):
        """Once a day, in the companies that have switched it on."""
        today = fields.Date.context_today(self)
        done = self.search([("as_of_date", "=", today)]).company_id
        companies = self.env["res.company"].search([("ar_predict_payments", "=", True)])
        for company in companies - done:
            recent = self._recent_model(company, today)
            if recent and recent.state != "used":
                continue
            run = self.with_company(company).create({"company_id": company.id})
            run.model_id = recent
            if not recent:
                run._train()
            run._load_open()
            run._start_run()

    @api.model
    def _recent_model(self, company, today):
        """The latest version, unless it is time to learn anew."""
        since = fields.Date.subtract(today, days=RELEARN_DAYS)
        latest = self.env["ar.prediction.model"].search(
            [("company_id", "=", company.id), ("trained_on", ">", since)], limit=1
        )
        return latest.filtered(lambda version: version._fits())

    # -- load, decide, apply --------------------------------------------------------------

    def _since(self):
        return fields.Date.subtract(self.as_of_date, months=self.month_count)

    def _tested_from(self):
        first = fields.Date.subtract(self.as_of_date, months=self.tested_month_count)
        return first.replace(day=1)

    def _load_invoices(self):
        """What the engine learns from: all invoices of the company, paid or open."""
        # sudo: habits of all customers; each prediction is shown to who sees the customer
        rows = (
            self.env["ar.ledger"]
            .sudo()
            ._settlements(
                self._since(), self.as_of_date, company_ids=self.company_id.ids
            )
        )
        return [Invoice._make(row) for row in rows]

    def _train(self):
        """A new version with the figures of its back-test."""
        self.ensure_one()
        invoices = self._load_invoices()
        seen = list(walk(invoices))
        quality = judge(trials(seen, self._tested_from()))
        learned = learn(seen, self.as_of_date)
        version = self.env["ar.prediction.model"]._remember(
            self.company_id, self, invoices, learned, quality
        )
        # sudo: bookkeeping of the run
        self.sudo().model_id = version
        self.env["customer.audit.entry"]._ar_log(
            "prediction.train",
            version,
            {
                "version": version.version,
                "state": version.state,
                "days": quality.days,
                "auc": quality.auc,
            },
        )

    def _load_open(self):
        """One item per open invoice, if there is something to say about them."""
        if self.model_id.state != "used":
            return
        # sudo: items of the run; who may start it was checked
        self.env["ar.prediction"].sudo().create(
            [
                {
                    "run_id": self.id,
                    "move_line_id": one.key,
                    "partner_id": one.customer,
                    "invoice_date": one.invoiced,
                    "due_date": one.due,
                }
                for one in self._load_invoices()
                if one.cleared is None
            ]
        )

    def _apply_items(self, items):
        """Foretell a chunk of open invoices: a constant number of statements."""
        items.fetch(["company_id", "move_line_id", "due_date"])
        invoices = self._load_invoices()
        wanted = {item.move_line_id.id: item for item in items}
        opened = [one for one in invoices if one.key in wanted and one.cleared is None]
        history = [one for one in invoices if one.key not in wanted or one.cleared]
        # sudo: what was learned, and what is open, of all customers of the run
        items, model = items.sudo(), self.model_id.sudo()
        items.move_line_id.fetch(["amount_residual"])
        for forecast in forecasts(history, opened, model._as_engine(), self.as_of_date):
            # sudo: outcome of the run; users write none of it
            wanted.pop(forecast.key).sudo()._keep(forecast)
        # what has been paid in the meantime needs no prediction
        left = items.browse(item.id for item in wanted.values())
        self._set_item_state(left, "skipped")

    def _on_run_finished(self):
        """Only the latest predictions of a company are kept."""
        older = self.env["ar.prediction"].sudo()  # sudo: bookkeeping of the runs
        older.search(
            [
                ("company_id", "=", self.company_id.id),
                "|",
                ("run_id", "<", self.id),
                ("run_state", "=", "skipped"),
            ]
        ).unlink()
