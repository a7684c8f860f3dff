import json

from odoo import models
from odoo.tools import SQL


class AccountMove(models.Model):
    """Journal entries that name no customer, judged by the customers of their items.

    A function of the database, because the planner takes the question, asked in the query
    itself, for something it might have to answer for every entry: it would plan, and compile,
    for minutes what concerns a few. So it costs what it costs, where there is no customer.
    """

    _inherit = "account.move"

    def init(self):
        self.env.cr.execute(
            SQL("""
            CREATE OR REPLACE FUNCTION customer_ar_items_open(
                   entry integer, houses integer[], scopes jsonb)
            RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE COST 10 AS $ar$
            BEGIN
                RETURN NOT EXISTS (
                    SELECT FROM account_move_line item
                      JOIN res_partner contact ON contact.id = item.partner_id
                      JOIN res_partner entity ON entity.id = contact.commercial_partner_id
                     WHERE item.move_id = entry
                       AND contact.partner_share IS NOT FALSE
                       AND entity.id <> ALL (houses)
                       -- none of the scopes opens it: in each one, a dimension closes it
                       AND NOT EXISTS (
                           SELECT FROM jsonb_array_elements(scopes) AS scope
                            WHERE NOT EXISTS (
                                  SELECT FROM jsonb_array_elements(scope) AS one
                                   WHERE CASE
                                         WHEN to_jsonb(entity) ->> (one ->> 0) IS NULL
                                         THEN NOT (one ->> 2)::boolean
                                         ELSE NOT (one -> 1)
                                              @> (to_jsonb(entity) -> (one ->> 0)) END)));
            END $ar$
        """)
        )
        return super().init()


def items_open_sql(rule, model, alias, scopes):
    """Condition on a journal entry: none of its items belongs to a closed customer."""
    columns = dict(rule.columns)
    plain = [
        [
            [
                columns.get(one.dimension_id, ""),
                sorted(one.category_ids),
                one.uncategorized,
            ]
            for one in found
        ]
        for found in scopes
    ]
    items = model.env["account.move.line"]
    return SQL(
        "customer_ar_items_open(%s, %s::int[], %s::jsonb)",
        SQL.identifier(alias, "id"),
        list(rule.houses),
        json.dumps(plain),
        to_flush=[items._fields["partner_id"], items._fields["move_id"]],
    )
