from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL, formatLang

from ..engine.credit_hold import CUSTOMER_HOLD, Standing, hits, verdict
from ..engine.exposure import Parts, together
from ..engine.money import from_minor

#: what becomes of a document, as it is shown on it
VERDICTS = [
    ("free", "Free"),
    ("warn", "Warning"),
    ("approve", "Release Needed"),
    ("block", "Blocked"),
    ("released", "Released"),
]


class Paper(NamedTuple):
    """A document to be judged; amounts in minor units of the company's currency."""

    record: object
    partner_id: int
    company_id: int
    amount: int
    own_exposure: int = 0  #: what the exposure already holds of it
    own_drafts: int = 0  #: … as a draft invoice


@dataclass
class Judgement:
    """What the rules found about a document, and what becomes of it."""

    hits: list = field(default_factory=list)
    verdict: str = "free"
    release: object = None


class ArCreditCheck(models.AbstractModel):
    """Judges documents before they are posted or confirmed: rules, standing, releases.

    Any number of documents costs the same few questions. The same rights for everybody:
    what is held does not depend on who posts, from where, or with which context.
    """

    _name = "ar.credit.check"
    _description = "Credit Check"

    @api.model
    def _judge(self, papers, stage, alone=False):
        """{document: Judgement} of those that are not simply free.

        :param papers: :class:`Paper` rows; of one customer in the order in which they pass
        :param stage: ``invoice`` (posting); bridges add theirs
        :param alone: each document as if none of the others passed before it
        """
        # sudo: see the class
        check = self.sudo()
        papers = [paper for paper in papers if paper.amount > 0 and paper.partner_id]
        rules, profiles = check._applying(papers, stage)
        if not rules and not any(profile.is_on_hold for profile in profiles.values()):
            return {}
        standings = check._standings(papers, profiles, rules)
        found = check._find(papers, standings, rules, profiles, alone)
        return check._released(papers, found) if found else {}

    def _applying(self, papers, stage):
        """(rules that may apply, {(customer, company): profile})."""
        if not papers:
            return self.env["ar.hold.rule"], {}
        companies = {paper.company_id for paper in papers}
        partners = {paper.partner_id for paper in papers}
        profiles = self.env["ar.credit.profile"].search(
            [
                ("partner_id", "in", list(partners)),
                ("company_id", "in", list(companies)),
            ]
        )
        return self.env["ar.hold.rule"]._in_force(companies, stage), {
            (profile.partner_id.id, profile.company_id.id): profile
            for profile in profiles
        }

    # -- standing -------------------------------------------------------------------------

    def _standings(self, papers, profiles, rules):
        """{(customer, company): Standing} with all documents still in the exposure."""
        keys = {(paper.partner_id, paper.company_id) for paper in papers}
        rows, allowed, families = {}, {}, {}
        today = fields.Date.context_today(self)
        grades = self._grades(keys, rules, today)
        known = self.env["ar.credit.profile"].union(*profiles.values())
        if rules:
            members = known.family_id.profile_ids
            rows = self.env["ar.ledger"]._exposures(
                today,
                list({key[0] for key in keys} | set(members.partner_id.ids)),
                list({key[1] for key in keys}),
            )
            allowed = known._ceilings(today)
            families = self._families(known.family_id, rows)
        return {
            key: self._standing(
                profiles.get(key, self.env["ar.credit.profile"]),
                rows.get(key),
                allowed,
                families,
            )._replace(**grades.get(key, {}))
            for key in keys
        }

    def _grades(self, keys, rules, today):
        """{(customer, company): grade and its rank}, where a rule looks at grades."""
        if not any(rule.trigger == "grade" for rule in rules):
            return {}
        ranks = self.env["ar.credit.grade"]._ranks()
        found = {}
        for company_id in {key[1] for key in keys}:
            customers = [key[0] for key in keys if key[1] == company_id]
            company = self.env["res.company"].browse(company_id)
            standing = self.env["ar.rating"]._standing(customers, company, today)
            for id_, (grade_id, _rating, _override) in standing.items():
                if grade_id:
                    found[id_, company_id] = {
                        "grade_id": grade_id,
                        "grade_rank": ranks[grade_id],
                    }
        return found

    def _standing(self, profile, row, allowed, families):
        parts = row.parts if row else Parts()
        family, limit = families.get(profile.family_id, (Parts(), None))
        return Standing(
            exposure=parts.total,
            drafts=parts.draft_invoices,
            allowed=allowed[profile].allowed if profile in allowed else None,
            family_exposure=family.total,
            family_drafts=family.draft_invoices,
            family_allowed=limit,
            valid_from=profile.valid_from or None,
            valid_to=profile.valid_to or None,
            oldest_due=row.oldest_due if row else None,
            overdue=row.overdue if row else 0,
            is_on_hold=profile.is_on_hold,
        )

    def _families(self, families, rows):
        """{family: (Parts of all members, what is allowed)}."""
        return {
            family: (
                together(
                    rows[key].parts
                    for member in family.profile_ids
                    if (key := (member.partner_id.id, family.company_id.id)) in rows
                ),
                family._ceiling().allowed,
            )
            for family in families.filtered("active")
        }

    # -- findings -------------------------------------------------------------------------

    def _find(self, papers, standings, rules, profiles, alone):
        """{paper: hits}; documents of one customer or family add up as they pass."""
        today = fields.Date.context_today(self)
        ranks = self.env["ar.credit.grade"]._ranks() if rules.grade_id else {}
        scopes = {
            rule: rule._customers({paper.partner_id for paper in papers}, today)
            for rule in rules
        }
        passed, found = defaultdict(int), {}
        for paper in papers:
            key = paper.partner_id, paper.company_id
            company = self.env["res.company"].browse(paper.company_id)
            applying = [
                rule._as_engine(company, ranks)
                for rule in rules
                if paper.partner_id in scopes[rule]
                and rule.company_id.id in (False, paper.company_id)
            ]
            standing = _without(standings[key], paper)
            family = profiles[key].family_id if key in profiles else None
            before = passed[key], passed[family]
            if hit := hits(standing, applying, paper.amount, today, *before):
                found[paper] = hit
            if not alone:
                passed[key] += paper.amount
                passed[family] += paper.amount
        return found

    def _released(self, papers, found):
        """{document: Judgement} with the releases there are."""
        judged = {}
        releases = self._releases([paper.record for paper in found])
        for paper, hit in found.items():
            release = releases.get(paper.record)
            left = None
            # what only warns needs nobody's leave
            held = {one.code for one in hit if one.action != "warn"}
            if release and release._tells(held):
                company = self.env["res.company"].browse(paper.company_id)
                left = company._ar_minor(release._left())
            judged[paper.record] = Judgement(
                hit, verdict(hit, paper.amount, left), release
            )
        return judged

    def _releases(self, records):
        """{document: release in force}."""
        kept = [record._origin for record in records if record._origin]
        if not kept:
            return {}
        found = self.env["ar.credit.release"]._covering(kept[0].union(*kept))
        return {
            record: found[record._origin]
            for record in records
            if record._origin in found
        }

    # -- asking for a release -------------------------------------------------------------

    @api.model
    def _request_values(self, document):
        """What a request for ``document`` says, and what the reader is told of it."""
        document.ensure_one()
        (paper,) = document._ar_papers() or [None]
        found = (
            self._judge([paper], document._ar_stage).get(document) if paper else None
        )
        company = document.company_id
        digits = company.currency_id.decimal_places
        return {
            **self.env["ar.credit.release"]._document_values(document),
            "partner_id": paper.partner_id if paper else False,
            "company_id": company.id,
            "document_name": document.display_name,
            "amount": from_minor(paper.amount if paper else 0, digits),
            "asked_amount": from_minor(paper.amount if paper else 0, digits),
            "hits_json": [list(hit) for hit in found.hits] if found else [],
            "verdict": found.verdict if found else "free",
            "hits_text": "\n".join(self._sentences(found.hits, company))
            if found
            else "",
        }

    # -- at the same moment ---------------------------------------------------------------

    @api.model
    def _lock(self, partner_ids, company_ids):
        """Have two that would take the same headroom collide.

        Transactions see the database as it was when they began: a lock alone would let the
        second one compute with the old figure. The update makes it fail and be repeated.
        Customers without a profile have no limit that could be taken twice.
        """
        # sudo: counters of profiles the user need not see
        profiles = (
            self.env["ar.credit.profile"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", list(partner_ids)),
                    ("company_id", "in", list(company_ids)),
                ]
            )
        )
        self._bump(profiles)

    @api.model
    def _bump(self, profiles):
        """Count up on profiles and their families, always in the same order."""
        for records in (profiles, profiles.family_id):
            if not records:
                continue
            records.flush_recordset()
            self.env.cr.execute(
                SQL(
                    """
                    WITH locked AS (
                        SELECT id FROM %(table)s WHERE id = ANY(%(ids)s)
                         ORDER BY id FOR NO KEY UPDATE)
                    UPDATE %(table)s SET version = COALESCE(version, 0) + 1
                     WHERE id IN (SELECT id FROM locked)
                    """,
                    table=SQL.identifier(records._table),
                    ids=records.ids,
                )
            )
            records.invalidate_recordset(["version"], flush=False)

    # -- sentences ------------------------------------------------------------------------

    @api.model
    def _sentences(self, found, company):
        """What was found, in the reader's language; codes and figures are what is kept."""
        # two rules may find the same
        return list(dict.fromkeys(self._sentence(hit, company) for hit in found))

    def _sentence(self, hit, company):
        currency = company.currency_id
        amount, allowed = (
            formatLang(
                self.env,
                float(from_minor(value, currency.decimal_places)),
                currency_obj=currency,
            )
            for value in (hit.amount, hit.allowed)
        )
        if hit.code == CUSTOMER_HOLD:
            return self.env._("The customer is on hold.")
        if hit.code == "over_limit" and hit.amount <= 0:
            return self.env._(
                "The limit of %(allowed)s is nearly used up.", allowed=allowed
            )
        if hit.code == "over_limit":
            return self.env._(
                "The credit limit of %(allowed)s would be exceeded by %(amount)s.",
                allowed=allowed,
                amount=amount,
            )
        if hit.code == "over_family_limit":
            return self.env._(
                "The group limit of %(allowed)s of the customer's family would be exceeded "
                "by %(amount)s.",
                allowed=allowed,
                amount=amount,
            )
        if hit.code == "overdue":
            return self.env._(
                "%(amount)s is overdue, the oldest item for %(days)s days.",
                amount=amount,
                days=hit.days,
            )
        if hit.code == "grade":
            # sudo: the name of a grade
            grade = self.env["ar.credit.grade"].sudo().browse(hit.grade_id)
            return self.env._(
                "The customer's credit grade is %(grade)s.", grade=grade.name
            )
        if hit.code == "limit_not_yet":
            return self.env._("The credit limit is not valid yet.")
        return self.env._("The credit limit expired %(days)s days ago.", days=hit.days)


def _without(standing, paper):
    """The standing as if the document were not there yet."""
    return standing._replace(
        exposure=standing.exposure - paper.own_exposure,
        drafts=standing.drafts - paper.own_drafts,
        family_exposure=standing.family_exposure - paper.own_exposure,
        family_drafts=standing.family_drafts - paper.own_drafts,
    )
