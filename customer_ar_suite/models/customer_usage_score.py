from odoo import api, fields, models

from ..engine import usage as counted
from .customer_trading_score import differs, forget

DIMENSION = "usage_frequency"
LEVELS = [("high", "High"), ("medium", "Medium"), ("low", "Low")]


class CustomerUsageScore(models.Model):
    """How much a customer uses, against the others and against his own months before."""

    _name = "customer.usage.score"
    _description = "Usage Level"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _order = "kind_id, value desc, id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    kind_id = fields.Many2one(
        "customer.usage.kind",
        string="Usage",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    month = fields.Date(string="Last Month", readonly=True)
    value = fields.Float(
        string="Counted", digits=(16, 2), readonly=True, aggregator="sum"
    )
    usual_value = fields.Float(
        string="Usual",
        digits=(16, 2),
        readonly=True,
        aggregator="sum",
        help="Average of the three months before.",
    )
    has_usual = fields.Boolean(readonly=True)
    change_percent = fields.Float(
        string="Change (%)", digits=(16, 2), readonly=True, aggregator="avg"
    )
    level = fields.Selection(LEVELS, required=True, readonly=True)
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")

    _customer_uniq = models.Constraint(
        "UNIQUE(partner_id, company_id, kind_id)",
        "The customer has a level of this usage in this company.",
    )

    def action_open_customer(self):
        """The customer's card."""
        self.check_access("read")
        self.ensure_one()
        return self.partner_id.get_formview_action()

    @api.model
    def _score(self, company, today):
        """Levels of all customers; {customer: [(kind, per cent)]} of alarming changes."""
        counts = self._load_counts(company, today)
        alarms = {}
        for kind, by_partner in counts.items():
            trends = {id_: counted.trend(months) for id_, months in by_partner.items()}
            for id_, found in self._apply_trends(company, kind, trends).items():
                if counted.is_alarming(found.change, company.ar_usage_alert_percent):
                    alarms.setdefault(id_, []).append((kind, found.change / 100))
        self._mirror()
        return alarms

    @api.model
    def _load_counts(self, company, today):
        """{kind: {customer: {month: count}}} of the last year, in the order of the kinds."""
        rows = self.env["customer.usage"]._read_group(
            [
                ("company_id", "=", company.id),
                ("month", ">", fields.Date.subtract(today, months=12)),
                ("partner_id.active", "=", True),
                ("partner_id.ar_has_left", "=", False),
            ],
            ["kind_id", "partner_id", "month:month"],
            ["value:sum"],
            order="kind_id",
        )
        found = {}
        for kind, partner, month, value in rows:
            months = found.setdefault(kind, {}).setdefault(partner.id, {})
            months[month] = round(value * counted.SCALE)
        return found

    @api.model
    def _apply_trends(self, company, kind, trends):
        """Write what differs; the trends of those whose last month is new."""
        levels = counted.levels({id_: one.value for id_, one in trends.items()})
        held = {
            row.partner_id.id: row
            for row in self.search(
                [("company_id", "=", company.id), ("kind_id", "=", kind.id)]
            )
        }
        new, fresh = [], {}
        for id_, one in trends.items():
            values = {
                "month": one.month,
                "value": float(counted.as_number(one.value)),
                "usual_value": float(counted.as_number(one.usual or 0)),
                "has_usual": one.usual is not None,
                "change_percent": (one.change or 0) / 100,
                "level": levels[id_],
            }
            row = held.get(id_)
            if not row or row.month != one.month:
                fresh[id_] = one
            if not row:
                keys = {"partner_id": id_, "company_id": company.id, "kind_id": kind.id}
                new.append({**values, **keys})
            elif differs(row, values):
                row._set(**values)
        self._insert(new)
        return fresh

    @api.model
    def _ar_merge_partners(self, source_ids, target_id):
        """The remaining customer's levels are made anew from the counts of all of them."""
        forget(self, source_ids)

    # -- the dimension that mirrors it ----------------------------------------------------

    @api.model
    def _mirror(self):
        """The dimension “Usage Frequency”, where it is switched on, shows the first kind."""
        dimensions = self.env["customer.dimension"].search(
            [("code", "=", DIMENSION), ("is_mirror", "=", True)]
        )
        kind = self.env["customer.usage.kind"].search([], limit=1)
        for dimension in dimensions:
            domain = [("kind_id", "=", kind.id)]
            if dimension.company_id:
                domain.append(("company_id", "=", dimension.company_id.id))
            rows = self.search(domain, order="month, id")
            categories = self._categories(dimension)
            self.env["customer.category.assignment"]._assign(
                {row.partner_id.id: categories[row.level] for row in rows},
                dimension,
                "mirror",
                fields.Date.context_today(self),
            )

    @api.model
    def _categories(self, dimension):
        """{level: id of its category}, made where it is missing."""
        found = self.env["customer.category"].with_context(active_test=False)
        by_code = {
            one.code: one.id
            for one in found.search([("dimension_id", "=", dimension.id)])
        }
        for sequence, (code, _label) in enumerate(LEVELS):
            if code in by_code:
                continue
            category = found.create(
                {
                    "dimension_id": dimension.id,
                    "code": code,
                    "name": code.title(),
                    "sequence": sequence,
                }
            )
            for lang, _name in self.env["res.lang"].get_installed():
                there = self.with_context(lang=lang).env
                names = dict(self._fields["level"]._description_selection(there))
                category.with_context(lang=lang).name = names[code]
            by_code[code] = category.id
        return by_code
