"""Sample data, part two: customers, fourteen months of invoices, and what they paid."""

import gc
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..demo import story, tables
from ..engine.money import from_minor, to_minor
from .ar_allocation import ReceiptAllocation
from .ar_demo import COMPANIES, SAMPLE

#: documents created and posted in one go
BATCH = 100


class ArDemo(models.AbstractModel):
    """The story itself; part one has laid the companies."""

    _inherit = "ar.demo"

    @api.model
    def _load_story(self):
        """Customers, invoices, credit notes and receipts, through to the day before today."""
        if self._sample("customer_C10001"):
            return
        self._forget_environments()
        try:
            self._tell_story(fields.Date.context_today(self))
        finally:
            self._forget_ranks()

    def _tell_story(self, today):
        customers = tables.customers()
        self._load_customers(customers)
        self._load_contacts(tables.contacts())
        plan = story.invoices(customers, [row.code for row in tables.products()], today)
        self._load_invoices(plan)
        self._load_vendor_bills(customers, today)
        credit_notes = story.credit_notes(customers, plan, today)
        self._load_credit_notes(credit_notes)
        self._use_credit_notes(credit_notes)
        self._load_receipts(story.receipts(customers, self._dues(), today))
        self._undo_one_receipt()

    def _forget_environments(self):
        """Odoo compares with all of the transaction whenever a context changes.

        Each file of the installation has left hundreds, which only the collector finds.
        """
        gc.collect()

    def _forget_ranks(self):
        """Customers have their rank; Odoo would count it up after the commit.

        If the story fails and is rolled back, it would look for customers who are gone.
        """
        data = self.env.cr.postcommit.data
        for rank in ("customer_rank", "supplier_rank"):
            data.get(f"account.res.partner.increase_rank.{rank}", {}).clear()

    # -- customers ------------------------------------------------------------------------

    def _load_customers(self, customers):
        for code in COMPANIES:
            rows = [row for row in customers if row.companies[0] == code]
            Partner = self._in_company("res.partner", code)
            partners = Partner.create([self._customer_vals(row) for row in rows])
            self._keep(partners, [f"customer_{row.ref}" for row in rows])
            for row in (row for row in customers if row.companies[1:] == (code,)):
                self._in_company("res.partner", code).browse(
                    self._sample(f"customer_{row.ref}").id
                ).property_payment_term_id = self._terms(row.terms)

    def _customer_vals(self, row):
        country = self._country(row.country)
        note = row.note and f"<p>{row.note}</p>"
        bank = row.bank_account and [
            fields.Command.create({"acc_number": row.bank_account})
        ]
        return {
            "name": row.name,
            "ref": row.ref,
            "is_company": True,
            "company_id": row.company != "both" and self._company(row.company).id,
            "country_id": country.id,
            "state_id": self._state(country, row.state).id,
            "city": row.city,
            "street": row.street,
            "zip": row.zip,
            "vat": row.vat,
            "email": row.email,
            "phone": row.phone,
            "lang": row.lang,
            "user_id": self._salesperson(row.salesperson),
            "property_payment_term_id": self._terms(row.terms).id,
            "customer_rank": row.invoices,  # the list of customers begins with the busy
            "supplier_rank": int(row.supplier),
            "bank_ids": bank or [],
            "comment": note,
        }

    def _salesperson(self, name):
        """The demo user of that name; sample data loaded without demo users has none."""
        xmlid = f"customer_ar_suite.ar_demo_user_sales_{name}"
        user = self.env.ref(xmlid, raise_if_not_found=False)
        return user.id if user else False

    def _load_contacts(self, contacts):
        by_company = defaultdict(list)
        for contact in contacts:
            by_company[self._sample(f"customer_{contact.customer}").company_id].append(
                contact
            )
        for company, rows in by_company.items():
            partners = self.env["res.partner"].create(
                [self._contact_vals(row, company) for row in rows]
            )
            self._keep(partners, [f"contact_{row.customer}_{row.type}" for row in rows])

    def _contact_vals(self, row, company):
        parent = self._sample(f"customer_{row.customer}")
        vals = {
            "parent_id": parent.id,
            "company_id": company.id,
            "name": row.name,
            "function": row.function,
            "type": row.type,
            "email": row.email,
        }
        if row.type == "invoice":  # has an address of its own: here the same one
            vals |= parent._convert_to_write(parent.read(parent._address_fields())[0])
            vals.pop("id", None)
        return vals

    # -- invoices -------------------------------------------------------------------------

    def _load_invoices(self, plan):
        prices = {row.code: row.prices for row in tables.products()}
        for code in COMPANIES:
            chosen = [invoice for invoice in plan if invoice.company == code]
            self._post_moves(
                code,
                [self._invoice_vals(invoice, prices) for invoice in chosen],
                [f"invoice_{invoice.key}" for invoice in chosen],
            )

    def _invoice_vals(self, invoice, prices):
        tax = "domestic" if invoice.domestic else "export"
        tax_id = self._sample(f"tax_{invoice.company}_{tax}").id
        return {
            "move_type": "out_invoice",
            "partner_id": self._sample(f"customer_{invoice.customer}").id,
            "invoice_date": invoice.date,
            "currency_id": self._currency(invoice.currency).id,
            "invoice_payment_term_id": self._terms(invoice.terms).id,
            "ref": invoice.order,
            "invoice_line_ids": [
                fields.Command.create(
                    {
                        "product_id": self._sample(f"product_{line.product}").id,
                        "quantity": line.quantity,
                        "price_unit": prices[line.product][invoice.currency],
                        "tax_ids": [fields.Command.set([tax_id])],
                    }
                )
                for line in invoice.lines
            ],
        }

    def _post_moves(self, code, vals_list, names):
        Move = self._in_company("account.move", code)
        for start in range(0, len(vals_list), BATCH):
            moves = Move.create(vals_list[start : start + BATCH])
            moves._post(soft=False)
            self._keep(moves, names[start : start + BATCH])

    def _load_vendor_bills(self, customers, today):
        """Some customers also sell to us: a payable stands beside the receivable."""
        for code in COMPANIES:
            vals_list, names = [], []
            for row in customers:
                if not row.supplier or row.companies[0] != code:
                    continue
                for index, ago in enumerate((75, 20)):
                    vals_list.append(
                        self._bill_vals(row, index, today - timedelta(ago))
                    )
                    names.append(f"bill_{row.ref}_{index}")
            self._post_moves(code, vals_list, names)

    def _bill_vals(self, row, index, day):
        return {
            "move_type": "in_invoice",
            "partner_id": self._sample(f"customer_{row.ref}").id,
            "invoice_date": day,
            "date": day,
            "ref": f"{row.ref}/{index + 1}",
            "currency_id": self._currency(row.currency).id,
            "invoice_line_ids": [
                fields.Command.create(
                    {
                        "name": "Spare parts",
                        "quantity": 1,
                        "price_unit": 4250 + 1100 * index,
                        "tax_ids": [fields.Command.clear()],
                    }
                )
            ],
        }

    # -- credit notes ---------------------------------------------------------------------

    def _load_credit_notes(self, credit_notes):
        for code in COMPANIES:
            chosen = [
                note for note in credit_notes if self._invoice_company(note) == code
            ]
            self._post_moves(
                code,
                [self._credit_note_vals(note) for note in chosen],
                [f"credit_{note.key}" for note in chosen],
            )

    def _invoice_company(self, note):
        invoice = self._sample(f"invoice_{note.invoice}")
        return next(
            code for code in COMPANIES if self._company(code) == invoice.company_id
        )

    def _credit_note_vals(self, note):
        invoice = self._sample(f"invoice_{note.invoice}")
        line = invoice.invoice_line_ids[0]
        quantity, price = line.quantity, line.price_unit * note.share
        if note.use == "part":  # worth more than the invoice: a rest stays for later
            quantity, price = 1, invoice.amount_untaxed * 1.3
        return {
            "move_type": "out_refund",
            "partner_id": invoice.partner_id.id,
            "invoice_date": note.date,
            "currency_id": invoice.currency_id.id,
            "reversed_entry_id": invoice.id,
            "ref": note.reason,
            "invoice_line_ids": [
                fields.Command.create(
                    {
                        "product_id": line.product_id.id,
                        "quantity": quantity,
                        "price_unit": price,
                        "tax_ids": [fields.Command.set(line.tax_ids.ids)],
                    }
                )
            ],
        }

    def _use_credit_notes(self, credit_notes):
        """Set credit notes off against their invoices, as the invoice form does."""
        for note in credit_notes:
            if note.use != "none":
                credit = self._receivable(self._sample(f"credit_{note.key}"))
                invoice = self._sample(f"invoice_{note.invoice}")
                invoice.js_assign_outstanding_line(credit.id)

    def _receivable(self, moves):
        return moves.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )

    # -- receipts -------------------------------------------------------------------------

    def _dues(self):
        """What is still open on the invoices of the story, per instalment."""
        moves = self._samples("invoice_")
        rows = []
        for line in self._receivable(moves).filtered(lambda line: not line.reconciled):
            currency = line.currency_id
            rows.append(
                story.Due(
                    line_id=line.id,
                    customer=line.partner_id.ref,
                    company=self._company_code(line.company_id),
                    currency=currency.name,
                    number=line.move_name,
                    invoiced=line.invoice_date,
                    due=line.date_maturity,
                    residual=to_minor(
                        line.amount_residual_currency, currency.decimal_places
                    ),
                )
            )
        return rows

    def _samples(self, prefix, model="account.move"):
        data = self.env["ir.model.data"].search(
            [
                ("module", "=", SAMPLE),
                ("model", "=", model),
                ("name", "=like", f"{prefix}%"),
            ],
            order="id",
        )
        return self.env[model].browse(data.mapped("res_id"))

    def _company_code(self, company):
        return next(code for code in COMPANIES if self._company(code) == company)

    def _load_receipts(self, receipts):
        """Bank lines, applied to the invoices they pay as an accountant would apply them."""
        for code in COMPANIES:
            chosen = [receipt for receipt in receipts if receipt.company == code]
            account = self._chart_record(code, "receivable")
            lines = self._in_company("account.bank.statement.line", code).create(
                [self._receipt_vals(receipt, account) for receipt in chosen]
            )
            self._keep(
                lines, [f"receipt_{code}_{n + 1:04d}" for n in range(len(lines))]
            )
            refused = self._in_company("ar.allocation", code)._apply(
                [
                    ReceiptAllocation(
                        line.id, receipt.allocations, keep_as_advance=True
                    )
                    for line, receipt in zip(lines, chosen, strict=True)
                    if receipt.allocations
                ]
            )
            if refused:
                raise UserError("\n".join(one.reason for one in refused.values()))

    def _receipt_vals(self, receipt, account):
        partner = self._sample(f"customer_{receipt.customer}")
        company = self._company(receipt.company)
        currency = self._currency(receipt.currency)
        amount = from_minor(receipt.amount, currency.decimal_places)
        vals = {
            "date": receipt.date,
            "payment_ref": receipt.text,
            "partner_id": partner.id,
            "partner_name": partner.name,
            "account_number": partner.bank_ids[:1].acc_number,
        }
        if (
            not receipt.allocations
        ):  # on account of the customer, for nothing in particular
            vals["counterpart_account_id"] = account.id
        if journal := self._sample(
            f"journal_{receipt.company}_{currency.name.lower()}"
        ):
            return {**vals, "journal_id": journal.id, "amount": amount}
        # no account in this currency: the bank converts it
        own = company.currency_id
        return {
            **vals,
            "journal_id": self._sample(
                f"journal_{receipt.company}_{own.name.lower()}"
            ).id,
            "amount": currency._convert(float(amount), own, company, receipt.date),
            "foreign_currency_id": currency.id,
            "amount_currency": amount,
        }

    def _undo_one_receipt(self):
        """A receipt turned out to be for something else: taken back, open once more."""
        lines = self._samples("receipt_nl_", "account.bank.statement.line")
        line = lines.filtered(lambda line: len(self._receivable(line.move_id)) == 1)[-4]
        items = self._receivable(line.move_id)
        paid = (items.matched_debit_ids.debit_move_id - items).ids
        refused = self._in_company("ar.allocation", "nl")._undo({line.id: paid})
        if refused:
            raise UserError("\n".join(one.reason for one in refused.values()))
