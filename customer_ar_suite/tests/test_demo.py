from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    """Demo files fail with a mere warning; these tests make that a failure."""

    def test_companies(self):
        self.assertTrue(self.env.ref("__ar_sample__.company_cn"))
