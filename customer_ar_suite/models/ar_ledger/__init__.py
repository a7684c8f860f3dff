"""The one definition of "open item": nothing else joins partial reconciliations."""

from . import indexes
from . import open_items
from . import movements
from . import receipts
from . import tie_out
from . import transfers
