from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import formatLang

#: sums of the items that the screen shows
SUMS = (
    "document_count",
    "look_count",
    "exact_look_count",
    "held_then_count",
    "held_now_count",
    "held_then_amount",
    "held_now_amount",
    "new_held_count",
    "new_held_amount",
    "unsold_count",
    "unsold_amount",
    "freed_count",
    "freed_amount",
    "bad_amount",
    "warned_then_count",
    "warned_now_count",
    "days_then",
    "days_now",
    "rating_count",
    "exact_rating_count",
    "changed_rating_count",
)


class ArSimulation(models.Model):
    """Sums over the customers whom the reader may see, as they are read."""

    _inherit = "ar.simulation"

    document_count = fields.Integer(string="Documents", compute="_compute_totals")
    look_count = fields.Integer(string="Looks", compute="_compute_totals")
    exact_look_count = fields.Integer(
        string="Looks Found Again", compute="_compute_totals"
    )
    held_then_count = fields.Integer(string="Held Then", compute="_compute_totals")
    held_now_count = fields.Integer(
        string="Held by the Draft", compute="_compute_totals"
    )
    held_then_amount = fields.Monetary(
        string="Amount Held Then", compute="_compute_totals"
    )
    held_now_amount = fields.Monetary(
        string="Amount Held by the Draft", compute="_compute_totals"
    )
    new_held_count = fields.Integer(
        string="Held in Addition", compute="_compute_totals"
    )
    new_held_amount = fields.Monetary(string="Sales Delayed", compute="_compute_totals")
    unsold_count = fields.Integer(string="Held to the End", compute="_compute_totals")
    unsold_amount = fields.Monetary(
        string="Sales Not Made",
        compute="_compute_totals",
        help="Of what was sold then: by the draft held until the end of the period.",
    )
    freed_count = fields.Integer(string="No Longer Held", compute="_compute_totals")
    freed_amount = fields.Monetary(
        string="Sales No Longer Held", compute="_compute_totals"
    )
    bad_amount = fields.Monetary(
        string="Losses Avoided",
        compute="_compute_totals",
        help="Of what would have been held in addition: still unpaid long after it was due.",
    )
    warned_then_count = fields.Integer(
        string="Warnings Then", compute="_compute_totals"
    )
    warned_now_count = fields.Integer(
        string="Warnings by the Draft", compute="_compute_totals"
    )
    days_then = fields.Integer(string="Days Held Then", compute="_compute_totals")
    days_now = fields.Integer(
        string="Days Held by the Draft", compute="_compute_totals"
    )
    rating_count = fields.Integer(string="Ratings", compute="_compute_totals")
    exact_rating_count = fields.Integer(
        string="Ratings Found Again", compute="_compute_totals"
    )
    changed_rating_count = fields.Integer(
        string="Other Grades", compute="_compute_totals"
    )
    over_then_count = fields.Integer(
        string="Over the Limit Then", compute="_compute_over"
    )
    over_now_count = fields.Integer(
        string="Over the Limit by the Draft", compute="_compute_over"
    )
    is_exact = fields.Boolean(
        string="History Found Again",
        compute="_compute_totals",
        help="With the rules, figures and scorecards of then, every hold and every grade of "
        "the period comes out as it was recorded.",
    )
    proof_text = fields.Char(string="Proof", compute="_compute_texts")
    comparison_html = fields.Html(
        string="Then and by the Draft", compute="_compute_texts", sanitize=False
    )
    migration_html = fields.Html(
        string="Grades Then and by the Draft", compute="_compute_texts", sanitize=False
    )

    @api.depends("item_ids.document_count", "run_state")
    def _compute_totals(self):
        rows = self.env["ar.simulation.item"]._read_group(
            [("simulation_id", "in", self.ids)],
            ["simulation_id"],
            [f"{name}:sum" for name in SUMS],
        )
        sums = {row[0]: dict(zip(SUMS, row[1:], strict=True)) for row in rows}
        for one in self:
            own = sums.get(one, {})
            for name in SUMS:
                one[name] = own.get(name) or 0
            one.is_exact = (
                one.run_state == "done"
                and not one.error_count
                and one.look_count == one.exact_look_count
                and one.rating_count == one.exact_rating_count
            )

    @api.depends("item_ids.used_now_percent", "run_state")
    def _compute_over(self):
        """Customers who at the last look had more at risk than may be."""
        items = self.env["ar.simulation.item"]
        for side in ("then", "now"):
            rows = items._read_group(
                [("simulation_id", "in", self.ids), (f"used_{side}_percent", ">", 100)],
                ["simulation_id"],
                ["__count"],
            )
            counts = dict(rows)
            for one in self:
                one[f"over_{side}_count"] = counts.get(one, 0)

    # -- words ----------------------------------------------------------------------------

    @api.depends("item_ids.document_count", "run_state", "item_ids.grade_now_id")
    @api.depends_context("lang")
    def _compute_texts(self):
        for one in self:
            is_run = one.run_state != "draft"
            one.proof_text = is_run and one._proof_sentence()
            one.comparison_html = is_run and one._comparison()
            one.migration_html = is_run and one._migration()

    def _proof_sentence(self):
        return self.env._(
            "With the rules of then, %(looks)s of %(all_looks)s looks and %(grades)s of "
            "%(all_grades)s grades come out as they were recorded.",
            looks=self.exact_look_count,
            all_looks=self.look_count,
            grades=self.exact_rating_count,
            all_grades=self.rating_count,
        )

    def _comparison(self):
        """Rows of figures then, by the draft, and the difference."""
        rows = [
            (self.env._("Documents looked at"), "document_count", "document_count"),
            (self.env._("Documents held"), "held_then_count", "held_now_count"),
            (self.env._("Amount held"), "held_then_amount", "held_now_amount"),
            (self.env._("Days held"), "days_then", "days_now"),
            (self.env._("Warnings"), "warned_then_count", "warned_now_count"),
            (
                self.env._("Customers over their limit"),
                "over_then_count",
                "over_now_count",
            ),
        ]
        heads = [
            self.env._("Figure"),
            self.env._("At the Time"),
            self.env._("By the Draft"),
            self.env._("What Differs"),
        ]
        return _table(
            heads,
            [
                [
                    label,
                    self._written(then, self[then]),
                    self._written(now, self[now]),
                    self._written(now, self[now] - self[then]) if then != now else "",
                ]
                for label, then, now in rows
            ],
        )

    def _written(self, name, value):
        if self._fields[name].type == "monetary":
            return formatLang(self.env, value, currency_obj=self.currency_id)
        return formatLang(self.env, value, digits=0)

    def _migration(self):
        """How many customers have which last grade then (rows) and by the draft (columns)."""
        rows = self.env["ar.simulation.item"]._read_group(
            [("simulation_id", "=", self.id), ("rating_count", ">", 0)],
            ["grade_then_id", "grade_now_id"],
            ["__count"],
        )
        if not rows:
            return False
        counts = {(then, now): count for then, now, count in rows}
        # sudo: names and order of grades are no secret
        grades = self.env["ar.credit.grade"].sudo()
        used = grades.browse({grade.id for pair in counts for grade in pair if grade})
        columns = [*used.sorted("sequence"), grades.browse()]
        none = self.env._("Not rated")
        by_id = {(then.id, now.id): count for (then, now), count in counts.items()}
        return _table(
            [
                self.env._("Then ↓ by the draft →"),
                *(one.name or none for one in columns),
            ],
            [
                [
                    then.name or none,
                    *(
                        _cell(by_id.get((then.id, now.id)), then == now)
                        for now in columns
                    ),
                ]
                for then in columns
            ],
        )

    # -- drill-down -----------------------------------------------------------------------

    def action_view_documents(self):
        """Documents that were held, or would be."""
        self.check_access("read")
        return self._documents_action([])

    def action_view_held(self):
        """Documents that would be held in addition."""
        self.check_access("read")
        return self._documents_action([("change", "=", "held")])

    def action_view_freed(self):
        """Documents that would no longer be held."""
        self.check_access("read")
        return self._documents_action([("change", "=", "freed")])

    def action_view_customers(self):
        """What came out per customer."""
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.ar_simulation_item_action"
            ),
            "domain": [("simulation_id", "in", self.ids)],
        }

    def action_view_not_exact(self):
        """Customers of whom something does not come out as it was recorded."""
        self.check_access("read")
        items = self.env["ar.simulation.item"].search(
            [("simulation_id", "in", self.ids)]
        )
        wrong = items.filtered(
            lambda item: item.look_count != item.exact_look_count
            or item.rating_count != item.exact_rating_count
        )
        return {**self.action_view_customers(), "domain": [("id", "in", wrong.ids)]}

    def _documents_action(self, domain):
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.ar_simulation_document_action"
            ),
            "domain": [("simulation_id", "in", self.ids), *domain],
        }


def _cell(count, is_same):
    if not count:
        return ""
    return Markup("<span class='%s'>%s</span>") % (
        "text-muted" if is_same else "fw-bold",
        count,
    )


def _table(heads, rows):
    """Texts as a table, the first column a heading."""
    head = Markup("").join(
        Markup("<th class='%s'>%s</th>") % ("text-end" if place else "", text)
        for place, text in enumerate(heads)
    )
    body = Markup("").join(
        Markup("<tr>%s</tr>")
        % Markup("").join(
            Markup("<td class='%s'>%s</td>")
            % ("text-end text-nowrap" if place else "", text)
            for place, text in enumerate(row)
        )
        for row in rows
    )
    return Markup(
        "<div class='table-responsive'><table class='table table-sm mb-0'>"
        "<thead><tr>%s</tr></thead><tbody>%s</tbody></table></div>"
    ) % (head, body)
