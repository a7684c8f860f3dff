from dataclasses import dataclass, field

from odoo import api, fields, models

from ..engine.money import to_minor
from ..engine.rating.base import Inputs
from ..engine.simulation.grades import Rated, Timeline, grade_again
from ..engine.simulation.past import Limits, PastDocument, rebuild
from ..engine.simulation.record import Recorded
from ..engine.simulation.replay import Draft, graded_then
from .account_move_credit import CHARGING

#: ratings so long before the period still say how good somebody was at its beginning
BEFORE_MONTHS = 12


@dataclass
class Looks:
    """What is replayed; ``links`` says of each look to which records it leads."""

    rows: list = field(default_factory=list)
    links: dict = field(default_factory=dict)
    #: what of a document is still open long after it was due
    bad: dict = field(default_factory=dict)
    #: what the books say of these customers, and the entry of each document
    items: list = field(default_factory=list)
    applied: list = field(default_factory=list)
    moves: dict = field(default_factory=dict)


class ArSimulationPast(models.AbstractModel):
    """What simulations replay: looks and ratings that were kept, and what they leave out.

    A constant number of questions for any number of customers.
    """

    _name = "ar.simulation.past"
    _description = "Past of Simulations"

    @api.model
    def _customers(self, simulation):
        """Ids of customers of whom anything is to be replayed."""
        found = set()
        for model, day, domain in (
            ("ar.credit.judgement", "judged_on", []),
            ("ar.rating", "as_of_date", []),
        ):
            found |= self._partners(model, self._period(simulation, day) + domain)
        if simulation.with_past:
            found |= self._partners(
                "account.move", self._past_domain(simulation), "commercial_partner_id"
            )
        return found

    def _partners(self, model, domain, name="partner_id"):
        # sudo: ids of customers; who sees which of them is decided by the rules on items
        groups = self.env[model].sudo()._read_group(domain, [name])
        return {partner.id for (partner,) in groups if partner}

    def _period(self, simulation, name):
        return [
            ("company_id", "child_of", simulation.company_id.id),
            (name, ">=", simulation.date_from),
            (name, "<=", simulation.date_to),
        ]

    def _past_domain(self, simulation):
        return [
            *self._period(simulation, "invoice_date"),
            ("state", "=", "posted"),
            ("move_type", "in", CHARGING),
        ]

    # -- grades ---------------------------------------------------------------------------

    def _graded(self, simulation, partner_ids):
        """Ratings up to the end of the period, each rated again, in the order of days."""
        start = fields.Date.subtract(simulation.date_from, months=BEFORE_MONTHS)
        ratings = self.env["ar.rating"].search(
            [
                ("company_id", "=", simulation.company_id.id),
                ("partner_id", "in", partner_ids),
                ("as_of_date", ">=", start),
                ("as_of_date", "<=", simulation.date_to),
            ]
        )
        cards = {card.id: card._card() for card in ratings.scorecard_id}
        draft = simulation.scorecard_id
        return grade_again(
            self._rated(ratings, draft),
            cards,
            draft._card() if draft else None,
            draft.month_count,
        )

    def _rated(self, ratings, draft):
        """Ratings as the engine reads them; with figures of the draft's own window."""
        drafted = {}
        for card in ratings.scorecard_id if draft else ():
            if _window(card) != _window(draft):
                drafted |= self._drafted(
                    ratings.filtered(lambda one, c=card: one.scorecard_id == c), draft
                )
        return [
            Rated(
                one.id,
                one.partner_id.id,
                one.as_of_date,
                one.scorecard_id.id,
                Inputs(**(one.inputs or {})),
                one._stored(),
                one.scorecard_id.month_count,
                drafted.get(one.id),
            )
            for one in ratings
        ]

    def _drafted(self, ratings, draft):
        """{rating id: figures of its day by the draft's window}; questions per day."""
        found = {}
        by_day = ratings.grouped(lambda one: (one.as_of_date, one.run_id.by_dates))
        for (day, by_dates), own in by_day.items():
            known_on = None
            if not by_dates:
                known_on = self.env["ar.ledger"]._rating_known_on(day)
            figures = self.env["ar.rating.inputs"]._load(
                draft.company_id, draft._window(day), own.partner_id.ids, known_on
            )
            found |= {one.id: figures[one.partner_id.id] for one in own}
        return found

    # -- the draft ------------------------------------------------------------------------

    def _draft(self, simulation, partner_ids, graded):
        """What is tried, as the engine tries it."""
        ranks = self.env["ar.credit.grade"]._ranks()
        rules = limits = None
        if simulation.rules_kind == "draft":
            rules = tuple(
                rule._as_draft(partner_ids, ranks)
                for rule in simulation.rule_ids
                if rule.has_data
            )
        if simulation.limits_kind == "policy":
            limits = {
                policy.grade_id.id: policy._rule()
                for policy in simulation.policy_ids
                if policy.basis != "keep"
            }
        is_percent = simulation.limits_kind == "percent"
        return Draft(
            rules,
            simulation.limit_percent if is_percent else 100,
            limits,
            bool(simulation.scorecard_id),
            ranks,
            Timeline(graded),
        )

    # -- looks ----------------------------------------------------------------------------

    def _looks(self, simulation, partner_ids, draft):
        """Looks of the period that were kept, and rebuilt ones where nobody looked."""
        looks = Looks()
        judgements = self.env["ar.credit.judgement"].search(
            [
                *self._period(simulation, "judged_on"),
                ("partner_id", "in", partner_ids),
            ],
            order="judged_on, id",
        )
        numbers = {}
        for one in judgements:
            number = numbers.setdefault(one.document_ref, len(numbers) + 1)
            looks.rows.append(one._recorded()._replace(document=number))
            looks.links[one.id] = {
                "judgement_id": one.id,
                "move_id": one.move_id.id,
                "document_name": one.document_name,
            }
        moves = {
            numbers[one.document_ref]: one.move_id for one in judgements if one.move_id
        }
        self._add_bad(simulation, looks, moves)
        looks.moves = {number: move.id for number, move in moves.items()}
        looks.items, looks.applied = self.env["ar.ledger"]._past_items(
            simulation.date_to,
            partner_ids=partner_ids,
            company_ids=simulation.company_id._ar_with_branches().ids,
        )
        if simulation.with_past:
            self._add_past(simulation, partner_ids, looks, draft)
        return looks

    def _add_bad(self, simulation, looks, moves):
        """What is still open of documents long after they were due."""
        last = fields.Date.subtract(
            fields.Date.context_today(self), days=simulation.bad_days
        )
        for number, move in moves.items():
            due = move.invoice_date_due
            if move.state == "posted" and due and due < last:
                if (left := move.amount_residual_signed) > 0:
                    looks.bad[number] = left

    def _add_past(self, simulation, partner_ids, looks, draft):
        """Invoices nobody looked at, with what the books say of their day."""
        moves = self._unseen(simulation, partner_ids)
        if not moves:
            return
        minor = simulation.company_id._ar_minor
        documents = [
            PastDocument(
                move.id,
                move.commercial_partner_id.id,
                move.invoice_date,
                minor(move.amount_total_signed),
            )
            for move in moves
        ]
        limits = self._limits(simulation, partner_ids)
        standings = rebuild(documents, looks.items, looks.applied, limits)
        for one in documents:
            # a number of its own: judgements have positive ones
            looks.rows.append(
                Recorded(
                    -one.move_id,
                    -one.move_id,
                    one.partner_id,
                    one.day,
                    "invoice",
                    one.amount,
                    graded_then(standings[one.move_id], one, draft),
                    has_passed=True,
                )
            )
        for move in moves:
            looks.moves[-move.id] = move.id
            looks.links[-move.id] = {
                "move_id": move.id,
                "document_name": move.name,
                "is_past": True,
            }
        self._add_bad(simulation, looks, {-move.id: move for move in moves})

    def _unseen(self, simulation, partner_ids):
        """Posted invoices of the period that no rule has ever looked at."""
        moves = self.env["account.move"].search(
            [
                *self._past_domain(simulation),
                ("commercial_partner_id", "in", partner_ids),
                ("amount_total_signed", ">", 0),
            ],
            order="invoice_date, id",
        )
        seen = self.env["ar.credit.judgement"]._read_group(
            [("move_id", "in", moves.ids)], ["move_id"]
        )
        return moves - self.env["account.move"].union(*(move for (move,) in seen))

    def _limits(self, simulation, partner_ids):
        """{customer: Limits} in company currency at today's rate."""
        today = fields.Date.context_today(self)
        profiles = self.env["ar.credit.profile"].search(
            [
                ("partner_id", "in", partner_ids),
                ("company_id", "=", simulation.company_id.id),
            ]
        )
        entries = self.env["customer.audit.entry"].search_fetch(
            [
                ("event", "=", "credit.limit"),
                ("model", "=", "ar.credit.profile"),
                ("res_id", "in", profiles.ids),
            ],
            ["res_id", "payload", "at"],
            order="id",
        )
        before = {}
        for entry in entries:
            amount = ((entry.payload or {}).get("limit") or [(0, "")])[0][0]
            before.setdefault(entry.res_id, []).append((entry.at.date(), amount))
        ceilings = profiles._ceilings(today)
        found = {}
        for profile in profiles:
            digits = profile.currency_id.decimal_places
            changes = [
                (day, profile._to_company([to_minor(amount, digits)], today)[0])
                for day, amount in before.get(profile.id, ())
            ]
            found[profile.partner_id.id] = Limits(
                ceilings[profile].limit or 0,
                tuple(changes),
                profile.valid_from or None,
                profile.valid_to or None,
            )
        return found


def _window(card):
    return card.month_count, card.recent_month_count, card.grace_days
