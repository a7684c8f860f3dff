"""Indexes that make the ledger's questions cheap on tables of any size."""

from odoo import models

from .columns import BRIEF, DESCRIPTION_FIELDS, HAS_RESIDUAL

DESCRIPTION_COLUMNS = ", ".join(DESCRIPTION_FIELDS)
POSTED = "parent_state = 'posted'"
ITEM_COLUMNS = (
    "company_id, currency_id, company_currency_id, amount_currency, balance,"
    " id, move_id, journal_id, date_maturity, invoice_date, move_name"
)


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
    # activity, opening balances, trial balance. With the other columns of the ledger's
    # items nothing else is read
    _ar_account_partner_date_idx = models.Index(
        f"(account_id, partner_id, date) INCLUDE ({ITEM_COLUMNS}) WHERE {POSTED}"
    )
    # what is open now, with its residuals; core's own index leads to the rows only
    _ar_open_item_idx = models.Index(
        f"(account_id, partner_id) INCLUDE (date, {ITEM_COLUMNS}, amount_residual,"
        f" amount_residual_currency) WHERE {POSTED} AND reconciled IS NOT TRUE"
        f" AND {HAS_RESIDUAL}"
    )


class AccountMove(models.Model):
    _inherit = "account.move"

    # number, reference and kind of each document, without its hundred other columns
    _ar_description_idx = models.Index(
        f"(id) INCLUDE ({DESCRIPTION_COLUMNS}) WHERE {BRIEF}"
    )
    # the same of all documents of a customer in a period, side by side
    _ar_customer_period_idx = models.Index(
        f"(commercial_partner_id, date) INCLUDE (id, {DESCRIPTION_COLUMNS})"
        f" WHERE state = 'posted' AND {BRIEF}"
    )
