from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..engine.money import from_minor


class ArReconciliationFigure(models.Model):
    """A figure of the customers of a task at the end of its period, in company currency."""

    _name = "ar.reconciliation.figure"
    _description = "Figure of a Reconciliation"
    _order = "task_id, sequence, id"

    task_id = fields.Many2one(
        "ar.reconciliation.task",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="task_id.company_id", store=True, precompute=True
    )
    sequence = fields.Integer(readonly=True)
    code = fields.Char(required=True, readonly=True)
    title = fields.Char(string="Figure", compute="_compute_title")
    number = fields.Integer(string="Count", readonly=True)
    currency_id = fields.Many2one(related="task_id.currency_id")
    amount = fields.Monetary(readonly=True)

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_title(self):
        titles = {
            "balance": self.env._("Receivables in the aging"),
            "ledger": self.env._("Receivables in the general ledger"),
            "tie_out": self.env._("Aging less general ledger"),
            "overdue": self.env._("Overdue"),
            "unapplied": self.env._("Unapplied payments and credits"),
            "statements": self.env._("Statements issued in the period"),
            "confirmed": self.env._("Balances confirmed by customers"),
            "differing": self.env._("Confirmations that differ"),
        }
        for one in self:
            one.title = titles.get(one.code, one.code)

    # -- totals of customers are for those who may see all of them -------------------------

    def _is_closed(self):
        grants = self.env["customer.category.grant"]
        return not self.env.su and grants._is_restricted()

    def _search(self, domain, *args, **kwargs):
        if self._is_closed():
            domain = Domain.FALSE
        return super()._search(domain, *args, **kwargs)

    def _check_access(self, operation):
        refused = super()._check_access(operation)
        if not refused and self and self._is_closed():
            return self, lambda: AccessError(
                self.env._("These totals hold customers you may not see.")
            )
        return refused


class ArReconciliationTask(models.Model):
    """What is looked at when the receivables of a group of customers are reconciled."""

    _inherit = "ar.reconciliation.task"

    def _load_figures(self):
        """Triples of code, count and amount; as superuser, of the whole group."""
        self.ensure_one()
        partner_ids = self._customer_ids()
        scope = {"company_ids": self.company_id.ids, "partner_ids": partner_ids}
        ledger = self.env["ar.ledger"]
        items = ledger._open_items(self.as_of_date, **scope)
        owed = [item for item in items if item.residual > 0]
        overdue = [item for item in owed if item.due_date < self.as_of_date]
        unapplied = [item for item in items if item.residual < 0]
        booked = self._booked(ledger, scope)
        balance = self._total(items)
        yield "balance", len(items), balance
        yield "ledger", 0, booked
        yield "tie_out", 0, self.currency_id.round(balance - booked)
        yield "overdue", len(overdue), self._total(overdue)
        yield "unapplied", len(unapplied), self._total(unapplied)
        yield from self._paper_figures(partner_ids)

    def _total(self, items):
        minor = sum(item.residual_company for item in items)
        return float(from_minor(minor, self.currency_id.decimal_places))

    def _booked(self, ledger, scope):
        """What the general ledger says of these customers."""
        balances = ledger._balances(self.as_of_date, **scope)
        minor = sum(balance.amount_company for balance in balances)
        return float(from_minor(minor, self.currency_id.decimal_places))

    def _customer_ids(self):
        """Customers that were in the group on the day; None: all."""
        if not self.category_id:
            return None
        assignments = self.env["customer.category.assignment"].search(
            Domain("category_id", "child_of", self.category_id.id)
            & Domain("valid_from", "<=", self.as_of_date)
            & (
                Domain("valid_to", "=", False)
                | Domain("valid_to", ">=", self.as_of_date)
            )
        )
        # nobody at all is no empty list: that would be everybody's
        return assignments.partner_id.commercial_partner_id.ids or [-1]

    def _paper_figures(self, partner_ids):
        """Statements and confirmations of the period."""
        scope = Domain("company_id", "=", self.company_id.id)
        if partner_ids is not None:
            scope &= Domain("partner_id", "in", partner_ids)
        period = Domain("as_of_date", ">=", self.date_from) & Domain(
            "as_of_date", "<=", self.as_of_date
        )
        statements = self.env["ar.statement"]
        letters = self.env["ar.confirmation"]
        issued = scope & period & Domain("state", "!=", "cancelled")
        yield self._counted("statements", statements, issued)
        for code, state in (("confirmed", "agreed"), ("differing", "differing")):
            yield self._counted(
                code, letters, scope & period & Domain("state", "=", state)
            )

    def _counted(self, code, model, domain):
        [[count, amount]] = model._read_group(
            domain, aggregates=["__count", "balance_amount:sum"]
        )
        return code, count, amount or 0.0
