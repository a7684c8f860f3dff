from odoo import api, fields, models

_PREFIX = "customer_ar_suite.customer_ar_suite_group_"
READERS = ",".join(
    f"{_PREFIX}{role}"
    for role in ("ar_clerk", "ar_accountant", "collector", "credit_manager", "auditor")
)


class AccountMove(models.Model):
    """What is expected of an open invoice, on the invoice."""

    _inherit = "account.move"

    ar_expected_date = fields.Date(
        string="Expected Payment", compute="_compute_ar_expected", groups=READERS
    )
    ar_late_probability = fields.Float(
        string="Probability of Late Payment",
        compute="_compute_ar_expected",
        groups=READERS,
    )
    ar_late_reasons = fields.Text(
        string="Why Late or in Time", compute="_compute_ar_expected", groups=READERS
    )

    @api.depends("payment_state")
    @api.depends_context("lang", "uid")
    def _compute_ar_expected(self):
        """Of instalments, the next one that is open."""
        found = self.env["ar.prediction"]._latest("move_id", self._origin)
        for move in self:
            rows = found.get(move._origin, self.env["ar.prediction"])
            is_open = move.payment_state in ("not_paid", "partial", "in_payment")
            next_one = rows[:1] if is_open else rows.browse()
            move.ar_expected_date = next_one.expected_date
            move.ar_late_probability = next_one.late_probability
            move.ar_late_reasons = next_one.reasons


class AccountMoveLine(models.Model):
    """The same in lists of open items."""

    _inherit = "account.move.line"

    ar_expected_date = fields.Date(
        string="Expected Payment", compute="_compute_ar_expected", groups=READERS
    )
    ar_late_probability = fields.Float(
        string="Probability of Late Payment",
        compute="_compute_ar_expected",
        aggregator=None,
        groups=READERS,
    )

    @api.depends("reconciled")
    @api.depends_context("uid")
    def _compute_ar_expected(self):
        found = self.env["ar.prediction"]._latest("move_line_id", self._origin)
        for line in self:
            rows = found.get(line._origin, self.env["ar.prediction"])
            latest = rows.browse() if line.reconciled else rows[-1:]
            line.ar_expected_date = latest.expected_date
            line.ar_late_probability = latest.late_probability


class ResPartner(models.Model):
    """How many open invoices of a customer are likely to be late."""

    _inherit = "res.partner"

    ar_likely_late_count = fields.Integer(
        string="Likely Late", compute="_compute_ar_likely_late", groups=READERS
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_ar_likely_late(self):
        predictions = self.env["ar.prediction"]
        counts = {}
        if predictions.has_access("read"):
            counts = dict(
                predictions._read_group(
                    [
                        ("partner_id", "in", self.commercial_partner_id.ids),
                        ("company_id", "in", self.env.companies.ids),
                        ("risk", "=", "high"),
                        ("run_state", "=", "done"),
                    ],
                    ["partner_id"],
                    ["__count"],
                )
            )
        for partner in self:
            partner.ar_likely_late_count = counts.get(partner.commercial_partner_id, 0)

    def action_view_ar_predictions(self):
        """When these customers' open invoices are expected to be paid."""
        self.check_access("read")
        self.env["ar.prediction"].check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.ar_prediction_action"
            ),
            "domain": [("partner_id", "in", self.commercial_partner_id.ids)],
        }
