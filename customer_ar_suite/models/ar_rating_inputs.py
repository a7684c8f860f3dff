from collections import Counter

from odoo import api, fields, models

from ..engine.external_score import Weighted, blend
from ..engine.money import to_minor
from ..engine.rating.base import FACTORS, Inputs

#: from so many customers on the ledger is asked for all of them
MANY = 2_000


class ArRatingInputs(models.AbstractModel):
    """What is known of customers on a day: one question per source, for any number of them.

    An addon that keeps something more extends ``_load_sources``. Nothing dated after the day
    is looked at; with ``known_on`` nothing that was entered later either.
    """

    _name = "ar.rating.inputs"
    _description = "Figures of Ratings"

    @api.model
    def _load(self, company, window, partner_ids, known_on=None):
        """{customer id: :class:`Inputs`} of all customers asked for."""
        # sudo: a rating does not depend on who starts it; who may start it was checked
        loader = self.sudo()
        found = {id_: {} for id_ in partner_ids}
        for rows in loader._load_sources(company, window, partner_ids, known_on):
            for partner_id, figures in rows.items():
                if partner_id in found:
                    found[partner_id].update(figures)
        return {id_: Inputs(**figures) for id_, figures in found.items()}

    @api.model
    def _load_sources(self, company, window, partner_ids, known_on):
        """Per source {customer id: {name of ``Inputs``: figure}}; extend it for more."""
        asked = company, window, partner_ids, known_on
        return [
            self._load_payments(*asked),
            self._load_open(*asked),
            self._load_limits(*asked),
            self._load_returned(*asked),
            self._load_external(*asked),
            self._load_statements(*asked),
        ]

    @api.model
    def _without_data(self):
        """Factors whose figures nobody keeps yet: their weight is spread."""
        kept = {"dispute_count": "disputes", "broken_promise_count": "broken_promises"}
        return {code for code in kept.values() if code in FACTORS}

    # -- sources --------------------------------------------------------------------------

    def _load_payments(self, company, window, partner_ids, known_on):
        ledger = self.env["ar.ledger"]
        rows = ledger._rating_figures(window, company, _few(partner_ids), known_on)
        turnover = ledger._rating_turnover(window, company, known_on)
        for figures in rows.values():
            figures["company_invoiced_amount"] = turnover
            if figures["due_amount"]:  # something could have come back
                figures["returned_count"] = 0
        return rows

    def _load_open(self, company, window, partner_ids, known_on):
        rows = self.env["ar.ledger"]._rating_open(
            window.as_of, company, _few(partner_ids), known_on
        )
        return {id_: {"open_amount": amount} for id_, amount in rows.items()}

    def _load_limits(self, company, window, partner_ids, known_on):
        """The limits of that day, in company currency at its rate."""
        scope = [("partner_id", "in", partner_ids), ("company_id", "=", company.id)]
        if known_on is not None:
            scope.append(("create_date", "<", known_on))
        profiles = self.env["ar.credit.profile"].search_fetch(
            scope, ["partner_id", "limit_amount", "currency_id"]
        )
        former = self._former_limits(profiles, known_on)
        digits = company.currency_id.decimal_places
        rates, found = {}, {}
        for profile in profiles:
            amount, currency = former.get(
                profile.id, (profile.limit_amount, profile.currency_id)
            )
            if amount <= 0:
                continue
            if currency not in rates:
                rates[currency] = self.env["res.currency"]._get_conversion_rate(
                    currency, company.currency_id, company, window.as_of
                )
            found[profile.partner_id.id] = {
                "limit_amount": to_minor(amount * rates[currency], digits)
            }
        return found

    def _former_limits(self, profiles, known_on):
        """{profile id: (limit, currency)} where it was changed since that moment."""
        if known_on is None or not profiles:
            return {}
        entries = self.env["customer.audit.entry"].search_fetch(
            [
                ("event", "=", "credit.limit"),
                ("model", "=", "ar.credit.profile"),
                ("res_id", "in", profiles.ids),
                ("at", ">=", known_on),
            ],
            ["res_id", "payload"],
            order="id desc",
        )
        names = self.env["res.currency"].with_context(active_test=False).search([])
        by_name = {currency.name: currency for currency in names}
        found = {}
        for entry in entries:  # the earliest change since then is the last to be taken
            amount, name = (entry.payload or {}).get("limit", [(0, "")])[0]
            if name in by_name:
                found[entry.res_id] = amount, by_name[name]
        return found

    def _load_returned(self, company, window, partner_ids, known_on):
        """Payments that came back; 0: of whom something fell due or a bill was taken."""
        found = self._load_dishonoured(company, window, known_on)
        for customer_id, count in self._load_gone_back(company, window, known_on):
            tally = found.setdefault(customer_id, {"returned_count": 0})
            tally["returned_count"] += count
        return found

    def _load_gone_back(self, company, window, known_on):
        """Rows (customer, bank lines with which payments of his went back), of all."""
        scope = [
            ("proposal_id.kind", "=", "return"),
            ("proposal_id.state", "=", "applied"),
            ("proposal_id.statement_line_id.date", "<=", window.as_of),
            ("proposal_id.statement_line_id.date", ">", window.after),
            ("company_id", "child_of", company.id),
        ]
        if known_on is not None:
            scope.append(("proposal_id.decided_at", "<", known_on))
        rows = self.env["ar.match.allocation"]._read_group(
            scope, ["item_line_id.partner_id", "proposal_id"]
        )
        seen = {
            (contact.commercial_partner_id.id, proposal.id)
            for contact, proposal in rows
        }
        return Counter(customer_id for customer_id, _id in seen if customer_id).items()

    def _load_dishonoured(self, company, window, known_on):
        """Bills and cheques not honoured; customers who gave some and none came back: 0."""
        known = [("create_date", "<", known_on)] if known_on is not None else []
        steps = self.env["ar.bill.step"]
        scope = [
            ("company_id", "child_of", company.id),
            ("is_undone", "=", False),
            ("date", "<=", window.as_of),
            ("date", ">", window.after),
            *known,
        ]
        found = {}
        for kind in ("receive", "dishonour"):
            rows = steps._read_group(
                [*scope, ("kind", "=", kind)],
                ["bill_id.partner_id"],
                ["__count"],
            )
            for partner, count in rows:
                customer = partner.commercial_partner_id.id
                tally = found.setdefault(customer, {"returned_count": 0})
                if kind == "dishonour":
                    tally["returned_count"] += count
        return found

    def _load_external(self, company, window, partner_ids, known_on):
        """What others say, the latest of each source, blended by their weights."""
        scores = self.env["ar.external.score"]._valid(
            company, window.as_of, partner_ids, known_on
        )
        return {
            id_: {
                "external_score": blend(
                    Weighted(round(100 * one.score), one.source_id.weight)
                    for one in latest
                )
            }
            for id_, latest in scores.items()
        }

    def _load_statements(self, company, window, partner_ids, known_on):
        """Ratios of the latest financial statements, if they are not too old."""
        scope = [
            ("partner_id", "in", partner_ids),
            ("company_id", "=", company.id),
            ("year_end", "<=", window.as_of),
            ("year_end", ">", fields.Date.subtract(window.as_of, months=30)),
            ("published_on", "<=", window.as_of),
        ]
        if known_on is not None:
            scope.append(("create_date", "<", known_on))
        statements = self.env["ar.financial.statement"].search(
            scope, order="year_end, id"
        )
        return {one.partner_id.id: one._ratios() for one in statements}


def _few(partner_ids):
    """Customers to ask for by name; of many it is faster to ask for all."""
    return partner_ids if len(partner_ids) <= MANY else None
