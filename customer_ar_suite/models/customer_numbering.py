from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.errors import EngineError
from ..engine.numbering import day_values, parse
from .engine_messages import engine_message

#: values that stand in for a customer's in the example of a pattern
EXAMPLE = {"category_code": "A", "country": "CN"}


class CustomerNumbering(models.Model):
    """How numbers of new customers look: per company, and per category where wanted.

    The first pattern of a company that fits a customer makes its number. Whether and when
    numbers are given is a setting of the company, off at installation.
    """

    _name = "customer.numbering"
    _description = "Customer Number Pattern"
    _order = "company_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    pattern = fields.Char(
        required=True,
        default="K{seq:05d}",
        help="Text and placeholders: {seq:05d} is the running number with five digits, "
        "{category_code} the code of the customer's category in the dimension below, "
        "{country} its country, {yy} or {yyyy} the year, {mm} the month. Numbering begins "
        "anew for each category, country, year or month that the pattern names.",
    )
    dimension_id = fields.Many2one(
        "customer.dimension",
        ondelete="restrict",
        domain="[('company_id', 'in', (company_id, False))]",
        help="Whose categories the pattern and the next field speak of.",
    )
    category_ids = fields.Many2many(
        "customer.category",
        string="Only Categories",
        domain="[('dimension_id', '=', dimension_id)]",
        help="Customers of these categories or of one below them. Empty: all customers.",
    )
    customer_kind = fields.Selection(
        [("all", "All Customers"), ("company", "Companies"), ("person", "Persons")],
        string="Applies to",
        default="all",
        required=True,
    )
    is_gapless = fields.Boolean(
        string="Without Gaps",
        help="Each number follows the last one; a number that was not used is given next. "
        "Two users who number at the same moment wait for each other. Otherwise an entry "
        "that is given up leaves a gap.",
    )
    start_number = fields.Integer(string="First Number", default=1, required=True)
    example = fields.Char(
        compute="_compute_example",
        help="The next three numbers this pattern would give.",
    )
    counter_ids = fields.One2many(
        "customer.numbering.counter", "numbering_id", string="Counters", readonly=True
    )
    number_count = fields.Integer(
        string="Given Numbers", compute="_compute_number_count"
    )

    _start_positive = models.Constraint(
        "CHECK (start_number > 0)", "The first number is at least 1."
    )

    @api.depends("pattern", "start_number", "dimension_id", "category_ids")
    def _compute_example(self):
        day = fields.Date.context_today(self)
        for numbering in self:
            try:
                pattern = parse(numbering.pattern or "")
            except EngineError as error:
                numbering.example = engine_message(self.env, error)
                continue
            values = EXAMPLE | day_values(day)
            if code := numbering.category_ids[:1].code:
                values["category_code"] = code
            scope = pattern.scope(values)
            first = numbering._origin._peek(scope) or numbering.start_number or 1
            numbering.example = ", ".join(
                pattern.render(number, values) for number in range(first, first + 3)
            )

    def _compute_number_count(self):
        counts = dict(
            self.env["customer.number"]._read_group(
                [("numbering_id", "in", self.ids), ("state", "=", "current")],
                ["numbering_id"],
                ["__count"],
            )
        )
        for numbering in self:
            numbering.number_count = counts.get(numbering, 0)

    @api.constrains("pattern", "dimension_id", "category_ids")
    def _check_pattern(self):
        for numbering in self:
            try:
                names = parse(numbering.pattern).names
            except EngineError as error:
                raise ValidationError(engine_message(self.env, error)) from error
            wants = "category_code" in names or numbering.category_ids
            if wants and not numbering.dimension_id:
                raise ValidationError(
                    self.env._("Choose the dimension whose categories are meant.")
                )
            if numbering.category_ids.dimension_id - numbering.dimension_id:
                raise ValidationError(
                    self.env._("The categories are not of the chosen dimension.")
                )

    # -- upkeep ---------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        numberings = super().create(vals_list)
        numberings._log_change("numbering.create")
        return numberings

    def write(self, vals):
        result = super().write(vals)
        if "is_gapless" in vals:
            self.counter_ids._follow_gapless()
        self._log_change("numbering.write", vals)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_unused(self):
        if any(self.mapped("number_count")):
            raise ValidationError(
                self.env._("Numbers were given by this pattern: archive it instead.")
            )

    def _log_change(self, event, vals=None):
        self.env.registry.clear_cache()
        self.env["customer.audit.entry"]._ar_log(
            event,
            self,
            {"values": vals} if vals else None,
            {one.id: {"pattern": one.pattern, "active": one.active} for one in self},
        )

    def action_view_numbers(self):
        """The numbers this pattern has given."""
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.customer_number_action"
            ),
            "domain": [("numbering_id", "in", self.ids)],
        }

    # -- which pattern, which values ------------------------------------------------------

    @api.model
    def _of_company(self, company):
        # sudo: whoever enters a customer need not see the patterns
        return self.sudo().search(
            [("company_id", "=", company.id), ("active", "=", True)]
        )

    def _suits(self, partner):
        """Does this pattern number such a customer?"""
        if self.customer_kind != "all" and partner.is_company != (
            self.customer_kind == "company"
        ):
            return False
        if not self.category_ids:
            return True
        category = self._category_of(partner)
        return bool(category) and any(
            category.parent_path.startswith(one.parent_path)
            for one in self.category_ids
        )

    def _category_of(self, partner):
        """The customer's category in the dimension of the pattern."""
        columns = self.env["customer.dimension"]._columns()
        for name, column in columns.items():
            if column.dimension_id == self.dimension_id.id:
                return partner[name]
        return self.env["customer.category"]

    def _values_of(self, partner, day):
        """What the placeholders stand for."""
        return day_values(day) | {
            "country": partner.country_id.code or "",
            "category_code": (self.dimension_id and self._category_of(partner).code)
            or "",
        }

    @api.model
    def _plan(self, partners, company):
        """{(pattern, scope): [(customer, values)]}, and the customers none fits."""
        numberings = self._of_company(company)
        patterns = {one: parse(one.pattern) for one in numberings}
        day, plan, left = fields.Date.context_today(self), {}, []
        # sudo: what a number is made of, for whoever may enter a customer
        for partner in partners.sudo():
            for numbering, pattern in patterns.items():
                values = numbering._values_of(partner, day)
                if numbering._suits(partner) and pattern.fits(values):
                    key = numbering, pattern.scope(values)
                    plan.setdefault(key, []).append((partner.id, pattern, values))
                    break
            else:
                left.append(partner.id)
        return plan, self.env["res.partner"].browse(left)
