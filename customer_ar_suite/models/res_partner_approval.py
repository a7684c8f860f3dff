from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..engine.approval import payload_hash, strictest
from .customer_change_mixin import HeldChange
from .customer_change_policy import APPROVAL

#: what a reviewer looks at; if any of it changes, he is asked again
CARD = (
    "name",
    "ref",
    "vat",
    "company_registry",
    "parent_id",
    "company_id",
    "is_company",
    "street",
    "street2",
    "zip",
    "city",
    "state_id",
    "country_id",
    "email",
    "phone",
    "credit_limit",
    "property_payment_term_id",
    "property_account_receivable_id",
)


class ResPartner(models.Model):
    """A new customer is entered, reviewed by somebody else, and approved: then invoiced.

    The word of the company behind a contact counts; what contact persons have is unused.
    """

    _inherit = "res.partner"

    ar_approval_state = fields.Selection(
        [
            ("entered", "Not Approved"),
            ("review", "In Review"),
            ("approved", "Approved"),
        ],
        string="Approval",
        default="approved",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Companies that switched it on invoice approved customers only.",
    )
    ar_approval_shown = fields.Boolean(
        compute="_compute_ar_approval_shown", groups="base.group_user"
    )

    @api.depends("ar_approval_state", "parent_id", "is_company")
    @api.depends_context("company")
    def _compute_ar_approval_shown(self):
        """Is there something to be told to users of the current company?"""
        required = self.env.company.id in self.env["res.company"]._ar_approving()
        for partner in self:
            partner.ar_approval_shown = (
                required
                and partner.ar_approval_state != "approved"
                and partner == partner.commercial_partner_id
            )

    # -- the state is nobody's to write ---------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        required = self.env["res.company"]._ar_approving()
        if required or any(APPROVAL in vals for vals in vals_list):
            # less than the companies ask for is not given, more may be asked for
            vals_list = [
                {
                    **vals,
                    APPROVAL: "entered"
                    if required or vals.get(APPROVAL) == "entered"
                    else "approved",
                }
                for vals in vals_list
            ]
        return super().create(vals_list)

    def write(self, vals):
        if APPROVAL not in vals:
            return super().write(vals)
        # sudo: compares, shows nothing
        if any(partner[APPROVAL] != vals[APPROVAL] for partner in self.sudo()):
            raise AccessError(
                self.env._(
                    "A customer is approved by a request that somebody else decides, in no "
                    "other way."
                )
            )
        free = {name: value for name, value in vals.items() if name != APPROVAL}
        return super().write(free) if free else True

    def _ar_set_approval(self, state):
        """The one door: one statement for all, which makes nobody their last editor."""
        self.flush_recordset([APPROVAL])
        self.env.cr.execute(
            SQL(
                "UPDATE res_partner SET ar_approval_state = %s WHERE id = ANY(%s)",
                state,
                list(self.ids),
            )
        )
        self.invalidate_recordset([APPROVAL])

    # -- asking for approval --------------------------------------------------------------

    def action_request_approval(self):
        """Ask reviewers to approve these new customers, or the companies behind them."""
        self.check_access("write")
        customers = self.commercial_partner_id
        customers.check_access("write")
        new = customers.filtered(lambda customer: customer[APPROVAL] == "entered")
        if not new:
            raise UserError(
                self.env._("None of these customers has to be sent for approval.")
            )
        requests = new._ar_request_approval()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(count)s sent for approval.", count=len(requests)
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _ar_request_approval(self, guards=None):
        guards = guards or self.env["customer.change.policy"]._approval_guards()
        entries = []
        for customer in self:
            # sudo: the fingerprint shows nothing of what it is made of
            card = customer.sudo()._ar_card_hash()
            company = customer.company_id.ids or None
            guard = strictest(guards, APPROVAL, company)
            if not guard:
                raise UserError(
                    self.env._(
                        "No policy says who approves “%(customer)s”; an administrator makes "
                        "one under Configuration ▸ Change Policies.",
                        customer=customer.display_name,
                    )
                )
            change = HeldChange(APPROVAL, card, "approved", guard)
            entries.append((customer, [change]))
        requests = self.env["customer.change.request"]._submit(entries)
        self._ar_set_approval("review")
        return requests

    def _ar_card_hash(self):
        """Fingerprint of what a reviewer approves: the card and the bank accounts."""
        accounts = self.bank_ids.sorted("id")
        return payload_hash(
            [
                {name: self._ar_plain(name) for name in CARD},
                [account._ar_state() for account in accounts],
            ]
        )
