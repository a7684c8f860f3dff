"""The translated sentence for each error code about bank files."""

BANK_MESSAGES = {
    # -- bank files -----------------------------------------------------------------------
    "bank_file_empty": lambda env, p: env._("The file is empty.", **p),
    "bank_file_refused": lambda env, p: env._(
        "This is a %(format)s file. Ask the bank for CAMT.053, MT940 or OFX, or for a csv or "
        "Excel export.",
        **p,
    ),
    "bank_file_unknown": lambda env, p: env._(
        "No known bank file format. Ask the bank for CAMT.053, MT940 or OFX, or for a csv or "
        "Excel export.",
        **p,
    ),
    "bank_file_ambiguous": lambda env, p: env._(
        "The file could be read as %(formats)s. Export it once more in one format.", **p
    ),
    "bank_file_without_statement": lambda env, p: env._(
        "The file is readable, but holds no bank statement.", **p
    ),
    "bank_statement_twice": lambda env, p: env._(
        "The file holds statement %(statement)s of account %(account)s twice.", **p
    ),
    "bank_statement_out_of_balance": lambda env, p: env._(
        "%(account)s, statement %(statement)s: opening balance %(opening)s plus booked lines "
        "%(booked)s is not the closing balance %(closing)s; %(difference)s is missing. "
        "Ask the bank for the complete file.",
        **p,
    ),
    "bank_total_differs": lambda env, p: env._(
        "%(account)s, statement %(statement)s: by its own total (%(total)s) the file has "
        "%(expected)s, its lines add up to %(found)s. Ask the bank for the complete file.",
        **p,
    ),
    "bank_currency_unclear": lambda env, p: env._(
        "Statement %(statement)s mixes currencies (%(currencies)s) or names none.", **p
    ),
    "bank_currency_unknown": lambda env, p: env._(
        "%(statement)s: “%(value)s” is not a currency of this database.", **p
    ),
    "bank_amount_not_readable": lambda env, p: env._(
        "%(statement)s, row %(row)s, %(column)s: “%(value)s” is not an amount in the "
        "expected number format.",
        **{"row": "–", "column": "–"} | p,
    ),
    "bank_amount_too_precise": lambda env, p: env._(
        "%(statement)s, row %(row)s, %(column)s: %(value)s has more than %(digits)s decimal "
        "places, which this currency does not have.",
        **{"row": "–", "column": "–"} | p,
    ),
    "bank_date_not_readable": lambda env, p: env._(
        "%(statement)s, row %(row)s, %(column)s: “%(value)s” is not a date in the expected "
        "order.",
        **{"row": "–", "column": "–"} | p,
    ),
    "bank_sign_not_readable": lambda env, p: env._(
        "%(statement)s, row %(row)s, %(column)s: “%(value)s” does not say whether money "
        "came in or went out.",
        **p,
    ),
    "bank_sign_twice": lambda env, p: env._(
        "%(statement)s, row %(row)s, %(column)s: “%(value)s” has a sign of its own beside the "
        "column that says in or out. Leave that column out of the layout, or correct the row.",
        **p,
    ),
    "bank_debit_and_credit": lambda env, p: env._(
        "%(statement)s, row %(row)s: the line has an amount both in and out.", **p
    ),
    "bank_cell_faulty": lambda env, p: env._(
        "%(statement)s, row %(row)s, %(column)s: the cell shows the error %(value)s.",
        **p,
    ),
    "bank_heading_twice": lambda env, p: env._(
        "The heading “%(value)s” stands over several columns (%(columns)s). Name the column "
        "in the layout by its number, for example #3.",
        **p,
    ),
    "bank_layout_missing": lambda env, p: env._(
        "No layout fits this table; its headings are: %(headings)s. Choose another layout, "
        "or describe this bank under Configuration ▸ Bank File Layouts.",
        **p,
    ),
    "bank_layout_ambiguous": lambda env, p: env._(
        "Several layouts fit this table (%(profiles)s). Choose one of them.", **p
    ),
    "bank_library_missing": lambda env, p: env._(
        "%(format)s files need the Python package %(package)s. Ask your administrator to "
        "install it (pip install %(package)s) and to restart Odoo.",
        **p,
    ),
    "bank_field_outside": lambda env, p: env._(
        "Line %(row)s: field :%(field)s: stands outside of a message, whose beginning "
        "(:20:) is missing. Ask the bank for the complete file.",
        **p,
    ),
    "bank_field_unknown": lambda env, p: env._(
        "Line %(row)s: an MT940 message has no field :%(field)s:. The file is damaged; ask "
        "the bank for it again.",
        **p,
    ),
    "bank_field_order": lambda env, p: env._(
        "Line %(row)s: field :%(field)s: is not where it belongs; a part of the message is "
        "missing. Ask the bank for the complete file.",
        **p,
    ),
    "bank_field_twice": lambda env, p: env._(
        "Line %(row)s: field :%(field)s: comes twice in one message. Ask the bank for the "
        "file again.",
        **p,
    ),
    "bank_message_incomplete": lambda env, p: env._(
        "The message that begins in line %(row)s has no %(fields)s: the file is cut off. Ask "
        "the bank for the complete file.",
        **p,
    ),
    "bank_field_not_readable": lambda env, p: env._(
        "%(statement)s, line %(row)s: field :%(field)s: cannot be read (“%(value)s”). Ask the "
        "bank for the file again.",
        **p,
    ),
    "bank_journal_needed": lambda env, p: env._(
        "%(format)s files name neither account nor currency. Choose the journal and read the "
        "file again.",
        **p,
    ),
    "bank_date_order_open": lambda env, p: env._(
        "The dates (“%(value)s”) can be read in two ways. Choose the order of day and month "
        "and read the file again.",
        **p,
    ),
    "ofx_cut": lambda env, p: env._(
        "The end of %(tag)s is missing: the file is cut off. Download it from the bank again.",
        **p,
    ),
    "ofx_nesting": lambda env, p: env._(
        "Line %(row)s: %(tag)s is not where it belongs. The file is damaged or cut off; "
        "download it from the bank again.",
        **p,
    ),
    "ofx_value_twice": lambda env, p: env._(
        "Line %(row)s: %(tag)s comes twice in one movement. Download the file from the bank "
        "again.",
        **p,
    ),
    "ofx_status_error": lambda env, p: env._(
        "The bank answered with error %(status)s instead of a statement: %(message)s",
        **p,
    ),
    "ofx_investment": lambda env, p: env._(
        "The file holds a securities account, which has no bank statement. Export the bank "
        "accounts alone.",
        **p,
    ),
    "qif_line_unknown": lambda env, p: env._(
        "Line %(row)s is no part of a QIF movement: “%(value)s”. Export the file again.",
        **p,
    ),
    "qif_line_twice": lambda env, p: env._(
        "Line %(row)s repeats what the same movement said before: “%(value)s”. Export the "
        "file again.",
        **p,
    ),
    "qif_record_cut": lambda env, p: env._(
        "The movement that begins in line %(row)s has no end (^): the file is cut off. Export "
        "it again.",
        **p,
    ),
    "qif_section_refused": lambda env, p: env._(
        "Line %(row)s begins a section that is no bank account: %(section)s. Export the bank "
        "account alone.",
        **p,
    ),
    "qif_several_accounts": lambda env, p: env._(
        "The file holds several accounts (%(accounts)s). QIF does not say which numbers they "
        "have: export one account per file.",
        **p,
    ),
    "xml_dtd_refused": lambda env, p: env._(
        "The file defines entities or a DTD, which bank files never do. It was not read.",
        **p,
    ),
    "xml_not_readable": lambda env, p: env._(
        "The file is damaged or incomplete (line %(row)s: %(detail)s). "
        "Ask the bank for it again.",
        **p,
    ),
}
