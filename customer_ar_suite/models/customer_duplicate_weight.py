from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from ..engine.duplicates.score import LEVELS, default_points


class CustomerDuplicateWeight(models.Model):
    """How many points an observation adds when two customers are compared.

    One set for all of them. What has no row counts as shipped.
    """

    _name = "customer.duplicate.weight"
    _description = "Weight of a Comparison"
    _inherit = ["ar.cached.mixin"]
    _order = "sequence, id"
    _rec_name = "code"

    code = fields.Selection(
        selection="_selection_code", string="What Is Seen", required=True, readonly=True
    )
    sequence = fields.Integer(default=10)
    points = fields.Float(
        required=True,
        digits=(4, 1),
        help="Each two points double or halve the odds that two records are one customer. "
        "Points below zero speak against it.",
    )
    default_points = fields.Float(
        string="As Shipped", digits=(4, 1), compute="_compute_default_points"
    )

    _code_unique = models.Constraint(
        "UNIQUE(code)", "Each observation can be listed once."
    )

    @api.model
    def _selection_code(self):
        """What may be seen of two customers, in the reader's words."""
        names = {
            "name_same": self.env._("The names are alike"),
            "name_different": self.env._("The names are different"),
            "form_different": self.env._("The legal forms are different"),
            "tax_id_same": self.env._("The tax ID or registry number is the same"),
            "tax_id_slip": self.env._(
                "The tax ID or registry number differs by one character"
            ),
            "tax_id_different": self.env._(
                "The tax ID or registry number is different"
            ),
            "code_same": self.env._("The customer code is the same"),
            "account_same": self.env._("The bank account is the same"),
            "phone_same": self.env._("The telephone number is the same"),
            "phone_slip": self.env._("The telephone number differs by one digit"),
            "phone_different": self.env._("The telephone numbers are different"),
            "email_same": self.env._("The e-mail address is the same"),
            "email_slip": self.env._("The e-mail address is nearly the same"),
            "email_domain": self.env._("The e-mail addresses belong to one company"),
            "email_different": self.env._("The e-mail addresses are different"),
            "street_same": self.env._("The street is alike"),
            "street_number": self.env._("Same street, other number"),
            "street_different": self.env._("The streets are different"),
            "zip_same": self.env._("The postal code is the same"),
            "zip_slip": self.env._("The postal code differs by one digit"),
            "zip_different": self.env._("The postal codes are different"),
            "city_same": self.env._("The city is the same"),
            "city_different": self.env._("The cities are different"),
            "state_different": self.env._("The provinces are different"),
            "country_different": self.env._("The countries are different"),
            "born_same": self.env._("The day of birth or foundation is the same"),
            "born_slip": self.env._(
                "The day of birth or foundation differs by one digit"
            ),
            "born_different": self.env._("The days of birth or foundation differ"),
        }
        return [(code, names[code]) for code in LEVELS]

    @api.depends("code")
    def _compute_default_points(self):
        for weight in self:
            level = LEVELS.get(weight.code)
            weight.default_points = level.points if level else 0.0

    @api.constrains("points")
    def _check_points(self):
        for weight in self:
            if not -40 <= weight.points <= 40:
                raise ValidationError(self.env._("Points lie between -40 and 40."))

    @api.model
    @ormcache(cache="stable")
    def _points(self):
        """{code of the engine: points}."""
        # sudo: what counts is the same for everybody who compares
        rows = self.sudo().search_fetch([], ["code", "points"])
        return default_points() | {row.code: row.points for row in rows}
