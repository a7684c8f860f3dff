from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Domain

from .base_partner_merge import MERGED
from .customer_closing_request import OPEN_STATES

#: from the mildest to the strictest
ARCHIVE_RULES = ("allow", "warn", "refuse", "request")


class ResPartner(models.Model):
    """What users may not do to a customer directly: delete, archive with balance, reopen.

    Switched off, a company has plain Odoo. What was closed by request stays closed until
    it is reopened by request, for users and for the system alike.
    """

    _inherit = "res.partner"

    ar_closing_request_ids = fields.One2many(
        "customer.closing.request",
        "partner_id",
        groups="customer_ar_suite.customer_ar_suite_group_user",
    )
    ar_closing_count = fields.Integer(
        string="Open Closing Requests",
        compute="_compute_ar_closing",
        groups="base.group_user",
    )
    ar_is_closed = fields.Boolean(
        string="Closed",
        compute="_compute_ar_closing",
        search="_search_ar_is_closed",
        help="Closed by an approved request: no new invoices until it is reopened.",
    )

    def _compute_ar_closing(self):
        # sudo: whether a customer is closed, and how many requests wait, is all that is told
        requests = self.env["customer.closing.request"].sudo()
        ids = self.commercial_partner_id.ids
        waiting = dict(
            requests._read_group(
                [("partner_id", "in", ids), ("state", "in", OPEN_STATES)],
                ["partner_id"],
                ["__count"],
            )
        )
        closed = requests.search(
            [("partner_id", "in", ids), ("is_in_force", "=", True)]
        ).partner_id
        for partner in self:
            customer = partner.commercial_partner_id._origin
            partner.ar_closing_count = waiting.get(customer, 0)
            partner.ar_is_closed = customer in closed

    @api.model
    def _search_ar_is_closed(self, operator, value):
        if operator != "in":
            return NotImplemented
        # sudo: whether a customer is closed is no secret of the request
        closed = self.env["customer.closing.request"].sudo()
        ids = closed.search([("is_in_force", "=", True)]).partner_id.ids
        found = Domain("commercial_partner_id", "in", ids)
        return (found if True in value else Domain.FALSE) | (
            ~found if False in value else Domain.FALSE
        )

    # -- screens --------------------------------------------------------------------------

    def action_view_closing_requests(self):
        """The requests to close, delete or reopen these customers."""
        self.check_access("read")
        self.env["customer.closing.request"].check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.customer_closing_request_action"
            ),
            "domain": [("partner_id", "in", self.commercial_partner_id.ids)],
            "context": {},
        }

    def action_archive(self):
        """Archive, and say so if something is still open."""
        told = self._ar_archive_warning()
        result = super().action_archive()
        if not told:
            return result
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "title": self.env._("Archived with open items"),
                "message": told,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # -- what is refused ------------------------------------------------------------------

    def write(self, vals):
        if "active" in vals:
            if vals["active"]:
                self._ar_check_reopening()
            else:
                self._ar_check_archiving()
        if "customer_rank" in vals and not vals["customer_rank"]:
            self._ar_check_rank()
        return super().write(vals)

    def unlink(self):
        merged = self.env.cr.precommit.data.get(MERGED, ())
        self.filtered(lambda one: one.id not in merged)._ar_check_deletion()
        return super().unlink()

    # the doors of the approved request, beneath the refusals
    def _ar_set_active(self, active):
        # below the locked door
        return super().write({"active": active})  # pylint: disable=super-method-mismatch

    def _ar_unlink(self):
        # below the locked door
        return super().unlink()  # pylint: disable=super-method-mismatch

    def _ar_check_deletion(self):
        """Customers go by request where a company says so; a request is never cut short."""
        if not self:
            return
        # sudo: the refusal must not depend on what the user may see
        known = self.sudo().with_context(active_test=False)
        waiting = known.env["customer.closing.request"].search(
            [("partner_id", "in", self.ids), ("state", "in", OPEN_STATES)], limit=1
        )
        if waiting:
            raise UserError(
                self.env._(
                    "%(customer)s has a closing request that is not finished. Decide or "
                    "withdraw it first.",
                    customer=waiting.customer_name,
                )
            )
        held = known.filtered(
            lambda one: one._ar_is_customer() and one._ar_companies()._ar_by_request()
        )
        if held:
            held._ar_refuse(
                self.env._(
                    "Customers are deleted by request, after a second person has "
                    "approved: %(names)s.",
                    names=held._ar_names(),
                ),
                "delete",
            )

    def _ar_is_customer(self):
        """Does business hang on it, or has somebody classified it?"""
        return bool(
            self.customer_rank
            or self.customer_category_assignment_ids
            or self.ar_closing_request_ids
        )

    def _ar_companies(self):
        """Companies whose word counts for this contact; all of them for a shared one."""
        # sudo: the setting of a company the user does not work in counts as well
        return (
            self.sudo().company_id
            or self.sudo().parent_id.company_id
            or self.env["res.company"].sudo().search([])
        )

    def _ar_check_rank(self):
        """A customer does not become a stranger in order to be deleted."""
        # sudo: the refusal must not depend on what the user may see
        held = self.sudo().filtered(
            lambda one: one.customer_rank and one._ar_companies()._ar_by_request()
        )
        if held and self._ar_is_guarded_user():
            raise UserError(
                self.env._(
                    "%(names)s are customers and stay so. Request closing or deletion.",
                    names=held._ar_names(),
                )
            )

    def _ar_check_archiving(self):
        """With open items, or at all: as the companies concerned have chosen."""
        if not self._ar_is_guarded_user():
            return
        rules = self._ar_archive_rules()
        by_request = self.browse(
            id_ for id_, rule in rules.items() if rule == "request"
        )
        if by_request:
            by_request._ar_refuse(
                self.env._(
                    "Customers are archived by request: %(names)s.",
                    names=by_request._ar_names(),
                ),
                "close",
            )
        held = self.browse(id_ for id_, rule in rules.items() if rule == "refuse")
        if held:
            held._ar_refuse(
                self.env._(
                    "There are open items or payments not applied: %(names)s. Settle "
                    "them, then request closing.",
                    names=held._ar_names(),
                ),
                "close",
            )
        warned = self.browse(id_ for id_, rule in rules.items() if rule == "warn")
        self.env["customer.audit.entry"]._ar_log("customer.archive_open", warned)

    def _ar_archive_rules(self):
        """{customer id: the strictest rule that holds for it}, of those active now."""
        # sudo: an account is settled in all companies or it is not
        known = self.sudo().filtered("active")
        customers = known.filtered(
            lambda one: one.commercial_partner_id == one and one._ar_is_customer()
        )
        rules = {}
        if not customers:
            return rules
        checks = self.env["customer.closing.check"]
        balances = checks._companies_with_balance(customers)
        for customer in customers:
            always = customer._ar_companies().filtered(
                lambda company: company.ar_archive_rule == "request"
            )
            found = (balances[customer.id] | always).mapped("ar_archive_rule")
            if found:
                rules[customer.id] = max(found, key=ARCHIVE_RULES.index)
        return rules

    def _ar_archive_warning(self):
        rules = self._ar_archive_rules()
        warned = self.browse(id_ for id_, rule in rules.items() if rule == "warn")
        return warned and self.env._(
            "%(names)s: the balance stays in the ledger and in the aging.",
            names=warned._ar_names(),
        )

    def _ar_check_reopening(self):
        closed = self.filtered(lambda one: not one.active and one.ar_is_closed)
        if closed:
            closed._ar_refuse(
                self.env._(
                    "Closed by request and reopened by request: %(names)s.",
                    names=closed._ar_names(),
                ),
                "reopen",
            )

    def _ar_names(self):
        return ", ".join(self.mapped("display_name")[:5])

    def _ar_refuse(self, message, kind):
        """Refuse, with the button to the request for those who may make one."""
        requests = self.env["customer.closing.request"].with_user(self.env.uid)
        if not requests.has_access("create"):
            raise UserError(message)
        raise RedirectWarning(
            message,
            {
                "type": "ir.actions.act_window",
                "name": self.env._("Request Closing or Deletion"),
                "res_model": "customer.closing.start",
                "views": [(False, "form")],
                "target": "new",
            },
            self.env._("Make a Request"),
            {
                "default_partner_ids": self.commercial_partner_id.ids,
                "default_kind": kind,
            },
        )
