from odoo import models
from odoo.fields import Domain

from ..engine.validation.base import BANK, CONTACT, INVOICE
from ..engine.validation.evaluate import judge
from .account_move_rules import JUDGED
from .customer_validation_rule import MODELS
from .sensitive_values import clear_values

_CHUNK = 2_000


class CustomerValidationRule(models.Model):
    """A rule tried out on the records there are; nothing is changed."""

    _inherit = "customer.validation.rule"

    def action_test(self):
        """Count and list who would fail this rule, whether or not it is switched on."""
        self.ensure_one()
        self.check_access("read")
        return self.env["customer.validation.test"]._open(self)

    def _test_existing(self):
        """(how many were judged, [(record, why it fails)]), as far as the user sees them."""
        records = self.env[MODELS[self.subject]].search(self._existing_domain())
        failures = []
        for start in range(0, len(records), _CHUNK):
            chunk = records[start : start + _CHUNK]
            failures += self._test_chunk(chunk)
            chunk.invalidate_recordset()
        return len(records), failures

    def _existing_domain(self):
        """The records this rule is for; the scope within them is the engine's."""
        domain = Domain("company_id", "in", (False, *self.env.companies.ids))
        if self.subject == INVOICE:
            return Domain("company_id", "in", self.env.companies.ids) & Domain(
                [("move_type", "in", JUDGED), ("state", "!=", "cancel")]
            )
        customers = (
            Domain("partner_share", "=", True)
            & Domain("id", "not in", list(self._own_partner_ids()))
            & (Domain("customer_rank", ">", 0) | Domain("supplier_rank", "=", 0))
        )
        if self.subject == BANK:
            return domain & Domain("partner_id", "any", customers)
        contact = Domain("parent_id", "!=", False) & Domain("is_company", "=", False)
        return domain & customers & (contact if self.subject == CONTACT else ~contact)

    def _test_chunk(self, records):
        rule = self._engine_rule()
        if self.subject == INVOICE:
            found = records._ar_judge((rule,))
            return [
                (move, move._ar_finding_text(findings[0]))
                for move, findings in found.items()
            ]
        # clear: judged, not shown
        with clear_values():
            subjects = [
                # sudo: the rule's own field may be another group's
                self._subject(record.sudo(), {}, (rule,), self.subject)
                for record in records
            ]
        found = judge(subjects, (rule,))
        return [
            (record, self._finding_text(findings[0]))
            for record, findings in zip(records, found, strict=True)
            if findings
        ]
