from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ..engine.duplicates.bound import Bound
from ..engine.duplicates.identity import identity, key_print
from ..engine.duplicates.score import THRESHOLD, compare
from .customer_duplicate_index import CUSTOMERS

_PREFIX = "customer_ar_suite.customer_ar_suite_group_"
ROLES = ("customer_reviewer", "administrator")
#: customers compared with the rest in one step of the background work
SLICE = 1_000


class CustomerDuplicateRun(models.Model):
    """Looks for duplicates among all customers of a company and those it shares."""

    _name = "customer.duplicate.run"
    _description = "Search for Duplicates"
    _inherit = ["ar.run.mixin"]
    _order = "id desc"

    _run_item_model = "customer.duplicate.slice"
    _run_chunk_size = 1
    _run_interactive_limit = 2

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    threshold = fields.Float(
        string="Score at Least",
        digits=(4, 1),
        required=True,
        default=lambda self: self.env.company.ar_duplicate_threshold or THRESHOLD,
        help="Pairs below this score are not listed.",
    )
    slice_ids = fields.One2many("customer.duplicate.slice", "run_id", readonly=True)
    customer_count = fields.Integer(string="Customers", compute="_compute_counts")
    compared_count = fields.Integer(string="Comparisons", compute="_compute_counts")
    pair_count = fields.Integer(string="Possible Duplicates", compute="_compute_counts")

    @api.depends("slice_ids.pair_count")
    def _compute_counts(self):
        sums = {
            run.id: counts
            for run, *counts in self.env["customer.duplicate.slice"]._read_group(
                [("run_id", "in", self.ids)],
                ["run_id"],
                ["customer_count:sum", "compared_count:sum", "pair_count:sum"],
            )
        }
        for run in self:
            counts = sums.get(run.id, (0, 0, 0))
            run.customer_count, run.compared_count, run.pair_count = counts

    @api.depends("create_date")
    def _compute_display_name(self):
        for run in self:
            day = fields.Datetime.context_timestamp(
                run, run.create_date or fields.Datetime.now()
            ).date()
            run.display_name = self.env._("Search of %(date)s", date=day)

    @api.constrains("threshold")
    def _check_threshold(self):
        for run in self:
            if not 1 <= run.threshold <= 100:
                raise ValidationError(self.env._("The score lies between 1 and 100."))

    # -- buttons -----------------------------------------------------------------------------

    def action_start(self):
        """Compare all customers with all; a large search goes on in the background."""
        self._check_run_access()
        self.check_access("write")
        for run in self:
            if run.run_state != "draft":
                raise UserError(self.env._("This search is over. Start a new one."))
            run._slice()
            run._start_run()
        return self.action_view_groups() if self.run_state == "done" else True

    def action_view_groups(self):
        """What is to be decided."""
        self.env["customer.duplicate.group"].check_access("read")
        return self.env["ir.actions.act_window"]._for_xml_id(
            "customer_ar_suite.customer_duplicate_group_action"
        )

    def _check_run_access(self):
        if not any(self.env.user.has_group(_PREFIX + role) for role in ROLES):
            raise AccessError(
                self.env._("Customer reviewers search all customers for duplicates.")
            )
        self.check_access("read")

    @api.model
    def _cron_search(self):
        """One search per company and day, where the scheduled action is switched on."""
        midnight = fields.Datetime.now().replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        done = self.search([("create_date", ">=", midnight)]).company_id
        for company in self.env["res.company"].search([]) - done:
            run = self.with_company(company).create({"company_id": company.id})
            run._slice()
            run._start_run()

    # -- load, compare, apply ----------------------------------------------------------------

    def _slice(self):
        """Cut the customers into slices: each is compared with all that come after it."""
        self.ensure_one()
        # sudo: the keys are the system's; what is found is shown by the rules of the reader
        self.env["customer.duplicate.index"].sudo()._refresh_stale()
        rows = self.env.execute_query(
            SQL(
                """SELECT min(id), max(id), count(*) FROM (
                    SELECT p.id, (row_number() OVER (ORDER BY p.id) - 1) / %s AS slice
                      FROM res_partner p
                     WHERE %s AND (p.company_id IS NULL OR p.company_id = %s)) cut
                GROUP BY slice ORDER BY slice""",
                SLICE,
                CUSTOMERS,
                self.company_id.id,
            )
        )
        # sudo: items of the run; who may start it was checked
        self.env["customer.duplicate.slice"].sudo().create(
            [
                {
                    "run_id": self.id,
                    "first_id": first,
                    "last_id": last,
                    "customer_count": count,
                }
                for first, last, count in rows
            ]
        )

    def _apply_items(self, items):
        for item in items:
            candidates = self._load_candidates(item)
            found = self._compare(candidates)
            ids = sorted({id_ for pair in found for id_ in pair[:2]})
            company_of = dict(
                self.env.execute_query(
                    SQL(
                        "SELECT id, company_id FROM res_partner WHERE id = ANY(%s)", ids
                    )
                )
            )
            self.env["customer.duplicate.pair"]._upsert(self, company_of, found)
            # sudo: outcome of the search; users write none of it
            item.sudo().write(
                {
                    "compared_count": sum(map(len, candidates.values())),
                    "pair_count": len(found),
                }
            )

    def _load_candidates(self, item):
        probes = SQL(
            """SELECT k.value, array_agg(k.partner_id) AS nums
                 FROM customer_duplicate_key k
                 JOIN res_partner own ON own.id = k.partner_id
                WHERE k.partner_id BETWEEN %s AND %s
                  AND (own.company_id IS NULL OR own.company_id = %s)
                GROUP BY k.value""",
            item.first_id,
            item.last_id,
            self.company_id.id,
        )
        after = SQL("shared.partner_id > shared.num")
        finder = self.env["customer.duplicate.finder"]
        return finder._candidates_of(probes, self.company_id, after)

    def _compare(self, candidates):
        """Pairs from the threshold on: (one, other, score, print of names and numbers)."""
        index = self.env["customer.duplicate.index"]
        wanted = {*candidates, *(id_ for ids in candidates.values() for id_ in ids)}
        known = {c.key: identity(c) for c, _print in index._load(sorted(wanted))}
        points = self.env["customer.duplicate.weight"]._points()
        bound = Bound(points, self.threshold)
        prints = {}
        found = []
        for one_id, others in candidates.items():
            for other_id in others:
                pair = known.get(one_id), known.get(other_id)
                if not all(pair) or not bound.may_reach(*pair):
                    continue
                score = compare(*pair, points).score
                if score >= self.threshold:
                    for one in pair:
                        prints.setdefault(one.key, key_print(one))
                    print_ = prints[one_id] + prints[other_id]
                    found.append((one_id, other_id, score, print_))
        return found

    def _on_run_finished(self):
        """Forget undecided pairs that are none any more, and put the rest together."""
        self.env.cr.execute(
            SQL(
                """DELETE FROM customer_duplicate_pair
                WHERE state <> 'different' AND run_id IS DISTINCT FROM %(run)s
                  AND (company_id IS NULL OR company_id = %(company)s)""",
                run=self.id,
                company=self.company_id.id,
            )
        )
        self.env["customer.duplicate.pair"].invalidate_model()
        self.env["customer.duplicate.group"]._regroup(self.company_id.ids)
        return super()._on_run_finished()


class CustomerDuplicateSlice(models.Model):
    """Some customers, compared with all that come after them."""

    _name = "customer.duplicate.slice"
    _description = "Slice of a Search for Duplicates"
    _inherit = ["ar.run.item.mixin"]
    _order = "id"
    _rec_name = "first_id"

    run_id = fields.Many2one(
        "customer.duplicate.run", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True)
    first_id = fields.Integer(string="From Record", readonly=True)
    last_id = fields.Integer(string="To Record", readonly=True)
    customer_count = fields.Integer(string="Customers", readonly=True)
    compared_count = fields.Integer(string="Comparisons", readonly=True)
    pair_count = fields.Integer(string="Possible Duplicates", readonly=True)
