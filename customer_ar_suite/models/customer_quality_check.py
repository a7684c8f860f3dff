from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.quality import (
    ACCURACY,
    COMPLETENESS,
    TIMELINESS,
    UNIQUENESS,
    Check,
)

#: fields whose age is looked at, unless an administrator names others
AGEING = ("street", "phone", "email", "vat")


class CustomerQualityCheck(models.Model):
    """What a data audit looks for, what a fault costs, and how soon it is to be corrected.

    The checks are the suite's; weights, limits and dates are data. Changes are logged, for
    they change everybody's scores.
    """

    _name = "customer.quality.check"
    _description = "Check of Data Quality"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, readonly=True)
    code = fields.Char(required=True, readonly=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(string="Asked", default=True)
    dimension = fields.Selection(
        [
            (ACCURACY, "Accuracy"),
            (COMPLETENESS, "Completeness"),
            (TIMELINESS, "Timeliness"),
            (UNIQUENESS, "Uniqueness"),
        ],
        string="Dimension of Quality",
        required=True,
        readonly=True,
    )
    weight = fields.Integer(
        string="Points per Fault", required=True, help="Taken off the score of 100."
    )
    most = fields.Integer(
        string="Points at Most",
        required=True,
        help="What all faults of this check together can cost one customer.",
    )
    due_days = fields.Integer(string="Correct within (Days)", required=True, default=30)
    demands_cause = fields.Boolean(
        string="Cause Demanded",
        help="A finding is closed only after somebody has said how the fault came about.",
    )
    month_count = fields.Integer(
        string="Out of Date after (Months)",
        default=12,
        help="Values that nobody has entered or confirmed for so long.",
    )
    field_ids = fields.Many2many(
        "ir.model.fields",
        "customer_quality_check_field_rel",
        string="Fields That Age",
        domain="[('model', '=', 'res.partner'), ('store', '=', True),"
        " ('ttype', 'in', ('char', 'text', 'many2one', 'date', 'selection'))]",
    )

    _code_unique = models.Constraint("UNIQUE(code)", "Each check is there once.")
    _sensible = models.Constraint(
        "CHECK (weight BETWEEN 0 AND 100 AND most BETWEEN 0 AND 100"
        " AND due_days BETWEEN 0 AND 1000 AND month_count BETWEEN 1 AND 120)",
        "Points lie between 0 and 100, days between 0 and 1,000, months between 1 and 120.",
    )

    @api.constrains("weight", "most")
    def _check_points(self):
        for check in self:
            if check.most < check.weight:
                raise ValidationError(
                    self.env._(
                        "%(check)s: one fault costs more points than all together may.",
                        check=check.name,
                    )
                )

    def write(self, vals):
        if not self.env.su and {"code", "name", "dimension"} & vals.keys():
            raise ValidationError(self.env._("What a check looks for stays as it is."))
        result = super().write(vals)
        by_record = {check.id: {"check": check.code} for check in self}
        self.env["customer.audit.entry"]._ar_log(
            "quality_check.write", self, {"values": vals}, by_record
        )
        return result

    @api.model
    def _asked(self):
        """The checks an audit asks, in their order."""
        # sudo: weights and dates, which everybody sees in the results; archived ones are
        # not asked, whatever a client says in its context
        return self.sudo().search([("active", "=", True)])

    def _engine(self):
        return [
            Check(check.code, check.dimension, check.weight, check.most)
            for check in self
        ]

    def _ageing_fields(self):
        """Names of the fields whose age is looked at."""
        names = self.field_ids.mapped("name") or AGEING
        known = self.env["res.partner"]._fields
        return [name for name in names if name in known]
