"""Taxes due on payment: a receipt with a deduction makes due what core's payment would."""

from odoo import Command
from odoo.tests import Form, tagged

from .common import date
from .test_adjustments import AdjustmentCommon


@tagged("post_install", "-at_install")
class TestCashBasis(AdjustmentCommon):
    """Each case is done twice: by core's payment wizard, and by a bank line here."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        accounts = cls.env["account.account"].create(
            [
                {"name": name, "code": code, "account_type": kind, "reconcile": True}
                for name, code, kind in (
                    ("Tax not yet due", "CB1", "liability_current"),
                    ("Tax due", "CB2", "liability_current"),
                    ("Base of tax", "CB3", "income"),
                    ("Outstanding receipts", "CB4", "asset_current"),
                )
            ]
        )
        interim, due, base, cls.outstanding = accounts
        cls.company.write(
            {
                "tax_exigibility": True,
                "tax_cash_basis_journal_id": cls.misc_journal.id,
                "account_cash_basis_base_account_id": base.id,
                "account_journal_early_pay_discount_loss_account_id": (
                    cls.discount.account_id.id
                ),
            }
        )
        cls.bank_journal.inbound_payment_method_line_ids.write(
            {"payment_account_id": cls.outstanding.id}
        )
        cls.tax = cls.env["account.tax"].create(
            {
                "name": "15 % on payment",
                "amount": 15,
                "type_tax_use": "sale",
                "company_id": cls.company.id,
                "tax_exigibility": "on_payment",
                "cash_basis_transition_account_id": interim.id,
                **{
                    f"{kind}_repartition_line_ids": [
                        Command.clear(),
                        cls.share("base", f"{kind} base"),
                        cls.share("tax", f"{kind} tax", due),
                    ]
                    for kind in ("invoice", "refund")
                },
            }
        )
        cls.discount_terms = cls.env["account.payment.term"].create(
            {
                "name": "2% 10",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 10,
                "early_pay_discount_computation": "included",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 100, "nb_days": 30}
                    )
                ],
            }
        )

    @classmethod
    def share(cls, kind, tag, account=None):
        tags = cls.env["account.account.tag"].create(
            {"name": tag, "applicability": "taxes"}
        )
        return Command.create(
            {
                "repartition_type": kind,
                "account_id": account.id if account else False,
                "tag_ids": [Command.set(tags.ids)],
            }
        )

    def taxed(self, *nets, terms=None, **values):
        return self.invoice(
            self.acme,
            0,
            "2026-05-20",
            terms=terms,
            invoice_line_ids=[
                Command.create(
                    {"name": "x", "price_unit": net, "tax_ids": [self.tax.id]}
                )
                for net in nets
            ],
            **values,
        )

    def pay_with_core(self, invoice, amount, account=None):
        """Core's payment wizard, the difference on an account or by the terms."""
        form = Form(
            self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=invoice.ids
            )
        )
        form.payment_date = date(2026, 5, 25)
        form.journal_id = self.bank_journal
        form.amount = amount
        if account:
            form.payment_difference_handling = "reconcile"
            form.writeoff_account_id = account
        form.save().action_create_payments()
        self.env.invalidate_all()

    def receive(self, invoice, amount, reason=None, less=0):
        line = self.bank_line(amount, "2026-05-25", "pmt", partner=self.acme)
        proposal = self.choose(
            line,
            [(invoice, amount + less)],
            [(invoice, reason, less, "")] if reason else [],
        )
        self.apply(proposal)
        self.assertEqual(proposal.state, "applied")
        return proposal

    def books(self):
        """What the general ledger and the tax report say, but for where the money is."""
        where = {
            self.outstanding.id,
            self.bank_journal.default_account_id.id,
            self.bank_journal.suspense_account_id.id,
        }
        ledger = {
            account: value
            for account, value in self.gl_by_account().items()
            if account not in where
        }
        report = self.env["account.move.line"]._read_group(
            [
                ("company_id", "=", self.company.id),
                ("parent_state", "=", "posted"),
                ("tax_tag_ids", "!=", False),
            ],
            ["tax_tag_ids", "account_id"],
            ["balance:sum"],
        )
        return ledger, {
            (tag.name, account.code): round(value, 2)
            for tag, account, value in report
            if round(value, 2)
        }

    def entries_of(self, invoice):
        """What made the tax due, entry by entry, without ids."""
        moves = self.env["account.move"].search(
            [
                ("company_id", "=", self.company.id),
                ("tax_cash_basis_rec_id", "!=", False),
                ("tax_cash_basis_rec_id", "in", self.partials_of(invoice).ids),
            ]
        )
        return sorted(
            (
                str(move.date),
                sorted(
                    (
                        line.account_id.code,
                        line.balance,
                        line.tax_tag_ids.mapped("name"),
                        line.tax_repartition_line_id.document_type or "",
                        line.reconciled,
                    )
                    for line in move.line_ids
                ),
            )
            for move in moves
        )

    def partials_of(self, invoice):
        lines = self.receivable_lines(invoice)
        return lines.matched_debit_ids | lines.matched_credit_ids

    def both(self, invoices, by_core, by_us):
        """Both ways change the books alike; ours can be undone."""
        core, ours = invoices
        ledger, report = self.books()
        by_core(core)
        (ledger_core, report_core) = self.books()
        proposals = by_us(ours)
        ledger_both, report_both = self.books()
        self.assertEqual(_less(ledger_both, ledger_core), _less(ledger_core, ledger))
        self.assertEqual(_less(report_both, report_core), _less(report_core, report))
        self.assertEqual(self.entries_of(ours), self.entries_of(core))
        self.assertEqual(ours.payment_state, core.payment_state)
        self.assertEqual(ours.amount_residual, core.amount_residual)
        for proposal in reversed(proposals):
            self.undo(proposal)
        self.assertEqual(self.books(), (ledger_core, report_core))
        return _less(report_core, report)

    def test_a_discount_of_the_terms(self):
        # given 1,000 and 15 % of tax, 2 % off within ten days
        invoices = [self.taxed(1000, terms=self.discount_terms) for _ in range(2)]
        report = self.both(
            invoices,
            lambda invoice: self.pay_with_core(invoice, 1127),
            lambda invoice: [self.receive(invoice, 1127, self.discount, 23)],
        )
        # then 150 are due, less 3 of the discount
        self.assertEqual(
            {tag: value for (tag, _account), value in report.items() if "tax" in tag},
            {"invoice tax": -150, "refund tax": 3},
        )

    def test_a_discount_of_an_invoice_with_several_lines(self):
        invoices = [
            self.taxed(333.33, 100.01, 66.66, terms=self.discount_terms)
            for _ in range(2)
        ]
        total = invoices[0].amount_total
        to_pay = self.receivable_lines(invoices[0]).discount_amount_currency
        self.both(
            invoices,
            lambda invoice: self.pay_with_core(invoice, to_pay),
            lambda invoice: [
                self.receive(invoice, to_pay, self.discount, round(total - to_pay, 2))
            ],
        )

    def test_a_write_off(self):
        invoices = [self.taxed(1000) for _ in range(2)]
        report = self.both(
            invoices,
            lambda invoice: self.pay_with_core(invoice, 1140, self.fee.account_id),
            lambda invoice: [self.receive(invoice, 1140, self.fee, 10)],
        )
        self.assertEqual(
            {tag: value for (tag, _account), value in report.items() if "tax" in tag},
            {"invoice tax": -150},
        )

    def test_a_part_now_and_the_rest_later(self):
        invoices = [self.taxed(1000) for _ in range(2)]

        def core(invoice):
            self.pay_with_core(invoice, 345.67)
            self.pay_with_core(invoice, 804.33)

        def ours(invoice):
            return [self.receive(invoice, 345.67), self.receive(invoice, 804.33)]

        self.both(invoices, core, ours)

    def test_a_receipt_for_two_invoices_makes_both_due(self):
        # given a discount on one of two invoices that a bank line pays
        one = self.taxed(1000, terms=self.discount_terms)
        two = self.taxed(500)
        before = self.books()
        line = self.bank_line(1702, "2026-05-25", "pmt", partner=self.acme)
        proposal = self.choose(
            line, [(one, 1150), (two, 575)], [(one, self.discount, 23, "")]
        )
        self.apply(proposal)
        _ledger, report = self.books()
        # then 150 and 75 are due, less 3
        self.assertEqual(
            {tag: value for (tag, _account), value in report.items() if "tax" in tag},
            {"invoice tax": -225, "refund tax": 3},
        )
        # and nothing stays on the interim account
        self.assertEqual(self.balance(self.tax.cash_basis_transition_account_id), 0)
        self.undo(proposal)
        self.assertEqual(self.books(), before)


def _less(after, before):
    """What has changed."""
    change = {
        key: round(after.get(key, 0) - before.get(key, 0), 2)
        for key in after.keys() | before.keys()
    }
    return {key: value for key, value in change.items() if value}
