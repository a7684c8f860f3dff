from . import test_money
from . import test_text
from . import test_ledger_rows
from . import test_registries
