from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import formatLang

from ..engine.errors import RowError
from ..engine.money import from_minor, to_minor
from ..engine.validation.base import INVOICE, Finding, Subject
from ..engine.validation.evaluate import applies, judge
from ..engine.validation.invoice import INVOICE_CONDITIONS, Invoice
from .customer_validation_rule import INVOICE_CONDITIONS as LOOKS_AROUND
from .engine_messages import engine_message

#: invoices and receipts that customers pay
JUDGED = ("out_invoice", "out_receipt")
#: how far back the usual amount looks
_HISTORY_DAYS = 730
_MONEY = ("amount", "median")


class AccountMove(models.Model):
    """Rules on invoices: shown on the draft, and asked when it is posted."""

    _inherit = "account.move"

    def _ar_posting_blocks(self):
        """What a blocking rule says is wrong stops the posting, with all its reasons."""
        blocks = super()._ar_posting_blocks()
        for move, findings in self._ar_invoice_findings().items():
            for finding in findings:
                if finding.blocks:
                    blocks.setdefault(move, []).append(move._ar_finding_text(finding))
        return blocks

    @api.depends(
        "ref", "invoice_date", "invoice_date_due", "invoice_payment_term_id",
        "amount_total", "partner_id",
    )  # fmt: skip
    def _compute_alerts(self):
        return super()._compute_alerts()

    def _get_alerts(self):
        """On a draft: what the rules find, in the place of Odoo's own warnings."""
        alerts = super()._get_alerts()
        if self.state != "draft" or not self.commercial_partner_id:
            return alerts
        found = self._ar_invoice_findings().get(self, ())
        for number, finding in enumerate(found):
            alerts[f"ar_rule_{number}"] = {
                "level": "danger" if finding.blocks else "warning",
                "message": self._ar_finding_text(finding),
            }
        return alerts

    # -- judging --------------------------------------------------------------------------

    def _ar_invoice_findings(self):
        """{invoice: findings}, for a whole batch in a fixed number of questions."""
        rules = self.env["customer.validation.rule"]
        found = {}
        invoices = self.filtered(lambda move: move.move_type in JUDGED)
        for company, moves in invoices.grouped("company_id").items():
            asked = rules._rules_of_company(company.id)[INVOICE]
            if asked:
                found |= moves._ar_judge(asked)
        return found

    def _ar_judge(self, asked):
        alone = [rule for rule in asked if rule.condition not in LOOKS_AROUND]
        around = [rule for rule in asked if rule.condition in LOOKS_AROUND]
        rules = self.env["customer.validation.rule"]
        # sudo: who writes an invoice need not see the customer's card
        subjects = [rules._invoice_subject(move.sudo(), asked) for move in self]
        found = dict(zip(self, map(list, judge(subjects, alone)), strict=True))
        looks = self._ar_load_invoices(around) if around else {}
        for move, subject in zip(self, subjects, strict=True):
            for rule in around:
                condition = INVOICE_CONDITIONS.get(rule.condition)
                fault = applies(rule, subject) and condition.fault(
                    looks[move], rule.low or 0.0
                )
                if fault:
                    found[move].append(
                        Finding(rule.rule_id, rule.condition, rule.severity, *fault)
                    )
        return {move: findings for move, findings in found.items() if findings}

    def _ar_load_invoices(self, rules):
        """What the conditions look at: the invoices, and those around them."""
        conditions = {rule.condition for rule in rules}
        history = self._ar_load_history() if "amount" in conditions else {}
        twins = self._ar_load_twins() if "reference" in conditions else {}
        return {
            move: Invoice(
                amount=to_minor(move.amount_total, move.currency_id.decimal_places),
                default_dates=move._ar_default_due_dates(),
                due_date=move.invoice_date_due or None,
                has_term=bool(move.invoice_payment_term_id),
                reference=move.ref or "",
                history=history.get((move.commercial_partner_id, move.currency_id), ()),
                twins=tuple(
                    name
                    for id_, name in twins.get(
                        (move.commercial_partner_id, move.ref), ()
                    )
                    if id_ != move._origin.id
                ),
            )
            for move in self
        }

    def _ar_default_due_dates(self):
        """Days that are due dates although nobody agreed on them."""
        made = self.create_date and fields.Date.context_today(self, self.create_date)
        days = (self.invoice_date, made, fields.Date.context_today(self))
        return frozenset(filter(None, days))

    def _ar_load_history(self):
        """{(customer, currency): amounts of posted invoices of two years}."""
        since = fields.Date.context_today(self) - timedelta(days=_HISTORY_DAYS)
        # sudo: only a median is told, to somebody who invoices this customer
        groups = self.sudo()._read_group(
            [
                ("commercial_partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("move_type", "in", JUDGED),
                ("state", "=", "posted"),
                ("invoice_date", ">=", since),
                ("id", "not in", self._origin.ids),
            ],
            ["commercial_partner_id", "currency_id"],
            ["amount_total:array_agg"],
        )
        return {
            (customer, currency): tuple(
                to_minor(amount, currency.decimal_places) for amount in amounts
            )
            for customer, currency, amounts in groups
        }

    def _ar_load_twins(self):
        """{(customer, reference): [(id, number)]} of invoices that bear it."""
        references = [move.ref for move in self if move.ref]
        found = defaultdict(list)
        # sudo: numbers of invoices of the same customer and company
        others = self.sudo().search_fetch(
            [
                ("commercial_partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("move_type", "in", JUDGED),
                ("state", "!=", "cancel"),
                ("ref", "in", references),
            ],
            ["ref", "name", "commercial_partner_id"],
        )
        for other in others:
            key = other.commercial_partner_id, other.ref
            found[key].append((other.id, other.name or other.display_name))
        return found

    def _ar_finding_text(self, finding):
        rules = self.env["customer.validation.rule"]
        if finding.field not in LOOKS_AROUND:
            return rules._finding_text(finding)
        # sudo: the message of a rule is for everybody it concerns
        rule = rules.browse(finding.rule_id).sudo()
        params = dict(finding.params)
        for name in _MONEY:
            if name in params:
                amount = from_minor(params[name], self.currency_id.decimal_places)
                params[name] = formatLang(
                    self.env, float(amount), currency_obj=self.currency_id
                )
        return rule.message or engine_message(
            self.env, RowError(finding.code, **params)
        )


class CustomerValidationRule(models.Model):
    _inherit = "customer.validation.rule"

    @api.model
    def _invoice_subject(self, move, rules):
        """An invoice as the engine sees it; the scope is its customer's."""
        customer = move.commercial_partner_id
        return Subject(
            {
                rule.field: self._plain(move, rule.field, {})
                for rule in rules
                if rule.field in move._fields
            },
            customer.country_id.code or "",
            bool(customer.is_company),
            self._categories(customer, {}, rules),
        )
