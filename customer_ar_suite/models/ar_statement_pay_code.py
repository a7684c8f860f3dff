import base64
from dataclasses import replace

from odoo import models
from odoo.tools.image import image_data_uri

from ..engine.money import from_minor
from ..engine.statement.matrix import PayCode
from .sensitive_values import clear_values

CODE_PIXELS = 288  # three times its size on paper: sharp in print


class ArStatement(models.Model):
    """Codes with which a banking app fills in the transfer, made by Odoo's own methods.

    What the code says is part of the snapshot; its picture is made when it is printed.
    """

    _inherit = "ar.statement"

    def _with_pay_codes(self, matrix, partner, number, banks, currency_ids):
        """``matrix`` with a code in each currency that one of our accounts can offer."""
        reference = " ".join(filter(None, (number, matrix.header.customer.reference)))
        currencies = self.env["res.currency"]
        sections = tuple(
            replace(
                section,
                pay_code=self._pay_code(
                    section,
                    banks,
                    (reference, "", currencies.browse(currency_ids[section.currency])),
                    partner,
                ),
            )
            for section in matrix.sections
        )
        return replace(matrix, sections=sections)

    def _pay_code(self, section, banks, payment, partner):
        """The code of the first account that takes this currency from this customer."""
        if section.closing <= 0:
            return None
        amount = float(from_minor(section.closing, section.digits))
        # printed for the payer, in the code and beside it
        with clear_values():
            for bank in banks:
                if found := bank._build_qr_code_vals(amount, *payment, partner):
                    params = bank._get_qr_code_generation_params(**found)
                    return params and PayCode(
                        params["barcode_type"],
                        params["value"],
                        bank.acc_number,
                        params.get("barLevel", "L"),
                        params.get("mask") or "",
                    )
        return None

    def _paying_accounts(self, company):
        """Our bank accounts, where Odoo knows any kind of payment code at all."""
        # sudo: our own accounts, which stand on every invoice
        banks = company.sudo().partner_id.bank_ids
        offered = banks.get_available_qr_methods_in_sequence()
        return banks if offered else banks.browse()

    def _pay_code_pictures(self, matrix):
        """The codes of a statement as pictures, by what they say."""
        codes = [s.pay_code for s in matrix.sections if s.pay_code]
        return {code.value: self._picture(code) for code in codes}

    def _picture(self, code):
        png = self.env["ir.actions.report"].barcode(
            code.symbology,
            code.value,
            width=CODE_PIXELS,
            height=CODE_PIXELS,
            quiet=0,
            barLevel=code.level,
            mask=code.mask or None,
        )
        return image_data_uri(base64.b64encode(png))
