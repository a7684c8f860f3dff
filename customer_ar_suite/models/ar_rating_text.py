from markupsafe import Markup

from odoo import api, models
from odoo.tools import format_date

from ..engine.money import from_minor
from ..engine.rating.base import FACTORS, SCALES, Inputs

#: rows of the history on the card
_HISTORY = 24


class ArRating(models.Model):
    """What a rating says in words: a sentence per factor, what would lift it, its history.

    Stored are codes and figures; sentences are made in the language of who reads them.
    """

    _inherit = "ar.rating"

    @api.model
    def _factor_labels(self):
        """What each factor is called on the screen."""
        return {
            "average_days_late": self.env._("Average Days Late"),
            "on_time_share": self.env._("Paid on Time"),
            "overdue_share": self.env._("Overdue Share"),
            "worst_delay": self.env._("Worst Delay"),
            "recent_days_late": self.env._("Recent Days Late"),
            "utilisation": self.env._("Limit Used"),
            "purchase_trend": self.env._("Purchase Trend"),
            "tenure": self.env._("Months as a Customer"),
            "concentration": self.env._("Share of Our Turnover"),
            "returned_payments": self.env._("Returned Payments"),
            "disputes": self.env._("Open Disputes"),
            "broken_promises": self.env._("Broken Promises"),
            "equity_share": self.env._("Equity Ratio"),
            "current_ratio": self.env._("Current Ratio"),
            "profit_margin": self.env._("Profit Margin"),
            "external_score": self.env._("External Score"),
        }

    @api.model
    def _unit_labels(self):
        return {
            "days": self.env._("days"),
            "percent": "%",
            "count": self.env._("pieces"),
            "months": self.env._("months"),
            "points": self.env._("points"),
            "ratio": self.env._("times"),
        }

    @api.model
    def _figure_text(self, code, value):
        """A value as people write it, with its unit."""
        kind = FACTORS.get(code).kind
        amount = f"{from_minor(value, len(str(SCALES[kind])) - 1):f}"
        amount = amount.rstrip("0").rstrip(".") if "." in amount else amount
        texts = {
            "days": self.env._("%(value)s days", value=amount),
            "percent": self.env._("%(value)s %%", value=amount),
            "months": self.env._("%(value)s months", value=amount),
            "points": self.env._("%(value)s points", value=amount),
        }
        return texts.get(kind, amount)

    # -- point lines ----------------------------------------------------------------------

    def _point_lines(self):
        """Rows of what adds up to the score, in the reader's language.

        :rtype: list[dict]
        """
        self.ensure_one()
        labels = self._factor_labels()
        known = sum(line[3] for line in self.lines or [] if line[1] is not None)
        inputs = Inputs(**(self.inputs or {}))
        rows = []
        for code, value, points, weight, contribution in self.lines or []:
            has_data = value is not None
            rows.append(
                {
                    "code": code,
                    "label": labels.get(code, code),
                    "has_data": has_data,
                    "value": self._figure_text(code, value) if has_data else "–",
                    "points": points if has_data else "–",
                    "weight": weight,
                    "share": f"{100 * weight / known:.1f}"
                    if has_data and known
                    else "–",
                    "contribution": f"{contribution / 100:.2f}" if has_data else "–",
                    "sentence": self._sentence(code, value, weight, inputs),
                }
            )
        return rows

    def _sentence(self, code, value, weight, inputs):
        if value is None:
            return self.env._(
                "No data: its weight of %(weight)s is spread over the other factors.",
                weight=weight,
            )
        text = self._figure_text(code, value)
        sentences = {
            "average_days_late": self.env._(
                "What fell due is paid %(value)s late on average, weighted by amount.",
                value=text,
            ),
            "on_time_share": self.env._(
                "%(value)s of what fell due was paid on time.", value=text
            ),
            "overdue_share": self.env._(
                "Overdue is %(value)s of what was invoiced in the window.", value=text
            ),
            "worst_delay": self.env._("The longest delay was %(value)s.", value=text),
            "recent_days_late": self._recent_sentence(text, inputs),
            "utilisation": self.env._(
                "%(value)s of the credit limit is used.", value=text
            ),
            "purchase_trend": self.env._(
                "Purchases have changed by %(value)s against the half before.",
                value=text,
            ),
            "tenure": self.env._("A customer for %(value)s.", value=text),
            "concentration": self.env._(
                "%(value)s of our turnover is made with this customer.", value=text
            ),
            "returned_payments": self.env._(
                "%(value)s payments came back, bills and cheques included.", value=text
            ),
            "disputes": self.env._("%(value)s disputes are open.", value=text),
            "broken_promises": self.env._(
                "%(value)s promises to pay were broken.", value=text
            ),
            "equity_share": self.env._(
                "Equity is %(value)s of the total assets.", value=text
            ),
            "current_ratio": self.env._(
                "Current assets are %(value)s times the current liabilities.",
                value=text,
            ),
            "profit_margin": self.env._(
                "The net profit is %(value)s of revenue.", value=text
            ),
            "external_score": self.env._("Others give %(value)s of 100.", value=text),
        }
        return sentences.get(code, text)

    def _recent_sentence(self, text, inputs):
        """Where it is heading: the last months beside the whole window."""
        whole = FACTORS.get("average_days_late").value(inputs)
        if whole is None:
            return self.env._("Lately %(value)s late on average.", value=text)
        return self.env._(
            "Lately %(value)s late on average, against %(whole)s in the whole window.",
            value=text,
            whole=self._figure_text("average_days_late", whole),
        )

    # -- texts on screens -----------------------------------------------------------------

    @api.depends("lines", "inputs", "score", "grade_id")
    @api.depends_context("lang")
    def _compute_texts(self):
        for one in self:
            one.lines_html = one._lines_markup() if one.lines else False
            one.lift_text = "\n".join(one._lift_sentences()) or False

    def _lines_markup(self):
        heads = (
            self.env._("Factor"),
            self.env._("Why"),
            self.env._("Points of the Factor"),
            self.env._("Share of the Weight (%)"),
            self.env._("Adds to the Score"),
        )
        head = Markup("").join(
            Markup("<th class='%s'>%s</th>") % ("" if place < 2 else "text-end", text)
            for place, text in enumerate(heads)
        )
        body = Markup("").join(self._line_markup(row) for row in self._point_lines())
        foot = Markup(
            "<tr class='fw-bold'><td colspan='4'>%s</td><td class='text-end'>%s</td></tr>"
        ) % (self.env._("Score"), f"{self.score:.2f}" if self.grade_id else "–")
        return Markup(
            "<div class='table-responsive'><table class='table table-sm mb-0'>"
            "<thead><tr>%s</tr></thead><tbody>%s%s</tbody></table></div>"
        ) % (head, body, foot)

    def _line_markup(self, row):
        return Markup(
            "<tr class='%s'><td class='text-nowrap'>%s</td><td>%s</td>"
            "<td class='text-end'>%s</td><td class='text-end'>%s</td>"
            "<td class='text-end'>%s</td></tr>"
        ) % (
            "" if row["has_data"] else "text-muted",
            row["label"],
            row["sentence"],
            row["points"],
            row["share"],
            row["contribution"],
        )

    def _lift_sentences(self):
        """What would bring a better grade, one sentence per way."""
        labels = self._factor_labels()
        # sudo: names of grades
        names = {
            grade.id: grade.name
            for grade in self.env["ar.credit.grade"]
            .sudo()
            .with_context(active_test=False)
            .search([])
        }
        return [
            self.env._(
                "%(changes)s would bring the score to %(score)s, grade %(grade)s.",
                changes=self.env._(" and ").join(
                    self._change_text(labels, change) for change in one.changes
                ),
                score=f"{one.score / 100:.2f}",
                grade=names.get(one.grade_id, ""),
            )
            for one in self._lifts()
        ]

    def _change_text(self, labels, change):
        values = {
            "factor": labels[change.code],
            "bound": self._figure_text(change.code, change.bound),
            "value": self._figure_text(change.code, change.value),
        }
        if FACTORS.get(change.code).low_is_good:
            return self.env._(
                "“%(factor)s” of %(bound)s instead of %(value)s", **values
            )
        return self.env._(
            "“%(factor)s” of at least %(bound)s instead of %(value)s", **values
        )

    # -- history --------------------------------------------------------------------------

    @api.depends("partner_id", "company_id")
    @api.depends_context("lang")
    def _compute_history_html(self):
        """The latest scores of the customer as a curve, one question for all."""
        # sudo: history of the customer whose rating the reader sees
        rows = self.sudo().search_fetch(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("grade_id", "!=", False),
            ],
            ["partner_id", "company_id", "as_of_date", "score", "grade_id"],
            order="as_of_date, id",
        )
        by_owner = rows.grouped(lambda one: (one.partner_id, one.company_id))
        for one in self:
            history = by_owner.get((one.partner_id, one.company_id), self.browse())
            one.history_html = history[-_HISTORY:]._curve()

    def _curve(self):
        """The scores of ``self``, oldest first, as a drawing."""
        if not self:
            return False
        first, last = self[0].as_of_date, self[-1].confirmed_on or self[-1].as_of_date
        span = max((last - first).days, 1)
        points = [
            (10 + 300 * (one.as_of_date - first).days / span, 110 - one.score)
            for one in self
        ]
        points.append((310.0, points[-1][1]))
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in _as_steps(points))
        grid = Markup("").join(
            Markup("<line x1='10' y1='%s' x2='310' y2='%s' stroke='#d8dde2'/>") % (y, y)
            for y in (10, 60, 110)
        )
        dots = Markup("").join(
            Markup(
                "<circle cx='%s' cy='%s' r='3' fill='#31475e'><title>%s</title></circle>"
            )
            % (
                f"{x:.1f}",
                f"{y:.1f}",
                f"{format_date(one.env, one.as_of_date)}: "
                f"{one.score:.2f} {one.grade_id.name}",
            )
            for one, (x, y) in zip(self, points, strict=False)
        )
        ends = Markup("<text x='10' y='126' font-size='10'>%s</text>"
                      "<text x='310' y='126' font-size='10' text-anchor='end'>%s</text>") % (
            format_date(self.env, first), format_date(self.env, last))  # fmt: skip
        return Markup(
            "<svg viewBox='0 0 330 130' style='max-width:480px;width:100%%' role='img'>"
            "%s<polyline points='%s' fill='none' stroke='#31475e' stroke-width='2'/>%s%s</svg>"
        ) % (grid, path, dots, ends)


def _as_steps(points):
    """A score holds until the next one."""
    yield points[0]
    for (_x, before), (x, y) in zip(points, points[1:], strict=False):
        yield x, before
        yield x, y
