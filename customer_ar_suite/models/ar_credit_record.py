from odoo import api, fields, models

from ..engine.credit_hold import is_told, verdict
from ..engine.simulation.record import Recorded, dump


class ArCreditCheck(models.AbstractModel):
    """What is kept of a look at documents, so that it can be looked again."""

    _inherit = "ar.credit.check"

    @api.model
    def _look(self, papers, stage):
        """Values of ``ar.credit.judgement`` of these documents, in their order.

        Nothing where no rule is in force: what nobody looks at leaves no trace.
        """
        # sudo: the same for everybody, as in _judge
        check = self.sudo()
        papers = [paper for paper in papers if paper.amount > 0 and paper.partner_id]
        rules, profiles = check._applying(papers, stage)
        if not rules and not any(profile.is_on_hold for profile in profiles.values()):
            return []
        standings = check._standings(papers, profiles, rules, whole=True)
        looks = check._find(papers, standings, rules, profiles, alone=False)
        releases = check._releases([paper.record for paper in papers])
        return [
            check._look_values(paper, look, releases.get(paper.record), stage)
            for paper, look in looks.items()
        ]

    def _look_values(self, paper, look, release, stage):
        company = self.env["res.company"].browse(paper.company_id)
        known = release._known_codes() if release else []
        left = company._ar_minor(release._left()) if release else None
        counted = left if is_told(look.hits, known) else None
        found = verdict(look.hits, paper.amount, counted)
        kept = Recorded(
            0,
            0,
            paper.partner_id,
            fields.Date.context_today(self),
            stage,
            paper.amount,
            look.standing,
            look.posted,
            look.family_posted,
            left,
            tuple(known),
            look.rules,
            tuple(look.hits),
            found,
        )
        return {
            **self._document_link(paper.record),
            "partner_id": paper.partner_id,
            "company_id": paper.company_id,
            "document_name": paper.record.display_name,
            "stage": stage,
            "amount": company._ar_amount(paper.amount),
            "judged_on": kept.day,
            "verdict": found,
            "record": dump(kept),
        }

    def _document_link(self, record):
        """The field that points to the document, and a name that outlives it."""
        judgements = self.env["ar.credit.judgement"]
        for name in judgements._document_fields():
            if judgements._fields[name].comodel_name == record._name:
                return {name: record.id, "document_ref": f"{record._name},{record.id}"}
        return {"document_ref": f"{record._name},{record.id}"}
