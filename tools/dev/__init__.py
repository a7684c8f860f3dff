"""What ./dev runs: Odoo, its database, the tests and the linters."""
