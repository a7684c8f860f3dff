{
    "name": "Customer & Receivables Suite: Sales",
    "summary": "Credit holds at order confirmation, orders in the exposure of customers",
    "version": "19.0.0.1.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "customer_ar_suite contributors",
    "website": "https://github.com/customer-ar-suite/customer_ar_suite",
    "depends": ["customer_ar_suite", "sale"],
    "data": [
        "security/ir.model.access.csv",
        "views/ar_credit_views.xml",
        "views/sale_order_views.xml",
    ],
    "assets": {
        "web.assets_tests": [
            "customer_ar_suite_sale/static/tests/tours/**/*",
        ],
    },
    "uninstall_hook": "uninstall_hook",
    "auto_install": True,
    "installable": True,
}
