from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.payment_cycle.rhythm import expected_payment

TERM = "property_payment_term_id"


class ResPartner(models.Model):
    """The payment cycle of a customer: that of his payment terms in the current company."""

    _inherit = "res.partner"

    ar_payment_cycle_id = fields.Many2one(
        "ar.payment.cycle",
        string="Payment Cycle",
        compute="_compute_ar_payment_cycle_id",
        search="_search_ar_payment_cycle_id",
        groups="customer_ar_suite.customer_ar_suite_group_user",
        help="When the customer pays, by the payment terms he has in this company.",
    )
    ar_next_due_date = fields.Date(
        string="Next Payment Day",
        compute="_compute_ar_next_due_date",
        groups="customer_ar_suite.customer_ar_suite_group_user",
        help="The next day on which invoices of the cycle fall due.",
    )

    @api.depends(TERM)
    @api.depends_context("company")
    def _compute_ar_payment_cycle_id(self):
        for partner in self:
            # sudo: a cycle of the terms that the reader sees on the card
            partner.ar_payment_cycle_id = partner.sudo()[TERM].ar_cycle_id

    @api.model
    def _search_ar_payment_cycle_id(self, operator, value):
        if operator not in ("in", "any", "ilike"):
            return NotImplemented
        # sudo: terms are read by all; which customers are found their rules decide
        terms = self.env["account.payment.term"].sudo().with_context(active_test=False)
        domain = fields.Domain("ar_cycle_id", operator, value)
        if operator == "in" and False in value:
            domain = fields.Domain("ar_cycle_id", "in", [v for v in value if v])
            with_cycle = terms.search([("ar_cycle_id", "!=", False)])
            return fields.Domain(TERM, "not in", with_cycle.ids) | fields.Domain(
                TERM, "in", terms.search(domain).ids
            )
        return fields.Domain(TERM, "in", terms.search(domain).ids)

    @api.depends("ar_payment_cycle_id")
    @api.depends_context("company")
    def _compute_ar_next_due_date(self):
        today = fields.Date.context_today(self)
        for cycle, partners in self.grouped("ar_payment_cycle_id").items():
            partners.ar_next_due_date = cycle and cycle._next_due_date(today)

    # -- history, whatever changed the terms ----------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        given = [
            partner.id
            for partner, vals in zip(partners, vals_list, strict=True)
            if vals.get(TERM)
        ]
        self.browse(given)._ar_record_cycles()
        return partners

    def write(self, vals):
        result = super().write(vals)
        if TERM in vals:
            self._ar_record_cycles()
        return result

    def _ar_record_cycles(self):
        """Customers of whom it is noted which cycle their terms of this company follow."""
        # sudo: compares, shows nothing
        customers = self.sudo().filtered(lambda one: one.commercial_partner_id == one)
        if customers:
            self.env["ar.payment.cycle.assignment"]._record(
                {one.id: one[TERM].ar_cycle_id.id for one in customers},
                self.env.company,
            )

    # -- giving a cycle -------------------------------------------------------------------

    def _ar_assign_cycle(self, cycle, source, reason=""):
        """Give these customers the terms of ``cycle`` in the current company.

        Where terms are guarded, a change request is made instead.

        :return: those who have the cycle now; for the others it awaits approval
        """
        company = self.env.company
        if cycle.company_id and cycle.company_id != company:
            raise UserError(
                self.env._(
                    "The cycle “%(cycle)s” belongs to %(company)s.",
                    cycle=cycle.display_name,
                    company=cycle.company_id.display_name,
                )
            )
        term = cycle._ensure_payment_terms()
        customers = self.commercial_partner_id
        customers.check_access("write")
        customers.with_context(tracking_disable=True)._ar_write_guarded({TERM: term.id})
        customers.invalidate_recordset([TERM])
        done = customers.filtered(lambda one: one[TERM] == term)
        done._ar_explain_cycles(cycle, source, reason)
        return done

    def _ar_explain_cycles(self, cycle, source, reason):
        """The history of today says by which way and why."""
        # sudo: the caller's own change of a moment ago
        rows = (
            self.env["ar.payment.cycle.assignment"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", self.ids),
                    ("company_id", "=", self.env.company.id),
                    ("cycle_id", "=", cycle.id),
                    ("valid_to", "=", False),
                    ("valid_from", "=", fields.Date.context_today(self)),
                ]
            )
        )
        if rows:
            rows._set(source=source, reason=reason)

    # -- what reminders and forecasts start from ------------------------------------------

    def _ar_next_due_dates(self, after):
        """{customer id: the next day from ``after`` on at which his cycle has invoices due}.

        Customers without a cycle, or with a one-off one, are left out.
        """
        found = {}
        for cycle, partners in self.grouped("ar_payment_cycle_id").items():
            if cycle and (day := cycle._next_due_date(after)):
                found |= dict.fromkeys(partners.ids, day)
        return found

    def _ar_expected_payments(self, as_of):
        """When the open items of these customers will probably be paid: for forecasts.

        The due date, plus how many days late the customer usually is; what should have come
        already is expected on his next payment day.

        :return: {customer id: [(journal item id, currency id, residual in minor units, day)]}
        """
        ids = self.commercial_partner_id.ids
        lateness = self.env["ar.payment.rhythm"]._lateness(ids, self.env.company)
        cycles = {one.id: one.ar_payment_cycle_id for one in self.commercial_partner_id}
        engines = {cycle: cycle._engine() for cycle in set(cycles.values()) if cycle}
        calendar = (
            self.env["ar.payment.cycle"]
            .union(*engines)
            ._work_calendar(self.env.company)
        )
        expected = defaultdict(list)
        for item in self.env["ar.ledger"]._open_items(
            as_of, partner_ids=ids, company_ids=self.env.company.ids
        ):
            day = expected_payment(
                item.due_date,
                lateness.get(item.partner_id, 0),
                as_of,
                engines.get(cycles.get(item.partner_id)),
                calendar,
            )
            expected[item.partner_id].append(
                (item.line_id, item.currency_id, item.residual, day)
            )
        return dict(expected)

    # -- buttons --------------------------------------------------------------------------

    def action_view_payment_cycles(self):
        """Which cycles these customers have and had."""
        self.check_access("read")
        self.env["ar.payment.cycle.assignment"].check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.ar_payment_cycle_assignment_action"
            ),
            "domain": [("partner_id", "in", self.commercial_partner_id.ids)],
            "context": {},
        }
