from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..engine.duplicates.cluster import clusters
from ..engine.duplicates.identity import identity, key_print
from ..engine.duplicates.score import compare
from .sensitive_values import clear_values

_PREFIX = "customer_ar_suite.customer_ar_suite_group_"
#: who says whether two customers are one
DECIDERS = ("customer_reviewer", "ar_accountant", "credit_manager", "administrator")


class CustomerDuplicatePair(models.Model):
    """Two customers who may be one, how sure that is, and what people have decided.

    Found by ``customer.duplicate.run``; decided with the buttons alone. What was decided
    holds until a name or number of one of them changes.
    """

    _name = "customer.duplicate.pair"
    _description = "Possible Duplicate"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _order = "score desc, id"
    _rec_name = "one_id"

    one_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True, ondelete="cascade"
    )
    other_id = fields.Many2one(
        "res.partner",
        string="Other Customer",
        required=True,
        index=True,
        ondelete="cascade",
    )
    group_id = fields.Many2one(
        "customer.duplicate.group",
        string="Belong Together",
        index=True,
        ondelete="set null",
    )
    company_id = fields.Many2one("res.company", index=True, ondelete="cascade")
    run_id = fields.Many2one(
        "customer.duplicate.run",
        string="Last Found by",
        index=True,
        ondelete="set null",
    )
    score = fields.Float(
        digits=(4, 1),
        aggregator="avg",
        help="From 0 to 100: how sure it is that the two are one customer.",
    )
    state = fields.Selection(
        [
            ("open", "To Decide"),
            ("later", "Put Off"),
            ("different", "Two Customers"),
        ],
        string="Decision",
        default="open",
        required=True,
        index=True,
    )
    reason = fields.Char(string="Why They Are Two")
    decided_by_id = fields.Many2one(
        "res.users", string="Decided by", ondelete="set null"
    )
    decided_at = fields.Datetime(string="Decided at")
    is_reopened = fields.Boolean(
        string="Decided before",
        help="Was decided once; then a name or number of one of them changed.",
    )
    key_print = fields.Char(
        help="Of names and numbers of both, to see whether they change."
    )
    why = fields.Char(string="What Speaks for It", compute="_compute_reasons")
    against = fields.Char(string="What Speaks against It", compute="_compute_reasons")

    _pair_unique = models.Constraint(
        "UNIQUE(one_id, other_id)", "A pair is listed once."
    )

    def _ar_partner_paths(self):
        return ("one_id", "other_id")

    @api.depends("one_id", "other_id")
    def _compute_display_name(self):
        for pair in self:
            pair.display_name = (
                f"{pair.one_id.display_name or ''} ≈ {pair.other_id.display_name or ''}"
            )

    @api.depends("one_id", "other_id")
    @api.depends_context("uid", "lang")
    def _compute_reasons(self):
        """Compared as they are now, without what is masked for the reader."""
        weights = self.env["customer.duplicate.weight"]
        known = self.env["customer.duplicate.finder"]._load_others(
            {*self.one_id.ids, *self.other_id.ids}
        )
        points, hidden = weights._points(), weights._masked_fields()
        for pair in self:
            one, other = known.get(pair.one_id.id), known.get(pair.other_id.id)
            pair.why = pair.against = False
            if one and other:
                reasons = compare(one, other, points, hidden).reasons
                told, against = weights._explain(reasons)
                pair.why = self.env._("; ").join(told)
                pair.against = self.env._("; ").join(against)

    # -- deciding --------------------------------------------------------------------------

    @api.model
    def _check_decider(self):
        if not any(self.env.user.has_group(_PREFIX + role) for role in DECIDERS):
            raise AccessError(
                self.env._(
                    "Customer reviewers, AR accountants and credit managers decide whether "
                    "two customers are one."
                )
            )

    def action_ask_reason(self):
        """Ask why they are two customers."""
        self._check_decider()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Two Customers"),
            "res_model": "customer.duplicate.decide",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_pair_ids": self.ids},
        }

    def action_later(self):
        """Put the decision off: the pair stays in the list, under its own filter."""
        self._check_decider()
        self.check_access("read")
        self.filtered(lambda pair: pair.state == "open")._decide("later")

    def action_reopen(self):
        """Take a decision back."""
        self._check_decider()
        self.check_access("read")
        self.filtered(lambda pair: pair.state != "open")._decide("open")

    def action_merge(self):
        """Open the dry run of a merge of these customers; nothing is merged by itself."""
        self._check_decider()
        self.check_access("read")
        return self.env["customer.merge"]._open_for(self.one_id | self.other_id)

    def _decide(self, state, reason=False):
        """Keep who decided what, with the names and numbers it was decided on."""
        prints = self._prints()
        # sudo: written by the steps of this model alone; who may decide was checked
        for pair in self.sudo():
            pair._set(
                state=state,
                reason=reason,
                is_reopened=False,
                decided_by_id=self.env.uid if state != "open" else False,
                decided_at=fields.Datetime.now() if state != "open" else False,
                key_print=prints.get(pair.id),
            )
        log = self.env["customer.audit.entry"]
        log._ar_log(
            "duplicate.decide",
            self.one_id,
            {"state": state, "reason": reason or ""},
            {pair.one_id.id: {"other": pair.other_id.display_name} for pair in self},
        )
        self.env["customer.duplicate.group"]._regroup(self.company_id.ids or [False])

    def _prints(self):
        """{pair: what the names and numbers of both are now}."""
        index = self.env["customer.duplicate.index"]
        # clear: prints are digests, they show nobody a value
        with clear_values():
            loaded = index._load(sorted({*self.one_id.ids, *self.other_id.ids}))
        known = {c.key: key_print(identity(c)) for c, _fingerprint in loaded}
        return {
            pair.id: known.get(pair.one_id.id, "") + known.get(pair.other_id.id, "")
            for pair in self
        }

    # -- what others ask ---------------------------------------------------------------------

    @api.model
    def _settled(self, partner_ids):
        """Pairs of these customers whom somebody has decided to be two, as they are now.

        :rtype: set[frozenset]
        """
        ids = list(partner_ids)
        # sudo: a decision holds for everybody, and tells nobody more than it hides
        pairs = self.sudo().search(
            [
                ("state", "=", "different"),
                "|",
                ("one_id", "in", ids),
                ("other_id", "in", ids),
            ]
        )
        prints = pairs._prints() if pairs else {}
        return {
            frozenset((pair.one_id.id, pair.other_id.id))
            for pair in pairs
            if pair.key_print == prints[pair.id]
        }

    @api.model
    def _upsert(self, run, company_of, found):
        """Write what a run has found: new pairs, new scores, decisions overtaken by changes.

        :param company_of: {customer: company or None}
        :param found: list of (one, other, score, print)
        """
        if not found:
            return
        rows = [
            (one, other, company_of[one] or company_of[other], score, print_)
            for one, other, score, print_ in found
        ]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO customer_duplicate_pair AS pair (one_id, other_id, company_id,
                       score, key_print, state, run_id, create_uid, create_date,
                       write_uid, write_date)
                SELECT found.*, 'open', %(run)s, %(uid)s, now_.at, %(uid)s, now_.at
                  FROM unnest(%(one)s::int[], %(other)s::int[], %(company)s::int[],
                              %(score)s::float[], %(print)s::text[]) AS found,
                       (SELECT now() AT TIME ZONE 'UTC' AS at) now_
                ON CONFLICT (one_id, other_id) DO UPDATE SET
                       score = EXCLUDED.score, company_id = EXCLUDED.company_id,
                       run_id = EXCLUDED.run_id, key_print = EXCLUDED.key_print,
                       is_reopened = pair.is_reopened OR (pair.state <> 'open'
                         AND pair.key_print IS DISTINCT FROM EXCLUDED.key_print),
                       state = CASE WHEN pair.key_print IS DISTINCT FROM EXCLUDED.key_print
                                    THEN 'open' ELSE pair.state END
                """,
                run=run.id,
                uid=self.env.uid,
                **{
                    name: list(column)
                    for name, column in zip(
                        ("one", "other", "company", "score", "print"),
                        zip(*rows, strict=True),
                        strict=True,
                    )
                },
            )
        )
        self.invalidate_model()

    def _ar_merge_partners(self, source_ids, target_id):
        """Pairs of the merged go; what was decided of them and a third one stays decided."""
        sources = set(source_ids)
        touched = self.search(
            ["|", ("one_id", "in", source_ids), ("other_id", "in", source_ids)]
        )
        for pair in touched:
            left = {
                target_id if id_ in sources else id_
                for id_ in (pair.one_id.id, pair.other_id.id)
            }
            pair._take_over(left)
        self.env["customer.duplicate.group"]._forget_single()

    def _take_over(self, ids):
        known = len(ids) == 2 and self.search_count(
            [("one_id", "=", min(ids)), ("other_id", "=", max(ids))], limit=1
        )
        if known or len(ids) == 1 or self.state == "open":
            self._drop()
        else:
            self._set(one_id=min(ids), other_id=max(ids))

    def _drop(self):
        """Remove pairs that are none any more; the door past the lock."""
        self.env.cr.execute(
            SQL("DELETE FROM customer_duplicate_pair WHERE id = ANY(%s)", self.ids)
        )
        self.invalidate_model()


class CustomerDuplicateDecide(models.TransientModel):
    """Why two customers are two: the reason is remembered with the decision."""

    _name = "customer.duplicate.decide"
    _description = "Two Customers"

    pair_ids = fields.Many2many("customer.duplicate.pair", string="Pairs")
    reason = fields.Char(required=True)

    def action_confirm(self):
        """Keep that these are two customers; the pair comes back if its data change."""
        self.env["customer.duplicate.pair"]._check_decider()
        self.check_access("write")
        self.pair_ids.check_access("read")
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why they are two customers."))
        self.pair_ids._decide("different", self.reason.strip())
        return {"type": "ir.actions.act_window_close"}


class CustomerDuplicateGroup(models.Model):
    _inherit = "customer.duplicate.group"

    @api.model
    def _regroup(self, company_ids):
        """Put the undecided pairs of these companies together, those of shared customers too.

        Pairs of one company never connect customers of another.
        """
        self.env["customer.duplicate.pair"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT COALESCE(company_id, 0), id, one_id, other_id, score
                FROM customer_duplicate_pair WHERE state <> 'different'
                AND COALESCE(company_id, 0) = ANY(%s)""",
                sorted({0, *(id_ or 0 for id_ in company_ids)}),
            )
        )
        by_company = {}
        for company_id, *row in rows:
            by_company.setdefault(company_id, []).append(row)
        self._forget_groups({0, *(id_ or 0 for id_ in company_ids)})
        for company_id, pairs in sorted(by_company.items()):
            self._make_groups(company_id or False, pairs)

    @api.model
    def _forget_groups(self, company_ids):
        self.env.cr.execute(
            SQL(
                """UPDATE customer_duplicate_pair SET group_id = NULL
                WHERE group_id IS NOT NULL AND COALESCE(company_id, 0) = ANY(%s)""",
                sorted(company_ids),
            )
        )
        self.env["customer.duplicate.pair"].invalidate_model()

    @api.model
    def _make_groups(self, company_id, pairs):
        """Groups of one company; one that has the same eldest member stays the same record."""
        # sudo: groups follow from the pairs, nobody writes them by hand
        groups = self.sudo()
        known = {
            group.lead_id.id: group
            for group in groups.search([("company_id", "=", company_id)])
        }
        lead_of = {
            member: members[0]
            for members in clusters((one, other) for _id, one, other, _score in pairs)
            for member in members
        }
        best = {}
        for _id, one, _other, score in pairs:
            best[lead_of[one]] = max(score, best.get(lead_of[one], 0.0))
        missing = sorted(best.keys() - known.keys())
        made = groups._insert(
            [{"lead_id": lead, "company_id": company_id} for lead in missing]
        )
        known |= dict(zip(missing, made, strict=True))
        self.env.cr.execute(
            SQL(
                """UPDATE customer_duplicate_pair pair SET group_id = found.group_id
                FROM unnest(%s::int[], %s::int[]) AS found(id, group_id)
                WHERE pair.id = found.id""",
                [id_ for id_, *_rest in pairs],
                [known[lead_of[one]].id for _id, one, _other, _score in pairs],
            )
        )
        self.env.cr.execute(
            SQL(
                """UPDATE customer_duplicate_group g SET best_score = found.score
                FROM unnest(%s::int[], %s::float[]) AS found(id, score)
                WHERE g.id = found.id""",
                [known[lead].id for lead in best],
                list(best.values()),
            )
        )
        self.env["customer.duplicate.pair"].invalidate_model()
        self.invalidate_model()
        self._forget_single()

    @api.model
    def _forget_single(self):
        """Groups without a pair are none."""
        self.env.cr.execute(
            SQL(
                """DELETE FROM customer_duplicate_group g WHERE NOT EXISTS (
                SELECT FROM customer_duplicate_pair p WHERE p.group_id = g.id)"""
            )
        )
        self.invalidate_model()
