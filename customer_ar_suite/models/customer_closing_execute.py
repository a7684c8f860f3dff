import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.closing import CLOSE, DELETE


class CustomerClosingRequest(models.Model):
    """What an approved request does: closes, deletes or reopens, all or nothing."""

    _inherit = "customer.closing.request"

    def _execute(self):
        """Do what was approved, under lock, after a last look at the account."""
        self.ensure_one()
        family = self._lock_family()
        self._check_stops(self._counts(surely=True)[self])
        event = f"closing.{self.kind}"
        if self.kind == CLOSE:
            values = self._apply_close(family)
        elif self.kind == DELETE:
            values = self._apply_delete(family)
        else:
            values = self._apply_reopen()
        self._set(done_at=fields.Datetime.now())
        self._close_request("done", event, values)

    def _lock_family(self):
        """The customer and its contacts; nothing can refer to them until we are done."""
        if not self.partner_id:
            raise UserError(self.env._("The customer does not exist any more."))
        family = (
            self.env["res.partner"]
            .with_context(active_test=False)
            .search([("commercial_partner_id", "=", self.partner_id.id)], order="id")
        )
        family.lock_for_update()
        family.invalidate_recordset()
        return family

    def _apply_close(self, family):
        stone = self.env["customer.tombstone"]._raise(self, family)
        active = family.filtered("active")
        active._ar_set_active(False)
        self._set(is_in_force=True, archived_json=active.ids)
        return {"digest": stone.digest, "partners": active.ids}

    def _apply_reopen(self):
        closings = self.search(
            [("partner_id", "=", self.partner_id.id), ("is_in_force", "=", True)]
        )
        ids = {id_ for one in closings for id_ in one.archived_json or ()}
        closings._set(is_in_force=False)
        partners = self.env["res.partner"].browse(sorted(ids)).exists()
        partners = partners.filtered(
            lambda one: one.commercial_partner_id == self.partner_id
        )
        (partners | self.partner_id)._ar_set_active(True)
        return {"partners": (partners | self.partner_id).ids}

    def _apply_delete(self, family):
        """Tombstone first; then contacts, then the customer, with all that is theirs."""
        former = self.partner_id.id
        stone = self.env["customer.tombstone"]._raise(self, family)
        self.env.flush_all()
        try:
            with self.env.cr.savepoint():
                family.bank_ids.unlink()
                (family - self.partner_id)._ar_unlink()
                self.partner_id._ar_unlink()
        except psycopg2.IntegrityError as error:
            raise UserError(
                self.env._(
                    "%(customer)s cannot be deleted: records of “%(table)s” need it. "
                    "Close it instead.",
                    customer=self.customer_name,
                    table=error.diag.table_name,
                )
            ) from error
        self.invalidate_recordset()
        return {"former": former, "digest": stone.digest, "partners": family.ids}

    # -- time and merges ------------------------------------------------------------------

    @api.model
    def _cron_execute(self):
        """Do what is due, give up what nobody decided, ask deputies; each for itself."""
        today = fields.Date.context_today(self)
        late = self.search([("state", "=", "requested"), ("expires_on", "<", today)])
        for request in late.try_lock_for_update():
            request._close_request("cancelled", "closing.expire")
        self._ask_deputies(today)
        due = self.search([("state", "=", "approved"), ("planned_date", "<=", today)])
        for request in due.try_lock_for_update():
            try:
                with self.env.cr.savepoint():
                    request._check_integrity()
                    request._check_unchanged()
                    request._execute()
            except UserError as error:
                request._tell_maker(str(error))

    def _tell_maker(self, text):
        """Approved, but the account is not settled any more: somebody has to look."""
        kind = self.env.ref("mail.mail_activity_data_warning")
        if self.activity_ids.filtered(lambda one: one.activity_type_id == kind):
            return
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_warning",
            summary=self.env._("Could not be carried out"),
            note=text,
            user_id=self.maker_id.id,
        )

    @api.model
    def _ar_merge_partners(self, source_ids, target_id):
        """Requests about a customer that vanishes are void; so is its being closed."""
        about = self.search([("partner_id", "in", source_ids)])
        about.filtered("is_in_force")._set(is_in_force=False)
        for request in about.filtered(
            lambda one: one.state in ("draft", "requested", "approved")
        ):
            request._close_request("cancelled", "closing.merged", {"into": target_id})
