from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AccountPaymentTerm(models.Model):
    """Terms may follow a payment cycle: one more way to count the days, nothing else."""

    _inherit = "account.payment.term"

    ar_cycle_id = fields.Many2one(
        "ar.payment.cycle",
        string="Payment Cycle",
        compute="_compute_ar_cycle_id",
        store=True,
        index="btree_not_null",
        help="The cycle by which all of it is due.",
    )

    @api.depends("line_ids.delay_type", "line_ids.ar_cycle_id")
    def _compute_ar_cycle_id(self):
        for term in self:
            cycles = term.line_ids.ar_cycle_id
            follows = all(line.delay_type == "ar_cycle" for line in term.line_ids)
            term.ar_cycle_id = cycles if follows and len(cycles) == 1 else False

    @api.depends("ar_cycle_id.name")
    def _compute_display_name(self):
        """A cycle's own term reads as the cycle, in languages installed later too."""
        followers = self.filtered(lambda term: term.ar_cycle_id.payment_term_id == term)
        result = super(AccountPaymentTerm, self - followers)._compute_display_name()
        for term in followers:
            term.display_name = term.ar_cycle_id.name
        return result

    @api.depends("line_ids.delay_type", "line_ids.ar_cycle_id")
    def _compute_example_preview(self):
        return super()._compute_example_preview()

    def _compute_terms(self, date_ref, currency, company, *args, **kwargs):
        """Working days are those of the company that invoices."""
        return super(AccountPaymentTerm, self.with_company(company))._compute_terms(
            date_ref, currency, company, *args, **kwargs
        )


class AccountPaymentTermLine(models.Model):
    _inherit = "account.payment.term.line"

    delay_type = fields.Selection(
        selection_add=[("ar_cycle", "By payment cycle")],
        ondelete={"ar_cycle": "set default"},
    )
    ar_cycle_id = fields.Many2one(
        "ar.payment.cycle", string="Payment Cycle", index=True, ondelete="restrict"
    )

    @api.constrains("delay_type", "ar_cycle_id")
    def _check_ar_cycle(self):
        for line in self:
            if line.delay_type == "ar_cycle" and not line.ar_cycle_id:
                raise ValidationError(
                    self.env._(
                        "%(term)s: choose the payment cycle by which it is due.",
                        term=line.payment_id.display_name,
                    )
                )

    def _get_due_date(self, date_ref):
        self.ensure_one()
        if self.delay_type != "ar_cycle" or not self.ar_cycle_id:
            return super()._get_due_date(date_ref)
        invoiced = fields.Date.to_date(date_ref) or fields.Date.context_today(self)
        return self.ar_cycle_id._due_date(invoiced)
