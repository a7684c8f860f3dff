"""A bank account with statements, and who reconciles it."""

from odoo import Command

from .common import date
from .test_flow_bank_to_reconcile import MatchCommon

JUNE = date(2026, 6, 30)


class ReconciliationCommon(MatchCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.user_with("credit_manager")
        cls.auditor = cls.user_with("auditor")
        allowed = cls.env.ref("base.group_allow_export")
        for user in (cls.clerk, cls.accountant, cls.auditor):
            user.group_ids += allowed

    @classmethod
    def statement(cls, opening, closing, *lines, name="June", **values):
        """A bank statement with lines of (amount, day, text, partner)."""
        return cls.env["account.bank.statement"].create(
            {
                "name": name,
                "balance_start": opening,
                "balance_end_real": closing,
                "line_ids": [
                    Command.create(
                        {
                            "journal_id": cls.bank_journal.id,
                            "date": day,
                            "payment_ref": text,
                            "amount": amount,
                            "partner_id": partner and partner.id,
                        }
                    )
                    for amount, day, text, partner in lines
                ],
                **values,
            }
        )

    def reconciliation(self, day=JUNE, user=None, **values):
        return (
            self.env["ar.bank.reconciliation"]
            .with_user(user or self.clerk)
            .create({"journal_id": self.bank_journal.id, "as_of_date": day, **values})
        )
