from odoo import models

from ..engine.errors import RowError
from .engine_messages import engine_message

#: status of the dry run → what would become of the row
PLANNED = {
    "create": "create",
    "update": "update",
    "same": "same",
    "conflict": "conflict",
    "error": "refused",
}
#: field of a customer file → field of the customer, where they have other names
FIELD_OF = {
    "state": "state_id",
    "country": "country_id",
    "payment_term": "property_payment_term_id",
    "payment_cycle": "property_payment_term_id",
    "salesperson": "user_id",
    "parent": "parent_id",
    "tags": "category_id",
}


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
        changed = {FIELD_OF.get(code, code) for code, _old, _new in self.diff or []}
        return bool(held) and changed <= held
