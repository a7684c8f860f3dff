from odoo import models

from ..engine.errors import RowError
from .customer_import_stage import LINKS, TEXTS
from .engine_messages import engine_message

#: status of the dry run → what would become of the row
PLANNED = {
    "create": "create",
    "update": "update",
    "same": "same",
    "conflict": "conflict",
    "error": "refused",
}
_OTHER = {"credit_limit": "credit_limit", "country": "country_id", "lang": "lang"}


class CustomerImportBatch(models.Model):
    """What a call is told: of each row what became of it, and why, in its language."""

    _inherit = "customer.import.batch"

    def _outcomes(self, planned=False):
        """The rows as data, without texts: those are made for each reader."""
        self.ensure_one()
        waiting = {} if planned else self._open_requests()
        return [
            {
                "key": row.external_key,
                "result": PLANNED[row.status] if planned else row._result(),
                "id": row.partner_id.id or None,
                "held": sorted(row.held_json or {}),
                "requests": waiting.get(row.partner_id.id, []),
                "findings": row.findings or [],
                "error": row.run_error or None,
            }
            for row in self.row_ids.sorted("number")
        ]

    def _open_requests(self):
        """{customer: requests about it that are not decided}."""
        found = {}
        for partner, ids in self.env["customer.change.request"]._read_group(
            [
                ("partner_id", "in", self.row_ids.partner_id.ids),
                ("state", "=", "pending"),
            ],
            ["partner_id"],
            ["id:array_agg"],
        ):
            found[partner.id] = sorted(ids)
        return found

    def _answer(self, outcomes):
        """What the other system gets."""
        counts = {}
        for one in outcomes:
            counts[one["result"]] = counts.get(one["result"], 0) + 1
        return {
            "batch": self.id,
            "source": self.api_source,
            "request": self.api_request or None,
            "counts": counts,
            "rows": [
                {**one, "findings": [self._told(f) for f in one["findings"]]}
                for one in outcomes
            ],
        }

    def _told(self, finding):
        params = finding["params"]
        error = RowError(finding["code"], **params)
        return {
            "severity": finding["severity"],
            "code": finding["code"],
            "field": params.get("column"),
            "value": params.get("value"),
            "text": engine_message(self.env, error),
        }


class CustomerImportRow(models.Model):
    _inherit = "customer.import.row"

    def _result(self):
        """What became of the row, in one word."""
        if self.run_state == "error":
            return "failed"
        if self.run_state != "done":
            return PLANNED[self.status]
        if self.choice == "create":
            return "created"
        return "change_request" if self._is_all_held() else "updated"

    def _is_all_held(self):
        """Does everything the row changes wait for approval?"""
        held = set(self.held_json or ())
        changed = {code for code, _old, _new in self.diff or []}
        names = {TEXTS.get(c) or LINKS.get(c) or _OTHER.get(c, "") for c in changed}
        return bool(held) and names <= held
