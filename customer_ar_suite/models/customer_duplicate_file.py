"""Which rows of one file may be the same customer?"""

from odoo import api, models
from odoo.tools import SQL, split_every

from ..engine.duplicates.bound import Bound
from ..engine.duplicates.keys import COMMON, pairs_that_share
from ..engine.duplicates.packed import packed, unpacked
from ..engine.duplicates.score import compare
from .customer_duplicate_index import int_column

#: rows compared at a time: bounds memory, not the result
_CHUNK = 2_000
#: how many rows share keys is guessed far too high: compiling the statements would take longer
#: than they do; and all pairs are fetched, not the first ones
_PLAIN = """SELECT set_config('jit', 'off', true),
                   set_config('cursor_tuple_fraction', '1', true)"""


class CustomerDuplicateFinder(models.AbstractModel):
    """``_find_inside`` a file; and in one go with the search in the books."""

    _inherit = "customer.duplicate.finder"

    @api.model
    def _find_inside(self, rows, company=None):
        """Pairs of rows of one file that may be the same customer.

        Takes any number of rows: their keys and forms go to tables of this transaction as
        they come, and only rows that share keys come back to be compared.

        :param rows: iterable of ``Customer``, read once; keys are positive
        :return: iterator of (key, later key, score, is_exact, reasons)
        """
        hidden = self._hidden_fields()
        self._begin_file()
        for chunk in split_every(_CHUNK, rows, list):
            self._note_rows(self._keyed(chunk, hidden))
        yield from self._pairs_inside(company or self.env.company)

    @api.model
    def _find_among(self, rows, company):
        """``_find`` and ``_find_inside`` for the rows of a file small enough to be held.

        :return: (customers of each row, iterator of pairs)
        """
        self.env["customer.duplicate.index"]._refresh_pending()
        self.env.cr.execute(SQL(_PLAIN))
        hidden = self._hidden_fields()
        keyed = self._keyed(rows, hidden)
        known = {row: form for row, (form, _keys) in keyed.items()}
        pairs = pairs_that_share({row: own for row, (_form, own) in keyed.items()})
        found = self._find_chunk(keyed, company, hidden)
        return found, self._alike(pairs, known, company, hidden)

    @api.model
    def _find_and_note(self, rows, company):
        """``_find`` for a part of a file, whose rows are to be compared with each other too.

        A file begins with ``_begin_file``; after its last part ``_pairs_inside`` says what
        ``_find_inside`` would.
        """
        self.env["customer.duplicate.index"]._refresh_pending()
        hidden = self._hidden_fields()
        found = {}
        for chunk in split_every(_CHUNK, rows, list):
            keyed = self._keyed(chunk, hidden)
            self._note_rows(keyed)
            found |= self._find_chunk(keyed, company, hidden)
        return found

    @api.model
    def _begin_file(self):
        """Empty tables of keys and forms, gone with the transaction."""
        cr = self.env.cr
        cr.execute(
            SQL(
                """DROP TABLE IF EXISTS customer_duplicate_row, customer_duplicate_form;
                CREATE TEMP TABLE customer_duplicate_row (num int, value int)
                    ON COMMIT DROP;
                CREATE TEMP TABLE customer_duplicate_form (num int PRIMARY KEY, form text)
                    ON COMMIT DROP"""
            )
        )
        cr.execute(SQL(_PLAIN))

    @api.model
    def _note_rows(self, keyed):
        """Enter the keys and the forms of rows of the file."""
        forms = [packed(form) for form, _keys in keyed.values()]
        cr = self.env.cr
        cr.execute(
            SQL(
                """INSERT INTO customer_duplicate_row
                SELECT * FROM unnest(%s::int[], %s::int[])""",
                *_columns(keyed),
            )
        )
        cr.execute(
            SQL(
                """INSERT INTO customer_duplicate_form
                SELECT * FROM unnest(%s::int[], %s::text[])""",
                int_column(keyed),
                forms,
            )
        )

    @api.model
    def _pairs_inside(self, company):
        """Compare the rows of the file that share keys, see ``_find_inside``."""
        hidden, known = self._hidden_fields(), {}
        for chunk in split_every(_CHUNK, self._pairs_of_rows(), list):
            asked = {key for pair in chunk for key in pair}
            known = {key: known[key] for key in asked & known.keys()}
            known |= self._noted(asked - known.keys())
            yield from self._alike(chunk, known, company, hidden)

    @api.model
    def _noted(self, rows):
        """{row: its comparable form} of rows that were entered."""
        found = self.env.execute_query(
            SQL(
                "SELECT num, form FROM customer_duplicate_form WHERE num = ANY(%s::int[])",
                int_column(rows),
            )
        )
        return {row: unpacked(form) for row, form in found}

    @api.model
    def _alike(self, pairs, known, company, hidden):
        """Those of the pairs that may be one customer."""
        points = self.env["customer.duplicate.weight"]._points()
        threshold = company.ar_duplicate_threshold
        bound = Bound(points, threshold, hidden)
        for one, other in pairs:
            if not bound.may_reach(known[one], known[other]):
                continue
            found = compare(known[one], known[other], points, hidden)
            if found.score >= threshold or found.is_exact:
                yield one, other, found.score, found.is_exact, found.reasons

    @api.model
    def _pairs_of_rows(self):
        """Rows of the file that share a strong key or two others; common keys left out.

        A large file may have very many: they stay in the server until they are asked for.
        """
        self.env.cr.execute(
            SQL(
                """
                DECLARE customer_duplicate_pairs NO SCROLL CURSOR FOR
                WITH few AS (
                    SELECT value FROM customer_duplicate_row GROUP BY value
                    HAVING count(*) BETWEEN 2 AND %(common)s)
                SELECT a.num, b.num
                  FROM few
                  JOIN customer_duplicate_row a USING (value)
                  JOIN customer_duplicate_row b USING (value)
                 WHERE a.num < b.num
                 GROUP BY a.num, b.num
                HAVING bool_or(few.value & 1 = 1) OR count(*) > 1
                 ORDER BY a.num, b.num
                """,
                common=COMMON,
            )
        )
        fetch = SQL("FETCH 2000 FROM customer_duplicate_pairs")
        while pairs := self.env.execute_query(fetch):
            yield from pairs
        self.env.cr.execute(SQL("CLOSE customer_duplicate_pairs"))


def _columns(keyed):
    """Rows and their keys as two columns."""
    rows, numbers = [], []
    for row, (_form, found) in keyed.items():
        rows += [row] * len(found)
        numbers += found
    return int_column(rows), int_column(numbers)
