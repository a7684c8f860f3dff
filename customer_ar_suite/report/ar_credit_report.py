from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class ReportArCreditReportDocument(models.AbstractModel):
    """Values of the printed credit report; the gate for everything that renders it."""

    _name = "report.customer_ar_suite.ar_credit_report_document"
    _description = "Credit Report (document)"

    @api.model
    def _get_report_values(self, docids, data=None):
        ratings = self.env["ar.rating"].browse(docids).exists()
        ratings.check_access("read")
        ratings._ar_check_export()
        if not ratings:
            raise UserError(self.env._("Choose at least one rating to print."))
        self.env["customer.audit.entry"]._ar_log("rating.report", ratings)
        return {"docs": ratings, "reports": [rating._report() for rating in ratings]}


class ArRating(models.Model):
    """What the credit report says of one customer."""

    _inherit = "ar.rating"

    def _report(self):
        """Everything the paper shows, in the reader's language; no figure is made here."""
        self.ensure_one()
        company, customer = (
            self.company_id,
            self.partner_id.with_company(self.company_id),
        )
        today = fields.Date.context_today(self)
        # sudo: figures of the customer whose rating the reader may see and print
        profile = (
            self.env["ar.credit.profile"]
            .sudo()
            .search(
                [("partner_id", "=", customer.id), ("company_id", "=", company.id)],
                limit=1,
            )
        )
        # sudo: as above
        scores = self.env["ar.external.score"].sudo()
        latest = scores._valid(company, today, customer.ids).get(customer.id, [])
        history = self.search(
            [("partner_id", "=", customer.id), ("company_id", "=", company.id)],
            limit=12,
        )
        override = self.env["ar.rating.override"]._in_force(
            customer.ids, company, today
        )
        return {
            "rating": self,
            "customer": customer,
            "profile": profile,
            # sudo: the name of payment terms
            "terms": customer.sudo().property_payment_term_id.name,
            "override": override,
            "lines": self._point_lines(),
            "lifts": self._lift_sentences(),
            "scores": latest,
            "history": history,
            **self._report_texts(override, today),
        }

    def _report_texts(self, override, today):
        """Sentences around the figures."""
        return {
            "override_text": override
            and self.env._(
                "Grade set by hand until %(day)s, computed is %(grade)s: %(reason)s",
                day=format_date(self.env, override.valid_to),
                grade=self.grade_id.name or "–",
                reason=override.reason,
            ),
            "data_text": self.env._(
                "%(card)s. %(percent)s %% of its weight had data; the weight of factors "
                "without data is spread over the others.",
                card=self.scorecard_id.display_name,
                percent=self.data_percent,
            ),
            "foot_text": self.env._(
                "Printed on %(day)s. For internal use; not to be handed on to third parties.",
                day=format_date(self.env, today),
            ),
        }

    def _print_name(self):
        """File name of the report, without extension."""
        if len(self) == 1:
            return self.env._("Credit Report %(name)s", name=self.partner_id.name)
        return self.env._("Credit Reports")
