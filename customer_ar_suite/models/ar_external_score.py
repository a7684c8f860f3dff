from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.external_score import normalise


class ArExternalScore(models.Model):
    """What an agency or insurer says of a customer: its words, the day, until when it counts.

    Entered by hand or taken over from a file; a later score of the source follows it. What
    was withdrawn stays with its day, so that earlier ratings can be understood.
    """

    _name = "ar.external.score"
    _description = "External Score"
    _inherit = ["ar.partner.rule.mixin"]
    _ar_is_money = True
    _order = "scored_on desc, id desc"
    _rec_name = "score_text"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('parent_id', '=', False)]",
        check_company=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    source_id = fields.Many2one(
        "ar.score.source", required=True, ondelete="restrict", check_company=True
    )
    score_text = fields.Char(string="Score as Given", required=True)
    score = fields.Float(
        string="On the Scale from 0 to 100",
        digits=(16, 2),
        compute="_compute_score",
        store=True,
        aggregator="avg",
    )
    scored_on = fields.Date(
        string="Score of", required=True, default=fields.Date.context_today
    )
    expires_on = fields.Date(
        string="Counts until",
        compute="_compute_expires_on",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    advised_amount = fields.Monetary(string="Advised Limit")
    state = fields.Selection(
        [("valid", "Valid"), ("withdrawn", "Taken Back")],
        default="valid",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    withdrawn_on = fields.Datetime(string="Taken Back on", readonly=True, copy=False)
    is_expired = fields.Boolean(
        string="Out of Date", compute="_compute_is_expired", search="_search_is_expired"
    )
    matched_by = fields.Selection(
        [
            ("vat", "Tax ID"),
            ("registry", "Registry Number"),
            ("ref", "Customer Number"),
            ("name", "Name"),
            ("manual", "By Hand"),
        ],
        string="Found by",
        readonly=True,
        default="manual",
    )
    import_id = fields.Many2one(
        "ar.score.import", string="File", readonly=True, ondelete="set null", copy=False
    )

    _period = models.Constraint(
        "CHECK(expires_on >= scored_on)", "The score ends before its own day."
    )
    _latest_idx = models.Index("(company_id, partner_id, source_id, scored_on)")

    @api.depends("score_text", "source_id")
    def _compute_score(self):
        for one in self:
            found = None
            if one.source_id and one.score_text:
                # sudo: the scale of a source the user chose
                found = normalise(one.score_text, one.source_id.sudo()._scale())
            one.score = (found or 0) / 100

    @api.depends("scored_on", "source_id")
    def _compute_expires_on(self):
        for one in self:
            if one.scored_on and one.source_id:
                one.expires_on = fields.Date.add(
                    one.scored_on, months=one.source_id.valid_months
                )

    @api.depends("expires_on")
    def _compute_is_expired(self):
        today = fields.Date.context_today(self)
        for one in self:
            one.is_expired = bool(one.expires_on and one.expires_on < today)

    def _search_is_expired(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        wanted = (operator == "in") == (True in value)
        return [
            ("expires_on", "<" if wanted else ">=", fields.Date.context_today(self))
        ]

    @api.constrains("score_text", "source_id")
    def _check_score(self):
        for one in self:
            # sudo: as above
            if normalise(one.score_text, one.source_id.sudo()._scale()) is None:
                raise UserError(
                    self.env._(
                        "“%(score)s” is not on the scale of %(agency)s. Correct the score, or "
                        "the scale of the source.",
                        score=one.score_text,
                        agency=one.source_id.name,
                    )
                )

    def write(self, vals):
        """What was said stays as it was said: a mistake is taken back and entered anew."""
        if not self.env.su and vals.keys() - {"advised_amount"}:
            if vals.keys() & {
                "state",
                "withdrawn_on",
                "import_id",
                "matched_by",
            } or any(one.import_id for one in self):
                raise UserError(
                    self.env._(
                        "Take the score back and enter it anew, or undo its file."
                    )
                )
        return super().write(vals)

    def action_withdraw(self):
        """It counts no more; ratings that have used it stay as they are."""
        self.check_access("write")
        if any(one.state != "valid" for one in self):
            raise UserError(self.env._("This score has been taken back already."))
        self._withdraw()
        return True

    def _withdraw(self):
        # sudo: the step of a user whose right was checked
        self.sudo().write({"state": "withdrawn", "withdrawn_on": fields.Datetime.now()})
        self.env["customer.audit.entry"]._ar_log("rating.external_withdraw", self)

    @api.model
    def _valid(self, company, as_of, partner_ids, known_on=None):
        """{customer id: his scores that count on a day, the latest of each source}."""
        scope = [
            ("company_id", "=", company.id),
            ("partner_id", "in", list(partner_ids)),
            ("scored_on", "<=", as_of),
            ("expires_on", ">=", as_of),
        ]
        if known_on is None:
            scope.append(("state", "=", "valid"))
        else:
            scope += [
                ("create_date", "<", known_on),
                "|",
                ("withdrawn_on", "=", False),
                ("withdrawn_on", ">=", known_on),
            ]
        # sudo: figures of a rating; who may start it was checked
        rows = self.sudo().search_fetch(
            scope, ["partner_id", "source_id", "score"], order="scored_on, id"
        )
        latest = {}
        for one in rows:
            latest.setdefault(one.partner_id.id, {})[one.source_id.id] = one
        return {id_: list(by_source.values()) for id_, by_source in latest.items()}
