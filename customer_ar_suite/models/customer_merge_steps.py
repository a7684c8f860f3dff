from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .customer_merge import DONE_STATES, MAKERS, OPEN_STATES


class CustomerMerge(models.Model):
    """The buttons of a merge: who may take which step from which state."""

    _inherit = "customer.merge"

    # -- steps ----------------------------------------------------------------------------

    def action_check(self):
        """Dry run: everything that would move, what stands in the way, what is to decide."""
        self.check_access("write")
        for merge in self:
            merge._demand_state("draft", "checked")
            merge._dry_run()
        return True

    def action_swap(self):
        """Keep the other customer instead."""
        self.check_access("write")
        for merge in self:
            merge._demand_state("draft", "checked")
            keep, others = merge.partner_ids[:1], merge._cluster()
            if keep:
                merge.write(
                    {
                        "survivor_id": keep.id,
                        "partner_ids": [(6, 0, (others - keep).ids)],
                    }
                )
                merge._dry_run()
        return True

    def action_request(self):
        """Ask somebody else to approve."""
        self.check_access("write")
        for merge in self:
            merge._lock("checked")
            merge._demand_ready()
            if not (merge.reason or "").strip():
                raise UserError(
                    self.env._("Say why: the approver and the auditor ask.")
                )
            merge._set(state="requested", payload_hash=merge._examine().fingerprint)
            merge._log("merge.request")
            merge._tell_checkers()
        return True

    def action_approve(self):
        """Somebody else than the responsible agrees with what the dry run shows."""
        self.check_access("read")
        for merge in self:
            merge._lock("requested")
            if not merge.can_decide:
                raise AccessError(
                    self.env._("Only another customer reviewer may approve a merge.")
                )
            # sudo: reviewers write nothing; what they decide is written by this step
            known = merge.sudo()
            if known._examine().fingerprint != merge.payload_hash:
                raise UserError(
                    self.env._(
                        "Something has changed since the dry run. Send the merge back."
                    )
                )
            known._set(
                state="approved",
                checker_id=self.env.uid,
                decided_at=fields.Datetime.now(),
            )
            known.activity_unlink(["mail.mail_activity_data_todo"])
            merge._log("merge.approve")
        return True

    def action_send_back(self):
        """The reviewer does not agree, or the responsible wants to change something."""
        self.check_access("read")
        for merge in self:
            merge._lock("requested", "approved")
            if not merge.can_decide and not self.env.user.has_group(MAKERS):
                self._refuse()
            # sudo: who may send it back was checked just now
            known = merge.sudo()
            known._set(
                state="draft", checker_id=False, decided_at=False, payload_hash=False
            )
            known.activity_unlink(["mail.mail_activity_data_todo"])
            merge._log("merge.send_back")
        return True

    def action_cancel(self):
        """Nothing is merged; what was prepared stays to be read."""
        self.check_access("write")
        for merge in self:
            merge._lock(*OPEN_STATES)
            merge._set(state="cancelled")
            merge._log("merge.cancel")
        return True

    def action_merge(self):
        """Carry it out: one transaction, all or nothing."""
        self.check_access("write")
        for merge in self:
            merge._lock("checked", "approved")
            merge._demand_ready()
            if merge.is_approval_needed and merge.state != "approved":
                raise UserError(
                    self.env._("This merge needs the approval of somebody else.")
                )
            merge._apply()
        return True

    def action_preview_unmerge(self):
        """What would be taken back and what would stay, without doing it."""
        self.check_access("write")
        for merge in self:
            merge._lock(*DONE_STATES)
            merge._cluster().check_access("write")
            merge._preview_unmerge()
        return True

    def action_unmerge(self):
        """Take back what nobody has touched since, report the rest."""
        self.check_access("write")
        for merge in self:
            merge._lock(*DONE_STATES)
            merge._cluster().check_access("write")
            merge._unmerge()
        return True

    def action_view_customers(self):
        """The customers of the merge, archived ones too."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "name": self.env._("Customers"),
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self._cluster().ids)],
            "context": {"active_test": False},
        }
