from typing import NamedTuple

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL


class OpenLine(NamedTuple):
    """A journal item of any account and what of it was open on a day."""

    line_id: int
    residual: float  #: currency of the item
    residual_company: float


class ArLedger(models.AbstractModel):
    """Open items of other accounts than receivables: what is under way to or from a bank."""

    _inherit = "ar.ledger"

    def _open_lines(self, as_of, scope, company_ids):
        """Posted journal items of ``scope`` that were open at the end of ``as_of``.

        Only of accounts that can be reconciled, and of banks and cash.

        :param scope: domain of journal items
        :rtype: list[OpenLine]
        """
        scope &= Domain("parent_state", "=", "posted")
        rows = self.env.execute_query(
            SQL(
                """
                WITH reopened AS (%s)
                SELECT line_id, residual::float8, residual_company::float8
                  FROM (%s) item
                 WHERE residual <> 0 OR residual_company <> 0
                 ORDER BY line_id
                """,
                self._reopened_sql(as_of, scope),
                self._residual_sql(as_of, scope, company_ids),
            )
        )
        return [OpenLine(*row) for row in rows]
