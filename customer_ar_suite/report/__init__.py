from . import ar_report_mixin
from . import ar_report_table
from . import ar_report_xlsx
from . import ar_aging_report
from . import ar_paper_report
from . import ar_statement_report
from . import ar_statement_xlsx
from . import ar_confirmation_report
from . import ar_aging_comparison
from . import ar_trial_balance_report
from . import ar_customer_ledger_report
from . import ar_report_document
from . import ar_report_download

# customer import
from . import customer_template
from . import customer_import_rejected

# who holds which role
from . import customer_access_review_report
from . import customer_privacy_report
from . import ar_exchange_report
from . import ar_exchange_print
from . import customer_category_transition
from . import ar_credit_exposure_report
from . import ar_unmatched_receipt
from . import ar_aging_settlement
from . import ar_bank_reconciliation_report
from . import customer_category_figure
from . import customer_category_chart
from . import customer_purchase_report
from . import customer_usage_report
from . import ar_aging_prediction
from . import ar_aging_grade
from . import ar_aging_netting
from . import ar_rating_migration
from . import ar_credit_report
