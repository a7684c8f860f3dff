from . import ar_file_upload_mixin
from . import customer_category_find
from . import customer_category_choose
from . import customer_category_transition_open
from . import customer_dimension_switch
from . import customer_access_explain
from . import ar_bank_import_upload
from . import ar_bank_layout_define
from . import ar_report_open_mixin
from . import ar_aging_open
from . import ar_bill_step_enter
from . import ar_ledger_open

# customer import
from . import customer_import_upload
from . import customer_import_correction
from . import customer_import_undo_start
from . import ar_statement_send
from . import ar_confirmation_answer
from . import ar_statement_run_confirm
from . import customer_change_review

# audit trail
from . import customer_audit_export
from . import customer_audit_verify
from . import customer_closing_reject
from . import customer_closing_start
from . import customer_unmask_ask
from . import customer_vault_status
from . import customer_access_sign
from . import customer_change_explain
from . import customer_privacy_consent_record

# exchange results, payment cycles
from . import ar_exchange_open
from . import ar_rate_import_upload
from . import ar_rate_warning
from . import ar_payment_cycle_assign

# lifecycle
from . import customer_lifecycle_move

# validation rules
from . import customer_validation_test

# opening items
from . import ar_opening_upload
from . import customer_entry_skip
from . import customer_paste
from . import ar_credit_ask
from . import ar_credit_takeover

# opening items
from . import ar_evidence_ask
from . import ar_netting_propose
from . import customer_usage_upload
from . import customer_product_gap

# alerts
from . import customer_alert_close

# rating
from . import ar_rating_ask
from . import ar_score_upload

# receipts: differences, refunds, remittance advices
from . import ar_adjustment_refuse
from . import ar_match_settle
from . import ar_refund_ask
from . import ar_remittance_enter
