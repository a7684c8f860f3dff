"""Sample data: scorecards and half a year of ratings, scores of others, policy, overrides."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command

#: months that have been rated by the first version of the scorecard
MONTHS = 6
SOURCE = "Handelsinformatie Noordzee"
INSURER = "Delta Kredietverzekering"
WORDS = (
    ("AAA", 100),
    ("AA", 88),
    ("A", 75),
    ("BBB", 60),
    ("BB", 45),
    ("B", 30),
    ("C", 10),
)
#: file of the agency: customer, or what it calls him instead; score; days before; remark
SCORES = (
    ("C20004", "vat", "182,0", 40),
    ("C20005", "vat", "241,5", 40),
    ("C20006", "vat", "318,0", 40),
    ("C20007", "name", "205,0", 35),
    ("C20009", "vat", "389,0", 35),
    ("C20012", "name", "276,0", 35),
    ("C20012", "name", "280,0", 35),
    ("C20016", "vat", "199,0", 900),
    ("Rijnmond Staalbouw B.V.", "name", "230,0", 40),
    ("C20001", "vat", "n/a", 40),
)
#: customer → insurer's word
INSURED = {"C20004": "AA", "C20008": "C", "C20010": "BBB"}
#: customer → revenue, profit, assets, equity, current assets, current liabilities
ACCOUNTS = {
    "C20004": (18_400_000, 1_210_000, 9_600_000, 4_320_000, 5_100_000, 2_450_000),
    "C20006": (6_150_000, 92_000, 4_300_000, 730_000, 1_900_000, 1_720_000),
    "C20009": (11_900_000, -640_000, 8_200_000, 610_000, 3_050_000, 3_480_000),
}
#: grade → terms, months of turnover, highest limit
POLICIES = {
    "AAA": ("60", 3, 250_000),
    "AA": ("60", 2.5, 200_000),
    "A": ("30", 2, 120_000),
    "BBB": ("30", 1.5, 80_000),
    "BB": ("30", 1, 40_000),
    "B": ("15", 0.5, 20_000),
}


class ArDemo(models.AbstractModel):
    _inherit = "ar.demo"

    @api.model
    def _load_suite(self):
        result = super()._load_suite()
        self._load_rating()
        return result

    @api.model
    def _load_rating(self):
        """Two versions of a scorecard, what they made of half a year, and what followed."""
        users = [
            self.env.ref(f"customer_ar_suite.ar_demo_user_{role}", False)
            for role in ("collector", "credit_manager")
        ]
        if self._sample("scorecard_nl") or not all(users):
            return
        self._show_credit_grades()
        self._load_score_sources()
        self._load_score_file()
        self._load_financial_statements()
        self._load_grade_policies()
        for code in ("nl", "cn"):
            self._load_ratings(code)
        self._load_grade_overrides(*users)
        self._load_grade_rule()

    def _show_credit_grades(self):
        """The dimension that mirrors grades is switched on, for lists and pivots."""
        dimension = self.env.ref(
            "customer_ar_suite.customer_dimension_credit_grade",
            raise_if_not_found=False,
        )
        if dimension and not dimension.active:
            dimension.active = True

    # -- what others say ------------------------------------------------------------------

    def _load_score_sources(self):
        sources = self.env["ar.score.source"].create(
            [
                {
                    "name": SOURCE,
                    "best_value": 100,
                    "worst_value": 600,
                    "valid_months": 12,
                    "weight": 2,
                },
                {
                    "name": INSURER,
                    "kind": "words",
                    "word_ids": [
                        Command.create({"name": word, "points": points})
                        for word, points in WORDS
                    ],
                },
            ]
        )
        self._keep(sources, ["score_source_agency", "score_source_insurer"])
        today = fields.Date.context_today(self)
        scores = self._in_company("ar.external.score", "nl").create(
            [
                {
                    "partner_id": self._sample(f"customer_{ref}").id,
                    "company_id": self._company("nl").id,
                    "source_id": sources[1].id,
                    "score_text": word,
                    "scored_on": today - timedelta(days=75),
                }
                for ref, word in INSURED.items()
            ]
        )
        self._keep(scores, [f"external_score_{ref}" for ref in INSURED])

    def _load_score_file(self):
        """Taken over but for the rows that could not be; a second file waits."""
        manager = self.env.ref("customer_ar_suite.ar_demo_user_credit_manager")
        imports = self._in_company("ar.score.import", "nl").with_user(manager)
        for index, (name, rows) in enumerate(
            (("scores agency.csv", SCORES), ("scores agency new.csv", SCORES[2:6]))
        ):
            one = imports._upload(
                name,
                self._score_file(rows, later=index * 20),
                self._company("nl"),
                self._sample("score_source_agency"),
                number_format="german",
                date_order="dmy",
            )
            one.action_check()
            if not index:
                one.action_apply()
            self._keep(one, [f"score_import_{index}"])

    def _score_file(self, rows, later):
        today = fields.Date.context_today(self)
        lines = ["Company;VAT;Score;Date;Recommended limit"]
        for who, by, score, days in rows:
            partner = self._sample(f"customer_{who}")
            day = today - timedelta(days=days - later)
            lines.append(
                ";".join(
                    (
                        partner.name if partner else who,
                        partner.vat if partner and by == "vat" else "",
                        score,
                        day.strftime("%d.%m.%Y"),
                        "25.000,00",
                    )
                )
            )
        return "\r\n".join([*lines, ""]).encode()

    def _load_financial_statements(self):
        today = fields.Date.context_today(self)
        year_end = today.replace(year=today.year - 1, month=12, day=31)
        statements = self._in_company("ar.financial.statement", "nl").create(
            [
                {
                    "partner_id": self._sample(f"customer_{ref}").id,
                    "company_id": self._company("nl").id,
                    "year_end": year_end,
                    "published_on": min(year_end + timedelta(days=150), today),
                    "revenue_amount": revenue,
                    "profit_amount": profit,
                    "asset_amount": assets,
                    "equity_amount": equity,
                    "current_asset_amount": current,
                    "current_liability_amount": liabilities,
                }
                for ref, (
                    revenue, profit, assets, equity, current, liabilities,
                ) in ACCOUNTS.items()
            ]
        )  # fmt: skip
        self._keep(statements, [f"financial_statement_{ref}" for ref in ACCOUNTS])

    # -- ratings --------------------------------------------------------------------------

    def _load_grade_policies(self):
        """What good and middling grades bring in the Dutch company."""
        policies = self._in_company("ar.grade.policy", "nl").create(
            [
                {
                    "company_id": self._company("nl").id,
                    "grade_id": self._credit_grade(name).id,
                    "payment_term_id": self._terms(terms).id,
                    "basis": "turnover",
                    "month_count": months,
                    "most_amount": most,
                }
                for name, (terms, months, most) in POLICIES.items()
            ]
        )
        self._keep(policies, [f"grade_policy_{name}" for name in POLICIES])

    def _credit_grade(self, name):
        return self.env["ar.credit.grade"].search([("name", "=", name)], limit=1)

    def _load_ratings(self, code):
        """Month ends by the first version, the last one and today by the second."""
        today = fields.Date.context_today(self)
        cards = self._in_company("ar.scorecard", code)
        card = cards.create(cards._standard_vals(self._company(code)))
        card.name = self.env._("Trade Customers")
        card.action_activate()
        ends = [
            fields.Date.subtract(today.replace(day=1), months=back) - timedelta(days=1)
            for back in range(MONTHS - 1, -1, -1)
        ]
        card._keep(valid_from=ends[0])
        for day in ends[:-1]:
            self._rate_customers(card, day)
        second = card._new_version()
        second.note = self.env._(
            "External scores weigh more since we get them regularly."
        )
        second.factor_ids.filtered(lambda one: one.code == "external_score").weight = 15
        second.action_activate()
        self._rate_customers(second, ends[-1])
        run = self._rate_customers(second, today)
        draft = second._new_version()
        self._keep(
            card | second | draft,
            [f"scorecard_{code}", f"scorecard_{code}_2", f"scorecard_{code}_draft"],
        )
        self._keep(run, [f"rating_run_{code}"])

    def _rate_customers(self, card, day):
        run = (
            self.env["ar.rating.run"]
            .with_env(card.env)
            .create(
                {
                    "company_id": card.company_id.id,
                    "scorecard_id": card.id,
                    "as_of_date": day,
                    "by_dates": day < fields.Date.context_today(self),
                }
            )
        )
        run._begin()
        return run

    def _load_grade_overrides(self, collector, manager):
        """One that counts, one that waits."""
        today = fields.Date.context_today(self)
        overrides = self._in_company("ar.rating.override", "nl").with_user(collector)
        granted, asked = (
            overrides._ask_for(
                self._sample(f"customer_{ref}"),
                self._company("nl"),
                self._credit_grade(grade),
                today + timedelta(days=days),
                reason,
            )
            for ref, grade, days, reason in (
                ("C20008", "CC", 60, self.env._("Direct debits returned twice")),
                ("C20006", "BBB", 120, self.env._("The parent company guarantees")),
            )
        )
        granted.with_user(manager)._decide("approved")
        self._keep(granted | asked, ["rating_override_0", "rating_override_1"])

    def _load_grade_rule(self):
        rule = self.env["ar.hold.rule"].create(
            {
                "name": self.env._("Bad credit grade"),
                "trigger": "grade",
                "action": "warn",
                "grade_id": self._credit_grade("CC").id,
                "company_id": self._company("nl").id,
            }
        )
        self._keep(rule, ["hold_rule_grade"])
