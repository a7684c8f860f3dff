"""A file of scores from an agency or insurer: one customer per row.

``fields`` says what a column may be, ``rows`` reads them by strict grammars, ``plan`` finds
the customer, refuses doubles and says what has expired. No row is dropped.
"""
