import json

from odoo import api, models
from odoo.tools import SQL

from .ar_rating_run import CHANGES


class ArRatingStore(models.AbstractModel):
    """Writes ratings of many customers: each step is one statement, however many they are."""

    _name = "ar.rating.store"
    _description = "Storage of Ratings"

    @api.model
    def _insert_items(self, run):
        """Customers with anything on the receivable accounts, a limit, or news from outside."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO ar_rating_item (run_id, company_id, partner_id, run_state,
                       create_uid, write_uid, create_date, write_date)
                SELECT %(run)s, %(company)s, partner_id, 'todo', %(user)s, %(user)s,
                       now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                  FROM (SELECT contact.commercial_partner_id AS partner_id
                          FROM (SELECT DISTINCT line.partner_id
                                  FROM account_move_line line
                                  JOIN account_account account
                                    ON account.id = line.account_id
                                   AND account.account_type = 'asset_receivable'
                                 WHERE line.company_id = ANY(%(books)s)
                                   AND line.parent_state = 'posted'
                                   AND line.date <= %(as_of)s) owing
                          JOIN res_partner contact ON contact.id = owing.partner_id
                         UNION SELECT partner_id FROM ar_credit_profile
                                WHERE company_id = %(company)s
                         UNION SELECT partner_id FROM ar_external_score
                                WHERE company_id = %(company)s AND partner_id IS NOT NULL
                         UNION SELECT partner_id FROM ar_financial_statement
                                WHERE company_id = %(company)s) customer
                 WHERE partner_id IS NOT NULL AND partner_id <> ALL(%(left)s)
                 ORDER BY partner_id
                """,
                run=run.id,
                company=run.company_id.id,
                books=run.company_id._ar_with_branches().ids,
                as_of=run.as_of_date,
                left=self.env["res.partner"]._ar_left_ids(),
                user=self.env.uid,
            )
        )
        self.env["ar.rating.item"].invalidate_model()

    @api.model
    def _claim(self, card):
        """Two runs that rate the same customers collide, and one is repeated."""
        card.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE ar_scorecard SET run_counter = COALESCE(run_counter, 0) + 1"
                " WHERE company_id = %s AND state = 'in_force'",
                card.company_id.id,
            )
        )

    @api.model
    def _customers_of(self, items):
        """{customer id: item id}"""
        items.flush_model(["partner_id"])
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT partner_id, id FROM ar_rating_item WHERE id = ANY(%s)",
                    items.ids,
                )
            )
        )

    # -- what came out --------------------------------------------------------------------

    @api.model
    def _store(self, run, item_ids, inputs, found):
        """New rows for what has changed; the rest is confirmed."""
        ranks = self.env["ar.credit.grade"]._ranks()
        before = self._load_previous(run, list(item_ids))
        new, confirmed, outcomes = [], [], []
        for partner_id, rating in found.items():
            last = before.get(partner_id)
            old_grade = last["grade_id"] if last else None
            movement = _movement(old_grade, rating.grade_id, ranks)
            outcomes.append((item_ids[partner_id], movement, old_grade))
            figures = inputs[partner_id]._asdict()
            if last and last["scorecard_id"] == run.scorecard_id.id:
                if _same(last, figures, rating):
                    confirmed.append(last["id"])
                    continue
            if rating.grade_id is None and not (last and last["grade_id"]):
                continue  # nothing was known of him, and nothing is
            new.append((partner_id, rating, figures, old_grade, movement))
        self._confirm(confirmed, run)
        self._insert(run, new)
        self._write_outcomes(run, outcomes)

    def _load_previous(self, run, partner_ids):
        """The last rating of each customer up to the day."""
        self.env["ar.rating"].flush_model()
        columns = (
            "partner_id",
            "id",
            "scorecard_id",
            "grade_id",
            "score",
            "inputs",
            "lines",
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (partner_id) %s FROM ar_rating
                 WHERE company_id = %s AND as_of_date <= %s AND partner_id = ANY(%s)
                 ORDER BY partner_id, as_of_date DESC, id DESC
                """,
                SQL(", ").join(map(SQL.identifier, columns)),
                run.company_id.id,
                run.as_of_date,
                partner_ids,
            )
        )
        return {row[0]: dict(zip(columns, row, strict=True)) for row in rows}

    def _confirm(self, rating_ids, run):
        self.env.cr.execute(
            SQL(
                "UPDATE ar_rating SET confirmed_on = GREATEST(confirmed_on, %s)"
                " WHERE id = ANY(%s)",
                run.as_of_date,
                rating_ids,
            )
        )

    def _insert(self, run, new):
        """The rating of the latest day is the current one of its customer."""
        partner_ids = [row[0] for row in new]
        self.env.cr.execute(
            SQL(
                """
                UPDATE ar_rating SET is_current = FALSE
                 WHERE company_id = %s AND partner_id = ANY(%s) AND is_current
                   AND as_of_date <= %s
                """,
                run.company_id.id,
                partner_ids,
                run.as_of_date,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO ar_rating (partner_id, company_id, run_id, scorecard_id,
                       as_of_date, confirmed_on, score, grade_id, previous_grade_id,
                       movement, data_percent, inputs, lines, is_current,
                       create_uid, write_uid, create_date, write_date)
                SELECT row.partner_id, %(company)s, %(run)s, %(card)s, %(as_of)s, %(as_of)s,
                       row.score / 100.0, row.grade_id, row.previous_grade_id, row.movement,
                       row.data_percent, row.inputs::jsonb, row.lines::jsonb,
                       NOT EXISTS (SELECT FROM ar_rating later
                                    WHERE later.partner_id = row.partner_id
                                      AND later.company_id = %(company)s
                                      AND later.is_current),
                       %(user)s, %(user)s, now() AT TIME ZONE 'UTC',
                       now() AT TIME ZONE 'UTC'
                  FROM unnest(%(partners)s::int[], %(scores)s::int[], %(grades)s::int[],
                              %(olds)s::int[], %(movements)s::text[], %(percents)s::int[],
                              %(inputs)s::text[], %(lines)s::text[])
                       AS row(partner_id, score, grade_id, previous_grade_id, movement,
                              data_percent, inputs, lines)
                """,
                company=run.company_id.id,
                run=run.id,
                card=run.scorecard_id.id,
                as_of=run.as_of_date,
                user=self.env.uid,
                partners=partner_ids,
                scores=[row[1].score for row in new],
                grades=[row[1].grade_id for row in new],
                olds=[row[3] for row in new],
                movements=[row[4] for row in new],
                percents=[row[1].data_percent for row in new],
                inputs=[json.dumps(row[2]) for row in new],
                lines=[json.dumps(row[1].lines) for row in new],
            )
        )
        self.env["ar.rating"].invalidate_model(flush=False)

    def _write_outcomes(self, run, outcomes):
        """What came out for each customer of the run, with the rating he has now."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE ar_rating_item item
                   SET movement = row.movement, previous_grade_id = row.old_grade_id,
                       rating_id = (SELECT id FROM ar_rating
                                     WHERE partner_id = item.partner_id
                                       AND company_id = %s AND as_of_date <= %s
                                     ORDER BY as_of_date DESC, id DESC LIMIT 1)
                  FROM unnest(%s::int[], %s::text[], %s::int[])
                       AS row(id, movement, old_grade_id)
                 WHERE item.id = row.id
                """,
                run.company_id.id,
                run.as_of_date,
                [id_ for id_, _movement, _old in outcomes],
                [movement for _id, movement, _old in outcomes],
                [old for _id, _movement, old in outcomes],
            )
        )
        self.env["ar.rating.item"].invalidate_model(flush=False)

    @api.model
    def _mark_done(self, items):
        self.env.cr.execute(
            SQL(
                "UPDATE ar_rating_item SET run_state = 'done'"
                " WHERE run_state = 'todo' AND id = ANY(%s)",
                items.ids,
            )
        )
        items.invalidate_recordset(["run_state"], flush=False)

    @api.model
    def _forget_unchanged(self, run):
        """Of earlier runs only what changed is kept."""
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM ar_rating_item
                 WHERE company_id = %s AND run_id < %s AND run_state = 'done'
                   AND movement NOT IN %s
                """,
                run.company_id.id,
                run.id,
                ("first", *CHANGES),
            )
        )
        self.env["ar.rating.item"].invalidate_model(flush=False)


def _movement(old, new, ranks):
    if new is None:
        return "none"
    if old is None:
        return "first"
    if ranks[new] == ranks[old]:
        return "same"
    return "up" if ranks[new] < ranks[old] else "down"


def _same(last, figures, rating):
    """Were the same figures found, and the same said of them?"""
    score = None if last["score"] is None else round(float(last["score"]) * 100)
    return (
        last["inputs"] == figures
        and score == rating.score
        and last["grade_id"] == rating.grade_id
        and last["lines"] == [list(line) for line in rating.lines]
    )
