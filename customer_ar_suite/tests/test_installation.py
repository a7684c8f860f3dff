from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestInstallation(TransactionCase):
    def test_installed_with_demo_data(self):
        module = self.env.ref("base.module_customer_ar_suite")
        self.assertEqual(module.state, "installed")
        self.assertTrue(module.demo)
        self.assertFalse(self.env["ir.demo_failure"].search([]).mapped("module_id"))
