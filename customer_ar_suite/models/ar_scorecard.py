from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import clean_context

from ..engine.errors import EngineError
from ..engine.rating.base import FACTORS, SCALES
from ..engine.rating.scorecard import Band, Card, CardFactor, check
from .ar_ledger.rating import RatingWindow
from .engine_messages import user_error

_PREFIX = "customer_ar_suite.customer_ar_suite_group_"
DECIDERS = ("credit_manager", "administrator")
#: what may be changed while and after it is in force
_FREE = frozenset({"name", "note"})
_STATE = frozenset({"state", "version", "previous_id", "valid_from", "valid_to",
                    "activated_by_id", "activated_at"})  # fmt: skip
#: grade → from which score on, in a new scorecard
STANDARD_BANDS = {"AAA": 92, "AA": 85, "A": 77, "BBB": 68, "BB": 59, "B": 50, "CCC": 40,
                  "CC": 30, "C": 18, "D": 0}  # fmt: skip


class ArScorecard(models.Model):
    """How customers are rated: factors, their weights and points, borders of the grades.

    A scorecard in force never changes: every score can be computed again from it and the
    figures stored with the score. To change something, make a new version. None is in force
    until somebody activates one.
    """

    _name = "ar.scorecard"
    _description = "Scorecard"
    _order = "company_id, id desc"
    _check_company_auto = True

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    version = fields.Integer(readonly=True, default=1, copy=False)
    state = fields.Selection(
        [("draft", "Draft"), ("in_force", "In Force"), ("superseded", "Superseded")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    month_count = fields.Integer(
        string="Window in Months",
        default=12,
        help="How far back invoices and payments count.",
    )
    recent_month_count = fields.Integer(
        string="Recent Months",
        default=3,
        help="What the factor “Recent Days Late” looks at.",
    )
    grace_days = fields.Integer(
        string="On Time within (Days)",
        default=3,
        help="Days after the due date that still count as paid on time.",
    )
    least_percent = fields.Integer(
        string="Data at Least (%)",
        default=40,
        help="How much of the weight must have data; with less, no grade is given.",
    )
    factor_ids = fields.One2many(
        "ar.scorecard.factor", "scorecard_id", string="Factors"
    )
    band_ids = fields.One2many("ar.scorecard.band", "scorecard_id", string="Grades")
    previous_id = fields.Many2one("ar.scorecard", readonly=True, copy=False)
    valid_from = fields.Date(string="In Force since", readonly=True, copy=False)
    valid_to = fields.Date(string="In Force until", readonly=True, copy=False)
    activated_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict"
    )
    activated_at = fields.Datetime(readonly=True, copy=False)
    note = fields.Text(string="Why It Is as It Is")
    weight_total = fields.Integer(
        string="Weights in All", compute="_compute_weight_total"
    )
    rating_count = fields.Integer(compute="_compute_rating_count")
    run_counter = fields.Integer(readonly=True, copy=False, default=0)

    _one_in_force = models.UniqueIndex(
        "(company_id) WHERE state = 'in_force'",
        "Another scorecard of the company is in force.",
    )
    _figures = models.Constraint(
        "CHECK(month_count BETWEEN 1 AND 120"
        " AND recent_month_count BETWEEN 1 AND month_count"
        " AND grace_days BETWEEN 0 AND 60 AND least_percent BETWEEN 0 AND 100)",
        "The window has 1 to 120 months, the recent ones are part of it, at most 60 days "
        "count as on time, and shares are from 0 to 100.",
    )

    @api.depends("name", "version")
    def _compute_display_name(self):
        for card in self:
            card.display_name = self.env._(
                "%(name)s, version %(version)s",
                name=card.name or "",
                version=card.version,
            )

    @api.depends("factor_ids.weight")
    def _compute_weight_total(self):
        for card in self:
            card.weight_total = sum(card.factor_ids.mapped("weight"))

    def _compute_rating_count(self):
        counts = dict(
            self.env["ar.rating"]._read_group(
                [("scorecard_id", "in", self.ids), ("is_current", "=", True)],
                ["scorecard_id"],
                ["__count"],
            )
        )
        for card in self:
            card.rating_count = counts.get(card, 0)

    # -- what is not changed any more -----------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")
        if any(vals.keys() & _STATE for vals in vals_list):
            raise AccessError(self.env._("A scorecard begins as a draft."))
        return super().create(vals_list)

    def write(self, vals):
        if vals.keys() & (_STATE | {"run_counter"}):
            raise AccessError(
                self.env._("A scorecard is activated by its button, not by hand.")
            )
        if vals.keys() - _FREE:
            self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_drafts(self):
        self._check_draft()

    def _check_draft(self):
        if any(card.state != "draft" for card in self):
            raise UserError(
                self.env._(
                    "Customers have been rated by this scorecard: it stays as it is. Make a "
                    "new version of it."
                )
            )

    def _keep(self, **vals):
        """Past the checks of ``write``: the steps of the scorecard itself."""
        return super().write(vals)  # pylint: disable=super-method-mismatch

    def _check_decider(self):
        if not self.env.su and not any(
            self.env.user.has_group(_PREFIX + role) for role in DECIDERS
        ):
            raise AccessError(
                self.env._("Credit managers and administrators decide on scorecards.")
            )
        self.check_access("write")

    # -- buttons --------------------------------------------------------------------------

    def action_new(self):
        """A draft with the usual factors, weights, points and borders."""
        self._check_decider()
        values = self._standard_vals(self.env.company)
        return self._without_defaults().create(values)._action_form()

    def action_new_version(self):
        """A draft that begins as this scorecard is."""
        self._check_decider()
        self.ensure_one()
        return self._new_version()._action_form()

    def action_activate(self):
        """From now on customers of the company are rated by this scorecard."""
        self._check_decider()
        self.ensure_one()
        self._check_draft()
        self._check_card()
        today = fields.Date.context_today(self)
        # sudo: one of the company is in force whoever may see it
        former = self.sudo().search(
            [("company_id", "=", self.company_id.id), ("state", "=", "in_force")]
        )
        former._keep(state="superseded", valid_to=today)
        former.flush_recordset()
        self._keep(
            state="in_force",
            version=max(former.version + 1, self.version) if former else self.version,
            previous_id=former.id,
            valid_from=today,
            activated_by_id=self.env.uid,
            activated_at=fields.Datetime.now(),
        )
        self._log("rating.scorecard")
        return True

    def action_retire(self):
        """Rate nobody any more; grades that have been given stay."""
        self._check_decider()
        for card in self:
            if card.state != "in_force":
                raise UserError(self.env._("Only a scorecard in force can be retired."))
            card._keep(state="superseded", valid_to=fields.Date.context_today(self))
        self._log("rating.scorecard_end")
        return True

    def action_rate(self):
        """Rate all customers of the company now."""
        self._check_decider()
        self.ensure_one()
        run = self.env["ar.rating.run"].create(
            {"company_id": self.company_id.id, "scorecard_id": self.id}
        )
        return run.action_start()

    def action_view_ratings(self):
        """The customers this scorecard has rated."""
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.ar_rating_action"
            ),
            "domain": [("scorecard_id", "in", self.ids)],
        }

    def _action_form(self):
        return self._get_records_action(context={})

    def _without_defaults(self):
        """Defaults of a screen are not meant for the draft that is made from it."""
        return self.with_context(clean_context(self.env.context))

    def _new_version(self):
        last = self.search([("company_id", "=", self.company_id.id)]).mapped("version")
        card = self._without_defaults().create(
            {
                **{
                    name: self[name]
                    for name in ("name", "month_count", "recent_month_count",
                                 "grace_days", "least_percent", "note")
                },
                "company_id": self.company_id.id,
                "factor_ids": [
                    Command.create(factor._as_vals()) for factor in self.factor_ids
                ],
                "band_ids": [
                    Command.create(
                        {"grade_id": band.grade_id.id, "from_score": band.from_score}
                    )
                    for band in self.band_ids
                ],
            }
        )  # fmt: skip
        card._keep(version=max(last, default=0) + 1, previous_id=self.id)
        return card

    @api.model
    def _standard_vals(self, company):
        """What a new scorecard begins with: all factors, as their files say."""
        grades = self.env["ar.credit.grade"].search([])
        by_name = {grade.name: grade.id for grade in grades}
        return {
            "name": self.env._("Scorecard"),
            "company_id": company.id,
            "factor_ids": [
                Command.create(
                    {
                        "sequence": place,
                        "code": factor.code,
                        "weight": factor.weight,
                        "step_ids": [
                            Command.create(
                                {
                                    "bound": step.bound / SCALES[factor.kind],
                                    "points": step.points,
                                }
                            )
                            for step in factor.steps
                        ],
                    }
                )
                for place, factor in enumerate(FACTORS, 1)
            ],
            "band_ids": [
                Command.create({"grade_id": by_name[name], "from_score": start})
                for name, start in STANDARD_BANDS.items()
                if name in by_name
            ],
        }

    def _log(self, event):
        self.env["customer.audit.entry"]._ar_log(
            event,
            self,
            None,
            {card.id: {"name": card.name, "version": card.version} for card in self},
        )

    # -- for the engine -------------------------------------------------------------------

    def _card(self):
        """The scorecard as the engine weighs it."""
        self.ensure_one()
        return Card(
            tuple(
                CardFactor(one.code, one.weight, one._steps())
                for one in self.factor_ids
                if one.weight
            ),
            tuple(Band(band.grade_id.id, band.from_score) for band in self.band_ids),
            self.least_percent,
        )

    def _check_card(self):
        """Refuse what would rate by chance, or give good scores bad grades."""
        try:
            check(self._card())
        except EngineError as error:
            if error.params.get("factor"):
                labels = self.env["ar.scorecard.factor"]._labels()
                error.params["factor"] = labels[error.params["factor"]]
            raise user_error(self.env, error) from error
        ranks = self.env["ar.credit.grade"]._ranks()
        by_score = self.band_ids.sorted(lambda band: -band.from_score)
        order = [ranks[band.grade_id.id] for band in by_score]
        if order != sorted(set(order)):
            raise UserError(
                self.env._(
                    "A better grade begins at a higher score. Put the grades in order, each "
                    "once."
                )
            )

    def _window(self, as_of):
        return RatingWindow.of(
            as_of, self.month_count, self.recent_month_count, self.grace_days
        )
