"""Sample data: payments foretold in both companies, as good as their history allows."""

from odoo import api, models


class ArDemo(models.AbstractModel):
    _inherit = "ar.demo"

    @api.model
    def _load_suite(self):
        result = super()._load_suite()
        self._load_predictions()
        return result

    @api.model
    def _load_predictions(self):
        """One run each, and nightly runs in the Dutch company."""
        if self._sample("prediction_run_nl"):
            return
        for code in ("cn", "nl"):
            run = self._in_company("ar.prediction.run", code).create(
                {"company_id": self._company(code).id}
            )
            run.action_start()
            self._keep(run, [f"prediction_run_{code}"])
        self._company("nl").ar_predict_payments = True
