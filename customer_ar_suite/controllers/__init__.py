from . import ar_download
from . import ar_statement_run_download
from . import ar_report
from . import customer_template
from . import customer_privacy_portal
from . import report
from . import customer_import_rejected
from . import ar_reconciliation_download
