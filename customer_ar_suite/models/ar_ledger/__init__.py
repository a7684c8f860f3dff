"""The one definition of "open item": nothing else joins partial reconciliations."""

from . import indexes
from . import item_history
from . import reconciliation_history
from . import open_items
from . import accounts
from . import known
from . import movements
from . import receipts
from . import tie_out
from . import transfers
from . import payables
from . import bills
from . import proofs
from . import payment_history
from . import exchange
from . import turnover
from . import rates
from . import two_dates
from . import exposure
from . import exposure_suspense
from . import bank_items
from . import rating
from . import past
