from odoo import fields, models
from odoo.exceptions import UserError

from .customer_change_policy import APPROVAL


class CustomerChangePolicy(models.Model):
    _inherit = "customer.change.policy"

    def _approval_by_default(self):
        """Who reviews guided entries where no policy is switched on: the shipped one says."""
        shipped = self.env.ref(
            "customer_ar_suite.customer_change_policy_new_customer", False
        )
        # sudo: who reviews is asked of the policy, whoever enters a customer
        policy = shipped.sudo() if shipped else self.browse()
        if not policy:
            raise UserError(
                self.env._(
                    "No policy says who approves new customers. Make one for the field "
                    "“Approval” under Configuration ▸ Change Policies."
                )
            )
        return tuple(one._guard() for one in policy)


class CustomerChangeRequest(models.Model):
    """The review of a guided entry is the approval of its customer; there is no other."""

    _inherit = "customer.change.request"

    entry_ids = fields.One2many(
        "customer.entry", "request_id", string="Guided Entry", readonly=True
    )

    def _ar_entries(self):
        # sudo: an entry follows its request, whoever decides
        return self.sudo().entry_ids

    def _editors(self):
        """Who verified or ticked anything of an entry does not approve its customer."""
        editors = super()._editors()
        for entry in self._ar_entries():
            partner = entry.request_id.partner_id
            editors[partner] = editors.get(partner, entry.maker_id) | entry._workers()
        return editors

    def _check_ballot(self, verdicts, reason):
        super()._check_ballot(verdicts, reason)
        if "approved" not in verdicts.values() or self.kind != "approval":
            return
        for entry in self._ar_entries():
            missing = [one.label for one in entry.item_ids if one._is_missing("review")]
            if missing:
                raise UserError(
                    self.env._(
                        "The checklist of the review is not complete:\n%(missing)s",
                        missing="\n".join(f"– {text}" for text in missing),
                    )
                )

    def _close(self, state, event, checker=None):
        result = super()._close(state, event, checker)
        done = self.filtered(lambda one: APPROVAL in one.line_ids.mapped("field_name"))
        for entry in done._ar_entries():
            entry._reviewed(state, checker, entry.request_id._reject_reason())
        return result

    def _reject_reason(self):
        """Why a reviewer said no; empty where nobody did."""
        rejected = self.decision_ids.filtered(lambda one: one.verdict == "rejected")
        return rejected[:1].reason


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _ar_pending_approvals(self):
        """The requests by which these customers are being approved."""
        return self.env["customer.change.request"].search(
            [
                ("partner_id", "in", self.ids),
                ("kind", "=", "approval"),
                ("state", "=", "pending"),
            ]
        )
