from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.matching.quality import Quality, may_be_automatic
from .ar_match_evidence import class_sentence

_ADMINISTRATOR = "customer_ar_suite.customer_ar_suite_group_administrator"
#: how the people's decisions on a proposal count
_RIGHT, _WRONG = ("accepted", "applied"), ("rejected", "undone")


class ArMatchClass(models.Model):
    """A class of evidence: how often people found its proposals right.

    Every decision is a label. What was accepted by machine counts only when somebody undoes
    it: nobody has looked at it otherwise. A manager lets the machine accept a class; it does
    so while the lower bound of its precision stays above the threshold of the company.
    """

    _name = "ar.match.class"
    _inherit = ["ar.locked.mixin"]
    _description = "Matching Precision"
    _order = "id"
    _rec_name = "code"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    code = fields.Char(required=True, readonly=True)
    meaning = fields.Char(string="Evidence", compute="_compute_meaning")
    may_be_automatic = fields.Boolean(
        string="Can Be Automatic",
        readonly=True,
        help="Never where two solutions fit, something is deducted or left over, or "
        "evidence speaks against.",
    )
    is_automatic = fields.Boolean(string="Accept Automatically", readonly=True)
    switched_by_id = fields.Many2one("res.users", readonly=True)
    switched_at = fields.Datetime(readonly=True)
    right_count = fields.Integer(string="Found Right", compute="_compute_quality")
    wrong_count = fields.Integer(string="Found Wrong", compute="_compute_quality")
    machine_count = fields.Integer(
        string="By Machine",
        compute="_compute_quality",
        help="Accepted by machine and not undone since.",
    )
    precision = fields.Float(
        string="Right (%)", digits=(5, 2), compute="_compute_quality"
    )
    lower_percent = fields.Float(
        string="At Least (%)",
        digits=(5, 2),
        compute="_compute_quality",
        help="Lower 95 % bound by Clopper and Pearson: with that certainty the precision is "
        "not worse.",
    )
    is_in_force = fields.Boolean(
        string="In Force",
        compute="_compute_quality",
        help="Switched on for the class and the company, and above the threshold.",
    )

    _once = models.Constraint(
        "UNIQUE(company_id, code)", "A class is listed once per company."
    )

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_meaning(self):
        for one in self:
            one.meaning = class_sentence(self.env, one.code)

    @api.depends("company_id", "code", "is_automatic")
    def _compute_quality(self):
        counts = self._count_labels()
        for one in self:
            right, wrong, machine = counts.get((one.company_id.id, one.code), (0, 0, 0))
            quality = Quality(right, wrong)
            one.right_count, one.wrong_count = right, wrong
            one.machine_count = machine
            one.precision = 100.0 * quality.precision
            one.lower_percent = 100.0 * quality.lower
            # sudo: two settings of the company
            company = one.company_id.sudo()
            one.is_in_force = bool(
                one.is_automatic
                and one.may_be_automatic
                and company.ar_match_is_automatic
                and one.lower_percent >= company.ar_match_threshold
            )

    def _count_labels(self):
        """{(company id, code): right, wrong, accepted by machine}."""
        # sudo: precision is that of all customers; no proposal is shown
        groups = (
            self.env["ar.match.proposal"]
            .sudo()
            ._read_group(
                [
                    ("company_id", "in", self.company_id.ids),
                    ("evidence_class", "in", self.mapped("code")),
                    ("is_manual", "=", False),
                    ("state", "in", (*_RIGHT, *_WRONG)),
                ],
                ["company_id", "evidence_class", "state", "is_automatic"],
                ["__count"],
            )
        )
        counts = {}
        for company, code, state, by_machine, count in groups:
            row = counts.setdefault((company.id, code), [0, 0, 0])
            place = 1 if state in _WRONG else 2 if by_machine else 0
            row[place] += count
        return {key: tuple(row) for key, row in counts.items()}

    # -- used by the matcher -----------------------------------------------------------

    @api.model
    def _note(self, company, codes):
        """Make rows for classes seen for the first time."""
        # sudo: nobody has the right to write classes
        model = self.sudo()
        known = set(model.search([("company_id", "=", company.id)]).mapped("code"))
        model._insert(
            [
                {
                    "company_id": company.id,
                    "code": code,
                    "may_be_automatic": may_be_automatic(code),
                }
                for code in sorted(set(codes) - known)
            ]
        )

    @api.model
    def _codes_in_force(self, company):
        """The classes whose proposals the machine accepts."""
        # sudo: settings, and counts over all customers
        if not company.sudo().ar_match_is_automatic:
            return set()
        # sudo: as above
        classes = self.sudo().search(
            [("company_id", "=", company.id), ("is_automatic", "=", True)]
        )
        return set(classes.filtered("is_in_force").mapped("code"))

    # -- by hand -----------------------------------------------------------

    def action_switch_on(self):
        """Let the machine accept proposals of these classes."""
        self._check_manager()
        for one in self:
            if not one.may_be_automatic:
                raise UserError(
                    self.env._(
                        "“%(evidence)s” is never accepted by machine: a human decides.",
                        evidence=one.meaning,
                    )
                )
            threshold = one.company_id.sudo().ar_match_threshold  # sudo: a setting
            if one.lower_percent < threshold:
                raise UserError(
                    self.env._(
                        "“%(evidence)s” is right in at least %(lower).2f %% of cases, the "
                        "threshold is %(threshold).2f %%. More decisions are needed.",
                        evidence=one.meaning,
                        lower=one.lower_percent,
                        threshold=threshold,
                    )
                )
        self._switch(True)

    def action_switch_off(self):
        """Let people accept proposals of these classes."""
        self._check_manager()
        self._switch(False)

    def _check_manager(self):
        if not self.env.user.has_group(_ADMINISTRATOR):
            raise AccessError(
                self.env._("Only administrators of the suite switch this.")
            )
        self.check_access("read")

    def _switch(self, is_on):
        # sudo: nobody has the right to write classes; the manager was checked
        self.sudo()._set(
            is_automatic=is_on,
            switched_by_id=self.env.uid,
            switched_at=fields.Datetime.now(),
        )
        self.env["customer.audit.entry"]._ar_log(
            "match.automatic_on" if is_on else "match.automatic_off", self
        )

    def action_open_proposals(self):
        """What was proposed on this evidence."""
        self.check_access("read")
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "customer_ar_suite.ar_match_proposal_action"
        )
        domain = [
            ("evidence_class", "=", self.code),
            ("company_id", "=", self.company_id.id),
        ]
        return {**action, "domain": domain, "context": {}}
