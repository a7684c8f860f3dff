"""The translated sentence for each error code of the engine.

Each sentence says where and what to do. ``tests/test_module.py`` compares the codes raised
under ``engine/`` with the keys below, both ways.
"""

from odoo.exceptions import UserError

from .engine_messages_bank import BANK_MESSAGES
from .engine_messages_card import CARD_MESSAGES
from .engine_messages_entry import ENTRY_MESSAGES
from .engine_messages_exchange import EXCHANGE_MESSAGES
from .engine_messages_opening import OPENING_MESSAGES
from .engine_messages_rating import RATING_MESSAGES
from .engine_messages_reconciliation import RECONCILIATION_MESSAGES
from .engine_messages_rules import RULE_MESSAGES
from .engine_messages_statement import STATEMENT_MESSAGES

MESSAGES = {
    "unknown_code": lambda env, p: env._(
        "“%(value)s” is not a %(kind)s this version knows. "
        "Update the suite or remove the record that names it.",
        **p,
    ),
    "allocation_zero": lambda env, p: env._(
        "An allocation of nothing is none. Remove the line or enter an amount."
    ),
    "allocation_unknown": lambda env, p: env._(
        "An allocation names a receipt or an open item that is not part of this selection. "
        "Refresh the screen and try again.",
        **p,
    ),
    "receipt_over_applied": lambda env, p: env._(
        "The allocations add up to more than was received on the bank line, or to less "
        "than nothing. Change them.",
        **p,
    ),
    "item_over_applied": lambda env, p: env._(
        "More is applied than is open on the item, or with the wrong sign: credit notes "
        "are used with a negative amount. Change the allocation.",
        **p,
    ),
    "allocation_paid_missing": lambda env, p: env._(
        "An item in another currency needs what it takes from the receipt. Enter that "
        "amount, too.",
        **p,
    ),
    "adjustment_zero": lambda env, p: env._(
        "An adjustment of nothing is none. Remove it or enter an amount.", **p
    ),
    "adjustment_unknown": lambda env, p: env._(
        "An adjustment names an item that is not chosen. Choose the item, too.", **p
    ),
    "adjustment_over_item": lambda env, p: env._(
        "More is deducted than is settled of the item. Lower the adjustment.", **p
    ),
    # statements of account
    "statement_out_of_balance": lambda env, p: env._(
        "The statement does not add up in %(currency)s: opening %(opening)s + movements "
        "%(movements)s, closing %(closing)s, aging %(aging)s (in minor units). It was not "
        "issued. Check the customer's journal items and reconciliations in this currency.",
        **p,
    ),
    "statement_snapshot_unknown": lambda env, p: env._(
        "This statement was issued by a later version of the suite (snapshot format "
        "%(version)s). Update the suite to show it.",
        **p,
    ),
    "confirmation_kind_unknown": lambda env, p: env._(
        "“%(kind)s” is not a form of confirmation letter this version knows. Update the "
        "suite to show it.",
        **p,
    ),
    # bills receivable
    "bill_step_not_allowed": lambda env, p: env._(
        "This step cannot follow the last one of the bill. Take back the last step first.",
        **p,
    ),
    "bill_step_too_early": lambda env, p: env._(
        "%(date)s is before the last step of %(last)s. Choose a later day.", **p
    ),
    "bill_step_after_due": lambda env, p: env._(
        "The bill is due on %(due)s; on %(date)s it can only be collected.", **p
    ),
    "bill_charge_too_high": lambda env, p: env._(
        "Charges must be less than the amount of the bill, and not negative.", **p
    ),
    # lifecycle
    "lifecycle_operator": lambda env, p: env._(
        "“%(operator)s” is no comparison this version knows. Correct the lifecycle rule.",
        **p,
    ),
    # -- files from outside ---------------------------------------------------------------
    "file_empty": lambda env, p: env._(
        "The file is empty. Choose the file again, or export it once more.", **p
    ),
    "file_no_rows": lambda env, p: env._(
        "The file has no row with content. Check that the data is in it.", **p
    ),
    "file_too_big": lambda env, p: env._(
        "The file has %(size)s MB; the limit is %(limit)s MB. Split it and load the parts.",
        **p,
    ),
    "file_type_unsupported": lambda env, p: env._(
        "This is a %(kind)s file, whatever its name says. "
        "Save it as .xlsx, .xls, .ods or .csv and upload it again.",
        **p,
    ),
    "file_corrupt": lambda env, p: env._(
        "The file is damaged or cut off (%(kind)s). Open it in its program, save it again "
        "and upload the new copy.",
        **p,
    ),
    "file_truncated": lambda env, p: env._(
        "The file ends in the middle of a character: a part of it is missing. "
        "Export or download it again.",
        **p,
    ),
    "file_encrypted": lambda env, p: env._(
        "The file is protected by a password. Remove the protection and upload it again.",
        **p,
    ),
    "file_has_nul": lambda env, p: env._(
        "Row %(row)s contains a NUL character: the file is damaged or not a text file. "
        "Save it again as .xlsx or as UTF-8 text.",
        **p,
    ),
    "archive_unsafe": lambda env, p: env._(
        "The file is not opened because its inside looks like an attack (%(reason)s). "
        "Open it in its program, save it again and upload the new copy.",
        **p,
    ),
    "sheet_unknown": lambda env, p: env._("The file has no sheet “%(value)s”.", **p),
    "too_many_sheets": lambda env, p: env._(
        "The file has more than %(limit)s sheets. Keep only those to be loaded.", **p
    ),
    "too_many_rows": lambda env, p: env._(
        "Sheet “%(sheet)s” has more than %(limit)s rows. Split it and load the parts.",
        **p,
    ),
    "too_many_columns": lambda env, p: env._(
        "Row %(row)s has more than %(limit)s columns. Delete the columns not needed.",
        **p,
    ),
    "cell_too_long": lambda env, p: env._(
        "Row %(row)s, column %(column)s: the cell has %(size)s characters; "
        "the limit is %(limit)s.",
        **p,
    ),
    "csv_quote_open": lambda env, p: env._(
        "Row %(row)s: a quotation mark is opened and never closed (line %(line)s). "
        "Correct the row or choose another separator.",
        **p,
    ),
    "csv_quote_bad": lambda env, p: env._(
        "Row %(row)s: there is text after a closing quotation mark (line %(line)s). "
        "Correct the row or choose another separator.",
        **p,
    ),
    "encoding_unknown": lambda env, p: env._(
        "The encoding of the file cannot be told with certainty. Choose it from the list.",
        **p,
    ),
    "encoding_mixed": lambda env, p: env._(
        "Row %(row)s is in another encoding than the rows before it. "
        "Save the file in one encoding, for example UTF-8.",
        **p,
    ),
    "encoding_wrong": lambda env, p: env._(
        "Row %(row)s cannot be read as %(encoding)s. Choose another encoding.", **p
    ),
    "parser_too_much": lambda env, p: env._(
        "Reading the file needed more memory or time than is allowed. "
        "Split it or remove what is not needed, and upload it again.",
        **p,
    ),
    "parser_failed": lambda env, p: env._(
        "The file could not be read: it is damaged in a way its program can perhaps repair. "
        "Open it there, save it again and upload the new copy.",
        **p,
    ),
    # -- values of a row ------------------------------------------------------------------
    "value_missing": lambda env, p: env._(
        "Row %(row)s, column “%(column)s”: a value is required.", **p
    ),
    "cell_formula_error": lambda env, p: env._(
        "Row %(row)s, column “%(column)s”: the cell shows the error %(value)s.", **p
    ),
    "text_control_character": lambda env, p: env._(
        "Row %(row)s, column “%(column)s”: the character %(value)s cannot be shown.",
        **p,
    ),
    "text_too_long": lambda env, p: env._(
        "Row %(row)s, column “%(column)s”: %(size)s characters; the limit is %(limit)s "
        "(%(value)s).",
        **p,
    ),
    "code_not_readable": lambda env, p: env._(
        "Row %(row)s, column “%(column)s”: “%(value)s” is not a code.", **p
    ),
    "code_digits_lost": lambda env, p: env._(
        "Row %(row)s, column “%(column)s”: the spreadsheet has rounded %(value)s to 15 "
        "digits. Format the column as text and enter the number again.",
        **p,
    ),
    "email_not_readable": lambda env, p: env._(
        "Row %(row)s, column “%(column)s”: “%(value)s” is not one e-mail address.", **p
    ),
    "phone_not_readable": lambda env, p: env._(
        "Row %(row)s, column “%(column)s”: “%(value)s” is not a telephone number "
        "(country %(country)s).",
        **p,
    ),
    "country_unknown": lambda env, p: env._(
        "Row %(row)s, column “%(column)s”: no country is called “%(value)s”.", **p
    ),
    "amount_not_readable": lambda env, p: env._(
        "Row %(row)s, column “%(column)s”: “%(value)s” is not an amount in the number "
        "format chosen.",
        **p,
    ),
    "amount_too_precise": lambda env, p: env._(
        "Row %(row)s, column “%(column)s”: %(value)s has more than %(digits)s decimal "
        "places.",
        **p,
    ),
    "integer_not_readable": lambda env, p: env._(
        "Row %(row)s, column “%(column)s”: “%(value)s” is not a whole number.", **p
    ),
    "percent_not_readable": lambda env, p: env._(
        "Row %(row)s, column “%(column)s”: “%(value)s” is not a percentage such as 15%%.",
        **p,
    ),
    "date_not_readable": lambda env, p: env._(
        "Row %(row)s, column “%(column)s”: “%(value)s” is not a date in the order "
        "%(order)s.",
        **p,
    ),
    "boolean_not_readable": lambda env, p: env._(
        "Row %(row)s, column “%(column)s”: “%(value)s” is neither yes nor no.", **p
    ),
    # -- customer file --------------------------------------------------------------------
    "customer_not_named": lambda env, p: env._(
        "Row %(row)s has neither a name nor a customer code nor a tax ID.", **p
    ),
    "tax_id_wrong": lambda env, p: env._(
        "Row %(row)s, column “%(column)s”: the check character of “%(value)s” is wrong "
        "(country %(country)s).",
        **p,
    ),
    "tax_id_wrong_meant": lambda env, p: env._(
        "Row %(row)s, column “%(column)s”: the check character of “%(value)s” is wrong. "
        "Perhaps %(meant)s is meant.",
        **p,
    ),
    "iban_wrong": lambda env, p: env._(
        "Row %(row)s, column “%(column)s”: the check digits of the IBAN “%(value)s” are "
        "wrong.",
        **p,
    ),
    "bank_account_wrong": lambda env, p: env._(
        "Row %(row)s, column “%(column)s”: “%(value)s” is not an account number.", **p
    ),
    "bank_without_account": lambda env, p: env._(
        "Row %(row)s, column “%(column)s”: the bank “%(value)s” is left out because the row "
        "has no account number.",
        **p,
    ),
    "looks_like": lambda env, p: env._(
        "Row %(row)s: “%(value)s” may be the customer “%(customer)s” (%(score)s of 100). "
        "Choose to create, update, merge into or skip.",
        **p,
    ),
    "looks_like_hidden": lambda env, p: env._(
        "Row %(row)s: “%(value)s” shares an identifying number with a customer you have not "
        "been granted. Ask an administrator before you create it.",
        **p,
    ),
    "looks_like_row": lambda env, p: env._(
        "Row %(row)s: “%(value)s” may be the customer of row %(first)s (%(score)s of 100). "
        "Choose to create or skip.",
        **p,
    ),
    "contact_without_name": lambda env, p: env._(
        "Row %(row)s, column “%(column)s”: “%(value)s” belongs to a contact without a name "
        "and is left out.",
        **p,
    ),
    "too_many_entries": lambda env, p: env._(
        "Row %(row)s, column “%(column)s”: the customer has more contacts, accounts or "
        "addresses than any can have. Check whether the names of the customers are missing.",
        **p,
    ),
    "entry_differs": lambda env, p: env._(
        "Row %(row)s, column “%(column)s”: “%(value)s” differs from “%(held)s” in an earlier "
        "row of the same contact, account or address, which is taken.",
        **p,
    ),
    "row_continues": lambda env, p: env._(
        "Row %(row)s has no name: it is read as a continuation of row %(first)s.", **p
    ),
    "row_is_total": lambda env, p: env._(
        "Row %(row)s, column “%(column)s”: “%(value)s” is a total, not a customer.", **p
    ),
    "twice_in_file": lambda env, p: env._(
        "Row %(row)s, column “%(column)s”: “%(value)s” is already in row %(first)s.",
        **p,
    ),
    "matches_several": lambda env, p: env._(
        "Row %(row)s fits several customers (numbers %(ids)s). Choose one, or skip the row.",
        **p,
    ),
    "customer_not_granted": lambda env, p: env._(
        "Row %(row)s, column “%(column)s”: “%(value)s” belongs to a customer of a category "
        "you have not been granted with the right to edit. Leave the row to a colleague who "
        "has it.",
        **p,
    ),
    "tax_id_taken": lambda env, p: env._(
        "Row %(row)s, column “%(column)s”: a customer with another code has the tax ID "
        "“%(value)s”. Choose “Update” to change it, “Create” for a second one, or skip the "
        "row.",
        **p,
    ),
    "matches_archived": lambda env, p: env._(
        "Row %(row)s fits an archived customer. Choose “Update” to change it, or skip the "
        "row.",
        **p,
    ),
    "phone_more_ignored": lambda env, p: env._(
        "Row %(row)s, column “%(column)s”: only the first number is taken; %(value)s is "
        "left out.",
        **p,
    ),
    "reference_unknown": lambda env, p: env._(
        "Row %(row)s, column “%(column)s”: nothing is called “%(value)s”. Create it first, "
        "or correct the cell.",
        **p,
    ),
    "reference_ambiguous": lambda env, p: env._(
        "Row %(row)s, column “%(column)s”: several records are called “%(value)s”.", **p
    ),
    **BANK_MESSAGES,
    **CARD_MESSAGES,
    **RULE_MESSAGES,
    **ENTRY_MESSAGES,
    **STATEMENT_MESSAGES,
    "approval_own_change": lambda env, p: env._(
        "Nobody approves a change of his own, not through a second account either. "
        "Somebody else has to decide.",
        **p,
    ),
    "approval_not_approver": lambda env, p: env._(
        "You were not among the approvers when this change was requested, or no longer "
        "are.",
        **p,
    ),
    "approval_deputy_too_early": lambda env, p: env._(
        "You are a deputy: you may decide from %(date)s on, if no approver has.", **p
    ),
    "approval_voted_already": lambda env, p: env._(
        "You have decided on this change already; another approver is needed.", **p
    ),
    "approval_not_shown": lambda env, p: env._(
        "You have not been granted the money of this customer, so you cannot decide on it.",
        **p,
    ),
    "approval_expired": lambda env, p: env._(
        "The request expired on %(date)s. Make the change again if it is still wanted.",
        **p,
    ),
    # -- vault ----------------------------------------------------------------------------
    "vault_no_key": lambda env, p: env._(
        "This server has no encryption key. Encrypted values cannot be read or written; what "
        "is stored stays as it is. An administrator sets customer_ar_vault_keys.",
        **p,
    ),
    "vault_key_missing": lambda env, p: env._(
        "The value is sealed with the key “%(key)s”, which this server does not have. It stays "
        "as it is until the key is back.",
        **p,
    ),
    "vault_keys_not_readable": lambda env, p: env._(
        "The encryption keys of this server cannot be read: entry %(number)s of "
        "customer_ar_vault_keys is not name:base64 of at least 32 bytes, or its name is taken.",
        **p,
    ),
    "vault_token_refused": lambda env, p: env._(
        "The stored value was changed outside Odoo, or belongs to another record. It is not "
        "shown and not overwritten.",
        **p,
    ),
    "vault_library_missing": lambda env, p: env._(
        "Encryption needs the Python package “cryptography”. An administrator installs it.",
        **p,
    ),
    **EXCHANGE_MESSAGES,
    **OPENING_MESSAGES,
    **RECONCILIATION_MESSAGES,
    **RATING_MESSAGES,
}


def engine_message(env, error):
    """The sentence for ``error`` in the user's language; unknown codes show the code."""
    build = MESSAGES.get(error.code)
    return build(env, error.params) if build else str(error)


def user_error(env, error):
    """``error`` of the engine as the exception Odoo shows without a traceback."""
    return UserError(engine_message(env, error))
