from . import ar_run_mixin
from . import ar_table_file_mixin
from . import ar_staged_file_mixin
from . import ar_run_item_mixin
from . import ar_partner_rule_mixin
from . import ar_table_row_mixin
from . import ar_locked_mixin
from . import ar_cached_mixin
from . import ar_decision_mixin
from . import ar_vote_mixin
from . import ar_ledger
from . import ar_aging_bucket

# customers, dimensions, seams
from . import ar_paper_mixin
from . import ar_identity_rule
from . import res_users_identitycheck
from . import customer_change_policy
from . import customer_change_mixin
from . import customer_change_request
from . import customer_change_submit
from . import customer_change_evidence
from . import customer_change_decide
from . import customer_change_notify
from . import customer_change_line
from . import customer_change_decision
from . import customer_audit_entry
from . import customer_audit_entry_text
from . import customer_audit_event
from . import customer_audit_policy
from . import customer_audit_recorder
from . import customer_audit_mismatch
from . import customer_audit_base
from . import ir_model_fields_removal
from . import customer_audit_seal
from . import customer_audit_head
from . import customer_audit_export
from . import customer_audit_check
from . import res_config_settings_audit
from . import customer_closing_check
from . import customer_closing_request
from . import customer_closing_vote
from . import customer_closing_panel
from . import customer_closing_decision
from . import customer_closing_execute
from . import customer_audit_decisions
from . import customer_closing_finding
from . import customer_tombstone
from . import customer_tombstone_retention
from . import res_company_closing
from . import customer_dimension
from . import customer_dimension_rules
from . import customer_category
from . import customer_evidence_text
from . import customer_category_assignment
from . import customer_category_assignment_why
from . import customer_metrics
from . import customer_category_rule
from . import customer_category_rule_condition
from . import customer_classifier
from . import customer_category_run
from . import customer_category_run_line
from . import customer_dimension_level
from . import customer_dimension_template
from . import customer_category_default
from . import customer_category_proposal
from . import customer_category_review
from . import ir_fields_converter
from . import res_partner
from . import res_partner_dimensions
from . import res_partner_classification
from . import res_partner_audit
from . import base_partner_merge
from . import account_move
from . import account_move_closing
from . import account_move_approval
from . import res_company_approval
from . import res_company_ledger
from . import res_company_bill
from . import ar_bill
from . import ar_bill_step
from . import account_dimensions
from . import customer_dimension_traces
from . import ar_checks
from . import customer_ar_check
from . import customer_ar_check_result
from . import res_config_settings_check

# cash application
from . import ar_allocation
from . import ar_match_rule
from . import ar_match_run
from . import ar_match_payer
from . import ar_payer_alias
from . import ar_allocation_run
from . import ar_match_proposal
from . import ar_match_store
from . import ar_match_decision
from . import ar_match_allocation

# bank files
from . import ar_bank_layout_mixin
from . import ar_bank_csv_profile
from . import ar_bank_import
from . import ar_bank_import_stage
from . import ar_bank_import_statement
from . import ar_bank_import_text
from . import ar_bank_import_line
from . import account_journal

# customer import
from . import customer_import_profile
from . import customer_import_batch
from . import customer_import_keep
from . import customer_import_mapping
from . import customer_import_row
from . import customer_import_reference
from . import customer_import_file
from . import customer_import_existing
from . import customer_import_stage
from . import customer_import_choice
from . import customer_import_beside
from . import customer_import_claim
from . import customer_import_defaults
from . import customer_import_apply
from . import customer_import_approval
from . import customer_import_undo
from . import customer_import_undo_item
from . import customer_import_undo_uses
from . import res_partner_import
from . import ar_match_review
from . import res_company_statement
from . import ar_statement_layout
from . import ar_statement
from . import ar_statement_address
from . import ar_statement_build
from . import ar_statement_pay_code
from . import ar_statement_wording

# balance confirmations
from . import res_company_confirmation
from . import ar_confirmation
from . import ar_confirmation_issue
from . import ar_confirmation_answer
from . import ar_confirmation_follow_up
from . import ar_confirmation_wording
from . import ar_confirmation_total
from . import ar_confirmation_reply
from . import ar_confirmation_change
from . import ar_confirmation_run
from . import ar_confirmation_send
from . import ar_confirmation_statistics
from . import res_partner_confirmation

# statement runs
from . import ar_statement_selection
from . import ar_statement_run
from . import ar_statement_run_line
from . import ar_statement_run_preview
from . import ar_statement_run_send
from . import ar_statement_run_show
from . import ar_statement_run_sample
from . import ar_statement_run_audit
from . import ar_statement_delivery
from . import ar_statement_delivery_mail
from . import ar_statement_dispatch
from . import ar_statement_schedule
from . import ar_statement_exclusion
from . import res_company_statement_run

# privacy
from . import customer_privacy_law
from . import customer_privacy_purpose
from . import customer_privacy_consent
from . import customer_privacy_request
from . import customer_privacy_sweep
from . import customer_privacy_export_rows
from . import customer_privacy_export
from . import customer_privacy_legal_copy
from . import customer_privacy_plan
from . import customer_privacy_apply
from . import customer_privacy_erasure
from . import customer_privacy_erasure_line
from . import customer_privacy_portal
from . import mail_mail_privacy
from . import ar_demo
from . import ar_demo_story
from . import ar_demo_bank
from . import ar_demo_bank_formats
from . import ar_demo_suite
from . import ar_demo_import
from . import ar_demo_closing
from . import ar_demo_runs
from . import ar_demo_audit
from . import ar_demo_ledger
from . import ar_demo_reports
from . import ar_demo_grants
from . import ar_demo_privacy

# who holds which role
from . import customer_access_setting
from . import customer_access_conflict
from . import customer_access_review
from . import customer_access_review_line
from . import res_users_roles
from . import ar_demo_access
from . import ar_demo_entry
from . import ar_demo_approval
from . import ar_demo_confirmation
from . import ar_demo_classification

# exchange rates and results, payment cycles
from . import ar_rate_warning_mixin
from . import ar_statement_run_warn
from . import account_move_exchange
from . import ar_rate_import
from . import ar_rate_import_line
from . import ar_rate_fetch
from . import ar_payment_cycle
from . import account_payment_term
from . import ar_payment_cycle_assignment
from . import res_partner_payment_cycle
from . import ar_payment_rhythm_run
from . import ar_payment_rhythm

# guided entry, numbers
from . import res_company_numbering
from . import customer_numbering
from . import customer_numbering_counter
from . import customer_number
from . import customer_numbering_run
from . import customer_entry_checklist
from . import customer_entry
from . import customer_entry_item
from . import customer_entry_step
from . import customer_entry_document
from . import customer_entry_flow
from . import customer_entry_create
from . import customer_entry_paste
from . import customer_change_entry

# credit: profiles, exposure, holds
from . import res_company_credit
from . import ar_credit_profile
from . import ar_credit_position
from . import ar_credit_links
from . import ar_credit_family
from . import ar_credit_cover
from . import ar_credit_limit
from . import ar_credit_grant_mixin
from . import ar_credit_temporary_limit
from . import ar_credit_release
from . import ar_hold_rule
from . import ar_credit_check
from . import ar_credit_audit
from . import ar_credit_checked_mixin
from . import account_move_credit
from . import res_partner_credit
from . import ar_demo_credit

# late payment foretold
from . import res_company_prediction
from . import ar_prediction_model
from . import ar_prediction
from . import ar_prediction_run
from . import ar_prediction_audit
from . import account_move_prediction
from . import ar_demo_prediction

# the guard is the outermost layer of writing a contact: last
from . import res_partner_approval
from . import res_partner_numbering
from . import res_partner_bank
from . import res_partner_guard
from . import res_partner_closing

# sensitive fields: what they show is decided beneath everything else
from . import customer_vault
from . import customer_vault_entry
from . import customer_vault_mixin
from . import customer_vault_rotation
from . import customer_sensitive_field
from . import customer_sensitive_mixin
from . import customer_unmask
from . import customer_change_masking
from . import customer_file_purge
from . import ar_rate_import_purge
from . import base_sensitive
from . import mail_tracking_value
from . import res_partner_vault
from . import res_config_settings_vault
from . import ar_demo_vault
from . import ar_demo_exchange
from . import ar_demo_load

# duplicates
from . import customer_duplicate_index
from . import customer_duplicate_weight
from . import customer_duplicate_finder
from . import customer_duplicate_file
from . import customer_duplicate_claim
from . import customer_duplicate_group
from . import customer_duplicate_pair
from . import customer_duplicate_run
from . import res_company_duplicate
from . import res_partner_duplicate
from . import ar_demo_duplicate

# lifecycle of customers
from . import customer_lifecycle_stage
from . import customer_lifecycle_event
from . import customer_lifecycle_period
from . import customer_lifecycle_rule
from . import customer_lifecycle_run
from . import res_partner_lifecycle
from . import mail_lifecycle
from . import customer_closing_lifecycle
from . import ar_demo_lifecycle

# category grants: they look at what all other layers have done
from . import customer_category_grant
from . import account_grants_items
from . import customer_category_grant_rules
from . import customer_dimension_grants
from . import ir_rule
from . import base_grants
from . import account_grants
from . import res_partner_grants
from . import res_users
from . import customer_import_grants

# refuses before the guard diverts: what is only stored is not even asked for
from . import res_partner_privacy

# validation rules: they judge what all other layers were asked to write
from . import customer_validation_rule
from . import customer_validation_check
from . import customer_validation_enforce
from . import account_move_rules
from . import customer_validation_preview
from . import customer_import_rules
from . import res_company_rules
from . import res_partner_rules
from . import res_partner_address
from . import res_partner_quality
from . import customer_correction_run
from . import customer_correction
from . import ar_demo_rules

# opening items
from . import res_company_opening
from . import ar_opening_import
from . import ar_opening_column
from . import ar_opening_item
from . import ar_opening_stage
from . import account_move_opening
from . import ar_opening_apply
from . import ar_opening_events

# other systems: keys, upsert, change feed
from . import customer_external_key
from . import customer_import_api
from . import customer_import_answer
from . import customer_feed
from . import customer_feed_api
from . import res_config_settings_feed

# scheduled work
from . import ar_workflow
from . import ar_workflow_clock
from . import ar_workflow_run
from . import ar_workflow_invoices
from . import ar_workflow_events

# duplicates in the customer import
from . import customer_import_duplicates

# merge and unmerge
from . import res_company_merge
from . import customer_merge
from . import customer_merge_member
from . import customer_merge_field
from . import customer_merge_place
from . import customer_merge_conflict
from . import customer_merge_table
from . import customer_merge_change
from . import customer_merge_steps
from . import customer_merge_check
from . import customer_merge_finding
from . import customer_merge_values
from . import customer_merge_image
from . import customer_merge_apply
from . import customer_merge_undo
from . import res_partner_merge
from . import base_partner_merge_guard
from . import ar_demo_merge
# duplicates in the customer import

# customer-level matching, unmatched receipts, reconciliation, evidence
from . import ar_allocation_settle
from . import ar_settlement_run
from . import ar_settlement
from . import res_partner_settlement
from . import ar_match_nearest
from . import ar_bank_reconciliation
from . import ar_bank_reconciliation_load
from . import ar_reconciliation_schedule
from . import ar_reconciliation_signoff
from . import ar_reconciliation_task
from . import ar_reconciliation_figure
from . import ar_evidence_pack
from . import ar_evidence_part
from . import ar_evidence_verify
from . import ar_scan
from . import ar_reconciliation_events
from . import ar_demo_reconciliation

# customer card, dashboard of categories
from . import res_partner_card
from . import ar_netting
from . import customer_category_dashboard
from . import customer_category_dashboard_open

# trade and usage
from . import customer_usage
from . import customer_usage_import
from . import customer_trading_score
from . import customer_usage_score
from . import customer_usage_events
from . import res_company_usage
from . import res_partner_usage
from . import res_partner_left
from . import ar_demo_card

# data quality, alerts
from . import customer_import_propose
from . import customer_quality_check
from . import customer_quality_finding
from . import customer_quality_finding_text
from . import customer_quality_confirmation
from . import customer_quality_facts
from . import customer_quality_run
from . import customer_quality_score
from . import customer_quality_statistic
from . import customer_quality_plan
from . import customer_quality_proposal
from . import res_partner_quality_score
from . import customer_alert_rule
from . import customer_alert_signal
from . import customer_alert
from . import customer_alert_mail
from . import customer_alert_denied
from . import customer_quality_events
from . import ar_demo_quality

# rating
from . import ar_credit_grade
from . import ar_scorecard
from . import ar_scorecard_factor
from . import ar_rating_inputs
from . import ar_rating
from . import ar_rating_text
from . import ar_rating_item
from . import ar_rating_run
from . import ar_rating_store
from . import ar_rating_override
from . import ar_rating_consequence
from . import ar_grade_policy
from . import ar_grade_proposal
from . import ar_financial_statement
from . import ar_score_source
from . import ar_external_score
from . import ar_score_import
from . import ar_score_row
from . import ar_rating_events
from . import res_partner_rating
from . import ar_credit_profile_grade
from . import ar_demo_rating

# simulation
from . import ar_credit_record
from . import ar_credit_judgement
from . import ar_simulation_part
from . import ar_simulation
from . import ar_simulation_draft
from . import ar_simulation_item
from . import ar_simulation_past
from . import ar_simulation_totals
from . import ar_simulation_category
from . import ar_demo_simulation

# receipts: differences, returns, refunds, measured automation
from . import ar_adjustment_type
from . import ar_match_adjustment
from . import ar_adjustment_release
from . import ar_allocation_lines
from . import ar_allocation_return
from . import ar_match_choice
from . import ar_match_return
from . import ar_match_sources
from . import ar_match_class
from . import ar_match_review_more
from . import ar_match_entrances
from . import ar_match_events
from . import ar_match_staged
from . import ar_refund
from . import ar_remittance
from . import res_company_match
from . import ar_demo_cash
from . import ar_demo_guards
