{
    "name": "Customer & Receivables Suite",
    "summary": "Customer master data, cash application, aging and statements of account",
    "version": "19.0.0.1.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "customer_ar_suite contributors",
    "website": "https://github.com/customer-ar-suite/customer_ar_suite",
    "depends": ["account", "contacts", "portal", "phone_validation", "base_vat"],
    "external_dependencies": {"python": ["xlrd", "num2words", "phonenumbers"]},
    "data": [
        # groups and menus first: everything refers to them
        "security/customer_ar_suite_groups.xml",
        "security/ir.model.access.csv",
        "views/customer_ar_suite_menus.xml",
        "data/ir_cron_data.xml",
        # customers, categories
        "security/customer_security.xml",
        "views/customer_category_assignment_views.xml",
        "views/customer_category_views.xml",
        "views/customer_dimension_views.xml",
        "views/customer_audit_entry_views.xml",
        "wizard/customer_category_find_views.xml",
        "views/res_partner_views.xml",
        "data/customer_dimension_data.xml",
        # customer import
        "security/customer_import_security.xml",
        "wizard/customer_import_upload_views.xml",
        "views/customer_import_row_views.xml",
        "views/customer_import_batch_views.xml",
        # ledger, aging
        "security/ar_ledger_security.xml",
        "data/ar_aging_bucket_data.xml",
        "views/ar_aging_bucket_set_views.xml",
        "wizard/ar_aging_open_views.xml",
        "report/ar_aging_report_views.xml",
        # bank files
        "security/ar_bank_security.xml",
        "wizard/ar_bank_import_upload_views.xml",
        "views/ar_bank_import_views.xml",
        "views/ar_bank_csv_profile_views.xml",
        "views/account_bank_statement_views.xml",
        "data/ar_bank_csv_profile_data.xml",
        # cash application
        "security/ar_match_security.xml",
        "data/ar_match_rule_data.xml",
        "views/ar_match_rule_views.xml",
        "views/ar_match_run_views.xml",
        "views/ar_match_proposal_views.xml",
        "views/ar_allocation_run_views.xml",
        "views/ar_match_review_views.xml",
        # statements
        # settings last: they link to everything
        "views/res_config_settings_views.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "customer_ar_suite/static/src/match_review/**/*",
            "customer_ar_suite/static/src/run_progress/**/*",
        ],
        "web.assets_tests": [
            "customer_ar_suite/static/tests/tours/**/*",
        ],
    },
    "demo": [],
    "pre_init_hook": "pre_init_hook",
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
    "application": True,
    "installable": True,
}
