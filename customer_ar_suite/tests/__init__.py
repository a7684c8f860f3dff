from . import common_passwords
from .engine import test_money
from .engine import test_text
from .engine import test_ledger_rows
from .engine import test_aging
from .engine import test_bill_steps
from .engine import test_report_tables
from .engine import test_registries
from .engine import test_amount_words
from .engine import test_statement_matrix
from .engine import test_statement_pages
from .engine import test_confirmation_letter
from .engine import test_matching
from .engine import test_match_more
from .engine import test_match_returns
from .engine import test_combine
from .engine import test_charts
from .engine import test_payer
from .engine import test_customer_file
from .engine import test_customer_keys
from .engine import test_customer_damaged
from .engine import test_customer_undo
from .engine import test_tabular_columns
from .engine import test_tabular_reader
from .engine import test_bank_formats
from .engine import test_bank_damaged
from .engine import test_bank_written
from .engine import test_approval
from .engine import test_closing_checks
from .engine import test_vault
from .engine import test_access
from .engine import test_segregation
from .engine import test_privacy
from .engine import test_schedule
from .engine import test_paste
from .engine import test_numbering
from .engine import test_dispatch
from . import test_installation
from . import test_ledger
from . import test_ar_check
from . import test_ar_check_overrides
from . import test_bills
from . import test_ledger_cases
from . import test_ledger_known
from . import test_ledger_property
from .engine import test_history
from .engine import test_merge_plan
from . import test_dimensions
from . import test_seams
from . import test_safe_io
from . import test_roles
from . import test_role_matrix
from . import test_module
from . import test_rpc
from . import test_gates_http
from . import test_gates_routes
from . import test_gates_rights
from . import test_gates_findings
from . import test_flow_bank_to_reconcile
from . import test_flow_bank_formats
from . import test_bank_staged
from . import test_flow_bank_import
from . import test_aging_report
from . import test_aging_netting
from . import test_aging_grade
from . import test_receivables_reports
from . import test_report_exports
from . import test_report_tour
from . import test_flow_import_customers
from . import test_import_rows
from . import test_import_defaults
from . import test_import_parts
from . import test_import_undo
from . import test_import_tour
from . import test_match_review
from . import test_payer_alias
from . import test_architecture
from . import test_flow_statements
from . import test_statement_run
from . import test_demo_statement_runs
from . import test_demo_guards
from . import test_statement_delivery
from . import test_statement_schedule
from . import test_tour_statement_run
from . import test_statement_histories
from . import test_statement_files
from . import test_confirmation
from . import test_confirmation_send
from . import test_confirmation_tour
from . import test_demo
from . import test_tours
from . import test_change_request
from . import test_identity
from . import test_identity_coverage

# audit trail
from .engine import test_audit
from . import test_audit_trail
from . import test_audit_decisions
from . import test_audit_attacks
from . import test_audit_events
from . import test_audit_tour
from . import test_closing
from . import test_closing_attacks
from . import test_closing_quorum
from . import test_tombstone_retention
from . import test_closing_tour
from . import test_sensitive_vault
from . import test_sensitive_masking
from . import test_sensitive_tour
from . import test_leak_matrix
from . import test_left_customers
from . import test_dimension_life
from . import test_quality_tour
from . import test_grant_tour
from . import test_category_grants
from . import test_grants_money
from . import test_propagation
from . import test_access_review
from . import test_change_evidence
from . import test_customer_approval
from . import test_tour_approval
from . import test_tour_browser
from . import test_customer_numbering
from . import test_customer_entry
from . import test_tour_entry
from . import test_change_attacks
from . import test_change_http
from . import test_change_property
from . import test_privacy_consent
from . import test_privacy_export
from . import test_privacy_erasure

# exchange rates, payment cycles
from .engine import test_payment_cycle
from .engine import test_exchange
from .engine import test_lifecycle
from .engine import test_rate_file
from . import test_flow_exchange
from . import test_exchange_print
from . import test_flow_rates
from . import test_flow_payment_cycle
from . import test_exchange_tour

# duplicates
from .engine import test_duplicates
from . import test_duplicate_finder
from . import test_duplicate_run

# lifecycle
from . import test_flow_lifecycle
from . import test_lifecycle_tour

# classification by rules
from .engine import test_segmentation
from . import test_classification
from . import test_classification_screens

# validation rules, corrections, addresses
from .engine import test_validation
from .engine import test_correction
from .engine import test_address
from . import test_validation_rules
from . import test_corrections
from . import test_rules_import

# opening items, API, scheduled work
from .engine import test_opening_items
from . import test_flow_opening_items
from . import test_customer_api
from . import test_flow_workflow

# merge and unmerge
from . import test_merge
from . import test_merge_property
from . import test_merge_tour

# credit
from .engine import test_exposure
from .engine import test_trade_usage
from . import test_credit_exposure
from . import test_credit_branches
from . import test_credit_suspense
from . import test_credit_limit
from . import test_credit_hold
from . import test_credit_demo

# classification by rules
from . import test_rules_tour

# customer-level matching, unmatched receipts, reconciliation
from .engine import test_settle
from .engine import test_nearest
from .engine import test_bank_reconciliation
from .engine import test_evidence
from . import test_unmatched_receipt
from . import test_customer_match
from . import test_reconciliation_bank
from . import test_reconciliation_task
from . import test_reconciliation_evidence
from . import test_reconciliation_tour
from . import test_reconciliation_demo
from . import test_customer_card
from . import test_category_dashboard
from . import test_flow_usage
from . import test_classification_tour

# data quality, alerts
from .engine import test_quality
from .engine import test_alerts
from . import test_data_quality
from . import test_alert_rules
from . import test_import_proposals
from .engine import test_prediction
from . import test_payment_predictions

# rating
from .engine import test_rating as test_rating_engine
from .engine import test_score_file
from . import test_rating
from . import test_rating_returns
from . import test_rating_policy
from .engine import test_simulation as test_simulation_engine
from .engine import test_simulation_course
from . import test_simulation
from . import test_adjustments
from . import test_returns_refunds
from . import test_returns_partial
from . import test_cash_basis
from . import test_match_quality
