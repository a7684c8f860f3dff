from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from ..engine.errors import EngineError
from ..engine.validation.base import BANK, BLOCK, CONTACT, CUSTOMER, INVOICE, WARN, Rule
from ..engine.validation.pattern import automaton
from .engine_messages import engine_message

#: what a rule is about -> the model whose fields it names
MODELS = {
    CUSTOMER: "res.partner",
    CONTACT: "res.partner",
    BANK: "res.partner.bank",
    INVOICE: "account.move",
}
#: conditions on invoices that look at more than one field
INVOICE_CONDITIONS = ("due_date", "reference", "amount")
NUMBERS = ("integer", "float", "monetary")
WORDS = ("char", "text")
#: condition -> types of fields it can be asked of
FITTING = {
    "required": (*WORDS, "date", "selection", "many2one"),
    "format": WORDS,
    "length": WORDS,
    "range": (*NUMBERS, "date"),
    "allowed": (*WORDS, "selection", "many2one", "boolean"),
    "checksum": WORDS,
}
#: many2one fields whose records have a code that rules can list
CODED = ("res.country", "res.country.state")


class CustomerValidationRule(models.Model):
    """What values of customers, contacts, bank accounts and invoices must be like, as data.

    One validator asks these rules on every path (``_ar_check_values``). A company switches
    it on in Settings; until then no rule is asked. A rule judges what somebody enters or
    changes; values that are there already stop nobody.
    """

    _name = "customer.validation.rule"
    _description = "Validation Rule"
    _order = "subject, sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    subject = fields.Selection(
        [
            (CUSTOMER, "Customers"),
            (CONTACT, "Contacts and Addresses"),
            (BANK, "Bank Accounts"),
            (INVOICE, "Customer Invoices"),
        ],
        string="Rule for",
        required=True,
        default=CUSTOMER,
    )
    model_name = fields.Char(compute="_compute_model_name")
    field_id = fields.Many2one(
        "ir.model.fields",
        string="Checked Field",
        ondelete="cascade",
        domain="[('model', '=', model_name), ('ttype', 'in', "
        "('char', 'text', 'integer', 'float', 'monetary', 'boolean', 'date', 'selection', "
        "'many2one')), '|', ('store', '=', True), ('company_dependent', '=', True)]",
        help="Any stored field that holds one value.",
    )
    field_name = fields.Char(related="field_id.name", string="Technical Name")
    field_type = fields.Selection(related="field_id.ttype", string="Type of the Field")
    condition = fields.Selection(
        [
            ("required", "Is filled in"),
            ("format", "Has the format"),
            ("length", "Has a length of"),
            ("range", "Lies between"),
            ("allowed", "Is one of"),
            ("checksum", "Is right in itself"),
            ("due_date", "Invoice has a due date"),
            ("reference", "Invoice has a reference of its own"),
            ("amount", "Invoice has a usual amount"),
        ],
        required=True,
        default="required",
    )
    pattern = fields.Char(
        string="Format",
        help="A regular expression for the whole value, for example [A-Z]{2}-\\d{4,6}. "
        "Classes, groups, alternatives and quantifiers; no references, no looking around.",
    )
    length_from = fields.Integer(string="At Least (Characters)")
    length_to = fields.Integer(string="At Most (Characters)")
    range_from = fields.Float(string="From", digits=(16, 2))
    range_to = fields.Float(string="To", digits=(16, 2))
    has_range_from = fields.Boolean(string="With a Lower Limit", default=True)
    has_range_to = fields.Boolean(string="With an Upper Limit")
    date_from = fields.Date(string="Not before")
    date_to = fields.Date(string="Not after")
    allowed_values = fields.Text(
        help="One value per line, written as stored; for countries and states their codes."
    )
    checksum = fields.Selection(
        [
            ("vat", "Tax ID of the country"),
            ("uscc", "Unified social credit code"),
            ("iban", "IBAN or account number"),
            ("email", "E-mail address"),
            ("phone", "Telephone number"),
        ],
        string="Kind of Value",
    )
    tolerance = fields.Float(
        string="Unusual beyond",
        default=5.0,
        digits=(6, 1),
        help="Robust deviations from the median of the customer's invoices of two years; "
        "3.5 is strict, 8 is generous. Customers with fewer than eight invoices are not "
        "judged.",
    )
    severity = fields.Selection(
        [(WARN, "Warn"), (BLOCK, "Block")],
        required=True,
        default=WARN,
        help="Warn: shown on the form and in imports. Block: not stored, where the company "
        "is set to strict.",
    )
    party = fields.Selection(
        [
            ("any", "Companies and Persons"),
            ("company", "Companies Only"),
            ("person", "Persons Only"),
        ],
        string="Kind of Customer",
        required=True,
        default="any",
    )
    company_id = fields.Many2one(
        "res.company", help="Empty: the rule holds in all companies."
    )
    country_ids = fields.Many2many(
        "res.country",
        "customer_validation_rule_country_rel",
        string="Countries",
        help="Empty: everywhere.",
    )
    category_ids = fields.Many2many(
        "customer.category",
        "customer_validation_rule_category_rel",
        string="Categories",
        help="Customers of one of these categories or of one below it. Empty: all.",
    )
    message = fields.Char(
        translate=True,
        help="What the user reads instead of the standard sentence: why the rule is there "
        "and what to do.",
    )

    @api.depends("subject")
    def _compute_model_name(self):
        for rule in self:
            rule.model_name = MODELS.get(rule.subject)

    @api.onchange("subject")
    def _onchange_subject(self):
        if self.field_id.model != self.model_name:
            self.field_id = False

    # -- what can be a rule ---------------------------------------------------------------

    @api.constrains(
        "subject", "field_id", "condition", "pattern", "checksum", "allowed_values",
        "length_from", "length_to", "range_from", "range_to", "has_range_from",
        "has_range_to", "date_from", "date_to",
    )  # fmt: skip
    def _check_rule(self):
        for rule in self:
            if problem := rule._problem():
                raise ValidationError(
                    self.env._("%(rule)s: %(problem)s", rule=rule.name, problem=problem)
                )

    def _problem(self):
        """Why this cannot be a rule, or nothing."""
        if self.condition in INVOICE_CONDITIONS:
            if self.subject != INVOICE:
                return self.env._("This condition is asked of customer invoices only.")
            return None
        field = self.field_id
        if not field or field.model != self.model_name:
            return self.env._("Choose the field that is checked.")
        stored = field.store or field.company_dependent
        if not stored or field.ttype not in FITTING[self.condition]:
            return self.env._(
                "The field “%(field)s” cannot be asked for this condition.",
                field=field.field_description,
            )
        return self._parameter_problem()

    def _parameter_problem(self):
        low, high = self._limits()
        if self.condition == "format":
            return self._pattern_problem()
        if self.condition in ("length", "range") and low is None and high is None:
            return self.env._("Enter at least one limit.")
        if None not in (low, high) and low > high:
            return self.env._("The lower limit is above the upper one.")
        if self.condition == "allowed":
            if not self._allowed():
                return self.env._("List the values that are allowed, one per line.")
            if self.field_type == "many2one" and self.field_id.relation not in CODED:
                return self.env._("Values can be listed for countries and states only.")
        if self.condition == "checksum" and not self.checksum:
            return self.env._("Choose the kind of value.")
        return None

    def _pattern_problem(self):
        if not self.pattern:
            return self.env._("Enter the format.")
        try:
            automaton(self.pattern)
        except EngineError as error:
            return engine_message(self.env, error)
        return None

    def _limits(self):
        """(lower, upper) as the engine compares them; None: open."""
        if self.condition == "length":
            return self.length_from or None, self.length_to or None
        if self.condition != "range":
            return None, None
        if self.field_type == "date":
            return self.date_from or None, self.date_to or None
        return (
            self.range_from if self.has_range_from else None,
            self.range_to if self.has_range_to else None,
        )

    def _allowed(self):
        lines = (self.allowed_values or "").splitlines()
        return frozenset(line.strip() for line in lines if line.strip())

    # -- for the validator ----------------------------------------------------------------

    @api.model
    @ormcache("company_id")
    def _rules_of_company(self, company_id):
        """{what about: rules in their order}, with the severity that the company wants."""
        # sudo: who writes a contact need not know the rules
        company = self.env["res.company"].sudo().browse(company_id)
        level = company.ar_validation_level
        found = dict.fromkeys(MODELS, ())
        if level == "off":
            return found
        domain = [("active", "=", True), ("company_id", "in", (False, company_id))]
        # sudo: as above
        for rule in self.sudo().search(domain, order="sequence, id"):
            asked = rule._engine_rule()
            if level == "warn":
                asked = rule._engine_rule(WARN)
            found[rule.subject] += (asked,)
        return found

    def _engine_rule(self, severity=None):
        """This row as the engine knows it."""
        low, high = self._limits()
        below = self.env["customer.category"].search(
            [("id", "child_of", self.category_ids.ids)]
        )
        return Rule(
            rule_id=self.id,
            field=self.field_name or "",
            condition=self.condition,
            severity=severity or self.severity,
            subject=self.subject,
            party=self.party,
            countries=frozenset(self.country_ids.mapped("code")),
            categories=frozenset(below.ids if self.category_ids else ()),
            pattern=self.pattern or "",
            low=self.tolerance if self.condition == "amount" else low,
            high=high,
            allowed=self._allowed(),
            checksum=self.checksum or "",
        )

    # -- upkeep ---------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules._changed("validation.create")
        return rules

    def write(self, vals):
        result = super().write(vals)
        self._changed("validation.write", vals)
        return result

    def unlink(self):
        self.env["customer.audit.entry"]._ar_log("validation.unlink", self)
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    def _changed(self, event, vals=None):
        self.env.registry.clear_cache()
        by_record = {
            rule.id: {
                "field": rule.field_name or "",
                "condition": rule.condition,
                "severity": rule.severity,
                "active": rule.active,
            }
            for rule in self
        }
        self.env["customer.audit.entry"]._ar_log(
            event, self, {"values": vals} if vals else None, by_record
        )
