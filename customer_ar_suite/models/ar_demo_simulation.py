"""Sample data: half a year of looks at invoices, and simulations in each state."""

from datetime import timedelta

from odoo import api, models

from ..engine.simulation.record import dump
from ..engine.simulation.replay import decide

#: company whose rules are active in the sample
CODE = "nl"
#: days until a held invoice was let pass
RELEASED_AFTER = 2


class ArDemo(models.AbstractModel):
    _inherit = "ar.demo"

    @api.model
    def _load_suite(self):
        result = super()._load_suite()
        self._load_simulations()
        return result

    @api.model
    def _load_simulations(self):
        """The rules looked at every invoice of half a year; three things are tried on it."""
        manager = self.env.ref(
            "customer_ar_suite.ar_demo_user_credit_manager", raise_if_not_found=False
        )
        if self._sample("simulation_as_it_was") or not manager:
            return
        simulations = self._in_company("ar.simulation", CODE).with_user(manager)
        as_it_was, lower, card = simulations.create(
            [
                {"name": self.env._("As it was"), "company_id": self._company(CODE).id},
                {
                    "name": self.env._("Limits down by a fifth, late payers blocked"),
                    "company_id": self._company(CODE).id,
                    "limits_kind": "percent",
                    "limit_percent": 80,
                },
                {
                    "name": self.env._("The scorecard we are working on"),
                    "company_id": self._company(CODE).id,
                    "scorecard_id": self._sample(f"scorecard_{CODE}_draft").id,
                },
            ]
        )
        self._load_judgements(as_it_was)
        lower.action_load_rules()
        self.env["ar.simulation.rule"].with_env(lower.env).create(
            {
                "simulation_id": lower.id,
                "name": self.env._("Overdue for more than 45 days"),
                "trigger": "overdue",
                "action": "block",
                "days": 45,
            }
        )
        (as_it_was | lower).action_start()
        self._keep(
            as_it_was | lower | card,
            ["simulation_as_it_was", "simulation_lower", "simulation_draft"],
        )

    def _load_judgements(self, simulation):
        """What the rules in force would have said of each invoice on its day."""
        past = self.env[
            "ar.simulation.past"
        ].sudo()  # sudo: the sample is loaded for all
        partner_ids = sorted(past._customers(simulation))
        draft = past._draft(
            simulation, partner_ids, past._graded(simulation, partner_ids)
        )
        looks = past._looks(simulation, partner_ids, draft)
        company = simulation.company_id
        ranks = self.env["ar.credit.grade"]._ranks()
        in_force = self.env["ar.hold.rule"]._in_force(company.ids, "invoice")
        rules = tuple(rule._as_engine(company, ranks) for rule in in_force)
        judgements = self.env["ar.credit.judgement"]
        for look in looks.rows:
            if look.key >= 0:
                continue
            move = self.env["account.move"].browse(-look.key)
            found, verdict = decide(look, look.standing, rules)
            look = look._replace(rules=rules, hits=found, verdict=verdict)
            if verdict in ("free", "warn"):
                judgements._keep([self._judgement(move, look)], "passed")
                continue
            judgements._keep([self._judgement(move, look)], "asked")
            later = look._replace(
                day=look.day + timedelta(days=RELEASED_AFTER),
                released=look.amount,
                known=tuple(sorted({hit.code for hit in found})),
                verdict="released",
            )
            judgements._keep([self._judgement(move, later)], "passed")

    def _judgement(self, move, look):
        return {
            "move_id": move.id,
            "document_ref": f"account.move,{move.id}",
            "document_name": move.name,
            "partner_id": look.partner_id,
            "company_id": move.company_id.id,
            "stage": "invoice",
            "amount": move.company_id._ar_amount(look.amount),
            "judged_on": look.day,
            "verdict": look.verdict,
            "record": dump(look),
        }
