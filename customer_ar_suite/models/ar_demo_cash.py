"""Sample data: differences with their reasons, an approval, a return, a refund, an advice."""

from datetime import timedelta

from odoo import api, fields, models

#: accounts of the reasons by company: code, name in English and in Chinese
ACCOUNTS = {
    "bank_fee": ("660302", "Bank charges", "银行手续费"),
    "write_off": ("671190", "Small payment differences", "收款尾差"),
    "withholding": ("222190", "Withholding tax receivable", "待抵扣预提税"),
}


class ArDemo(models.AbstractModel):
    _inherit = "ar.demo"

    @api.model
    def _load_suite(self):
        result = super()._load_suite()
        self._load_differences()
        return result

    @api.model
    def _load_differences(self):
        """Every kind of difference once, in the Dutch company; reasons in both."""
        users = [
            self.env.ref(f"customer_ar_suite.ar_demo_user_{role}", False)
            for role in ("ar_clerk", "ar_accountant", "credit_manager")
        ]
        if self._sample("adjustment_type_bank_fee_nl") or not all(users):
            return
        clerk, accountant, manager = users
        for code in ("nl", "cn"):
            self._load_reasons(code)
        dues = self._differing_dues()
        if len(dues) < 4:
            return
        fee = self._sample("adjustment_type_bank_fee_nl")
        self._settle_short(dues[0], fee, 12.5, clerk, accountant)
        self._settle_short(dues[1], fee, 180, clerk, None)
        self._return_payment(dues[2], clerk, accountant)
        self._announce(dues[3], clerk)
        self._ask_refund(clerk, manager)
        told = {due.customer for due in dues[:4]}
        for due in [due for due in dues[4:] if due.customer not in told][:1]:
            self._return_part(due, clerk, accountant)
        self._accept_staged(clerk)

    def _load_reasons(self, code):
        types = self._in_company("ar.adjustment.type", code)
        company = self._company(code)
        types.action_load_usual()
        chinese = company.account_fiscal_country_id.code == "CN"
        for type_ in types.search([("company_id", "=", company.id)]):
            if not type_.account_id and type_.kind in ACCOUNTS:
                number, english, zh = ACCOUNTS[type_.kind]
                type_.account_id = self._in_company("account.account", code).create(
                    {
                        "code": number,
                        "name": zh if chinese else english,
                        "account_type": "asset_current"
                        if type_.kind == "withholding"
                        else "expense",
                    }
                )
            self._keep(type_, [f"adjustment_type_{type_.kind}_{code}"])

    def _differing_dues(self):
        """Invoices of customers whose other receipts leave them alone: the youngest ones."""
        company = self._company("nl")
        dues = [
            due
            for due in self._dues_to_pay()
            if due.company == "nl" and due.currency == company.currency_id.name
        ]
        # sudo: what proposals of the story pay already
        busy = self.env["ar.match.allocation"].sudo().search([]).item_line_id.ids
        free = [
            due for due in dues if due.line_id not in busy and due.residual > 50_000
        ]
        return sorted(free, key=lambda due: (due.due, due.line_id), reverse=True)

    def _bank_line(self, amount, text, partner, days):
        return self._in_company("account.bank.statement.line", "nl").create(
            {
                "journal_id": self._own_journal("nl").id,
                "date": fields.Date.context_today(self) - timedelta(days=days),
                "payment_ref": text,
                "partner_id": partner.id,
                "partner_name": partner.name,
                "amount": amount,
            }
        )

    def _item(self, due):
        return self._in_company("account.move.line", "nl").browse(due.line_id)

    def _settle_short(self, due, reason, less, clerk, accountant):
        """A receipt that is short for a reason: booked, or waiting for approval."""
        item = self._item(due)
        amount = item.amount_residual_currency
        line = self._bank_line(
            amount - less, f"payment {due.number}", item.partner_id, 2
        )
        proposals = self._in_company("ar.match.proposal", "nl").with_user(clerk)
        chosen = proposals.browse(
            proposals.set_allocations(
                line.id,
                [[item.id, amount]],
                adjustments=[
                    [item.id, reason.id, less, self.env._("Charged by the bank abroad")]
                ],
            )
        )
        if accountant:
            chosen.with_user(accountant).action_apply()
        name = "adjusted_applied" if accountant else "adjusted_waiting"
        self._keep(chosen.with_env(self.env), [name])
        if not accountant:
            self._keep(chosen.release_ids.with_env(self.env), ["adjustment_release"])

    def _return_payment(self, due, clerk, accountant):
        """A direct debit that came back: the invoice is open again."""
        item = self._item(due)
        amount = item.amount_residual_currency
        proposals = self._in_company("ar.match.proposal", "nl").with_user(clerk)
        paid = self._bank_line(amount, f"direct debit {due.number}", item.partner_id, 6)
        first = proposals.browse(
            proposals.set_allocations(paid.id, [[item.id, amount]])
        )
        first.with_user(accountant).action_apply()
        out = self._bank_line(-amount, "RETURN insufficient funds", item.partner_id, 1)
        back = proposals.browse(proposals.set_return(out.id, paid.id))
        back.with_user(accountant).action_apply()
        self._keep((first | back).with_env(self.env), ["returned_receipt", "return"])

    def _return_part(self, due, clerk, accountant):
        """A third of a receipt went back: so much of its invoice is open again."""
        item = self._item(due)
        amount = item.amount_residual_currency
        proposals = self._in_company("ar.match.proposal", "nl").with_user(clerk)
        paid = self._bank_line(amount, f"payment {due.number}", item.partner_id, 9)
        first = proposals.browse(
            proposals.set_allocations(paid.id, [[item.id, amount]])
        )
        first.with_user(accountant).action_apply()
        back = round(amount / 3, 2)
        out = self._bank_line(-back, f"RETURN in part {due.number}", item.partner_id, 1)
        ((item_id, source_id, _amount),) = paid._ar_paid_parts()
        part = proposals.browse(
            proposals.set_return(out.id, paid.id, parts=[[item_id, source_id, back]])
        )
        part.with_user(accountant).action_apply()
        self._keep(
            (first | part).with_env(self.env), ["part_returned_receipt", "part_return"]
        )

    def _accept_staged(self, clerk):
        """The waiting bank file is matched before it is posted; one line is accepted."""
        file = self._sample("bank_import_nl_1")
        if not file or file.state != "staged":
            return
        file.with_user(clerk).with_company(file.company_id).action_match()
        staged = self.env["ar.match.proposal"].search(
            [("import_line_id.import_id", "=", file.id), ("state", "=", "proposed")]
        )
        best = staged.sorted(lambda one: (-one.confidence, one.id))[:1]
        if best:
            best.with_user(clerk).action_accept()
            self._keep(best, ["staged_accepted"])

    def _announce(self, due, clerk):
        """A remittance advice whose money is still on its way."""
        item = self._item(due)
        advice = (
            self._in_company("ar.remittance", "nl")
            .with_user(clerk)
            ._read(
                {
                    "company_id": self._company("nl").id,
                    "partner_id": item.partner_id.commercial_partner_id.id,
                    "name": "AV-2026-0815",
                    "date": fields.Date.context_today(self),
                    "currency_id": item.currency_id.id,
                },
                "english",
                text=f"{due.number}   {item.amount_residual_currency:.2f}",
            )
        )
        self._keep(advice.with_env(self.env), ["remittance"])

    def _ask_refund(self, clerk, manager):
        """A credit note that is paid back: asked for, and granted with its payment."""
        refunds = self._in_company("ar.refund", "nl")
        company = self._company("nl")
        invoice = self._sample("customer_C20004")
        note = self._in_company("account.move", "nl").create(
            {
                "move_type": "out_refund",
                "partner_id": invoice.id,
                "invoice_date": fields.Date.context_today(self) - timedelta(days=5),
                "invoice_line_ids": [
                    fields.Command.create(
                        {
                            "name": self.env._("Bonus of the year"),
                            "price_unit": 240,
                            "tax_ids": [fields.Command.clear()],
                        }
                    )
                ],
            }
        )
        note.action_post()
        lines = self._receivable(note)
        refund = refunds.with_user(clerk)._request(
            invoice,
            lines.with_user(clerk).with_company(company),
            self.env._("The customer wants the bonus in money"),
        )
        refund.with_user(manager).with_context(
            allowed_company_ids=company.ids
        ).action_approve()
        self._keep(refund.with_env(self.env), ["refund"])
        self._keep(note, ["refunded_note"])
