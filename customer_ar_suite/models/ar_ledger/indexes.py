"""Indexes that make the ledger's questions cheap on tables of any size."""

from odoo import models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    # "what was reconciled after that date?" is asked by every look at the ledger
    _ar_max_date_idx = models.Index("(max_date)")


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    # drafts keep their reconciliations; they are few, and must be found without a scan
    _ar_unposted_matched_idx = models.Index(
        "(id) WHERE parent_state != 'posted' AND matching_number IS NOT NULL"
    )
    # all that ever happened on the receivable accounts of some customers: statements of
    # activity, opening balances, what became of a confirmed balance
    _ar_account_partner_date_idx = models.Index(
        "(account_id, partner_id, date) WHERE parent_state = 'posted'"
    )
