"""Rules against customers: load, decide, say why. Writes nothing."""

from dataclasses import dataclass

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine import segmentation
from ..engine.segmentation import SHARES, Held, Move
from .customer_metrics.base import Scope

PEOPLE = ("manual", "import")


@dataclass
class Plan:
    """What the rules of one dimension want on one day."""

    dimension: object
    as_of: object
    rules: list
    customers: frozenset
    figures: dict
    current: dict
    wanted: dict
    moves: list[Move]


class CustomerClassifier(models.AbstractModel):
    """Loads what the rules of dimensions ask for and lets the engine decide.

    Works on all customers as the system sees them, whoever asks: a quantile is one of all
    customers. What a user is shown of it, the screens decide.
    """

    _name = "customer.classifier"
    _description = "Classification by Rules"

    @api.model
    def _plans(self, dimensions, as_of, partner_ids=None):
        """One :class:`Plan` per dimension; the statements do not depend on the customers.

        :param partner_ids: only these; for dimensions whose rules need no figures
        """
        # sudo: the rules look at all customers, see above
        self = self.sudo()
        self.env.flush_all()
        loaded = {}
        return [
            self._plan(dimension, as_of, partner_ids, loaded)
            for dimension in dimensions
        ]

    def _plan(self, dimension, as_of, partner_ids, loaded):
        company = dimension.company_id or dimension._rule_companies()[:1]
        classifier = self.with_company(company)
        customers = classifier._load_customers(dimension, partner_ids)
        records = dimension.rule_ids.filtered("active").sorted(
            lambda rule: (rule.sequence, rule.id)
        )
        figures = classifier._load_figures(dimension, records, as_of, loaded)
        rules = [
            classifier._load_rule(rule, customers, partner_ids) for rule in records
        ]
        current = classifier._load_current(dimension, as_of, partner_ids)
        wanted = segmentation.evaluate(rules, customers, figures)
        moves = segmentation.diff(current, wanted, customers, dimension.mode == "both")
        return Plan(dimension, as_of, rules, customers, figures, current, wanted, moves)

    # -- load -----------------------------------------------------------------------------

    def _load_customers(self, dimension, partner_ids):
        domain = dimension._customer_domain()
        if partner_ids is not None:
            domain &= Domain("id", "in", list(partner_ids))
        return frozenset(self.env["res.partner"]._search(domain))

    def _load_figures(self, dimension, rules, as_of, loaded):
        """{key: {customer: figure}}, each loaded once however many rules ask for it."""
        figures = {}
        companies = tuple(dimension._rule_companies().ids)
        currency = dimension._rule_currency()
        for condition in rules.condition_ids:
            key = condition._figure_key()
            known = (key, companies, currency.id)
            if known not in loaded:
                scope = Scope(
                    self.env,
                    as_of,
                    condition.month_count,
                    companies,
                    currency,
                    product_category_id=condition.product_category_id.id,
                    usage_kind_id=condition.usage_kind_id.id,
                )
                loaded[known] = self.env["customer.metric"]._load(
                    condition.metric, scope
                )
            figures[key] = loaded[known]
        return figures

    def _load_rule(self, rule, customers, partner_ids):
        domain = rule._domain()
        members = None
        if domain is not None:
            asked = domain & rule.dimension_id._customer_domain()
            if partner_ids is not None:
                asked &= Domain("id", "in", list(customers))
            members = customers & frozenset(self.env["res.partner"]._search(asked))
        currency = rule.dimension_id._rule_currency()
        metrics = self.env["customer.metric"]._metrics()
        return rule._engine(
            members, lambda condition: metrics[condition.metric].scale(currency)
        )

    def _load_current(self, dimension, as_of, partner_ids):
        """{customer: what he has}; a choice by hand counts until it expires."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner_id, category_id, source,
                       source = ANY(%s) AND (expires_on IS NULL OR expires_on >= %s)
                  FROM customer_category_assignment
                 WHERE dimension_id = %s AND valid_to IS NULL AND %s
                """,
                list(PEOPLE),
                as_of,
                dimension.id,
                SQL("TRUE")
                if partner_ids is None
                else SQL("partner_id = ANY(%s)", list(partner_ids)),
            )
        )
        return {partner_id: Held(*row) for partner_id, *row in rows}

    # -- say why --------------------------------------------------------------------------

    @api.model
    def _evidence(self, plan, partner_ids):
        """{customer: evidence} for customers of whom a rule decided: codes and values."""
        records = plan.dimension.rule_ids
        rules = {rule.id: rule for rule in plan.rules}
        limits = {}
        facts = {}
        evidence = {}
        for partner_id in partner_ids:
            won = plan.wanted.get(partner_id)
            if not won:
                continue
            rule = rules[won.rule_id]
            if rule.id not in limits:
                limits[rule.id] = segmentation.borders(
                    rule, plan.customers, plan.figures
                )
                record = records.filtered(lambda one, id_=rule.id: one.id == id_)
                facts[rule.id] = self._facts(plan, record)
            found = segmentation.findings(
                rule, limits[rule.id], partner_id, plan.figures
            )
            evidence[partner_id] = {
                **facts[rule.id]["all"],
                "conditions": [
                    {**fact, "value": finding.value, "border": finding.border}
                    for fact, finding in zip(
                        facts[rule.id]["conditions"], found, strict=True
                    )
                ],
            }
        return evidence

    def _facts(self, plan, rule):
        """What is the same for all customers of a rule."""
        currency = rule.dimension_id._rule_currency()
        return {
            "all": {
                "as_of": plan.as_of.isoformat(),
                "currency_id": currency.id,
                "company_ids": rule.dimension_id._rule_companies().ids,
                "by_data": rule._domain() is not None,
            },
            "conditions": [
                {
                    "metric": condition.metric,
                    "months": condition.month_count if condition.has_window else 0,
                    "operator": condition.operator,
                    "share": condition.share if condition.operator in SHARES else 0,
                    "product_category_id": condition.product_category_id.id,
                    "usage_kind_id": condition.usage_kind_id.id,
                }
                for condition in rule.condition_ids
            ],
        }
