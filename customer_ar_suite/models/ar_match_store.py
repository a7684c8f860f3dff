import json

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, split_every

from ..engine.matching.quality import evidence_class
from ..engine.money import from_minor

#: proposals of one statement: what fails is logged as a whole
CHUNK_SIZE = 1000

# What the database makes of one proposal, and of one allocation.
_PROPOSAL = SQL("""
    receipt int, partner_id int, currency_id int, journal_id int, date date,
    receipt_amount numeric, applied_amount numeric, remainder_amount numeric,
    short_amount numeric, allocation_count int, remittance_id int, evidence jsonb,
    evidence_class varchar, confidence int, confidence_class varchar,
    is_unique boolean, alternative_count int
""")
_ALLOCATION = SQL("""
    receipt int, sequence int, item_line_id int, amount numeric, paid_amount numeric,
    open_amount numeric
""")


class ArMatchProposal(models.Model):
    """Stores what the engine proposes: each step is one statement, however many there are.

    What is proposed for all open receipts of a company is thousands of rows; the ORM would
    take four fifths of the time of a run for them.
    """

    _inherit = "ar.match.proposal"

    @api.model
    def _create_from_engine(self, run, receipts, proposals):
        """Store what the engine proposes, in place of older undecided proposals."""
        # sudo: nobody has the right to write proposals; the right to match was checked
        model = self.sudo()
        model.search(
            self._of_receipts(receipts) & Domain("state", "=", "proposed")
        ).unlink()
        made = model._insert_from_engine(run, proposals)
        for proposal, one in zip(made, proposals, strict=True):
            if one.adjustments:
                proposal._add_adjustments([(*row, "") for row in one.adjustments])
        return made.with_env(self.env)

    def _insert_from_engine(self, run, proposals):
        """The new records, in the order of the engine's proposals."""
        self.env.flush_all()
        if self._ar_audit_watched():
            self.env["customer.audit.policy"]._tell_actor()
        made = self.browse()
        for chunk in split_every(CHUNK_SIZE, proposals, list):
            rows = [self._engine_row(one) for one in chunk]
            ids = self._insert_proposals(run, rows)
            parts = [row for one in chunk for row in self._engine_parts(one)]
            self._insert_allocations(run, ids, parts)
            made += self.browse([ids[one.receipt.line_id] for one in chunk])
        run.invalidate_recordset(["proposal_ids"])
        self.env["ar.match.allocation"].invalidate_model()
        return made

    def _insert_proposals(self, run, rows):
        """{receipt: id of its proposal}; staged receipts have ids below zero"""
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    INSERT INTO ar_match_proposal (run_id, company_id, statement_line_id,
                           import_line_id, journal_id, date, partner_id, currency_id,
                           receipt_amount, applied_amount, remainder_amount, short_amount,
                           allocation_count, remittance_id, evidence, evidence_class,
                           confidence, confidence_class, is_unique, alternative_count,
                           kind, state, run_state, is_automatic, is_manual,
                           keep_as_advance, create_uid, write_uid, create_date, write_date)
                    SELECT %(run)s, %(company)s, CASE WHEN receipt > 0 THEN receipt END,
                           CASE WHEN receipt < 0 THEN -receipt END,
                           journal_id, date, partner_id,
                           currency_id, receipt_amount, applied_amount, remainder_amount,
                           short_amount, allocation_count, remittance_id, evidence,
                           evidence_class, confidence, confidence_class, is_unique,
                           alternative_count, 'receipt', 'proposed', 'todo', false, false,
                           false, %(user)s, %(user)s, %(now)s, %(now)s
                      FROM jsonb_to_recordset(%(rows)s::jsonb) AS made (%(columns)s)
                    RETURNING COALESCE(statement_line_id, -import_line_id), id
                    """,
                    run=run.id,
                    company=run.company_id.id,
                    user=self.env.uid,
                    now=self.env.cr.now(),
                    rows=json.dumps(rows),
                    columns=_PROPOSAL,
                )
            )
        )

    def _insert_allocations(self, run, proposal_ids, rows):
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO ar_match_allocation (proposal_id, company_id, sequence,
                       item_line_id, amount, paid_amount, open_amount,
                       create_uid, write_uid, create_date, write_date)
                SELECT proposal.id, %(company)s, sequence, item_line_id, amount,
                       paid_amount, open_amount, %(user)s, %(user)s, %(now)s, %(now)s
                  FROM jsonb_to_recordset(%(rows)s::jsonb) AS made (%(columns)s)
                  JOIN ar_match_proposal proposal
                    ON COALESCE(proposal.statement_line_id, -proposal.import_line_id)
                       = made.receipt
                   AND proposal.id = ANY(%(ids)s)
                """,
                company=run.company_id.id,
                user=self.env.uid,
                now=self.env.cr.now(),
                rows=json.dumps(rows),
                columns=_ALLOCATION,
                ids=list(proposal_ids.values()),
            )
        )

    def _engine_row(self, one):
        """A proposal as the database reads it; exact amounts as texts."""
        receipt = one.receipt
        applied = sum(part.used for part in one.allocations)
        short = sum(one.open_amounts) - sum(part.amount for part in one.allocations)
        amounts = {
            "receipt_amount": receipt.amount,
            "applied_amount": applied,
            "remainder_amount": receipt.amount - applied,
            "short_amount": short,
        }
        return {
            **_shown(amounts, receipt.digits),
            "receipt": receipt.line_id,
            "partner_id": one.partner_id or None,
            "currency_id": receipt.currency_id,
            "journal_id": receipt.journal_id,
            "date": receipt.date.isoformat(),
            "allocation_count": len(one.allocations),
            "remittance_id": next(
                (e.params["advice"] for e in one.evidence if "advice" in e.params),
                None,
            ),
            "evidence": [
                {"code": e.code, "points": e.points, "params": e.params}
                for e in one.evidence
            ],
            "evidence_class": evidence_class(one),
            "confidence": one.confidence,
            "confidence_class": self._class_of(one.confidence),
            "is_unique": one.is_unique,
            "alternative_count": one.alternatives,
        }

    def _engine_parts(self, one):
        """The allocations of a proposal as the database reads them."""
        for sequence, (part, open_amount) in enumerate(
            zip(one.allocations, one.open_amounts, strict=True)
        ):
            amounts = {
                "amount": part.amount,
                "paid_amount": part.used,
                "open_amount": open_amount,
            }
            yield {
                **_shown(amounts, one.receipt.digits),
                "receipt": one.receipt.line_id,
                "sequence": sequence,
                "item_line_id": part.item_line_id,
            }


def _shown(amounts, digits):
    """Minor units as decimal texts, which lose nothing on the way."""
    return {name: str(from_minor(amount, digits)) for name, amount in amounts.items()}
