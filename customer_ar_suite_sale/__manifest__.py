{
    "name": "Customer & Receivables Suite: Sales",
    "summary": "Credit holds at order confirmation, orders in the exposure of customers",
    "version": "19.0.0.1.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "customer_ar_suite contributors",
    "website": "https://github.com/customer-ar-suite/customer_ar_suite",
    "depends": ["customer_ar_suite", "sale"],
    "data": [],
    "auto_install": True,
    "installable": True,
}
