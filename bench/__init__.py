"""Benchmarks of the suite against plain Odoo, OCA addons and the SQL floor; never shipped."""
