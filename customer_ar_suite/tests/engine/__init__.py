from . import test_money
from . import test_text
from . import test_ledger_rows
from . import test_registries
from . import test_amount_words
from . import test_statement_matrix
from . import test_statement_pages
from . import test_matching
