from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..engine.masking import is_masked
from .customer_vault_mixin import sealed_field
from .sensitive_values import clear_values, masked_values, shown_values

SUITE_USERS = "customer_ar_suite.customer_ar_suite_group_user"


class ResPartner(models.Model):
    """What is confidential about a contact, and what of the house is not."""

    _name = "res.partner"
    _inherit = ["res.partner", "customer.vault.mixin", "customer.sensitive.mixin"]

    ar_identity_number = sealed_field(
        fields.Char,
        "ar_identity_number",
        "Personal Identity Number",
        groups=SUITE_USERS,
        help="Number of an identity card or passport, as contracts and guarantees need it. "
        "Encrypted in the database.",
    )
    ar_private_note = sealed_field(
        fields.Text,
        "ar_private_note",
        "Private Note",
        groups=SUITE_USERS,
        help="What only those who may unmask it should read. Encrypted in the database.",
    )

    @api.model
    def _ar_shown_with(self):
        return {"res.partner.bank": "bank_ids"}

    def _ar_is_never_masked(self):
        """Colleagues and the companies themselves are no customers."""
        # sudo: whose partner this is, is asked of a record the user may read
        partner = self.sudo()
        return not partner.partner_share or partner.id in self._ar_own_ids()

    def _ar_erase(self):
        """Sealed values, and the digests by which telephone and accounts are found."""
        # sudo: archived accounts, too; who may erase was checked by the caller
        banks = self.sudo().with_context(active_test=False).bank_ids
        self.env["customer.vault.entry"]._ar_erase(banks._name, banks.ids)
        return super()._ar_erase()

    @api.model
    def _ar_own_ids(self):
        """Partners of the companies of this database."""
        cache, key = self.env.cr.cache, ("ar_own_partners",)
        if key not in cache:
            # sudo: which partners are companies of the house, of all companies
            companies = self.env["res.company"].sudo().search([])
            cache[key] = frozenset(companies.partner_id.ids)
        return cache[key]

    def _search_phone_mobile_search(self, operator, value):
        """It asks the table itself: refused to who would not be let in by the field."""
        rules = self.env["customer.sensitive.field"]._rules_of_user()
        if not self.env.su and ("res.partner", "phone") in rules:
            raise AccessError(
                self.env._("Telephone numbers are masked for you: search by name.")
            )
        return super()._search_phone_mobile_search(operator, value)


class ResPartnerBank(models.Model):
    """Account numbers of customers, masked for who need not know them."""

    _name = "res.partner.bank"
    _inherit = ["res.partner.bank", "customer.sensitive.mixin"]

    def _ar_is_never_masked(self):
        """The accounts of the house are printed on every invoice."""
        # sudo: whose account this is
        return self.sudo().partner_id._ar_is_never_masked()

    @api.model_create_multi
    def create(self, vals_list):
        # clear: core looks for an archived account of the same number
        with clear_values():
            return super().create(vals_list)

    def write(self, vals):
        # clear: core compares old and new numbers of accounts one may pay to
        with clear_values():
            return super().write(vals)

    def unlink(self):
        # core writes the number into the chatter of the customer
        with masked_values():
            return super().unlink()

    @api.depends_context("uid")
    def _compute_display_name(self):
        """The name is made of the number, and lists show names with everybody's rights."""
        # clear: the number is taken out of the name below
        with clear_values():
            super()._compute_display_name()
        rules = self.env["customer.sensitive.field"]._rules_of_user()
        if ("res.partner.bank", "acc_number") not in rules:
            return
        for bank in self:
            # sudo: the number as it is, to find it in the name
            clear = bank.sudo().acc_number
            with shown_values():
                # sudo: no more, on the contrary: as the user's own rights show it
                shown = bank.sudo(False).acc_number
            if clear and shown != clear:
                bank.display_name = (bank.display_name or "").replace(clear, shown)

    # clear: these say what kind of number it is, not which
    def _compute_acc_type(self):
        with clear_values():
            return super()._compute_acc_type()

    def _compute_display_account_warning(self):
        with clear_values():
            return super()._compute_display_account_warning()

    def _compute_money_transfer_service_name(self):
        with clear_values():
            return super()._compute_money_transfer_service_name()

    def _build_qr_code_vals(self, *args, **kwargs):
        """A payment code holds the number: none for who may not see it."""
        if any(is_masked(bank.sanitized_acc_number) for bank in self):
            return None
        return super()._build_qr_code_vals(*args, **kwargs)

    @api.model
    def _search_display_name(self, operator, value):
        """By holder and bank, when the number is masked for the user."""
        rule = self.env["customer.sensitive.field"]._rules_of_user()
        rule = rule.get(("res.partner.bank", "acc_number"))
        if not rule or self.env.su:
            return super()._search_display_name(operator, value)
        if operator not in ("ilike", "like", "in", "=ilike"):
            return NotImplemented
        found = Domain.OR(
            Domain(path, operator, value)
            for path in ("acc_holder_name", "partner_id.name", "bank_id.name")
        )
        if operator == "in" and rule.may_unmask:
            found |= Domain("acc_number", "in", value)
        return found


class AccountBankStatementLine(models.Model):
    """Account numbers of payers."""

    _name = "account.bank.statement.line"
    _inherit = ["account.bank.statement.line", "customer.sensitive.mixin"]

    def _find_or_create_bank_account(self):
        # clear: core looks for the payer's account, or keeps it for the next time
        with clear_values():
            return super()._find_or_create_bank_account()
