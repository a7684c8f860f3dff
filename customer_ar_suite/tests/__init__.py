from .engine import test_money
from .engine import test_text
from .engine import test_ledger_rows
from .engine import test_registries
from . import test_installation
from . import test_ledger
