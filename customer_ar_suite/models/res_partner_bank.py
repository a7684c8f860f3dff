from odoo import api, models
from odoo.exceptions import UserError

from ..engine.approval import strictest
from .customer_change_mixin import HeldChange, plain_value
from .customer_change_policy import BANKS

GUARDED = ("acc_holder_name", "acc_number", "active", "bank_id", "partner_id")
LOCKED = ("acc_number", "partner_id")  # of accounts one may pay to, core says


class ResPartnerBank(models.Model):
    """Bank accounts of customers: new ones wait in the archive, changes wait in a request.

    Deleting an account archives it, says core, so that is a write too.
    Whether an account may be paid to (``allow_out_payment``) is guarded by core itself.
    """

    _inherit = "res.partner.bank"

    @api.model_create_multi
    def create(self, vals_list):
        guards, users = self._ar_bank_guards(), self._ar_is_guarded_user()
        if not guards:
            return super().create(vals_list)
        if not users:
            banks = super().create(vals_list)
            self._ar_log_banks({bank: (False, bank._ar_state()) for bank in banks})
            return banks
        asked = [vals.get("active", True) for vals in vals_list]
        banks = super().create([{**vals, "active": False} for vals in vals_list])
        changes = {}
        for bank, active in zip(banks, asked, strict=True):
            state = bank._ar_state()
            if active and bank._ar_guard():
                changes[bank] = (state, {**state, "active": True})
            elif active:
                # beneath the guard: the policies do not cover this account
                below = super(ResPartnerBank, bank)
                below.write({"active": True})
        self._ar_request_banks(changes)
        return banks

    def write(self, vals):
        wanted = {name: vals[name] for name in GUARDED if name in vals}
        if not wanted or not self._ar_bank_guards():
            return super().write(vals)
        held = self.filtered(lambda bank: bank._ar_guard())
        states = {bank: (bank._ar_state(), bank._ar_state(wanted)) for bank in held}
        changes = {bank: pair for bank, pair in states.items() if pair[0] != pair[1]}
        if not changes or not self._ar_is_guarded_user():
            self._ar_log_banks(changes)
            return super().write(vals)
        if not self.env.su:
            self.check_access("write")
        self._ar_check_locked(changes)
        held = self.browse([bank.id for bank in changes])
        if self - held:
            super(ResPartnerBank, self - held).write(vals)
        if free := {name: vals[name] for name in vals if name not in wanted}:
            super(ResPartnerBank, held).write(free)
        self._ar_request_banks(changes)
        return True

    # -- helpers --------------------------------------------------------------------------

    @api.model
    def _ar_bank_guards(self):
        guards = self.env["customer.change.policy"]._guards()
        return [guard for guard in guards if guard.field == BANKS]

    @api.model
    def _ar_is_guarded_user(self):
        return self.env["res.partner"]._ar_is_guarded_user()

    def _ar_guard(self):
        # sudo: the company of an account decides which policies hold
        company = self.sudo().company_id | self.sudo().partner_id.company_id
        return strictest(self._ar_bank_guards(), BANKS, company.ids or None)

    def _ar_state(self, vals=None):
        """The guarded values, as they are or as ``vals`` would make them."""
        # sudo: compares values, shows nothing
        bank = self.sudo()
        return {name: plain_value(bank, name, *_given(vals, name)) for name in GUARDED}

    @api.model
    def _ar_check_locked(self, changes):
        """What core refuses a user to do must not be asked for instead."""
        for bank, (old, new) in changes.items():
            if bank.lock_trust_fields and any(old[n] != new[n] for n in LOCKED):
                raise UserError(
                    self.env._(
                        "%(account)s may be paid to: its number and owner cannot be "
                        "changed. Archive it and enter the new account.",
                        account=bank.acc_number,
                    )
                )

    @api.model
    def _ar_request_banks(self, changes):
        by_partner = {}
        for bank, (old, new) in changes.items():
            held = HeldChange(BANKS, old, new, bank._ar_guard(), bank.id)
            by_partner.setdefault(bank.partner_id.id, []).append(held)
        self.env["res.partner"]._ar_request(by_partner)

    @api.model
    def _ar_log_banks(self, changes):
        self.env["customer.audit.entry"]._ar_log(
            "guarded.write",
            self.browse([bank.id for bank in changes]),
            None,
            {bank.id: {BANKS: list(pair)} for bank, pair in changes.items()},
        )


def _given(vals, name):
    return (vals[name],) if vals and name in vals else ()
