from odoo import models
from odoo.exceptions import AccessError, UserError

_CLERK = "customer_ar_suite.customer_ar_suite_group_ar_clerk"


def _check_clerk(records):
    if not records.env.user.has_group(_CLERK):
        raise AccessError(records.env._("Only AR clerks may match receipts."))
    records.check_access("read")


def _settle_action(records, context):
    return {
        "type": "ir.actions.act_window",
        "name": records.env._("Settle Open Items"),
        "res_model": "ar.match.settle",
        "view_mode": "form",
        "target": "new",
        "context": context,
    }


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    def action_ar_settle(self):
        """Settle open items with this bank line."""
        _check_clerk(self)
        self.ensure_one()
        return _settle_action(
            self,
            {
                "default_statement_line_id": self.id,
                "default_company_id": self.company_id.id,
                "default_partner_id": self.partner_id.id,
            },
        )


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def action_ar_settle(self):
        """Settle open items with the bank line this payment has come in by."""
        _check_clerk(self)
        self.ensure_one()
        lines = self.env["account.bank.statement.line"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("is_reconciled", "=", False),
                ("amount", "=", self.amount),
                ("partner_id", "in", (False, self.partner_id.id)),
            ],
            order="date desc",
            limit=1,
        )
        if not lines:
            raise UserError(
                self.env._(
                    "No bank line of this amount waits. Import the bank file first."
                )
            )
        return lines.action_ar_settle()


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_ar_settle_receipt(self):
        """Settle this customer's open items with one of his bank lines."""
        _check_clerk(self)
        self.ensure_one()
        line = self.env["account.bank.statement.line"].search(
            [
                ("company_id", "=", self.env.company.id),
                ("is_reconciled", "=", False),
                ("amount", ">", 0),
                ("partner_id", "child_of", self.commercial_partner_id.ids),
            ],
            order="date",
            limit=1,
        )
        return _settle_action(
            self,
            {
                "default_partner_id": self.id,
                "default_company_id": self.env.company.id,
                "default_statement_line_id": line.id,
            },
        )

    def action_ar_refund(self):
        """Ask to pay this customer's credits back."""
        _check_clerk(self)
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Request a Refund"),
            "res_model": "ar.refund.ask",
            "view_mode": "form",
            "target": "new",
            "context": {"default_partner_id": self.commercial_partner_id.id},
        }
