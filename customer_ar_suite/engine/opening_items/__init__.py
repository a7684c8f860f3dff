"""Opening open items: what customers owed in the system before, one row each.

``fields`` says what a column may be, ``rows`` reads them by strict grammars, ``plan`` finds
the customer, refuses doubles and adds up.
"""
