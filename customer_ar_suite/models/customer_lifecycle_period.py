from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .customer_lifecycle_stage import DIMENSION


class CustomerLifecyclePeriod(models.Model):
    """Which stage a customer was in from when to when, and why.

    The current stage stands on the customer; this is its history, written by whatever route
    it was changed: board, form, list, import, approval, event, rule, closing.
    """

    _name = "customer.lifecycle.period"
    _description = "Stage of a Customer"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _order = "valid_from desc, id desc"
    _rec_name = "stage_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    stage_id = fields.Many2one(
        "customer.lifecycle.stage",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    before_id = fields.Many2one(
        "customer.lifecycle.stage",
        string="Came from",
        readonly=True,
        ondelete="restrict",
    )
    valid_from = fields.Date(required=True, readonly=True)
    valid_to = fields.Date(
        readonly=True, help="Last day in the stage; empty while he is in it."
    )
    day_count = fields.Integer(
        string="Days", compute="_compute_day_count", help="Up to and with today."
    )
    ended_days = fields.Integer(
        string="Days Spent",
        readonly=True,
        aggregator="avg",
        help="Of periods that have ended.",
    )
    source = fields.Selection(
        [
            ("manual", "By Hand"),
            ("event", "Event"),
            ("rule", "Rule"),
            ("closing", "Closing of the Account"),
            ("merge", "Merge"),
        ],
        required=True,
        readonly=True,
        default="manual",
    )
    reason = fields.Char(readonly=True)
    proof_json = fields.Json(readonly=True)
    why = fields.Char(compute="_compute_why", help="The reason or the facts behind it.")
    rule_id = fields.Many2one(
        "customer.lifecycle.rule", readonly=True, ondelete="set null"
    )
    kind_id = fields.Many2one(
        "customer.lifecycle.event.kind",
        string="Event",
        readonly=True,
        ondelete="restrict",
    )
    held_until = fields.Date(
        readonly=True, help="Rules leave him alone up to this day."
    )
    user_id = fields.Many2one("res.users", string="Moved by", readonly=True)

    _no_overlap = models.Constraint(
        "EXCLUDE USING gist (partner_id WITH =, "
        "daterange(valid_from, valid_to, '[]') WITH &&)",
        "A customer can be in only one stage on any day.",
    )
    _period = models.Constraint(
        "CHECK (valid_to IS NULL OR valid_to >= valid_from)",
        "A period cannot end before it begins.",
    )

    @api.depends("valid_from", "valid_to")
    def _compute_day_count(self):
        today = fields.Date.context_today(self)
        for period in self:
            end = period.valid_to or today
            period.day_count = (
                max((end - period.valid_from).days + 1, 0) if period.valid_from else 0
            )

    @api.depends("reason", "proof_json", "kind_id")
    @api.depends_context("lang")
    def _compute_why(self):
        for period in self:
            period.why = "; ".join(
                filter(
                    None,
                    (
                        period.reason,
                        period.kind_id.name,
                        self.env["customer.lifecycle.rule"]._proof_text(
                            period.proof_json
                        ),
                    ),
                )
            )

    # -- the one writer -------------------------------------------------------------------

    @api.model
    def _record(self, stages, before, told, proofs=None):
        """Note the stages customers have now; the same as before is no change.

        The number of statements does not depend on the number of customers.

        :param stages: {customer id: stage id or False} as they are now
        :param before: {customer id: stage id or False} as they were
        :param told: source, reason, rule_id, kind_id, held_until of the move
        :param proofs: {customer id: facts that spoke for it}
        """
        changed = [id_ for id_, stage in stages.items() if stage != before.get(id_)]
        if not changed:
            return
        today = fields.Date.context_today(self)
        self._end(changed, today)
        proofs = proofs or {}
        # sudo: history of what the caller was allowed to change
        self.sudo()._insert(
            [
                {
                    "source": "manual",
                    "user_id": self.env.uid,
                    **told,
                    "partner_id": id_,
                    "stage_id": stages[id_],
                    "before_id": before.get(id_),
                    "valid_from": today,
                    "proof_json": proofs.get(id_),
                }
                for id_ in changed
                if stages[id_]
            ]
        )
        self._log(changed, stages, before, told)
        self._mirror({id_: stages[id_] for id_ in changed})

    @api.model
    def _end(self, partner_ids, day):
        """End what holds; what began on that very day never held."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "DELETE FROM customer_lifecycle_period"
                " WHERE partner_id = ANY(%s) AND valid_to IS NULL AND valid_from >= %s",
                partner_ids,
                day,
            )
        )
        self.env.cr.execute(
            SQL(
                "UPDATE customer_lifecycle_period SET valid_to = %(end)s, write_uid = %(user)s,"
                " ended_days = %(end)s - valid_from + 1,"
                " write_date = now() AT TIME ZONE 'UTC'"
                " WHERE partner_id = ANY(%(partners)s) AND valid_to IS NULL",
                end=day - timedelta(days=1),
                user=self.env.uid,
                partners=partner_ids,
            )
        )
        self.invalidate_model()

    @api.model
    def _log(self, changed, stages, before, told):
        # sudo: the log names stages whoever may read them
        known = self.env["customer.lifecycle.stage"].sudo()
        ids = {*stages.values(), *before.values()} - {False, None}
        names = {stage.id: stage.name for stage in known.browse(ids)}
        self.env["customer.audit.entry"]._ar_log(
            "lifecycle.move",
            self.env["res.partner"].browse(changed),
            {
                "source": told.get("source", "manual"),
                "reason": told.get("reason") or "",
            },
            {
                id_: {
                    "stage": names.get(stages[id_], ""),
                    "old_stage": names.get(before.get(id_), ""),
                }
                for id_ in changed
            },
        )

    @api.model
    def _mirror(self, stages):
        """The dimension ``lifecycle``, where it is switched on, shows the same."""
        # sudo: the mirror is written whoever moved the customer
        dimensions = (
            self.env["customer.dimension"]
            .sudo()
            .search([("code", "=", DIMENSION), ("is_mirror", "=", True)])
        )
        found = self.env["customer.lifecycle.stage"].browse(
            sorted({stage for stage in stages.values() if stage})
        )
        for dimension in dimensions:
            categories = found._mirror_categories(dimension)
            # sudo: see above
            self.env["customer.category.assignment"].sudo()._assign(
                {id_: categories.get(stage, False) for id_, stage in stages.items()},
                dimension,
                "mirror",
                fields.Date.context_today(self),
            )

    # -- reading --------------------------------------------------------------------------

    @api.model
    def _stages_on(self, places):
        """{(customer id, day): stage id} of the given (customer id, day)."""
        if not places:
            return {}
        ids = sorted({id_ for id_, _day in places})
        # sudo: the caller may read the customers; nothing else is told
        periods = self.sudo().search_fetch(
            [("partner_id", "in", ids)],
            ["partner_id", "stage_id", "valid_from", "valid_to"],
        )
        by_partner = periods.grouped("partner_id")
        found = {}
        for id_, day in places:
            for period in by_partner.get(self.env["res.partner"].browse(id_), ()):
                if period.valid_from <= day <= (period.valid_to or day):
                    found[id_, day] = period.stage_id.id
        return found

    # -- merging customers ----------------------------------------------------------------

    @api.model
    def _ar_merge_partners(self, source_ids, target_id):
        """The target's own track counts; the sources' tracks are in the audit trail."""
        gone = self.search([("partner_id", "in", source_ids)])
        if not gone:
            return
        self.env["customer.audit.entry"]._ar_log(
            "lifecycle.merge",
            gone.partner_id,
            {
                "into": target_id,
                "dropped": gone.read(["stage_id", "valid_from", "valid_to"]),
            },
        )
        self.env.cr.execute(
            SQL("DELETE FROM customer_lifecycle_period WHERE id = ANY(%s)", gone.ids)
        )
        self.invalidate_model()
