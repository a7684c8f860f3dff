"""What must always be true of the books, one file per invariant, proven on live data.

Another one is a file like these and a line here; see docs/EXTENDING.md.
"""

from . import ledger
from . import buckets
from . import residuals
from . import matches
from . import reversible
from . import bank
from . import recorder
from . import overrides
