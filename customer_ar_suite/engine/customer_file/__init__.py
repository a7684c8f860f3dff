"""A customer file: which column is which field, what is wrong with a row, what it would do.

``headers`` proposes the mapping, ``rows`` reads the cells, ``checks`` finds faults, ``plan``
compares with the customers there are. Nothing here writes anything.
"""

from . import checks as checks
