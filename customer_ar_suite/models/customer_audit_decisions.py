from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from . import customer_change_decide, customer_closing_decision
from .customer_audit_mismatch import MOST
from .customer_change_submit import REQUESTED as CHANGE_REQUESTED
from .customer_closing_request import REQUESTED as CLOSING_REQUESTED


class Document(NamedTuple):
    """What the log says of a kind of request when all went by its own steps."""

    model: str
    asked: str  # the event with the fingerprint
    votes: dict  # {event: verdict}
    vote_model: str
    line: SQL  # what a vote is about, besides the request: as kept …
    told: SQL  # … and as the log tells it
    ends: dict  # {state: events by which it is reached}


CHANGES = Document(
    "customer.change.request",
    CHANGE_REQUESTED,
    customer_change_decide.VOTES,
    "customer.change.decision",
    SQL("vote.line_id"),
    SQL("jsonb_array_elements_text(log.payload -> 'lines')::int"),
    {
        "approved": ("change.approved",),
        "partly": ("change.partly",),
        "rejected": ("change.rejected",),
        "stale": ("change.stale",),
        "cancelled": ("change.cancel",),
        "expired": ("change.expire",),
    },
)
CLOSINGS = Document(
    "customer.closing.request",
    CLOSING_REQUESTED,
    customer_closing_decision.VOTES,
    "customer.closing.vote",
    SQL("0"),
    SQL("0"),
    {
        "done": ("closing.close", "closing.delete", "closing.reopen"),
        "rejected": ("closing.reject",),
        "cancelled": ("closing.cancel", "closing.expire", "closing.merged"),
    },
)


class CustomerAuditFinding(models.Model):
    _inherit = "customer.audit.finding"

    code = fields.Selection(
        selection_add=[("decision_differs", "Request decided past its own steps")],
        ondelete={"decision_differs": "cascade"},
    )


class CustomerAuditCheckItem(models.Model):
    """Requests and votes against the log: who writes them in the database is found out."""

    _inherit = "customer.audit.check.item"

    def _compare_records(self):
        result = super()._compare_records()
        self._find(
            [
                {
                    "code": "decision_differs",
                    "detail": f"{document.model},{id_}: {what}",
                }
                for document in (CHANGES, CLOSINGS)
                for id_, what in self._odd_decisions(document)
            ]
        )
        return result

    @api.model
    def _odd_decisions(self, document):
        """(id, what differs) of requests that are not as their own steps have logged them.

        Where the details of an entry were erased, what stood there is not compared.
        """
        self.env.flush_all()
        ends = [(s, event) for s, events in document.ends.items() for event in events]
        events = {document.asked, *document.votes, *(event for _s, event in ends)}
        return self.env.execute_query(
            SQL(
                """
                WITH log AS (
                     SELECT id, res_id, user_id, event, payload FROM customer_audit_entry
                      WHERE model = %(model)s AND event = ANY(%(events)s)
                ), asked AS (
                     SELECT DISTINCT ON (res_id) res_id AS id, payload ->> 'hash' AS hash
                       FROM log WHERE event = %(asked)s ORDER BY res_id, id DESC
                ), ended AS (
                     SELECT DISTINCT ON (res_id) res_id AS id, event FROM log
                      WHERE event = ANY(%(end_events)s) ORDER BY res_id, id DESC
                ), told AS (
                     SELECT log.res_id AS id, %(told)s AS line, log.user_id, word.verdict
                       FROM log JOIN unnest(%(vote_events)s, %(verdicts)s)
                                AS word(event, verdict) USING (event)
                ), held AS (
                     SELECT vote.request_id AS id, %(line)s AS line, vote.user_id, verdict
                       FROM %(vote_table)s vote
                ), votes AS (
                     (TABLE told EXCEPT TABLE held) UNION (TABLE held EXCEPT TABLE told)
                ), odd AS (
                     SELECT id, 'votes' AS what FROM votes WHERE id NOT IN (
                            SELECT res_id FROM log WHERE payload IS NULL)
                      UNION
                     SELECT asked.id, 'id' FROM asked LEFT JOIN %(table)s row USING (id)
                      WHERE row.id IS NULL
                      UNION
                     SELECT row.id, 'payload_hash' FROM %(table)s row
                       LEFT JOIN asked USING (id)
                      WHERE row.state <> 'draft' AND (asked.id IS NULL
                            OR asked.hash <> COALESCE(row.payload_hash, ''))
                      UNION
                     SELECT row.id, 'state' FROM %(table)s row LEFT JOIN ended USING (id)
                      WHERE CASE WHEN row.state = ANY(%(end_states)s)
                            THEN (row.state, COALESCE(ended.event, '')) NOT IN (
                                 SELECT * FROM unnest(%(end_states)s, %(end_events)s))
                            ELSE ended.id IS NOT NULL END
                )
                SELECT id, string_agg(what, ', ' ORDER BY what)
                  FROM odd GROUP BY id ORDER BY id LIMIT %(most)s
                """,
                model=document.model,
                events=sorted(events),
                asked=document.asked,
                end_states=[state for state, _event in ends],
                end_events=[event for _state, event in ends],
                vote_events=list(document.votes),
                verdicts=list(document.votes.values()),
                told=document.told,
                line=document.line,
                vote_table=SQL.identifier(self.env[document.vote_model]._table),
                table=SQL.identifier(self.env[document.model]._table),
                most=MOST,
            )
        )
