from odoo import api, models
from odoo.tools import SQL

from .customer_audit_trigger import Table

#: records named per table; more of the same tell nothing new
MOST = 100


class CustomerAuditPolicy(models.Model):
    """Finds what was changed past the log, by somebody who switched the recording off.

    The last entry of a field says what it should hold now. Hidden fields are compared by
    their salted digest, relations are not compared.
    """

    _inherit = "customer.audit.policy"

    @api.model
    def _mismatches(self):
        """(model, id, fields) of records that differ from their last entries."""
        self.env.flush_all()
        for policy in self._current():
            for table in policy._tables():
                if isinstance(table, Table) and "update" in table.operations:
                    query = self._mismatch_query(table, policy.write_date)
                    rows = self.env.execute_query(query)
                    yield from ((table.model, id_, names) for id_, names in rows)

    @api.model
    def _mismatch_query(self, table, since):
        return SQL(
            """
            SELECT row.id, string_agg(said.name, ', ' ORDER BY said.name)
              FROM (SELECT DISTINCT ON (entry.res_id, entry.name) entry.*
                      FROM (SELECT e.res_id, e.id, item.key AS name, item.value -> 1 AS value
                              FROM customer_audit_entry e, jsonb_each(e.payload) item
                             WHERE e.model = %(model)s AND e.event = 'record.write'
                               AND item.key = ANY(%(columns)s)
                             UNION ALL
                            -- a new record had nothing in the fields its entry does not name
                            SELECT e.res_id, e.id, name, e.payload -> name
                              FROM customer_audit_entry e, unnest(%(columns)s::text[]) name
                             WHERE e.model = %(model)s AND e.event = 'record.create'
                               AND (e.payload ? name OR e.at >= %(since)s)
                           ) entry
                     ORDER BY entry.res_id, entry.name, entry.id DESC) said
              JOIN %(table)s row ON row.id = said.res_id
             CROSS JOIN LATERAL (SELECT to_jsonb(row) -> said.name AS value) held
             WHERE CASE WHEN said.name = ANY(%(hidden)s)
                         AND said.value #>> '{}' LIKE 'sha256:%%'
                        THEN customer_audit_hide(NULLIF(held.value, 'null'),
                                 split_part(said.value #>> '{}', ':', 2))
                        ELSE NULLIF(held.value, 'null') END
                   IS DISTINCT FROM NULLIF(said.value, 'null')
             GROUP BY row.id ORDER BY row.id LIMIT %(most)s
            """,
            model=table.model,
            since=since,
            columns=list(table.columns),
            hidden=list(table.hidden),
            table=SQL.identifier(table.name),
            most=MOST,
        )
