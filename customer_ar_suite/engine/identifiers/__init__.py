"""Numbers that prove themselves: tax ids, credit codes, account numbers, addresses.

The one definition of what is right; files, forms, rules and corrections ask here.
"""
