from odoo import api, models

from .base import METRICS, Scope
from .margin import margin_sql


class CustomerMetric(models.AbstractModel):
    """The figures that rules may use in this database.

    An addon brings one of its own by extending :meth:`_metrics`, for example the number of
    sales orders: a registry in Python would offer it in databases without that addon, too.
    """

    _name = "customer.metric"
    _description = "Figures of Customers"

    @api.model
    def _metrics(self):
        """{code: metric}"""
        return {metric.code: metric for metric in METRICS}

    @api.model
    def _titles(self):
        """[(code, name in the user's language)]"""
        return [
            (code, metric.title(self.env)) for code, metric in self._metrics().items()
        ]

    @api.model
    def _load(self, code, scope):
        """{customer: figure}: one statement, however many customers."""
        return self._metrics()[code].load(scope)

    # -- for reports ----------------------------------------------------------------------

    @api.model
    def _window(self, first, last):
        """The scope of a period in the active companies, each in its own currency."""
        return Scope(
            self.env,
            last,
            0,
            tuple(self.env.companies.ids),
            self.env.company.currency_id,
            first_day=first,
        )

    @api.model
    def _margins_sql(self, scope):
        """Rows (partner_id, company_id, sales, margin) of what was sold at a known cost."""
        return margin_sql(scope)
