"""What the tests of statement runs share: a run, its dialog, a printer that is fast."""

from unittest.mock import patch

from odoo import Command

from .common import ArCommon, date

PDF = b"%PDF-1.4 sample"


class StatementRunCommon(ArCommon):
    """Customers with open invoices, a clerk who prepares and a collector who sends."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.company.email = "ar@us.example"
        cls.clerk = cls.user_with("ar_clerk")
        cls.collector = cls.user_with("collector", email="collector@us.example")
        cls.layouts = {
            layout.kind: layout
            for layout in cls.env["ar.statement.layout"].search([], order="id desc")
        }

    def setUp(self):
        super().setUp()
        printer = patch.object(
            type(self.env["ir.actions.report"]),
            "_ar_wkhtmltopdf",
            autospec=True,
            side_effect=lambda _self, html, _paper: PDF + str(html).encode(),
        )
        self.printer = printer.start()
        self.addCleanup(printer.stop)

    def debtor(self, name, amount=100, **values):
        """A customer with one invoice and, unless told, an e-mail address."""
        return self.debtors([name], amount, **values)

    def debtors(self, names, amount=100, **values):
        """Several of them, made at once."""
        partners = self.env["res.partner"].create(
            [
                {
                    "name": name,
                    "is_company": True,
                    "customer_rank": 1,
                    "company_id": False,
                    "email": f"{name.lower().replace(' ', '.')}@customers.example",
                    "lang": "en_US",
                    **values,
                }
                for name in names
            ]
        )
        self.invoices(partners, amount, date(2026, 5, 1), date(2026, 5, 31))
        return partners

    def run_of(self, user=None, kind="open_item", **values):
        """A run of ``user`` (the collector unless told), not yet previewed."""
        runs = self.env["ar.statement.run"].with_user(user or self.collector)
        return runs.with_company(self.company).create(
            {
                "company_id": self.company.id,
                "layout_id": self.layouts[kind].id,
                "period": False,
                "as_of_date": self.AS_OF,
                "period_start_date": date(2026, 6, 1),
                **values,
            }
        )

    def previewed(self, user=None, **values):
        run = self.run_of(user, **values)
        run.action_preview()
        return run

    def confirm(self, run, user=None):
        """Through the dialog, as its button does."""
        run = run.with_user(user or run.env.user)
        action = run.action_confirm()
        dialog = (
            self.env[action["res_model"]]
            .with_user(run.env.user)
            .with_company(self.company)
            .with_context(**action["context"])
            .create({})
        )
        dialog.action_confirm()
        run.invalidate_recordset()  # the numbers of a run follow its lines
        return dialog

    def sent(self, user=None, **values):
        """A run that was previewed and confirmed."""
        run = self.previewed(user, **values)
        self.confirm(run)
        return run

    def line(self, run, partner):
        return run.line_ids.filtered(lambda line: line.partner_id == partner)

    def leave_out(self, lines, reason="under discussion", **values):
        """Through the dialog, as its button does."""
        action = lines.action_exclude()
        context = action["context"]
        dialog = (
            self.env[action["res_model"]]
            .with_user(lines.env.user)
            .create(
                {
                    "line_ids": [Command.set(context["default_line_ids"])],
                    "reason": reason,
                    **values,
                }
            )
        )
        dialog.action_exclude()

    def mails(self, run):
        return run.sudo().line_ids.delivery_id.mail_id
