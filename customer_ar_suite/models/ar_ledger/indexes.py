"""Indexes that make the ledger's questions cheap on tables of any size."""

from odoo import models

from .columns import BRIEF, DESCRIPTION_FIELDS


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
    # activity, opening balances, what became of a confirmed balance. Sums need nothing
    # but the index: the trial balance of everybody takes half the time
    _ar_account_partner_date_idx = models.Index(
        "(account_id, partner_id, date) INCLUDE (company_id, currency_id,"
        " company_currency_id, amount_currency, balance) WHERE parent_state = 'posted'"
    )


class AccountMove(models.Model):
    _inherit = "account.move"

    # number, reference and kind of each document, without its hundred other columns
    _ar_description_idx = models.Index(
        f"(id) INCLUDE ({', '.join(DESCRIPTION_FIELDS)}) WHERE {BRIEF}"
    )
