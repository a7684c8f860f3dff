"""Each role can do its work with Odoo's own records, and no more."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ArCommon, date

#: what a role may do with core models: model -> letters of create, read, write, unlink
RIGHTS = {
    "customer_clerk": {
        "res.partner": "crwu",
        "account.move": "",
        "account.move.line": "",
    },
    "customer_reviewer": {
        "res.partner": "r",
        "account.move": "",
        "account.move.line": "",
    },
    "ar_clerk": {
        "res.partner": "r",
        "account.move": "crwu",
        "account.bank.statement.line": "r",
    },
    "ar_accountant": {
        "res.partner": "r",
        "account.move": "crwu",
        "account.bank.statement.line": "crwu",
        "account.partial.reconcile": "crwu",
    },
    "collector": {
        "res.partner": "r",
        "account.move": "r",
        "account.move.line": "r",
        "account.bank.statement.line": "r",
        "account.partial.reconcile": "r",
    },
    "credit_manager": {
        "res.partner": "r",
        "account.move": "r",
        "account.move.line": "r",
    },
    "auditor": {
        "res.partner": "r",
        "account.move": "r",
        "account.move.line": "r",
        "account.bank.statement.line": "r",
        "account.partial.reconcile": "r",
        "account.account": "r",
        "account.journal": "r",
    },
    "administrator": {
        "res.partner": "crwu",
        "account.move": "crwu",
        "account.bank.statement.line": "crwu",
        "customer.dimension": "crwu",
        "customer.category": "crwu",
        "res.users": "r",
        "ir.rule": "",
    },
}
LETTERS = {"c": "create", "r": "read", "w": "write", "u": "unlink"}


@tagged("post_install", "-at_install")
class TestRoles(ArCommon):
    def test_rights_on_core_models(self):
        for role, rights in RIGHTS.items():
            user = self.user_with(role)
            for model, letters in rights.items():
                found = "".join(
                    letter
                    for letter, operation in LETTERS.items()
                    if self.env[model].with_user(user).has_access(operation)
                )
                with self.subTest(role=role, model=model):
                    self.assertEqual(found, letters)

    def test_customer_clerk_enters_customers_and_sees_no_money(self):
        clerk = self.user_with("customer_clerk")
        customer = self.env["res.partner"].with_user(clerk).create({"name": "New Ltd"})
        customer.write({"email": "new@example.com"})
        with self.assertRaises(AccessError):
            customer.read(["ar_balance_amount"])
        with self.assertRaises(AccessError):
            customer.action_view_ar_open_items()

    def test_reviewer_enters_nothing(self):
        reviewer = self.user_with("customer_reviewer")
        with self.assertRaises(AccessError):
            self.env["res.partner"].with_user(reviewer).create({"name": "New Ltd"})

    def test_bank_lines_are_posted_by_accountants_only(self):
        values = {
            "journal_id": self.bank_journal.id,
            "date": date(2026, 5, 1),
            "payment_ref": "INV 1",
            "amount": 100,
        }
        lines = self.env["account.bank.statement.line"]
        with self.assertRaises(AccessError):
            lines.with_user(self.user_with("ar_clerk")).create(values)
        accountant = self.user_with("ar_accountant")
        line = lines.with_user(accountant).create(values)
        self.assertEqual(line.move_id.state, "posted")
        self.assertFalse(accountant.has_group("account.group_account_manager"))

    def test_readers_read_figures_and_post_nothing(self):
        customer = self.customer()
        self.invoice(customer, 100, date(2026, 5, 1))
        draft = self.init_invoice("out_invoice", partner=customer, amounts=[50])
        for role in ("collector", "credit_manager", "auditor"):
            user = self.user_with(role)
            with self.subTest(role):
                self.assertEqual(customer.with_user(user).ar_balance_amount, 100)
                with self.assertRaises(AccessError):
                    draft.with_user(user).action_post()
                with self.assertRaises(AccessError):
                    customer.with_user(user).write({"comment": "x"})

    def test_accounting_manager_is_suite_administrator(self):
        manager = self.env.ref("account.group_account_manager")
        administrator = self.env.ref(
            "customer_ar_suite.customer_ar_suite_group_administrator"
        )
        self.assertIn(administrator, manager.all_implied_ids)
        self.assertNotIn(manager, administrator.all_implied_ids)

    def test_no_role_can_touch_rights(self):
        for role in RIGHTS:
            user = self.user_with(role)
            for group in ("base.group_system", "base.group_erp_manager"):
                self.assertFalse(user.has_group(group), role)


@tagged("post_install", "-at_install")
class TestCustomerCard(ArCommon):
    def test_figures_are_of_the_commercial_partner_and_company(self):
        # given an invoice of 100 that is overdue, one of 40 due far in the future,
        # a credit note of 30, and an invoice addressed to a contact
        customer = self.customer()
        contact = self.contact(customer)
        self.invoice(customer, 100, date(2026, 1, 10), due=date(2026, 2, 10))
        self.invoice(contact, 40, date(2026, 1, 10), due=date(2099, 1, 1))
        self.credit_note(customer, 30, date(2026, 1, 20))
        # then the card of either shows 110, of which 100 are overdue
        for partner in (customer, contact):
            self.assertRecordValues(
                partner,
                [
                    {
                        "ar_balance_amount": 110,
                        "ar_overdue_amount": 100,
                        "ar_open_item_count": 3,
                        "ar_oldest_due_date": date(2026, 2, 10),
                    }
                ],
            )
        # and another company sees nothing of it
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.assertEqual(customer.with_company(other).ar_balance_amount, 0)

    def test_one_query_for_any_number_of_customers(self):
        everybody = self.customers_named("Many", 12)
        self.invoices(everybody, 10, date(2026, 1, 10))

        def statements(partners):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            partners.mapped("ar_balance_amount")
            return self.env.cr.sql_log_count - before

        statements(everybody[:1])
        self.assertEqual(statements(everybody[:1]), statements(everybody))

    def test_open_items_open_for_money_roles(self):
        customer = self.customer()
        self.invoice(customer, 100, date(2026, 1, 10))
        action = customer.with_user(
            self.user_with("collector")
        ).action_view_ar_open_items()
        self.assertEqual(
            self.env[action["res_model"]].search_count(action["domain"]), 1
        )
