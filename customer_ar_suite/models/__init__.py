from . import ar_run_mixin
from . import ar_run_item_mixin
from . import ar_ledger
